/*
 * The settings in force, as data: one whole, immutable snapshot, made by config_load() from the original's
 * folder and the environment. A change makes a new snapshot; nobody edits one. Formats: docs/configuration.md
 * (made from options.c).
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/err.h"
#include "base/list.h"
#include "base/str.h"

enum {
	ALLOW_STATUS = 1 << 0,
	ALLOW_START = 1 << 1,
	ALLOW_STOP = 1 << 2,
	ALLOW_RESTART = 1 << 3,
	ALLOW_PAUSE = 1 << 4,
	ALLOW_KILL = 1 << 5 /* ours: the original leaves these words alone */
};

struct config_container {
	const char *name;	  /* Docker's, the key for everything */
	const char *display_name; /* never empty */
	unsigned allowed;	  /* ALLOW_… */
	int order;
	bool active;
	bool detailed_status; /* CPU and memory may be shown */
	int stop_timeout_s;   /* before a stop or restart becomes a kill; -1: as Docker has it */
	/* what `info` says; texts never NULL */
	bool info_enabled, info_show_ip, info_protected;
	const char *info_ip, *info_port, *info_text, *info_protected_text;
	const char *info_password; /* guards info_protected_text: clear as the original has it, or hashed by
				      ddc (a secret) */
};

_Static_assert(sizeof(struct config_container) <= 96, "one for each container: docs/memory.md has the budget");

enum { ADMINS_MAX = 1000, ADMIN_NOTE_CHARS_MAX = 80 };

enum channel_kind { CHANNEL_STATUS, CHANNEL_CONTROL };

struct config_channel {
	uint64_t id;
	enum channel_kind kind; /* control if `commands.control` is true */
	const char *name;
	bool allow_serverstatus, allow_control, allow_info, allow_schedule;
	bool post_initial; /* post a panel by itself */
	bool auto_refresh;
	int update_interval_minutes;
	bool recreate_on_inactivity;	/* move the panel below the talk … */
	int inactivity_timeout_minutes; /* … once it has been quiet for so long; <= 0: never */
};

/* Where a value came from: for `config show`. */
enum config_source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT };

struct config {
	char *token;	   /* clear; NULL: none, or config_token_is_sealed() (a secret: registered with the log) */
	uint64_t guild_id; /* 0: none */
	const char *language, *timezone;
	struct config_container *containers; /* sorted: order, then name; inactive ones included */
	unsigned container_count;
	struct config_channel *channels; /* sorted by id */
	unsigned channel_count;
	uint64_t *admins;
	unsigned admin_count;
	const char **admin_notes; /* what is written beside each; NULL: nothing anywhere. See config_admin_note() */
	bool admins_unreadable; /* there is a list, and some of it cannot be understood: that nobody is admin is no decision */
	struct config_rights *rights;	    /* config/rights.h; never NULL after config_load() */
	struct config_cooldowns *cooldowns; /* see config_cooldown_s() */
	bool cooldowns_enabled;
	bool cooldown_message, cooldown_log;			  /* tell the person when; record it */
	uint64_t audit_channel_id;				  /* DDC_AUDIT_CHANNEL; 0: none */
	unsigned max_commands_per_minute, max_buttons_per_minute; /* 0: no limit */
	struct config_private *private;				  /* memory and the rest; nobody's business */
};

/* One problem that was found while loading: the rest is used all the same. */
struct config_problem {
	struct list link;
	bool is_error;	/* something could not be used (else: used, but look at it) */
	char *file;	/* relative to the folder, or "environment" */
	char *place;	/* "containers/plex.json: info.custom_port", line if known; may be empty */
	char *sentence; /* what is wrong, what it was, what is allowed. Never a secret. */
};

/* folder: DDC_CONFIG_DIR. Reads only. Always gives a snapshot (defaults where nothing can be read) unless
 * there is no memory. Problems are appended to problems (head of struct config_problem::link); the caller
 * owns them. */
struct config *config_load(const char *folder, struct list *problems, struct err *err);
void config_free(struct config *c); /* NULL is fine */
void config_problems_clear(struct list *problems);
/* Where the folder is: DDC_CONFIG_DIR, else /app/config if that exists, else "config". */
const char *config_default_folder(void);

/* ---- the token, where the folder holds it sealed ----
 *
 * Unsealing takes half a second of computing for each way it may have been sealed (up to a few seconds), so
 * loading leaves it: token is NULL then, and config_token_is_sealed() true. The daemon calls
 * config_open_token() in a forked child, which writes the result into a pipe, and gives it to
 * config_set_token(); a command of the CLI simply calls both. */
enum { CONFIG_TOKEN_BYTES = 512 };
bool config_token_is_sealed(const struct config *c);
/* Blocks. False if no key of this folder opens it; the sentence says what to do. Changes nothing in c. */
bool config_open_token(const struct config *c, char out[CONFIG_TOKEN_BYTES], struct err *err);
/* The one change a snapshot allows. COPIES token and registers it as a secret. */
bool config_set_token(struct config *c, const char *token);
/* Equal for two snapshots that hold the same sealed text and keys: then the token of the older one is still
 * right. */
uint64_t config_token_key(const struct config *c);

/* Hash of the web password, as password_check() wants it; "" if none is set (a secret). */
const char *config_password_hash(const struct config *c);

const struct config_container *config_find_container(const struct config *c, struct str name);
const struct config_channel *config_find_channel(const struct config *c, uint64_t id);
/* Whether typed opens the protected text of k; false if no password is set. A hashed one takes some
 * milliseconds. */
enum { INFO_PASSWORD_CHARACTERS_MAX = 60 };
bool config_info_password_ok(const struct config_container *k, struct str typed);
/* The form in which such a password is stored. Takes as long. */
enum { INFO_PASSWORD_HASH_BYTES = 512 };
bool config_hash_info_password(struct str typed, char out[INFO_PASSWORD_HASH_BYTES]);
bool config_is_admin(const struct config *c, uint64_t user_id);
const char *config_admin_note(const struct config *c, uint64_t user_id); /* never NULL */
/* Seconds for "serverstatus", "control", "start", …; button: look in the buttons' table first. Defaults
 * merged in. */
unsigned config_cooldown_s(const struct config *c, const char *name, bool button);

/* A setting from the table of options (options.c), by name: DDC_LOG_LEVEL, DDC_DOCKER_CACHE_DURATION …
 * Environment over file over default, already checked. Unknown names are a BUG. */
int64_t config_int(const struct config *c, const char *name);
bool config_bool(const struct config *c, const char *name);
uint64_t config_id(const struct config *c, const char *name);	   /* 0: none */
const char *config_text(const struct config *c, const char *name); /* never NULL; "" if unset */
enum config_source config_source_of(const struct config *c, const char *name);

/* The same without a snapshot, for what stands in the environment alone (STORE_ENVIRONMENT): for the commands that ask the running
 * daemon. Says nothing of a wrong value. The text is a view into the environment, or the default. */
int64_t config_variable_int(const char *name);
struct str config_variable_text(const char *name);

#endif

/* What the files of this folder share about a snapshot; not for anybody else. */
#ifndef CONFIG_PRIVATE_H
#define CONFIG_PRIVATE_H

#include "config/config.h"
#include "config/read.h"

/* Limits of one folder. A server has at most 500 channels; an engine of a thousand containers is a data
 * centre. */
enum {
	CONTAINERS_MAX = 4096,
	CHANNELS_MAX = 500,
	COOLDOWNS_MAX = 200,
	BACKUPS_MAX = 3, /* the newest: what an older one alone holds was not in use any more */
	LAYERS_MAX = 4 + 4 + 3 + BACKUPS_MAX * 7,
	SEALED_MAX = 6
};

/* Strings of a snapshot live and die together, so they share blocks. */
struct arena_block;
struct arena {
	struct arena_block *blocks;
	size_t left; /* bytes of the newest block */
};
void arena_free(struct arena *a);
const char *arena_copy(struct arena *a, struct str text); /* NULL without memory */

struct option_value {
	int64_t number;
	const char *text;
	const char *file; /* static or arena; where it came from */
	enum config_source source;
};

struct cooldown {
	const char *name;
	unsigned seconds;
	bool button;
};

struct config_cooldowns {
	unsigned count;
	struct cooldown items[];
};

struct config_private {
	struct arena arena;
	struct option_value *values; /* one for each row of the table, in its order */
	const char *password_hash;
	const char *sealed[SEALED_MAX]; /* texts that may be the token, best first */
	unsigned sealed_count;
	const char *hashes[SEALED_MAX]; /* keys that may open them, best first */
	unsigned hash_count;
	const char *last_token; /* clear: bot_token_decrypted_for_usage, if nothing else can be opened */
};

/* The files that hold one value of each key, the one that counts first. See layers.c for the order and why.
 */
struct layer {
	const char *file; /* static, or own_name */
	char *own_name;
	struct doc doc;
	bool present;
	bool old;    /* of v1: counts where nothing newer says anything, until it was imported */
	bool backup; /* … and lies in a copy that a migration of the original made */
	int64_t time_ns;
};

struct layers {
	struct layer list[LAYERS_MAX];
	unsigned count;
	bool oldest_layout; /* neither channels/ nor containers/ hold anything */
	bool imported;	    /* what the old ones hold was brought over; they are history */
	uint64_t old_hash;  /* of the contents of all that is old; 0: there is nothing */
};

/* Says so if not. */
bool folder_is_readable(struct reading *r, const char *folder);
void layers_load(struct layers *l, struct reading *r, const char *folder);
/* Puts the files of one copy (a folder, or one file) in the place of everything old. False if it holds nothing that
 * can be used. */
bool layers_use_copy(struct layers *l, struct reading *r, const char *path);
void layers_clear(struct layers *l);
/* The folder's own token and hashes, without the environment and the rest. NULL without memory. */
struct config *config_load_secrets(const char *folder);
/* Whether it counts: it is there, and was not imported. */
bool layer_counts(const struct layers *l, const struct layer *a);
/* The first layer that has path, and not null. */
const struct layer *layers_find(const struct layers *l, const char *path, doc_ref *ret_at);
/* The first that has there an object or a list with something in it. */
const struct layer *layers_find_filled(const struct layers *l, const char *path, doc_ref *ret_at);
const struct layer *layers_file(const struct layers *l, const char *file); /* NULL if absent or broken */

/* The name of the file, for as long as c lives. */
const char *layer_name(struct config *c, const struct layer *a);
/* info.protected_password of a container, if it is in clear text, becomes its hash, which was tried first. *ret_count
 * grows by one. False without memory. */
bool hash_protected(struct doc *d, unsigned *ret_count);
/* Where it is written down that the old files were imported. */
#define IMPORT_FILE "ddc_migration.json"
/* What a channel without a file, or without a word in it, has: channels/default.json, or the own defaults of v1 that
 * the original's migration overwrote with fixed ones. own must be cleared by the caller. NULL: none. */
const struct doc *channel_defaults(
	struct reading *r, const char *folder, const struct layers *l, struct doc *own, doc_ref *ret_at);
/* The text that v1 kept apart for this container, wrapped as {"info": {…}}, if that is what counts: info (at object) is of v1, or
 * was never filled. False if there is none. ret must be cleared by the caller either way. */
bool old_info(const struct spot *s, doc_ref object, const char *folder, const struct layers *l, struct str container,
	char file[320], struct doc *ret);

/* server_order.json, or the list that v1 kept among other settings. own must be cleared by the caller. NULL: none. */
const struct doc *server_order(
	struct reading *r, const char *folder, const struct layers *l, struct doc *own, doc_ref *ret_list);

/* Each fills its part of c from the folder. False only without memory (r->no_memory). */
bool load_settings(struct config *c, struct reading *r, const struct layers *l);
/* environment_too: DISCORD_BOT_TOKEN counts, and a missing token is a problem. */
bool load_token(struct config *c, struct reading *r, const struct layers *l, bool environment_too);
bool load_containers(struct config *c, struct reading *r, const char *folder, const struct layers *l);
bool load_channels(struct config *c, struct reading *r, const char *folder, const struct layers *l);
bool load_admins(struct config *c, struct reading *r, const char *folder);
bool load_rights(struct config *c, struct reading *r, const char *folder);
void rights_free(struct config_rights *rights);
bool load_cooldowns(struct config *c, struct reading *r, const char *folder, const struct layers *l);

/* Cooldowns where channels_config.json has none: a file of its own in builds of August 2025, and older places. */
const struct layer *old_section(const struct layers *l, doc_ref *ret_at);

/* The original's table of cooldowns where there is no file, as JSON. */
const char *cooldown_defaults_json(void);

/* Fills the fields of a struct config_container or config_channel that the table names. fallback: a second
 * place to look (channels/default.json), or DOC_NONE. */
bool load_fields(struct config *c, const struct spot *s, doc_ref object, enum option_store store, void *into);

#endif

#include "app/unlock.h"

#include "base/hash.h"
#include "base/mem.h"
#include "loop/child.h"

#include <string.h>

struct unlock {
	struct loop *loop;
	unlock_fn *on_token;
	void *arg;
	char *clear; /* waits to be told; a secret */
	struct err why;
	/* The sealed token that was opened last, and what it was opened from: settings are read again often without a change of it. */
	char *opened;
	uint64_t opened_key;
	struct child *child; /* opens one */
	uint64_t child_key;
};

uint64_t token_hash(const char *token)
{
	return hash_str(HASH_SEED, str_of(token));
}

static void on_tell(void *arg)
{
	struct unlock *u = arg;
	char *token = u->clear;
	u->clear = NULL;
	u->on_token(token, token ? NULL : &u->why, u->arg);
	mem_free_secret(token);
}

static void tell_later(struct unlock *u, const char *token)
{
	loop_undefer(u->loop, on_tell, u);
	mem_free_secret(u->clear);
	u->clear = token ? mem_strdup(MEM_APP, token) : NULL;
	loop_defer(u->loop, on_tell, u);
}

/* In the child: '+' and the token, or '-' and the sentence that says why not. */
static void open_token(struct buf *out, const void *arg)
{
	const struct config *config = arg;
	struct err err = {0};
	char token[CONFIG_TOKEN_BYTES];
	if (config_open_token(config, token, &err))
		buf_printf(out, "+%s", token);
	else
		buf_printf(out, "-%s", err.text);
}

static void on_child_done(struct str text, void *arg)
{
	struct unlock *u = arg;
	u->child = NULL;
	if (text.n > 1 && text.p[0] == '+') {
		mem_free_secret(u->opened);
		u->opened = mem_strndup(MEM_APP, text.p + 1, text.n - 1);
		u->opened_key = u->child_key;
		tell_later(u, u->opened);
		return;
	}
	if (text.n > 1)
		err_set(&u->why, ERR_INPUT, "%.*s", (int)text.n - 1, text.p + 1);
	else
		err_set(&u->why, ERR_SYSTEM,
			"the stored bot token could not be opened: the helper process ended early");
	tell_later(u, NULL);
}

void unlock_start(struct unlock *u, const struct config *config)
{
	child_end(u->child);
	u->child = NULL;
	if (config->token) {
		tell_later(u, config->token);
	} else if (!config_token_is_sealed(config)) {
		err_set(&u->why, ERR_INPUT,
			"no bot token: set DISCORD_BOT_TOKEN, or bot_token in config.json; ddc waits and looks again when the file changes");
		tell_later(u, NULL);
	} else if (u->opened && u->opened_key == config_token_key(config)) {
		tell_later(u, u->opened);
	} else {
		u->child_key = config_token_key(config);
		u->child = child_start(u->loop, open_token, config, on_child_done, u, &u->why);
		if (!u->child)
			tell_later(u, NULL);
	}
}

struct unlock *unlock_new(struct loop *loop, unlock_fn *on_token, void *arg)
{
	struct unlock *u = mem_zalloc(MEM_APP, sizeof *u);
	if (u) {
		u->loop = loop;
		u->on_token = on_token;
		u->arg = arg;
	}
	return u;
}

void unlock_free(struct unlock *u)
{
	if (!u)
		return;
	child_end(u->child);
	loop_undefer(u->loop, on_tell, u);
	mem_free_secret(u->clear);
	mem_free_secret(u->opened);
	mem_free(u);
}

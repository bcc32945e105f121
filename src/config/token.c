/*
 * Which token counts: DISCORD_BOT_TOKEN, else the first in the order of the layers that is clear, or can be
 * opened. "Clear" is what the original calls so: it looks like a token of Discord, or there is no password to
 * seal it with.
 */
#include "config/token.h"

#include "base/hash.h"
#include "base/log.h"
#include "config/private.h"
#include "crypto/base64.h"
#include "crypto/fernet.h"
#include "crypto/password.h"

#include <stdlib.h>
#include <string.h>

bool token_looks_clear(struct str text)
{
	static const char *const starts[] = {"MTA", "MTI", "MTM", "MTQ", "MTU"};
	if (text.n < 50)
		return false;
	if (text.n > 50 && memchr(text.p, '.', text.n))
		return true;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (str_starts(text, starts[i]))
			return true;
	return false;
}

static bool add_unique(struct config *c, const char **list, unsigned *count, const char *text)
{
	for (unsigned i = 0; i < *count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	if (*count == SEALED_MAX)
		return true;
	const char *copy = arena_copy(&c->private->arena, str_trim(str_of(text)));
	if (copy)
		list[(*count)++] = copy;
	return copy != NULL;
}

/* Calls take for each non-empty text under key, the best layer first; ends when it returns true. */
typedef bool take_fn(struct config *c, struct reading *r, const struct layer *a, char *text);

/* history: from files too that were imported and do not count any more. */
static bool each_text(
	struct config *c, struct reading *r, const struct layers *l, const char *key, bool history, take_fn *take)
{
	for (unsigned i = 0; i < l->count; i++) {
		const struct layer *a = &l->list[i];
		const struct spot s = {r, a->file, &a->doc};
		bool counts = layer_counts(l, a) || (history && a->present);
		doc_ref at = counts ? doc_get(&a->doc, DOC_ROOT, key) : DOC_NONE;
		if (at == DOC_NONE || doc_type(&a->doc, at) != DOC_STRING)
			continue;
		char *text = read_scalar(&s, at);
		bool done = text && str_trim(str_of(text)).n && take(c, r, a, text);
		mem_free_secret(text);
		if (done)
			return true;
	}
	return false;
}

static bool take_hash(struct config *c, struct reading *r, const struct layer *a, char *text)
{
	struct config_private *p = c->private;
	(void)a;
	if (!add_unique(c, p->hashes, &p->hash_count, text))
		r->no_memory = true;
	return false;
}

static bool take_password(struct config *c, struct reading *r, const struct layer *a, char *text)
{
	const char *copy = arena_copy(&c->private->arena, str_trim(str_of(text)));
	(void)a;
	if (copy)
		c->private->password_hash = copy;
	else
		r->no_memory = true;
	return true;
}

static void set_source(struct config *c, const struct layer *a)
{
	struct option_value *v = &c->private->values[option_find("bot_token") - options];
	v->source = SOURCE_FILE;
	v->file = layer_name(c, a);
}

static bool take_token(struct config *c, struct reading *r, const struct layer *a, char *text)
{
	struct config_private *p = c->private;
	struct str t = str_trim(str_of(text));
	if (!p->sealed_count)
		set_source(c, a);
	/* a sealed text begins with the version byte; without a password nothing can have been sealed */
	bool sealed = str_starts(t, "gAAAAA") || str_starts(t, "Z0FBQUFB");
	if (token_looks_clear(t) || (!p->hash_count && !sealed)) {
		if (p->sealed_count) /* a better file has one that may open; this is what remains if not */
			p->last_token = p->last_token ? p->last_token : arena_copy(&p->arena, t);
		else if (!config_set_token(c, text))
			r->no_memory = true;
		return c->token != NULL;
	}
	if (!add_unique(c, p->sealed, &p->sealed_count, text))
		r->no_memory = true;
	return false;
}

static bool take_last(struct config *c, struct reading *r, const struct layer *a, char *text)
{
	(void)r;
	if (!c->private->sealed_count)
		set_source(c, a);
	if (!c->private->last_token)
		c->private->last_token = arena_copy(&c->private->arena, str_trim(str_of(text)));
	return true;
}

static void no_token_problem(struct config *c, struct reading *r)
{
	const struct spot s = {r, "config.json", NULL};
	if (!c->token && !c->private->sealed_count)
		read_problem(&s, DOC_NONE, "bot_token", true,
			"there is no bot token; set DISCORD_BOT_TOKEN, or put it here "
			"(discord.com/developers, your application, Bot)");
	else if (!c->token && !c->private->hash_count && !c->private->last_token)
		read_problem(&s, DOC_NONE, "bot_token", true,
			"the bot token is sealed, and the password hash that opens it is missing; set "
			"DISCORD_BOT_TOKEN or type the "
			"token in anew");
}

static void password_problem(struct config *c, struct reading *r)
{
	const struct spot s = {r, "config.json", NULL};
	const char *fault = *c->private->password_hash ? password_fault(str_of(c->private->password_hash)) : NULL;
	if (fault)
		read_problem(&s, DOC_NONE, "web_ui_password_hash", true,
			"%s. Nobody can log in with it; `ddc set-password` sets a new one", fault);
}

static void from_folder(struct config *c, struct reading *r, const struct layers *l)
{
	static const char *const old_keys[] = {"bot_token", "encrypted_bot_token", "bot_token_encrypted"};
	for (size_t i = 0; i < sizeof old_keys / sizeof *old_keys && !c->token; i++)
		each_text(c, r, l, old_keys[i], false, take_token);
	if (!c->token)
		each_text(c, r, l, "bot_token_decrypted_for_usage", false, take_last);
	if (!c->token && !c->private->sealed_count && c->private->last_token)
		config_set_token(c, c->private->last_token);
}

bool load_token(struct config *c, struct reading *r, const struct layers *l, bool environment_too)
{
	struct config_private *p = c->private;
	const char *variable = environment_too ? config_text(c, "DISCORD_BOT_TOKEN") : "";
	p->password_hash = "";
	each_text(c, r, l, "web_ui_password_hash", false, take_password);
	each_text(c, r, l, "web_ui_password_hash", true, take_hash); /* one of them opens the token */
	if (environment_too)
		password_problem(c, r);
	if (*variable) {
		struct option_value *v = &p->values[option_find("bot_token") - options];
		v->source = SOURCE_ENVIRONMENT;
		v->file = "environment";
		return config_set_token(c, variable) && !r->no_memory;
	}
	from_folder(c, r, l);
	if (environment_too)
		no_token_problem(c, r);
	return !r->no_memory;
}

bool config_set_token(struct config *c, const char *token)
{
	struct str t = str_trim(str_of(token));
	char *copy = mem_strndup(MEM_CONFIG, t.p, t.n);
	if (!copy)
		return false;
	mem_free_secret(c->token);
	c->token = copy;
	log_add_secret(copy);
	return true;
}

bool config_token_is_sealed(const struct config *c)
{
	return !c->token && c->private->sealed_count > 0;
}

bool token_open_rounds(const char *sealed, const char *hash, uint32_t rounds, char *out, size_t size)
{
	unsigned char inner[BASE64_DECODED_MAX(FERNET_TEXT_BYTES_MAX)];
	char clear[FERNET_CLEAR_BYTES_MAX + 1];
	struct fernet_key key;
	struct str text = str_trim(str_of(sealed));
	size_t length;
	if (text.n >= FERNET_TEXT_BYTES_MAX)
		return false;
	/* some builds of autumn 2025 encoded the sealed text once more */
	if (str_starts(text, "Z0FBQUFB") && base64_decode(text, inner, &length))
		text = (struct str){(const char *)inner, length};
	bool ok = fernet_key_for_token(str_of(hash), rounds, &key) && fernet_open(&key, text, clear, &length) &&
		  length && length < size && !memchr(clear, '\0', length);
	if (ok)
		memcpy(out, clear, length + 1);
	explicit_bzero(&key, sizeof key);
	explicit_bzero(clear, sizeof clear);
	return ok;
}

bool token_open(const char *sealed, const char *hash, char *out, size_t size)
{
	return token_open_rounds(sealed, hash, TOKEN_ROUNDS, out, size) ||
	       token_open_rounds(sealed, hash, TOKEN_ROUNDS_OLD, out, size);
}

bool config_open_token(const struct config *c, char out[CONFIG_TOKEN_BYTES], struct err *err)
{
	const struct config_private *p = c->private;
	for (unsigned i = 0; i < p->sealed_count; i++)
		for (unsigned k = 0; k < p->hash_count; k++)
			if (token_open(p->sealed[i], p->hashes[k], out, CONFIG_TOKEN_BYTES))
				return true;
	if (p->last_token && str_copy(out, CONFIG_TOKEN_BYTES, str_of(p->last_token)))
		return true;
	return err_set(err, ERR_INPUT,
		"the bot token in the configuration folder cannot be unsealed with the stored password hash; "
		"set "
		"DISCORD_BOT_TOKEN or type the token in anew");
}

uint64_t config_token_key(const struct config *c)
{
	uint64_t h = HASH_SEED;
	for (unsigned i = 0; i < c->private->sealed_count + c->private->hash_count; i++) {
		const char *t = i < c->private->sealed_count ? c->private->sealed[i]
							     : c->private->hashes[i - c->private->sealed_count];
		h = hash_bytes(h, t, strlen(t) + 1);
	}
	return h;
}

const char *config_password_hash(const struct config *c)
{
	return c->private->password_hash;
}

/* Secrets at rest (migrate.h): what the original leaves in clear text is sealed or hashed, and only then
 * removed. */
#include "config/migrate.h"

#include "base/clock.h"
#include "base/hash.h"
#include "config/file.h"
#include "config/private.h"
#include "config/save.h"
#include "config/token.h"
#include "config/writer.h"
#include "crypto/fernet.h"
#include "crypto/password.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whoever can read the hash can read the text it guards, in the same file. So few rounds are enough, and a
 * press of a button stays a matter of milliseconds. */
enum { INFO_PASSWORD_ROUNDS = 5000 };

bool config_hash_info_password(struct str typed, char out[INFO_PASSWORD_HASH_BYTES])
{
	_Static_assert(INFO_PASSWORD_HASH_BYTES == (int)PASSWORD_STORED_BYTES_MAX, "one form, one size");
	return password_hash_rounds(typed, INFO_PASSWORD_ROUNDS, out);
}

static bool no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "there is no memory to seal the secrets");
}

static bool text_at(const struct doc *d, const char *path, char *out, size_t size)
{
	struct reading quiet = {0};
	const struct spot s = {&quiet, "", d};
	return read_short(&s, doc_path(d, DOC_ROOT, path), out, size);
}

static bool set_text(struct save *s, const char *file, const char *key, const char *text, struct err *err)
{
	const struct str path[] = {str_of(key)};
	struct buf json;
	buf_init(&json, MEM_CONFIG, 2 * FERNET_TEXT_BYTES_MAX);
	bool ok = doc_quote(&json, str_of(text), false) ? save_set(s, file, path, 1, buf_view(&json), err)
							: no_memory(err);
	buf_clear(&json);
	return ok;
}

/* ---- the token ---- */

static bool seal(const char *token, const char *hash, char text[FERNET_TEXT_BYTES_MAX], struct err *err)
{
	struct fernet_key key;
	char again[CONFIG_TOKEN_BYTES];
	bool ok = fernet_key_for_token(str_of(hash), TOKEN_ROUNDS, &key) &&
		  fernet_seal(&key, str_of(token), clock_wall_s(), NULL, text) &&
		  token_open(text, hash, again, sizeof again) && strcmp(again, token) == 0;
	explicit_bzero(&key, sizeof key);
	explicit_bzero(again, sizeof again);
	return ok || err_set(err, ERR_SYSTEM, "the token could not be sealed; nothing was changed");
}

/* v2.3 prefers auth.json and web_ui.json whatever they say; keeping them equal lets somebody go back to it.
 */
static bool keep_sides_equal(struct save *s, const char *folder, const char *sealed, const char *hash, struct err *err)
{
	if (file_time_ns(folder, "auth.json") && !set_text(s, "auth.json", "bot_token", sealed, err))
		return false;
	return !file_time_ns(folder, "web_ui.json") || set_text(s, "web_ui.json", "web_ui_password_hash", hash, err);
}

static bool remove_clear_copies(struct save *s, const char *file, struct err *err)
{
	static const char *const keys[] = {"bot_token_decrypted_for_usage", "new_web_ui_password"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct str path[] = {str_of(keys[i])};
		if (!save_remove(s, file, path, 1, err))
			return false;
	}
	return true;
}

/* The copy that an earlier save made is cleaned the same way; a broken one is left alone. */
static bool clean_backup(struct save *s, const char *folder, const char *sealed, struct err *err)
{
	static const char file[] = "config.json.bak";
	char token[FERNET_TEXT_BYTES_MAX];
	const struct doc *d = file_time_ns(folder, file) ? save_doc(s, file, NULL) : NULL;
	if (!d || doc_type(d, DOC_ROOT) != DOC_OBJECT)
		return true;
	if (text_at(d, "bot_token", token, sizeof token) && token_looks_clear(str_of(token)) &&
		!set_text(s, file, "bot_token", sealed, err))
		return false;
	return remove_clear_copies(s, file, err);
}

/* True if config.json holds a sealed token, no clear one, and the files beside it say the same. */
static bool token_is_at_rest(struct save *s, const char *folder, const char *hash)
{
	char token[FERNET_TEXT_BYTES_MAX], side[FERNET_TEXT_BYTES_MAX];
	const struct doc *main = save_doc(s, "config.json", NULL);
	if (!main || !text_at(main, "bot_token", token, sizeof token) || !str_starts(str_of(token), "gAAAAA") ||
		doc_get(main, DOC_ROOT, "bot_token_decrypted_for_usage") != DOC_NONE ||
		doc_get(main, DOC_ROOT, "new_web_ui_password") != DOC_NONE)
		return false;
	const struct doc *auth = file_time_ns(folder, "auth.json") ? save_doc(s, "auth.json", NULL) : NULL;
	const struct doc *web = file_time_ns(folder, "web_ui.json") ? save_doc(s, "web_ui.json", NULL) : NULL;
	return (!auth || (text_at(auth, "bot_token", side, sizeof side) && strcmp(side, token) == 0)) &&
	       (!web || (text_at(web, "web_ui_password_hash", side, sizeof side) && strcmp(side, hash) == 0));
}

/* That a sealed text opens as v2.3 opens it takes half a second to find out, so it is remembered. */
static const char STATE_FILE[] = "ddc_state.json", MARK[] = "token_seal";

static void mark_of(const char *sealed, const char *hash, char out[24])
{
	/* reveals nothing useful */
	snprintf(out, 24, "%016" PRIx64, hash_str(hash_str(HASH_SEED, str_of(sealed)), str_of(hash)));
}

static bool is_marked(struct save *s, const char *hash)
{
	char sealed[FERNET_TEXT_BYTES_MAX], want[24], have[24];
	const struct doc *main = save_doc(s, "config.json", NULL), *state = save_doc(s, STATE_FILE, NULL);
	if (!main || !state || !text_at(main, "bot_token", sealed, sizeof sealed) ||
		!text_at(state, MARK, have, sizeof have))
		return false;
	mark_of(sealed, hash, want);
	return strcmp(want, have) == 0;
}

/* *ret_anew: the text was sealed anew, because it was not as v2.3 seals it. */
static bool write_token(
	struct save *s, const char *folder, const char *token, const char *hash, bool *ret_anew, struct err *err)
{
	char sealed[FERNET_TEXT_BYTES_MAX], now[FERNET_TEXT_BYTES_MAX], opened[CONFIG_TOKEN_BYTES], mark[24];
	const struct doc *main = save_doc(s, "config.json", err);
	if (!main)
		return false;
	/* what is sealed well already stays as it is, so that nothing changes for nothing */
	bool sealed_well = text_at(main, "bot_token", now, sizeof now) && str_starts(str_of(now), "gAAAAA") &&
			   token_open_rounds(now, hash, TOKEN_ROUNDS, opened, sizeof opened) &&
			   strcmp(opened, token) == 0;
	if (sealed_well)
		memcpy(sealed, now, sizeof sealed);
	else if (!seal(token, hash, sealed, err) || !set_text(s, "config.json", "bot_token", sealed, err))
		return false;
	explicit_bzero(opened, sizeof opened);
	*ret_anew = !sealed_well;
	mark_of(sealed, hash, mark);
	if (save_doc(s, STATE_FILE, NULL) && !set_text(s, STATE_FILE, MARK, mark, err))
		return false;
	return keep_sides_equal(s, folder, sealed, hash, err) && remove_clear_copies(s, "config.json", err) &&
	       clean_backup(s, folder, sealed, err);
}

static bool secure_token(const char *folder, struct buf *report, struct err *err)
{
	char token[CONFIG_TOKEN_BYTES];
	bool anew = false;
	struct config *c = config_load_secrets(folder);
	struct save *s = save_begin(folder);
	bool ok = c && s ? true : no_memory(err);
	if (!ok || (!c->token && !c->private->sealed_count))
		goto out; /* no token, no work */
	if (!c->private->hash_count) {
		if (c->token)
			buf_add_str(report, "the token stays in clear text until a web password is set (ddc "
					    "set-password)\n");
		goto out;
	}
	const char *hash = c->private->password_hash;
	bool at_rest = token_is_at_rest(s, folder, hash);
	if (at_rest && is_marked(s, hash))
		goto out;
	if (c->token)
		str_copy(token, sizeof token, str_of(c->token));
	else if (!config_open_token(c, token, NULL))
		goto out; /* loading has said so; a sealed text that nobody can open is not thrown away either
			   */
	ok = write_token(s, folder, token, hash, &anew, err) &&
	     set_text(s, "config.json", "web_ui_password_hash", hash, err) && save_commit_without_backup(s, err);
	if (ok && at_rest && anew)
		buf_add_str(report, "the bot token is sealed anew, so that v2.3 can open it too\n");
	else if (ok && !at_rest)
		buf_add_str(report, "the bot token is sealed with the web password's hash; copies in clear "
				    "text are gone from config.json\n");
out:
	explicit_bzero(token, sizeof token);
	save_free(s);
	config_free(c);
	return ok;
}

/* ---- protected passwords ---- */

bool hash_protected(struct doc *d, unsigned *ret_count)
{
	static const struct str path[] = {{"info", 4}, {"protected_password", 18}};
	char clear[1024], hash[PASSWORD_STORED_BYTES_MAX];
	bool ok = true;
	if (text_at(d, "info.protected_password", clear, sizeof clear) && *clear && !password_is_hash(str_of(clear))) {
		struct buf json;
		/* the original reads no more than this many characters of it */
		struct str password = utf8_prefix(str_of(clear), INFO_PASSWORD_CHARACTERS_MAX);
		buf_init(&json, MEM_CONFIG, 2 * PASSWORD_STORED_BYTES_MAX);
		ok = config_hash_info_password(password, hash) && password_check(str_of(hash), password) &&
		     doc_quote(&json, str_of(hash), false) && doc_set(d, path, 2, buf_view(&json));
		buf_clear(&json);
		*ret_count += ok;
	}
	explicit_bzero(clear, sizeof clear);
	return ok;
}

static bool secure_container(const char *folder, const char *file, unsigned *count, struct err *err)
{
	struct save *s = save_begin(folder);
	struct doc *d = s ? save_doc(s, file, NULL) : NULL; /* a broken file is not ours to mend */
	unsigned hashed = 0;
	bool ok = !d || doc_type(d, DOC_ROOT) != DOC_OBJECT || hash_protected(d, &hashed) || no_memory(err);
	if (ok && hashed) {
		save_touch(s, d);
		ok = save_commit_without_backup(s, err);
		*count += ok;
	}
	save_free(s);
	return ok;
}

/* The web page of the original leaves a copy of each in config.json, which nothing reads. */
static bool blank_copies(const char *folder, const char *file, struct err *err)
{
	struct save *s = save_begin(folder);
	struct doc *d = s && file_time_ns(folder, file) ? save_doc(s, file, NULL) : NULL;
	bool ok = true, again = d && doc_type(d, DOC_ROOT) == DOC_OBJECT;
	while (ok && again) { /* each change makes the references void */
		again = false;
		doc_each (d, m, DOC_ROOT) {
			struct buf key;
			buf_init(&key, MEM_CONFIG, 1024);
			bool hit = doc_decode_key(d, m, &key) &&
				   str_starts(buf_view(&key), "info_protected_password") &&
				   !str_is(doc_raw(d, m), "\"\"");
			if (hit) {
				const struct str path[] = {buf_view(&key)};
				ok = save_set(s, file, path, 1, STR("\"\""), err);
				again = true;
			}
			buf_clear(&key);
			if (hit)
				break;
		}
	}
	ok = ok && (!s || save_commit_without_backup(s, err));
	save_free(s);
	return ok;
}

static bool secure_passwords(const char *folder, struct buf *report, struct err *err)
{
	char **names;
	size_t count;
	unsigned hashed = 0;
	bool ok = true;
	file_list(folder, "containers", ".json", &names, &count, NULL);
	for (size_t i = 0; ok && i < count; i++) {
		char file[300];
		snprintf(file, sizeof file, "containers/%s", names[i]);
		ok = secure_container(folder, file, &hashed, err);
		strcat(file, ".bak");
		ok = ok && (!file_time_ns(folder, file) || secure_container(folder, file, &(unsigned){0}, err));
	}
	file_list_free(names, count);
	if (hashed)
		buf_printf(report, "%u protected passwords are stored hashed now\n", hashed);
	return ok && blank_copies(folder, "config.json", err) && blank_copies(folder, "config.json.bak", err);
}

/* ---- modes ---- */

static void close_to_others(const char *folder, const char *name, unsigned *count)
{
	char path[PATH_MAX];
	struct stat st;
	if (file_path(path, sizeof path, folder, name) && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		(st.st_mode & 0077) && chmod(path, 0600) == 0 && stat(path, &st) == 0 && !(st.st_mode & 0077))
		(*count)++; /* exFAT and FAT say yes, and keep the mode that they were mounted with */
}

/* The beginnings of their names, so that copies (.bak, .v1, .v1.1.x.backup_…) are among them. */
static bool holds_secrets(const char *name)
{
	static const char *const starts[] = {"config.json", "config_v1.json", "auth.json", "web_ui.json",
		"bot_config.json", "web_config.json", ".translation_key", "channel_translations.json",
		"ddc_session.json"};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (strncmp(name, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static void close_folder(const char *folder, const char *sub, bool all, unsigned *count)
{
	char path[PATH_MAX], file[600];
	DIR *dir = file_path(path, sizeof path, folder, sub) ? opendir(path) : NULL;
	for (struct dirent *e; dir && (e = readdir(dir));) {
		snprintf(file, sizeof file, "%s/%s", sub, e->d_name);
		if (all || holds_secrets(e->d_name))
			close_to_others(folder, file, count);
	}
	if (dir)
		closedir(dir);
}

static void secure_modes(const char *folder, struct buf *report)
{
	unsigned changed = 0;
	DIR *dir = opendir(folder);
	close_folder(folder, ".", false, &changed);
	close_folder(folder, "containers", true, &changed);
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (strncmp(e->d_name, "backup_", 7) == 0)
			close_folder(folder, e->d_name, false, &changed);
	if (dir)
		closedir(dir);
	if (changed)
		buf_printf(report, "%u files with secrets may be read by their owner only now\n", changed);
}

/* As the original: DDC_ADMIN_PASSWORD counts only while there is no password that could be checked. */
static bool first_password(const char *folder, struct buf *report, struct err *err)
{
	const char *given = getenv("DDC_ADMIN_PASSWORD");
	struct config *c = given && *given ? config_load_secrets(folder) : NULL;
	if (!c)
		return true;
	bool needed = !password_is_hash(str_of(c->private->password_hash));
	config_free(c);
	if (!needed)
		return true;
	if (!config_set_password(folder, str_of(given), err))
		return false;
	buf_add_str(report, "the web password was set from DDC_ADMIN_PASSWORD\n");
	return true;
}

enum { TRIES = 3 };

bool config_secure(const char *folder, struct buf *report, struct err *err)
{
	struct err why = {0};
	bool ok = false;
	/* sealing takes a second, in which somebody else may have sealed it */
	for (int i = 0; i < TRIES && !ok && (i == 0 || why.code == ERR_CONFLICT); i++) {
		why = (struct err){0};
		ok = first_password(folder, report, &why) && secure_token(folder, report, &why) &&
		     secure_passwords(folder, report, &why);
	}
	secure_modes(folder, report);
	return ok || err_set(err, why.code, "%s", why.text);
}

bool config_housekeep(const char *folder, struct buf *report, struct err *err)
{
	return config_migrate(folder, report, err) && config_secure(folder, report, err);
}

/* ---- the web password ---- */

bool config_password_allowed(struct str password, struct err *err)
{
	bool lower = false, upper = false, digit = false, other = false;
	for (size_t i = 0; i < password.n; i++) {
		char c = password.p[i];
		if (c >= 'a' && c <= 'z')
			lower = true;
		else if (c >= 'A' && c <= 'Z')
			upper = true;
		else if (c >= '0' && c <= '9')
			digit = true;
		else
			other = true;
	}
	if (utf8_count(password) >= PASSWORD_CHARACTERS_MIN && password.n <= PASSWORD_BYTES_MAX &&
		lower + upper + digit + other >= 3)
		return true;
	return err_set(err, ERR_INPUT,
		"the password needs at least %d characters, and three of: small letters, capital letters, "
		"digits, others",
		PASSWORD_CHARACTERS_MIN);
}

bool config_set_password(const char *folder, struct str password, struct err *err)
{
	char token[CONFIG_TOKEN_BYTES] = "", hash[PASSWORD_STORED_BYTES_MAX];
	if (!config_password_allowed(password, err))
		return false;
	struct config *c = config_load_secrets(folder);
	struct save *s = save_begin(folder);
	bool ok = c && s && password_hash(password, hash) ? true : no_memory(err);
	if (ok && c->token)
		str_copy(token, sizeof token, str_of(c->token));
	else if (ok && config_token_is_sealed(c))
		config_open_token(c, token, NULL); /* one that no key opens is lost already */
	ok = ok && set_text(s, "config.json", "web_ui_password_hash", hash, err);
	if (ok && *token)
		ok = write_token(s, folder, token, hash, &(bool){false}, err);
	else if (ok && file_time_ns(folder, "web_ui.json"))
		ok = set_text(s, "web_ui.json", "web_ui_password_hash", hash, err);
	ok = ok && save_commit_without_backup(s, err);
	explicit_bzero(token, sizeof token);
	save_free(s);
	config_free(c);
	return ok;
}

#include "config/config.h"

#include "base/mem.h"
#include "config/private.h"
#include "crypto/digest.h"
#include "crypto/password.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct arena_block {
	struct arena_block *next;
	size_t size;
	char bytes[];
};

enum { ARENA_BLOCK_BYTES = 2032 };

const char *arena_copy(struct arena *a, struct str text)
{
	if (!text.n)
		return "";
	size_t need = text.n + 1;
	if (!a->blocks || a->left < need) {
		size_t size = need > ARENA_BLOCK_BYTES ? need : ARENA_BLOCK_BYTES;
		struct arena_block *b = mem_alloc(MEM_CONFIG, sizeof *b + size);
		if (!b)
			return NULL;
		*b = (struct arena_block){.next = a->blocks, .size = size};
		a->blocks = b;
		a->left = size;
	}
	char *copy = a->blocks->bytes + a->blocks->size - a->left;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	a->left -= need;
	return copy;
}

/* There are passwords among the texts, so nothing is left behind. */
void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *b = a->blocks;
		a->blocks = b->next;
		explicit_bzero(b->bytes, b->size);
		mem_free(b);
	}
	a->left = 0;
}

const char *config_default_folder(void)
{
	const char *folder = getenv("DDC_CONFIG_DIR");
	struct stat st;
	if (folder && *folder)
		return folder;
	return stat("/app/config", &st) == 0 && S_ISDIR(st.st_mode) ? "/app/config" : "config";
}

bool folder_is_readable(struct reading *r, const char *folder)
{
	const struct spot s = {r, "", NULL};
	struct stat st;
	if (stat(folder, &st) < 0 && errno == ENOENT)
		read_problem(&s, DOC_NONE, "", false,
			"the configuration folder %.200s does not exist; ddc starts without settings", folder);
	else if (access(folder, R_OK | X_OK) < 0)
		read_problem(&s, DOC_NONE, "", true,
			"the configuration folder %.200s cannot be read by user %u: %s. Give it the folder (chown), or set PUID "
			"and PGID",
			folder, (unsigned)geteuid(), strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		read_problem(&s, DOC_NONE, "", true, "%.200s is no folder; ddc starts without settings", folder);
	else
		return true;
	return false;
}

static bool load_all(struct config *c, struct reading *r, const char *folder)
{
	struct layers l;
	struct list *problems = r->problems;
	bool readable = folder_is_readable(r, folder);
	r->problems = readable ? problems : NULL; /* the same of every file would hide it */
	layers_load(&l, r, folder);
	r->problems = problems;
	bool ok = load_settings(c, r, &l) && load_token(c, r, &l, true);
	r->problems = readable ? problems : NULL;
	ok = ok && load_containers(c, r, folder, &l) && load_channels(c, r, folder, &l) && load_admins(c, r, folder) &&
	     load_rights(c, r, folder) && load_cooldowns(c, r, folder, &l) && !r->no_memory;
	layers_clear(&l);
	return ok;
}

static struct config *config_new(void)
{
	struct config *c = mem_zalloc(MEM_CONFIG, sizeof *c);
	if (c)
		c->private = mem_zalloc(MEM_CONFIG, sizeof *c->private);
	if (c && c->private)
		c->private->values = mem_array(MEM_CONFIG, option_value_count(), sizeof *c->private->values);
	if (c && c->private && c->private->values)
		return c;
	config_free(c);
	return NULL;
}

struct config *config_load_secrets(const char *folder)
{
	struct reading quiet = {0};
	struct layers l;
	struct config *c = config_new();
	if (!c)
		return NULL;
	layers_load(&l, &quiet, folder);
	bool ok = load_token(c, &quiet, &l, false);
	layers_clear(&l);
	if (ok)
		return c;
	config_free(c);
	return NULL;
}

struct config *config_load(const char *folder, struct list *problems, struct err *err)
{
	struct reading r = {.problems = problems};
	struct config *c = config_new();
	if (c && load_all(c, &r, folder))
		return c;
	config_free(c);
	err_set(err, ERR_MEMORY, "there is no memory to load the configuration");
	return NULL;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	mem_free_secret(c->token);
	mem_free(c->containers);
	mem_free(c->channels);
	mem_free(c->admins);
	mem_free(c->admin_notes);
	rights_free(c->rights);
	mem_free(c->cooldowns);
	if (c->private) {
		arena_free(&c->private->arena);
		mem_free(c->private->values);
	}
	mem_free(c->private);
	mem_free(c);
}

void config_problems_clear(struct list *problems)
{
	list_each_safe (link, problems) {
		struct config_problem *p = list_item(link, struct config_problem, link);
		list_remove(link);
		mem_free(p->file);
		mem_free(p->place);
		mem_free(p->sentence);
		mem_free(p);
	}
}

const struct config_container *config_find_container(const struct config *c, struct str name)
{
	for (unsigned i = 0; i < c->container_count; i++)
		if (str_is(name, c->containers[i].name))
			return &c->containers[i];
	return NULL;
}

const struct config_channel *config_find_channel(const struct config *c, uint64_t id)
{
	unsigned low = 0, high = c->channel_count;
	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		if (c->channels[middle].id == id)
			return &c->channels[middle];
		if (c->channels[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *config_admin_note(const struct config *c, uint64_t user_id)
{
	for (unsigned i = 0; c->admin_notes && i < c->admin_count; i++)
		if (c->admins[i] == user_id)
			return c->admin_notes[i];
	return "";
}

bool config_is_admin(const struct config *c, uint64_t user_id)
{
	for (unsigned i = 0; i < c->admin_count; i++)
		if (c->admins[i] == user_id)
			return true;
	return false;
}

bool config_info_password_ok(const struct config_container *k, struct str typed)
{
	struct str stored = str_of(k->info_password);
	if (!stored.n)
		return false;
	if (password_is_hash(stored))
		return password_check(stored, typed);
	/* the original reads no more than this many characters of it */
	stored = utf8_prefix(stored, INFO_PASSWORD_CHARACTERS_MAX);
	unsigned char a[32], b[32];
	const struct digest *sha256 = digest_find(STR("sha256"));
	return digest_of(sha256, stored, a) && digest_of(sha256, typed, b) && same_in_constant_time(a, b, sizeof a);
}

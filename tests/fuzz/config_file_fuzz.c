/*
 * Whatever a file of the folder may hold: it is read as every kind of file, shown, checked and changed. A
 * change leaves a document that can be read again and has the new value; nothing else is asked of bytes that
 * nobody can foresee.
 */
#include "base/log.h"
#include "config/check.h"
#include "config/config.h"
#include "config/doc_edit.h"
#include "config/migrate.h"
#include "config/show.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const files[] = {"config.json", "containers/plex.json", "channels/1180000000000000111.json",
	"channels/default.json", "admins.json", "channels_config.json", "server_order.json", "tasks.json",
	"auto_actions.json", "auto_actions_state.json", "channel_translations.json", "bot_config.json",
	"docker_config.json", "web_config.json", "spam_protection.json", "container_info/plex_info.json",
	"heartbeat.json", "auth.json", "web_ui.json", "docker_settings.json", "config_v1.json", "ddc_rights.json",
	"ddc_migration.json", "query_support.json", "mech_state.json", "container_timeouts.json",
	"backup_20260101_000000/web_config.json", "backup_20260101_000000/channels_config.json",
	"config.json.v1.1.x.backup_20260101_000000"};
enum { FILES = sizeof files / sizeof *files };

static char folder[64];

static void remove_folder(void)
{
	char command[128];
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", folder);
}

static void make_folder(void)
{
	static const char *const subs[] = {"containers", "channels", "container_info", "backup_20260101_000000"};
	char path[128];
	snprintf(folder, sizeof folder, "/dev/shm/ddc-fuzz-XXXXXX");
	if (!mkdtemp(folder))
		abort();
	atexit(remove_folder);
	for (size_t i = 0; i < sizeof subs / sizeof *subs; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, subs[i]);
		mkdir(path, 0700);
	}
}

static void put(const char *file, const uint8_t *data, size_t size)
{
	char path[160];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

static void take_away(const char *file)
{
	char path[160];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	unlink(path);
}

static void read_folder(void)
{
	struct list problems = LIST_INIT(problems);
	struct err err = {0};
	struct buf b;
	buf_init(&b, MEM_TEST, 1 << 26);
	if (!config_check(folder, false, &problems, &err))
		abort();
	list_each (link, &problems) {
		const struct config_problem *p = list_item(link, struct config_problem, link);
		if (!*p->sentence)
			abort();
	}
	config_problems_clear(&problems);
	if (show_json(folder, false, &b, &err)) { /* too large is an answer too */
		struct doc d;
		if (!doc_parse_copy(&d, buf_view(&b)))
			abort();
		doc_clear(&d);
	}
	buf_clear(&b);
	log_forget_secrets();
}

static void change(const uint8_t *data, size_t size)
{
	const struct str path[] = {STR("ddc"), STR("new")};
	struct doc d;
	if (doc_parse_copy(&d, (struct str){(const char *)data, size}) && doc_type(&d, DOC_ROOT) == DOC_OBJECT) {
		if (!doc_set(&d, path, 2, STR("[7]")) || !str_is(doc_raw(&d, doc_path(&d, DOC_ROOT, "ddc.new")), "[7]"))
			abort();
		if (!doc_remove(&d, path, 1) || doc_get(&d, DOC_ROOT, "ddc") != DOC_NONE)
			abort();
	}
	doc_clear(&d);
}

/* The first byte names the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > 1 << 16)
		return 0;
	if (!folder[0])
		make_folder();
	const char *file = files[data[0] % FILES];
	put(file, data + 1, size - 1);
	read_folder();
	take_away(file);
	change(data + 1, size - 1);
	if (mem_use_total().blocks)
		abort();
	return 0;
}

#include "config/cli.h"

#include "base/log.h"
#include "config/archive.h"
#include "config/check.h"
#include "config/config.h"
#include "config/markdown.h"
#include "config/migrate.h"
#include "config/save.h"
#include "config/show.h"

#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

const char config_cli_usage[] =
	"  ddc config show [--json] [--reveal-secrets]   the settings in force, and where each comes from\n"
	"  ddc config check                              every problem of the folder; 1 if there is one\n"
	"  ddc config set NAME VALUE                     changes one setting in the folder\n"
	"  ddc config export FILE [--with-secrets]       the folder as one archive\n"
	"  ddc config import FILE                        and back; or adds what is missing from a backup of v1\n"
	"  ddc config migrate                            brings an old folder up to date, seals secrets\n"
	"  ddc config options --markdown                 the page that explains every setting\n"
	"  ddc set-password                              a new password for the web page (asks for it)\n";

enum { OUTPUT_BYTES_MAX = 64 * 1024 * 1024 };

struct call {
	int argc;
	char **argv; /* behind the command's name */
	FILE *out;
	const char *folder;
};

static bool flag(struct call *c, const char *name)
{
	for (int i = 0; i < c->argc; i++)
		if (strcmp(c->argv[i], name) == 0) {
			memmove(&c->argv[i], &c->argv[i + 1], (size_t)(c->argc - i - 1) * sizeof *c->argv);
			c->argc--;
			return true;
		}
	return false;
}

static int misused(void)
{
	fprintf(stderr, "usage:\n%s", config_cli_usage);
	return 2;
}

static int failed(const struct err *err)
{
	fprintf(stderr, "ddc: %s\n", err->text);
	return 1;
}

static int print(struct call *c, struct buf *b, bool ok, const struct err *err)
{
	if (ok)
		fwrite(buf_text(b), 1, b->length, c->out);
	if (b->data)
		explicit_bzero(b->data, b->length);
	buf_clear(b);
	return ok ? 0 : failed(err);
}

static int cli_show(struct call *c)
{
	struct buf b;
	struct err err = {0};
	bool json = flag(c, "--json"), reveal = flag(c, "--reveal-secrets");
	if (c->argc)
		return misused();
	buf_init(&b, MEM_CONFIG, OUTPUT_BYTES_MAX);
	bool ok = json ? show_json(c->folder, reveal, &b, &err) : show_text(c->folder, reveal, &b, &err);
	if (ok && json)
		buf_add_char(&b, '\n');
	return print(c, &b, ok, &err);
}

static int cli_check(struct call *c)
{
	struct list problems = LIST_INIT(problems);
	struct err err = {0};
	unsigned count = 0;
	if (c->argc)
		return misused();
	bool ok = config_check(c->folder, true, &problems, &err);
	list_each (link, &problems) {
		const struct config_problem *p = list_item(link, struct config_problem, link);
		fprintf(c->out, "%s%s%s%s%s: %s\n", p->is_error ? "" : "note: ", *p->file ? p->file : c->folder,
			*p->place ? ": " : "", p->place, "", p->sentence);
		count++;
	}
	if (ok && !count)
		fprintf(c->out, "%s: no problems\n", c->folder);
	config_problems_clear(&problems);
	return !ok ? failed(&err) : count > 0;
}

/* Whatever was saved: no secret stays in clear text beside it. */
static int seal_up(struct call *c)
{
	struct buf report;
	struct err err = {0};
	buf_init(&report, MEM_CONFIG, OUTPUT_BYTES_MAX);
	bool ok = config_secure(c->folder, &report, &err);
	return print(c, &report, ok, &err);
}

static int cli_set(struct call *c)
{
	struct err err = {0};
	if (c->argc != 2)
		return misused();
	if (!config_save_setting(c->folder, c->argv[0], c->argv[1], &err))
		return failed(&err);
	fprintf(c->out, "%s is saved\n", c->argv[0]);
	return seal_up(c);
}

static int cli_export(struct call *c)
{
	struct err err = {0};
	unsigned count;
	bool secrets = flag(c, "--with-secrets");
	secrets = flag(c, "--reveal-secrets") || secrets; /* the name it has in `show` */
	if (c->argc != 1)
		return misused();
	if (!archive_export(c->folder, c->argv[0], secrets, &count, &err))
		return failed(&err);
	fprintf(c->out, "%u files are in %s, %s\n", count, c->argv[0],
		secrets ? "secrets included: keep it where nobody else reads it"
			: "without token, passwords and keys (--with-secrets)");
	return 0;
}

static int cli_import(struct call *c)
{
	struct buf report;
	struct err err = {0};
	if (c->argc != 1)
		return misused();
	buf_init(&report, MEM_CONFIG, OUTPUT_BYTES_MAX);
	bool ok = archive_is_other(c->argv[0]) ? config_import_old(c->folder, c->argv[0], &report, &err)
					       : archive_import(c->folder, c->argv[0], &report, &err);
	if (!ok && report.length)
		fprintf(stderr, "ddc: these files were imported before it failed:\n%s", buf_text(&report));
	int status = print(c, &report, ok, &err);
	return status ? status : seal_up(c);
}

static int cli_migrate(struct call *c)
{
	struct buf report;
	struct err err = {0};
	if (c->argc)
		return misused();
	buf_init(&report, MEM_CONFIG, OUTPUT_BYTES_MAX);
	bool ok = config_housekeep(c->folder, &report, &err);
	if (ok && !report.length)
		buf_add_str(&report, "the folder is up to date\n");
	return print(c, &report, ok, &err);
}

static int cli_options(struct call *c)
{
	struct buf b;
	struct err err = {0};
	if (!flag(c, "--markdown") || c->argc)
		return misused();
	buf_init(&b, MEM_CONFIG, OUTPUT_BYTES_MAX);
	options_markdown(&b);
	return print(c, &b, true, &err);
}

/* ---- ddc set-password ---- */

static bool read_line(const char *prompt, char *out, size_t size)
{
	struct termios before, silent;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
	if (terminal) {
		fprintf(stderr, "%s", prompt);
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	size_t n = 0;
	char c;
	ssize_t got;
	while ((got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') /* unbuffered: nothing stays in a stdio buffer */
		if (n + 1 < size)
			out[n++] = c;
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (n && out[n - 1] == '\r')
		n--;
	out[n] = '\0';
	return n > 0 || got == 1;
}

static int cli_set_password(struct call *c)
{
	char first[1100], second[1100] = "";
	struct err err = {0};
	int status;
	if (c->argc)
		return misused();
	if (!read_line("New password for the web page: ", first, sizeof first))
		err_set(&err, ERR_INPUT, "no password was given");
	else if (isatty(STDIN_FILENO) &&
		 (!read_line("Once more: ", second, sizeof second) || strcmp(first, second) != 0))
		err_set(&err, ERR_INPUT, "the two are not the same; nothing was changed");
	else if (config_set_password(c->folder, str_of(first), &err))
		fprintf(c->out, "the password is set\n");
	status = err.code ? failed(&err) : 0;
	explicit_bzero(first, sizeof first);
	explicit_bzero(second, sizeof second);
	return status;
}

int config_cli(int argc, char **argv, FILE *out)
{
	static const struct {
		const char *name;
		int (*run)(struct call *c);
	} commands[] = {{"show", cli_show}, {"check", cli_check}, {"set", cli_set}, {"export", cli_export},
		{"import", cli_import}, {"migrate", cli_migrate}, {"options", cli_options}};
	struct call c = {.argc = argc - 1, .argv = argv + 1, .out = out, .folder = config_default_folder()};
	int status = -1;
	if (argc >= 1 && strcmp(argv[0], "set-password") == 0)
		status = cli_set_password(&c);
	for (size_t i = 0; status < 0 && argc >= 2 && i < sizeof commands / sizeof *commands; i++)
		if (strcmp(argv[1], commands[i].name) == 0) {
			c.argc--;
			c.argv++;
			status = commands[i].run(&c);
		}
	log_forget_secrets();
	if (status < 0)
		return misused();
	return fflush(out) == 0 ? status : 1;
}

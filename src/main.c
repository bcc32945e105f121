/* ddc: see and control Docker containers from Discord. Arguments here; everything else in app/. */
#include "app/app.h"
#include "app/health.h"
#include "app/memory_command.h"
#include "app/user.h"
#include "base/log.h"
#include "config/cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static int run_daemon(int argc, char **argv)
{
	struct err err = {0};
	(void)argc;
	(void)argv;
	struct paths paths;
	char note[200];
	paths_find(&paths);
	struct app *app = user_drop(&paths, note, sizeof note, &err) ? app_new(&err) : NULL;
	if (!app) {
		log_error("app", "%s", err.text);
		return 1;
	}
	if (note[0])
		log_warn("app", "%s", note);
	int status = app_run(app);
	app_free(app);
	return status;
}

static int run_health(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return health_ask();
}

static int run_memory(int argc, char **argv)
{
	return memory_command(argc, argv);
}

static int run_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("ddc " DDC_VERSION);
	return 0;
}

static int run_config(int argc, char **argv)
{
	return config_cli(argc, argv, stdout);
}

static const struct command {
	const char *name, *what;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"run", "the daemon (also without a word)", run_daemon},
	{"config", "show, check, export, import (see below)", run_config},
	{"set-password", "reads a new web password", run_config},
	{"health", "asks the running daemon how it is; status 0 when well", run_health},
	{"memory", "prints the running daemon's memory; --cleanup: before and after a clean-up", run_memory},
	{"version", "prints the version", run_version},
};

static int usage(FILE *to, int status)
{
	fputs("usage: ddc [command]\n\n", to);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(to, "  %-13s %s\n", commands[i].name, commands[i].what);
	fprintf(to, "\n%s", config_cli_usage);
	fputs("\nSettings come from the folder in DDC_CONFIG_DIR and from the environment: docs/configuration.md\n",
		to);
	return status;
}

int main(int argc, char **argv)
{
	signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is an error of the one write that meets it */
	static char run[] = "run", *no_words[] = {NULL, run, NULL};
	if (argc < 2)
		argc = 2, argv = no_words;
	const char *name = argv[1];
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		return usage(stdout, 0);
	fprintf(stderr, "ddc: there is no command '%s'\n", name);
	return usage(stderr, 2);
}

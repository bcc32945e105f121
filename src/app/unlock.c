#include "app/unlock.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_BYTES = CONFIG_TOKEN_BYTES + 1 };

struct unlock {
	struct loop *loop;
	unlock_fn *on_token;
	void *arg;
	char *clear; /* waits to be told; a secret */
	char *opened; /* the sealed token that was opened last, and what it was opened from: settings are read again */
	uint64_t opened_key; /* often without a change of the token */
	struct err why;
	/* the child that opens an encrypted one */
	pid_t child;
	uint64_t child_key;
	int pipe_fd;
	struct watch *watch;
	char answer[ANSWER_BYTES + 1]; /* what came through the pipe so far: '+' token, or '-' sentence */
	size_t answer_length;
};

uint64_t token_hash(const char *token)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
	for (const char *c = token; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	return hash;
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

/* The child has nothing to clean up and does nothing that could wait for us, so waiting for its end is short. */
static void drop_child(struct unlock *u)
{
	if (!u->child)
		return;
	watch_free(u->watch);
	u->watch = NULL;
	close(u->pipe_fd);
	kill(u->child, SIGKILL);
	while (waitpid(u->child, NULL, 0) < 0 && errno == EINTR)
		continue;
	u->child = 0;
	explicit_bzero(u->answer, sizeof u->answer);
}

static void on_answer(struct unlock *u)
{
	u->answer[u->answer_length] = '\0';
	if (u->answer[0] == '+') {
		mem_free_secret(u->opened);
		u->opened = mem_strdup(MEM_APP, u->answer + 1);
		u->opened_key = u->child_key;
		tell_later(u, u->answer + 1);
	} else {
		err_set(&u->why, ERR_INPUT, "%s",
			u->answer[0] == '-' ? u->answer + 1 : "the stored bot token could not be opened (the helper ended early)");
		tell_later(u, NULL);
	}
	drop_child(u);
}

static void on_readable(int fd, unsigned events, void *arg)
{
	struct unlock *u = arg;
	(void)events;
	ssize_t n = read(fd, u->answer + u->answer_length, ANSWER_BYTES - u->answer_length);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		u->answer_length += (size_t)n;
	if (n <= 0 || u->answer_length == ANSWER_BYTES)
		on_answer(u);
}

/* In the child. Its copy of our memory vanishes with it, whatever the hash needs. */
static _Noreturn void open_and_exit(const struct config *config, int fd)
{
	struct err err = {0};
	char token[CONFIG_TOKEN_BYTES], out[ANSWER_BYTES];
	bool opened = config_open_token(config, token, &err);
	int n = snprintf(out, sizeof out, "%c%s", opened ? '+' : '-', opened ? token : err.text);
	size_t length = n < (int)sizeof out ? (size_t)n : sizeof out - 1;
	_exit(write(fd, out, length) == (ssize_t)length ? 0 : 1);
}

static bool start_child(struct unlock *u, const struct config *config)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_errno(&u->why, "the stored bot token cannot be opened");
	pid_t child = fork();
	if (child == 0)
		open_and_exit(config, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return err_errno(&u->why, "the stored bot token cannot be opened");
	}
	u->child = child;
	u->child_key = config_token_key(config);
	u->pipe_fd = ends[0];
	u->answer_length = 0;
	u->watch = watch_new(u->loop, u->pipe_fd, LOOP_READ, on_readable, u);
	if (u->watch)
		return true;
	drop_child(u);
	return err_set(&u->why, ERR_MEMORY, "no memory to open the stored bot token");
}

void unlock_start(struct unlock *u, const struct config *config)
{
	drop_child(u);
	if (config->token) {
		tell_later(u, config->token);
	} else if (!config_token_is_sealed(config)) {
		err_set(&u->why, ERR_INPUT,
			"no bot token: set DISCORD_BOT_TOKEN, or bot_token in config.json; ddc waits and looks again when the file changes");
		tell_later(u, NULL);
	} else if (u->opened && u->opened_key == config_token_key(config)) {
		tell_later(u, u->opened);
	} else if (!start_child(u, config)) {
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
	drop_child(u);
	loop_undefer(u->loop, on_tell, u);
	mem_free_secret(u->clear);
	mem_free_secret(u->opened);
	mem_free(u);
}

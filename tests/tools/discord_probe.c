/*
 * The Discord layer alone, driven by hand or by a test: what happens is told line by line on standard output, commands come
 * line by line on standard input.
 *
 *	discord_probe API-BASE TOKEN [--compress] [--intents N] [--channel ID]… [--session ID URL SEQ] [--idle]
 *
 *	get|post|put|patch|delete [nonce] [once] [interaction] [expires=MS] PATH [JSON]   answers "rest N STATUS CODE ID TEXT"
 *	answer JSON          to the interaction that came last
 *	fields PATH          a GET that also tells every ".id" and "[].id" of the answer
 *	wait METHOD PATH     rest_wait_ms()
 *	cancel N | token T | start | stop | leave | session | stats | mem | quit
 */
#include "base/log.h"
#include "discord/gateway.h"
#include "discord/rest.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 80000, REQUESTS_MAX = 1024 };

struct probe {
	struct loop *loop;
	struct net *net;
	struct rest *rest;
	struct gateway *gateway;
	struct gateway_options options;
	uint64_t channels[GATEWAY_CHANNELS_MAX];
	struct gateway_session session;
	struct interaction_ref last;
	struct watch *watch;
	ticket tickets[REQUESTS_MAX];
	unsigned requests;
	size_t length;
	char line[LINE_BYTES_MAX];
};

static struct probe *probe;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* ---- the gateway's listener ---- */

static void on_state(enum gateway_state state, const char *why, void *arg)
{
	(void)arg;
	say("state %s %s", gateway_state_name(state), why);
}

static void on_ready(uint64_t user_id, uint64_t application_id, bool resumed, void *arg)
{
	(void)arg;
	say("ready user=%" PRIu64 " application=%" PRIu64 " resumed=%s", user_id, application_id,
		resumed ? "yes" : "no");
}

static void on_guild(uint64_t guild_id, struct str name, bool available, bool removed, void *arg)
{
	(void)arg;
	say("guild %" PRIu64 " available=%s removed=%s name=%.*s", guild_id, available ? "yes" : "no",
		removed ? "yes" : "no", STR_ARG(name));
}

static void on_channel(const struct gateway_channel *c, void *arg)
{
	(void)arg;
	say("channel %" PRIu64 " guild=%" PRIu64 " type=%d gone=%s last=%" PRIu64 " name=%.*s", c->id, c->guild_id,
		c->type, c->gone ? "yes" : "no", c->last_message_id, STR_ARG(c->name));
}

static void on_message(const struct gateway_message *m, void *arg)
{
	(void)arg;
	say("message %" PRIu64 " channel=%" PRIu64 " guild=%" PRIu64 " author=%" PRIu64 " self=%s", m->id,
		m->channel_id, m->guild_id, m->author_id, m->from_self ? "yes" : "no");
}

static void on_message_deleted(const struct gateway_message *m, void *arg)
{
	(void)arg;
	say("deleted %" PRIu64 " channel=%" PRIu64, m->id, m->channel_id);
}

static void on_interaction(const struct interaction *in, void *arg)
{
	(void)arg;
	probe->last = in->ref;
	log_add_secret(in->ref.token);
	say("interaction %" PRIu64 " type=%d user=%" PRIu64 " name=%.*s locale=%s roles=%u command=%.*s custom_id=%.*s",
		in->ref.id, (int)in->type, in->user_id, STR_ARG(in->display_name), in->locale, in->role_count,
		STR_ARG(in->command), STR_ARG(in->custom_id));
	for (unsigned i = 0; i < in->option_count; i++)
		say("option %.*s=%.*s", STR_ARG(in->options[i].name), STR_ARG(in->options[i].value));
	for (unsigned i = 0; i < in->value_count; i++)
		say("value %.*s", STR_ARG(in->values[i]));
	for (unsigned i = 0; i < in->field_count; i++)
		say("field %.*s=%.*s", STR_ARG(in->fields[i].name), STR_ARG(in->fields[i].value));
}

static void on_session(const struct gateway_session *s, void *arg)
{
	(void)arg;
	say("session %s %s %" PRId64, s->id[0] ? s->id : "-", s->resume_url[0] ? s->resume_url : "-", s->seq);
}

static void on_stopped(int close_code, const char *sentence, void *arg)
{
	(void)arg;
	say("stopped %d %s", close_code, sentence);
}

static void on_warning(const char *sentence, void *arg)
{
	(void)arg;
	say("warning %s", sentence);
}

static const struct gateway_listener listener = {on_state, on_ready, on_guild, on_channel, on_message,
	on_message_deleted, on_interaction, on_session, on_stopped, on_warning};

/* ---- REST ---- */

static void on_done(const struct rest_reply *reply, const struct err *err, void *arg)
{
	say("rest %u %d %d %" PRIu64 " %s", (unsigned)(uintptr_t)arg, reply->status, reply->code, reply->id,
		err ? err->text : "ok");
}

static bool on_id(const struct json_event *e, void *arg)
{
	(void)arg;
	if (e->type == JSON_STRING)
		say("id %.*s", STR_ARG(e->text));
	return true;
}

static void ask(const struct rest_request *q)
{
	struct err err = {0};
	unsigned number = probe->requests++ % REQUESTS_MAX;
	probe->tickets[number] = rest_send(probe->rest, q, on_done, (void *)(uintptr_t)number, &err);
	if (!probe->tickets[number])
		say("rest %u refused %s", number, err.text);
}

static bool take_word(char **line, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(*line, word, n) != 0 || (*line)[n] != ' ')
		return false;
	*line += n + 1;
	return true;
}

static void command_rest(enum rest_method method, char *line)
{
	struct rest_request q = {.method = method};
	struct buf body;
	buf_init(&body, MEM_TEST, LINE_BYTES_MAX);
	for (;;) {
		if (take_word(&line, "nonce"))
			q.has_nonce = true;
		else if (take_word(&line, "once"))
			q.once = true;
		else if (take_word(&line, "interaction"))
			q.interaction = true;
		else if (strncmp(line, "expires=", 8) == 0)
			q.expires_ms = (unsigned)strtoul(line + 8, &line, 10), line++;
		else
			break;
	}
	char *json = strchr(line, ' ');
	if (json) {
		*json++ = '\0';
		buf_add_str(&body, json);
		q.body = &body;
	}
	q.path = line;
	ask(&q);
}

static void command_answer(const char *json)
{
	char path[INTERACTION_TOKEN_BYTES + 64];
	struct buf body;
	buf_init(&body, MEM_TEST, LINE_BYTES_MAX);
	buf_add_str(&body, json);
	snprintf(path, sizeof path, "/interactions/%" PRIu64 "/%s/callback", probe->last.id, probe->last.token);
	struct rest_request q = {
		.method = REST_POST, .path = path, .body = &body, .interaction = true, .expires_ms = 3000};
	ask(&q);
}

static void command_fields(const char *path)
{
	static const char *const fields[] = {".id", "[].id"};
	struct rest_request q = {
		.method = REST_GET, .path = path, .fields = fields, .field_count = 2, .on_field = on_id};
	ask(&q);
}

static void start(void)
{
	if (!gateway_start(probe->gateway, &probe->options))
		say("start refused");
}

static void tell_stats(void)
{
	struct gateway_stats g = gateway_stats_of(probe->gateway);
	struct rest_stats r = rest_stats_of(probe->rest);
	say("stats events=%" PRIu64 " bytes=%" PRIu64 " reconnects=%" PRIu64 " resumes=%" PRIu64 " identifies=%" PRIu64
	    " largest=%zu requests=%" PRIu64 " failures=%" PRIu64 " rate_limited=%" PRIu64 " retries=%" PRIu64
	    " invalid=%" PRIu64 " waiting=%u",
		g.events, g.bytes, g.reconnects, g.resumes, g.identifies, g.largest_message_bytes, r.requests,
		r.failures, r.rate_limited, r.retries, r.invalid, r.waiting);
}

static void tell_memory(void)
{
	struct mem_use t = mem_use_total();
	say("mem bytes=%zu peak=%zu", t.bytes, t.peak_bytes);
}

static enum rest_method method_of(const char *word)
{
	static const char *const names[] = {"get", "post", "put", "patch", "delete"};
	for (int i = 0; i < 5; i++)
		if (strcasecmp(word, names[i]) == 0)
			return (enum rest_method)i;
	return (enum rest_method) - 1;
}

static void obey(char *line)
{
	char *rest = strchr(line, ' ');
	if (rest)
		*rest++ = '\0';
	else
		rest = line + strlen(line);
	if ((int)method_of(line) >= 0) {
		command_rest(method_of(line), rest);
	} else if (strcmp(line, "answer") == 0) {
		command_answer(rest);
	} else if (strcmp(line, "fields") == 0) {
		command_fields(rest);
	} else if (strcmp(line, "wait") == 0) {
		char *path = strchr(rest, ' ');
		if (path)
			*path++ = '\0', say("wait %u", rest_wait_ms(probe->rest, method_of(rest), path, 0));
	} else if (strcmp(line, "cancel") == 0) {
		rest_cancel(probe->rest, probe->tickets[strtoul(rest, NULL, 10) % REQUESTS_MAX]);
	} else if (strcmp(line, "token") == 0) {
		say("token %s", rest_set_token(probe->rest, rest) ? "taken" : "refused");
	} else if (strcmp(line, "start") == 0) {
		start();
	} else if (strcmp(line, "stop") == 0 || strcmp(line, "leave") == 0) {
		gateway_stop(probe->gateway, *line == 'l');
		say("state stopped by command");
	} else if (strcmp(line, "session") == 0) {
		on_session(gateway_session_of(probe->gateway), NULL);
	} else if (strcmp(line, "stats") == 0) {
		tell_stats();
	} else if (strcmp(line, "mem") == 0) {
		tell_memory();
	} else if (strcmp(line, "quit") == 0) {
		loop_stop(probe->loop);
	} else {
		say("unknown command: %s", line);
	}
}

static void on_input(int fd, unsigned events, void *arg)
{
	(void)events;
	(void)arg;
	ssize_t n = read(fd, probe->line + probe->length, sizeof probe->line - 1 - probe->length);
	if (n <= 0) {
		loop_stop(probe->loop);
		return;
	}
	probe->length += (size_t)n;
	probe->line[probe->length] = '\0';
	for (char *end; (end = strchr(probe->line, '\n'));) {
		char *next = end + 1;
		*end = '\0';
		obey(probe->line);
		probe->length -= (size_t)(next - probe->line);
		memmove(probe->line, next, probe->length + 1);
	}
	if (probe->length == sizeof probe->line - 1)
		probe->length = 0;
}

/* ---- life ---- */

static bool take_arguments(int argc, char **argv, bool *idle)
{
	probe->options.token = argv[2];
	probe->options.intents = INTENT_GUILDS | INTENT_GUILD_MESSAGES;
	probe->options.channels = probe->channels;
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--compress") == 0) {
			probe->options.compress = true;
		} else if (strcmp(argv[i], "--idle") == 0) {
			*idle = true;
		} else if (strcmp(argv[i], "--intents") == 0 && i + 1 < argc) {
			probe->options.intents = (unsigned)strtoul(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--channel") == 0 && i + 1 < argc &&
			   probe->options.channel_count < GATEWAY_CHANNELS_MAX) {
			probe->channels[probe->options.channel_count++] = strtoull(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--session") == 0 && i + 3 < argc) {
			snprintf(probe->session.id, sizeof probe->session.id, "%s", argv[++i]);
			snprintf(probe->session.resume_url, sizeof probe->session.resume_url, "%s", argv[++i]);
			probe->session.seq = strtoll(argv[++i], NULL, 10);
			probe->options.session = &probe->session;
		} else {
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct net_trust trust = {getenv("SSL_CERT_FILE"), getenv("SSL_CERT_DIR")};
	bool idle = false;
	int code = 1;
	probe = mem_zalloc(MEM_TEST, sizeof *probe);
	if (!probe || argc < 3 || !take_arguments(argc, argv, &idle)) {
		fprintf(stderr, "usage: see the top of tests/tools/discord_probe.c\n");
		mem_free(probe);
		return 2;
	}
	probe->loop = loop_new();
	probe->net = probe->loop ? net_new(probe->loop, &trust, &err) : NULL;
	probe->rest = probe->net ? rest_new(probe->loop, probe->net, argv[1], &err) : NULL;
	if (!probe->rest) {
		say("failed %s", err.text);
		goto out;
	}
	if (!rest_set_token(probe->rest, argv[2]))
		say("token refused");
	probe->gateway = gateway_new(probe->loop, probe->net, probe->rest, &listener, probe);
	fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	probe->watch = watch_new(probe->loop, STDIN_FILENO, LOOP_READ, on_input, probe);
	if (!probe->gateway || !probe->watch)
		goto out;
	if (!idle)
		start();
	loop_run(probe->loop);
	code = 0;
out:
	gateway_free(probe->gateway);
	rest_free(probe->rest);
	net_free(probe->net);
	watch_free(probe->watch);
	loop_free(probe->loop);
	log_forget_secrets();
	mem_free(probe);
	if (mem_use_total().blocks) {
		say("leak %zu blocks", mem_use_total().blocks);
		code = 3;
	}
	return code;
}

#include "app/app.h"

#include "app/app_inside.h"
#include "app/health.h"
#include "app/limits.h"
#include "app/web_place.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/zone.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SESSION_SAVE_MS = 60 * 1000, /* a crash replays at most a minute of events; only written after activity */
	GOODBYE_MS = 1000,	     /* at most, for the close frame and the answers that are on their way */
	BEYOND_NAMES_BYTES = DOCKER_BEYOND_NAMES * (CONTAINER_NAME_BYTES + 2) + 8
};

/* ---- news from the engine, to whoever wants it ---- */

static void on_link(enum docker_link link, const struct err *why, void *arg)
{
	struct app *a = arg;
	if (link == DOCKER_UP)
		log_info("docker", "engine %s, API %s, %u containers", docker_engine_version(a->docker),
			docker_api_version(a->docker), docker_container_count(a->docker));
	snprintf(a->docker_note, sizeof a->docker_note, "%s", link == DOCKER_UP && why ? why->text : "");
	if (link == DOCKER_UP && why)
		log_warn("docker", "%s", why->text);
	else if (link == DOCKER_DOWN)
		log_warn("docker", "%s; what is known is kept as old, trying again", why ? why->text : "not reachable");
	board_on_everything(a->board);
	control_on_everything(a->control);
}

static void on_container(const struct container *c, enum container_event event, void *arg)
{
	struct app *a = arg;
	pending_on_container(a->pending, c, event);
	alert_on_container(a->alert, c, event);
	if (event == CONTAINER_RENAMED) /* it tells the new name only, and the old one may be on a panel too */
		board_on_everything(a->board);
	else if (event == CONTAINER_DESCRIBED)
		board_on_details(a->board, str_of(c->name));
	else if (event != CONTAINER_USAGE) /* panels that show figures look by themselves */
		board_on_container(a->board, str_of(c->name));
	control_on_container(a->control, c, event);
}

static void on_resync(void *arg)
{
	struct app *a = arg;
	pending_on_resync(a->pending);
	alert_on_resync(a->alert, a->docker);
	board_on_everything(a->board);
	control_on_everything(a->control);
}

/* "web, db, cache, …": the first of so many. */
static void beyond_names(const struct docker_beyond *b, unsigned count, char to[BEYOND_NAMES_BYTES])
{
	size_t n = 0;
	to[0] = '\0';
	for (unsigned i = 0; i < DOCKER_BEYOND_NAMES && i < count && b->names[i]; i++)
		n += (size_t)snprintf(to + n, BEYOND_NAMES_BYTES - n, "%s%s", i ? ", " : "", b->names[i]);
	if (n && count > DOCKER_BEYOND_NAMES)
		snprintf(to + n, BEYOND_NAMES_BYTES - n, ", …");
}

static void on_beyond(const struct docker_beyond *b, void *arg)
{
	struct app *a = arg;
	char names[BEYOND_NAMES_BYTES];
	beyond_names(b, b->count, names);
	if (b->wanted)
		log_warn("docker",
			"%u containers lie beyond DDC_MAX_CONTAINERS (%u), %u of them in the settings, so they cannot be followed or "
			"controlled: %s",
			b->count, b->max, b->wanted, names);
	else if (b->count)
		log_warn("docker",
			"%u containers lie beyond DDC_MAX_CONTAINERS (%u), none of them in the settings; they are missing in /metrics: "
			"%s",
			b->count, b->max, names);
	else
		log_info("docker", "no container lies beyond DDC_MAX_CONTAINERS (%u) any more", b->max);
	board_on_everything(a->board);
	control_on_everything(a->control);
}

static bool is_wanted(struct str name, void *arg)
{
	const struct app *a = arg;
	const struct config_container *c = config_find_container(a->config, name);
	return c && c->active;
}

static void on_pending_changed(struct str container, void *arg)
{
	struct app *a = arg;
	board_on_action(a->board, container);
	control_on_pending(a->control, container);
}

/* ---- news from Discord ---- */

/* Nobody waits for an answer any more, and the gateway's goodbye was heard. */
static void leave_when_quiet(void *arg)
{
	struct app *a = arg;
	if (a->leaving && !gateway_is_leaving(a->gateway) && !control_is_busy(a->control))
		timer_set(a->goodbye, 0);
}

static void on_state(enum gateway_state state, const char *why, void *arg)
{
	leave_when_quiet(arg);
	if (state == GATEWAY_WAITING)
		log_warn("gateway", "%s; trying again soon", why && why[0] ? why : "the connection ended");
	else
		log_debug("gateway", "%s%s%s", gateway_state_name(state), why && why[0] ? ": " : "", why ? why : "");
}

static void register_commands(void *arg)
{
	struct app *a = arg;
	registration_update(a->registration, a->config, a->application_id, guilds_home(a));
}

static void on_ready(uint64_t user_id, uint64_t application_id, bool resumed, void *arg)
{
	struct app *a = arg;
	if (user_id)
		a->user_id = user_id;
	if (application_id)
		a->application_id = application_id;
	log_info("gateway", resumed ? "session resumed" : "logged in");
	a->stopped_sentence[0] = '\0';
	guilds_report(a);
	if (!a->problems.errors &&
		a->config->channel_count) /* an empty folder is a mount that is missing, not a wish */
		board_remove_leftovers(a->board);
	board_on_ready(a->board, a->user_id);
	register_commands(a);
}

static void on_guild(uint64_t guild_id, struct str name, bool available, bool removed, void *arg)
{
	struct app *a = arg;
	guilds_update(a, guild_id, name, removed);
	if (available || removed)
		board_on_guild(a->board, guild_id, removed);
	if (available)
		register_commands(a);
}

static void on_channel(const struct gateway_channel *c, void *arg)
{
	struct app *a = arg;
	board_on_channel(a->board, c->id, c->guild_id, c->last_message_id, c->gone);
}

static void on_message(const struct gateway_message *m, void *arg)
{
	struct app *a = arg;
	board_on_message(a->board, m->channel_id, m->id, m->from_self);
}

static void on_message_deleted(const struct gateway_message *m, void *arg)
{
	struct app *a = arg;
	board_on_message_deleted(a->board, m->channel_id, m->id);
}

static void on_interaction(const struct interaction *in, void *arg)
{
	struct app *a = arg;
	control_on_interaction(a->control, in);
}

static void on_stopped(int close_code, const char *sentence, void *arg)
{
	struct app *a = arg;
	snprintf(a->stopped_sentence, sizeof a->stopped_sentence, "%s", sentence);
	log_error("gateway", "stopped (close code %d): %s", close_code, sentence);
}

static void on_warning(const char *sentence, void *arg)
{
	(void)arg;
	log_warn("gateway", "%s", sentence);
}

static void save_session(struct app *a)
{
	const struct gateway_session *s = gateway_session_of(a->gateway);
	if (!s)
		return;
	struct state_session out = {.seq = s->seq, .token_hash = a->token_hash};
	memcpy(out.id, s->id, sizeof out.id);
	memcpy(out.resume_url, s->resume_url, sizeof out.resume_url);
	state_set_session(a->state, s->id[0] ? &out : NULL);
}

static void on_session(const struct gateway_session *s, void *arg)
{
	struct app *a = arg;
	(void)s;
	save_session(a);
}

/* ---- settings ---- */

/* What the limits leave out, and how memory is. */
static void fill_limits(struct doctor_facts *f, const struct app *a)
{
	static char names[BEYOND_NAMES_BYTES];
	const struct board_stats board = board_stats_of(a->board);
	const struct docker_beyond beyond = docker_beyond_of(a->docker);
	beyond_names(&beyond, beyond.wanted, names);
	f->wanted_beyond = beyond.wanted;
	f->wanted_names = names;
	governor_look(a->governor);
	const struct governor_stats memory = governor_stats_of(a->governor);
	f->channels_beyond = board.beyond_channels;
	f->tracked_beyond = board.beyond_tracked;
	f->figures_beyond = docker_figures_beyond_max(a->docker);
	f->no_refresh = !config_bool(a->config, "DDC_ENABLE_BACKGROUND_REFRESH");
	f->alerts_refresh = alert_usage_ms(a->alert) != 0;
	f->memory_bytes = memory.held_bytes;
	f->memory_limit_bytes = memory.limit_bytes;
	f->memory_level = (int)memory.level;
}

static void fill_doctor(struct doctor_facts *f, void *arg)
{
	static const char *texts[DOCTOR_PROBLEMS_MAX];
	const struct app *a = arg;
	enum gateway_state gateway = gateway_state_of(a->gateway);
	f->connected = gateway == GATEWAY_READY;
	f->gateway = gateway_state_name(gateway);
	f->stopped = a->token_problem[0] ? a->token_problem : a->stopped_sentence[0] ? a->stopped_sentence : NULL;
	f->latency_ms = gateway_stats_of(a->gateway).latency_ms;
	f->has_messages = a->intents & (unsigned)INTENT_GUILD_MESSAGES;
	f->refusals = rest_stopped(a->rest) && !rest_token_refused(a->rest) ? rest_invalid(a->rest) : 0;
	f->registration = registration_problem(a->registration);
	fill_limits(f, a);
	f->audit_channel_id = a->config->audit_channel_id;
	f->audit_refused = audit_channel_refused(a->audit_channel);
	f->alert_channel_id = config_id(a->config, "DDC_MEMORY_ALERT_CHANNEL");
	f->alert_refused = alert_refused(a->alert);
	f->alerts_left_out = alert_left_out(a->alert);
	f->docker_why = a->docker_note[0] ? a->docker_note : NULL;
	f->problems = a->problems.count;
	f->errors = a->problems.errors;
	for (unsigned i = 0; i < a->problems.kept; i++)
		texts[i] = a->problems.texts[i];
	f->problem_texts = texts;
	f->problem_text_count = a->problems.kept;
}

static unsigned intents_for(const struct config *c)
{
	return INTENT_GUILDS | (board_needs_messages(c) ? (unsigned)INTENT_GUILD_MESSAGES : 0);
}

static bool saved_session(struct app *a, struct gateway_session *ret_session)
{
	struct state_session in;
	if (!state_load_session(a->paths.config, &in) || in.token_hash != a->token_hash)
		return false;
	*ret_session = (struct gateway_session){.seq = in.seq};
	memcpy(ret_session->id, in.id, sizeof in.id);
	memcpy(ret_session->resume_url, in.resume_url, sizeof in.resume_url);
	return true;
}

static void start_gateway(struct app *a, const char *token)
{
	uint64_t wanted[BOARD_CHANNELS_MAX];
	struct gateway_session session;
	unsigned count = 0;
	for (unsigned i = 0; i < a->config->channel_count && count < BOARD_CHANNELS_MAX; i++)
		wanted[count++] = a->config->channels[i].id;
	log_add_secret(token);
	a->token_hash = token_hash(token);
	a->intents = intents_for(a->config);
	bool resume = saved_session(a, &session);
	const struct gateway_options o = {.token = token,
		.intents = a->intents,
		.compress = true,
		.session = resume ? &session : NULL,
		.channels = wanted,
		.channel_count = count};
	if (!rest_set_token(a->rest, token) || !gateway_start(a->gateway, &o))
		log_error("gateway", "no memory to start");
}

/* The token in force may come later than the settings (an encrypted one takes half a second to open). */
static void on_token(const char *token, const struct err *why, void *arg)
{
	struct app *a = arg;
	if (a->leaving) /* the settings were changed on the way out; nobody connects any more */
		return;
	if (!token) {
		snprintf(a->token_problem, sizeof a->token_problem, "%s", why->text);
		log_error("config", "%s", why->text);
		return;
	}
	a->token_problem[0] = '\0';
	if (a->token_hash == token_hash(token) && gateway_state_of(a->gateway) != GATEWAY_STOPPED &&
		a->intents == intents_for(a->config) && !a->channels_changed)
		return;
	a->channels_changed = false;
	start_gateway(a, token);
}

static bool same_channels(const struct config *x, const struct config *y)
{
	if (x->channel_count != y->channel_count)
		return false;
	for (unsigned i = 0; i < x->channel_count; i++)
		if (x->channels[i].id != y->channels[i].id)
			return false;
	return true;
}

/* TZ over the settings; kept from the first time, because putting a zone in force changes the variable. */
static void set_zone(struct app *a)
{
	const char *variable = getenv("TZ");
	if (!a->zone_asked) {
		a->zone_asked = true;
		snprintf(a->zone, sizeof a->zone, "%s", variable ? variable : "");
	}
	const char *wanted = a->zone[0] ? a->zone : a->config->timezone;
	bool is_rule = strpbrk(wanted, ",:0123456789<") &&
		       !zone_posix(wanted); /* TZ may hold a POSIX rule instead of a name */
	if (wanted[0] && !is_rule && !zone_set(wanted))
		log_warn("config", "timezone: '%s' is not known; UTC is used", wanted);
}

static void set_audit(struct app *a)
{
	audit_set_zone(a->audit, a->zone[0] ? a->zone : a->config->timezone);
	audit_channel_set(a->audit_channel, a->config->audit_channel_id, tr_lang_of(a->config->language));
}

static void apply_config(struct app *a, struct config *fresh)
{
	struct config *old = a->config;
	enum log_level level;
	a->channels_changed = a->channels_changed || (old && !same_channels(old, fresh));
	a->config = fresh;
	if (log_level_parse(config_text(fresh, "DDC_LOG_LEVEL"), &level))
		log_set_level(level);
	set_zone(a);
	limits_apply(a);
	if (a->docker)
		docker_ask_wanted(a->docker);
	if (a->board)
		board_set_config(a->board, fresh);
	if (a->control)
		control_set_config(a->control, fresh);
	if (a->audit)
		set_audit(a);
	config_free(old);
}

/* At start everything that can be used is used; a later edit is put in force whole, or not at all. */
static bool is_refused(struct app *a, const struct list *problems)
{
	if (!a->config)
		return false;
	if (!config_each_watched(a->paths.config, NULL, NULL) && a->had_files) {
		log_error("config",
			"%s holds no settings any more: is its mount still there? The settings in force stay",
			a->paths.config);
		return true;
	}
	const struct config_problem *p = problems_new_error(&a->problems, problems);
	if (p)
		log_error("config", "the change is refused, the settings in force stay: %s%s%s: %s", p->file,
			p->place[0] ? ": " : "", p->place, p->sentence);
	return p != NULL;
}

static bool load_config(struct app *a, struct err *err)
{
	struct list problems;
	list_init(&problems);
	a->read_as = config_fingerprint(a->paths.config);
	struct config *fresh = config_load(a->paths.config, &problems, err);
	bool refused = fresh && is_refused(a, &problems);
	if (fresh)
		problems_keep(&a->problems, &problems);
	if (fresh && !refused) {
		problems_report(&a->problems, &problems);
		problems_accept(&a->problems, &problems);
		a->had_files = config_each_watched(a->paths.config, NULL, NULL);
		apply_config(a, fresh);
	} else {
		config_free(fresh);
	}
	config_problems_clear(&problems);
	return fresh && !refused;
}

static void on_config_changed(void *arg)
{
	struct app *a = arg;
	struct err err = {0};
	if (!load_config(a, &err)) {
		if (err.code)
			log_error("config", "%s; the settings in force stay", err.text);
		return;
	}
	log_info("config", "read again: %u containers, %u channels", a->config->container_count,
		a->config->channel_count);
	guilds_report(a);
	unlock_start(a->unlock, a->config);
	register_commands(a);
	housekeep_again(a->housekeep); /* whoever wrote it may have left a secret in clear text */
}

/* ---- life ---- */

static void on_signal(int number, void *arg)
{
	struct app *a = arg;
	if (number == SIGHUP) {
		on_config_changed(a);
	} else if (number == SIGUSR1) {
		limits_log(a);
	} else if (a->leaving) {
		loop_stop(a->loop); /* asked twice: now */
	} else {
		log_info("app", "asked to stop (signal %d)", number);
		a->leaving = true;
		save_session(a);
		gateway_stop(a->gateway, true);
		timer_set(a->goodbye, GOODBYE_MS);
		control_when_quiet(a->control, leave_when_quiet, a);
		leave_when_quiet(a);
	}
}

static void on_goodbye(void *arg)
{
	struct app *a = arg;
	loop_stop(a->loop);
}

static void on_save_due(void *arg)
{
	struct app *a = arg;
	const struct gateway_session *s = gateway_session_of(a->gateway);
	if (s && s->seq != a->saved_seq) {
		a->saved_seq = s->seq;
		save_session(a);
	}
}

static void on_interaction_saving(const struct interaction *in, void *arg)
{
	struct app *a = arg;
	on_interaction(in, arg);
	timer_set_sooner(a->save_due, SESSION_SAVE_MS);
}

static uint32_t gateway_latency_ms(void *arg)
{
	const struct app *a = arg;
	return gateway_stats_of(a->gateway).latency_ms;
}

static bool ask_public_ip(struct public_ip *ret, void *arg)
{
	const struct app *a = arg;
	*ret = (struct public_ip){0};
	return !config_bool(a->config, "DDC_PUBLIC_IP") ||
	       finder_ask(a->finder, config_text(a->config, "DDC_PUBLIC_IP_SERVICES"), ret);
}

static void on_public_ip(const struct public_ip *ip, void *arg)
{
	struct app *a = arg;
	control_on_public_ip(a->control, ip);
}

/* What a dialog saved is in force before its writer is told, not when the kernel's notice of it has come and gone quiet. */
static void on_saved(void *arg)
{
	struct app *a = arg;
	if (a->reload)
		reload_look(a->reload);
	else
		on_config_changed(a);
}

static bool make_ground(struct app *a, struct err *err)
{
	a->loop = loop_new();
	if (!a->loop)
		return err_errno(err, "the event loop cannot start");
	const struct net_trust trust = {getenv("SSL_CERT_FILE"), getenv("SSL_CERT_DIR")};
	a->net = net_new(a->loop, &trust, err);
	a->goodbye = timer_new(a->loop, on_goodbye, a);
	a->save_due = timer_new(a->loop, on_save_due, a);
	return a->net && a->goodbye && a->save_due;
}

static bool make_docker(struct app *a, struct err *err)
{
	static const struct docker_listener listener = {on_link, on_container, on_resync, on_beyond};
	const char *verify = getenv("DOCKER_TLS_VERIFY");
	const struct docker_options o = {
		.host = getenv("DOCKER_HOST"),
		.cert_path = getenv("DOCKER_CERT_PATH"),
		.tls_verify = verify && verify[0],
		.containers_max = (unsigned)config_int(a->config, "DDC_MAX_CONTAINERS"),
		.is_wanted = is_wanted,
		.wanted_arg = a,
		.may_read_usage = limits_allow_figures,
		.may_read_usage_arg = a,
	};
	a->docker = docker_new(a->loop, a->net, &o, &listener, a, err);
	return a->docker != NULL;
}

static bool make_discord(struct app *a, struct err *err)
{
	static const struct gateway_listener listener = {on_state, on_ready, on_guild, on_channel, on_message,
		on_message_deleted, on_interaction_saving, on_session, on_stopped, on_warning};
	const char *api = getenv("DDC_DISCORD_API");
	a->rest = rest_new(a->loop, a->net, api && api[0] ? api : "https://discord.com/api/v10", err);
	if (!a->rest)
		return false;
	a->gateway = gateway_new(a->loop, a->net, a->rest, &listener, a);
	return a->gateway || err_set(err, ERR_MEMORY, "no memory for the gateway");
}

static bool make_features(struct app *a, struct err *err)
{
	a->cooldowns = cooldowns_new();
	a->audit = audit_new(a->paths.logs[0] ? a->paths.logs : NULL);
	a->audit_channel = audit_channel_new(a->loop, a->rest);
	a->board = board_new(a->loop, a->docker, a->rest, a->state);
	a->pending = pending_new(
		a->loop, a->docker, (unsigned)config_int(a->config, "DDC_MAX_PENDING_ACTIONS"), on_pending_changed, a);
	a->alert = alert_new(a->loop, a->rest);
	a->registration = registration_new(a->loop, a->rest, a->state, register_commands, a);
	a->unlock = unlock_new(a->loop, on_token, a);
	a->finder = finder_new(a->loop, a->net, on_public_ip, a);
	if (!a->cooldowns || !a->audit || !a->audit_channel || !a->board || !a->pending || !a->alert ||
		!a->registration || !a->unlock || !a->finder)
		return err_set(err, ERR_MEMORY, "no memory for the features");
	audit_listen(a->audit, audit_channel_on_record, a->audit_channel);
	set_audit(a);
	board_set_pending(a->board, a->pending);
	const struct control_parts parts = {
		.loop = a->loop,
		.docker = a->docker,
		.rest = a->rest,
		.pending = a->pending,
		.cooldowns = a->cooldowns,
		.audit = a->audit,
		.board = a->board,
		.latency_ms = gateway_latency_ms,
		.latency_arg = a,
		.public_ip = ask_public_ip,
		.public_ip_arg = a,
		.doctor = fill_doctor,
		.doctor_arg = a,
		.config_folder = a->paths.config,
		.reload = on_saved,
		.reload_arg = a,
		.may_follow_logs = limits_allow_logs,
		.may_follow_logs_arg = a,
	};
	a->control = control_new(&parts, a->config);
	if (!a->control)
		return err_set(err, ERR_MEMORY, "no memory for the commands");
	limits_register(a);
	limits_apply(a);
	board_set_config(a->board, a->config);
	return true;
}

static void make_web(struct app *a)
{
	struct err err = {0};
	const struct web_place place =
		web_place_of(config_int(a->config, "DDC_WEB_PORT"), config_text(a->config, "DDC_WEB_BIND"));
	if (!place.port) {
		log_info("web", "switched off: DDC_WEB_PORT is 0");
		return;
	}
	const struct web_options o = {
		.bind = place.bind,
		.port = place.port,
		.metrics_token = config_text(a->config, "DDC_METRICS_TOKEN"),
	};
	const struct web_parts parts = {health_write, limits_source, a};
	a->web = web_new(a->net, &o, &parts, &err);
	if (a->web)
		log_info("web", "listening on port %u%s%s", web_port(a->web), place.bind[0] ? " of " : "", place.bind);
	else
		log_error("web", "%s; ddc goes on without its web side", err.text);
}

static void make_log_file(struct app *a)
{
	struct err err = {0};
	if (!a->paths.logs[0])
		return;
	a->log_file = log_file_open(a->paths.logs, &err);
	if (!a->log_file)
		log_warn("log", "%s; the log goes to standard output only", err.text);
}

static void listen_for_changes(struct app *a)
{
	struct err err = {0};
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		loop_on_signal(a->loop, signals[i], on_signal, a);
	a->reload = reload_new(a->loop, a->paths.config, a->read_as, on_config_changed, a, &err);
	if (!a->reload)
		log_warn("config", "%s; a SIGHUP makes ddc read its settings again", err.text);
}

static bool make_all(struct app *a, struct err *err)
{
	struct err state_err = {0};
	paths_find(&a->paths);
	make_log_file(a);
	bool made = paths_make(&a->paths);
	log_info("app", "ddc %s, configuration in %s%s", DDC_VERSION, a->paths.config, made ? ", which was made" : "");
	if (!make_ground(a, err) || !limits_new(a, err) || !load_config(a, err))
		return false;
	make_web(a); /* early: a probe gets its answer while the rest starts */
	a->state = state_load(a->paths.config, &state_err);
	if (state_err.code)
		log_warn("config", "%s", state_err.text);
	if (!a->state)
		return err_set(err, ERR_MEMORY, "no memory for the state");
	a->saver = saver_new(a->loop, a->state);
	if (!a->saver)
		return err_set(err, ERR_MEMORY, "no memory to save the state");
	return make_docker(a, err) && make_discord(a, err) && make_features(a, err);
}

struct app *app_new(struct err *err)
{
	governor_tune_allocator();
	struct app *a = mem_zalloc(MEM_APP, sizeof *a);
	if (!a) {
		err_set(err, ERR_MEMORY, "no memory");
		return NULL;
	}
	a->started_ms = clock_mono_ms();
	a->started_s = clock_wall_s();
	if (!make_all(a, err)) {
		app_free(a);
		return NULL;
	}
	listen_for_changes(a);
	return a;
}

int app_run(struct app *a)
{
	a->housekeep = housekeep_start(a->loop, a->paths.config);
	unlock_start(a->unlock, a->config);
	loop_run(a->loop);
	log_info("app", "stopped");
	return 0;
}

void app_free(struct app *a)
{
	if (!a)
		return;
	housekeep_free(a->housekeep);
	reload_free(a->reload);
	unlock_free(a->unlock);
	control_free(a->control);
	finder_free(a->finder);
	governor_forget_shrinkers(a->governor);
	registration_free(a->registration);
	alert_free(a->alert);
	pending_free(a->pending);
	board_free(a->board);
	audit_free(a->audit);
	audit_channel_free(a->audit_channel);
	cooldowns_free(a->cooldowns);
	gateway_free(a->gateway);
	rest_free(a->rest);
	docker_free(a->docker);
	saver_free(a->saver);
	state_free(a->state);
	web_free(a->web);
	limits_free(a);
	config_free(a->config);
	problems_clear(&a->problems);
	timer_free(a->save_due);
	timer_free(a->goodbye);
	net_free(a->net);
	loop_free(a->loop);
	log_file_close(a->log_file);
	log_forget_secrets();
	mem_free(a);
}

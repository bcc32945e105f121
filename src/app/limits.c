#include "app/limits.h"

#include "app/app_inside.h"
#include "base/log.h"
#include "feature/status/grouping.h"
#include "web/memory_page.h"

#include <string.h>

enum { ACTIONS_WHEN_SHORT = 2, REPORT_BYTES_MAX = 16 * 1024 };

static unsigned setting(const struct app *a, const char *name)
{
	return (unsigned)config_int(a->config, name);
}

/* ---- what the governor wants of us ---- */

static void put_docker(struct app *a, bool frugal)
{
	unsigned kept = setting(a, "DDC_MAX_CACHE_SIZE"), older = setting(a, "DDC_MAX_CACHED_CONTAINERS");
	if (config_source_of(a->config, "DDC_MAX_CACHED_CONTAINERS") != SOURCE_DEFAULT && older < kept)
		kept = older; /* the advanced dialog's name for the same */
	const struct docker_limits l = {
		.containers_max = setting(a, "DDC_MAX_CONTAINERS"),
		.figures_max = kept,
		.figures_ttl_s = setting(a, "DDC_CACHE_TTL"),
		.figures_fresh_s = setting(a, "DDC_DOCKER_CACHE_DURATION"),
		.frugal = frugal,
	};
	docker_set_limits(a->docker, &l);
}

static void put_board(struct app *a)
{
	const struct board_limits l = {
		.channels_max = setting(a, "DDC_MAX_CHANNELS"),
		.tracked_max = setting(a, "DDC_MAX_TRACKED_CHANNELS"),
		.batch = setting(a, "DDC_BATCH_UPDATE_SIZE"),
		.history_max = setting(a, "DDC_MAX_MESSAGE_HISTORY"),
		.believe_ms = setting(a, "DDC_DISCORD_CACHE_DURATION") * 1000,
		.no_figures = !config_bool(a->config, "DDC_ENABLE_BACKGROUND_REFRESH"),
		.grouping = group_by_parse(str_of(config_text(a->config, "DDC_PANEL_GROUPS"))),
		.figures_ms = a->alert ? alert_usage_ms(a->alert) : 0,
	};
	board_set_limits(a->board, &l);
}

static void put_alert(struct app *a)
{
	const struct alert_settings s = {.channel_id = config_id(a->config, "DDC_MEMORY_ALERT_CHANNEL"),
		.percent = setting(a, "DDC_MEMORY_ALERT_PERCENT"),
		.lasting_s = setting(a, "DDC_MEMORY_ALERT_SECONDS"),
		.lang = tr_lang_of(a->config->language)};
	alert_set(a->alert, &s);
}

static void on_level(enum memory_level level, void *arg)
{
	struct app *a = arg;
	unsigned max = setting(a, "DDC_MAX_PENDING_ACTIONS");
	bool full = level == MEMORY_FULL;
	if (a->docker)
		put_docker(a, full);
	if (a->pending) /* acting goes on, heaps of it do not */
		pending_set_max(a->pending, full && max > ACTIONS_WHEN_SHORT ? ACTIONS_WHEN_SHORT : max);
}

static unsigned count_units(void *arg)
{
	const struct app *a = arg;
	unsigned n = a->config->container_count + a->config->channel_count;
	return n + (a->docker ? docker_container_count(a->docker) : 0);
}

static void on_look(uint64_t held_bytes, uint64_t limit_bytes, void *arg)
{
	struct app *a = arg;
	if (a->alert)
		alert_on_self(a->alert, held_bytes, limit_bytes);
}

bool limits_new(struct app *a, struct err *err)
{
	static const struct governor_listener listener = {on_level, count_units, on_look};
	a->governor = governor_new(a->loop, "", &listener, a);
	return a->governor || err_set(err, ERR_MEMORY, "no memory to watch memory");
}

static void shed_idle(void *arg)
{
	control_shed_idle(arg);
}

static void shed_talk(void *arg)
{
	board_forget_talk(arg);
}

static void shed_history(void *arg)
{
	control_shed_history(arg);
}

static void trim_docker(void *arg)
{
	docker_trim(arg);
}

static void trim_rest(void *arg)
{
	rest_trim(arg);
}

static void close_docker(void *arg)
{
	docker_close_idle(arg);
}

static void close_rest(void *arg)
{
	rest_close_idle(arg);
}

static void close_web(void *arg)
{
	web_close_idle(arg);
}

/* In each step what is missed least comes first: docs/memory.md names them. */
void limits_register(struct app *a)
{
	const struct {
		enum shrink_step step;
		const char *name;
		void (*fn)(void *arg);
		void *arg;
	} all[] = {
		{SHRINK_CACHES, "private panels", shed_idle, a->control},
		{SHRINK_CACHES, "talk below panels", shed_talk, a->board},
		{SHRINK_CACHES, "usage history", shed_history, a->control},
		{SHRINK_BUFFERS, "container table", trim_docker, a->docker},
		{SHRINK_BUFFERS, "rate limits", trim_rest, a->rest},
		{SHRINK_CONNECTIONS, "web connections", close_web, a->web},
		{SHRINK_CONNECTIONS, "engine connections", close_docker, a->docker},
		{SHRINK_CONNECTIONS, "Discord connections", close_rest, a->rest},
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].arg)
			governor_add_shrinker(a->governor, all[i].step, all[i].name, all[i].fn, all[i].arg);
}

void limits_apply(struct app *a)
{
	const struct governor_settings s = {setting(a, "DDC_MEMORY_LIMIT_MB"), setting(a, "DDC_GC_THRESHOLD_MB"),
		setting(a, "DDC_MEMORY_CHECK_INTERVAL")};
	if (!a->governor)
		return;
	governor_set(a->governor, &s);
	if (a->alert)
		put_alert(a);
	if (a->board)
		put_board(a);
	on_level(governor_stats_of(a->governor).level, a);
}

void limits_free(struct app *a)
{
	governor_free(a->governor);
	a->governor = NULL;
}

bool limits_allow_logs(void *app)
{
	struct app *a = app;
	return governor_allows(a->governor, WORK_LOGS);
}

bool limits_allow_figures(void *app)
{
	struct app *a = app;
	return governor_allows(a->governor, WORK_FIGURES);
}

void limits_source(struct metrics_source *ret, void *app)
{
	struct app *a = app;
	*ret = (struct metrics_source){.loop = a->loop,
		.docker = a->docker,
		.rest = a->rest,
		.gateway = a->gateway,
		.board = a->board,
		.pending = a->pending,
		.governor = a->governor,
		.alert = a->alert,
		.channels = a->config->channel_count,
		.pending_max = a->pending ? pending_max(a->pending) : 0, /* fewer while memory is full */
		.started_s = a->started_s};
}

void limits_log(struct app *a)
{
	struct buf report;
	buf_init(&report, MEM_APP, REPORT_BYTES_MAX);
	memory_page_text(&report, a->governor, false);
	struct str rest = buf_view(&report);
	while (rest.n) {
		struct str line = str_split(rest, '\n', &rest);
		if (line.n)
			log_info("memory", "%.*s", STR_ARG(line));
	}
	buf_clear(&report);
}

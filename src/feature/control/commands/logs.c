/* /logs */
#include "feature/control/commands/commands.h"

#include "feature/logs/query.h"

static const struct command_choice sinces[] = {
	{TR_LOGS_SINCE_10M, "10m"},
	{TR_LOGS_SINCE_1H, "1h"},
	{TR_LOGS_SINCE_24H, "24h"},
};

static const struct command_choice streams[] = {
	{TR_LOGS_STREAM_BOTH, "both"},
	{TR_LOGS_STREAM_OUT, "stdout"},
	{TR_LOGS_STREAM_ERR, "stderr"},
};

const struct command_option logs_options[LOGS_OPTION_COUNT] = {
	CONTAINER_OPTION,
	{.name = "lines", .description = TR_LOGS_OPTION_LINES, .type = OPTION_INTEGER, .max = LOG_LINES_MAX},
	{.name = "since",
		.description = TR_LOGS_OPTION_SINCE,
		.type = OPTION_STRING,
		.choices = sinces,
		.choice_count = 3},
	{.name = "search", .description = TR_LOGS_OPTION_SEARCH, .type = OPTION_STRING, .max = 40},
	{.name = "stream",
		.description = TR_LOGS_OPTION_STREAM,
		.type = OPTION_STRING,
		.choices = streams,
		.choice_count = 3},
};

void command_logs_complete(const struct turn *t)
{
	command_complete_container(t, VERB_SEE_LOGS, NULL);
}

void command_logs(const struct turn *t)
{
	const struct config_container *c = command_container(t);
	struct str name = c ? str_of(c->name) : command_container_typed(t);
	struct log_query q = {
		.since = log_since_of(interaction_option_value(t->in, "since")),
		.streams = log_streams_of(interaction_option_value(t->in, "stream")),
	};
	int64_t lines;

	if (!turn_may(t, VERB_SEE_LOGS, c, name) || !turn_is_free(t, VERB_SEE_LOGS, "logs", false, name))
		return;
	if (str_to_int(interaction_option_value(t->in, "lines"), 1, LOG_LINES_MAX, &lines))
		q.lines = (unsigned)lines;
	str_copy(q.search, sizeof q.search, str_trim(interaction_option_value(t->in, "search")));
	logs_open(t, name, &q);
	turn_consume(t, "logs", false, name);
}

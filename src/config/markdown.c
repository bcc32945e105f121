#include "config/markdown.h"

#include "config/options.h"

#include <inttypes.h>
#include <string.h>

static const struct {
	enum option_store store;
	const char *title, *text;
} chapters[] = {
	{STORE_ENVIRONMENT, "Variables",
		"Read from the environment when ddc starts. An empty variable counts as not set."},
	{STORE_ADVANCED, "Advanced settings",
		"Read from the environment, else from `advanced_settings` in `config.json` (in folders of v1 "
		"from `web_config.json`)."},
	{STORE_MAIN, "config.json", "Settings of the folder. Keys that are not listed are kept and mean nothing here."},
	{STORE_CONTAINER, "containers/&lt;name&gt;.json",
		"One file for each container; its name is Docker's name for it."},
	{STORE_CHANNEL, "channels/&lt;id&gt;.json",
		"One file for each channel; its name is the channel's id. `channels/default.json` speaks for "
		"what a channel leaves out."},
	{STORE_SPAM, "channels_config.json: spam_protection",
		"How often one person may do what. A name that is not listed anywhere counts 5 s."},
	{STORE_OTHER, "Other files", "What they hold, and whether ddc uses it."},
};

static void put_default(struct buf *b, const struct option *o)
{
	switch (o->type) {
	case OPTION_BOOL: buf_add_str(b, o->number ? "yes" : "no"); break;
	case OPTION_INT: buf_printf(b, "%" PRId64 "%s%s", o->number, o->unit ? " " : "", o->unit ? o->unit : ""); break;
	default:
		if (o->text && *o->text)
			buf_printf(b, "`%s`", o->text);
		else
			buf_add_str(b, "-");
	}
}

static void put_allowed(struct buf *b, const struct option *o)
{
	switch (o->type) {
	case OPTION_INT: buf_printf(b, "%" PRId64 " to %" PRId64, o->min, o->max); break;
	case OPTION_BOOL: buf_add_str(b, "yes, no"); break;
	case OPTION_CHOICE: buf_printf(b, "`%s`", o->choices); break;
	case OPTION_ID: buf_add_str(b, "id of Discord"); break;
	default: buf_add_str(b, option_type_name(o->type));
	}
}

static void put_row(struct buf *b, const struct option *o)
{
	buf_printf(b, "| `%s` | ", o->name);
	put_default(b, o);
	buf_add_str(b, " | ");
	put_allowed(b, o);
	buf_printf(b, " | %s", o->description);
	if (o->meaningless)
		buf_printf(b, " **No effect:** %s.", o->meaningless);
	buf_printf(b, " | %s |\n", o->meaningless ? "-" : option_effect_name(o->effect));
}

void options_markdown(struct buf *out)
{
	buf_add_str(out, "# Configuration\n\n"
			 "<!-- Made by `ddc config options --markdown` from src/config/options.c; a test "
			 "compares. Do not edit. -->\n\n"
			 "A value is taken from the environment, else from the folder (`DDC_CONFIG_DIR`), "
			 "else it is the default.\n"
			 "`ddc config show` prints the values in force and where each comes from, `ddc "
			 "config check` every problem.\n"
			 "Everything the original (v1 to v2.3) stores is understood and kept; what means "
			 "nothing here says why.\n"
			 "In JSON, yes and no are `true` and `false` (`1`, `0`, `\"1\"`, `\"0\"` are "
			 "understood); ids are texts.\n");
	for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++) {
		buf_printf(out,
			"\n## %s\n\n%s\n\n| name | default | allowed | meaning | takes effect |\n| --- | --- "
			"| --- | --- | --- |\n",
			chapters[i].title, chapters[i].text);
		for (size_t k = 0; k < option_count; k++)
			if (options[k].store == chapters[i].store)
				put_row(out, &options[k]);
	}
}

#include "app/saver.h"

#include "base/log.h"
#include "base/mem.h"
#include "loop/child.h"

struct saver {
	struct loop *loop;
	struct state *state;
	struct child *child; /* NULL: none under way */
	struct timer *again;
	uint64_t version; /* what the child has seen */
	bool told;	  /* the log has heard of the present failure */
};

static void begin(void *arg);

/* In the child: nothing, or the sentence that says why not. A word of its own tells a child that saved from
 * one that died. */
static void save(struct buf *out, const void *state)
{
	struct err err = {0};
	buf_add_str(out, state_save(state, &err) ? "saved" : err.text);
}

static void failed(struct saver *s, struct str why)
{
	if (!s->told)
		log_warn("config", "%.*s; what has to be remembered over a restart is tried again", STR_ARG(why));
	s->told = true;
	timer_set(s->again, SAVER_AGAIN_MS);
}

static void on_saved(struct str text, void *arg)
{
	struct saver *s = arg;
	s->child = NULL;
	if (!str_is(text, "saved")) {
		failed(s, text.n ? text : STR("the process that saves ended early"));
		return;
	}
	if (s->told)
		log_info("config", "saving works again");
	s->told = false;
	state_saved(s->state, s->version);
	begin(s);
}

static void begin(void *arg)
{
	struct saver *s = arg;
	struct err err = {0};
	if (s->child || state_is_saved(s->state))
		return;
	timer_stop(s->again);
	s->version = state_version(s->state);
	s->child = child_start(s->loop, save, s->state, on_saved, s, &err);
	if (!s->child)
		failed(s, str_of(err.text));
}

static void on_news(void *arg)
{
	struct saver *s = arg;
	loop_defer(s->loop, begin, s);
}

struct saver *saver_new(struct loop *loop, struct state *state)
{
	struct saver *s = mem_zalloc(MEM_APP, sizeof *s);
	if (!s)
		return NULL;
	s->loop = loop;
	s->state = state;
	s->again = timer_new(loop, begin, s);
	if (!s->again) {
		mem_free(s);
		return NULL;
	}
	state_on_news(state, on_news, s);
	return s;
}

void saver_free(struct saver *s)
{
	struct err err = {0};
	if (!s)
		return;
	state_on_news(s->state, NULL, NULL);
	loop_undefer(s->loop, begin, s);
	child_end(s->child); /* what it may have left half done is done again, whole */
	if (!state_is_saved(s->state) && !state_save(s->state, &err))
		log_warn("config", "%s", err.text);
	timer_free(s->again);
	mem_free(s);
}

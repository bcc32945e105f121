/* The dialogs of a container's information: the password before its protected part, and what may be written there. What takes
 * time (hashing, saving) is done in a helper process, and begins when Discord has accepted the first answer: a dialog that is
 * delivered once more after a restart changes nothing a second time. */
#include "feature/control/info_inside.h"

#include "feature/info/edit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SAY_BYTES_MAX = 8192, USER_BYTES = 160, SUMMARY_CHARS_MAX = 150 };

/* What the helper is asked, and what is needed to answer the person when it has done it. */
struct job {
	struct list link;
	struct control *c;
	helper_work_fn *work;
	helper_done_fn *on_done;
	void *input; /* owned, secrets in it; NULL: the helper has it */
	size_t size;
	ticket reply;
	enum tr_lang lang;
	const char *action;
	uint64_t user_id, channel_id;
	unsigned left; /* attempts */
	uint64_t begun_ms;
	char user[USER_BYTES], name[CONTAINER_NAME_BYTES];
};

static void drop_input(struct job *j)
{
	if (j->input)
		explicit_bzero(j->input, j->size);
	mem_free(j->input);
	j->input = NULL;
}

static void job_free(struct job *j)
{
	respond_close(j->c->respond, j->reply);
	list_remove(&j->link);
	drop_input(j);
	mem_free(j);
}

static struct job *job_new(const struct turn *t, const char *action, struct str container)
{
	struct job *j = mem_zalloc(MEM_CONTROL, sizeof *j);

	if (!j)
		return NULL;
	*j = (struct job){.c = t->c,
		.lang = t->lang,
		.action = action,
		.user_id = t->in->user_id,
		.channel_id = t->in->channel_id,
		.begun_ms = t->in->ref.received_ms};
	str_copy(j->user, sizeof j->user, turn_user(t));
	str_copy(j->name, sizeof j->name, container);
	j->reply = respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE);
	respond_keep(t->c->respond, j->reply);
	list_append(&t->c->info->jobs, &j->link);
	return j;
}

static void job_record(const struct job *j, const char *result, struct str reason)
{
	const struct audit_record r = {.user_id = j->user_id,
		.user = str_of(j->user),
		.action = j->action,
		.target = str_of(j->name),
		.source = "modal",
		.channel_id = j->channel_id,
		.result = result,
		.reason = reason};

	audit_write(j->c->parts.audit, &r);
}

void info_jobs_end(struct info *i)
{
	list_each_safe (at, &i->jobs) {
		struct job *j = list_item(at, struct job, link);

		job_record(j, "interrupted",
			j->input ? STR("ddc was stopped before it was begun; nothing was changed")
				 : STR("ddc was stopped before it was known to be done"));
		job_free(j);
	}
}

static void job_say(const struct job *j, struct str title, struct str text, enum view_tone tone)
{
	struct message m;

	respond_message(j->c->respond, j->reply, &m);
	if (title.n)
		message_embed(&m, title, view_tone_colour(tone));
	if (title.n)
		message_text(&m, text);
	else
		message_content(&m, text);
	respond_send(j->c->respond, j->reply, &m);
}

static void give_up(struct job *j)
{
	job_say(j, STR(""), str_of(tr(j->lang, TR_CONTROL_NO_MEMORY)), TONE_BAD);
	job_record(j, "failed", STR("too many dialogs wait"));
	job_free(j);
}

static void on_answered(bool accepted, const char *why, void *arg)
{
	struct job *j = arg;

	if (!accepted) {
		job_record(j, "not_done", str_of(why));
		job_free(j);
	} else if (helper_run(j->c->info->helper, j->work, j->input, j->size, j->on_done, j)) {
		drop_input(j);
		log_begun(j->action, str_of(j->name), str_of(j->user), j->user_id);
	} else {
		give_up(j);
	}
}

/* COPIES input. TAKES j; NULL: there was no memory for it. */
static void job_run(const struct turn *t, struct job *j, helper_work_fn *work, const void *input, size_t size,
	helper_done_fn *on_done)
{
	if (!j) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	if (list_count(&t->c->info->jobs) > JOBS_MAX || !(j->input = mem_alloc(MEM_CONTROL, size))) {
		give_up(j);
		return;
	}
	memcpy(j->input, input, size);
	j->size = size;
	j->work = work;
	j->on_done = on_done;
	if (respond_on_first(t->c->respond, j->reply, on_answered, j))
		respond_defer(t->c->respond, j->reply); /* j may be gone after this */
	else
		on_answered(false, "no memory for an answer", j);
}

/* ---- the password ---- */

/* Otherwise the answer has been given: a card may be older than the settings. */
static bool has_password(const struct turn *t, const struct config_container *k)
{
	if (k->info_protected && *k->info_password)
		return true;
	turn_say_key(t, k->info_protected ? TR_INFO_PROTECTED_ELSEWHERE : TR_INFO_NOTHING);
	return false;
}

void info_ask_password(const struct turn *t, struct str container)
{
	const struct config_container *k = info_find(t, VERB_OPEN_INFO, container);
	char id[CUSTOM_ID_BYTES];
	const struct modal_field field = {.custom_id = "password",
		.label = str_of(tr(t->lang, TR_INFO_PASSWORD)),
		.min_chars = 1,
		.max_chars = EDIT_PASSWORD_MAX,
		.required = true};

	if (!k || !has_password(t, k) || !turn_is_free(t, VERB_OPEN_INFO, "info", true, STR("")))
		return;
	custom_id_format(id, ID_CARD_GO, STR("open"), container, STR(""));
	respond_modal(t->c->respond, respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE), id,
		str_of(tr(t->lang, TR_INFO_PASSWORD_TITLE)), &field, 1);
}

struct check {
	char stored[INFO_PASSWORD_HASH_BYTES], typed[EDIT_PASSWORD_MAX * 4 + 1];
};

static bool check_work(const void *input, char text[HELPER_TEXT_BYTES])
{
	const struct check *c = input;
	const struct config_container k = {.info_password = c->stored};

	(void)text;
	return config_info_password_ok(&k, str_of(c->typed));
}

static void say_wrong(const struct job *j)
{
	struct buf text;

	buf_init(&text, MEM_CONTROL, SAY_BYTES_MAX);
	buf_add_str(&text, "❌ ");
	buf_add_str(&text, tr(j->lang, TR_INFO_PASSWORD_WRONG));
	buf_add_char(&text, ' ');
	tr_count(&text, j->lang, TR_INFO_PASSWORD_LEFT_ONE, j->left);
	job_say(j, STR(""), buf_view(&text), TONE_BAD);
	buf_clear(&text);
}

static void on_checked(bool ok, bool died, const char *text, void *arg)
{
	struct job *j = arg;
	const struct config_container *k = config_find_container(j->c->config, str_of(j->name));

	(void)text;
	if (died || !k) {
		job_say(j, STR(""), str_of(tr(j->lang, TR_CONTROL_NO_MEMORY)), TONE_BAD);
		job_record(j, "failed", STR("the password could not be checked"));
	} else if (!ok) {
		say_wrong(j);
		job_record(j, "failed", STR("wrong password"));
	} else {
		char title[128];

		attempts_clear(&j->c->info->attempts, j->user_id, str_of(j->name));
		snprintf(title, sizeof title, "🔐 %s", tr(j->lang, TR_INFO_PROTECTED));
		job_say(j, str_of(title), str_of(k->info_protected_text), TONE_WARN);
		job_record(j, "done", STR(""));
	}
	job_free(j);
}

/* Counted when it is asked, not when the answer is known: many dialogs at once are no way around. */
static bool take_attempt(const struct turn *t, struct str container, unsigned *ret_left)
{
	struct buf text;
	char when[48];
	int64_t until;

	if (attempts_take(&t->c->info->attempts, t->in->user_id, container, ret_left, &until))
		return true;
	snprintf(when, sizeof when, "<t:%" PRId64 ":R>", until);
	buf_init(&text, MEM_CONTROL, SAY_BYTES_MAX);
	buf_add_str(&text, "🔒 ");
	TR_ADD(&text, t->lang, TR_INFO_PASSWORD_TOO_OFTEN, {"when", str_of(when)});
	turn_say(t, buf_view(&text));
	buf_clear(&text);
	turn_record(t, "open protected info", container, "refused", STR("too many wrong passwords"), 0);
	return false;
}

static void open_typed(const struct turn *t, struct str container)
{
	const struct config_container *k = info_find(t, VERB_OPEN_INFO, container);
	struct check check = {0};
	unsigned left;
	struct job *j;

	if (!k || !has_password(t, k))
		return;
	if (!take_attempt(t, container, &left))
		return;
	str_copy(check.stored, sizeof check.stored, str_of(k->info_password));
	str_copy(check.typed, sizeof check.typed, str_trim(interaction_field_value(t->in, "password")));
	j = job_new(t, "open protected info", container);
	if (j)
		j->left = left;
	job_run(t, j, check_work, &check, sizeof check, on_checked);
	explicit_bzero(&check, sizeof check);
	turn_consume(t, "info", true, STR(""));
}

/* ---- writing ---- */

static struct modal_field flag_field(const struct turn *t, const char *id, enum tr_key label, bool now)
{
	return (struct modal_field){.custom_id = id,
		.label = str_of(tr(t->lang, label)),
		.value = now ? STR("x") : STR(""),
		.placeholder = str_of(tr(t->lang, TR_INFO_EDIT_FLAG_HINT)),
		.max_chars = 1};
}

static unsigned public_fields(
	const struct turn *t, const struct config_container *k, struct modal_field f[MODAL_FIELDS_MAX])
{
	f[0] = (struct modal_field){.custom_id = "text",
		.label = str_of(tr(t->lang, TR_INFO_EDIT_TEXT)),
		.value = str_of(k->info_text),
		.max_chars = edit_text_max(k->info_text),
		.paragraph = true};
	f[1] = (struct modal_field){.custom_id = "address",
		.label = str_of(tr(t->lang, TR_INFO_EDIT_ADDRESS)),
		.value = str_of(k->info_ip),
		.placeholder = str_of(tr(t->lang, TR_INFO_EDIT_ADDRESS_HINT)),
		.max_chars = EDIT_ADDRESS_MAX};
	f[2] = (struct modal_field){.custom_id = "port",
		.label = str_of(tr(t->lang, TR_INFO_EDIT_PORT)),
		.value = str_of(k->info_port),
		.max_chars = EDIT_PORT_MAX};
	f[3] = flag_field(t, "enabled", TR_INFO_EDIT_ENABLED, k->info_enabled);
	f[4] = flag_field(t, "show", TR_INFO_EDIT_SHOW, k->info_show_ip);
	return 5;
}

/* The password is never put in: an empty field keeps the stored one. */
static unsigned secret_fields(
	const struct turn *t, const struct config_container *k, struct modal_field f[MODAL_FIELDS_MAX])
{
	f[0] = flag_field(t, "enabled", TR_INFO_EDIT_ENABLED, k->info_protected);
	f[1] = (struct modal_field){.custom_id = "text",
		.label = str_of(tr(t->lang, TR_INFO_EDIT_SECRET_TEXT)),
		.value = str_of(k->info_protected_text),
		.max_chars = edit_text_max(k->info_protected_text),
		.paragraph = true};
	f[2] = (struct modal_field){.custom_id = "password",
		.label = str_of(tr(t->lang, TR_INFO_PASSWORD)),
		.placeholder =
			str_of(tr(t->lang, *k->info_password ? TR_INFO_EDIT_PASSWORD_KEEP : TR_INFO_EDIT_PASSWORD_NEW)),
		.max_chars = EDIT_PASSWORD_MAX};
	return 3;
}

void info_ask_edit(const struct turn *t, struct str container, bool secret)
{
	const struct config_container *k = info_find(t, VERB_EDIT_INFO, container);
	struct modal_field fields[MODAL_FIELDS_MAX];
	char id[CUSTOM_ID_BYTES];
	unsigned count;

	if (!k || !turn_is_free(t, VERB_EDIT_INFO, "info_edit", false, STR("")))
		return;
	count = secret ? secret_fields(t, k, fields) : public_fields(t, k, fields);
	custom_id_format(id, ID_CARD_GO, secret ? STR("secret") : STR("edit"), container, STR(""));
	respond_modal(t->c->respond, respond_begin(t->c->respond, &t->in->ref, RESPOND_PRIVATE), id,
		str_of(tr(t->lang, secret ? TR_INFO_EDIT_SECRET_TITLE : TR_INFO_EDIT_TITLE)), fields, count);
}

static bool save_work(const void *input, char text[HELPER_TEXT_BYTES])
{
	struct err err = {0};
	bool ok = edit_save(input, &err);

	if (!ok)
		snprintf(text, HELPER_TEXT_BYTES, "%s", err.text);
	return ok;
}

static void on_saved(bool ok, bool died, const char *why, void *arg)
{
	struct job *j = arg;
	struct buf text, reason, name;
	const struct config_container *k = config_find_container(j->c->config, str_of(j->name));

	if (died)
		why = "the helper process ended early";
	buf_init(&text, MEM_CONTROL, SAY_BYTES_MAX);
	buf_init(&reason, MEM_CONTROL, SAY_BYTES_MAX);
	buf_init(&name, MEM_CONTROL, SAY_BYTES_MAX);
	message_escape(&reason, str_of(why));
	view_add_text(&name, str_of(k ? k->display_name : j->name), CONTROL_NAME_CHARS_MAX, false);
	if (ok)
		TR_ADD(&text, j->lang, TR_INFO_SAVED, {"container", buf_view(&name)});
	else
		TR_ADD(&text, j->lang, TR_INFO_NOT_SAVED, {"reason", buf_view(&reason)});
	job_say(j, STR(""), buf_view(&text), ok ? TONE_GOOD : TONE_BAD);
	job_record(j, ok ? "done" : "failed", ok ? STR("") : str_of(why));
	buf_clear(&text);
	buf_clear(&reason);
	buf_clear(&name);
	job_free(j);
}

static void say_problems(const struct turn *t, struct str problems, struct str container, bool secret)
{
	struct buf text;

	buf_init(&text, MEM_CONTROL, SAY_BYTES_MAX);
	buf_printf(&text, "⚠️ %s\n%.*s", tr(t->lang, TR_INFO_EDIT_REFUSED), STR_ARG(problems));
	turn_say(t, buf_view(&text));
	buf_clear(&text);
	turn_record(t, secret ? "edit protected info" : "edit info", container, "refused",
		STR("a field was not as it must be"), 0);
}

static void edit_typed(const struct turn *t, struct str container, bool secret)
{
	const struct config_container *k = info_find(t, VERB_EDIT_INFO, container);
	const struct info_typed typed = {interaction_field_value(t->in, "text"),
		interaction_field_value(t->in, "address"), interaction_field_value(t->in, "port"),
		interaction_field_value(t->in, "enabled"), interaction_field_value(t->in, "show"),
		interaction_field_value(t->in, "password")};
	struct info_edit *e;
	struct buf problems;

	if (!k)
		return;
	e = mem_zalloc(MEM_CONTROL, sizeof *e);
	if (!e) {
		turn_say_key(t, TR_CONTROL_NO_MEMORY);
		return;
	}
	buf_init(&problems, MEM_CONTROL, SAY_BYTES_MAX);
	e->secret = secret;
	str_copy(e->container, sizeof e->container, container);
	str_copy(e->folder, sizeof e->folder, str_of(t->c->parts.config_folder));
	if (edit_read(e, &typed, k, t->lang, &problems)) {
		job_run(t, job_new(t, secret ? "edit protected info" : "edit info", container), save_work, e, sizeof *e,
			on_saved);
		turn_consume(t, "info_edit", false, STR(""));
	} else {
		say_problems(t, buf_view(&problems), container, secret);
	}
	buf_clear(&problems);
	explicit_bzero(e, sizeof *e);
	mem_free(e);
}

void info_typed_in(const struct turn *t, struct str act, struct str container)
{
	if (str_is(act, "open"))
		open_typed(t, container);
	else if (str_is(act, "edit") || str_is(act, "secret"))
		edit_typed(t, container, str_is(act, "secret"));
	else
		turn_say_key(t, TR_CONTROL_UNKNOWN_COMPONENT);
}

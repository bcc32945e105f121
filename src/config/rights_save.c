/* Changes to ddc_rights.json: one list or one key at a time, every other byte stays. Reading it is rights.c. */
#include "config/rights.h"

#include "base/buf.h"
#include "base/json_writer.h"
#include "config/lock.h"
#include "config/save.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char FILE_NAME[] = "ddc_rights.json";

static bool no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "%s could not be saved: there is no memory", FILE_NAME);
}

static bool item_is(const struct doc *d, doc_ref item, const char *id, unsigned place)
{
	char derived[GRANT_ID_BYTES];
	doc_ref at = doc_get(d, item, "id");
	struct str raw = at != DOC_NONE ? doc_raw(d, at) : STR("");

	snprintf(derived, sizeof derived, "#%u", place);
	if (raw.n < 2)
		return !strcmp(derived, id);
	return str_is((struct str){raw.p + 1, raw.n - 2}, id);
}

/* The list anew, items as they were, without those that are, and with one more behind them. */
static bool write_list(const struct doc *d, const char *key,
	bool (*is)(const struct doc *d, doc_ref item, unsigned place, const void *what), const void *what,
	struct str more, struct buf *out, unsigned *ret_left_out)
{
	doc_ref list = doc_get(d, DOC_ROOT, key);
	bool any = false;
	unsigned place = 0;

	*ret_left_out = 0;
	buf_add_char(out, '[');
	doc_ref one = list != DOC_NONE && doc_type(d, list) == DOC_ARRAY ? doc_first(d, list) : DOC_NONE;
	for (; one != DOC_NONE; one = doc_next(d, one)) {
		if (is && is(d, one, ++place, what)) {
			++*ret_left_out;
			continue;
		}
		buf_add_str(out, any ? ",\n    " : "\n    ");
		buf_add_view(out, doc_raw(d, one));
		any = true;
	}
	if (more.n) {
		buf_add_str(out, any ? ",\n    " : "\n    ");
		buf_add_view(out, more);
		any = true;
	}
	buf_add_str(out, any ? "\n  ]" : "]");
	return !out->overflow;
}

static bool save_list(const char *folder, const char *key,
	bool (*is)(const struct doc *d, doc_ref item, unsigned place, const void *what), const void *what,
	struct str more, unsigned *ret_left_out, struct err *err)
{
	const struct str path[] = {str_of(key)};
	struct buf list;
	struct save *s = save_begin(folder);
	struct doc *d = s ? save_doc(s, FILE_NAME, err) : NULL;

	buf_init(&list, MEM_CONFIG, DOC_BYTES_MAX);
	bool ok = s || no_memory(err);
	ok = ok && d && (write_list(d, key, is, what, more, &list, ret_left_out) || no_memory(err)) &&
	     save_set(s, FILE_NAME, path, 1, buf_view(&list), err) && save_commit(s, err);
	save_free(s);
	buf_clear(&list);
	return ok;
}

static void write_lines(struct json_writer *w, const char *key, const char *lines)
{
	struct str rest = str_of(lines);

	json_begin_array(w, key);
	while (rest.n)
		json_string(w, NULL, str_split(rest, '\n', &rest));
	json_end_array(w);
}

static void write_grant(struct buf *out, const struct config_grant *g, struct str by)
{
	struct json_writer w = json_writer_on(out);

	json_begin_object(&w, NULL);
	json_text(&w, "id", g->id);
	if (g->who == GRANT_EVERYONE)
		json_bool(&w, "everyone", true);
	else
		json_id(&w, g->who == GRANT_USER ? "user" : "role", g->who_id);
	json_begin_array(&w, "may");
	for (unsigned i = 0; i < RIGHT_COUNT; i++)
		if (g->rights >> i & 1)
			json_text(&w, NULL, right_name((enum right)i));
	json_end_array(&w);
	write_lines(&w, "containers", g->targets);
	if (g->channel_count) {
		json_begin_array(&w, "channels");
		for (unsigned i = 0; i < g->channel_count; i++)
			json_id(&w, NULL, g->channels[i]);
		json_end_array(&w);
	}
	if (g->per_hour)
		json_int(&w, "per_hour", g->per_hour);
	if (g->from_minute != g->to_minute)
		json_textf(&w, "hours", "%02d:%02d-%02d:%02d", g->from_minute / 60, g->from_minute % 60,
			g->to_minute / 60, g->to_minute % 60);
	if (g->note && *g->note)
		json_text(&w, "note", g->note);
	if (by.n)
		json_string(&w, "by", by);
	json_end_object(&w);
}

/* "g12" -> 12; others count as 0. */
static unsigned number_of(const struct doc *d, doc_ref item)
{
	doc_ref at = doc_type(d, item) == DOC_OBJECT ? doc_get(d, item, "id") : DOC_NONE;
	struct str raw = at != DOC_NONE ? doc_raw(d, at) : STR("");
	int64_t n;

	if (raw.n < 4 || raw.p[0] != '"' || raw.p[1] != 'g' ||
		!str_to_int((struct str){raw.p + 2, raw.n - 3}, 1, 1000000, &n))
		return 0;
	return (unsigned)n;
}

/* One more than the largest in the file, whatever the snapshot knows: one that was revoked a moment ago does not come back as
 * another one under somebody's finger. */
static bool choose_id(const char *folder, char ret_id[GRANT_ID_BYTES], struct err *err)
{
	struct save *s = save_begin(folder);
	struct doc *d = s ? save_doc(s, FILE_NAME, err) : NULL;
	doc_ref list = d ? doc_get(d, DOC_ROOT, "grants") : DOC_NONE;
	unsigned count = 0, largest = 0;

	if (list != DOC_NONE && doc_type(d, list) == DOC_ARRAY) {
		doc_each (d, one, list) {
			unsigned number = number_of(d, one);
			count++;
			largest = number > largest ? number : largest;
		}
	}
	snprintf(ret_id, GRANT_ID_BYTES, "g%u", largest + 1);
	bool ok = d != NULL;
	if (ok && count >= GRANTS_MAX)
		ok = err_set(err, ERR_LIMIT, "there are %d grants already; one must be revoked first", GRANTS_MAX);
	if (!s)
		no_memory(err);
	save_free(s);
	return ok;
}

bool config_save_grant(
	const char *folder, const struct config_grant *g, struct str by, char ret_id[GRANT_ID_BYTES], struct err *err)
{
	struct config_grant copy = *g;
	struct buf item;
	unsigned left_out;

	lock_take(folder); /* from the choice of the number to the end of the saving */
	buf_init(&item, MEM_CONFIG, DOC_BYTES_MAX);
	bool ok = choose_id(folder, copy.id, err);
	if (ok)
		write_grant(&item, &copy, by);
	ok = ok && (!item.overflow || no_memory(err)) &&
	     save_list(folder, "grants", NULL, NULL, buf_view(&item), &left_out, err);
	if (ok)
		memcpy(ret_id, copy.id, GRANT_ID_BYTES);
	lock_drop();
	buf_clear(&item);
	return ok;
}

static bool is_grant(const struct doc *d, doc_ref item, unsigned place, const void *id)
{
	return item_is(d, item, id, place);
}

bool config_remove_grant(const char *folder, const char *id, struct err *err)
{
	unsigned left_out = 0;

	if (!save_list(folder, "grants", is_grant, id, STR(""), &left_out, err))
		return false;
	return left_out || err_set(err, ERR_NOT_FOUND, "there is no grant %s (any more)", id);
}

static bool is_role(const struct doc *d, doc_ref item, unsigned place, const void *digits)
{
	struct str raw = doc_raw(d, item);

	(void)place;
	if (doc_type(d, item) == DOC_STRING)
		raw = (struct str){raw.p + 1, raw.n - 2};
	return str_is(str_trim(raw), digits);
}

static bool change_role(const char *folder, uint64_t role_id, bool with, struct err *err)
{
	char digits[24], quoted[28];
	unsigned left_out;

	snprintf(digits, sizeof digits, "%" PRIu64, role_id);
	snprintf(quoted, sizeof quoted, "\"%s\"", digits);
	return save_list(folder, "admin_roles", is_role, digits, with ? str_of(quoted) : STR(""), &left_out, err);
}

bool config_save_admin_role(const char *folder, uint64_t role_id, struct err *err)
{
	return change_role(folder, role_id, true, err);
}

bool config_remove_admin_role(const char *folder, uint64_t role_id, struct err *err)
{
	return change_role(folder, role_id, false, err);
}

bool config_save_group(const char *folder, const char *name, const char *targets, struct err *err)
{
	const struct str path[] = {STR("groups"), str_of(name)};
	struct buf list;
	struct json_writer w = json_writer_on(&list);
	struct save *s = save_begin(folder);
	bool ok = s != NULL;

	buf_init(&list, MEM_CONFIG, DOC_BYTES_MAX);
	if (!s)
		no_memory(err);
	else if (!targets)
		ok = save_remove(s, FILE_NAME, path, 2, err);
	else
		write_lines(&w, NULL, targets);
	if (ok && targets)
		ok = (!list.overflow || no_memory(err)) && save_set(s, FILE_NAME, path, 2, buf_view(&list), err);
	ok = ok && save_commit(s, err);
	save_free(s);
	buf_clear(&list);
	return ok;
}

bool config_save_control_by_grant(const char *folder, bool by_grant, struct err *err)
{
	static const struct str path[] = {{"control_channels", sizeof "control_channels" - 1}};
	struct save *s = save_begin(folder);

	if (!s)
		return no_memory(err);
	bool ok = save_set(s, FILE_NAME, path, 1, by_grant ? STR("\"granted\"") : STR("\"open\""), err) &&
		  save_commit(s, err);
	save_free(s);
	return ok;
}

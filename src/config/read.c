#include "config/read.h"

#include "base/snowflake.h"
#include "config/config.h"
#include "config/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES_MAX = 512, SHOWN_BYTES_MAX = 48 };

static struct config_problem *problem_new(const char *file, const char *place, const char *sentence)
{
	struct config_problem *p = mem_zalloc(MEM_CONFIG, sizeof *p);
	if (!p)
		return NULL;
	list_init(&p->link);
	p->file = mem_strdup(MEM_CONFIG, file);
	p->place = mem_strdup(MEM_CONFIG, place);
	p->sentence = mem_strdup(MEM_CONFIG, sentence);
	if (p->file && p->place && p->sentence)
		return p;
	mem_free(p->file);
	mem_free(p->place);
	mem_free(p->sentence);
	mem_free(p);
	return NULL;
}

void read_problem(const struct spot *s, doc_ref at, const char *place, bool is_error, const char *format, ...)
{
	char sentence[SENTENCE_BYTES_MAX], where[192];
	struct reading *r = s->reading;
	if (!r->problems || ++r->problem_count > PROBLEMS_MAX)
		return;
	va_list ap;
	va_start(ap, format);
	vsnprintf(sentence, sizeof sentence, format, ap);
	va_end(ap);
	if (s->doc && at != DOC_NONE && at < s->doc->count)
		snprintf(where, sizeof where, "%s%sline %u", place, *place ? ", " : "",
			doc_line(s->doc, s->doc->nodes[at].start));
	else
		snprintf(where, sizeof where, "%s", place);
	struct config_problem *p = problem_new(s->file, where, sentence);
	if (!p) {
		r->no_memory = true;
		return;
	}
	p->is_error = is_error;
	list_append(r->problems, &p->link);
}

static void tell_oddities(const struct spot *s)
{
	unsigned odd = s->doc->oddities;
	if (odd & DOC_HAS_BOM)
		read_problem(s, DOC_NONE, "", false,
			"the file begins with a byte order mark, which the original cannot read");
	if (odd & DOC_HAS_BAD_UTF8)
		read_problem(s, DOC_NONE, "", false,
			"the file is not clean UTF-8 (perhaps Latin-1); what is not is shown as "
			"\xEF\xBF\xBD, and the original cannot "
			"read the file");
	if (odd & DOC_HAS_RAW_CONTROL)
		read_problem(s, DOC_NONE, "", false,
			"a text holds a line break or tab as it is; write \\n or \\t, or the original cannot "
			"read the file");
}

bool read_doc(struct reading *r, const char *folder, const char *file, struct doc *doc)
{
	struct spot s = {r, file, doc};
	char *text;
	size_t length;
	struct err err = {0};
	*doc = (struct doc){0};
	enum file_result result = file_read(folder, file, DOC_BYTES_MAX, &text, &length, &err);
	if (result == FILE_FAILED)
		read_problem(&s, DOC_NONE, "", true, "%s; it counts as empty", err.text);
	if (result != FILE_READ)
		return false;
	if (doc_parse(doc, text, length)) {
		tell_oddities(&s);
		return true;
	}
	char line[32];
	snprintf(line, sizeof line, "line %u", doc_line(doc, doc->error_at));
	read_problem(&s, DOC_NONE, line, true, "this is not JSON: %s. The file is left as it is and counts as empty",
		doc->error);
	doc_clear(doc);
	return false;
}

bool read_doc_of(struct reading *r, const char *folder, const char *file, enum doc_type type, struct doc *doc)
{
	struct spot s = {r, file, doc};
	if (!read_doc(r, folder, file, doc))
		return false;
	if (doc_type(doc, DOC_ROOT) == type)
		return true;
	read_problem(&s, DOC_ROOT, "", true, "the file holds %s where it must hold %s; it counts as empty",
		doc_type_name(doc_type(doc, DOC_ROOT)), doc_type_name(type));
	doc_clear(doc);
	return false;
}

char *read_scalar(const struct spot *s, doc_ref at)
{
	struct str raw = doc_raw(s->doc, at);
	switch (doc_type(s->doc, at)) {
	case DOC_STRING: break;
	case DOC_NUMBER:
	case DOC_TRUE:
	case DOC_FALSE: return mem_strndup(MEM_CONFIG, raw.p, raw.n);
	default: return NULL;
	}
	struct buf b;
	buf_init(&b, MEM_CONFIG, raw.n * 3 + 1);
	if (!doc_decode(s->doc, at, &b)) {
		s->reading->no_memory = true;
		buf_clear(&b);
		return NULL;
	}
	char *text = mem_strndup(
		MEM_CONFIG, buf_text(&b), b.length); /* exactly as long as needed: secrets are wiped by size */
	buf_clear(&b);
	return text;
}

bool read_short(const struct spot *s, doc_ref at, char *out, size_t size)
{
	char *text = at != DOC_NONE && doc_type(s->doc, at) == DOC_STRING ? read_scalar(s, at) : NULL;
	bool ok = text && str_copy(out, size, str_of(text));
	mem_free(text);
	return ok;
}

/* Never a secret, never longer than a line can hold. */
static void tell_refused(const struct spot *s, doc_ref at, const struct option *o, const char *place, const char *then)
{
	char allowed[400], shown[SHOWN_BYTES_MAX + 8];
	struct str raw = doc_raw(s->doc, at);
	if (o->type == OPTION_SECRET)
		raw = STR("(not shown)");
	struct str cut = utf8_prefix(raw, SHOWN_BYTES_MAX / 4);
	cut = raw.n <= SHOWN_BYTES_MAX ? raw : cut;
	snprintf(shown, sizeof shown, "%.*s%s", STR_ARG(cut), cut.n < raw.n ? "…" : "");
	read_problem(s, at, place, true, "%s is not allowed here; it must be %s. %s", shown,
		option_allowed(o, allowed, sizeof allowed), then);
}

bool read_number(const struct spot *s, doc_ref at, const struct option *o, const char *place, int64_t *ret_number)
{
	bool clamped;
	struct str text;
	if (at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL)
		return false;
	enum doc_type type = doc_type(s->doc, at);
	bool is_word = type == DOC_TRUE || type == DOC_FALSE;
	char *scalar = read_scalar(s, at);
	bool ok = scalar && !(is_word && o->type == OPTION_INT);
	if (ok && type == DOC_NUMBER && o->type == OPTION_BOOL) {
		*ret_number = strspn(scalar, "-0.") < strlen(scalar); /* any number but zero, as Python sees it */
		clamped = false;
	} else {
		ok = ok && option_parse(o, str_of(scalar), ret_number, &text, &clamped);
	}
	mem_free(scalar);
	if (!ok)
		tell_refused(s, at, o, place, "The default is used.");
	else if (clamped)
		tell_refused(s, at, o, place, "The nearest allowed number is used.");
	return ok;
}

bool read_text(const struct spot *s, doc_ref at, const struct option *o, const char *place, char **ret_text)
{
	int64_t number;
	bool clamped;
	struct str text;
	if (at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL)
		return false;
	enum doc_type type = doc_type(s->doc, at);
	char *scalar = type == DOC_STRING || type == DOC_NUMBER ? read_scalar(s, at) : NULL;
	if (!scalar || !option_parse(o, str_of(scalar), &number, &text, &clamped)) {
		tell_refused(s, at, o, place, "The default is used.");
		mem_free_secret(scalar);
		return false;
	}
	if (o->type == OPTION_CHOICE) { /* the spelling of the table */
		mem_free(scalar);
		scalar = mem_strndup(MEM_CONFIG, text.p, text.n);
		s->reading->no_memory |= !scalar;
	}
	*ret_text = scalar;
	return scalar != NULL;
}

bool read_is_nothing(const struct spot *s, doc_ref at)
{
	bool nothing = at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL;
	if (!nothing && doc_type(s->doc, at) == DOC_STRING) {
		char *text = read_scalar(s, at);
		nothing = text && !str_trim(str_of(text)).n;
		mem_free(text);
	}
	return nothing;
}

bool read_id(const struct spot *s, doc_ref at, const char *place, uint64_t *ret_id)
{
	static const struct option id = {.type = OPTION_ID};
	if (at == DOC_NONE || doc_type(s->doc, at) == DOC_NULL)
		return false;
	enum doc_type type = doc_type(s->doc, at);
	char *scalar = type == DOC_STRING || type == DOC_NUMBER ? read_scalar(s, at) : NULL;
	struct str text = str_trim(str_of(scalar)), zeros;
	if (type == DOC_NUMBER) { /* 1180000000000000201.0 is still exact; 1.18e18 is not */
		text = str_split(text, '.', &zeros);
		while (zeros.n && zeros.p[zeros.n - 1] == '0')
			zeros.n--;
		if (zeros.n)
			text.n = 0;
	}
	bool ok = snowflake_parse(text, ret_id);
	if (!ok && (text.n || type != DOC_STRING)) /* "" is how the original writes "none" */
		tell_refused(s, at, &id, place, "It is left out.");
	mem_free(scalar);
	return ok;
}

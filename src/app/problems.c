#include "app/problems.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/config.h"

#include <stdio.h>
#include <string.h>

void problems_keep(struct problems *p, const struct list *list)
{
	p->count = p->errors = p->kept = 0;
	list_each (pos, list) {
		const struct config_problem *one = list_item(pos, struct config_problem, link);
		p->count++;
		p->errors += one->is_error;
		if (p->kept < DOCTOR_PROBLEMS_MAX)
			snprintf(p->texts[p->kept++], sizeof p->texts[0], "%s%s%s%s%s", one->file,
				one->place[0] ? ": " : "", one->place, one->file[0] ? ": " : "",
				one->sentence); /* the folder itself is no file */
	}
}

/* Without the line: an edit above an old error moves it. */
static uint64_t hash_of(const struct config_problem *one)
{
	const char *line = strstr(one->place, "line ");
	uint64_t h = hash_bytes(HASH_SEED, one->file, strlen(one->file) + 1);
	h = hash_bytes(h, one->place, line ? (size_t)(line - one->place) : strlen(one->place));
	return hash_bytes(h, one->sentence, strlen(one->sentence) + 1);
}

void problems_accept(struct problems *p, const struct list *list)
{
	unsigned count = list_count(list);
	mem_free(p->known);
	p->known = count ? mem_array(MEM_APP, count, sizeof *p->known) : NULL;
	p->known_count = 0;
	list_each (pos, list) {
		const struct config_problem *one = list_item(pos, struct config_problem, link);
		if (p->known)
			p->known[p->known_count++] = hash_of(one);
	}
}

static bool is_known(const struct problems *p, const struct config_problem *one)
{
	uint64_t hash = hash_of(one);
	for (unsigned i = 0; i < p->known_count; i++)
		if (p->known[i] == hash)
			return true;
	return false;
}

const struct config_problem *problems_new_error(const struct problems *p, const struct list *list)
{
	list_each (pos, list) {
		const struct config_problem *one = list_item(pos, struct config_problem, link);
		if (one->is_error && !is_known(p, one))
			return one;
	}
	return NULL;
}

void problems_report(const struct problems *p, const struct list *list)
{
	list_each (pos, list) {
		const struct config_problem *one = list_item(pos, struct config_problem, link);
		if (!is_known(p, one))
			log_line(one->is_error ? LOG_ERROR : LOG_WARN, "config", "%s%s%s%s%s", one->file,
				one->place[0] ? ": " : "", one->place, one->file[0] ? ": " : "", one->sentence);
	}
}

void problems_clear(struct problems *p)
{
	mem_free(p->known);
	*p = (struct problems){0};
}

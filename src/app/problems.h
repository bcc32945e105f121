/*
 * What is wrong with the settings: told to the log, kept for `/doctor`, and compared, so that an edit that brings a new error
 * is refused as a whole while an old error does not stand in the way of a good edit.
 */
#ifndef APP_PROBLEMS_H
#define APP_PROBLEMS_H

#include "base/list.h"
#include "feature/doctor/doctor.h"

struct problems {
	unsigned count, errors, kept;
	char texts[DOCTOR_PROBLEMS_MAX][256]; /* the first ones */
	uint64_t *known; /* those of the settings in force, as hashes; PROBLEMS_MAX of them at most */
	unsigned known_count;
};

/* list: of struct config_problem. For the doctor; refused or not. */
void problems_keep(struct problems *p, const struct list *list);
/* The settings they belong to are in force now. */
void problems_accept(struct problems *p, const struct list *list);
/* The first error that the settings in force do not have; NULL: there is none. */
const struct config_problem *problems_new_error(const struct problems *p, const struct list *list);
/* Into the log, each once: what the settings in force have too was told before. */
void problems_report(const struct problems *p, const struct list *list);
void problems_clear(struct problems *p);

#endif

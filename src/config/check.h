/* Every problem of the folder: those that loading finds, and those of the files that it does not read. */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "base/err.h"
#include "base/list.h"

/* Appends struct config_problem; the caller clears them. thorough: also tries to open the sealed token (up to
 * seconds). False only without memory. */
bool config_check(const char *folder, bool thorough, struct list *problems, struct err *err);

#endif

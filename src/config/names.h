/* The rules for names in the folder. */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include "base/str.h"

/* Docker's own rule: a letter or digit, then letters, digits, _ . - (and no more than 255). */
bool name_is_container(struct str name);
/* What people see of a stored display name: trimmed; of a text that holds a Python list ("['A', 'B']") the first
 * element, unescaped. A view into text, which is worked in; empty if the list is, and
 * if nothing of it can be seen. */
struct str name_displayed(char *text, size_t length);
/* "container_info/home-assistantcore_info.json" for Home-Assistant.core, as v1 made it. */
bool name_old_info_file(struct str container, char *out, size_t size);

#endif

/* What tools/embed-locales makes of locales/: all texts in one run of bytes, and where each begins. Offsets instead of pointers:
 * nothing to relocate, half the size, and pages that nobody reads are never loaded. */
#ifndef I18N_TR_TABLES_H
#define I18N_TR_TABLES_H

#include "i18n/tr.h"

extern const char *const tr_texts;
extern const uint32_t tr_offsets[TR_LANG_COUNT][TR_KEY_COUNT];

#endif

/* The words of ddc_rights.json one by one: for the file and for what people type. */
#ifndef CONFIG_RIGHT_WORDS_H
#define CONFIG_RIGHT_WORDS_H

#include "config/rights.h"

/* The next word of a list that somebody typed (commas, blanks, line breaks between them); empty at its end. */
struct str right_next_word(struct str *rest);
bool right_refuse(struct err *err, struct str word); /* false, with the words there are */
bool right_is_target(struct str s, bool groups_too);
/* Adds it as a line; counts up. */
bool right_add_target(struct buf *out, unsigned *count, struct str word, bool groups_too, struct err *err);

#endif

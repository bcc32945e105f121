/* The bot token as stored: told apart from sealed ones, and opened. */
#ifndef CONFIG_TOKEN_H
#define CONFIG_TOKEN_H

#include "base/str.h"

/* The original's test: at least 50 characters and a dot behind which more comes, or the first letters of an
 * id. */
bool token_looks_clear(struct str text);

/* Both round counts, and text that was encoded twice. Blocks for up to a second. False if it does not open,
 * is empty, or does not fit. */
bool token_open_rounds(const char *sealed, const char *password_hash, uint32_t rounds, char *out, size_t size);
bool token_open(const char *sealed, const char *password_hash, char *out, size_t size);

#endif

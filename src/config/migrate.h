/*
 * Bringing a folder up to date, so that everything can be saved where v2.3 expects it. Nothing that was read
 * is deleted, every step is whole or not there, and doing it again does nothing.
 */
#ifndef CONFIG_MIGRATE_H
#define CONFIG_MIGRATE_H

#include "base/buf.h"
#include "base/err.h"

/* Layouts of v1 become the layout of v2.3: containers/, channels/, the spam section, config.json. report: one
 * line for each thing done; empty if there was nothing. Blocks for a few disk writes. */
bool config_migrate(const char *folder, struct buf *report, struct err *err);

/* Secrets at rest: a token in clear text is sealed (and opened again to be sure) before the clear one is
 * removed; protected passwords are hashed; files with secrets get mode 0600. Without a web password there is
 * nothing to seal with, and the token stays. Computes for up to some seconds: call it in a child process, or
 * from the command line. */
bool config_secure(const char *folder, struct buf *report, struct err *err);

/* Both of the above. Made for a forked child at start: does nothing, in a millisecond or two, on a folder
 * that is up to date. */
bool config_housekeep(const char *folder, struct buf *report, struct err *err);

/* A new web password: hash and token are written together, because the token is sealed with the hash. Blocks
 * likewise. */
bool config_set_password(const char *folder, struct str password, struct err *err);
enum { PASSWORD_CHARACTERS_MIN = 12 };
/* The original's rules: at least 12 characters, and three of lower case, upper case, digit, other. */
bool config_password_allowed(struct str password, struct err *err);

#endif

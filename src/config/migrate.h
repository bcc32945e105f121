/*
 * Bringing a folder up to date, so that everything can be saved where v2.3 expects it. Nothing that was read
 * is deleted, every step is whole or not there, and doing it again does nothing.
 */
#ifndef CONFIG_MIGRATE_H
#define CONFIG_MIGRATE_H

#include "base/buf.h"
#include "base/err.h"

/* Layouts of v1 become the layout of v2.3: containers/, channels/, the spam section, config.json; and what v2.3's
 * own migration lost comes back from the copies it made, where nothing newer is in its place. report: one
 * line for each thing done; empty if there was nothing. The same is kept in ddc_migration.json, so that it
 * happens once: what somebody removes later stays removed. Blocks for a few disk writes. */
bool config_migrate(const char *folder, struct buf *report, struct err *err);

/* Adds what is missing from one copy that an older release or a migration of the original left: a folder with the four files
 * of v1 (backup_<time>/) or a single file (config.json.v1.1.x.backup_<time>). What is there stays as it is. */
bool config_import_old(const char *folder, const char *path, struct buf *report, struct err *err);

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

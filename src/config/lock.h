/*
 * One writer at a time. Whoever reads a file of the folder in order to write it again holds this from the
 * reading to the rename, over processes too: ddc's own children (dialogs, sealing, state), `ddc set-password`
 * beside the daemon, a second ddc by mistake.
 *
 * It is the kernel's lock on the folder itself (flock), so it leaves nothing behind, a killed holder
 * included. Where the file system knows no locks, or one is held for more than LOCK_WAIT_MS, work goes on
 * without it: each file is still replaced as a whole.
 */
#ifndef CONFIG_LOCK_H
#define CONFIG_LOCK_H

enum { LOCK_WAIT_MS = 15000 /* sealing a token computes for seconds on a small machine */ };

/* Counts: taken twice in one process it is dropped with the second lock_drop(). Blocks; not from the loop. */
void lock_take(const char *folder);
void lock_drop(void);

#endif

#include "config/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_MS = 5 };

/* A process works on one folder, and on one thread. */
static unsigned depth;
static int held = -1;

void lock_take(const char *folder)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
	if (depth++)
		return;
	held = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int waited = 0;
		held >= 0 && flock(held, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK && waited < LOCK_WAIT_MS;
		waited += LOOK_EVERY_MS)
		nanosleep(&pause, NULL);
}

void lock_drop(void)
{
	if (--depth)
		return;
	if (held >= 0)
		close(held);
	held = -1;
}

#include "app/reload.h"

#include "base/mem.h"
#include "base/str.h"
#include "config/watch.h"

#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct reload {
	struct loop *loop;
	int fd;
	struct watch *watch;
	struct timer *quiet;
	reload_fn *on_change;
	void *arg;
	uint64_t fingerprint; /* of the folder when it was read last */
	char folder[512];
};

static void watch_folders(struct reload *r)
{
	const uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR;
	char path[600];
	for (const char *const *below = config_watched_folders; *below; below++) {
		snprintf(path, sizeof path, "%s/%s", r->folder, *below);
		inotify_add_watch(r->fd, path, mask); /* again for a folder that is new; the same watch otherwise */
	}
}

static void on_quiet(void *arg)
{
	struct reload *r = arg;
	watch_folders(r);
	uint64_t now = config_fingerprint(r->folder);
	if (now == r->fingerprint)
		return; /* written, but as it was; or written and taken back */
	r->fingerprint = now;
	r->on_change(r->arg);
}

void reload_look(struct reload *r)
{
	on_quiet(r);
}

static bool any_of_interest(const char *bytes, ssize_t length)
{
	bool any = false;
	for (const char *p = bytes; p < bytes + length;) {
		struct inotify_event event;
		memcpy(&event, p, sizeof event);
		const char *name = p + sizeof event;
		/* a file that was only created is still being written: its close follows */
		if (!(event.mask & IN_CREATE && !(event.mask & IN_ISDIR)) && event.len && config_watches(str_of(name)))
			any = true;
		p += sizeof event + event.len;
	}
	return any;
}

static void on_ready(int fd, unsigned events, void *arg)
{
	struct reload *r = arg;
	char bytes[4096];
	ssize_t n;
	(void)events;
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		if (any_of_interest(bytes, n))
			timer_set(r->quiet, RELOAD_QUIET_MS);
}

struct reload *reload_new(struct loop *loop, const char *folder, reload_fn *on_change, void *arg, struct err *err)
{
	struct reload *r = mem_zalloc(MEM_APP, sizeof *r);
	if (!r) {
		err_set(err, ERR_MEMORY, "no memory to watch %s", folder);
		return NULL;
	}
	r->loop = loop;
	r->on_change = on_change;
	r->arg = arg;
	snprintf(r->folder, sizeof r->folder, "%s", folder);
	r->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (r->fd >= 0) {
		r->watch = watch_new(loop, r->fd, LOOP_READ, on_ready, r);
		r->quiet = timer_new(loop, on_quiet, r);
	}
	if (!r->watch || !r->quiet) {
		err_errno(err, "changes in %s cannot be noticed", folder);
		reload_free(r);
		return NULL;
	}
	watch_folders(r);
	r->fingerprint = config_fingerprint(folder);
	return r;
}

void reload_free(struct reload *r)
{
	if (!r)
		return;
	timer_free(r->quiet);
	watch_free(r->watch);
	if (r->fd >= 0)
		close(r->fd);
	mem_free(r);
}

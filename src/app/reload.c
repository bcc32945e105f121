#include "app/reload.h"

#include "base/mem.h"
#include "base/str.h"
#include "config/watch.h"
#include "loop/child.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

struct reload {
	struct loop *loop;
	int fd;
	struct watch *watch;
	struct timer *quiet;
	reload_fn *on_change;
	void *arg;
	uint64_t fingerprint; /* of the folder when it was read last */
	unsigned alone;	      /* files that are watched by themselves */
	bool had_files;
	bool must_look; /* the folder is away, or on a file system that tells too little: */
	bool remote;	/* of a server, which may not answer for minutes: looked at in a child, */
	bool told;	/* unless the kernel told of a change, which was made here then */
	struct child *child;
	char folder[512];
};

/* statx(2) by its number: musl as Debian 12 has it knows no wrapper, and the kernel's header does not go together with sys/stat.h.
 * Source: linux/stat.h, struct statx. */
static bool is_mount_root(const char *path)
{
	enum { STATX_BYTES = 256, ATTRIBUTES_AT = 8, ATTR_MOUNT_ROOT = 0x2000 };
	unsigned char st[STATX_BYTES];
	uint64_t attributes;
	if (syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, st) < 0)
		return false;
	memcpy(&attributes, st + ATTRIBUTES_AT, sizeof attributes);
	return attributes & ATTR_MOUNT_ROOT;
}

/* A link's target, and a file that was mounted by itself, change without a word to the folder. */
static bool stands_alone(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0 && (S_ISLNK(st.st_mode) || is_mount_root(path));
}

static void watch_alone(const char *path, void *arg)
{
	struct reload *r = arg;
	if (r->alone < RELOAD_FILES_MAX && stands_alone(path) &&
		inotify_add_watch(r->fd, path, IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF) >= 0)
		r->alone++;
}

static bool is_remote(const char *folder)
{
	static const uint32_t kinds[] = {0x6969 /* NFS */, 0xFF534D42 /* CIFS */, 0xFE534D42 /* SMB 2 */,
		0x01021997 /* 9p */, 0x5346544E /* AFS */, 0x00C36400 /* Ceph */};
	struct statfs st;
	bool is = false;
	if (statfs(folder, &st) == 0)
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			is = is || (uint32_t)st.f_type == kinds[i];
	return is;
}

static void watch_folders(struct reload *r)
{
	const uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ATTRIB |
			      IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
	char path[600];
	bool any = false;
	for (const char *const *below = config_watched_folders; *below; below++) {
		snprintf(path, sizeof path, "%s/%s", r->folder, *below);
		/* again for a folder that is new; the same watch otherwise */
		any = (inotify_add_watch(r->fd, path, mask) >= 0 && !**below) || any;
	}
	r->alone = 0;
	bool files = config_each_watched(r->folder, watch_alone, r);
	r->had_files = r->had_files || files;
	/* an empty folder where files were: its mount went, and will come back without a word */
	r->remote = is_remote(r->folder);
	r->must_look = !any || (r->had_files && !files) || r->remote;
}

void reload_look(struct reload *r)
{
	r->told = false;
	watch_folders(r);
	if (r->must_look)
		timer_set(r->quiet, RELOAD_LOOK_MS);
	uint64_t now = config_fingerprint(r->folder);
	if (now == r->fingerprint)
		return; /* written, but as it was; or written and taken back */
	r->fingerprint = now;
	r->on_change(r->arg);
}

static void look_from_afar(struct buf *out, const void *folder)
{
	buf_printf(out, "%" PRIu64, config_fingerprint(folder));
}

static void on_look(struct str text, void *arg)
{
	struct reload *r = arg;
	uint64_t now;
	r->child = NULL;
	if (str_to_u64(text, &now) && now != r->fingerprint)
		reload_look(r);
	else
		timer_set_sooner(r->quiet, RELOAD_LOOK_MS);
}

static void on_quiet(void *arg)
{
	struct reload *r = arg;
	struct err ignored;
	if (!r->remote || r->told) {
		reload_look(r);
		return;
	}
	if (!r->child)
		r->child = child_start(r->loop, look_from_afar, r->folder, on_look, r, &ignored);
	if (!r->child)
		timer_set_sooner(r->quiet, RELOAD_LOOK_MS);
}

/* How long to wait for more; 0: it does not matter. */
static unsigned patience_for(const struct inotify_event *event, const char *name)
{
	if (event->mask & (IN_IGNORED | IN_Q_OVERFLOW))
		return RELOAD_QUIET_MS;
	if (event->len && !config_watches(str_of(name)) && strcmp(name, "..data") != 0 && !(event->mask & IN_ISDIR))
		return 0; /* (..data: how Kubernetes swaps all files of a folder at once) */
	return event->mask & IN_CREATE && !(event->mask & IN_ISDIR) ? RELOAD_MADE_MS : RELOAD_QUIET_MS;
}

/* The shortest patience of them: the end of a write counts, though a making came before it. */
static unsigned patience_for_all(const char *bytes, ssize_t length)
{
	unsigned shortest = 0;
	for (const char *p = bytes; p < bytes + length;) {
		struct inotify_event event;
		memcpy(&event, p, sizeof event);
		unsigned ms = patience_for(&event, p + sizeof event);
		if (ms && (!shortest || ms < shortest))
			shortest = ms;
		p += sizeof event + event.len;
	}
	return shortest;
}

static void on_ready(int fd, unsigned events, void *arg)
{
	struct reload *r = arg;
	char bytes[4096];
	ssize_t n;
	(void)events;
	while ((n = read(fd, bytes, sizeof bytes)) > 0) {
		unsigned ms = patience_for_all(bytes, n);
		r->told |= ms > 0;
		if (ms)
			timer_set(r->quiet, ms);
	}
}

struct reload *reload_new(
	struct loop *loop, const char *folder, uint64_t read_as, reload_fn *on_change, void *arg, struct err *err)
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
	r->fingerprint = read_as;
	if (config_fingerprint(folder) != read_as)
		timer_set(r->quiet, RELOAD_QUIET_MS);
	else if (r->must_look)
		timer_set(r->quiet, RELOAD_LOOK_MS);
	return r;
}

void reload_free(struct reload *r)
{
	if (!r)
		return;
	child_end(r->child);
	timer_free(r->quiet);
	watch_free(r->watch);
	if (r->fd >= 0)
		close(r->fd);
	mem_free(r);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/inflate.h"
#include "fmt/i18n.h"

enum {
	CHUNK_IN = 256 << 10,
	CHUNK_OUT = 1 << 20
};

static const uint64_t spool_max = (uint64_t)64 << 30;	/* what a small packed file may unpack to */

void input_stop(struct input *in, enum input_state state, const char *format, ...)
{
	if (in->state != INPUT_GOOD)
		return;
	va_list ap;
	va_start(ap, format);
	vsnprintf(in->trouble, sizeof in->trouble, format, ap);
	va_end(ap);
	in->state = state;
}

/* A file without a name that only this process sees; -1 when no folder takes one. */
static int spool_open(void)
{
	const char *folders[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		if (!folders[i] || !*folders[i])
			continue;
		int fd = open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
		if (fd >= 0)
			return fd;
		char name[4096];	/* a file system without O_TMPFILE */
		int n = snprintf(name, sizeof name, "%s/osiscope-XXXXXX", folders[i]);
		if (n < 0 || (size_t)n >= sizeof name)
			continue;
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0) {
			unlink(name);
			return fd;
		}
	}
	return -1;
}

static void spool_write(struct input *in, const uint8_t *bytes, size_t n)
{
	if (n > spool_max - in->end) {
		input_stop(in, INPUT_FAILED, _("it unpacks to more than 64 GiB; unpack it yourself"));
		return;
	}
	while (n) {
		ssize_t done = pwrite(in->fd, bytes, n, (off_t)in->end);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			input_stop(in, INPUT_FAILED,
				_("no room for its temporary copy (%s); set TMPDIR to a roomy folder"),
				strerror(done ? errno : ENOSPC));
			return;
		}
		bytes += done;
		n -= (size_t)done;
		in->end += (uint64_t)done;
	}
}

/* The source of the spool has ended. */
static void spool_ended(struct input *in)
{
	if (in->unpacker && !unpacker_may_end(in->unpacker))
		input_stop(in, INPUT_CUT, _("the packed data ends too early"));
	in->complete = true;
}

/* Reads the next chunk of what the spool is filled from; false when there is none (now). */
static bool chunk_read(struct input *in)
{
	if (in->growing) {
		struct pollfd p = { .fd = in->from, .events = POLLIN };
		if (poll(&p, 1, 0) <= 0)
			return false;
	}
	ssize_t n;
	do
		n = read(in->from, in->chunk, CHUNK_IN);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && !in->growing) {
		struct pollfd p = { .fd = in->from, .events = POLLIN };
		(void)poll(&p, 1, -1);
		return true;
	}
	if (n < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			input_stop(in, INPUT_FAILED, _("reading failed: %s"), strerror(errno));
		return false;
	}
	in->chunk_len = (size_t)n;
	in->chunk_at = 0;
	in->taken += (uint64_t)n;
	if (n == 0 && !(in->growing && in->packed_size))	/* a packed file may grow too */
		spool_ended(in);
	return n > 0;
}

/* Adds some bytes to the spool; false when there are none to add (now). */
static bool spool_pull(struct input *in)
{
	if (in->complete || in->state != INPUT_GOOD)
		return false;
	if (in->chunk_at == in->chunk_len && !in->pending && !chunk_read(in))
		return false;
	if (!in->unpacker) {
		spool_write(in, in->chunk + in->chunk_at, in->chunk_len - in->chunk_at);
		in->chunk_at = in->chunk_len;
		return in->state == INPUT_GOOD;
	}
	size_t made = 0;
	uint8_t *out = in->chunk + CHUNK_IN;
	enum unpack got = unpacker_run(in->unpacker, in->chunk, in->chunk_len, &in->chunk_at,
		out, CHUNK_OUT, &made);
	in->pending = made == CHUNK_OUT;
	spool_write(in, out, made);
	if (got == UNPACK_DONE)
		in->complete = true;
	if (got == UNPACK_DAMAGED)
		input_stop(in, INPUT_DAMAGED, _("the packed data is damaged near its byte %llu"),
			(unsigned long long)(in->taken - in->chunk_len + in->chunk_at));
	return in->state == INPUT_GOOD;
}

/* Makes what was opened a spool's source. Head: bytes already read of it, of a pipe. */
static int spool_start(struct input *in, const uint8_t *head, size_t n, struct err *err)
{
	in->from = in->fd;
	in->fd = spool_open();
	in->spooled = true;
	in->unpacker = unpacker_new(head, n);
	if (in->fd < 0)
		return err_set(err, _("no folder takes a temporary file: set TMPDIR to one that does"));
	return 0;
}

/* A pipe: nothing of it can be read twice. */
static int pipe_start(struct input *in, const char *path, struct err *err)
{
	in->chunk = xmalloc(CHUNK_IN + CHUNK_OUT);
	size_t n = 0;
	while (n < 8) {
		ssize_t got = read(in->fd, in->chunk + n, CHUNK_IN - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			struct pollfd p = { .fd = in->fd, .events = POLLIN };
			(void)poll(&p, 1, -1);
			continue;
		}
		if (got < 0)
			return err_set(err, _("%s: reading failed: %s"), path, strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n == 0)
		return err_set(err, _("%s is empty: nothing was captured or piped in"), path);
	in->chunk_len = n;
	in->taken = n;
	return spool_start(in, in->chunk, n, err);
}

static int file_start(struct input *in, const char *path, uint64_t size, struct err *err)
{
	uint8_t head[8];
	ssize_t n = pread(in->fd, head, sizeof head, 0);
	if (n < 0)
		return err_set(err, _("%s: reading failed: %s"), path, strerror(errno));
	if (n == 0)
		return err_set(err, _("%s is empty: nothing was captured, or not yet"), path);
	struct unpacker *packed = unpacker_new(head, (size_t)n);
	if (!packed) {
		(void)posix_fadvise(in->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		in->end = size;
		return 0;
	}
	unpacker_free(packed);
	in->packed_size = size;
	in->chunk = xmalloc(CHUNK_IN + CHUNK_OUT);
	return spool_start(in, head, (size_t)n, err);
}

static int cannot_open(const char *path, int why, struct err *err)
{
	if (why == ENOENT || why == ENOTDIR)
		return err_set(err, _("%s: no such file; check the name and the folder"), path);
	if (why == EACCES || why == EPERM)
		return err_set(err, _("%s: no permission to read it; ask its owner, or copy it"), path);
	return err_set(err, _("%s cannot be opened: %s"), path, strerror(why));
}

int input_open(struct input *in, const char *path, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	*in = (struct input){ .fd = -1, .from = -1 };
	in->fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
		: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0)
		return cannot_open(path, errno, err);
	if (standard)
		path = _("standard input");

	struct stat st;
	if (fstat(in->fd, &st) < 0)
		return cannot_open(path, errno, err);
	if (S_ISDIR(st.st_mode))
		return err_set(err, _("%s is a directory: give a capture file in it"), path);
	if (isatty(in->fd))
		return err_set(err, _("%s is a terminal: pipe a capture into it, or give a file"), path);
	/* A file as standard input is read as a file, unless somebody has read of it before. */
	if (S_ISREG(st.st_mode) && (!standard || lseek(in->fd, 0, SEEK_CUR) == 0))
		return file_start(in, path, (uint64_t)st.st_size, err);
	return pipe_start(in, path, err);
}

void input_close(struct input *in)
{
	if (in->fd >= 0)
		close(in->fd);
	if (in->from >= 0)
		close(in->from);
	unpacker_free(in->unpacker);
	free(in->chunk);
	*in = (struct input){ .fd = -1, .from = -1 };
}

void input_set_growing(struct input *in, bool growing)
{
	in->growing = growing;
	if (growing && in->packed_size) {	/* what was its end may not be its end */
		in->complete = false;
		if (in->state == INPUT_CUT)
			in->state = INPUT_GOOD;
	}
}

bool input_reaches(struct input *in, uint64_t offset)
{
	struct stat st;
	while (in->spooled && in->end < offset && spool_pull(in))
		;
	if (in->spooled || offset <= in->end)
		return offset <= in->end;
	return fstat(in->fd, &st) == 0 && offset <= (uint64_t)st.st_size;
}

void input_account(struct input *in, uint64_t at, size_t n, struct reading r)
{
	if (r.error)
		input_stop(in, INPUT_FAILED, _("reading failed: %s"), strerror(r.error));
	if (r.got < n && at + r.got < in->end)
		input_stop(in, INPUT_FAILED, _("the file became shorter while it was read"));
	if (!in->spooled && r.got && at + r.got > in->end)
		in->end = at + r.got;
}

size_t input_read(struct input *in, uint64_t at, void *bytes, size_t n, size_t least)
{
	if (at > INT64_MAX - n)
		return 0;
	if (in->spooled) {
		while (in->end < at + least && spool_pull(in))
			;
		if (at >= in->end)
			return 0;
		if (n > in->end - at)
			n = (size_t)(in->end - at);
	}
	struct reading r = read_at(in->fd, at, bytes, n);
	input_account(in, at, n, r);
	return r.got;
}

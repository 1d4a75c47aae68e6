/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_source: any bytes as a capture. Besides memory errors it looks for a second reading that
 * differs from the first: again from the start, frame by frame, and as a file that grows.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "capture/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MAX_FRAMES = 256 };

struct seen { struct frame frame; uint64_t sum; };

static struct seen seen[MAX_FRAMES];

static int memory_file(void)
{
	static int fd = -1;
	if (fd < 0)
		fd = memfd_create("capture", 0);
	if (fd < 0)
		abort();
	return fd;
}

static void set_file(const uint8_t *bytes, size_t n)
{
	int fd = memory_file();
	if (ftruncate(fd, 0) < 0 || pwrite(fd, bytes, n, 0) != (ssize_t)n)
		abort();
}

static struct source *open_file(void)
{
	char path[64];
	struct err err;
	snprintf(path, sizeof path, "/proc/self/fd/%d", memory_file());
	struct source *s = source_open(path, &err);
	if (!s && (!err.text[0] || strchr(err.text, '\n')))
		abort();
	return s;
}

static uint64_t sum(const struct source *s, const struct frame *f)
{
	uint64_t h = f->caplen;
	for (uint32_t i = 0; i < f->caplen; i++)
		h = h * 31 + f->bytes[i];
	if (f->len < f->caplen || !source_iface(s, f->iface) != (f->link == LINK_NO_PACKET
			&& source_n_ifaces(s) == 0))
		abort();
	if (f->comment && !source_comment(s, f->comment - 1))
		abort();
	return h;
}

static bool same(const struct seen *a, const struct frame *f, uint64_t h)
{
	const struct frame *e = &a->frame;
	return e->where == f->where && e->time == f->time && e->caplen == f->caplen
		&& e->len == f->len && e->link == f->link && e->iface == f->iface
		&& e->comment == f->comment && e->has_time == f->has_time && a->sum == h;
}

/* Reads all; fills or compares with what was seen before. Returns the number of frames. */
static size_t read_all(struct source *s, bool first, enum source_state *end)
{
	struct frame f = { 0 };
	size_t n = 0;
	while ((*end = source_next(s, &f)) == SOURCE_FRAME) {
		uint64_t h = sum(s, &f);
		if (first && n < MAX_FRAMES)
			seen[n] = (struct seen){ .frame = f, .sum = h };
		else if (!first && n < MAX_FRAMES && !same(&seen[n], &f, h))
			abort();
		n++;
	}
	if ((*end == SOURCE_END) != (source_trouble(s) == NULL) || source_next(s, &f) != *end)
		abort();
	return n;
}

static void read_each(struct source *s, size_t n)
{
	struct frame f = { 0 };
	for (size_t i = n < MAX_FRAMES ? n : MAX_FRAMES; i--;) {
		if (!source_read_at(s, seen[i].frame.where, &f) || !same(&seen[i], &f, sum(s, &f)))
			abort();
	}
	for (uint64_t where = 0; where < 64; where++) {
		if (source_read_at(s, where * 7, &f))
			(void)sum(s, &f);
	}
	if (source_read_at(s, UINT64_MAX - 8, &f) || source_read_at(s, INT64_MAX, &f))
		abort();
}

/* The file is written while it is read; packed files too. */
static void grow(const uint8_t *bytes, size_t n, size_t frames, enum source_state end)
{
	struct frame f;
	enum source_state state;
	size_t got = 0, part = n / 2 > 8 ? n / 2 : n;
	set_file(bytes, part);
	struct source *s = open_file();
	if (!s)
		return;
	source_set_growing(s, true);
	while ((state = source_next(s, &f)) == SOURCE_FRAME)
		got++;
	if (state == SOURCE_CUT && !source_complete(s))	/* complete: garbage ended a .gz */
		abort();
	if (pwrite(memory_file(), bytes + part, n - part, (off_t)part) != (ssize_t)(n - part))
		abort();
	while (source_next(s, &f) == SOURCE_FRAME)
		got++;
	source_set_growing(s, false);
	while ((state = source_next(s, &f)) == SOURCE_FRAME)
		got++;
	if (got != frames || state != end)
		abort();
	source_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	enum source_state end, again;
	set_file(bytes, n);
	struct source *s = open_file();
	if (!s)
		return 0;
	size_t frames = read_all(s, true, &end);
	size_t ifaces = source_n_ifaces(s), secrets = source_n_secrets(s);
	read_each(s, frames);
	source_rewind(s);
	if (read_all(s, false, &again) != frames || again != end)
		abort();
	if (source_n_ifaces(s) != ifaces || source_n_secrets(s) != secrets)
		abort();
	source_close(s);
	grow(bytes, n, frames, end);
	return 0;
}

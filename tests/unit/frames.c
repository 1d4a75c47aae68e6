/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frames: captures in memory. */
#include "frames.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/strbuf.h"

uint8_t *frames_add(struct frames *to, const struct frame *like, const void *bytes,
		    uint32_t caplen, uint32_t len)
{
	if (to->n == to->size) {
		to->size = to->size ? to->size * 2 : 64;
		to->at = xrealloc(to->at, to->size * sizeof *to->at);
	}
	uint8_t *copy = xmalloc(caplen ? caplen : 1);
	if (caplen)
		memcpy(copy, bytes, caplen);
	struct frame *f = &to->at[to->n++];
	*f = *like;
	f->bytes = copy;
	f->caplen = caplen;
	f->len = len;
	return copy;
}

void frames_read(struct frames *to, const char *path)
{
	struct err err = { .text = "" };
	struct frame f;
	struct source *s = source_open(path, &err);
	if (!s)
		fail_msg("%s: %s", path, err.text);
	*to = (struct frames){ 0 };
	while (source_next(s, &f) == SOURCE_FRAME)
		if (f.link != LINK_NO_PACKET)
			frames_add(to, &f, f.bytes, f.caplen, f.len);
	source_close(s);
}

void frames_free(struct frames *f)
{
	for (size_t i = 0; i < f->n; i++)
		free((void *)f->at[i].bytes);
	free(f->at);
	*f = (struct frames){ 0 };
}

/* ---- a file of them ---- */

enum { MAX_LINKS = 32 };

static void put32(struct strbuf *b, uint64_t v)
{
	uint32_t n = (uint32_t)v;
	strbuf_add(b, &n, sizeof n);
}

static void put_section(struct strbuf *b)
{
	static const uint32_t head[] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, ~0u, ~0u, 28 };
	strbuf_add(b, head, sizeof head);
}

/* An interface whose clock counts nanoseconds. */
static void put_iface(struct strbuf *b, uint32_t link)
{
	const uint32_t block[] = { 1, 32, link, 0, 9 | 1 << 16, 9, 0, 32 };
	strbuf_add(b, block, sizeof block);
}

static uint32_t iface_of(struct strbuf *b, uint32_t *links, unsigned *n, uint32_t link)
{
	unsigned i = 0;
	while (i < *n && links[i] != link)
		i++;
	assert_true(i < MAX_LINKS);
	if (i == *n) {
		put_iface(b, link);
		links[(*n)++] = link;
	}
	return i;
}

static void put_packet(struct strbuf *b, const struct frame *f, uint32_t iface)
{
	static const char zeros[4];
	uint32_t pad = (4 - f->caplen % 4) % 4, block = 32 + f->caplen + pad;
	put32(b, 6);
	put32(b, block);
	put32(b, iface);
	put32(b, (uint64_t)f->time >> 32);
	put32(b, (uint64_t)f->time);
	put32(b, f->caplen);
	put32(b, f->len);
	strbuf_add(b, f->bytes, f->caplen);
	strbuf_add(b, zeros, pad);
	put32(b, block);
}

static int memory = -1;

void frames_unfile(void)
{
	if (memory >= 0)
		close(memory);
	memory = -1;
}

const char *frames_file(const struct frames *f)
{
	static char path[64];
	struct strbuf b = { .cap = (size_t)1 << 30 };
	uint32_t links[MAX_LINKS];
	unsigned n_links = 0;
	put_section(&b);
	for (size_t i = 0; i < f->n; i++)
		put_packet(&b, &f->at[i], iface_of(&b, links, &n_links, f->at[i].link));
	frames_unfile();
	memory = memfd_create("frames", MFD_CLOEXEC);
	assert_true(memory >= 0);
	for (size_t done = 0; done < b.len;) {
		ssize_t n = write(memory, b.s + done, b.len - done);
		assert_true(n > 0);
		done += (size_t)n;
	}
	strbuf_free(&b);
	snprintf(path, sizeof path, "/proc/self/fd/%d", memory);
	return path;
}

/* ---- sessions ---- */

struct session *frames_open(const char *path)
{
	struct err err = { .text = "" };
	bool usage;
	struct session *s = session_open(&(struct session_options){ .path = path }, &err, &usage);
	if (!s)
		fail_msg("%s: %s", path, err.text);
	return s;
}

struct session *frames_session(void)
{
	struct session *s = frames_open(frames_file(&(struct frames){ 0 }));
	frames_unfile();
	return s;
}

const char *const *frames_samples(void)
{
	static const char *path[256];
	static glob_t g;
	if (path[0])
		return path;
	assert_int_equal(glob(unit_path("pcaps/visits/*.pcapng"), 0, NULL, &g), 0);
	assert_int_equal(glob(unit_path("tests/golden/*.pcap"), GLOB_APPEND, NULL, &g), 0);
	assert_true(g.gl_pathc > 1 && g.gl_pathc < 256);
	for (size_t i = 0; i < g.gl_pathc; i++)
		path[i] = g.gl_pathv[i];
	return path;
}

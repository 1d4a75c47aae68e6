/* SPDX-License-Identifier: GPL-3.0-or-later */
/* maker: captures in memory, in either byte order, for the tests of src/capture. */
#ifndef OSI_TESTS_MAKER_H
#define OSI_TESTS_MAKER_H

#include <string.h>

#include "base/strbuf.h"
#include "capture/source.h"
#include "unit.h"

struct maker {
	struct strbuf bytes;
	bool big;		/* byte order */
	size_t block;		/* where the open block begins */
};

static inline void put(struct maker *m, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_putc(&m->bytes, (char)(value >> 8 * (m->big ? n - 1 - i : i)));
}

static inline void put_padded(struct maker *m, const void *bytes, size_t n)
{
	strbuf_add(&m->bytes, bytes, n);
	put(m, 0, (4 - n % 4) % 4);
}

static inline void make_pcap(struct maker *m, uint32_t magic, uint16_t minor, uint32_t link)
{
	put(m, magic, 4);
	put(m, 2, 2);
	put(m, minor, 2);
	put(m, 0, 8);
	put(m, 65535, 4);
	put(m, link, 4);
}

static inline void make_record(struct maker *m, uint32_t seconds, uint32_t fraction,
	uint32_t caplen, uint32_t len)
{
	put(m, seconds, 4);
	put(m, fraction, 4);
	put(m, caplen, 4);
	put(m, len, 4);
	for (uint32_t i = 0; i < caplen; i++)
		put(m, i + seconds, 1);
}

static inline void block_begin(struct maker *m, uint32_t type)
{
	m->block = m->bytes.len;
	put(m, type, 4);
	put(m, 0, 4);
}

static inline void block_end(struct maker *m)
{
	put(m, m->bytes.len + 4 - m->block, 4);
	memcpy(m->bytes.s + m->block + 4, m->bytes.s + m->bytes.len - 4, 4);
}

static inline void make_option(struct maker *m, uint16_t code, const void *value, uint16_t n)
{
	put(m, code, 2);
	put(m, n, 2);
	put_padded(m, value, n);
}

static inline void make_section(struct maker *m, bool big, const char *comment)
{
	m->big = big;
	block_begin(m, 0x0a0d0d0a);
	put(m, 0x1a2b3c4d, 4);
	put(m, 1, 2);
	put(m, 0, 2);
	put(m, UINT64_MAX, 8);
	if (comment) {
		make_option(m, 1, comment, (uint16_t)strlen(comment));
		make_option(m, 0, NULL, 0);
	}
	block_end(m);
}

/* An interface without a word about itself but its clock; resolution 6 is the default. */
static inline void make_iface(struct maker *m, uint16_t link, uint32_t snaplen, uint8_t resolution,
	int64_t offset)
{
	block_begin(m, 1);
	put(m, link, 2);
	put(m, 0, 2);
	put(m, snaplen, 4);
	make_option(m, 9, &resolution, 1);
	put(m, 14, 2);
	put(m, 8, 2);
	put(m, (uint64_t)offset, 8);
	make_option(m, 0, NULL, 0);
	block_end(m);
}

/* An Enhanced Packet Block. */
static inline void make_packet(struct maker *m, uint32_t iface, uint64_t time, uint32_t caplen,
	uint32_t len, const char *comment)
{
	block_begin(m, 6);
	put(m, iface, 4);
	put(m, time >> 32, 4);
	put(m, (uint32_t)time, 4);
	put(m, caplen, 4);
	put(m, len, 4);
	for (uint32_t i = 0; i < caplen; i++)
		put(m, i, 1);
	put(m, 0, (4 - caplen % 4) % 4);
	if (comment) {
		make_option(m, 1, comment, (uint16_t)strlen(comment));
		make_option(m, 0, NULL, 0);
	}
	block_end(m);
}

/* Opens what was made, and forgets it. */
static inline struct source *open_made(struct maker *m)
{
	struct err err = { .text = "" };
	struct source *s = source_open(unit_file(m->bytes.s, m->bytes.len), &err);
	if (!s)
		fail_msg("%s", err.text);
	strbuf_free(&m->bytes);
	return s;
}

/* The frames up to the end, which must be `end`. */
static inline unsigned count_frames(struct source *s, enum source_state end)
{
	struct frame f;
	enum source_state state;
	unsigned n = 0;
	while ((state = source_next(s, &f)) == SOURCE_FRAME)
		n++;
	if (state != end)
		fail_msg("the end is %d, not %d: %s", state, end, source_trouble(s));
	if ((state == SOURCE_END) != !source_trouble(s))
		fail_msg("trouble: %s", source_trouble(s));
	return n;
}

#endif

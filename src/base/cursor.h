/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cursor: the only way to read bytes of a packet.
 *
 * A cursor is a value of its own over bytes that it borrows; copying it is free and starts an
 * independent reader. A failed read returns 0 or NULL, moves nothing, and latches the reason, so
 * a run of reads needs one check at its end: cur_ok(). Numbers are in network byte order unless
 * the name says le.
 *
 * Cut and malformed are different words: when the missing bytes were on the wire but the capture
 * does not hold them (snaplen), the reason is CUR_CUT; when the packet promised bytes that it
 * never had, it is CUR_PAST.
 */
#ifndef OSI_BASE_CURSOR_H
#define OSI_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum cur_bad { CUR_OK, CUR_CUT, CUR_PAST };

struct cursor {
	const uint8_t *base;	/* what offsets count from: the start of the buffer */
	const uint8_t *pos;
	const uint8_t *end;	/* one past the last byte that may be read */
	uint32_t lost;		/* bytes behind end that were on the wire and were not captured */
	uint8_t bad;		/* enum cur_bad */
	uint8_t buffer;		/* which of the packet's buffers base is the start of (dissect.h) */
};

static inline struct cursor cur_init(const void *bytes, size_t len, uint32_t lost, uint8_t buffer)
{
	const uint8_t *b = bytes;
	const uint8_t *end = len ? b + len : b;	/* no bytes may be at NULL */
	return (struct cursor){ .base = b, .pos = b, .end = end, .lost = lost, .buffer = buffer };
}

static inline size_t cur_left(const struct cursor *c)
{
	return (size_t)(c->end - c->pos);
}

/* Bytes left on the wire: those captured and those lost. */
static inline size_t cur_wire(const struct cursor *c)
{
	return cur_left(c) + c->lost;
}

static inline uint32_t cur_off(const struct cursor *c)
{
	return (uint32_t)(c->pos - c->base);
}

static inline bool cur_ok(const struct cursor *c)
{
	return c->bad == CUR_OK;
}

/* Latches why n bytes cannot be read. Not inline: it is rare, and reads are everywhere. */
void cur_fail(struct cursor *c, size_t n);

/* True if n bytes can be read; otherwise latches the reason. False for ever after a failure. */
static inline bool cur_have(struct cursor *c, size_t n)
{
	if (__builtin_expect(c->bad == CUR_OK && n <= cur_left(c), 1))
		return true;
	cur_fail(c, n);
	return false;
}

/* The next n bytes, consumed; NULL when they are not there. */
static inline const uint8_t *cur_bytes(struct cursor *c, size_t n)
{
	const uint8_t *p = c->pos;
	if (!cur_have(c, n))
		return NULL;
	c->pos += n;
	return p;
}

static inline void cur_skip(struct cursor *c, size_t n)
{
	(void)cur_bytes(c, n);
}

/* Looks at n bytes without consuming them or latching anything; NULL when they are not there. */
static inline const uint8_t *cur_peek(const struct cursor *c, size_t n)
{
	return c->bad == CUR_OK && n <= cur_left(c) ? c->pos : NULL;
}

static inline uint8_t cur_u8(struct cursor *c)
{
	const uint8_t *p = cur_bytes(c, 1);
	return p ? p[0] : 0;
}

static inline uint16_t cur_u16(struct cursor *c)
{
	const uint8_t *p = cur_bytes(c, 2);
	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t cur_u24(struct cursor *c)
{
	const uint8_t *p = cur_bytes(c, 3);
	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t cur_u32(struct cursor *c)
{
	const uint8_t *p = cur_bytes(c, 4);
	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t cur_u64(struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 8);
	if (!p) {
		(void)cur_have(c, 8);
		return 0;
	}
	uint64_t hi = cur_u32(c);
	return hi << 32 | cur_u32(c);
}

/*
 * A child over the next n bytes, which the parent consumes: an inner parser cannot leave its
 * vector. When the capture lost a part of them the child holds what is there, with lost set;
 * when they were never on the wire the child is empty and both are CUR_PAST.
 */
static inline struct cursor cur_sub(struct cursor *c, size_t n)
{
	struct cursor sub = *c;
	if (c->bad == CUR_OK && n <= cur_left(c)) {
		sub.end = c->pos + n;
		sub.lost = 0;
		c->pos += n;
	} else if (c->bad == CUR_OK && n <= cur_wire(c)) {
		sub.lost = (uint32_t)(n - cur_left(c));
		c->lost -= sub.lost;
		c->pos = c->end;
	} else {
		if (c->bad == CUR_OK)
			c->bad = CUR_PAST;
		sub.end = sub.pos;
		sub.lost = 0;
		sub.bad = c->bad;
	}
	return sub;
}

/*
 * Shortens the cursor to the n bytes that an inner length field promises (link-layer padding
 * behind them goes out of reach). False, and nothing changes, when n is more than the wire held.
 */
static inline bool cur_trim(struct cursor *c, size_t n)
{
	size_t left = cur_left(c);
	if (n <= left) {
		c->end = c->pos + n;
		c->lost = 0;
		return true;
	}
	if (n > cur_wire(c))
		return false;
	c->lost = (uint32_t)(n - left);
	return true;
}

/* Takes over a child's failure. */
static inline void cur_join(struct cursor *parent, const struct cursor *child)
{
	if (parent->bad == CUR_OK)
		parent->bad = child->bad;
}

#endif

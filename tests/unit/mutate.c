/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutate: captures that lie. */
#include "mutate.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static uint32_t below(uint64_t *seed, uint32_t n)
{
	return n ? unit_random(seed) % n : 0;
}

void mutate_cut(struct frames *to, const struct frames *from, uint32_t snaplen)
{
	*to = (struct frames){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		const struct frame *f = &from->at[i];
		frames_add(to, f, f->bytes, f->caplen < snaplen ? f->caplen : snaplen, f->len);
	}
}

void mutate_lose(struct frames *to, const struct frames *from, uint32_t one_of, uint64_t seed)
{
	*to = (struct frames){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		const struct frame *f = &from->at[i];
		if (below(&seed, one_of))
			frames_add(to, f, f->bytes, f->caplen, f->len);
	}
}

/* ---- one frame: n bytes at b, room for `room` ---- */

static void turn_bits(uint8_t *b, uint32_t n, uint64_t *seed)
{
	for (uint32_t turns = 1 + below(seed, 6); turns && n; turns--)
		b[below(seed, n)] ^= (uint8_t)(1u << below(seed, 8));
}

/* Where most headers are, or anywhere. */
static uint32_t place(uint32_t n, uint64_t *seed)
{
	return below(seed, below(seed, 2) && n > 80 ? 80 : n);
}

/* Bytes and pairs of bytes that lengths and counts break on. */
static void lie(uint8_t *b, uint32_t n, uint64_t *seed)
{
	static const uint8_t edge[] = { 0, 0xff, 1, 0x7f, 0x80, 0xc0, 0xfe };
	for (uint32_t turns = 1 + below(seed, 3); turns && n > 1; turns--) {
		uint32_t at = place(n - 1, seed);
		uint8_t value = edge[below(seed, sizeof edge)];
		b[at] = value;
		if (below(seed, 2))
			b[at + 1] = value;
	}
}

static uint32_t splice(uint8_t *b, uint32_t n, uint32_t room, const struct frame *other,
		       uint64_t *seed)
{
	uint32_t at = place(n, seed), from = place(other->caplen, seed);
	uint32_t len = other->caplen - from;
	if (len > room - at)
		len = room - at;
	if (len)
		memcpy(b + at, other->bytes + from, len);
	return at + len;
}

static uint32_t insert(uint8_t *b, uint32_t n, uint32_t room, uint64_t *seed)
{
	uint32_t at = place(n, seed), len = 1 + below(seed, 16);
	if (len > room - n)
		return n;
	memmove(b + at + len, b + at, n - at);
	for (uint32_t i = 0; i < len; i++)
		b[at + i] = (uint8_t)below(seed, 256);
	return n + len;
}

static uint32_t drop(uint8_t *b, uint32_t n, uint64_t *seed)
{
	uint32_t at = place(n, seed), len = 1 + below(seed, 16);
	if (at >= n)
		return n;
	if (len > n - at)
		len = n - at;
	memmove(b + at, b + at + len, n - at - len);
	return n - len;
}

static void mutate_one(struct frames *to, const struct frames *from, size_t i, uint64_t *seed)
{
	const struct frame *f = &from->at[i];
	uint32_t n = f->caplen, room = n + 2000, lost = f->len - n;
	uint8_t *b = xmalloc(room);
	memcpy(b, f->bytes, n);
	switch (below(seed, 8)) {
	case 0:
		turn_bits(b, n, seed);
		break;
	case 1:
	case 2:
		lie(b, n, seed);
		break;
	case 3:		/* shorter on the wire */
		n = below(seed, n + 1);
		break;
	case 4:		/* cut by the capture */
		lost += n;
		n = below(seed, n + 1);
		lost -= n;
		break;
	case 5:
		n = splice(b, n, room, &from->at[below(seed, (uint32_t)from->n)], seed);
		break;
	case 6:
		n = insert(b, n, room, seed);
		break;
	default:
		n = drop(b, n, seed);
	}
	frames_add(to, f, b, n, n + lost);
	free(b);
}

void mutate_frames(struct frames *to, const struct frames *from, uint32_t one_of, uint64_t seed)
{
	*to = (struct frames){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		const struct frame *f = &from->at[i];
		uint32_t kind = below(&seed, one_of) ? 9 : below(&seed, 9);
		if (kind < 7) {
			mutate_one(to, from, i, &seed);
			continue;
		}
		frames_add(to, f, f->bytes, f->caplen, f->len);
		if (kind == 7) {
			frames_add(to, f, f->bytes, f->caplen, f->len);
		} else if (kind == 8 && to->n > 1) {
			struct frame swap = to->at[to->n - 1];
			to->at[to->n - 1] = to->at[to->n - 2];
			to->at[to->n - 2] = swap;
		}
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window: the bytes of an input that are in memory now.
 *
 * A window that goes through a large file in order has two rooms: while the bytes in one are
 * looked at, the ones behind them are read into the other (ahead.h). What is left at the end of
 * a room, the beginning of a block, is copied in front of the next:
 *
 *	| lead ....left| what was read |
 */
#ifndef OSI_CAPTURE_WINDOW_H
#define OSI_CAPTURE_WINDOW_H

#include "capture/input.h"

enum {
	WINDOW_SIZE = 1 << 20,		/* in order; stays in the cache: 4 MiB took 15 % longer */
	WINDOW_LEAD = 128 << 10,	/* most that is copied; more is read again */
	WINDOW_SOON = 192,		/* the headers of a packet and of its block */
	WINDOW_SIDE = 256 << 10,	/* single frames */
	WINDOW_AHEAD = 2 * WINDOW_SIZE	/* a smaller file is read before a thread has begun */
};

struct ahead;

struct window {
	const uint8_t *bytes;	/* in one of the rooms */
	uint64_t at;		/* offset of the first byte */
	size_t filled;
	size_t normal;		/* bytes that are read at once */
	size_t lead;		/* 0: nothing is read ahead */
	struct window_room { uint8_t *bytes; size_t size; } room[2];	/* owned */
	unsigned turn;		/* the room that `bytes` is in */
	struct ahead *ahead;	/* owned; NULL until it is of use */
	uint64_t asked;		/* offset of what is being read ahead; 0: nothing is */
};

void window_free(struct window *w);
const uint8_t *window_fill(struct window *w, struct input *in, uint64_t at, size_t n);

/* n bytes at an offset, borrowed until the next call; NULL when the input ends before them. */
static inline const uint8_t *window_get(struct window *w, struct input *in, uint64_t at, size_t n)
{
	uint64_t skip = at - w->at;	/* wraps to a huge number before the window */
	if (skip <= w->filled && n <= w->filled - (size_t)skip)
		return w->bytes + skip;
	return window_fill(w, in, at, n);
}

/*
 * What stands at an offset is wanted soon: its head comes into the cache while the packet before it
 * is looked at. (The thread that read it did so on another core.)
 */
static inline void window_soon(const struct window *w, uint64_t at)
{
	uint64_t skip = at - w->at;
	if (skip >= w->filled)
		return;
	for (unsigned line = 0; line < WINDOW_SOON; line += 64)
		__builtin_prefetch(w->bytes + skip + line);	/* beyond the end it does nothing */
}

#endif

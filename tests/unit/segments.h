/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * segments: the same bytes in other packets: TCP segments cut, shuffled, sent twice, overlapping,
 * with other sequence numbers; IP datagrams in fragments.
 */
#ifndef OSI_TESTS_SEGMENTS_H
#define OSI_TESTS_SEGMENTS_H

#include "frames.h"

/* Where things are in an Ethernet frame that holds a whole TCP segment. */
struct segment {
	uint32_t ip, tcp, payload, end;	/* offsets in the frame */
	uint32_t seq, n;		/* n: bytes of payload */
	uint8_t flags;
	bool v6;
	uint8_t key[36];	/* addresses and ports, sender first */
};

enum { SEG_FIN = 1, SEG_SYN = 2, SEG_RST = 4, SEG_ACK = 16 };

/* False when the frame is something else, or cut, or a fragment. */
bool segment_of(struct segment *s, const struct frame *f);
bool segment_same_way(const struct segment *a, const struct segment *b);

struct recut {
	uint64_t seed;
	uint32_t piece;		/* most bytes of a piece, at least 1; pieces are of random size */
	bool exact;		/* pieces of exactly that size */
	bool shuffle;		/* pieces of a segment in random order, neighbours change places */
	bool twice;		/* some pieces come again */
	bool overlap;		/* some pieces hold bytes of those before and behind them */
	bool wrap;		/* sequence numbers of connections that are whole wrap */
};

/*
 * The frames with their TCP segments cut. Where the beginning of a connection is not there the
 * order stays: nobody could tell which bytes are first.
 */
void segments_recut(struct frames *to, const struct frames *from, const struct recut *how);

/* The bytes [off, off + n) of a segment's payload in a packet of their own. */
void segments_piece(struct frames *to, const struct frame *f, const struct segment *s,
		    uint32_t off, uint32_t n);

struct refragment {
	uint64_t seed;
	uint32_t piece;		/* most bytes of a fragment, at least 8 */
	bool shuffle, twice, overlap;
};

/* The frames with their IP datagrams in fragments, where there is enough to cut. */
void fragments_cut(struct frames *to, const struct frames *from, const struct refragment *how);

#endif

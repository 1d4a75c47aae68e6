/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow: the working state of a TCP connection or a UDP conversation. The table holds at most
 * FLOWS_MAX; beyond that the one that was silent for longest is ended. What is kept for ever
 * is struct conn (session.h).
 */
#ifndef OSI_ENGINE_FLOW_H
#define OSI_ENGINE_FLOW_H

#include "dissect.h"

enum {
	FLOWS_MAX = 1 << 16,
	FLOWS_CALM = 1 << 12,	/* above this number a flow that was silent for FLOW_IDLE ends */
	FLOW_IDLE = 120,	/* seconds of the capture's time */
	OOO_MAX = 1 << 20,	/* most bytes that wait for a gap to fill, a direction */
	OOO_PIECES = 2048
};

/* Bytes that arrived before those in front of them. */
struct piece {
	struct piece *next;
	uint32_t seq, len, frame;
	uint8_t bytes[];
};

/* What tells a retransmission from news, as Wireshark counts it. */
struct half_track {
	int64_t next_seq_time, last_ack_time;
	uint32_t next_seq;	/* behind the highest byte sent */
	uint32_t last_ack;
	uint32_t window;	/* raw, of the last packet */
	uint8_t shift;		/* window scale + 1, 0 unknown */
	uint8_t dup_acks;
	bool seen, acked, keep_alive;
};

struct half_stream {
	struct half h;		/* first: what a stream protocol sees */
	uint32_t next;		/* sequence number of the next byte in order */
	bool started;		/* next is known */
	bool lost;		/* the protocol lost its way: it begins anew at the next segment */
	bool fin_seen;
	bool due;		/* a skip has ended: call, even with nothing to read */
	uint32_t fin;		/* sequence number of the FIN */
	uint64_t skip;		/* opaque bytes still to come */
	uint64_t skipped;	/* those that came, or were lost, since the last call */
	uint32_t need;		/* no use in calling before this many bytes are there */

	uint8_t *tail;		/* an unfinished message */
	uint32_t tail_len, tail_size;
	uint32_t tail_seq, tail_frame;	/* where it began; the first frame that holds a part */

	uint8_t *kept;		/* half_keep() */
	uint32_t kept_len, kept_size, kept_seq, kept_frame;
	struct cursor kept_at;	/* the same bytes in a buffer of frame kept_now */
	uint32_t kept_now;

	struct piece *ooo, *ooo_last;	/* sorted by seq; overlaps are cut when they are taken */
	uint32_t ooo_bytes, ooo_pieces;

	/* Of the call that is under way. */
	const uint8_t *call_pos;	/* the byte with sequence number call_seq */
	uint32_t call_seq, call_frame;
	uint64_t want_skip;
	uint32_t want_need, kept_bytes;
	bool used_kept, quiet;
};

struct flow_key {
	uint8_t addr[2][16];	/* the lower one first */
	uint16_t port[2];
	uint8_t len, proto;
	uint8_t zero[2];
};

/*
 * What every packet looks at stands first; a UDP conversation uses nothing behind it, and most
 * conversations of a capture are two packets of DNS: the rest of their memory is never touched.
 */
struct flow {
	struct flow_key key;
	uint32_t hash;
	uint32_t id;		/* number in session.conns */
	struct flow *next, *prev;	/* by use, the latest first */
	int64_t last_time;
	uint64_t state;		/* the protocol's, both directions */
	uint32_t connection;	/* from 1; 0 none */
	uint32_t last_frame;
	uint8_t low_is;		/* the direction in which key.addr[0] is the sender */
	uint8_t proto;		/* 6, 17 */
	uint8_t app;		/* protocol number, 0 not known */
	uint8_t hosts_told;	/* bit a direction: EV_HOST was emitted */

	/* TCP only */
	bool syn, synack, established;
	uint8_t opener;		/* the direction of the SYN, when one was seen */
	bool fin[2];
	bool isn_known[2];
	uint32_t isn[2];
	struct half_track track[2];
	struct half_stream half[2];
};

/* The hash stands beside the pointer: a probe that fails does not touch the flow. */
struct flow_slot { struct flow *flow; uint32_t hash; };

struct flow_table {
	struct flow_slot *slot;	/* open addressing; as few as will do: they stay in the cache */
	uint32_t n_slots, count;
	struct flow *first, *last;
	struct flow *free_list;
	struct flow **block;	/* pool, in blocks */
	uint32_t n_blocks, used;
};

struct engine;

/*
 * The flow of the packet's addresses and ports; made if it is new (*is_new). Sets d->dir.
 */
struct flow *flow_find(struct engine *e, bool *is_new);
/* Takes a flow out of the table (a new connection with the same ports, or the table is full). */
void flow_drop(struct engine *e, struct flow *f);
void flow_table_reset(struct engine *e);

#endif

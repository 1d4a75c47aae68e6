/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dissect.h: the one header that a protocol file includes.
 *
 * A protocol is one const `struct protocol` at the bottom of its file, named in all.c. Its
 * functions read with a cursor. The same function serves every purpose: scanning a gigabyte
 * (nothing wanted), a line a packet (info wanted), the field tree, JSON and the bytes (fields
 * wanted): take_*() reads, checks bounds, advances and, when fields are wanted, records the field
 * with its byte range. What a page visit is a protocol does not know: it emits facts (events).
 *
 * The rules: read with the cursor only, no pointer arithmetic, no casts of bytes to structs, no
 * pointer kept. A run of reads needs one check, cur_ok(c), before acting on what was read. Every
 * loop consumes at least a byte a turn; every list, depth and buffer has a cap, and reaching it
 * is note(d, NOTE_LIMIT).
 *
 * A protocol of datagrams needs "what a protocol is", "reading" and "saying" only.
 */
#ifndef OSI_DISSECT_H
#define OSI_DISSECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/strbuf.h"
#include "engine/event.h"
#include "engine/note.h"
#include "fmt/i18n.h"

struct dissect;
struct half;
struct flow;

/* ---- what a protocol is ------------------------------------------------------------------ */

/* A bit set of OSI layers: OSI(2), OSI(5)|OSI(6). */
#define OSI(n) (1u << (n))

enum ftype {	/* Wireshark's FT_ types that go with each: tests/lint/fields */
	F_NONE,		/* a heading: holds other fields, or only marks bytes */
	F_UINT,		/* 1 to 8 bytes; shown in decimal */
	F_HEX,		/* the same, shown in hexadecimal */
	F_INT,		/* signed, two's complement of the bytes that are taken */
	F_BOOL,		/* 0 or 1 */
	F_MAC, F_IPV4, F_IPV6,
	F_TEXT,		/* text of the packet, any bytes: escaped where it is shown */
	F_BYTES,	/* opaque */
	F_TIME,		/* a moment: signed nanoseconds since 1970; the tree shows the date, JSON seconds */
	F_RELTIME	/* a duration, nanoseconds */
};

struct value_name { uint64_t value; const char *name; };

struct field {
	const char *name;	/* Wireshark's display-filter name; our own begin with "osi." */
	const char *label;	/* N_("Opcode") */
	enum ftype type;
	uint64_t mask;		/* the bits it takes of what was read; 0: all */
	const struct value_name *names;	/* ended by a row without name; may be NULL */
	const char *help;	/* what a learner wants to know; N_(), may be NULL */
};

/*
 * A failed cursor speaks for itself: it is noted as cut or malformed whatever is returned. MALFORMED
 * is for what the cursor cannot see. Inside a quoted packet or a fragment it is not noted.
 */
enum verdict {
	DONE,		/* nothing follows, or the rest is data */
	NEXT,		/* the next protocol was named with next_*() and begins at the cursor */
	SHORT,		/* stream: needs more bytes than there are; packet: ends early because it was cut */
	MALFORMED	/* the protocol lied: a note is put on the packet */
};

enum probe { PROBE_NO, PROBE_MORE, PROBE_YES };

/*
 * What a protocol is found by. BY_TCP and BY_UDP are ports of either side; the lower one is asked
 * first. Of two protocols with the same number the first in all.c has it.
 */
enum binding_kind { BY_LINK, BY_ETHERTYPE, BY_LLC, BY_IPPROTO, BY_UDP, BY_TCP };
struct binding { enum binding_kind by; uint32_t value; };

struct protocol {
	const char *name;	/* Wireshark's short name: "arp" */
	const char *title;	/* "Address Resolution Protocol" */
	const char *help;	/* one paragraph for the learner, N_() */
	uint32_t osi;		/* OSI(2); TLS is OSI(5) | OSI(6) */
	const struct field *fields;
	uint16_t n_fields;
	const struct binding *binds;
	uint8_t n_binds;

	/* One packet's worth: header fields; then DONE, or NEXT with the cursor at the payload. */
	enum verdict (*packet)(struct dissect *d, struct cursor *c);

	/* Is this the beginning of a stream (or, over UDP, a datagram) of this protocol? */
	enum probe (*probe)(const uint8_t *bytes, size_t n);
	bool only_by_port;	/* the probe is only asked on its own ports, to say no */
	bool port_decides;	/* on its own ports no probe is asked: it is for the others */

	/*
	 * Stream: eats whole messages from the cursor and leaves the unfinished tail, which comes
	 * again in front of the next bytes. See "streams" below.
	 */
	enum verdict (*stream)(struct dissect *d, struct half *h, struct cursor *c);
	uint32_t tail_max;	/* most bytes of an unfinished message that are kept */
};

#define FIELDS(array) .fields = (array), .n_fields = sizeof(array) / sizeof(array)[0]
#define BINDS(array) .binds = (array), .n_binds = sizeof(array) / sizeof(array)[0]

/* all.c: every protocol, ended by NULL. A protocol's number is its place there + 1; 0 is none. */
extern const struct protocol *const all_protocols[];

const struct protocol *protocol_at(uint8_t number);	/* NULL for 0 and unknown numbers */
uint8_t protocol_number(const struct protocol *p);	/* 0 when it is not in the list */

/* ---- one packet being dissected ------------------------------------------------------------ */

enum want { WANT_FIELDS = 1, WANT_INFO = 2 };

enum {
	MAX_LAYERS = 16, MAX_ITEMS = 20000, MAX_BUFFERS = 64, MAX_PACKET_NOTES = 16,
	MAX_TEXT = 1 << 20, MAX_INFO = 512
};

/* The buffers that byte ranges name. Number 0 is the frame. */
enum buffer_kind { BUF_FRAME, BUF_REASSEMBLED, BUF_DEFRAGMENTED, BUF_DECRYPTED, BUF_DECOMPRESSED };

struct buffer {
	enum buffer_kind kind;
	const uint8_t *bytes;
	uint32_t len;
	const char *label;	/* N_("Reassembled TCP") */
};

struct range { uint8_t buffer; uint32_t off, len; };

enum { NO_BUFFER = 0xff };

/* A field of this packet with its value. Items stand in the order of the tree, depth first. */
struct item {
	const struct field *field;
	uint64_t value;		/* numbers (masked and shifted), times; else a text offset, if has_text */
	uint32_t off, len;	/* byte range in its buffer; len 0: derived, not in the bytes */
	uint32_t text_len;
	uint8_t buffer, depth, layer;
	bool has_text;		/* value is an offset into d->text, text_len bytes */
};

struct layer {
	const struct protocol *protocol;
	uint32_t off, len;	/* header and what it adds, in its buffer; len is filled at the end */
	uint8_t buffer;
	uint8_t number;		/* the protocol's */
	bool quoted;		/* inside an ICMP error */
	uint32_t first_item;	/* its items begin here */
};

struct note_on { enum note note; uint8_t layer; };

/* Addresses of the innermost network and transport layers, for flows. Bytes are copies. */
struct address { uint8_t len; uint8_t bytes[16]; };	/* len 4 IPv4, 16 IPv6, 6 MAC, 0 none */

struct tcp_segment {	/* what tcp.c read, for the engine */
	uint32_t seq, ack;
	uint16_t flags, window;
	uint8_t header_len;
	uint8_t window_shift;	/* SYN: the option's shift + 1, 0 none */
	uint16_t mss;		/* SYN: 0 none */
	uint32_t len;		/* payload bytes on the wire */
};

struct dissect {
	unsigned want;		/* enum want, or-ed */
	bool detail;		/* one frame by itself, without its flow's memory */

	/* The frame. */
	uint32_t frame;		/* from 1 */
	int64_t time;		/* nanoseconds since 1970 */
	uint32_t caplen, len, link;
	uint32_t comment;	/* number of the capture's comment on it + 1; 0 none */

	/* What the layers so far have found. Filled by the protocol that knows it. */
	struct address mac_src, mac_dst;
	struct address src, dst;	/* network layer */
	uint16_t sport, dport;
	uint8_t ip_proto;
	uint8_t ttl;
	uint8_t quoted;		/* > 0 inside the packet that an ICMP error quotes: emit nothing */
	bool fragment;		/* an IP fragment that does not complete its datagram */
	bool bad_offload;	/* lengths or checksums were left to the network card */
	struct tcp_segment tcp;

	/* The next protocol, set by next_*(). */
	enum binding_kind next_by;
	uint32_t next_value;
	uint8_t next_number;	/* the protocol's own number when it is known; else 0 */

	struct layer layers[MAX_LAYERS];
	uint8_t n_layers;
	struct note_on notes[MAX_PACKET_NOTES];
	uint8_t n_notes;
	struct strbuf info;	/* the Info column; MAX_INFO bytes */
	uint8_t info_layer;	/* n_layers when it was written */

	/* Fields, when wanted. */
	struct item *items;	/* MAX_ITEMS */
	uint32_t n_items;
	uint8_t depth;
	struct range last;	/* of the last take_*() or put_*() */
	char *text;		/* MAX_TEXT: values that are not bytes of a buffer */
	uint32_t n_text;
	struct buffer buffers[MAX_BUFFERS];
	uint8_t n_buffers;

	struct flow *flow;	/* the TCP or UDP flow, NULL outside one */
	uint32_t flow_id;	/* its number (session.conns); NO_FLOW outside one */
	uint32_t connection;	/* connection number (TCP, QUIC) from 1; 0 none */
	uint8_t dir;		/* 0: from the side that spoke first */
	struct engine *engine;
};

static inline bool want_fields(const struct dissect *d)
{
	return d->want & WANT_FIELDS;
}

static inline bool want_info(const struct dissect *d)
{
	return d->want & WANT_INFO;
}

/* What a failed run of reads means: the capture ended early, or the packet lied. */
static inline enum verdict verdict_of(const struct cursor *c)
{
	return cur_ok(c) ? DONE : c->bad == CUR_CUT ? SHORT : MALFORMED;
}

/* ---- reading -------------------------------------------------------------------------------- */
/*
 * Each reads from c, advances, records the field f (NULL: records nothing) when fields are
 * wanted and the read was good, and returns the value (0 or NULL after a failure). With a mask
 * in f the recorded and returned value is (raw & mask) shifted down. d->last becomes its range
 * (only when fields are wanted); after a failed read it has NO_BUFFER, and what is put over it
 * (put_bits(), put_uint(d, f, d->last, ...)) is not recorded either.
 */
void keep_uint(struct dissect *d, const struct cursor *c, unsigned bytes, const struct field *f,
		 uint64_t raw);
void keep_bytes(struct dissect *d, const struct cursor *c, size_t n, const struct field *f);

/* The bits of a mask, shifted down. */
static inline uint64_t masked(uint64_t raw, uint64_t mask)
{
	return mask ? (raw & mask) >> __builtin_ctzll(mask) : raw;
}

static inline uint64_t take_done(struct dissect *d, const struct cursor *c, unsigned bytes,
				 const struct field *f, uint64_t raw)
{
	if (__builtin_expect(want_fields(d), 0))
		keep_uint(d, c, bytes, f, raw);
	return f ? masked(raw, f->mask) : raw;
}

/* 1 to 8 bytes, in network order and the other way round. */
uint64_t take_uint(struct dissect *d, struct cursor *c, unsigned bytes, const struct field *f);
uint64_t take_le(struct dissect *d, struct cursor *c, unsigned bytes, const struct field *f);

static inline uint8_t take_u8(struct dissect *d, struct cursor *c, const struct field *f)
{
	uint8_t v = cur_u8(c);
	return (uint8_t)take_done(d, c, 1, f, v);
}
static inline uint16_t take_u16(struct dissect *d, struct cursor *c, const struct field *f)
{
	uint16_t v = cur_u16(c);
	return (uint16_t)take_done(d, c, 2, f, v);
}
static inline uint32_t take_u24(struct dissect *d, struct cursor *c, const struct field *f)
{
	uint32_t v = cur_u24(c);
	return (uint32_t)take_done(d, c, 3, f, v);
}
static inline uint32_t take_u32(struct dissect *d, struct cursor *c, const struct field *f)
{
	uint32_t v = cur_u32(c);
	return (uint32_t)take_done(d, c, 4, f, v);
}
static inline uint64_t take_u64(struct dissect *d, struct cursor *c, const struct field *f)
{
	uint64_t v = cur_u64(c);
	return take_done(d, c, 8, f, v);
}
static inline const uint8_t *take_bytes(struct dissect *d, struct cursor *c, size_t n,
					const struct field *f)
{
	const uint8_t *p = cur_bytes(c, n);
	if (__builtin_expect(want_fields(d), 0))
		keep_bytes(d, c, n, f);
	return p;
}
static inline const uint8_t *take_text(struct dissect *d, struct cursor *c, size_t n,
				       const struct field *f)
{
	return take_bytes(d, c, n, f);
}
static inline const uint8_t *take_mac(struct dissect *d, struct cursor *c, const struct field *f)
{
	return take_bytes(d, c, 6, f);
}
static inline const uint8_t *take_ipv4(struct dissect *d, struct cursor *c, const struct field *f)
{
	return take_bytes(d, c, 4, f);
}
static inline const uint8_t *take_ipv6(struct dissect *d, struct cursor *c, const struct field *f)
{
	return take_bytes(d, c, 16, f);
}

/* The rest of the cursor as opaque bytes of field f; nothing when there are none. */
void take_rest(struct dissect *d, struct cursor *c, const struct field *f);

void keep_item(struct dissect *d, const struct field *f, struct range r, uint64_t value);
void keep_text(struct dissect *d, const struct field *f, struct range r, const void *s, size_t n);

/* A value over a range of its own. {0} as range: derived, not in the bytes. */
static inline void put_uint(struct dissect *d, const struct field *f, struct range r, uint64_t value)
{
	if (__builtin_expect(want_fields(d), 0))
		keep_item(d, f, r, value);
}
/* Text or bytes; over a number or a time: words instead of it, in the tree and in JSON. */
static inline void put_text(struct dissect *d, const struct field *f, struct range r, const void *s,
			    size_t n)
{
	if (__builtin_expect(want_fields(d), 0))
		keep_text(d, f, r, s, n);
}

/* More of what was just taken: masked fields of the raw value, over the range d->last. */
static inline void put_bits(struct dissect *d, const struct field *f, uint64_t raw)
{
	if (__builtin_expect(want_fields(d), 0))
		keep_item(d, f, d->last, masked(raw, f->mask));
}

/* Byte ranges: from `start` (a cur_off() taken before) to where c stands now. */
static inline struct range range_from(const struct cursor *c, uint32_t start)
{
	return (struct range){ .buffer = c->buffer, .off = start, .len = cur_off(c) - start };
}
static inline struct range range_of(const struct cursor *c, uint32_t off, uint32_t len)
{
	return (struct range){ .buffer = c->buffer, .off = off, .len = len };
}

/*
 * A subtree: fields recorded between open and close stand one level deeper, below the heading f.
 * tree_close() sets the heading's range from where the cursor was at tree_open() to where it is
 * now. Returns a handle; costs nothing when fields are not wanted. Always close what was opened.
 */
uint32_t tree_open(struct dissect *d, const struct cursor *c, const struct field *f);
void tree_close(struct dissect *d, const struct cursor *c, uint32_t handle);
/* A text that stands behind a heading or field ("www.lab.test: type A"): its value as shown. */
void tree_text(struct dissect *d, uint32_t handle, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Below the item recorded last (a bit field's parts below the flags byte): depth +1 and -1. */
static inline void tree_in(struct dissect *d)
{
	d->depth++;
}
static inline void tree_out(struct dissect *d)
{
	d->depth--;
}

/* The value as bytes, wherever it is (buffer or text); *n its length. */
const uint8_t *item_bytes(const struct dissect *d, const struct item *it, size_t *n);

/* ---- saying --------------------------------------------------------------------------------- */

/* A named note on the packet (engine/note.def), once per packet and layer. */
void note(struct dissect *d, enum note n);
/* The packet breaks a rule and is read on all the same. Not said of what an ICMP error quotes. */
void note_malformed(struct dissect *d);
/* The Info column: a layer that says something replaces what the layers below it said. */
void info_set(struct dissect *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* More of the same layer, ", " between (a second TLS record in the same packet). */
void info_add(struct dissect *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text of the packet inside info: only ever through this (escapes happen where it is shown). */
const char *text_of(struct dissect *d, const void *bytes, size_t n);	/* until the next packet */
const char *ip_text(struct dissect *d, const void *bytes, size_t len);	/* 4, 6 or 16 bytes */
/* "Name (5)" or "Unknown (5)" out of a table; value_name() gives NULL when it is not there. */
const char *value_name(const struct value_name *names, uint64_t value);
const char *value_text(struct dissect *d, const struct value_name *names, uint64_t value);

/* A fact for the story (engine/event.h). Nothing inside a quoted packet, nothing in detail. */
void emit(struct dissect *d, enum event_kind kind, uint32_t a, uint32_t b);
void emit_c(struct dissect *d, enum event_kind kind, uint32_t a, uint32_t b, uint16_t c);
/* Strings in events are numbers of the session's table. */
uint32_t intern(struct dissect *d, const void *bytes, size_t n);

/* ---- going on -------------------------------------------------------------------------------- */

/* Names the next protocol; use as `return next_by(d, BY_ETHERTYPE, type);` (gives NEXT). */
enum verdict next_by(struct dissect *d, enum binding_kind by, uint32_t value);
enum verdict next_is(struct dissect *d, const struct protocol *p);
/* The rest of the cursor, and what is inside it, is a packet that an ICMP error quotes. */
enum verdict next_quoted(struct dissect *d, enum binding_kind by, uint32_t value);

/* Another buffer for byte ranges: bytes must live until the next packet (dissect_alloc). */
uint8_t buffer_add(struct dissect *d, enum buffer_kind kind, const char *label,
		   const uint8_t *bytes, size_t n);
/* Scratch memory until the next packet; NULL above a cap of 16 MiB a packet. */
void *dissect_alloc(struct dissect *d, size_t n);

/* ---- transport -------------------------------------------------------------------------------- */

/* What tcp.c shows of the flow. Sequence numbers count from the initial ones. */
struct flow_facts { uint32_t stream, isn, peer_isn; uint8_t shift; /* + 1; 0 not known */ };

/* Called by tcp.c when d->tcp holds ports, numbers and flags; false outside a flow (quoted). */
bool transport_flow(struct dissect *d, struct flow_facts *facts);

/*
 * Called by tcp.c after the header (d->tcp complete): analysis notes, reassembly, the stream
 * protocol. The cursor holds the payload.
 */
enum verdict transport_tcp(struct dissect *d, struct cursor *payload);
/* Called by udp.c: flow, then the datagram's protocol by port or probe. */
enum verdict transport_udp(struct dissect *d, struct cursor *payload);

/* Over UDP: this flow is a connection (QUIC) and gets the next connection number. */
void connection_number(struct dissect *d);

/*
 * IP fragments (RFC 791, RFC 8200 section 4.5). The cursor holds this fragment's data. When the
 * datagram is whole, *c becomes a cursor over the reassembled buffer and true is returned; else
 * d->fragment is set. `id` is the identification field.
 */
bool defragment(struct dissect *d, struct cursor *c, uint32_t id, uint32_t offset, bool more);

/* ---- streams ------------------------------------------------------------------------------------ */
/*
 * A stream function gets what is contiguous. It consumes whole messages; what it leaves comes
 * again with more behind it. It keeps nothing but h->state (16 bytes) and flow_state() (8 bytes,
 * both directions), both zero at the start: they are saved with every message, so that one
 * message can be dissected again without replaying its flow. Therefore: change state only for
 * messages that were consumed.
 *
 * Returns DONE when it took all it could (also with a tail left), MALFORMED when this is not its
 * protocol any more (the stream is then probed again behind it), NEXT when what begins at the
 * cursor is another protocol's (a tunnel): then the others are asked whose bytes they are.
 *
 * A message is shown on the packet that completes it. A message too large to keep (an HTTP body)
 * is skipped with half_skip(); what must be shown at its end is put aside with half_keep().
 * After a skip the function is called even when nothing is left to read: the message may be
 * complete. When the direction ends (h->ended) a skip of UINT64_MAX ends with it, and a function
 * that keeps something is called once more.
 */
struct half {
	uint8_t state[16] __attribute__((aligned(8)));	/* the protocol's */
	uint8_t dir;		/* as d->dir */
	bool ended;		/* FIN seen and everything before it delivered */
	bool gap;		/* the bytes in front of these were never captured: a new beginning */
	/* the engine's own part follows (engine/stream.h) */
};

void *flow_state(struct dissect *d);		/* 8 bytes, aligned, for both directions */

/* Wants at least n bytes from where the cursor stands before it is called again. */
void half_need(struct half *h, size_t n);
/*
 * Behind what was consumed n more bytes are opaque; they are counted, not kept, and the function
 * is called again behind them (at once if they are here). UINT64_MAX: to the end of the stream.
 */
void half_skip(struct half *h, uint64_t n);
/*
 * How many bytes the last half_skip() passed over: fewer than it asked for when the direction
 * ended before. When one frame is shown by itself it is known only if something was kept; else
 * UINT64_MAX.
 */
uint64_t half_skipped(const struct half *h);
/*
 * Puts the n bytes at the cursor aside (consumes them) until half_kept() is called: a head whose
 * body is still to come. One at a time, at most tail_max bytes.
 */
void half_keep(struct dissect *d, struct half *h, struct cursor *c, size_t n);
/*
 * What this call consumes shows nothing yet (the head of a chunk inside a body): the packet gets
 * no layer for it. Consuming by half_keep() alone is quiet by itself.
 */
void half_quiet(struct half *h);
/* What was put aside, as a cursor over a buffer; forgets it. Empty when nothing was. */
struct cursor half_kept(struct dissect *d, struct half *h);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls: Transport Layer Security, its records and their stream (RFC 8446 section 5, RFC 5246
 * section 6, RFC 4346, RFC 2246, and SSL 3.0, RFC 6101).
 *
 *    0               1               2               3               4
 *   +---------------+---------------+---------------+---------------+---------------+
 *   | Content Type  |            Version            |            Length             |
 *   +---------------+---------------+---------------+---------------+---------------+
 *   | what the type says: messages, an alert, or encrypted bytes ...
 *
 * A record is shown on the packet that completes it. One that nobody can read here is never
 * gathered: its header is put aside, its bytes are counted. Handshake messages may be spread over
 * records; such records are left until the last of them is here, so that a message is read in one
 * piece. Records and messages know nothing of each other but a cursor: what decryption opens can
 * be given to tls_messages() as it is.
 */
#include "tls.h"

enum { RECORDS_MAX = 4096 };	/* of one message */

/* ---- handshake messages in records ---- */

/*
 * Whether a handshake record is encrypted is told by what went before; for a connection joined in
 * the middle, by what it looks like: an unknown type, a message above 64 KiB, or the zeros of an
 * explicit nonce. No cipher makes a record below 16 bytes. A ClientHello may come in plain sight
 * behind Change Cipher Spec: the second one of TLS 1.3, whose ServerHello was not captured.
 */
static bool is_encrypted(const struct tls_half *me, const struct tls_record *r, const uint8_t *body)
{
	static const uint8_t nonce[5];
	if (r->length < 16)
		return false;
	size_t message = (size_t)body[1] << 16 | (size_t)body[2] << 8 | body[3];
	if (body[0] == HS_CLIENT_HELLO && message + 4 == r->length && body[4] == 3)
		return false;
	return me->encrypted || !memcmp(body, nonce, sizeof nonce)
		|| !value_name(tls_handshake_names, body[0]) || body[1];
}

enum span { SPAN_WHOLE, SPAN_MORE, SPAN_BROKEN };

/* The records from the cursor on, up to one that ends with a message. */
struct flight { size_t wire, plain; unsigned records; size_t need; bool limit; };

/* Walks over messages; `missing` bytes of one, or `have` bytes of its header, are open. */
static void walk(const uint8_t *p, size_t n, size_t *missing, uint8_t head[4], unsigned *have)
{
	while (n) {
		size_t step = *missing < n ? *missing : n;
		p += step;
		n -= step;
		*missing -= step;
		while (n && !*missing && *have < 4) {
			head[(*have)++] = *p++;
			n--;
		}
		if (*have == 4) {
			*missing = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
			*have = 0;
		}
	}
}

/*
 * Looks for the end. What is needed at least to go on is never more than what there will be, so
 * the message is met on the packet that completes it; and it grows with what is missing, so a
 * message in many small records is not walked over for each of them.
 */
static enum span span_of(const struct cursor *c, struct flight *f)
{
	struct cursor look = *c;
	uint8_t head[4];
	unsigned have = 0;
	size_t missing = 0;
	*f = (struct flight){ .wire = 0 };
	for (;;) {
		struct tls_record r;
		size_t rest = f->records > 1 ? missing + (have ? 4 - have : 0) : 0;
		f->need = f->wire + TLS_HEADER + rest;
		f->limit = f->need > TLS_TAIL_MAX || f->records >= RECORDS_MAX;
		if (f->limit)
			return SPAN_BROKEN;
		if (!tls_record_peek(&look, &r))
			return SPAN_MORE;
		if (r.type != TLS_HANDSHAKE || !tls_is_record(&r))
			return SPAN_BROKEN;
		size_t whole = (size_t)TLS_HEADER + r.length;
		if (f->need < f->wire + whole)
			f->need = f->wire + whole;
		const uint8_t *p = cur_bytes(&look, whole);
		if (!p)
			return SPAN_MORE;
		walk(p + TLS_HEADER, r.length, &missing, head, &have);
		f->wire += whole;
		f->plain += r.length;
		f->records++;
		if (!missing && !have)
			return SPAN_WHOLE;
	}
}

/* A record that holds a part of a message which ends in a later record, or never. */
static void fragment(struct dissect *d, struct cursor *body)
{
	uint32_t tree = tree_open(d, body, &tls_fields[T_HANDSHAKE]);
	cur_skip(body, cur_left(body));
	tree_text(d, tree, "%s", _("part of a message"));
	tree_close(d, body, tree);
}

/* Whole messages in one record, then what cannot be completed. */
static void broken(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	struct tls_record r;
	if (!tls_record_peek(c, &r))
		return;
	uint32_t tree = tls_header_open(d, flow, c, &r);
	struct cursor body = cur_sub(c, r.length), whole = body;
	const uint8_t *p;
	while ((p = cur_peek(&body, 4))) {
		size_t n = 4 + ((size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
		if (!cur_peek(&body, n))
			break;
		cur_skip(&body, n);
	}
	whole.end = body.pos;
	tls_messages(d, flow, &whole);
	if (cur_left(&body)) {
		fragment(d, &body);
		info_add(d, "Handshake fragment");
	}
	tree_close(d, c, tree);
}

/* The messages of several records, put together. */
static void flight(struct dissect *d, struct tls_flow *flow, struct cursor *c, const struct flight *f)
{
	struct tls_record r;
	uint8_t *joined = dissect_alloc(d, f->plain);
	size_t at = 0;
	for (unsigned i = 0; i < f->records && tls_record_peek(c, &r); i++) {
		uint32_t tree = tls_header_open(d, flow, c, &r);
		struct cursor body = cur_sub(c, r.length);
		if (joined && cur_left(&body)) {
			memcpy(joined + at, body.pos, cur_left(&body));
			at += cur_left(&body);
		}
		if (i + 1 < f->records) {
			fragment(d, &body);
		} else if (joined) {
			uint8_t buffer = want_fields(d) ? buffer_add(d, BUF_REASSEMBLED,
				N_("Reassembled handshake message"), joined, at) : 0;
			struct cursor all = cur_init(joined, at, 0, buffer);
			tls_messages(d, flow, &all);
		} else {
			note(d, NOTE_LIMIT);
		}
		tree_close(d, c, tree);
	}
}

/* ---- the stream ---- */

/*
 * The last byte of an opaque record has come. Without its header, which a gap took away, the
 * place in the stream is lost.
 */
static void pending_end(struct dissect *d, struct half *h, struct tls_half *me,
			struct tls_flow *flow, struct cursor *c)
{
	struct cursor head = half_kept(d, h);
	struct tls_record r;
	me->pending = 0;
	if (!tls_record_peek(&head, &r)) {
		me->searching = 1;
		return;
	}
	cur_skip(c, 1);
	uint32_t tree = tls_header_open(d, flow, &head, &r);
	tls_tell_encrypted(d, me, &r);
	tree_close(d, &head, tree);
}

/* True when the record's handshake messages were shown, or when they have to be waited for. */
static bool handshake(struct dissect *d, struct half *h, struct tls_flow *flow, struct cursor *c)
{
	struct flight f;
	enum span s = span_of(c, &f);
	if (s == SPAN_MORE && !h->ended) {
		half_need(h, f.need);
		return false;
	}
	if (s == SPAN_WHOLE && f.records > 1)
		flight(d, flow, c, &f);
	else
		broken(d, flow, c);
	if (f.limit)
		note(d, NOTE_LIMIT);
	return true;
}

/* A record whose end was cut off by the capture: this packet completes it, for all we know. */
static void cut_record(struct dissect *d, struct tls_half *me, struct tls_flow *flow,
		       struct cursor *c, const struct tls_record *r)
{
	const uint8_t *p = cur_peek(c, TLS_HEADER + 5);
	if (r->type != TLS_HANDSHAKE || (p ? is_encrypted(me, r, p + TLS_HEADER) : me->encrypted)) {
		tls_whole_record(d, me, flow, c, r);
		return;
	}
	uint32_t tree = tls_header_open(d, flow, c, r);
	struct cursor body = cur_sub(c, r->length);
	tls_messages(d, flow, &body);
	tree_close(d, c, tree);
}

/* One record; false when there is nothing more to be done now. */
static bool next_record(struct dissect *d, struct half *h, struct cursor *c, const struct tls_record *r)
{
	struct tls_half *me = (struct tls_half *)h->state;
	struct tls_flow *flow = flow_state(d);
	size_t whole = (size_t)TLS_HEADER + r->length;
	const uint8_t *p = cur_peek(c, whole);

	if (!p && c->lost && cur_wire(c) >= whole) {
		cut_record(d, me, flow, c, r);
		return true;
	}
	if (!p && (r->type == TLS_APP_DATA || (r->type == TLS_HANDSHAKE && me->encrypted))) {
		half_keep(d, h, c, TLS_HEADER);
		half_skip(h, r->length - 1u);
		me->pending = 1;
		return false;
	}
	if (!p) {
		half_need(h, whole);
		return false;
	}
	if (r->type == TLS_HANDSHAKE && !is_encrypted(me, r, p + TLS_HEADER))
		return handshake(d, h, flow, c);
	tls_whole_record(d, me, flow, c, r);
	return true;
}

/*
 * Behind a gap: the next place that can be the beginning of a record: here, or farther on if
 * another one stands behind it or the bytes end before. When there is none, the last bytes, which
 * are too few to tell.
 */
static size_t find_record(const struct cursor *c, bool *found)
{
	struct cursor at = *c;
	struct tls_record r, next;
	*found = true;
	while (tls_record_peek(&at, &r)) {
		struct cursor behind = at;
		if (tls_is_record(&r) && (at.pos == c->pos || r.length)) {
			if (at.pos == c->pos || !cur_peek(&behind, (size_t)TLS_HEADER + r.length))
				return (size_t)(at.pos - c->pos);
			cur_skip(&behind, (size_t)TLS_HEADER + r.length);
			if (!tls_record_peek(&behind, &next) || tls_is_record(&next))
				return (size_t)(at.pos - c->pos);
		}
		cur_skip(&at, 1);
	}
	*found = false;
	return (size_t)(at.pos - c->pos);
}

/*
 * True when a record begins at the cursor. What lies before one is passed over by a call of its
 * own: so the record is met again, by itself, with a state that knows its place.
 */
static bool found_record(struct half *h, struct tls_half *me, struct cursor *c)
{
	bool found = true;
	size_t n = ssl2_is_hello(c) ? 0 : find_record(c, &found);
	me->searching = !found;
	if (found && !n)
		return true;
	half_quiet(h);
	cur_skip(c, n);
	half_need(h, TLS_HEADER);
	return false;
}

static enum verdict tls_stream(struct dissect *d, struct half *h, struct cursor *c)
{
	struct tls_half *me = (struct tls_half *)h->state;
	struct tls_flow *flow = flow_state(d);
	struct tls_record r;
	if (h->gap) {
		me->pending = 0;
		me->searching = 1;
		flow->flags |= TLS_FULL;	/* a certificate may have been in the gap */
	}
	if (!me->started && cur_left(c)) {
		me->started = 1;
		me->searching = 1;	/* the last words of a STARTTLS may stand in front */
	}
	if (me->pending && cur_left(c))
		pending_end(d, h, me, flow, c);
	if (me->searching && cur_left(c) && !found_record(h, me, c))
		return DONE;
	while (cur_left(c)) {
		if (flow->version == TLS_SSL2 || ssl2_is_hello(c)) {
			if (!ssl2_record(d, h, flow, c))
				return DONE;
			continue;
		}
		if (!tls_record_peek(c, &r)) {
			half_need(h, TLS_HEADER);
			return DONE;
		}
		if (!tls_is_record(&r)) {
			me->searching = 1;
			return MALFORMED;
		}
		if (!next_record(d, h, c, &r))
			return DONE;
	}
	return DONE;
}

/* RFC 8446 section 5.1: what can stand in front of a stream, also of one joined in the middle. */
static enum probe tls_probe(const uint8_t *bytes, size_t n)
{
	struct cursor c = cur_init(bytes, n, 0, 0);
	struct tls_record r;
	if (n >= 3 && bytes[0] & 0x80)
		return ssl2_is_hello(&c) ? PROBE_YES : n < 11 && bytes[2] == 1 ? PROBE_MORE : PROBE_NO;
	if (n && (bytes[0] < TLS_CCS || bytes[0] > TLS_APP_DATA))
		return PROBE_NO;
	if (!tls_record_peek(&c, &r))
		return n < 2 || bytes[1] == 3 ? PROBE_MORE : PROBE_NO;
	if (!tls_is_record(&r) || !r.length)
		return PROBE_NO;
	if (r.type == TLS_CCS)
		return r.length == 1 ? PROBE_YES : PROBE_NO;
	return PROBE_YES;
}

/* Ports that carry TLS from the first byte on (IANA's "Service Name and Port Number Registry"). */
static const struct binding binds[] = {
	{ BY_TCP, 443 }, { BY_TCP, 8443 }, { BY_TCP, 636 }, { BY_TCP, 853 }, { BY_TCP, 465 },
	{ BY_TCP, 989 }, { BY_TCP, 990 }, { BY_TCP, 992 }, { BY_TCP, 993 }, { BY_TCP, 995 },
	{ BY_TCP, 324 }, { BY_TCP, 802 }, { BY_TCP, 1300 }, { BY_TCP, 2221 }, { BY_TCP, 2443 },
	{ BY_TCP, 3496 }, { BY_TCP, 4433 }, { BY_TCP, 5061 }, { BY_TCP, 5671 }, { BY_TCP, 5684 },
	{ BY_TCP, 5868 }, { BY_TCP, 6514 }, { BY_TCP, 8883 }, { BY_TCP, 11207 }, { BY_TCP, 19999 },
	{ BY_TCP, 27017 },
};

const struct protocol proto_tls = {
	.name = "tls",
	.title = "Transport Layer Security",
	.help = N_("TLS puts a locked box around what the browser and the server say to each other. "
		   "First they shake hands: they agree on a version and on ciphers, make keys that "
		   "nobody on the way can compute, and the server proves with its certificate that it "
		   "is the one whose name stands in the address bar. From then on everything is "
		   "encrypted; an observer sees how much is sent and when, and in the first message, "
		   "which server was asked for."),
	.osi = OSI(5) | OSI(6),
	.fields = tls_fields, .n_fields = TLS_FIELDS,
	BINDS(binds),
	.probe = tls_probe,
	.stream = tls_stream,
	.tail_max = TLS_TAIL_MAX,
};

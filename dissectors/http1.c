/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http1: HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112): messages one behind the other in each
 * direction of a TCP connection; and SSDP, the same heads in UDP datagrams.
 *
 * A message is shown when its body is complete. A body is counted and never kept: its head is put
 * aside, the body skipped, the head shown at the end. The story hears of the head at once. What
 * stands in the packet as a whole is shown with its body.
 *
 *     HEAD --> (no body) ------------------------------------------> HEAD
 *     HEAD --> COUNTED, TO_END ------------------------------------> HEAD
 *     HEAD --> CHUNK --> CHUNK_END --> CHUNK --> ... --> TRAILER --> HEAD
 *     HEAD --> OPAQUE (101: another protocol, RFC 9110 section 7.8)
 */
#include "http1.h"

#include <string.h>

enum phase { HEAD, COUNTED, TO_END, CHUNK, CHUNK_END, TRAILER, OPAQUE };

/* Of a direction; 16 bytes (struct half). */
struct state {
	uint8_t phase;
	bool coded;		/* the body is compressed: its true length is not known here */
	uint16_t spare;
	uint32_t scanned;	/* bytes of an unfinished head that hold no end */
	uint64_t count;		/* COUNTED: the length; chunks: bytes so far */
};
_Static_assert(sizeof(struct state) == 16, "fits struct half");

enum { CHUNK_LINE_MAX = 4096, TRAILER_MAX = 65536 };

/* ---- both directions: which requests have no answer yet ---- */

/*
 * Whether a response has a body depends on the method that it answers. The methods wait in order,
 * two bits each: how many (6 bits), then up to 28 of them, then two flags.
 */
enum { M_OTHER, M_HEAD, M_CONNECT, M_MAX = 28 };
static const uint64_t TUNNEL = 1ull << 63, UPGRADED = 1ull << 62, FLAGS = 3ull << 62;

static void request_push(uint64_t *f, const struct http_head *h)
{
	unsigned n = *f & 63;
	uint64_t m = http_is(h->method, "head") ? M_HEAD : http_is(h->method, "connect") ? M_CONNECT
		: M_OTHER;
	if (n >= M_MAX) {	/* nobody answers: begin anew */
		*f &= FLAGS;
		n = 0;
	}
	*f = (*f | m << (6 + 2 * n)) + 1;
}

static unsigned request_pop(uint64_t *f, bool interim)
{
	uint64_t waiting = (*f & ~FLAGS) >> 6, n = *f & 63;
	unsigned m = n ? waiting & 3 : M_OTHER;
	if (n && !interim)
		*f = (*f & FLAGS) | waiting >> 2 << 6 | (n - 1);
	return m;
}

/* RFC 9112 section 6.3 */
static enum http_body framing(const struct http_head *h, unsigned method)
{
	bool none = h->status / 100 == 1 || h->status == 204 || h->status == 304;
	if (h->request)
		return h->chunked ? BODY_CHUNKED : h->length ? BODY_COUNTED : BODY_NONE;
	if (h->status == 101)
		return BODY_UPGRADE;
	if (h->status / 100 == 2 && method == M_CONNECT)
		return BODY_TUNNEL;
	if (none || method == M_HEAD)
		return BODY_NONE;
	if (h->chunked)
		return BODY_CHUNKED;
	if (h->has_length && !h->coded)
		return h->length ? BODY_COUNTED : BODY_NONE;
	return BODY_TO_END;
}

static enum http_body framing_of(struct dissect *d, const struct http_head *h)
{
	uint64_t *f = flow_state(d);
	if (h->request) {
		request_push(f, h);
		return framing(h, M_OTHER);
	}
	enum http_body body = framing(h, request_pop(f, h->status / 100 == 1 && h->status != 101));
	if (body == BODY_TUNNEL)
		*f |= TUNNEL;
	if (body == BODY_UPGRADE)
		*f |= UPGRADED;
	return body;
}

/* ---- the end of a message ---- */

static void tell_end(struct dissect *d, uint64_t bytes, bool coded)
{
	uint32_t n = bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX - 1;
	emit(d, EV_HTTP_END, n, coded ? UINT32_MAX : n);
}

/* Shows the head that was put aside, and begins anew behind the body. */
static void finish(struct dissect *d, struct half *h, struct state *s, uint64_t bytes, bool cut)
{
	struct cursor c = half_kept(d, h);
	struct http_head head;
	if (d->want && http_head_read(c, &head)) {
		http_show_info(d, &head, bytes > 0);
		http_show(d, &c, &head);
		if (head.odd)
			note(d, NOTE_HTTP_HEAD);
	}
	if (cut)
		note(d, NOTE_BODY_CUT);
	tell_end(d, bytes, s->coded);
	*s = (struct state){ .phase = HEAD };
}

/* ---- chunks: RFC 9112 section 7.1 ---- */

enum walk { WALK_DONE, WALK_MORE, WALK_SKIP, WALK_BAD };

static int hex(uint8_t b)
{
	if (b >= '0' && b <= '9')
		return b - '0';
	b |= 0x20;
	return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

/* The line in front of a chunk: its size, and extensions that nobody uses. */
static enum walk chunk_size(struct cursor *c, struct cursor *line, uint64_t *size)
{
	struct cursor in = *c;
	if (!http_line(&in, line))
		return cur_left(c) > CHUNK_LINE_MAX ? WALK_BAD : WALK_MORE;
	struct slice s = http_trim(http_text(*line));
	size_t i = 0;
	*size = 0;
	for (; i < s.n && hex(s.p[i]) >= 0; i++) {
		if (*size >> 59)
			return WALK_BAD;
		*size = *size << 4 | (uint64_t)hex(s.p[i]);
	}
	if (!i || (i < s.n && s.p[i] != ';' && s.p[i] != ' ' && s.p[i] != '\t'))
		return WALK_BAD;
	*c = in;
	return WALK_DONE;
}

/* The line end behind a chunk's data. */
static enum walk chunk_end(struct dissect *d, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 1);
	if (!p || (*p == '\r' && cur_left(c) < 2))
		return WALK_MORE;
	size_t n = *p == '\r' ? 2 : 1;
	if (cur_peek(c, n)[n - 1] != '\n')
		return WALK_BAD;
	take_bytes(d, c, n, &http_fields[HTTP_CHUNK_BOUNDARY]);
	return WALK_DONE;
}

/* Header fields behind the last chunk, and the empty line. */
static enum walk trailer(struct dissect *d, struct cursor *c, bool show)
{
	struct cursor in = *c, line;
	for (;;) {
		if (!http_line(&in, &line))
			return cur_left(c) > TRAILER_MAX ? WALK_BAD : WALK_MORE;
		if (!http_text(line).n)
			break;
	}
	while (show && http_line(c, &line) && http_text(line).n)
		take_text(d, &line, cur_left(&line), &http_fields[HTTP_TRAILER]);
	*c = in;
	return WALK_DONE;
}

static void show_chunk(struct dissect *d, const struct cursor *from, struct cursor *line,
		       uint64_t size)
{
	struct cursor c = *from;
	uint32_t h = tree_open(d, line, &http_fields[HTTP_CHUNK]);
	tree_text(d, h, "%llu bytes", (unsigned long long)size);
	put_uint(d, &http_fields[HTTP_CHUNK_SIZE],
		 range_of(line, cur_off(line), (uint32_t)cur_left(line)), size);
	uint32_t data = tree_open(d, &c, &http_fields[HTTP_CHUNK_DATA]);
	cur_skip(&c, (size_t)size);
	tree_close(d, &c, data);
	if (size)
		(void)chunk_end(d, &c);
	tree_close(d, &c, h);
}

/* A whole chunked body. With show its chunks become fields. */
static enum walk chunks(struct dissect *d, struct cursor *c, uint64_t *bytes, bool show)
{
	struct cursor line;
	uint64_t size;
	for (*bytes = 0;; *bytes += size) {
		enum walk w = chunk_size(c, &line, &size);
		if (w != WALK_DONE)
			return w;
		if (show)
			show_chunk(d, c, &line, size);
		if (!size)
			return trailer(d, c, show);
		if (cur_left(c) < size)
			return WALK_MORE;
		cur_skip(c, (size_t)size);
		w = chunk_end(d, c);
		if (w != WALK_DONE)
			return w;
	}
}

/* What a body that comes in several packets has next. */
static enum walk chunk_step(struct dissect *d, struct half *h, struct cursor *c, struct state *s)
{
	struct cursor line;
	uint64_t size;
	enum walk w;
	for (;;) {
		if (s->phase == TRAILER)
			return trailer(d, c, want_fields(d));
		if (s->phase == CHUNK_END) {
			if ((w = chunk_end(d, c)) != WALK_DONE)
				return w;
			s->phase = CHUNK;
		}
		if ((w = chunk_size(c, &line, &size)) != WALK_DONE)
			return w;
		s->phase = size ? CHUNK_END : TRAILER;
		s->count += size;
		if (cur_left(c) < size) {
			half_skip(h, size);
			return WALK_SKIP;
		}
		cur_skip(c, (size_t)size);
	}
}

static enum verdict chunked(struct dissect *d, struct half *h, struct cursor *c, struct state *s)
{
	enum walk w = chunk_step(d, h, c, s);
	half_quiet(h);
	if (w == WALK_BAD)
		note(d, NOTE_MALFORMED);
	if (w == WALK_DONE || w == WALK_BAD || (w == WALK_MORE && h->ended))
		finish(d, h, s, s->count, w != WALK_DONE);
	else if (w == WALK_MORE)
		half_need(h, cur_left(c) + 1);
	return DONE;
}

/* ---- heads ---- */

/* The whole message is here: shows it at once. */
static void show_all(struct dissect *d, struct cursor *c, size_t n, const struct http_head *head,
		     enum http_body body, uint64_t bytes)
{
	struct cursor hc = cur_sub(c, n);
	http_show_info(d, head, bytes > 0);
	http_show(d, &hc, head);
	if (body == BODY_CHUNKED) {
		(void)chunks(d, c, &bytes, want_fields(d));
	} else if (bytes) {
		uint32_t t = tree_open(d, c, &http_fields[HTTP_FILE_DATA]);
		tree_text(d, t, "%llu bytes", (unsigned long long)bytes);
		cur_skip(c, (size_t)bytes);
		tree_close(d, c, t);
	}
}

/* Is the body here too? */
static bool body_here(struct dissect *d, struct cursor c, size_t n, const struct http_head *head,
		      enum http_body body, uint64_t *bytes)
{
	*bytes = 0;
	cur_skip(&c, n);
	if (body == BODY_COUNTED)
		*bytes = head->length;
	if (body == BODY_COUNTED || body == BODY_TO_END)
		return body == BODY_COUNTED && head->length <= cur_left(&c);
	return body != BODY_CHUNKED || chunks(d, &c, bytes, false) == WALK_DONE;
}

static enum verdict message(struct dissect *d, struct half *h, struct cursor *c, struct state *s,
			    size_t n)
{
	static const uint8_t phase[] = {
		[BODY_COUNTED] = COUNTED, [BODY_CHUNKED] = CHUNK, [BODY_TO_END] = TO_END
	};
	struct http_head head;
	struct cursor in = *c, hc = cur_sub(&in, n);
	uint64_t bytes;
	if (!http_head_read(hc, &head))
		return MALFORMED;
	enum http_body body = framing_of(d, &head);
	s->scanned = 0;
	s->coded = head.content_coded;
	http_tell(d, hc, &head);
	bool whole = body_here(d, *c, n, &head, body, &bytes);
	if (head.odd && (whole || !d->want))	/* else where it is shown: behind its body */
		note(d, NOTE_HTTP_HEAD);
	if (whole) {
		show_all(d, c, n, &head, body, bytes);
		tell_end(d, bytes, s->coded);
		*s = (struct state){ .phase = HEAD };
		return DONE;
	}
	half_keep(d, h, c, n);
	s->phase = phase[body];
	s->count = body == BODY_COUNTED ? head.length : 0;
	if (body != BODY_CHUNKED)
		half_skip(h, body == BODY_COUNTED ? head.length : UINT64_MAX);
	return DONE;
}

static enum verdict begin(struct dissect *d, struct half *h, struct cursor *c, struct state *s)
{
	uint64_t flow = *(uint64_t *)flow_state(d);
	if (!cur_left(c))
		return DONE;
	if (flow & TUNNEL)
		return NEXT;
	if (flow & UPGRADED) {
		s->phase = OPAQUE;
		half_skip(h, UINT64_MAX);
		return DONE;
	}
	enum http_start start = http_begins(*c);
	if (start == START_NO) {	/* the middle of a message whose head was not seen */
		info_add(d, "Continuation");
		return MALFORMED;
	}
	size_t n = http_head_find(*c, &s->scanned);
	if (!n && h->ended)	/* cut short; or HTTP/0.9, which has no empty line */
		n = cur_left(c);
	if (n && start != START_MORE)
		return message(d, h, c, s, n);
	if (cur_left(c) > HTTP_HEAD_MAX) {
		note(d, NOTE_LIMIT);
		return MALFORMED;
	}
	half_need(h, cur_left(c) + 1);
	return DONE;
}

static enum verdict http_stream(struct dissect *d, struct half *h, struct cursor *c)
{
	struct state s;
	enum verdict v = DONE;
	memcpy(&s, h->state, sizeof s);
	if (h->gap) {
		s = (struct state){ .phase = HEAD };
		*(uint64_t *)flow_state(d) &= FLAGS;
	}
	switch ((enum phase)s.phase) {
	case HEAD: v = begin(d, h, c, &s); break;
	case COUNTED: finish(d, h, &s, half_skipped(h), half_skipped(h) < s.count); break;
	case TO_END: finish(d, h, &s, half_skipped(h), false); break;
	case CHUNK: case CHUNK_END: case TRAILER: v = chunked(d, h, c, &s); break;
	case OPAQUE: break;
	}
	if (v == MALFORMED)
		s = (struct state){ .phase = HEAD };
	memcpy(h->state, &s, sizeof s);
	return v;
}

static enum probe http_probe(const uint8_t *bytes, size_t n)
{
	switch (http_begins(cur_init(bytes, n, 0, 0))) {
	case START_REQUEST: case START_RESPONSE: return PROBE_YES;
	case START_MORE: return PROBE_MORE;
	case START_NO: break;
	}
	return PROBE_NO;
}

static enum verdict ssdp_packet(struct dissect *d, struct cursor *c)
{
	struct http_head head;
	if (!http_head_read(*c, &head))
		return cur_wire(c) > cur_left(c) ? SHORT : MALFORMED;
	http_show_info(d, &head, false);
	http_show(d, c, &head);
	return DONE;
}

static const struct binding http_ports[] = {
	{ BY_TCP, 80 }, { BY_TCP, 631 }, { BY_TCP, 1900 }, { BY_TCP, 2710 }, { BY_TCP, 2869 },
	{ BY_TCP, 3128 }, { BY_TCP, 3132 }, { BY_TCP, 5985 }, { BY_TCP, 8080 }, { BY_TCP, 8088 },
	{ BY_TCP, 11371 },
};
static const struct binding ssdp_ports[] = { { BY_UDP, 1900 } };

const struct protocol proto_http = {
	.name = "http",
	.title = "Hypertext Transfer Protocol",
	.help = N_("The language of browsers and web servers. The browser asks with a few lines of "
		   "text which page it wants; the server answers with a few lines and the page "
		   "itself, one question and one answer after the other on the same connection. "
		   "Without TLS everybody on the way can read it."),
	.osi = OSI(7),
	FIELDS(http_fields),
	BINDS(http_ports),
	.probe = http_probe,
	.stream = http_stream,
	.tail_max = 2 * HTTP_HEAD_MAX,
};

const struct protocol proto_ssdp = {
	.name = "ssdp",
	.title = "Simple Service Discovery Protocol",
	.help = N_("How devices of the local network make themselves known to each other (UPnP): "
		   "lines as in HTTP, but in single datagrams to everybody."),
	.osi = OSI(7),
	FIELDS(http_fields),
	BINDS(ssdp_ports),
	.packet = ssdp_packet,
};

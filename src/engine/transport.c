/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transport: from a TCP segment or a UDP datagram to its flow and on to what it carries. */
#include <string.h>

#include "engine/engine.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

/* ---- flows of packets ---- */

/* The string number of an address. Few addresses are most of the traffic: they are remembered. */
static uint32_t address_id(struct engine *e, const struct address *a)
{
	if (!a->len)
		return 0;
	const uint8_t *last = a->bytes + a->len - 1;
	struct memo *m = &e->memo[(last[0] ^ last[-1] * 7 ^ a->len) % MEMOS];
	if (m->of.len != a->len || memcmp(m->of.bytes, a->bytes, a->len)) {
		m->of = *a;
		m->id = intern_bytes(e->s->strings, a->bytes, a->len);
	}
	return m->id;
}

static void conn_add(struct engine *e, const struct flow *f)
{
	const struct dissect *d = &e->d;
	struct conn *c = chunks_add(&e->s->conns);
	*c = (struct conn){
		.addr = { address_id(e, &d->src), address_id(e, &d->dst) },
		.port = { d->sport, d->dport },
		.first_frame = d->frame, .number = f->connection, .proto = f->proto,
	};
}

static void flow_begin(struct engine *e, struct flow *f)
{
	if (f->proto == 6)
		f->connection = ++e->n_connections;
	if (e->mode == MODE_PASS) {
		conn_add(e, f);
		e->s->n_connections = e->n_connections;
	}
}

/* Who sent it, from which station, and to which: once a direction. */
static void hosts_tell(struct dissect *d, struct flow *f)
{
	uint8_t bit = (uint8_t)(1u << d->dir);
	if (f->hosts_told & bit)
		return;
	f->hosts_told |= bit;
	struct engine *e = d->engine;
	emit_c(d, EV_HOST, address_id(e, &d->src), address_id(e, &d->mac_src), d->ttl);
	emit_c(d, EV_NEXT_HOP, address_id(e, &d->dst), address_id(e, &d->mac_dst), 0);
}

static void flow_enter(struct dissect *d, struct flow *f)
{
	struct engine *e = d->engine;
	d->flow = f;
	d->flow_id = f->id;
	d->connection = f->connection;
	e->prev = f->last_frame;
	f->last_frame = d->frame;
	if (e->mode != MODE_PASS)
		return;
	struct conn *c = session_conn(e->s, f->id);
	if (c)
		c->last_frame = d->frame;
	hosts_tell(d, f);
}

/* DETAIL: the flow as its record tells it. */
static bool flow_from_record(struct dissect *d)
{
	struct engine *e = d->engine;
	const struct conn *c = e->rec ? session_conn(e->s, e->rec->flow) : NULL;
	if (!c)
		return false;
	struct flow *f = &e->one;
	stream_free(&f->half[0]);
	stream_free(&f->half[1]);
	*f = (struct flow){
		.proto = c->proto, .id = e->rec->flow, .connection = c->number, .app = c->app,
		.isn = { c->isn[0], c->isn[1] },
	};
	f->half[1].h.dir = 1;
	d->flow = f;
	d->flow_id = f->id;
	d->connection = f->connection;
	d->dir = !!(e->rec->flags & FRAME_DIR);
	for (unsigned i = 0; i < NOTE_FRAGMENT_OVERLAP; i++)	/* that one is IP's */
		if (e->rec->notes & 1u << i)
			note(d, (enum note)i);
	return true;
}

/* A SYN for ports that an earlier connection used (RFC 9293 section 3.3.2). */
static bool is_reuse(const struct dissect *d, const struct flow *f)
{
	const struct tcp_segment *t = &d->tcp;
	if (!(t->flags & SYN) || (t->flags & ACK))
		return false;
	return f->isn_known[d->dir] && (!f->syn || t->seq != f->isn[d->dir]);
}

static struct flow *flow_of(struct dissect *d)
{
	struct engine *e = d->engine;
	bool is_new;
	struct flow *f = flow_find(e, &is_new);
	bool again = !is_new && f->proto == 6 && is_reuse(d, f);
	if (again) {
		flow_drop(e, f);
		f = flow_find(e, &is_new);
	}
	if (is_new)
		flow_begin(e, f);
	flow_enter(d, f);
	if (again)
		note(d, NOTE_TCP_REUSED_PORTS);
	return f;
}

/* ---- TCP ---- */

static void isn_set(struct dissect *d, struct flow *f, unsigned dir, uint32_t isn)
{
	struct engine *e = d->engine;
	struct conn *c = e->mode == MODE_PASS ? session_conn(e->s, f->id) : NULL;
	f->isn_known[dir] = true;
	f->isn[dir] = isn;
	if (c)
		c->isn[dir] = isn;
}

/* Where relative numbers count from: what the first packet tells of each side. */
static void isn_learn(struct dissect *d, struct flow *f)
{
	const struct tcp_segment *t = &d->tcp;
	if (!f->isn_known[d->dir])
		isn_set(d, f, d->dir, t->seq - !(t->flags & SYN));
	if (!f->isn_known[!d->dir] && (t->flags & ACK))
		isn_set(d, f, !d->dir, t->ack - 1);
}

static void shift_set(struct dissect *d, const struct flow *f)
{
	struct engine *e = d->engine;
	struct conn *c = e->mode == MODE_PASS ? session_conn(e->s, f->id) : NULL;
	if (c && !f->track[d->dir].seen)
		c->shift[d->dir] = d->tcp.window_shift;
}

static void opened_by(struct dissect *d, struct flow *f, uint8_t client)
{
	struct engine *e = d->engine;
	f->opener = client;
	struct conn *c = e->mode == MODE_PASS ? session_conn(e->s, f->id) : NULL;
	if (c)
		c->client = client;
}

static void tell_open(struct dissect *d, struct flow *f)
{
	const struct tcp_segment *t = &d->tcp;
	if ((t->flags & SYN) && !(t->flags & ACK)) {
		emit_c(d, EV_TCP_SYN, 0, 0, f->syn);
		f->syn = true;
		opened_by(d, f, d->dir);
		shift_set(d, f);
	} else if (t->flags & SYN) {
		emit_c(d, EV_TCP_SYNACK, 0, 0, f->synack);
		f->syn = f->synack = true;
		opened_by(d, f, !d->dir);
		shift_set(d, f);
	} else if (f->synack && !f->established && d->dir == f->opener && (t->flags & ACK)
		   && !(t->flags & RST)) {
		f->established = true;
		emit(d, EV_TCP_ESTABLISHED, 0, 0);
	} else if (!f->syn && !f->track[0].seen && !f->track[1].seen) {
		emit(d, EV_TCP_MIDDLE, 0, 0);
	}
}

static void tell_rest(struct dissect *d, struct flow *f, bool news)
{
	const struct tcp_segment *t = &d->tcp;
	for (unsigned i = 0; i < d->n_notes; i++) {
		if (d->notes[i].note == NOTE_TCP_RETRANSMISSION
		    || d->notes[i].note == NOTE_TCP_FAST_RETRANSMISSION)
			emit(d, EV_TCP_RETRANSMISSION, 0, 0);
		else if (d->notes[i].note == NOTE_TCP_LOST_SEGMENT)
			emit(d, EV_TCP_GAP, 0, 0);
	}
	if ((t->flags & FIN) && news)
		emit(d, EV_TCP_FIN, 0, 0);
	if (t->flags & RST)
		emit_c(d, EV_TCP_RST, 0, 0, f->syn && !f->synack && d->dir != f->opener
		       && !f->half[d->dir].started);
}

static void tcp_flags_note(struct engine *e, const struct tcp_segment *t)
{
	if (t->len)
		e->flags |= FRAME_PAYLOAD;
	if (t->flags & SYN)
		e->flags |= FRAME_SYN;
	if (t->flags & FIN)
		e->flags |= FRAME_FIN;
	if (t->flags & RST)
		e->flags |= FRAME_RST;
}

bool transport_flow(struct dissect *d, struct flow_facts *facts)
{
	struct engine *e = d->engine;
	*facts = (struct flow_facts){ 0 };
	if (d->quoted || !d->src.len || e->locate.on)
		return false;
	if (e->mode == MODE_DETAIL ? !flow_from_record(d) : !flow_of(d))
		return false;
	struct flow *f = d->flow;
	const struct conn *c = e->mode == MODE_DETAIL ? session_conn(e->s, f->id) : NULL;
	if (!c)
		isn_learn(d, f);
	facts->stream = f->connection - 1;
	facts->isn = f->isn[d->dir];
	facts->peer_isn = f->isn[!d->dir];
	facts->shift = c ? c->shift[d->dir] : f->track[d->dir].shift;
	return true;
}

enum verdict transport_tcp(struct dissect *d, struct cursor *c)
{
	struct engine *e = d->engine;
	const struct tcp_segment *t = &d->tcp;
	struct flow *f = d->flow;
	if (e->locate.on && !d->quoted) {
		e->locate.found = c->buffer == 0 && cur_ok(c);
		e->locate.seq = t->seq + !!(t->flags & SYN);
		e->locate.off = cur_off(c);
		return DONE;
	}
	if (!f || d->quoted)
		return DONE;
	if (e->mode == MODE_DETAIL) {
		stream_detail(d, c);
		return DONE;
	}
	tcp_flags_note(e, t);
	tell_open(d, f);
	tcp_track(d, f);
	bool fin_before = f->fin[d->dir];
	f->fin[d->dir] |= !!(t->flags & FIN);
	tell_rest(d, f, !fin_before);
	if (t->flags & ACK)
		stream_acked(d, f, !d->dir, t->ack);
	uint32_t seq = t->seq + !!(t->flags & SYN);
	if ((t->flags & SYN) && !f->half[d->dir].started) {	/* sent again, it rewinds nothing */
		f->half[d->dir].started = true;
		f->half[d->dir].next = seq;
	}
	if (cur_wire(c) && !(t->flags & RST))
		stream_segment(d, f, c, seq);
	if (t->flags & FIN)
		stream_fin(d, f, seq + t->len);
	return DONE;
}

/* ---- UDP ---- */

static uint8_t datagram_probe(struct engine *e, const struct cursor *c)
{
	for (unsigned i = 0; i < e->reg.n_udp; i++) {
		const struct protocol *p = all_protocols[e->reg.probes_udp[i] - 1];
		if (p->probe(c->pos, cur_left(c)) == PROBE_YES)
			return e->reg.probes_udp[i];
	}
	return 0;
}

static uint8_t datagram_app(struct engine *e, const struct dissect *d, const struct cursor *c)
{
	uint16_t low = d->sport < d->dport ? d->sport : d->dport;
	uint16_t high = d->sport < d->dport ? d->dport : d->sport;
	for (unsigned i = 0; i < 2; i++) {
		uint8_t n = e->reg.udp[i ? high : low];
		const struct protocol *p = n ? all_protocols[n - 1] : NULL;
		if (p && (!p->probe || p->port_decides || p->probe(c->pos, cur_left(c)) != PROBE_NO))
			return n;
	}
	return datagram_probe(e, c);
}

/* What the flow was found to carry stays so: later datagrams may not tell it themselves. */
static uint8_t flow_app(struct engine *e, struct flow *f, const struct cursor *c)
{
	if (f->app || e->mode == MODE_DETAIL)
		return f->app;
	f->app = datagram_app(e, &e->d, c);
	struct conn *conn = e->mode == MODE_PASS ? session_conn(e->s, f->id) : NULL;
	if (conn)
		conn->app = f->app;
	return f->app;
}

enum verdict transport_udp(struct dissect *d, struct cursor *c)
{
	struct engine *e = d->engine;
	if (d->quoted) {	/* by an ICMP error: no flow of its own */
		uint8_t number = cur_left(c) ? datagram_app(e, d, c) : 0;
		return number ? next_numbered(d, number) : DONE;
	}
	if (!d->src.len)
		return DONE;
	if (e->mode == MODE_DETAIL) {
		if (!flow_from_record(d))
			return DONE;
	} else {
		flow_of(d);
	}
	if (!cur_left(c))
		return DONE;
	e->flags |= FRAME_PAYLOAD;
	uint8_t app = flow_app(e, d->flow, c);
	return app ? next_numbered(d, app) : DONE;
}

void connection_number(struct dissect *d)
{
	struct engine *e = d->engine;
	struct flow *f = d->flow;
	if (!f || f->connection || e->mode == MODE_DETAIL)
		return;
	f->connection = d->connection = ++e->n_connections;
	struct conn *c = e->mode == MODE_PASS ? session_conn(e->s, f->id) : NULL;
	if (c)
		c->number = f->connection;
	if (e->mode == MODE_PASS)
		e->s->n_connections = e->n_connections;
}

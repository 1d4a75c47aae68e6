/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * annotate: frame by frame, what each one is. Whose visit it belongs to is settled later, over
 * all facts (visit.c): a name is asked for before anybody knows that a page will come of it.
 */
#include <stdlib.h>

#include "base/err.h"
#include "engine/note.h"
#include "steps/own.h"
#include "steps/tell.h"

struct steps *steps_new(struct session *s)
{
	struct steps *st = xcalloc(1, sizeof *st);
	st->s = s;
	st->slots = chunks_init(sizeof(uint32_t));
	st->paths = chunks_init(sizeof(struct path));
	st->tracks = chunks_init(sizeof(struct track));
	st->lookups = chunks_init(sizeof(struct lookup));
	st->answers = chunks_init(sizeof(struct answer));
	st->asks = chunks_init(sizeof(struct ask));
	st->neighbours = chunks_init(sizeof(struct neighbour));
	st->clients = chunks_init(sizeof(struct client));
	st->extras = chunks_init(sizeof(struct extra));
	st->notices = chunks_init(sizeof(struct notice));
	st->stories = chunks_init(sizeof(struct story));
	st->known = chunks_init(sizeof(struct ask));
	st->order = chunks_init(sizeof(uint32_t));
	st->cache = cache_new();
	return st;
}

void steps_free(struct steps *st)
{
	if (!st)
		return;
	struct chunks *all[] = { &st->slots, &st->paths, &st->tracks, &st->lookups, &st->answers,
			&st->asks,
		&st->neighbours, &st->clients, &st->extras, &st->notices, &st->stories,
		&st->known, &st->order };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		chunks_free(all[i]);
	struct map *maps[] = { &st->by_path, &st->by_client, &st->by_address, &st->routers,
			&st->backgrounds,
		&st->near, &st->flow_of_socket, &st->socket_of_flow, &st->page_of_flow,
		&st->page_of_host, &st->ask_of_request, &st->story_of_page, &st->own };
	for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
		map_free(maps[i]);
	cache_free(st->cache);
	free(st);
}

uint32_t client_of(struct steps *st, uint32_t address, uint32_t frame)
{
	uint32_t number = map_get(&st->by_client, address);
	if (number || !address || !room_for(st, &st->clients, MAX_CLIENTS, frame))
		return number;
	struct client *c = chunks_add(&st->clients);
	c->address = address;
	c->first_frame = frame;
	number = (uint32_t)st->clients.count;
	map_put(&st->by_client, address, number);
	return number;
}

/*
 * One station has one IPv4 address and any number of IPv6 addresses: all of them are one client.
 * They are told by their MAC, if their packets have crossed no router yet (whose MAC it would
 * be then): their TTL is still one that systems begin with. Further IPv4 addresses behind one MAC
 * are other clients: a bridge, a host with guests.
 */
static void bind_client(struct steps *st, const struct event *e)
{
	size_t n;
	(void)session_string(st->s, e->a, &n);
	if (!e->b || map_get(&st->by_client, e->a) || (e->c != 64 && e->c != 128 && e->c != 255))
		return;
	uint64_t key = map_pair(e->b, 1);
	uint32_t number = map_get(&st->by_client, key);
	struct client *c = client_at(st, number);
	if (c && (n == 16 || !c->ipv4))
		map_put(&st->by_client, e->a, number);
	else
		number = client_of(st, e->a, e->frame);
	c = client_at(st, number);
	if (c && n == 4)
		c->ipv4 = e->a;
	map_put(&st->by_client, key, number);
}

/* How long a client did nothing before now, in milliseconds; saturated, also if it never did. */
uint16_t idle_since(const struct client *c, int64_t now)
{
	if (!c || !c->active)
		return UINT16_MAX;
	int64_t ms = (now - c->active) / 1000000;
	return ms < 0 ? 0 : ms > UINT16_MAX ? UINT16_MAX : (uint16_t)ms;
}

static bool dns_port(const struct conn *c)
{
	return c->port[0] == 53 || c->port[1] == 53;
}

static void start_track(struct steps *st, struct track *t, const struct packet *p)
{
	const struct conn *c = session_conn(st->s, p->flow);
	uint32_t server = c->addr[!(c->client & 1)];
	t->flow = p->flow;
	t->kind = c->proto != 6 ? KIND_QUIC : dns_port(c) ? KIND_DNS : KIND_TCP;
	t->client = client_of(st, c->addr[c->client & 1], p->frame);
	t->lookup = map_get(&st->by_address, map_pair(t->client, server));
	t->idle = idle_since(client_at(st, t->client), p->time);
	if (t->lookup && lookup_at(st, t->lookup)->flags & LOOKUP_BACKGROUND)
		t->flags |= TRACK_BACKGROUND;
}

uint32_t *slot_of(struct steps *st, uint32_t flow)
{
	if (flow >= MAX_FLOWS || flow >= st->s->conns.count)
		return NULL;
	while (st->slots.count <= flow)
		chunks_add(&st->slots);
	return chunks_at(&st->slots, flow);
}

/* Does the flow get a track with this packet? Every TCP flow, and QUIC once it is recognised. */
static bool begins_track(const struct conn *c, const struct event *ev, uint32_t n)
{
	if (c->proto == 6)
		return true;
	for (uint32_t i = 0; i < n; i++)
		if (ev[i].kind == EV_QUIC_LONG || ev[i].kind == EV_QUIC_SHORT)
			return true;
	return false;
}

/* The track of the packet's flow; NULL outside one, for flows without, and beyond the cap. */
static struct track *track_of(struct steps *st, const struct packet *p, const struct event *ev,
			      uint32_t n)
{
	uint32_t *slot = slot_of(st, p->flow);
	if (!slot || *slot & SLOT_LOOKUP)
		return NULL;
	struct track *t = *slot ? chunks_at(&st->tracks, *slot - 1) : NULL;
	if (!t) {
		if (!begins_track(session_conn(st->s, p->flow), ev, n) ||
		    !room_for(st, &st->tracks, MAX_TRACKS, p->frame))
			return NULL;
		t = chunks_add(&st->tracks);
		*slot = (uint32_t)st->tracks.count;
		start_track(st, t, p);
	}
	if (!t->first[p->dir & 1])
		t->first[p->dir & 1] = p->frame;
	return t;
}

/* A bare acknowledgement takes the step of what the other side sent last. */
static uint8_t explain_ack(const struct track *t, uint8_t sent)
{
	switch (explain_kinds[sent].step) {
	case STEP_5_1: return EX_ACK_CONNECT;
	case STEP_5_2: return EX_ACK_TLS;
	case STEP_5_4: return EX_ACK_CLOSE;
	case STEP_5_3: return EX_ACK_DATA;
	default: break;
	}
	switch ((enum phase)t->phase) {
	case PH_CONNECT: case PH_OPEN: return EX_ACK_CONNECT;
	case PH_TLS: return EX_ACK_TLS;
	case PH_NONE: case PH_APP: break;
	}
	return EX_ACK_DATA;
}

static uint8_t explain_payload(struct track *t, const struct packet *p, bool from_client)
{
	switch ((enum phase)t->phase) {
	case PH_TLS:
		return from_client ? EX_TLS_CLIENT : EX_TLS_SERVER;
	case PH_APP:
		if (t->flags & TRACK_HTTP)
			return from_client ? EX_REQUEST_BODY : EX_RESPONSE_BODY;
		if (!(t->flags & TRACK_TLS))
			break;
		/* only the first records of each direction are events */
		if (!from_client && t->request && !t->response)
			t->response = p->frame;
		return from_client ? EX_APP_CLIENT : EX_APP_SERVER;
	case PH_NONE: case PH_CONNECT: case PH_OPEN:
		break;
	}
	return EX_DATA;
}

/* Which of them have a short header, events tell; before the first one comes the handshake. */
static uint8_t explain_quic(const struct track *t, bool from_client)
{
	if (t->phase == PH_APP && (from_client ? t->request : t->response))
		return from_client ? EX_APP_CLIENT : EX_APP_SERVER;
	return from_client ? EX_QUIC_CLIENT : EX_QUIC_SERVER;
}

/* What a frame is that no event told anything of. */
static uint8_t explain_plain(struct track *t, const struct packet *p, bool from_client)
{
	uint8_t other = !(p->dir & 1);
	const unsigned keep_alive = 1u << NOTE_TCP_KEEP_ALIVE | 1u << NOTE_TCP_KEEP_ALIVE_ACK;
	switch ((enum track_kind)t->kind) {
	case KIND_DNS: return EX_DNS_CARRIER;
	case KIND_QUIC: return explain_quic(t, from_client);
	case KIND_OTHER: return EX_NONE;
	case KIND_TCP: break;
	}
	if (p->flags & FRAME_SYN)
		return from_client ? EX_SYN_AGAIN : EX_SYNACK;
	if (p->notes & keep_alive)
		return EX_KEEP_ALIVE;
	if (p->flags & FRAME_PAYLOAD)
		return explain_payload(t, p, from_client);
	if (p->flags & FRAME_RST)
		return from_client ? EX_RST_CLIENT : EX_RST_SERVER;
	if (p->flags & FRAME_FIN)
		return from_client ? EX_FIN_CLIENT : EX_FIN_SERVER;
	return explain_ack(t, t->sent[other]);
}

/*
 * A message that began in an earlier frame: the frames of this flow and direction from there on
 * get the name of what they turned out to be a part of.
 */
static void explain_backwards(struct steps *st, struct track *t, const struct event *e,
			      uint8_t what)
{
	uint8_t dir = e->dir & 1;
	uint32_t stop = e->first_frame > t->patched[dir] ? e->first_frame : t->patched[dir] + 1;
	uint32_t n = session_frame(st->s, e->frame)->prev;
	t->patched[dir] = e->frame;
	while (n >= stop && n < e->frame) {
		struct frame_rec *fr = session_frame(st->s, n);
		if (!fr)
			return;
		if ((fr->flags & FRAME_DIR ? 1 : 0) == dir && fr->explain == EX_DATA)
			fr->explain = what;
		if (fr->prev >= n)
			return;
		n = fr->prev;
	}
}

static uint8_t part_of(uint8_t explain)
{
	switch (explain_kinds[explain].step) {
	case STEP_5_2: return EX_TLS_PART;
	case STEP_2_3: return EX_DNS_CARRIER;
	default: return explain == EX_REQUEST ? EX_REQUEST_BODY : EX_RESPONSE_BODY;
	}
}

/* Of several things in one packet that belong to one step, this one counts. */
static bool tells_more(uint8_t explain)
{
	return explain == EX_DNS_ANSWER || explain == EX_DNS_SERVICE || explain == EX_TLS_FINISHED;
}

/*
 * A record as long as an encrypted alert: two bytes, a byte that hides the type, 16 of the seal
 * (RFC 8446 section 5.2) behind five of the header. What else has two bytes is no page. A FIN without
 * data tells how long all headers are, unless Ethernet has filled it up to its least length.
 */
static bool long_as_alert(const struct track *t, const struct frame_rec *fr,
			  const struct frame_rec *fin)
{
	enum { ALERT = 5 + 2 + 1 + 16, FILLED = 60 };
	return (t->version == 0x0304 || !t->version) && !(fin->flags & FRAME_PAYLOAD) && fin->len != FILLED &&
	       fr->len == fin->len + ALERT;
}

/*
 * On TLS, what the server sends when the client has broken off nobody reads, and what is as long as
 * an alert when the client has hung up is a goodbye. Anything else may be the answer to what the
 * client asked before: a side may hang up and go on listening.
 */
static bool behind_end(const struct steps *st, const struct track *t, const struct packet *p,
		       uint8_t client)
{
	const struct frame_rec *rst = session_frame(st->s, t->rst);
	const struct frame_rec *fin = session_frame(st->s, t->fin[client]);
	bool broken_off = rst && (rst->flags & FRAME_DIR ? 1 : 0) == client;
	if ((!fin && !broken_off) || t->kind != KIND_TCP || !(t->flags & TRACK_TLS) ||
	    t->flags & TRACK_HTTP)
		return false;
	if (!(p->flags & FRAME_PAYLOAD) || (p->dir & 1) == client)
		return false;
	if (t->last_data[client] > (fin ? t->fin[client] : t->rst))
		return false;	/* a RST that was not its own, and did not count */
	return broken_off || long_as_alert(t, session_frame(st->s, p->frame), fin);
}

/* A record right before its sender's FIN that may be an alert is its goodbye. */
static void explain_goodbye(struct steps *st, struct track *t, const struct packet *p)
{
	enum { NEAR = 8 };
	const struct frame_rec *fin = session_frame(st->s, p->frame);
	uint32_t n = fin->prev;
	for (int i = 0; i < NEAR && n; i++) {
		struct frame_rec *fr = session_frame(st->s, n);
		if ((fr->flags & FRAME_DIR ? 1 : 0) == (p->dir & 1)) {
			bool app = fr->explain == EX_APP_CLIENT || fr->explain == EX_APP_SERVER;
			if (!app || !long_as_alert(t, fr, fin))
				return;
			fr->explain = EX_GOODBYE;
			t->request = t->request == n ? 0 : t->request;
			t->response = t->response == n ? 0 : t->response;
			return;
		}
		n = fr->prev < n ? fr->prev : 0;
	}
}

static bool closes(uint8_t explain)
{
	return explain_kinds[explain].step == STEP_5_4 && explain != EX_CLOSE_NOTIFY;
}

/* A visitor does something, or gets something: what idle_since() counts from. */
static void note_activity(struct steps *st, const struct track *t, const struct packet *p)
{
	if (t->flags & TRACK_BACKGROUND || t->kind == KIND_DNS || t->kind == KIND_OTHER)
		return;
	if (!(p->flags & (FRAME_PAYLOAD | FRAME_SYN)) || p->notes & 1u << NOTE_TCP_KEEP_ALIVE)
		return;
	struct client *c = client_at(st, t->client);
	if (c)
		c->active = p->time;
}

static void add_extra(struct steps *st, uint32_t frame, uint16_t also)
{
	if (!also || !room_for(st, &st->extras, MAX_EXTRAS, frame))
		return;
	struct extra *x = chunks_add(&st->extras);
	*x = (struct extra){ .frame = frame, .also = also };
}

void steps_packet(struct steps *st, const struct packet *p, const struct event *ev, uint32_t n)
{
	struct frame_rec *fr = session_frame(st->s, p->frame);
	if (!fr)
		return;
	for (uint32_t i = 0; i < n; i++)
		if (ev[i].kind == EV_HOST)
			bind_client(st, &ev[i]);
	struct track *t = track_of(st, p, ev, n);
	const struct conn *c = t ? session_conn(st->s, p->flow) : NULL;
	bool from_client = c && (p->dir & 1) == (c->client & 1);
	uint8_t own = EX_NONE, closing = EX_NONE;
	uint16_t also = 0;

	st->frames = p->frame;
	st->last_time = p->time;
	if (!st->first_time)
		st->first_time = p->time;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t x = gather(st, p, t, &ev[i]);
		if (!x)
			continue;
		if (t && ev[i].first_frame && ev[i].first_frame < p->frame)
			explain_backwards(st, t, &ev[i], part_of(x));
		if (closes(x)) {
			closing = x;
		} else if (!own || explain_kinds[x].step == explain_kinds[own].step) {
			if (!own || tells_more(x))
				own = x;
		} else {
			also |= (uint16_t)(1u << explain_kinds[x].step);
		}
	}
	/* what came with data is data first, and the goodbye besides */
	if (!own && t && (!closing || p->flags & FRAME_PAYLOAD))
		own = explain_plain(t, p, from_client);
	bool late = t && c && behind_end(st, t, p, c->client & 1);
	if (late && !closes(own) && own != EX_CLOSE_NOTIFY && explain_kinds[own].step)
		own = EX_BEHIND_END;
	if (closing && own && explain_kinds[own].step != STEP_5_4)
		also |= 1u << STEP_5_4;
	if (!own)
		own = closing;
	fr->explain = own;
	add_extra(st, p->frame, also);
	if (!t)
		return;
	if (p->flags & FRAME_PAYLOAD)
		t->last_data[p->dir & 1] = p->frame;
	if (p->flags & (FRAME_PAYLOAD | FRAME_SYN | FRAME_FIN))
		t->sent[p->dir & 1] = closing ? closing : own;
	if (p->flags & FRAME_FIN)
		explain_goodbye(st, t, p);
	if (!late)
		note_activity(st, t, p);
}

void steps_late(struct steps *st, const struct packet *p, const struct event *ev, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct track *t = track_at(st, ev[i].flow);
		struct frame_rec *fr = session_frame(st->s, ev[i].frame);
		if (!t || !fr || ev[i].frame > p->frame)
			continue;
		const struct packet late = { .frame = ev[i].frame, .flow = ev[i].flow,
			.time = fr->time, .dir = ev[i].dir, .flags = fr->flags,
			.proto = fr->proto, .notes = fr->notes };
		uint8_t x = gather(st, &late, t, &ev[i]);
		if (!x || closes(x))
			continue;
		if (ev[i].first_frame && ev[i].first_frame < ev[i].frame)
			explain_backwards(st, t, &ev[i], part_of(x));
		if (fr->explain == EX_DATA)
			fr->explain = x;
	}
}

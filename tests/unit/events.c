/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events.h"

#include "record/record.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

uint32_t text(struct world *w, const char *s)
{
	return intern_bytes(w->s.strings, s, strlen(s));
}

uint32_t address(struct world *w, const char *s)
{
	uint8_t b[16];
	bool v6 = strchr(s, ':') != NULL;
	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, s, b), 1);
	return intern_bytes(w->s.strings, b, v6 ? 16 : 4);
}

uint32_t mac(struct world *w, uint8_t last)
{
	const uint8_t b[6] = { 2, 0, 0, 0, 0, last };
	return intern_bytes(w->s.strings, b, 6);
}

struct world *world_new(void)
{
	struct world *w = xcalloc(1, sizeof *w);
	w->s.strings = intern_new();
	w->s.frames = chunks_init(sizeof(struct frame_rec));
	w->s.conns = chunks_init(sizeof(struct conn));
	w->s.events = chunks_init(sizeof(struct event));
	w->s.pdus = chunks_init(sizeof(struct pdu));
	w->s.steps = steps_new(&w->s);
	w->now = (int64_t)1795330000 * 1000 * MS;
	w->client = address(w, "192.168.0.10");
	w->gateway = address(w, "192.168.0.1");
	w->dns = address(w, "198.51.100.53");
	w->client_mac = mac(w, 10);
	w->gateway_mac = mac(w, 1);
	w->port = 40000;
	w->ttl = 63;
	return w;
}

void world_free(struct world *w)
{
	steps_free(w->s.steps);
	record_free(w->s.record);
	intern_free(w->s.strings);
	chunks_free(&w->s.frames);
	chunks_free(&w->s.conns);
	chunks_free(&w->s.events);
	chunks_free(&w->s.pdus);
	free(w);
}

/* ---- frames ---- */

/* An event of the next frame. */
void ev(struct world *w, enum event_kind kind, uint32_t a, uint32_t b, uint16_t c)
{
	assert_true(w->n_ev < 64);
	w->ev[w->n_ev++] = (struct event){ .a = a, .b = b, .c = c, .kind = (uint8_t)kind };
}

/* The next frame, with the events told before it; returns its number. */
uint32_t frame(struct world *w, uint32_t flow, uint8_t dir, uint8_t flags)
{
	struct frame_rec *fr = chunks_add(&w->s.frames);
	uint32_t n = session_n_frames(&w->s);
	struct conn *c = session_conn(&w->s, flow);
	*fr = (struct frame_rec){ .time = w->now, .len = w->len ? w->len : 100, .flow = flow,
		.flags = (uint8_t)(flags | (dir ? FRAME_DIR : 0)) };
	w->len = 0;
	w->now += MS / 10;
	if (c) {
		fr->prev = c->last_frame;
		c->first_frame = c->first_frame ? c->first_frame : n;
		c->last_frame = n;
	}
	for (uint32_t i = 0; i < w->n_ev; i++) {
		w->ev[i].frame = n;
		w->ev[i].first_frame = w->ev[i].first_frame ? w->ev[i].first_frame : n;
		w->ev[i].flow = flow;
		w->ev[i].dir = dir;
		if (w->ev[i].kind != EV_HOST && w->ev[i].kind != EV_NEXT_HOP)
			*(struct event *)chunks_add(&w->s.events) = w->ev[i];
	}
	const struct packet p = { .frame = n, .flow = flow, .time = fr->time, .dir = dir,
		.flags = fr->flags };
	steps_packet(w->s.steps, &p, w->ev, w->n_ev);
	memset(w->ev, 0, sizeof w->ev);
	w->n_ev = 0;
	return n;
}

uint32_t flow_new(struct world *w, uint32_t from, uint32_t to, uint16_t port, uint8_t proto)
{
	struct conn *c = chunks_add(&w->s.conns);
	uint32_t flow = (uint32_t)w->s.conns.count - 1;
	*c = (struct conn){ .addr = { from, to }, .port = { w->port++, port }, .proto = proto };
	if (proto == 6)
		c->number = ++w->s.n_connections;
	return flow;
}

/* What the engine tells with the first packet of each direction of a flow. */
void hosts(struct world *w, uint32_t flow, uint8_t dir)
{
	const struct conn *c = session_conn(&w->s, flow);
	bool out = dir == 0;
	ev(w, EV_HOST, c->addr[dir], out ? w->client_mac : w->gateway_mac, out ? 64 : w->ttl);
	ev(w, EV_NEXT_HOP, c->addr[!dir], out ? w->gateway_mac : w->client_mac, 0);
}

uint32_t pass(struct world *w, int64_t ms)
{
	w->now += ms * MS;
	return 0;
}

/* ---- what happens on a network ---- */

void arp(struct world *w, uint32_t asker, uint32_t asked, uint32_t answer)
{
	ev(w, EV_ARP_REQUEST, asked, asker, 0);
	ev(w, EV_ARP_SENDER, asker, asker == w->client ? w->client_mac : w->gateway_mac, 0);
	frame(w, NO_FLOW, 0, 0);
	if (!answer)
		return;
	ev(w, EV_ARP_REPLY, asked, answer, 0);
	frame(w, NO_FLOW, 0, 0);
}

uint32_t dns_ask(struct world *w, const char *name, uint16_t type, uint16_t id)
{
	uint32_t flow = flow_new(w, w->client, w->dns, 53, 17);
	hosts(w, flow, 0);
	ev(w, EV_DNS_QUERY, text(w, name), (uint32_t)type << 16 | id, 0);
	frame(w, flow, 0, FRAME_PAYLOAD);
	return flow;
}

/* alias may be NULL; to: an address, or NULL for none. */
uint32_t dns_answer(struct world *w, uint32_t flow, const char *name, uint16_t type,
			   uint16_t id, uint16_t rcode, const char *alias, const char *to)
{
	hosts(w, flow, 1);
	ev(w, EV_DNS_RESPONSE, text(w, name), (uint32_t)type << 16 | id, rcode);
	if (alias)
		ev(w, EV_DNS_RECORD, text(w, name), text(w, alias), 5);
	if (to)
		ev(w, EV_DNS_RECORD, text(w, alias ? alias : name), address(w, to), type);
	return frame(w, flow, 1, FRAME_PAYLOAD);
}

void dns(struct world *w, const char *name, const char *to)
{
	uint32_t flow = dns_ask(w, name, 1, 7);
	dns_answer(w, flow, name, 1, 7, 0, NULL, to);
}

uint32_t syn(struct world *w, const char *to, uint16_t port)
{
	uint32_t flow = flow_new(w, w->client, address(w, to), port, 6);
	hosts(w, flow, 0);
	ev(w, EV_TCP_SYN, 0, 0, 0);
	frame(w, flow, 0, FRAME_SYN);
	return flow;
}

uint32_t tcp_open(struct world *w, const char *to, uint16_t port)
{
	uint32_t flow = syn(w, to, port);
	hosts(w, flow, 1);
	ev(w, EV_TCP_SYNACK, 0, 0, 0);
	frame(w, flow, 1, FRAME_SYN);
	ev(w, EV_TCP_ESTABLISHED, 0, 0, 0);
	frame(w, flow, 0, 0);
	return flow;
}

uint32_t refused(struct world *w, const char *to, uint16_t port)
{
	uint32_t flow = syn(w, to, port);
	hosts(w, flow, 1);
	ev(w, EV_TCP_RST, 0, 0, 1);
	return frame(w, flow, 1, FRAME_RST);
}

uint32_t ack(struct world *w, uint32_t flow, uint8_t dir)
{
	return frame(w, flow, dir, 0);
}

uint32_t fin(struct world *w, uint32_t flow, uint8_t dir)
{
	ev(w, EV_TCP_FIN, 0, 0, 0);
	return frame(w, flow, dir, FRAME_FIN);
}

void http_ask(struct world *w, uint32_t flow, const char *host, const char *path)
{
	ev(w, EV_HTTP_HEADER, HDR_HOST, text(w, host), 0);
	ev(w, EV_HTTP_REQUEST, text(w, "GET"), text(w, path), 11);
	ev(w, EV_HTTP_HEAD, 120, 0, 0);
	ev(w, EV_HTTP_END, 0, 0, 0);
	frame(w, flow, 0, FRAME_PAYLOAD);
	ack(w, flow, 1);
}

void http_answer(struct world *w, uint32_t flow, uint16_t status, const char *mime,
			const char *location, uint32_t bytes)
{
	if (location)
		ev(w, EV_HTTP_HEADER, HDR_LOCATION, text(w, location), 0);
	ev(w, EV_HTTP_RESPONSE, status, mime ? text(w, mime) : 0, 11);
	ev(w, EV_HTTP_HEAD, 200, 0, 0);
	uint32_t head = frame(w, flow, 1, FRAME_PAYLOAD);
	ack(w, flow, 0);
	ev(w, EV_HTTP_END, bytes, bytes, 0);
	w->ev[0].first_frame = head;
	frame(w, flow, 1, FRAME_PAYLOAD);
	ack(w, flow, 0);
}

void http(struct world *w, uint32_t flow, const char *host, const char *path,
		 const char *mime)
{
	http_ask(w, flow, host, path);
	http_answer(w, flow, 200, mime, NULL, 1000);
}

/* TLS 1.3 without keys: hello over two packets, the server's flight, the client's end of it. */
void tls_shake(struct world *w, uint32_t flow, const char *sni)
{
	uint32_t first = frame(w, flow, 0, FRAME_PAYLOAD);
	ev(w, EV_TLS_CLIENT_HELLO, sni ? text(w, sni) : 0, text(w, "h2,http/1.1"), 0x0304);
	w->ev[0].first_frame = first;
	frame(w, flow, 0, FRAME_PAYLOAD);
	ack(w, flow, 1);
	ev(w, EV_TLS_SERVER_HELLO, 0, 0x1301, 0x0304);
	ev(w, EV_TLS_CCS, 0, 0, 0);
	ev(w, EV_TLS_ENCRYPTED, 23, 900, 0);
	frame(w, flow, 1, FRAME_PAYLOAD);
	ack(w, flow, 0);
	ev(w, EV_TLS_CCS, 0, 0, 0);
	ev(w, EV_TLS_ENCRYPTED, 23, 53, 0);
	frame(w, flow, 0, FRAME_PAYLOAD);
}

void tls_talk(struct world *w, uint32_t flow)
{
	ev(w, EV_TLS_ENCRYPTED, 23, 400, 0);
	frame(w, flow, 0, FRAME_PAYLOAD);
	ack(w, flow, 1);
	ev(w, EV_TLS_ENCRYPTED, 23, 1200, 0);
	frame(w, flow, 1, FRAME_PAYLOAD);
	frame(w, flow, 1, FRAME_PAYLOAD);
	ack(w, flow, 0);
}

void close_both(struct world *w, uint32_t flow)
{
	fin(w, flow, 0);
	fin(w, flow, 1);
	ack(w, flow, 0);
}

/* ---- what came of it ---- */

const struct fact *fact(const struct visit *v, enum step step, const char *key)
{
	for (unsigned i = 0; i < v->step[step].n_facts; i++)
		if (!strcmp(v->step[step].facts[i].key, key))
			return &v->step[step].facts[i];
	return NULL;
}

const char *fact_is(const struct visit *v, enum step step, const char *key)
{
	const struct fact *f = fact(v, step, key);
	return f && f->kind == FACT_TEXT ? f->text : f && f->kind == FACT_LIST ? f->list[0] : "";
}

const struct visit *only_visit(struct world *w)
{
	steps_settle(w->s.steps);
	assert_int_equal(steps_n_visits(w->s.steps), 1);
	return steps_visit(w->s.steps, 1);
}

const char *step_of(struct world *w, uint32_t n)
{
	return step_kinds[session_frame(&w->s, n)->step].id;
}

static void headline_agrees(const struct visit *h, const struct visit *v)
{
	assert_int_equal(h->id, v->id);
	assert_string_equal(h->url, v->url);
	assert_string_equal(h->final_url, v->final_url);
	assert_string_equal(h->client, v->client);
	assert_string_equal(h->summary, v->summary);
	assert_true(h->start == v->start && h->end == v->end && h->n_frames == v->n_frames);
}

/* What is true of every told visit, whatever happened. */
void sound(struct world *w)
{
	for (uint32_t id = 1; id <= steps_n_visits(w->s.steps); id++) {
		const struct visit *v = steps_visit(w->s.steps, id);
		assert_int_equal(v->id, id);
		assert_true(*v->url && *v->final_url && *v->client && *v->summary);
		assert_true(v->start <= v->end);
		headline_agrees(steps_headline(w->s.steps, id), v);
		for (int i = STEP_1; i < STEPS; i++) {
			const struct step_entry *e = &v->step[i];
			assert_true(e->because && *e->because);
			assert_non_null(e->explain);
			assert_null(strchr(e->because, '{'));
			assert_null(strchr(e->explain, '{'));
			assert_true(!e->remark || !strchr(e->remark, '{'));
			assert_true(e->start <= e->end);
			for (uint32_t k = 0; k < e->n_frames && k < STEP_FRAMES; k++) {
				assert_true(e->frames[k] >= v->first_frame);
				assert_true(e->frames[k] <= v->last_frame);
				assert_true(!k || e->frames[k] > e->frames[k - 1]);
			}
		}
	}
	for (uint32_t n = 1; n <= session_n_frames(&w->s); n++) {
		const struct frame_rec *fr = session_frame(&w->s, n);
		assert_true(fr->visit <= steps_n_visits(w->s.steps));
		assert_int_equal(fr->visit != 0, fr->step != STEP_0);
		assert_true(fr->visit || !fr->also);
	}
}

const struct visit *one(struct world *w)
{
	const struct visit *v = only_visit(w);
	sound(w);
	return v;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * events: a small world for tests of src/steps: a session without a capture, filled by hand with
 * frames, flows and the events that dissectors would have emitted. No packet bytes anywhere.
 */
#ifndef OSI_TESTS_EVENTS_H
#define OSI_TESTS_EVENTS_H

#include "unit.h"

#include "session.h"
#include "steps/steps.h"

struct world {
	struct session s;
	int64_t now;		/* of the next frame; each takes a tenth of a millisecond */
	struct event ev[64];	/* of the next frame */
	uint32_t n_ev;
	uint32_t client, gateway, dns;
	uint32_t client_mac, gateway_mac;
	uint16_t port;		/* of the next connection's client */
	uint8_t ttl;		/* of what comes from far away */
	uint32_t len;		/* of the next frame; 0: 100 */
};

enum { MS = 1000000 };

uint32_t text(struct world *w, const char *s);
uint32_t address(struct world *w, const char *s);
uint32_t mac(struct world *w, uint8_t last);
struct world *world_new(void);
void world_free(struct world *w);
/* An event of the next frame. */
void ev(struct world *w, enum event_kind kind, uint32_t a, uint32_t b, uint16_t c);
/* The next frame, with the events told before it; returns its number. */
uint32_t frame(struct world *w, uint32_t flow, uint8_t dir, uint8_t flags);
uint32_t flow_new(struct world *w, uint32_t from, uint32_t to, uint16_t port, uint8_t proto);
/* What the engine tells with the first packet of each direction of a flow. */
void hosts(struct world *w, uint32_t flow, uint8_t dir);
uint32_t pass(struct world *w, int64_t ms);
void arp(struct world *w, uint32_t asker, uint32_t asked, uint32_t answer);
uint32_t dns_ask(struct world *w, const char *name, uint16_t type, uint16_t id);
/* alias may be NULL; to: an address, or NULL for none. */
uint32_t dns_answer(struct world *w, uint32_t flow, const char *name, uint16_t type,
			   uint16_t id, uint16_t rcode, const char *alias, const char *to);
void dns(struct world *w, const char *name, const char *to);
uint32_t syn(struct world *w, const char *to, uint16_t port);
uint32_t tcp_open(struct world *w, const char *to, uint16_t port);
uint32_t refused(struct world *w, const char *to, uint16_t port);
uint32_t ack(struct world *w, uint32_t flow, uint8_t dir);
uint32_t fin(struct world *w, uint32_t flow, uint8_t dir);
void http_ask(struct world *w, uint32_t flow, const char *host, const char *path);
void http_answer(struct world *w, uint32_t flow, uint16_t status, const char *mime,
			const char *location, uint32_t bytes);
void http(struct world *w, uint32_t flow, const char *host, const char *path,
		 const char *mime);
/* TLS 1.3 without keys: hello over two packets, the server's flight, the client's end of it. */
void tls_shake(struct world *w, uint32_t flow, const char *sni);
void tls_talk(struct world *w, uint32_t flow);
void close_both(struct world *w, uint32_t flow);
const struct fact *fact(const struct visit *v, enum step step, const char *key);
const char *fact_is(const struct visit *v, enum step step, const char *key);
const struct visit *only_visit(struct world *w);
const char *step_of(struct world *w, uint32_t n);
/* What is true of every told visit, whatever happened. */
void sound(struct world *w);
const struct visit *one(struct world *w);

#define state_is(v, step_, state_) \
	assert_string_equal(step_state_ids[(v)->step[step_].state], state_)

#endif

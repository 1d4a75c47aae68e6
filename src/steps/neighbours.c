/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * neighbours: which ARP and NDP questions a visit made necessary, and how its servers are
 * reached: directly, or by way of a gateway. A gateway is known by the packets to far addresses
 * that all carry one MAC address, or by the ARP answer that gave this MAC for another address.
 */
#include <string.h>

#include "steps/own.h"

enum { REMEMBERED_S = 60 };	/* a question so long before a visit may still be its own */

static bool no_mac(const struct steps *st, uint32_t mac)
{
	size_t n;
	const char *s = session_string(st->s, mac, &n);
	return n != 6 || !memcmp(s, "\0\0\0\0\0\0", 6);
}

static uint8_t hops_of(uint8_t ttl)
{
	static const uint8_t begins[] = { 64, 128, 255 };
	for (size_t i = 0; i < sizeof begins; i++)
		if (ttl && ttl <= begins[i])
			return (uint8_t)(begins[i] - ttl);
	return 0;
}

uint8_t path_side(const struct steps *st, uint32_t flow, uint8_t dir)
{
	const struct conn *c = session_conn(st->s, flow);
	return c && c->addr[0] > c->addr[1] ? !dir : dir;
}

static uint64_t path_key(const struct conn *c)
{
	return c->addr[0] < c->addr[1] ? map_pair(c->addr[0], c->addr[1])
				       : map_pair(c->addr[1], c->addr[0]);
}

static const struct path *path_at(const struct steps *st, uint32_t flow)
{
	const struct conn *c = session_conn(st->s, flow);
	uint32_t number = c ? map_get(&st->by_path, path_key(c)) : 0;
	return number ? chunks_at(&st->paths, number - 1) : NULL;
}

struct path *path_of(struct steps *st, uint32_t flow)
{
	const struct conn *c = session_conn(st->s, flow);
	uint32_t number = c ? map_get(&st->by_path, path_key(c)) : 0;
	if (number)
		return chunks_at(&st->paths, number - 1);
	if (!c || !room_for(st, &st->paths, MAX_PATHS, c->first_frame))
		return NULL;
	struct path *path = chunks_add(&st->paths);
	map_put(&st->by_path, path_key(c), (uint32_t)st->paths.count);
	return path;
}

struct reach reach_of(const struct steps *st, uint32_t flow)
{
	const struct path *path = path_at(st, flow);
	const struct conn *c = session_conn(st->s, flow);
	struct reach r = { 0 };
	if (!c)
		return r;
	uint8_t client = c->client & 1, me = path_side(st, flow, client);
	uint32_t server = c->addr[!client];
	size_t len;
	(void)session_string(st->s, server, &len);
	if (server == c->addr[client]) {
		r.kind = REACH_SELF;
		return r;
	}
	if (!path) {
		r.why = WHY_NO_MAC;
		return r;
	}
	r.ttl = path->ttl[!me];
	r.hops = hops_of(r.ttl);
	/* the client's own frames tell whom they are for; else those that come back, by whom */
	r.mac = !no_mac(st, path->next[me]) ? path->next[me]
		: !no_mac(st, path->mac[!me]) ? path->mac[!me] : 0;
	if (!r.mac) {
		r.why = WHY_NO_MAC;
		return r;
	}
	const struct neighbour *own = NULL, *by_mac = NULL;
	uint32_t n = map_get(&st->near, map_pair(server, 1));
	if (n)
		own = chunks_at(&st->neighbours, n - 1);
	uint32_t m = map_get(&st->near, map_pair(r.mac, (uint32_t)len));
	if (m)
		by_mac = chunks_at(&st->neighbours, m - 1);
	uint32_t router = map_get(&st->routers, map_pair(r.mac, (uint32_t)len));
	if (own && own->mac == r.mac) {
		r.kind = REACH_NEAR;
		r.why = WHY_ASKED;
		r.address = server;
		r.question = n;
	} else if (by_mac && by_mac->mac == r.mac && by_mac->address != server) {
		r.kind = REACH_FAR;
		r.why = WHY_ASKED;
		r.address = by_mac->address;
		r.question = m;
	} else if (router & ROUTER_MANY) {
		r.kind = REACH_FAR;
		r.why = WHY_SHARED;
	} else if (r.ttl) {
		r.kind = r.hops ? REACH_FAR : REACH_NEAR;
		r.why = WHY_TTL;
		r.address = r.hops ? 0 : server;
	}
	return r;
}

/* ---- questions to visits ---- */

/* Is this the answer to where the client's packets of a flow go? */
static bool leads_to(const struct steps *st, uint32_t flow, uint8_t client,
		     const struct neighbour *q)
{
	const struct conn *c = session_conn(st->s, flow);
	const struct path *path = path_at(st, flow);
	return c && (c->addr[!client] == q->address ||
		     (path && q->mac && path->next[path_side(st, flow, client)] == q->mac));
}

/* Does a flow of the visit need the answer of this question? */
static bool needs(const struct steps *st, const struct story *y, const struct neighbour *q)
{
	for (uint32_t i = y->flows; i; i = track_at(st, i - 1)->next_of_story)
		if (leads_to(st, i - 1, session_conn(st->s, i - 1)->client & 1, q))
			return true;
	for (uint32_t i = y->lookups; i; i = lookup_at(st, i)->next_of_story)
		if (leads_to(st, lookup_at(st, i)->flow, lookup_at(st, i)->dir, q))
			return true;
	return false;
}

static void add(struct steps *st, uint32_t story, uint32_t number)
{
	struct story *y = story_at(st, story);
	struct neighbour *q = chunks_at(&st->neighbours, number - 1);
	q->story = (uint16_t)story;
	if (y->last_neighbour) {
		struct neighbour *last = chunks_at(&st->neighbours, y->last_neighbour - 1);
		last->next_of_story = number;
	} else {
		y->neighbours = number;
	}
	y->last_neighbour = number;
}

/* The client's first visit that is not over at this frame; moves the client's cursor. */
static uint32_t going_on(struct steps *st, struct client *c, uint32_t frame)
{
	while (c->story && story_at(st, c->story)->last_frame < frame)
		c->story = story_at(st, c->story)->next_of_client;
	return c->story;
}

void attach_neighbours(struct steps *st)
{
	for (uint32_t i = 1; i <= st->clients.count; i++)
		client_at(st, i)->story = client_at(st, i)->first_story;
	for (uint32_t i = 1; i <= st->neighbours.count; i++) {
		struct neighbour *q = chunks_at(&st->neighbours, i - 1);
		struct client *asker = client_at(st, map_get(&st->by_client, q->asker));
		struct client *asked = client_at(st, map_get(&st->by_client, q->address));
		uint32_t at;
		q->story = 0;
		q->next_of_story = 0;
		if (q->told)
			continue;
		if (asker && (at = going_on(st, asker, q->frame)) != 0) {
			const struct story *y = story_at(st, at);
			int64_t early = time_of(st, y->first_frame) - time_of(st, q->frame);
			if (needs(st, y, q) && early <= (int64_t)REMEMBERED_S * 1000000000)
				add(st, at, i);
		} else if (asked && (at = going_on(st, asked, q->frame)) != 0) {
			/* the other way round: the answers need the client's MAC address */
			if (story_at(st, at)->first_frame <= q->frame)
				add(st, at, i);
		}
	}
}

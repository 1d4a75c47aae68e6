/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * visit: which of all the questions, connections and requests make one visit.
 *
 * Nothing in the packets says "a person typed an address now". The rules, per client (a visit has
 * one; the addresses of one station count together), over its leads in the order of time, where
 * a lead is a DNS question for an address, a connection to a web server, or an HTTP request:
 *
 * A lead begins a new visit when
 *   1. the client has none going on;
 *   2. the client was quiet for a second and a half (no question, no connection, no payload but
 *      keep-alives): a page loads without such pauses, a person reads in between. It stays in the
 *      visit as long as the same host is still being tried for the first time (a DNS question or
 *      a SYN that nobody answered takes seconds), and so do requests that are seen to be for
 *      parts of a page (pictures, scripts);
 *   3. the client itself has closed every connection of the visit, after its request: a browser
 *      keeps them open as long as a page may need them, a program that ends closes them;
 *   4. so far everything has failed, and now another host is tried (except the same name with a
 *      search domain behind it, and the name by which browsers find out whether any name works);
 *   5. the same page is asked for again (a reload);
 *   6. a page is asked for over http while the visit so far was encrypted: a https page may not
 *      hold a http page, so this was typed or clicked.
 * All else belongs to the visit that is going on: other hosts, which carry pictures and scripts,
 * as connections of their own. A redirect's target always does. The client's background hosts
 * (background.def) lead nowhere, unless there is nothing else in the capture; nor do the
 * questions of a DNS server to other servers.
 *
 * What the visit is about is chosen when all its leads are known (document.c); what began before
 * that and leads elsewhere is left out again.
 */
#include <string.h>

#include "steps/own.h"

enum lead_kind { LEAD_LOOKUP, LEAD_FLOW, LEAD_ASK };

struct lead {
	enum lead_kind kind;
	uint32_t number;	/* lookup or ask, from 1; flow + 1 */
	uint32_t frame, client, place;	/* place: a host name, or else an address */
	uint32_t page;		/* of the browser's log; 0: it does not tell */
	uint16_t idle;
	struct ask *ask;
};

enum { WINDOW = 256 };	/* how far back the members of a visit are looked for */

static bool ended_by_client(const struct steps *st, uint32_t story, uint32_t tracks, uint32_t frame)
{
	uint32_t open = story_at(st, story)->open;
	bool any = false;
	for (uint32_t i = tracks, n = 0; i > 0 && n < WINDOW; i--, n++) {
		const struct track *t = track_number(st, i);
		const struct conn *c = session_conn(st->s, t->flow);
		uint32_t first = flow_frame(st, t->flow);
		if (first && first < open)
			break;
		if (t->story != story || !flow_open(st, t->flow, frame))
			continue;
		uint32_t mine = t->fin[c->client & 1], theirs = t->fin[!(c->client & 1)];
		bool reset = before(t->rst, frame) && !theirs;
		if (t->kind != KIND_TCP || !(reset || (before(mine, frame) && before(mine,
				theirs))))
			return false;
		any = true;
	}
	return any;
}

/* Nothing has worked so far, and something has failed already. */
static bool all_failed(const struct steps *st, uint32_t story, const struct lead *l,
		       uint32_t lookups, uint32_t tracks)
{
	uint32_t open = story_at(st, story)->open;
	bool failed = false;
	for (uint32_t i = tracks, n = 0; i > 0 && n < WINDOW; i--, n++) {
		const struct track *t = track_number(st, i);
		uint32_t first = flow_frame(st, t->flow);
		if (first && first < open)
			break;
		if (t->story != story)
			continue;
		if (flow_open(st, t->flow, l->frame))
			return false;
		failed |= flow_failed(st, t->flow, l->frame);
	}
	for (uint32_t i = lookups, n = 0; i > 0 && n < WINDOW; i--, n++) {
		const struct lookup *q = lookup_at(st, i);
		if (q->frame < open)
			break;
		if (q->story != story)
			continue;
		if (before(q->answer, l->frame) && q->flags & LOOKUP_ADDRESS && !failed)
			return false;
		failed |= before(q->answer, l->frame) && q->rcode && q->type != 65;
		failed |= !q->answer && time_of(st, l->frame) - time_of(st, q->frame) >
					(int64_t)SILENT_MS * 1000000;
	}
	return failed;
}

/* The same name, or with a search domain behind it. */
static bool extends(const struct steps *st, uint32_t place, uint32_t host)
{
	size_t n, m;
	const char *longer = session_string(st->s, place, &n);
	const char *name = session_string(st->s, host, &m);
	return place == host || (m && n > m && longer[m] == '.' && !memcmp(longer, name, m));
}

static bool parts_only(const struct steps *st, uint32_t flow)
{
	const struct ask *a = NULL;
	uint32_t n = track_at(st, flow)->first_ask;
	if (!n)
		return false;
	for (; n; n = a->next_of_flow) {
		a = ask_at(st, n);
		if (ask_document(st, a))
			return false;
	}
	return true;
}

struct walk { uint32_t lookups, tracks, ask; };	/* how many were looked at so far; the last ask */

static bool request_navigates(const struct steps *st, const struct story *y, const struct lead *l)
{
	const struct ask *first = ask_at(st, y->ask);
	if (first && l->ask->url == first->url && l->ask->host == first->host &&
	    l->ask->method == first->method && l->ask->flow != NO_FLOW && first->response &&
	    (ask_document(st, l->ask) || l->ask->status == 304))
		return true;
	if (!ask_document(st, l->ask))
		return false;
	if (y->encrypted && before(y->seen, l->frame) && l->place != y->target_host &&
	    !(track_at(st, l->ask->flow)->flags & TRACK_TLS))
		return true;
	return l->idle >= QUIET_MS && y->seen;
}

static bool navigates(const struct steps *st, uint32_t story, const struct lead *l,
		      const struct walk *w)
{
	const struct story *y = story_at(st, story);
	bool seen = before(y->seen, l->frame);
	if (y->target && l->place == y->target_host && l->idle < QUIET_MS)
		return false;
	if (l->kind == LEAD_ASK)
		return request_navigates(st, y, l);
	if (l->place == y->host && !seen)
		return false;
	if (l->kind == LEAD_FLOW && parts_only(st, l->number - 1))
		return false;
	if (seen && ended_by_client(st, story, w->tracks, l->frame))
		return true;
	if (probe_host(st, l->place) && l->idle < QUIET_MS && !seen)
		return false;
	if (!extends(st, l->place, y->host) && all_failed(st, story, l, w->lookups, w->tracks))
		return true;
	return l->idle >= QUIET_MS;
}

/* A page that turns out to be a visit of its own takes along what led to it. */
static void take_along(struct steps *st, uint32_t from, uint32_t to, const struct lead *l,
		       const struct walk *w)
{
	uint32_t open = story_at(st, from)->open, host = story_at(st, from)->host;
	struct track *t = track_at(st, l->ask->flow);
	if (t->story == from && ask_at(st, t->first_ask) == l->ask)
		t->story = (uint16_t)to;
	if (l->place == host)
		return;
	for (uint32_t i = w->lookups, n = 0; i > 0 && n < WINDOW; i--, n++) {
		struct lookup *q = lookup_at(st, i);
		if (q->frame < open)
			break;
		if (q->story == from && q->host == l->place)
			q->story = (uint16_t)to;
	}
}

static uint32_t open_story(struct steps *st, const struct lead *l)
{
	struct story *y = chunks_add(&st->stories);
	uint32_t number = (uint32_t)st->stories.count;
	memset(y, 0, sizeof *y);
	y->client = l->client;
	y->host = l->place;
	y->open = l->frame;
	return number;
}

static void attach(struct steps *st, uint32_t number, const struct lead *l)
{
	struct story *y = story_at(st, number);
	struct track *t;
	switch (l->kind) {
	case LEAD_LOOKUP:
		lookup_at(st, l->number)->story = (uint16_t)number;
		break;
	case LEAD_FLOW:
		t = track_at(st, l->number - 1);
		t->story = (uint16_t)number;
		if (t->request && !t->first_ask && before(t->request, y->seen)) {
			y->seen = t->request;
			y->encrypted = true;
		}
		break;
	case LEAD_ASK:
		l->ask->story = (uint16_t)number;
		if (!y->ask && ask_document(st, l->ask))
			y->ask = l->number;
		if (before(l->ask->frame, y->seen)) {
			y->seen = l->ask->frame;
			y->encrypted = false;
		}
		if (l->ask->location && ask_document(st, l->ask)) {
			y->target = l->ask->location;
			y->target_host = url_host(st, y->target);
			if (!y->target_host)
				y->target_host = l->place;
		}
		break;
	}
}

static void consider(struct steps *st, const struct lead *l, const struct walk *w)
{
	struct client *c = client_at(st, l->client);
	if (!c || (c->resolver && !st->everything))
		return;
	uint32_t known = l->page ? map_get(&st->story_of_page, l->page) : 0;
	if (known) {
		c->story = known;
		attach(st, known, l);
		return;
	}
	/* a visit that was recorded opens on its address; what the browser does not know of is others' */
	if (!l->page && recorded_only(st)) {
		uint32_t flow = l->kind == LEAD_FLOW ? l->number - 1 : l->ask ? l->ask->flow : NO_FLOW;
		if (c->story && (flow == NO_FLOW || recorded_flow(st, flow)))
			attach(st, c->story, l);
		return;
	}
	bool fresh = l->page || !c->story || navigates(st, c->story, l, w);
	uint32_t before_it = c->story;
	/* what would be a visit of its own, were there room, is no part of the one before it */
	if (fresh && !room_for(st, &st->stories, VISIT_MAX, l->frame))
		return;
	if (fresh) {
		c->story = open_story(st, l);
		story_at(st, c->story)->page = l->page;
		map_put(&st->story_of_page, l->page, c->story);
	} else if (!c->story)
		return;
	if (fresh && !l->page && before_it && before_it != c->story && l->kind == LEAD_ASK)
		take_along(st, before_it, c->story, l, w);
	attach(st, c->story, l);
}

static void consider_lookup(struct steps *st, const struct walk *w)
{
	const struct lookup *q = lookup_at(st, w->lookups);
	struct lead l = { .kind = LEAD_LOOKUP, .number = w->lookups, .frame = q->frame,
		.client = q->client, .place = q->host, .idle = q->idle,
		.page = recorded_page_of_host(st, q->host, time_of(st, q->frame)) };
	if (l.page == RECORDED_BACKGROUND || (!l.page && recorded_only(st) && recorded_whole(st)))
		return;
	if (l.page && !recorded_own(st, q->client))	/* the same name, asked for by somebody else */
		return;
	if (!l.page && q->flags & LOOKUP_BACKGROUND && !st->everything)
		return;
	if (!l.page && q->flags & LOOKUP_OTHER && !(q->flags & LOOKUP_WEB))
		return;
	consider(st, &l, w);
}

static void consider_flow(struct steps *st, const struct walk *w)
{
	const struct track *t = track_number(st, w->tracks);
	uint32_t flow = t->flow;
	struct lead l = { .kind = LEAD_FLOW, .number = flow + 1, .frame = flow_frame(st, flow),
		.client = t->client, .place = flow_place(st, flow), .idle = t->idle,
		.page = recorded_page_of_flow(st, flow) };
	/* a call that came to nothing may be in no log; one that was answered may be another program's */
	if (!l.page && recorded_only(st) && !flow_open(st, flow, 0))
		l.page = recorded_page_of_host(st, l.place, time_of(st, l.frame));
	if (!l.page && recorded_only(st) && !flow_open(st, flow, 0) && recorded_flow(st, flow))
		l.page = recorded_page_at(st, time_of(st, l.frame));	/* of a host without a question: localhost */
	if (l.page == RECORDED_BACKGROUND || !l.frame)
		return;
	if (!l.page && (!web_flow(st, flow) || (!st->everything && background_flow(st, flow))))
		return;
	consider(st, &l, w);
}

static void consider_ask(struct steps *st, const struct walk *w)
{
	struct ask *a = ask_at(st, w->ask);
	const struct track *t = track_at(st, a->flow);
	struct lead l = { .kind = LEAD_ASK, .number = w->ask, .frame = a->frame, .ask = a,
		.client = t->client, .idle = a->idle,
		.place = a->host ? a->host : flow_place(st, a->flow),
		.page = recorded_page_of_ask(st, a) };
	if (l.page == RECORDED_BACKGROUND)
		return;
	if (!l.page && !st->everything && background_host(st, l.place))
		return;
	consider(st, &l, w);
}

/* Which questions led to other services than the web: their names open no visit. */
static void mark_lookups(struct steps *st)
{
	for (uint32_t i = 1; i <= st->tracks.count; i++) {
		struct track *t = track_number(st, i);
		t->story = 0;
		t->next_of_story = 0;
		if (t->lookup)
			lookup_at(st, t->lookup)->flags |= web_flow(st, t->flow) ? LOOKUP_WEB
					: LOOKUP_OTHER;
	}
}

static void forget(struct steps *st)
{
	for (uint32_t i = 1; i <= st->lookups.count; i++) {
		struct lookup *q = lookup_at(st, i);
		q->story = 0;
		q->next_of_story = 0;
		q->flags &= (uint8_t)~(LOOKUP_WEB | LOOKUP_OTHER | LOOKUP_MARK);
	}
	uint32_t at = 1, known = KNOWN_ASK;
	for (uint32_t i; (i = next_ask(st, &at, &known)) != 0;) {
		ask_at(st, i)->story = 0;
		ask_at(st, i)->next_of_story = 0;
	}
	map_free(&st->story_of_page);
	for (uint32_t i = 1; i <= st->clients.count; i++)
		client_at(st, i)->story = client_at(st, i)->first_story = 0;
	st->stories.count = 0;
	mark_lookups(st);
}

/* All leads in the order of time. Each of the three rows is in that order already. */
void group_leads(struct steps *st)
{
	struct walk w = { 0 };
	uint32_t asks = 1, known = KNOWN_ASK;
	forget(st);
	w.ask = next_ask(st, &asks, &known);
	for (;;) {
		const struct lookup *q = lookup_at(st, w.lookups + 1);
		const struct ask *a = ask_at(st, w.ask);
		const struct track *t = track_number(st, w.tracks + 1);
		uint32_t at_q = q ? q->frame : UINT32_MAX, at_a = a ? a->frame : UINT32_MAX;
		uint32_t at_t = t ? flow_frame(st, t->flow) : UINT32_MAX;
		if (!q && !a && !t)
			break;
		if (at_t <= at_q && at_t <= at_a) {
			w.tracks++;
			consider_flow(st, &w);
		} else if (at_q <= at_a) {
			w.lookups++;
			consider_lookup(st, &w);
		} else {
			consider_ask(st, &w);
			w.ask = next_ask(st, &asks, &known);
		}
	}
	recorded_without_packets(st);
}

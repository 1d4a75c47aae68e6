/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document: what a visit is about, once all its leads are known: the request for the document,
 * else the first connection that carries encrypted requests, else a connection at all, else what
 * failed. What began before it and leads elsewhere is no part of the visit.
 */
#include <string.h>

#include "record/record.h"
#include "steps/own.h"

/* The request that the redirect of `a` led to; 0 when none of the visit's is it. */
static uint32_t redirected(struct steps *st, const struct ask *a)
{
	size_t n, m;
	const char *to = session_string(st->s, a->location, &n);
	const char *path = n ? memmem(to, n, "://", 3) : NULL;
	uint32_t host = url_host(st, a->location);
	path = path ? memchr(path + 3, '/', n - (size_t)(path + 3 - to)) : to;
	size_t len = path ? n - (size_t)(path - to) : 0;
	for (uint32_t i = a->next_of_story; i; i = ask_at(st, i)->next_of_story) {
		const struct ask *b = ask_at(st, i);
		const char *url = session_string(st->s, b->url, &m);
		if (host && b->host != host)
			continue;
		if (m >= len && (!len || !memcmp(url + m - len, path, len)))
			return i;
	}
	return 0;
}

/* The first flow of a visit, from frame on, that leads to a place and is (not) encrypted. */
static uint32_t flow_to(const struct steps *st, const struct story *y, uint32_t place,
			uint32_t frame)
{
	uint32_t best = 0;
	for (uint32_t i = y->flows; i; i = track_at(st, i - 1)->next_of_story) {
		const struct track *t = track_at(st, i - 1);
		if (t->first_ask || flow_place(st, i - 1) != place || flow_frame(st, i - 1) < frame)
			continue;
		if (!best || before(t->request, track_at(st, best - 1)->request))
			best = i;
	}
	return best;
}

static void follow_redirects(struct steps *st, struct story *y)
{
	const struct ask *a = ask_at(st, y->final);
	y->target = 0;
	y->target_host = 0;
	for (int hops = 0; hops < 20 && a->location; hops++) {
		uint32_t next = redirected(st, a);
		if (!next) {
			y->target = a->location;
			y->target_host = url_host(st, a->location);
			uint32_t flow = flow_to(st, y, y->target_host, a->frame);
			if (flow)
				y->document = flow;
			return;
		}
		y->final = next;
		a = ask_at(st, next);
		y->document = a->flow + 1;
	}
}

static uint32_t first_ask(const struct steps *st, const struct story *y)
{
	for (uint32_t i = y->asks; i; i = ask_at(st, i)->next_of_story)
		if (ask_document(st, ask_at(st, i)))
			return i;
	return y->asks;
}

/* The connection that speaks first behind its encryption. */
static uint32_t first_encrypted(const struct steps *st, const struct story *y)
{
	uint32_t best = 0;
	for (uint32_t i = y->flows; i; i = track_at(st, i - 1)->next_of_story) {
		const struct track *t = track_at(st, i - 1);
		if (t->request && !t->first_ask &&
		    (!best || before(t->request, track_at(st, best - 1)->request)))
			best = i;
	}
	return best;
}

/* The first connection that was answered, best one with a TLS handshake; else the first at all. */
static uint32_t first_flow(const struct steps *st, const struct story *y, bool answered)
{
	uint32_t best = 0;
	for (uint32_t i = y->flows; i; i = track_at(st, i - 1)->next_of_story) {
		if (answered && !flow_open(st, i - 1, 0))
			continue;
		if (!best || (track_at(st, i - 1)->hello && !track_at(st, best - 1)->hello))
			best = i;
	}
	return best;
}

/*
 * A host of which no address became known, though one was asked for: the lookup's number. A
 * question that nobody answered counts once there was time to.
 */
static uint32_t failed_lookup(const struct steps *st, const struct story *y)
{
	for (uint32_t i = y->lookups; i; i = lookup_at(st, i)->next_of_story) {
		const struct lookup *q = lookup_at(st, i), *o;
		bool found = false;
		if (q->type == 65)
			continue;
		if (!q->answer &&
		    st->last_time - time_of(st, q->frame) < (int64_t)SILENT_MS * 1000000)
			continue;
		for (uint32_t k = y->lookups; k && !found; k = o->next_of_story) {
			o = lookup_at(st, k);
			found = o->host == q->host && o->flags & LOOKUP_ADDRESS;
		}
		if (!found)
			return i;
	}
	return 0;
}

static void choose(struct steps *st, struct story *y)
{
	uint32_t ask = first_ask(st, y), secret = first_encrypted(st, y), n;
	const struct ask *a = ask_at(st, ask);
	y->ask = y->final = 0;
	if (a && secret && !y->page && before(track_at(st, secret - 1)->request, a->frame))
		a = NULL;
	if (a) {
		y->kind = STORY_DOCUMENT;
		y->ask = y->final = ask;
		y->first_flow = y->document = a->flow + 1;
		y->host = a->host ? a->host : flow_host(st, a->flow);
		follow_redirects(st, y);
	} else if ((n = secret ? secret : first_flow(st, y, true)) != 0) {
		y->kind = STORY_CONNECTION;
		y->first_flow = y->document = n;
		y->host = flow_host(st, n - 1);
	} else if ((n = first_flow(st, y, false)) != 0) {
		y->kind = STORY_FAILED_CONNECTION;
		y->first_flow = y->document = n;
		y->host = flow_host(st, n - 1);
	} else if ((n = failed_lookup(st, y)) != 0) {
		y->kind = STORY_FAILED_NAME;
		y->host = lookup_at(st, n)->host;
		y->port = 0;
	} else if (y->page) {
		y->kind = STORY_NO_PACKET;
	}
	const struct rec_page *p = y->host ? NULL : rec_page(st->s->record, y->page);
	if (p)		/* a name that nobody was asked about: localhost */
		y->host = recorded_host(st, p->url);
	if (y->document)
		y->port = server_port(st, y->first_flow - 1);
}

/* The frame with which the visit's own host came up first. */
static uint32_t beginning(const struct steps *st, const struct story *y)
{
	uint32_t first = y->first_flow ? flow_frame(st, y->first_flow - 1) : UINT32_MAX;
	uint32_t place = y->host ? y->host
		: y->first_flow ? server_address(st, y->first_flow - 1) : 0;
	for (uint32_t i = y->lookups; i; i = lookup_at(st, i)->next_of_story)
		if (lookup_at(st, i)->host == y->host && lookup_at(st, i)->frame < first)
			first = lookup_at(st, i)->frame;
	for (uint32_t i = y->flows; i; i = track_at(st, i - 1)->next_of_story)
		if (flow_place(st, i - 1) == place && flow_frame(st, i - 1) < first)
			first = flow_frame(st, i - 1);
	return first;
}

/* Leaves out what began earlier and leads elsewhere, and all of it when there is no visit. */
static void leave_out(struct steps *st, struct story *y, uint32_t from)
{
	for (uint32_t *at = &y->lookups; *at;) {
		struct lookup *q = lookup_at(st, *at);
		if (q->frame >= from) {
			y->last_lookup = *at;
			at = &q->next_of_story;
			continue;
		}
		*at = q->next_of_story;
		q->story = 0;
		q->next_of_story = 0;
	}
	for (uint32_t *at = &y->flows; *at;) {
		struct track *t = track_at(st, *at - 1);
		if (flow_frame(st, *at - 1) >= from || *at == y->document) {
			y->last_flow = *at;
			at = &t->next_of_story;
			continue;
		}
		*at = t->next_of_story;
		t->story = 0;
		t->next_of_story = 0;
	}
}

void choose_document(struct steps *st, struct story *y, uint32_t number)
{
	(void)number;
	y->kind = STORY_NONE;
	choose(st, y);
	if (y->kind == STORY_NONE || !y->page)
		leave_out(st, y, y->kind == STORY_NONE ? UINT32_MAX : beginning(st, y));
	for (uint32_t i = y->asks; i && y->kind == STORY_NONE; i = ask_at(st, i)->next_of_story)
		ask_at(st, i)->story = 0;
}

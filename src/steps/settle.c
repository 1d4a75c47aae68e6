/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settle: what only the whole capture tells, done again from the facts each time: leads are
 * grouped into stories, each story finds its document, and the frames get visit and step. About
 * ten nanoseconds a frame; what views read (struct visit) is written later, when asked for.
 */
#include "steps/own.h"
#include "steps/tell.h"

static void link_lookups(struct steps *st)
{
	for (uint32_t i = 1; i <= st->lookups.count; i++) {
		struct lookup *q = lookup_at(st, i);
		struct story *y = story_at(st, q->story);
		if (!y)
			continue;
		if (y->last_lookup)
			lookup_at(st, y->last_lookup)->next_of_story = i;
		else
			y->lookups = i;
		y->last_lookup = i;
	}
}

static void link_flows(struct steps *st)
{
	for (uint32_t i = 1; i <= st->tracks.count; i++) {
		struct track *t = track_number(st, i);
		struct story *y = story_at(st, t->story);
		t->mark = 0;
		if (!y)
			continue;
		if (y->last_flow)
			track_at(st, y->last_flow - 1)->next_of_story = t->flow + 1;
		else
			y->flows = t->flow + 1;
		y->last_flow = t->flow + 1;
	}
}

static void link_asks(struct steps *st)
{
	uint32_t at = 1, known = KNOWN_ASK;
	for (uint32_t i; (i = next_ask(st, &at, &known)) != 0;) {
		struct ask *a = ask_at(st, i);
		struct story *y = story_at(st, a->story);
		if (!y)
			continue;
		if (y->last_ask)
			ask_at(st, y->last_ask)->next_of_story = i;
		else
			y->asks = i;
		y->last_ask = i;
	}
}

static void widen(struct story *y, uint32_t first, uint32_t last)
{
	if (before(first, y->first_frame))
		y->first_frame = first;
	if (last > y->last_frame)
		y->last_frame = last;
}

/* From where to where a story goes, roughly: the frames tell it exactly later. */
static void measure(struct steps *st, struct story *y)
{
	for (uint32_t i = y->lookups; i; i = lookup_at(st, i)->next_of_story)
		widen(y, lookup_at(st, i)->frame, lookup_at(st, i)->answer
			? lookup_at(st, i)->answer : lookup_at(st, i)->frame);
	for (uint32_t i = y->flows; i; i = track_at(st, i - 1)->next_of_story)
		widen(y, flow_frame(st, i - 1), session_conn(st->s, i - 1)->last_frame);
	for (uint32_t i = y->asks; i; i = ask_at(st, i)->next_of_story)
		widen(y, ask_at(st, i)->first_frame, ask_at(st, i)->frame);
}

/* The first packet to each far address is evidence for step 3. */
static void mark_far(struct steps *st, struct story *y, uint32_t number, struct map *seen)
{
	(void)number;
	for (uint32_t i = y->lookups; i; i = lookup_at(st, i)->next_of_story) {
		struct lookup *q = lookup_at(st, i);
		uint64_t key = map_pair(y->id, server_address(st, q->flow));
		if (map_get(seen, key))
			continue;
		map_put(seen, key, 1);
		enum reach_kind kind = reach_of(st, q->flow).kind;
		if (kind != REACH_NEAR && kind != REACH_SELF)
			q->flags |= LOOKUP_MARK;
	}
	for (uint32_t i = y->flows; i; i = track_at(st, i - 1)->next_of_story) {
		uint64_t key = map_pair(y->id, server_address(st, i - 1));
		if (map_get(seen, key))
			continue;
		map_put(seen, key, 1);
		enum reach_kind kind = reach_of(st, i - 1).kind;
		track_at(st, i - 1)->mark = kind != REACH_NEAR && kind != REACH_SELF;
	}
}

/* Stories in the order of time: those of packets, and those without, each row in order already. */
static uint32_t next_story(const struct steps *st, uint32_t *at, uint32_t *bare)
{
	const struct story *y = *at <= st->packet_stories ? story_at(st, *at) : NULL;
	const struct story *z = story_at(st, *bare);
	if (!y && !z)
		return 0;
	return !z || (y && y->open < z->open) ? (*at)++ : (*bare)++;
}

static void number_stories(struct steps *st)
{
	uint32_t at = 1, bare = st->packet_stories + 1;
	st->n_visits = 0;
	st->order.count = 0;
	for (uint32_t i; (i = next_story(st, &at, &bare)) != 0;) {
		struct story *y = story_at(st, i);
		choose_document(st, y, i);
		if (y->kind == STORY_NONE)
			continue;
		y->id = (uint16_t)++st->n_visits;
		uint32_t *number = chunks_add(&st->order);
		*number = i;
		measure(st, y);
		if (y->kind == STORY_NO_PACKET || !y->client)
			continue;
		/* each client's visits in order: its list is kept by its last one, for a moment */
		struct client *c = client_at(st, y->client);
		if (!c->first_story)
			c->first_story = i;
		else
			story_at(st, c->story)->next_of_client = i;
		c->story = i;
	}
}

static void group(struct steps *st)
{
	group_leads(st);
	link_lookups(st);
	link_flows(st);
	link_asks(st);
	number_stories(st);
}

void steps_settle(struct steps *st)
{
	struct map seen = { 0 };
	cache_clear(st->cache);
	recorded_tie(st);
	st->everything = false;
	group(st);
	if (!st->n_visits) {
		st->everything = true;
		group(st);
	}
	attach_neighbours(st);
	for (uint32_t i = 1; i <= st->stories.count; i++) {
		struct story *y = story_at(st, i);
		if (y->id)
			mark_far(st, y, i, &seen);
		y->first_frame = y->last_frame = 0;
	}
	map_free(&seen);
	write_frames(st);
}

uint32_t steps_n_visits(const struct steps *st)
{
	return st->n_visits;
}

uint32_t steps_left_out(const struct steps *st)
{
	return st->left_out;
}

uint32_t steps_background(const struct steps *st)
{
	return st->background;
}

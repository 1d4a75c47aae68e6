/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps/tell.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "fmt/i18n.h"

struct told {
	struct visit *visit;	/* in the arena */
	struct block *arena;
	uint64_t used;		/* when it was asked for last */
};

struct cache {
	struct told told[TOLD];
	struct told headline;
	uint64_t clock;
};

struct cache *cache_new(void)
{
	return xcalloc(1, sizeof(struct cache));
}

void cache_clear(struct cache *c)
{
	for (unsigned i = 0; i < TOLD; i++) {
		arena_free(&c->told[i].arena);
		c->told[i] = (struct told){ 0 };
	}
	arena_free(&c->headline.arena);
	c->headline = (struct told){ 0 };
}

void cache_free(struct cache *c)
{
	cache_clear(c);
	free(c);
}

/* ---- the parts that every step has ---- */

struct numbers { uint32_t *frame, n, size; };

static void list_frame(struct teller *t, const struct frame_rec *fr, uint32_t frame, uint32_t *n)
{
	uint16_t bits = frame_steps(fr);
	for (int i = STEP_1; i < STEPS; i++)
		if (bits >> i & 1 && n[i] < STEP_FRAMES)
			t->v->step[i].frames[n[i]++] = frame;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static void add_number(struct numbers *to, uint32_t frame)
{
	if (frame && to->n < to->size)
		to->frame[to->n++] = frame;
}

static void add_flow(const struct steps *st, struct numbers *to, uint32_t flow, uint16_t id)
{
	const struct conn *c = session_conn(st->s, flow);
	const struct frame_rec *fr;
	for (uint32_t i = c ? c->last_frame : 0; (fr = session_frame(st->s, i)) != NULL; i =
			fr->prev) {
		if (fr->visit == id)
			add_number(to, i);
		if (fr->prev >= i)
			break;
	}
}

/*
 * Many visits at the same time: going over all frames for each would take long, so the flows'
 * own frames are gathered and put in order.
 */
static void list_by_flows(struct teller *t, uint32_t *n)
{
	const struct steps *st = t->st;
	const struct story *y = t->y;
	uint32_t flow[MAX_CONNECTIONS], last = NO_FLOW;
	struct numbers all = { .size = 2 * y->n_frames };
	all.frame = xmalloc((all.size + 1) * sizeof *all.frame);
	for (unsigned i = visit_flows(t, flow); i > 0; i--)
		add_flow(st, &all, flow[i - 1], y->id);
	for (uint32_t i = y->lookups; i; i = lookup_at(st, i)->next_of_story) {
		const struct lookup *q = lookup_at(st, i);
		if (q->flags & LOOKUP_TCP && q->flow != last)
			add_flow(st, &all, q->flow, y->id);
		last = q->flow;
		add_number(&all, q->frame);
		add_number(&all, q->answer);
	}
	for (uint32_t i = y->neighbours; i;) {
		const struct neighbour *q = chunks_at(&st->neighbours, i - 1);
		add_number(&all, q->frame);
		add_number(&all, q->reply);
		i = q->next_of_story;
	}
	qsort(all.frame, all.n, sizeof *all.frame, by_number);
	for (uint32_t i = 0; i < all.n; i++)
		if (!i || all.frame[i] != all.frame[i - 1])
			list_frame(t, session_frame(st->s, all.frame[i]), all.frame[i], n);
	free(all.frame);
}

static void tell_frames(struct teller *t)
{
	enum { CLOSE = 1 << 16 };
	const struct story *y = t->y;
	uint32_t n[STEPS] = { 0 };
	if (y->last_frame - y->first_frame < CLOSE + 16 * (uint64_t)y->n_frames) {
		for (uint32_t i = y->first_frame; i && i <= y->last_frame; i++) {
			const struct frame_rec *fr = session_frame(t->st->s, i);
			if (fr->visit == y->id)
				list_frame(t, fr, i, n);
		}
	} else {
		list_by_flows(t, n);
	}
	for (int i = STEP_0; i < STEPS; i++) {
		struct step_entry *e = &t->v->step[i];
		e->n_frames = y->count[i];
		if (e->n_frames) {
			e->start = time_of(t->st, e->frames[0]);
			e->end = time_of(t->st, y->last[i]);
		}
	}
}

/*
 * From the first packet of its own to the last that is of use. A question about a MAC address
 * counts when nothing else of the client came between: it may have been asked for others.
 */
static void tell_times(struct teller *t)
{
	enum { SOON = 50 * 1000000 };
	const struct story *y = t->y;
	uint32_t first = y->first_frame, own = 0;
	const uint32_t begins[] = {
		y->lookups ? lookup_at(t->st, y->lookups)->frame : 0,
		y->flows ? flow_frame(t->st, y->flows - 1) : 0,
		y->asks ? ask_at(t->st, y->asks)->first_frame : 0,
	};
	for (unsigned i = 0; i < sizeof begins / sizeof begins[0]; i++)
		if (before(begins[i], own))
			own = begins[i];
	if (own && time_of(t->st, own) - time_of(t->st, first) > SOON)
		first = own;
	if (y->kind == STORY_NO_PACKET && !first) {
		tell_recorded_times(t);
		return;
	}
	t->v->start = time_of(t->st, first);
	t->v->end = time_of(t->st, y->last_useful ? y->last_useful : y->last_frame);
	t->v->first_frame = y->first_frame;
	t->v->last_frame = y->last_frame;
	t->v->n_frames = y->n_frames;
}

/*
 * No entry without a reason: what no teller had a word for is not known. And nothing is absent
 * that frames show: it was absent for the document, and other parts of the visit had it.
 */
static void tell_rest(struct teller *t)
{
	for (int i = STEP_1; i < STEPS; i++) {
		struct step_entry *e = &t->v->step[i];
		if (filtered(t) && t->missing >> i & 1 && !e->n_frames) {
			e->state = STATE_UNKNOWN;
			e->explain = _("Whether this happened cannot be told from the packets "
					"that were read.");
			e->because = filter_sentence(t);
			e->n_facts = 0;
			e->remark = NULL;
		}
		if (e->state == STATE_ABSENT && e->n_frames) {
			e->state = STATE_OBSERVED;
			e->explain = i == STEP_2 || i == STEP_2_3
				? _("This was not needed for the document's host, but for others "
						"of this visit.")
				: _("Not on the document's connection, but on others of this "
						"visit.");
			e->because = words(t, _("Frames: {frames}."), "frames", frames_text(t,
					e->frames, e->n_frames < STEP_FRAMES ? e->n_frames
					: STEP_FRAMES), NULL);
		}
		if (!e->explain)
			e->explain = "";
		if (!e->because || !*e->because)
			e->because = _("Nothing in the capture tells.");
	}
}

static void tell_headline(struct teller *t)
{
	const struct steps *st = t->st;
	const struct client *c = client_at(st, t->y->client);
	const struct conn *conn = t->y->first_flow ? session_conn(st->s, t->y->first_flow - 1)
		: NULL;
	t->v->client = address_text(t, conn ? conn->addr[conn->client & 1] : c ? c->address : 0);
	tell_times(t);
	tell_addresses(t);
	tell_summary(t);
}

static void tell_steps(struct teller *t)
{
	tell_frames(t);
	tell_url(t);
	tell_connections(t);
	tell_requests(t);
	tell_names(t);
	tell_way(t);
	tell_tls(t);
	tell_page(t);
	if (t->st->s->record)
		tell_recorded(t);
	tell_rest(t);
}

static struct told tell(const struct steps *st, uint32_t id, bool steps)
{
	const uint32_t *story = chunks_at(&st->order, id - 1);
	struct teller t = { .st = st, .y = story_at(st, *story), .number = *story };
	t.v = arena_alloc(&t.arena, sizeof *t.v);
	t.v->id = id;
	t.v->page = t.y->page;
	tell_headline(&t);
	if (steps)
		tell_steps(&t);
	strbuf_free(&t.text);
	return (struct told){ .visit = t.v, .arena = t.arena };
}

const struct visit *steps_headline(const struct steps *st, uint32_t id)
{
	struct told *h = &st->cache->headline;
	if (!id || id > st->n_visits)
		return NULL;
	arena_free(&h->arena);
	*h = tell(st, id, false);
	return h->visit;
}

const struct visit *steps_visit(const struct steps *st, uint32_t id)
{
	struct cache *c = st->cache;
	struct told *oldest = &c->told[0];
	if (!id || id > st->n_visits)
		return NULL;
	c->clock++;
	for (unsigned i = 0; i < TOLD; i++) {
		struct told *k = &c->told[i];
		if (k->visit && k->visit->id == id) {
			k->used = c->clock;
			return k->visit;
		}
		if (k->used < oldest->used)
			oldest = k;
	}
	arena_free(&oldest->arena);
	*oldest = tell(st, id, true);
	oldest->used = c->clock;
	return oldest->visit;
}

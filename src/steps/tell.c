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
}

void cache_free(struct cache *c)
{
	cache_clear(c);
	free(c);
}

/* ---- the parts that every step has ---- */

static void tell_frames(struct teller *t)
{
	for (int i = STEP_0; i < STEPS; i++) {
		struct step_entry *e = &t->v->step[i];
		uint32_t n = 0;
		for (uint32_t at = t->y->head[i]; at && n < STEP_FRAMES;) {
			const struct listed *l = chunks_at(&t->st->listed, at - 1);
			e->frames[n++] = l->frame;
			at = l->next;
		}
		e->n_frames = t->y->count[i];
		if (n) {
			e->start = time_of(t->st, e->frames[0]);
			e->end = time_of(t->st, t->y->last[i]);
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
		if (e->state == STATE_ABSENT && e->n_frames) {
			e->state = STATE_OBSERVED;
			e->explain = i == STEP_2 || i == STEP_2_3
				? _("This was not needed for the document's host, but for others of this visit.")
				: _("Not on the document's connection, but on others of this visit.");
			e->because = words(t, _("Frames: {frames}."), "frames", frames_text(t, e->frames, e->n_frames < STEP_FRAMES ? e->n_frames : STEP_FRAMES), NULL);
		}
		if (!e->explain)
			e->explain = "";
		if (!e->because || !*e->because)
			e->because = _("Nothing in the capture tells.");
	}
}

static struct visit *tell(const struct steps *st, uint32_t id, struct block **arena)
{
	const uint32_t *story = chunks_at(&st->order, id - 1);
	struct teller t = { .st = st, .y = story_at(st, *story) };
	t.v = arena_alloc(&t.arena, sizeof *t.v);
	t.v->id = id;
	t.v->summary = t.v->url = t.v->final_url = t.v->client = "";
	const struct client *c = client_at(st, t.y->client);
	const struct conn *conn = t.y->first_flow ? session_conn(st->s, t.y->first_flow - 1) : NULL;
	t.v->client = address_text(&t, conn ? conn->addr[conn->client & 1] : c ? c->address : 0);
	tell_frames(&t);
	tell_times(&t);
	tell_url(&t);
	tell_connections(&t);
	tell_requests(&t);
	tell_names(&t);
	tell_way(&t);
	tell_tls(&t);
	tell_page(&t);
	tell_summary(&t);
	tell_rest(&t);
	strbuf_free(&t.text);
	*arena = t.arena;
	return t.v;
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
	oldest->visit = tell(st, id, &oldest->arena);
	oldest->used = c->clock;
	return oldest->visit;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frames: writes visit and step to every frame, once it is settled what the visits are. */
#include "steps/own.h"

static uint16_t id_of(const struct steps *st, uint32_t story)
{
	const struct story *y = story_at(st, story);
	return y ? y->id : 0;
}

static void set_visit(struct steps *st, uint32_t frame, uint16_t id)
{
	struct frame_rec *fr = session_frame(st->s, frame);
	if (fr)
		fr->visit = id;
}

/* Frames whose visit is not that of their flow: names, neighbours, errors on the way. */
static void set_single_frames(struct steps *st)
{
	for (uint32_t i = 1; i <= st->lookups.count; i++) {
		const struct lookup *q = lookup_at(st, i);
		uint16_t id = id_of(st, q->story);
		set_visit(st, q->frame, id);
		set_visit(st, q->answer, id);
		struct track *t = track_at(st, q->flow);
		if (t && q->flags & LOOKUP_TCP)
			t->now = q->story;
	}
	for (size_t i = 0; i < st->neighbours.count; i++) {
		const struct neighbour *q = chunks_at(&st->neighbours, i);
		if (q->told)	/* of a question that has its own entry */
			continue;
		set_visit(st, q->frame, id_of(st, q->story));
		set_visit(st, q->reply, id_of(st, q->story));
	}
	for (size_t i = 0; i < st->notices.count; i++) {
		const struct notice *n = chunks_at(&st->notices, i);
		const struct track *t = track_at(st, n->flow);
		set_visit(st, n->frame, t ? id_of(st, t->story) : 0);
	}
}

static void start_cursors(struct steps *st)
{
	for (uint32_t i = 1; i <= st->tracks.count; i++) {
		struct track *t = track_number(st, i);
		const struct ask *a = ask_at(st, t->first_ask);
		t->now = t->story;
		t->cursor = t->first_ask;
		t->switch_frame = a ? a->first_frame : UINT32_MAX;
	}
}

/* A kept connection carries requests of several visits: at each request it may change hands. */
static void turn(struct steps *st, struct track *t)
{
	const struct ask *a = ask_at(st, t->cursor);
	if (a->story && a->story != t->now) {
		enum reach_kind kind = reach_of(st, a->flow).kind;
		t->now = a->story;
		t->mark = kind != REACH_NEAR && kind != REACH_SELF;
	}
	t->cursor = a->next_of_flow;
	a = ask_at(st, t->cursor);
	t->switch_frame = a ? a->first_frame : UINT32_MAX;
}

uint16_t frame_steps(const struct frame_rec *fr)
{
	uint16_t bits = (uint16_t)(fr->also | 1u << fr->step);
	if (bits >> STEP_2_3 & 1)
		bits |= 1u << STEP_2;
	if (bits >> STEP_5_1 & 0xf)
		bits |= 1u << STEP_5;
	return bits;
}

/*
 * Was it of use to the visit? Not hanging up; and QUIC hides its goodbye, so what the client sends
 * and the server answers with nothing is not taken for a part of the page.
 */
static bool useful(const struct track *t, const struct frame_rec *fr, uint32_t frame, bool client)
{
	uint32_t answered = t && t->kind == KIND_QUIC ? t->last_data[!(fr->flags & FRAME_DIR)] : 0;
	if (client && t && t->response && answered && frame > answered)
		return false;
	return fr->step != STEP_5_4 && fr->explain != EX_KEEP_ALIVE;
}

static void count(struct story *y, const struct frame_rec *fr, uint32_t frame, bool use)
{
	uint16_t bits = frame_steps(fr);
	for (unsigned left = bits & ~(1u << STEP_0); left; left &= left - 1) {
		int i = __builtin_ctz(left);
		y->last[i] = frame;
		y->count[i]++;
	}
	if (!y->n_frames++)
		y->first_frame = frame;
	y->last_frame = frame;
	if (use)
		y->last_useful = frame;
}

static void write_frame(struct steps *st, struct frame_rec *fr, uint32_t frame, uint16_t also)
{
	struct track *t = track_at(st, fr->flow);
	bool client = false;
	if (t && (t->kind != KIND_DNS || t->now)) {
		if (frame >= t->switch_frame)
			turn(st, t);
		const struct conn *c = session_conn(st->s, fr->flow);
		client = (fr->flags & FRAME_DIR ? 1 : 0) == (c->client & 1);
		fr->visit = id_of(st, t->now);
		if (t->mark && client && fr->visit) {
			also |= 1u << STEP_3;
			t->mark = 0;
		}
	}
	fr->step = fr->visit ? explain_kinds[fr->explain].step : STEP_0;
	if (!fr->step)
		fr->visit = 0;
	fr->also = fr->visit ? also : 0;
	if (!fr->visit) {
		st->background++;
		return;
	}
	uint32_t *story = chunks_at(&st->order, fr->visit - 1u);
	count(story_at(st, *story), fr, frame, useful(t, fr, frame, client));
}

void write_frames(struct steps *st)
{
	uint32_t n = session_n_frames(st->s), q = 1;
	size_t x = 0;
	st->background = 0;
	for (uint32_t i = 1; i <= st->settled; i++)
		set_visit(st, i, 0);
	st->settled = n;
	start_cursors(st);
	set_single_frames(st);
	for (uint32_t i = 1; i <= n; i++) {
		uint16_t also = 0;
		const struct extra *e = chunks_at(&st->extras, x);
		if (e && e->frame == i) {
			also = e->also;
			x++;
		}
		/* the first question to a far DNS server stands for the way there */
		const struct lookup *l = lookup_at(st, q);
		for (; l && l->frame <= i; l = lookup_at(st, ++q))
			if (l->frame == i && l->flags & LOOKUP_MARK)
				also |= 1u << STEP_3;
		write_frame(st, session_frame(st->s, i), i, also);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/rows.h"

#include "base/clock.h"
#include "steps/steps.h"

static const uint32_t ROW_FOLD = 0x80000000u;

enum { CLOCK_EVERY = 4096 };

void rows_init(struct rows *r, const struct session *s)
{
	*r = (struct rows){
		.s = s, .index = chunks_init(sizeof(uint32_t)), .next = chunks_init(sizeof(uint32_t)),
	};
}

void rows_free(struct rows *r)
{
	chunks_free(&r->index);
	chunks_free(&r->next);
}

static uint32_t entry(const struct chunks *index, size_t i)
{
	const uint32_t *e = chunks_at(index, i);
	return e ? *e : 0;
}

static void restart(struct rows *r)
{
	chunks_free(&r->next);
	r->next = chunks_init(sizeof(uint32_t));
	r->next_done = 0;
	r->making = true;
}

void rows_set(struct rows *r, struct rows_mode mode)
{
	r->next_mode = mode;
	restart(r);
}

void rows_settled(struct rows *r, uint32_t settled)
{
	r->settled = settled;
	restart(r);
}

static bool wanted(const struct rows_mode *m, const struct frame_rec *f)
{
	switch (m->kind) {
	case ROWS_STEP: return f->step == m->value && f->visit == m->visit;
	case ROWS_FLOW: return f->flow == m->value;
	case ROWS_ALL: case ROWS_FOLDED: break;
	}
	return true;
}

static void add(struct chunks *index, const struct rows_mode *m, uint32_t n,
		const struct frame_rec *f)
{
	bool fold = m->kind == ROWS_FOLDED && f->step == STEP_0;
	if (!wanted(m, f) || (fold && index->count && entry(index, index->count - 1) & ROW_FOLD))
		return;
	uint32_t *e = chunks_add(index);
	*e = fold ? n | ROW_FOLD : n;
}

bool rows_work(struct rows *r, int64_t nanoseconds)
{
	int64_t until = clock_now() + nanoseconds;
	if (!r->making)
		return false;
	while (r->next_done < r->settled && r->next_mode.kind != ROWS_ALL) {
		uint32_t n = ++r->next_done;
		add(&r->next, &r->next_mode, n, session_frame(r->s, n));
		if (n % CLOCK_EVERY == 0 && clock_now() > until)
			return false;
	}
	chunks_free(&r->index);
	r->index = r->next;
	r->next = chunks_init(sizeof(uint32_t));
	r->mode = r->next_mode;
	r->done = r->settled;
	r->making = false;
	return true;
}

bool rows_busy(const struct rows *r)
{
	return r->making;
}

struct rows_mode rows_mode_now(const struct rows *r)
{
	return r->making ? r->next_mode : r->mode;
}

bool rows_lists(const struct rows *r, uint32_t frame)
{
	struct rows_mode m = rows_mode_now(r);
	const struct frame_rec *f = session_frame(r->s, frame);
	if (!f || (m.kind != ROWS_ALL && frame > r->settled))
		return false;
	return wanted(&m, f) && (m.kind != ROWS_FOLDED || f->step != STEP_0);
}

static uint32_t pending(const struct rows *r)
{
	uint32_t n = session_n_frames(r->s);
	return r->mode.kind == ROWS_FOLDED && n > r->done ? n - r->done : 0;
}

uint32_t rows_count(const struct rows *r)
{
	if (r->mode.kind == ROWS_ALL)
		return session_n_frames(r->s);
	return (uint32_t)r->index.count + (pending(r) ? 1 : 0);
}

struct row_at rows_at(const struct rows *r, uint32_t row)
{
	if (r->mode.kind == ROWS_ALL)
		return (struct row_at){ .kind = ROW_PACKET, .frame = row + 1, .count = 1 };
	if (row >= r->index.count)
		return (struct row_at){ .kind = ROW_PENDING, .frame = r->done + 1, .count = pending(r) };
	uint32_t e = entry(&r->index, row);
	if (!(e & ROW_FOLD))
		return (struct row_at){ .kind = ROW_PACKET, .frame = e, .count = 1 };
	uint32_t first = e & ~ROW_FOLD, end = r->done + 1;
	if (row + 1 < r->index.count)
		end = entry(&r->index, row + 1) & ~ROW_FOLD;
	return (struct row_at){ .kind = ROW_RUN, .frame = first, .count = end - first };
}

uint32_t rows_find(const struct rows *r, uint32_t frame)
{
	if (r->mode.kind == ROWS_ALL)
		return frame ? frame - 1 : 0;
	size_t low = 0, high = r->index.count;
	if (frame > r->done && pending(r))
		return (uint32_t)high;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if ((entry(&r->index, middle) & ~ROW_FOLD) <= frame)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? (uint32_t)low - 1 : 0;
}

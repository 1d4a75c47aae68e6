/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chain: one frame through its layers, in a flat loop. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "engine/engine.h"

struct engine *engine_new(struct session *s)
{
	struct engine *e = xcalloc(1, sizeof *e);
	e->s = s;
	e->d.engine = e;
	e->d.info.cap = MAX_INFO;
	e->fragments = fragments_new();
	e->fragment_recs = chunks_init(sizeof(struct fragment_rec));
	e->kept_recs = chunks_init(sizeof(struct kept_rec));
	e->gap_recs = chunks_init(sizeof(struct gap_rec));
	registry_fill(&e->reg);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	flow_table_reset(e);
	stream_free(&e->one.half[0]);
	stream_free(&e->one.half[1]);
	fragments_free(e->fragments);
	chunks_free(&e->fragment_recs);
	chunks_free(&e->kept_recs);
	chunks_free(&e->gap_recs);
	scratch_free(&e->scratch);
	strbuf_free(&e->d.info);
	free((void *)e->gaps);
	engine_free(e->second);
	free(e->d.items);
	free(e->d.text);
	free(e);
}

static int gap_order(const void *a, const void *b)
{
	const struct gap_rec *x = a, *y = b;
	if (x->flow != y->flow)
		return x->flow < y->flow ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void gaps_sort(struct engine *e)
{
	free((void *)e->gaps);
	struct gap_rec *copy = xcalloc(e->gap_recs.count, sizeof *copy);
	for (size_t i = 0; i < e->gap_recs.count; i++)
		copy[i] = *(struct gap_rec *)chunks_at(&e->gap_recs, i);
	qsort(copy, e->gap_recs.count, sizeof *copy, gap_order);
	e->gaps = copy;
	e->n_gaps = e->gap_recs.count;
}

void engine_start(struct engine *e, enum mode mode, bool model)
{
	flow_table_reset(e);
	fragments_free(e->fragments);
	e->fragments = fragments_new();
	e->n_flows = e->n_connections = e->held = 0;
	e->mode = mode;
	e->model = model;
	if (mode == MODE_EACH)
		gaps_sort(e);
}

bool gap_known(const struct engine *e, uint32_t flow, uint32_t seq)
{
	const struct gap_rec want = { .flow = flow, .seq = seq };
	return e->mode == MODE_EACH && e->n_gaps
		&& bsearch(&want, e->gaps, e->n_gaps, sizeof want, gap_order);
}

/* ---- the loop ---- */

/* The capture's end ends every direction. */
bool engine_finish(struct engine *e, struct flow **at)
{
	*at = *at ? (*at)->next : e->flows.first;
	e->n_ev = 0;
	if (!*at)
		return false;
	stream_end(&e->d, *at, 0);
	stream_end(&e->d, *at, 1);
	return true;
}

static uint8_t next_number(struct engine *e)
{
	struct dissect *d = &e->d;
	if (d->next_number)
		return d->next_number;
	return registry_find(&e->reg, d->next_by, d->next_value);
}

static struct layer *layer_push(struct dissect *d, const struct cursor *c, uint8_t number)
{
	struct layer *l = &d->layers[d->n_layers++];
	*l = (struct layer){
		.protocol = all_protocols[number - 1], .number = number,
		.buffer = c->buffer, .off = cur_off(c), .quoted = d->quoted != 0,
		.first_item = (uint32_t)d->n_items,
	};
	return l;
}

/*
 * What a layer's cursor and verdict say of it. One that ended before it said anything has at least
 * its name in the packet's line, not what the layer below said.
 */
static void layer_done(struct dissect *d, struct layer *l, const struct cursor *c, enum verdict v)
{
	bool cut = c->bad == CUR_CUT || v == SHORT;
	bool lied = !cut && (c->bad == CUR_PAST || v == MALFORMED) && !d->quoted && !d->fragment;
	if (l->buffer == c->buffer && !l->len)
		l->len = cur_off(c) - l->off;
	if (cut)
		note(d, NOTE_CUT);
	if (lied)
		note(d, NOTE_MALFORMED);
	if ((cut || lied) && d->info_layer < d->n_layers && !d->fragment)
		info_set(d, cut ? "%s, cut off by the capture" : "%s, malformed", l->protocol->title);
}

static void chain(struct engine *e, struct cursor *c, uint8_t number)
{
	struct dissect *d = &e->d;
	while (number) {
		if (d->n_layers >= MAX_LAYERS) {
			note(d, NOTE_LIMIT);
			return;
		}
		struct layer *l = layer_push(d, c, number);
		enum verdict v = l->protocol->packet(d, c);
		layer_done(d, l, c, v);
		if (v != NEXT || !cur_ok(c))
			return;
		number = next_number(e);
	}
}

/* A layer for a stream protocol's messages; the one on top is used again. */
struct layer *chain_stream_layer(struct engine *e, const struct cursor *c, uint8_t number)
{
	struct dissect *d = &e->d;
	struct layer *top = d->n_layers ? &d->layers[d->n_layers - 1] : NULL;
	if (top && top->number == number)
		return top;
	if (d->n_layers >= MAX_LAYERS) {
		note(d, NOTE_LIMIT);
		return NULL;
	}
	return layer_push(d, c, number);
}

/* ---- a frame ---- */

static void frame_begin(struct engine *e, const struct frame *f, uint32_t number, unsigned want)
{
	struct dissect *d = &e->d;
	dissect_reset(d, want);
	scratch_reset(&e->scratch);
	d->detail = e->mode == MODE_DETAIL;
	d->frame = number;
	d->time = f->time;
	d->caplen = f->caplen;
	d->len = f->len;
	d->link = f->link;
	d->comment = f->comment;
	buffer_add(d, BUF_FRAME, N_("Frame"), f->bytes, f->caplen);
	e->n_ev = 0;
	e->ev_frame = e->ev_first = number;
	e->flags = f->caplen < f->len ? FRAME_CUT : 0;
	e->prev = 0;
}

static void frame_record(struct engine *e)
{
	const struct dissect *d = &e->d;
	struct frame_rec *rec = e->rec;
	uint16_t notes = 0;
	for (unsigned i = 0; i < d->n_notes; i++) {
		enum note n = d->notes[i].note;
		if ((int)n < (int)STORED_NOTES)
			notes |= (uint16_t)(1u << n);
		if (note_kinds[n].severity == WARN)
			e->flags |= FRAME_TROUBLE;
	}
	rec->notes = notes;
	rec->flow = d->flow_id;
	rec->prev = e->prev;
	rec->proto = d->n_layers ? d->layers[d->n_layers - 1].number : 0;
	rec->flags = e->flags | (d->dir ? FRAME_DIR : 0) | (d->fragment ? FRAME_FRAGMENT : 0);
}

void engine_frame(struct engine *e, const struct frame *f, uint32_t number, unsigned want,
		  struct frame_rec *rec)
{
	e->rec = rec;
	frame_begin(e, f, number, want);
	struct cursor c = cur_init(f->bytes, f->caplen, f->len - f->caplen, 0);
	uint8_t first = registry_find(&e->reg, BY_LINK, f->link);
	chain(e, &c, first);
	if (!first)
		info_set(&e->d, "Link type %u", f->link);
	if (e->mode == MODE_PASS)
		frame_record(e);
}

enum verdict next_by(struct dissect *d, enum binding_kind by, uint32_t value)
{
	d->next_by = by;
	d->next_value = value;
	d->next_number = 0;
	return NEXT;
}

enum verdict next_numbered(struct dissect *d, uint8_t number)
{
	(void)next_by(d, BY_LINK, UINT32_MAX);	/* number 0 leads nowhere */
	d->next_number = number;
	return NEXT;
}

enum verdict next_is(struct dissect *d, const struct protocol *p)
{
	return next_numbered(d, protocol_number(p));
}

enum verdict next_quoted(struct dissect *d, enum binding_kind by, uint32_t value)
{
	d->quoted++;
	return next_by(d, by, value);
}

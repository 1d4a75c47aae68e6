/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/packet.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "fmt/text.h"
#include "steps/steps.h"

void packet_init(struct packet_view *p, struct session *s)
{
	*p = (struct packet_view){ .s = s };
}

void packet_free(struct packet_view *p)
{
	strbuf_free(&p->explain);
	free(p->lines);
}

void packet_lost(struct packet_view *p)
{
	p->d = NULL;
}

/* ---- the tree ---- */

static bool in_set(const struct open_set *set, const void *what)
{
	for (unsigned i = 0; i < set->n; i++)
		if (set->what[i] == what)
			return true;
	return false;
}

static void put_in_set(struct open_set *set, const void *what, bool in)
{
	for (unsigned i = 0; i < set->n; i++) {
		if (set->what[i] == what) {
			if (!in)
				set->what[i] = set->what[--set->n];
			return;
		}
	}
	if (in && set->n == MOST_OPEN)		/* the oldest goes */
		memmove(set->what, set->what + 1, --set->n * sizeof *set->what);
	if (in)
		set->what[set->n++] = what;
}

/* What the packet is about: the protocol on top, but not what an ICMP error quotes. */
static const void *topmost(const struct packet_view *p)
{
	for (unsigned i = p->d->n_layers; i--;)
		if (!p->d->layers[i].quoted)
			return p->d->layers[i].protocol;
	return NULL;
}

/* What opens by itself is open until it is closed. */
static bool is_open(const struct packet_view *p, const void *what, bool self)
{
	return self ? !in_set(&p->shut, what) : in_set(&p->open, what);
}

static void open_up(struct packet_view *p, const void *what)
{
	put_in_set(&p->open, what, true);
	put_in_set(&p->shut, what, false);
}

/* Nothing else stands below what this item is below: opening it saves a key. */
static bool only_child(const struct dissect *d, uint32_t n, uint32_t end)
{
	unsigned depth = d->items[n].depth;
	for (uint32_t i = n + 1; i < end && d->items[i].depth >= depth; i++)
		if (d->items[i].depth == depth)
			return false;
	return true;
}

static const void *line_what(const struct packet_view *p, uint32_t line)
{
	if (line >= p->n_lines || !p->d)
		return NULL;
	const struct tree_line *l = &p->lines[line];
	return l->item == NO_LINE ? (const void *)p->d->layers[l->layer].protocol :
		(const void *)p->d->items[l->item].field;
}

static void add_line(struct packet_view *p, struct tree_line line)
{
	if (p->n_lines == p->size) {
		p->size = p->size ? 2 * p->size : 64;
		p->lines = xrealloc(p->lines, p->size * sizeof *p->lines);
	}
	p->lines[p->n_lines++] = line;
}

/* Where the items of a layer end. */
static uint32_t layer_end(const struct dissect *d, unsigned layer)
{
	uint32_t end = layer + 1u < d->n_layers ? d->layers[layer + 1].first_item : d->n_items;
	return end < d->n_items ? end : d->n_items;
}

/* The fields of a layer; of the topmost one, those in a row with nothing beside them are open. */
static void add_items(struct packet_view *p, uint8_t layer, uint32_t n, uint32_t end, bool top)
{
	const struct dissect *d = p->d;
	unsigned closed = 256;		/* what is as deep as this is not shown */
	for (; n < end; n++) {
		const struct item *it = &d->items[n];
		if (it->depth >= closed)
			continue;
		struct tree_line line = {
			.item = n, .layer = layer,
			.depth = (uint8_t)(it->depth < 200 ? it->depth + 1 : 200),
			.parent = n + 1 < end && d->items[n + 1].depth > it->depth,
		};
		top = top && only_child(d, n, end);
		line.self = top && line.parent;
		line.open = line.parent && is_open(p, it->field, line.self);
		closed = line.parent && !line.open ? it->depth + 1u : 256;
		add_line(p, line);
	}
}

static void make_lines(struct packet_view *p)
{
	const struct dissect *d = p->d;
	p->n_lines = 0;
	for (uint8_t i = 0; i < d->n_layers; i++) {
		uint32_t n = i ? layer_end(d, i - 1u) : 0, end = layer_end(d, i);
		const void *protocol = d->layers[i].protocol;
		struct tree_line line = {
			.item = NO_LINE, .layer = i, .parent = n < end,
			.self = protocol == topmost(p),
		};
		line.open = is_open(p, protocol, line.self);
		add_line(p, line);
		if (line.open)
			add_items(p, i, n, end, line.self);
	}
}

/* The line of the field or protocol that was selected in another packet; else the top layer's. */
static void find_again(struct packet_view *p)
{
	uint32_t top = 0;
	for (uint32_t i = 0; i < p->n_lines; i++) {
		if (p->selected && line_what(p, i) == p->selected) {
			p->line = i;
			return;
		}
		if (p->lines[i].item == NO_LINE && !p->d->layers[p->lines[i].layer].quoted)
			top = i;
	}
	p->line = top;
}

static void take_range(struct packet_view *p)
{
	struct range r = packet_range(p);
	if (!r.len)
		return;
	p->buffer = r.buffer;
	p->byte = r.off;
}

/* ---- the packet ---- */

void packet_select(struct packet_view *p, uint32_t frame)
{
	bool other = p->frame != frame;
	p->frame = frame;
	p->d = NULL;
	p->explained = false;
	if (!other)
		return;
	p->buffer = 0;
	p->byte = 0;
	if (packet_get(p)) {
		find_again(p);
		take_range(p);
	}
}

const struct dissect *packet_get(struct packet_view *p)
{
	if (p->d || !p->frame)
		return p->d;
	p->d = session_detail(p->s, p->frame, WANT_FIELDS | WANT_INFO);
	if (!p->d) {
		p->n_lines = 0;
		return NULL;
	}
	make_lines(p);
	if (p->line >= p->n_lines)
		p->line = p->n_lines ? p->n_lines - 1 : 0;
	if (p->buffer >= p->d->n_buffers)
		p->buffer = 0;
	return p->d;
}

const char *packet_explain(struct packet_view *p)
{
	const struct dissect *d = packet_get(p);
	if (!p->explained && d) {
		struct strbuf raw = {0};
		strbuf_clear(&p->explain);
		steps_explain(p->s, d, &raw);
		text_escape(&p->explain, strbuf_str(&raw), raw.len);
		strbuf_free(&raw);
		p->explained = true;
	}
	return d ? strbuf_str(&p->explain) : "";
}

_Static_assert(NOTES <= 64, "packet_notes() has 64 bits");

uint64_t packet_notes(const struct session *s, const struct dissect *d)
{
	const struct frame_rec *f = session_frame(s, d->frame);
	uint64_t notes = f ? f->notes : 0;
	for (unsigned i = 0; i < d->n_notes; i++)
		notes |= UINT64_C(1) << d->notes[i].note;
	return notes;
}

struct range packet_range(const struct packet_view *p)
{
	if (!p->d || p->line >= p->n_lines)
		return (struct range){ 0 };
	const struct tree_line *l = &p->lines[p->line];
	if (l->item == NO_LINE) {
		const struct layer *y = &p->d->layers[l->layer];
		return (struct range){ .buffer = y->buffer, .off = y->off, .len = y->len };
	}
	const struct item *it = &p->d->items[l->item];
	return (struct range){ .buffer = it->buffer, .off = it->off, .len = it->len };
}

void packet_line_set(struct packet_view *p, uint32_t line)
{
	if (!packet_get(p) || !p->n_lines)
		return;
	p->line = line < p->n_lines ? line : p->n_lines - 1;
	p->selected = line_what(p, p->line);
	take_range(p);
}

void packet_toggle(struct packet_view *p)
{
	if (!packet_get(p) || p->line >= p->n_lines || !p->lines[p->line].parent)
		return;
	const struct tree_line *l = &p->lines[p->line];
	put_in_set(l->self ? &p->shut : &p->open, line_what(p, p->line), l->self == l->open);
	make_lines(p);
}

uint32_t packet_parent(const struct packet_view *p, uint32_t line)
{
	if (line >= p->n_lines)
		return line;
	for (uint32_t i = line; i--;)
		if (p->lines[i].depth < p->lines[line].depth)
			return i;
	return line;
}

void packet_item_show(struct packet_view *p, uint32_t item)
{
	const struct dissect *d = packet_get(p);
	if (!d || item >= d->n_items)
		return;
	unsigned layer = 0;
	while (layer + 1u < d->n_layers && item >= layer_end(d, layer))
		layer++;
	open_up(p, d->layers[layer].protocol);
	uint32_t first = layer ? layer_end(d, layer - 1u) : 0;
	unsigned depth = d->items[item].depth;
	for (uint32_t i = item; i > first && depth;) {
		if (d->items[--i].depth < depth) {
			open_up(p, d->items[i].field);
			depth = d->items[i].depth;
		}
	}
	make_lines(p);
	for (uint32_t i = 0; i < p->n_lines; i++)
		if (p->lines[i].item == item)
			p->line = i;
	p->selected = d->items[item].field;
}

/* ---- the bytes ---- */

void packet_buffer_set(struct packet_view *p, uint8_t buffer)
{
	const struct dissect *d = packet_get(p);
	if (!d || buffer >= d->n_buffers)
		return;
	p->buffer = buffer;
	packet_byte_set(p, 0);
}

/* Selects the smallest field that the byte is in; else the layer. */
void packet_byte_set(struct packet_view *p, uint32_t byte)
{
	const struct dissect *d = packet_get(p);
	uint32_t best = NO_LINE;
	if (!d || p->buffer >= d->n_buffers || !d->buffers[p->buffer].len)
		return;
	if (byte >= d->buffers[p->buffer].len)
		byte = d->buffers[p->buffer].len - 1;
	p->byte = byte;
	for (uint32_t i = 0; i < d->n_items; i++) {
		const struct item *it = &d->items[i];
		if (it->buffer == p->buffer && byte >= it->off && byte - it->off < it->len &&
		    (best == NO_LINE || it->len < d->items[best].len))
			best = i;
	}
	if (best != NO_LINE) {
		packet_item_show(p, best);
		return;
	}
	for (uint32_t i = 0; i < p->n_lines; i++) {
		const struct layer *y = &d->layers[p->lines[i].layer];
		if (p->lines[i].item == NO_LINE && y->buffer == p->buffer && byte >= y->off &&
		    byte - y->off < y->len)
			p->line = i;
	}
}

uint32_t packet_layer_of(const struct dissect *d, uint8_t buffer, uint32_t byte)
{
	uint32_t osi = 0;
	for (unsigned i = 0; i < d->n_layers; i++) {
		const struct layer *y = &d->layers[i];
		if (y->buffer == buffer && byte >= y->off && byte - y->off < y->len)
			osi = y->protocol->osi;
	}
	return osi;
}

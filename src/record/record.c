/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/shape.h"

struct record *record_new(void)
{
	struct record *r = xcalloc(1, sizeof *r);
	shape_empty(&record_shape, r);
	return r;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	for (int i = 0; i < REC_KINDS; i++)
		free(r->list[i].items);
	arena_free(&r->arena);
	free(r);
}

void *record_add(struct record *r, enum rec_kind kind, uint32_t *number)
{
	struct rec_list *l = &r->list[kind];
	size_t size = item_shapes[kind].size;
	if (l->n == (kind == REC_PAGE ? RECORD_PAGES : RECORD_ITEMS)) {
		r->left_out++;
		return NULL;
	}
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 8;
		l->items = xrealloc(l->items, l->room * size);
	}
	void *item = (char *)l->items + l->n++ * size;
	memset(item, 0, size);
	shape_empty(&item_shapes[kind], item);
	if (number)
		*number = l->n;
	return item;
}

void *record_at(const struct record *r, enum rec_kind kind, uint32_t n)
{
	if (!r || !n || n > r->list[kind].n)
		return NULL;
	return (char *)r->list[kind].items + (n - 1) * item_shapes[kind].size;
}

const char *record_text(struct record *r, const char *s)
{
	size_t n = s ? strlen(s) : 0;
	if (!n)
		return "";
	if (n > RECORD_TEXT) {
		size_t whole = n;
		/* a character is not cut in two: what is no UTF-8 has no place in JSON */
		for (n = RECORD_TEXT; n > RECORD_TEXT - 4 && (s[n] & 0xc0) == 0x80; n--)
			;
		r->left_out += whole - n;
	}
	return arena_text(&r->arena, s, n);
}

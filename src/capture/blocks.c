/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/blocks.h"

#include <stdlib.h>

#include "capture/reader.h"

struct blocks {
	struct source *source;
	struct window window;
	uint64_t at, end;
	bool swapped, failed;
};

struct blocks *blocks_new(struct source *s)
{
	struct blocks *b = xcalloc(1, sizeof *b);
	b->source = s;
	b->window.normal = WINDOW_SIDE;
	b->end = s->known;
	return b;
}

void blocks_free(struct blocks *b)
{
	if (!b)
		return;
	window_free(&b->window);
	free(b);
}

bool blocks_failed(const struct blocks *b)
{
	return b->failed;
}

int blocks_percent(const struct blocks *b)
{
	return b->end ? (int)((double)b->at * 100 / (double)b->end) : 100;
}

/* As the reader of the format has it (pcapng.c): what is a frame, and what is not. */
static void take_kind(struct source_block *k)
{
	bool record = k->type == PCAPNG_CUSTOM || k->type == PCAPNG_CUSTOM_STAY
		|| k->type == PCAPNG_JOURNAL;
	k->packet = k->type == PCAPNG_EPB || k->type == PCAPNG_SPB || k->type == PCAPNG_PB;
	k->numbered = k->packet || (record && k->total <= 256u << 10);
}

bool blocks_next(struct blocks *b, struct source_block *k)
{
	if (b->at >= b->end || b->failed)
		return false;
	const uint8_t *h = window_get(&b->window, &b->source->input, b->at, 12);
	b->failed = !h;
	if (!h)
		return false;
	/* section 4.1: a section brings its own byte order; its type reads the same in both */
	if (reader_u32(h, false) == PCAPNG_SHB)
		b->swapped = reader_u32(h + 8, false) != 0x1a2b3c4d;
	*k = (struct source_block){
		.where = b->at, .type = reader_u32(h, b->swapped), .swapped = b->swapped,
		.total = (reader_u32(h + 4, b->swapped) + 3) & ~(uint32_t)3
	};
	b->failed = k->total < 12 || k->total > b->end - b->at;	/* the file changed meanwhile */
	take_kind(k);
	b->at += k->total;
	return !b->failed;
}

const uint8_t *blocks_bytes(struct blocks *b, const struct source_block *k, uint32_t from, size_t n)
{
	if (from > k->total || n > k->total - from)
		return NULL;
	const uint8_t *p = window_get(&b->window, &b->source->input, k->where + from, n);
	b->failed = b->failed || !p;
	return p;
}

bool blocks_option(const uint8_t **p, size_t *n, bool swapped, struct block_option *o)
{
	if (*n < 4)
		return false;
	o->code = reader_u16(*p, swapped);
	o->len = reader_u16(*p + 2, swapped);
	o->value = *p + 4;
	size_t padded = ((size_t)o->len + 3) & ~(size_t)3;
	if (!o->code || padded > *n - 4)
		return false;
	*p += 4 + padded;
	*n -= 4 + padded;
	return true;
}

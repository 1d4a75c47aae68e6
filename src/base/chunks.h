/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chunks: an append-only array of equal records in chunks of 64 Ki, so that growing never moves
 * a record: pointers stay good for the life of the array.
 */
#ifndef OSI_BASE_CHUNKS_H
#define OSI_BASE_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

enum { CHUNK_SHIFT = 16, CHUNK_RECORDS = 1 << CHUNK_SHIFT };

struct chunks {
	unsigned char **chunk;	/* owned */
	size_t n_chunks;	/* allocated */
	size_t record;		/* bytes a record */
	size_t count;
};

static inline struct chunks chunks_init(size_t record)
{
	return (struct chunks){ .record = record };
}

void *chunks_grow(struct chunks *c);

/* A new zeroed record at the end. */
static inline void *chunks_add(struct chunks *c)
{
	size_t i = c->count;
	if (i >> CHUNK_SHIFT >= c->n_chunks)
		return chunks_grow(c);
	c->count = i + 1;
	return c->chunk[i >> CHUNK_SHIFT] + (i & (CHUNK_RECORDS - 1)) * c->record;
}

/* Record i, counted from 0; NULL beyond the end. */
static inline void *chunks_at(const struct chunks *c, size_t i)
{
	if (i >= c->count)
		return NULL;
	return c->chunk[i >> CHUNK_SHIFT] + (i & (CHUNK_RECORDS - 1)) * c->record;
}

size_t chunks_memory(const struct chunks *c);	/* bytes allocated */
void chunks_free(struct chunks *c);		/* empty; can be filled again */

#endif

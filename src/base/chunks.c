/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/chunks.h"

#include <stdlib.h>

#include "base/err.h"

void *chunks_grow(struct chunks *c)
{
	c->chunk = xrealloc(c->chunk, (c->n_chunks + 1) * sizeof *c->chunk);
	/* calloc of this size maps untouched zero pages: a small capture pays for what it uses */
	c->chunk[c->n_chunks++] = xcalloc(CHUNK_RECORDS, c->record);
	return chunks_add(c);
}

size_t chunks_memory(const struct chunks *c)
{
	return c->n_chunks * (CHUNK_RECORDS * c->record + sizeof *c->chunk);
}

void chunks_free(struct chunks *c)
{
	for (size_t i = 0; i < c->n_chunks; i++)
		free(c->chunk[i]);
	free(c->chunk);
	*c = chunks_init(c->record);
}

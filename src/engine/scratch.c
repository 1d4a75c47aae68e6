/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scratch: memory until the next packet, in blocks that are kept. */
#include <stdlib.h>

#include "base/err.h"
#include "engine/engine.h"

void scratch_reset(struct scratch *s)
{
	s->in_use = s->used = s->total = 0;
}

void scratch_free(struct scratch *s)
{
	for (size_t i = 0; i < s->n_blocks; i++)
		free(s->block[i]);
	free(s->block);
	*s = (struct scratch){ 0 };
}

/* Blocks are of one size but for requests larger than that, which get a block of their own. */
void *scratch_alloc(struct scratch *s, size_t n)
{
	if (n > SCRATCH_MAX || s->total + n > SCRATCH_MAX)
		return NULL;
	n = (n + 15) & ~(size_t)15;
	s->total += n;
	if (s->in_use && n <= SCRATCH_BLOCK - s->used) {
		uint8_t *p = s->block[s->in_use - 1] + s->used;
		s->used += n;
		return p;
	}
	size_t size = n > SCRATCH_BLOCK ? n : SCRATCH_BLOCK;
	if (s->in_use == s->n_blocks) {
		s->block = xrealloc(s->block, (s->n_blocks + 1) * sizeof *s->block);
		s->block[s->n_blocks++] = xmalloc(size);
	} else if (size > SCRATCH_BLOCK) {
		s->block[s->in_use] = xrealloc(s->block[s->in_use], size);
	}
	s->used = size > SCRATCH_BLOCK ? SCRATCH_BLOCK : n;
	return s->block[s->in_use++];
}

void *dissect_alloc(struct dissect *d, size_t n)
{
	return scratch_alloc(&d->engine->scratch, n);
}

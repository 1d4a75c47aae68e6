/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/chunks.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/err.h"

enum { HUGE_PAGE = 2 << 20 };

static size_t chunk_size(const struct chunks *c)
{
	return CHUNK_RECORDS * c->record;
}

/*
 * A chunk behind the first, aligned so that the kernel may map it in huge pages: mapping the
 * small ones took a twelfth of the time of a large capture. Zeroed, as what mmap() maps is.
 */
static unsigned char *chunk_map(size_t size)
{
	unsigned char *all = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		err_no_memory();
	size_t before = -(uintptr_t)all & (HUGE_PAGE - 1);
	if (before)
		munmap(all, before);
	munmap(all + before + size, HUGE_PAGE - before);
	madvise(all + before, size, MADV_HUGEPAGE);	/* a wish: it may fail */
	return all + before;
}

void *chunks_grow(struct chunks *c)
{
	c->chunk = xrealloc(c->chunk, (c->n_chunks + 1) * sizeof *c->chunk);
	/* calloc of this size maps untouched zero pages: a small capture pays for what it uses */
	c->chunk[c->n_chunks] = c->n_chunks ? chunk_map(chunk_size(c)) : xcalloc(1, chunk_size(c));
	c->n_chunks++;
	return chunks_add(c);
}

size_t chunks_memory(const struct chunks *c)
{
	return c->n_chunks * (chunk_size(c) + sizeof *c->chunk);
}

void chunks_free(struct chunks *c)
{
	for (size_t i = 1; i < c->n_chunks; i++)
		munmap(c->chunk[i], chunk_size(c));
	if (c->n_chunks)
		free(c->chunk[0]);
	free(c->chunk);
	*c = chunks_init(c->record);
}

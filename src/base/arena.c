/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { BLOCK = 16 << 10 };

struct block {
	struct block *next;
	size_t used, size;
	_Alignas(16) unsigned char bytes[];
};

void *arena_alloc(struct block **arena, size_t n)
{
	struct block *b = *arena;
	n = (n + 15) & ~(size_t)15;
	if (!b || n > b->size - b->used) {
		size_t size = n > BLOCK ? n : BLOCK;
		b = xmalloc(sizeof *b + size);
		b->next = *arena;
		b->used = 0;
		b->size = size;
		*arena = b;
	}
	void *p = b->bytes + b->used;
	b->used += n;
	return memset(p, 0, n);
}

void arena_free(struct block **arena)
{
	while (*arena) {
		struct block *next = (*arena)->next;
		free(*arena);
		*arena = next;
	}
}

const char *arena_text(struct block **arena, const char *s, size_t n)
{
	char *p = arena_alloc(arena, n + 1);
	for (size_t i = 0; i < n; i++)
		p[i] = s[i] ? s[i] : '?';
	return p;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena: memory that is freed as a whole: a told visit's, a visit record's. Begins as NULL. */
#ifndef OSI_BASE_ARENA_H
#define OSI_BASE_ARENA_H

#include <stddef.h>

struct block;

void *arena_alloc(struct block **arena, size_t n);	/* zeroed; never NULL */
void arena_free(struct block **arena);			/* *arena is NULL again */
/* A copy that ends with NUL; NUL bytes inside become '?'. */
const char *arena_text(struct block **arena, const char *s, size_t n);

#endif

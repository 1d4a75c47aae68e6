/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

#include "base/chunks.h"
#include "base/err.h"
#include "base/hash.h"

struct entry {
	const char *s;
	uint32_t n;
	uint32_t hash;
};

enum { BLOCK = 1 << 18 };

struct intern {
	struct chunks entries;
	uint32_t *slot;		/* entry number + 1; open addressing */
	size_t n_slots;		/* a power of two */
	char **block;		/* text, in blocks that never move */
	size_t n_blocks, used;	/* used: bytes of the last block */
	size_t bytes;
};

struct intern *intern_new(void)
{
	struct intern *t = xcalloc(1, sizeof *t);
	t->entries = chunks_init(sizeof(struct entry));
	t->n_slots = 1024;
	t->slot = xcalloc(t->n_slots, sizeof *t->slot);
	struct entry *empty = chunks_add(&t->entries);
	empty->s = "";
	return t;
}

void intern_free(struct intern *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_blocks; i++)
		free(t->block[i]);
	free(t->block);
	free(t->slot);
	chunks_free(&t->entries);
	free(t);
}

static void grow(struct intern *t)
{
	size_t n = t->n_slots * 2;
	uint32_t *slot = xcalloc(n, sizeof *slot);
	for (size_t i = 1; i < t->entries.count; i++) {
		const struct entry *e = chunks_at(&t->entries, i);
		size_t k = e->hash & (n - 1);
		while (slot[k])
			k = (k + 1) & (n - 1);
		slot[k] = (uint32_t)i + 1;
	}
	free(t->slot);
	t->slot = slot;
	t->n_slots = n;
}

static const char *keep(struct intern *t, const void *s, size_t n)
{
	if (!t->n_blocks || t->used + n + 1 > BLOCK) {
		t->block = xrealloc(t->block, (t->n_blocks + 1) * sizeof *t->block);
		t->block[t->n_blocks++] = xmalloc(BLOCK);
		t->used = 0;
	}
	char *to = t->block[t->n_blocks - 1] + t->used;
	memcpy(to, s, n);
	to[n] = '\0';
	t->used += n + 1;
	t->bytes += n + 1 + sizeof(struct entry);
	return to;
}

uint32_t intern_bytes(struct intern *t, const void *s, size_t n)
{
	if (n > INTERN_MAX_STRING)
		n = INTERN_MAX_STRING;
	if (!n)
		return 0;
	uint32_t h = (uint32_t)hash_bytes(s, n);
	size_t k = h & (t->n_slots - 1);
	for (; t->slot[k]; k = (k + 1) & (t->n_slots - 1)) {
		const struct entry *e = chunks_at(&t->entries, t->slot[k] - 1);
		if (e->hash == h && e->n == n && !memcmp(e->s, s, n))
			return t->slot[k] - 1;
	}
	if (t->bytes + n >= INTERN_MAX_BYTES)
		return 0;
	uint32_t id = (uint32_t)t->entries.count;
	struct entry *e = chunks_add(&t->entries);
	*e = (struct entry){ .s = keep(t, s, n), .n = (uint32_t)n, .hash = h };
	t->slot[k] = id + 1;
	if (t->entries.count * 2 > t->n_slots)
		grow(t);
	return id;
}

const char *intern_get(const struct intern *t, uint32_t id, size_t *n)
{
	const struct entry *e = chunks_at(&t->entries, id);
	if (n)
		*n = e ? e->n : 0;
	return e ? e->s : "";
}

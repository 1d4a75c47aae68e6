/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps/map.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hash.h"

static size_t place(const struct map *m, uint64_t key)
{
	size_t i = (size_t)hash_mix(0, key) & (m->size - 1);
	while (m->key[i] && m->key[i] != key)
		i = (i + 1) & (m->size - 1);
	return i;
}

uint32_t map_get(const struct map *m, uint64_t key)
{
	return m->size && key ? m->value[place(m, key)] : 0;
}

static void grow(struct map *m)
{
	struct map old = *m;
	m->size = old.size ? old.size * 2 : 64;
	m->key = xcalloc(m->size, sizeof *m->key);
	m->value = xcalloc(m->size, sizeof *m->value);
	for (size_t i = 0; i < old.size; i++) {
		if (!old.key[i])
			continue;
		size_t to = place(m, old.key[i]);
		m->key[to] = old.key[i];
		m->value[to] = old.value[i];
	}
	free(old.key);
	free(old.value);
}

void map_put(struct map *m, uint64_t key, uint32_t value)
{
	if (!key)
		return;
	if (m->count * 2 >= m->size && m->count < MAP_MAX)
		grow(m);
	size_t i = place(m, key);
	if (!m->key[i]) {
		if (m->count >= MAP_MAX)
			return;
		m->key[i] = key;
		m->count++;
	}
	m->value[i] = value;
}

void map_free(struct map *m)
{
	free(m->key);
	free(m->value);
	*m = (struct map){ 0 };
}

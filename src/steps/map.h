/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map: numbers to numbers, open addressing. Key 0 is not stored; value 0 means not there. */
#ifndef OSI_STEPS_MAP_H
#define OSI_STEPS_MAP_H

#include <stddef.h>
#include <stdint.h>

enum { MAP_MAX = 1 << 20 };	/* entries; more are not taken */

struct map {
	uint64_t *key;
	uint32_t *value;
	size_t count, size;	/* size: a power of two, or 0 */
};

uint32_t map_get(const struct map *m, uint64_t key);
void map_put(struct map *m, uint64_t key, uint32_t value);	/* replaces */
void map_free(struct map *m);

static inline uint64_t map_pair(uint32_t a, uint32_t b)
{
	return (uint64_t)a << 32 | b;
}

#endif

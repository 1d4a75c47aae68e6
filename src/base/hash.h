/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash: a fast 64-bit hash for tables in memory. It is seeded once a process, so that a capture
 * cannot be made to collide on purpose.
 */
#ifndef OSI_BASE_HASH_H
#define OSI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

extern uint64_t hash_seed;	/* set once by hash_start() before any table is made */

void hash_start(void);
uint64_t hash_bytes(const void *s, size_t n);

static inline uint64_t hash_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v ^ hash_seed) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

#endif

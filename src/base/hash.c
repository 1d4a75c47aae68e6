/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hash.h"

#include <string.h>
#include <sys/random.h>

uint64_t hash_seed = 0x243f6a8885a308d3u;

void hash_start(void)
{
	uint64_t seed;
	if (getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed)
		hash_seed = seed | 1;
}

uint64_t hash_bytes(const void *s, size_t n)
{
	const unsigned char *p = s;
	uint64_t h = n * 0x9e3779b97f4a7c15u;
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t v;
		memcpy(&v, p, 8);
		h = hash_mix(h, v);
	}
	uint64_t v = 0;
	if (n)
		memcpy(&v, p, n);
	return hash_mix(h, v ^ (uint64_t)n << 56);
}

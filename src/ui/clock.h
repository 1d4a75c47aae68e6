/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: time that only goes forward, in nanoseconds: work is done in slices between keys. */
#ifndef OSI_UI_CLOCK_H
#define OSI_UI_CLOCK_H

#include <stdint.h>
#include <time.h>

enum { SLICE = 8000000 };	/* the longest that keys wait */

static inline int64_t clock_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

#endif

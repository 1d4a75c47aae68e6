/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock: the two clocks of the system, in nanoseconds. */
#ifndef OSI_BASE_CLOCK_H
#define OSI_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_read(clockid_t which)
{
	struct timespec t;
	clock_gettime(which, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Only goes forward, from no particular moment: for how long something takes. */
static inline int64_t clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

/* Since 1970, as packets have it; it may be set. */
static inline int64_t clock_wall(void)
{
	return clock_read(CLOCK_REALTIME);
}

#endif

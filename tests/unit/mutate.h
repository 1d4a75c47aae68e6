/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutate: captures that lie. The same seed gives the same lies. */
#ifndef OSI_TESTS_MUTATE_H
#define OSI_TESTS_MUTATE_H

#include "frames.h"

/* The frames, of each only its first bytes. */
void mutate_cut(struct frames *to, const struct frames *from, uint32_t snaplen);

/* About one frame of `one_of` is lost. */
void mutate_lose(struct frames *to, const struct frames *from, uint32_t one_of, uint64_t seed);

/*
 * About one frame of `one_of` has bits turned, lengths that lie, an end that is missing, another
 * frame's end, bytes too many; or comes twice, or with its neighbour's place.
 */
void mutate_frames(struct frames *to, const struct frames *from, uint32_t one_of, uint64_t seed);

#endif

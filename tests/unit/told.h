/* SPDX-License-Identifier: GPL-3.0-or-later */
/* told: what osiscope says of frames, as text that can be compared. */
#ifndef OSI_TESTS_TOLD_H
#define OSI_TESTS_TOLD_H

#include "base/strbuf.h"
#include "frames.h"

/* Everything of a frame: Info, layers, notes, the tree with all values. */
void told_frame(struct strbuf *b, const struct dissect *d);

/* The first line in which two texts differ, both as printed messages. */
void told_difference(const char *what, const struct strbuf *a, const struct strbuf *b);

/*
 * Takes all frames of a capture in their turn and each by itself; the number of those that differ
 * (the first three are printed).
 */
unsigned told_by_itself(const char *path);

/* What an engine says of frames in its first pass. */
struct told {
	struct strbuf events;	/* by flow and direction; strings as text; no frame numbers */
	uint64_t notes;		/* bits of enum note: those that were on any frame */
	uint64_t *by_frame;	/* owned: those of each frame */
	uint32_t first[NOTES];	/* the first frame that had it */
	uint32_t n_events[EV_KINDS];
};

/*
 * One pass over the frames with what is wanted. Events: those of `kinds`, which is NULL for all,
 * or told_messages(). Every frame's items are checked (feed_check()).
 */
void told_pass(struct told *t, const struct frames *f, unsigned want, bool (*kinds)(uint8_t));
void told_free(struct told *t);
/* Events of what streams and datagrams carry: the same however they were cut into packets. */
bool told_messages(uint8_t kind);

static inline bool told_note(const struct told *t, enum note n)
{
	return t->notes >> n & 1;
}

#endif

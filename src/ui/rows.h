/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows: which packets the timeline lists, in order: all of them, or with step 0 folded into one
 * row a run, or only those of a step or of a connection.
 *
 * The index has 4 bytes a row, and none at all when every packet is shown. It is made in slices,
 * while keys are answered; until a new one is ready the old one is used. Frames beyond `settled`
 * (being loaded: their step is not known yet) stand in one last row.
 */
#ifndef OSI_UI_ROWS_H
#define OSI_UI_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/chunks.h"
#include "session.h"

enum { SLICE = 8000000 };	/* ns: the longest that keys wait */

enum rows_kind { ROWS_ALL, ROWS_FOLDED, ROWS_STEP, ROWS_FLOW };

struct rows_mode {
	enum rows_kind kind;
	uint32_t value;		/* ROWS_STEP: enum step; ROWS_FLOW: number in session.conns */
	uint32_t visit;		/* ROWS_STEP: of this visit */
};

struct rows {
	const struct session *s;
	struct rows_mode mode, next_mode;
	struct chunks index, next;	/* uint32_t: a frame, or ROW_FOLD | the first of a run */
	uint32_t done, next_done;	/* frames looked at */
	uint32_t settled;		/* frames whose steps are known */
	bool making;			/* next is being made */
};

enum row_kind { ROW_PACKET, ROW_RUN, ROW_PENDING };
struct row_at {
	enum row_kind kind;
	uint32_t frame;		/* the packet, or the first of a run */
	uint32_t count;		/* packets */
};

void rows_init(struct rows *r, const struct session *s);
void rows_free(struct rows *r);
void rows_set(struct rows *r, struct rows_mode mode);
/* The steps of the frames up to `settled` are known, or known anew. */
void rows_settled(struct rows *r, uint32_t settled);
/* Goes on making the index, for about `nanoseconds`; true when it became another one. */
bool rows_work(struct rows *r, int64_t nanoseconds);
bool rows_busy(const struct rows *r);
/* What is listed, or will be as soon as it is made. */
struct rows_mode rows_mode_now(const struct rows *r);
/* Does the frame have a row of its own then? */
bool rows_lists(const struct rows *r, uint32_t frame);

uint32_t rows_count(const struct rows *r);
struct row_at rows_at(const struct rows *r, uint32_t row);
/* The row that holds the frame; else the one in front of it (0 when there is none). */
uint32_t rows_find(const struct rows *r, uint32_t frame);

#endif

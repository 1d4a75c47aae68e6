/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comments: what the user wrote on packets since the capture was opened. It stands in the place of
 * what the capture says on them, until it is saved (export/export.h).
 */
#ifndef OSI_COMMENTS_H
#define OSI_COMMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COMMENT_MOST = 65535 };	/* bytes of one: what a pcapng option holds */

struct comments {
	struct comment { uint32_t frame; char *text; } *list;	/* owned; by frame */
	size_t n, room;
	bool unsaved;		/* something was written that is in no file */
};

void comments_free(struct comments *c);

/* Text is copied; "" takes away what the capture says. */
void comments_set(struct comments *c, uint32_t frame, const char *text);

/* NULL: nothing was written on this frame. */
const char *comments_get(const struct comments *c, uint32_t frame);

#endif

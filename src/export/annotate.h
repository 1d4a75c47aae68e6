/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * annotate: the annotated capture, in slices, for who answers keys meanwhile. export_pcapng()
 * (export/export.h) is all of it in one go.
 *
 * All that is loaded of the session is written: the blocks of its file in their order, and what
 * is known beside them. The model is only read; frames are dissected by session_detail().
 */
#ifndef OSI_EXPORT_ANNOTATE_H
#define OSI_EXPORT_ANNOTATE_H

#include "export/export.h"
#include "session.h"

struct annotate;

/* What was written. */
struct annotated {
	uint32_t packets;
	uint32_t told;		/* packets with a sentence of their step */
	uint32_t no_room;	/* packets whose kind of block holds no comment */
	bool secrets;		/* it holds keys */
};

/* Begins; the session and strings of o are borrowed. NULL and err: there is nothing to be put. */
struct annotate *annotate_new(struct session *s, const struct export_options *o, struct err *err);

/* Goes on for so many nanoseconds (0: to the end). True while there is more to do. */
bool annotate_work(struct annotate *a, uint64_t nanoseconds);
int annotate_percent(const struct annotate *a);

/* Puts the file in its place and frees a. -1 and err: what was there before is still there. */
int annotate_finish(struct annotate *a, struct annotated *what, struct err *err);

/* Gives up: nothing is left behind. NULL is nothing. */
void annotate_abort(struct annotate *a);

#endif

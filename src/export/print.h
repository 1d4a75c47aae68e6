/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print: what the printers of src/export share. */
#ifndef OSI_EXPORT_PRINT_H
#define OSI_EXPORT_PRINT_H

#include "export/export.h"
#include "export/out.h"
#include "session.h"

struct printer {
	struct out out;
	struct session *session;
	const struct print_options *options;
	enum source_state end;	/* why reading ended */
	unsigned width;		/* cells of a line */
	bool terminal;		/* standard output is one: colours, headings */
	bool utf8;		/* it shows more than ASCII */
};

/* Opens standard output for what is printed of a session; out_close() when it is done. */
void print_open(struct printer *p, struct session *s, const struct print_options *o);

/*
 * Calls fn for the frames that were asked for (print_options.frame), with what is wanted; stops
 * when writing fails. False, said on standard error, when there is no such frame.
 */
bool print_each(struct printer *p, unsigned want, session_frame_fn *fn, void *arg);

/* The exit status after out_close(); a failure has been said. */
int print_written(const struct out *o);

bool print_packets(struct printer *p);
bool print_fields(struct printer *p);
bool print_json(struct printer *p);
bool print_visits(struct printer *p);
bool print_story(struct printer *p);

#endif

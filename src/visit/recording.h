/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recording: a visit, or an interface, while it is recorded: the packets go into a file that the
 * session reads as it grows, what else is found goes into the session's record.
 *
 * The programs that record and visit are others (visit/launch.h, capture/live.h); this process reads
 * bytes of packets, and so gives away all its privileges before the first of them.
 */
#ifndef OSI_VISIT_RECORDING_H
#define OSI_VISIT_RECORDING_H

#include <stdbool.h>

#include "base/err.h"
#include "session.h"
#include "visit/launch.h"

struct recording;

/* What was found since the last look. */
enum recording_news { RECORDING_FOUND = 1, RECORDING_ENDED = 2 };

/*
 * Starts and waits until packets can come (some tenths of a second). The plan's strings are borrowed
 * until recording_free(). NULL and err: one line that says what is wrong and what to do.
 */
struct recording *recording_visit(const struct visit_plan *plan, const char *typed, const char *filter,
				  struct err *err);

struct interface_plan {
	const char *iface;
	const char *filter;	/* BPF: what is recorded; may be NULL */
	const char *file;	/* that is recorded into; NULL: one of its own */
	bool all, force;
	double duration;	/* seconds; 0: until it is stopped */
};
struct recording *recording_interface(const struct interface_plan *plan, struct err *err);

struct session *recording_session(const struct recording *r);	/* owned by it */
int recording_fd(const struct recording *r);	/* readable when there may be news; -1: look now and then */
unsigned recording_work(struct recording *r);	/* bits of recording_news; never waits */
void recording_stop(struct recording *r);	/* returns at once; the end comes as news */
bool recording_over(const struct recording *r);	/* the end was told */
const char *recording_status(const struct recording *r);	/* what goes on, translated; "" nothing */
const char *recording_trouble(const struct recording *r);	/* why it ended early; "" it did not */
const char *recording_keys(const struct recording *r);	/* a key log that was written; NULL: none */
const char *recording_where(const struct recording *r);	/* one line: what is recorded, and where */

/* Ends what still runs (within two seconds) and removes all that was made, but the user's file. */
void recording_free(struct recording *r);

#endif

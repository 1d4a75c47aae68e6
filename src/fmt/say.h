/* SPDX-License-Identifier: GPL-3.0-or-later */
/* say: one line for the user on standard error, and the exit status that goes with it. */
#ifndef OSI_FMT_SAY_H
#define OSI_FMT_SAY_H

#include "session.h"

/* Exit statuses of the program. */
enum status {
	STATUS_DONE,	/* a capture without packets is no error */
	STATUS_FAILED,
	STATUS_USAGE,
	STATUS_CUT,	/* done, but the capture is cut short or damaged */
	STATUS_SIGNAL = 128	/* and the number of the signal that ended the timeline */
};

/*
 * Writes "osiscope: " and the line. File names and arguments in it are safe: the whole line is
 * escaped as text of packets is.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What ended the reading of a capture: the status, and a line for trouble and for what is left out. */
enum status say_end(const struct session *s, enum source_state end);

#endif

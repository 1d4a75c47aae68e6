/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keeping: what a recording keeps; private to src/visit/. */
#ifndef OSI_VISIT_KEEPING_H
#define OSI_VISIT_KEEPING_H

#include <stdarg.h>
#include <stdint.h>

#include "base/clock.h"
#include "visit/recording.h"

struct live;

struct recording {
	struct session *s;
	struct launch *launch;		/* of a visit */
	struct record *early;		/* what was reported before the session was there */
	const struct log_kind *log;
	struct log_reader *reader;	/* of the visit that goes on; NULL: its log is over, or there is none */
	int log_fd;
	unsigned log_visit;
	const char *url;		/* borrowed: what is opened, with its scheme */
	int64_t went;			/* when the browser went there; ns since 1970; 0: it has not */
	uint32_t pages, hsts;		/* in the record, when this visit began */
	bool arguments;			/* the user chose a profile */
	uint32_t routed;		/* visits whose server the kernel was asked about */
	char *piece;

	struct live *live;		/* of an interface */
	int spool;
	char file[4096];
	bool own_file;
	int64_t until;			/* ms of the monotonic clock; 0: no end */

	bool listening, ended, over, found;
	bool stopped, asked;		/* it shall end: by itself, by the user */
	int64_t found_at, refused_at;
	char status[512], trouble[512], where[512];
};

struct recording *recording_new(void);
/* own: the file has no name of the user's. */
bool recording_open(struct recording *r, const char *file, bool own, const char *filter,
		    struct record *record, struct err *err);
void recording_say(struct recording *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline int64_t recording_ms(void)
{
	return clock_now() / 1000000;
}

/* interface.c */
unsigned interface_work(struct recording *r);
void interface_stop(struct recording *r);
void interface_free(struct recording *r);

#endif

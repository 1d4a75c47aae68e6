/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browser: how each kind of browser is found, started for one visit, and read. A kind is one const
 * descriptor at the bottom of its file; kinds.c lists them.
 */
#ifndef OSI_BROWSER_BROWSER_H
#define OSI_BROWSER_BROWSER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "record/record.h"

/* What one visit wants of a browser. All borrowed. Paths lie in the visit's own folder (0700). */
struct browser_plan {
	const char *program;	/* what is executed: an absolute path */
	const char *url;
	const char *profile;	/* a folder, empty on the first visit, kept between warm ones */
	const char *log;	/* the file that the browser's own log goes to */
	const char *keys;	/* the file for SSLKEYLOGFILE; NULL: no keys wanted */
	const char *resolver;	/* the name server it is to ask, as address; NULL: the system's */
	bool headless, http3;
	bool again;		/* a warm visit: the profile was used before */
	char *const *more;	/* the user's own arguments, ended by NULL; may be NULL */
};

/* A list of words for execve(); words_add() copies. */
struct words { char **word; size_t n, room; };
void words_add(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
void words_free(struct words *w);

/* Reads a browser's log as it grows, in pieces of any size; hostile bytes are no error. */
struct log_reader;
struct log_kind {
	const char *name;	/* of record.log: "netlog" */
	struct log_reader *(*open)(struct record *r);	/* r is borrowed and written to */
	void (*feed)(struct log_reader *l, const char *bytes, size_t n);
	void (*end)(struct log_reader *l);	/* no more will come: what is open is settled, record.cut set */
	void (*free)(struct log_reader *l);
};

struct browser_kind {
	const char *name;	/* of --browser: "chromium" */
	const char *const *programs;	/* names in PATH and absolute paths, the best first; NULL ends */
	bool devtools;		/* obeys the DevTools protocol on file descriptors 3 and 4 */
	bool windows;		/* can show a window */
	const struct log_kind *log;	/* NULL: it has none */
	/* Writes what the profile needs (settings); 0, or -1 and err. May be NULL. */
	int (*prepare)(const struct browser_plan *p, struct err *err);
	/* The command's words, argv[0] first, and the environment that is set for it ("NAME=value"). */
	void (*command)(const struct browser_plan *p, struct words *argv, struct words *env);
};

extern const struct browser_kind browser_chromium, browser_chrome, browser_firefox, browser_curl;
extern const struct browser_kind *const browser_kinds[];	/* in order of preference; NULL ends */

extern const struct log_kind log_netlog, log_mozlog, log_curl;

#endif

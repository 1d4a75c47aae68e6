/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * launch: starts one visit and tells how it goes: the browser and its recorder run below the program
 * osiscope-launch, in a private network (pasta) or on an interface of the host. The packets go into
 * a file that is read as it grows (LAUNCH_LISTENING: it is there); so do the browser's log and keys.
 * Nothing of the packets is read here.
 *
 * However this process ends, all that was started ends too, within two seconds; the capture stays.
 */
#ifndef OSI_VISIT_LAUNCH_H
#define OSI_VISIT_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "browser/browser.h"

enum visit_place { VISIT_AUTO, VISIT_PRIVATE, VISIT_REAL };

/* All borrowed; strings may be NULL where nothing is said about that. */
struct visit_plan {
	const char *url;	/* with its scheme */
	enum visit_place place;
	const char *browser;	/* as --browser takes it; NULL: the best there is */
	const char *iface;	/* NULL: that of the route to the Internet */
	bool headless;		/* also where there is no display */
	bool http3, all;	/* QUIC allowed; not only this host's packets */
	bool secrets;		/* keys are wanted */
	bool force;		/* an existing `capture` is overwritten */
	double duration;	/* seconds of each visit; 0: until the page has loaded and it is quiet */
	unsigned again;		/* warm visits after the first */
	char *const *more;	/* the user's words for the browser, ended by NULL */
	const char *capture;	/* the file that is recorded into; NULL: one of the visit's own */
	const char *lang;	/* of messages */
};

enum launch_event {
	LAUNCH_LISTENING,	/* the recorder has begun: the capture can be opened */
	LAUNCH_BROWSER,		/* a browser was started; its log: launch_log(visit) */
	LAUNCH_READY,		/* it has a page that can go somewhere */
	LAUNCH_GO,		/* now it goes to the URL */
	LAUNCH_LOADED,		/* the load event */
	LAUNCH_IDLE,		/* and nothing of the page is under way */
	LAUNCH_PAGE_ERROR,	/* text: "net::ERR_NAME_NOT_RESOLVED" */
	LAUNCH_CLOSED,		/* the window was closed, or the browser ended by itself */
	LAUNCH_VISITED,		/* a visit is over and its browser is gone; perhaps another comes */
	LAUNCH_RECORD,		/* text: a part of the visit record, for record_from_json() */
	LAUNCH_ERROR,		/* text: one line; LAUNCH_ENDED follows */
	LAUNCH_ENDED,		/* everything has ended */
};

struct launch_report {
	enum launch_event what;
	unsigned visit;		/* 1...; 0 where it does not belong to one */
	int64_t time;		/* nanoseconds since 1970 */
	const char *text;	/* never NULL; good until the next launch_next() */
};

struct launch;

/*
 * Finds the browser, chooses the place and starts. Waits until the private network is up (0.1 s) or
 * cannot be had. NULL and err: one line that says what is wrong and what to do.
 */
struct launch *launch_start(const struct visit_plan *plan, struct err *err);

int launch_fd(const struct launch *l);		/* readable when there is a report */
/* The next report, without waiting; false: none now. After LAUNCH_ENDED there are none. */
bool launch_next(struct launch *l, struct launch_report *report);

enum visit_place launch_place(const struct launch *l);	/* VISIT_PRIVATE or VISIT_REAL */
/* With VISIT_AUTO: why it is not the private network; "" when it is. */
const char *launch_why_real(const struct launch *l);
const struct browser_kind *launch_kind(const struct launch *l);
const char *launch_iface(const struct launch *l);
const char *launch_capture(const struct launch *l);	/* paths; they belong to the launch */
const char *launch_keys(const struct launch *l);	/* NULL: no keys are written */
const char *launch_log(struct launch *l, unsigned visit);	/* good until the next call */

/* The route to an address is wanted: it comes as a LAUNCH_RECORD. */
void launch_route(struct launch *l, const char *address);

void launch_stop(struct launch *l);		/* returns at once; LAUNCH_ENDED comes later */
/* Waits at most ms milliseconds for the end; false: it has not come. */
bool launch_wait(struct launch *l, int ms);
/* Ends what still runs (at most two seconds) and removes the visit's folder. NULL is nothing. */
void launch_free(struct launch *l);

#endif

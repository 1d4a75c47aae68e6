/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run: the state of the running visits. Private to src/launch/ (run.c, browse.c). */
#ifndef OSI_LAUNCH_RUN_H
#define OSI_LAUNCH_RUN_H

#include "browser/devtools.h"
#include "launch/launch.h"

enum phase { STARTING, VISITING, ENDING_BROWSER, LAST_PACKETS, ENDING_RECORDER };

struct run {
	const struct plan *plan;
	enum phase phase;
	int64_t deadline;	/* of an ending phase; clock_now() */
	int control, signals;
	int capture;		/* the file: how much it grows tells whether it is quiet */
	bool stop, failed;
	bool told_to_stop, orphaned;	/* the control ended without a "stop": who started it is gone */
	unsigned phase_kills;
	char line[256];		/* of the control, as far as it has come */
	size_t line_length;

	pid_t recorder;		/* 0: none */
	int words;		/* what it says; -1 */
	int leash;		/* its standard input: the end of it is its own; -1 */
	struct strbuf said;
	bool listening;
	int64_t listen_by;

	unsigned visit;		/* which one: 1... */
	pid_t browser;		/* 0: none */
	struct devtools *devtools;
	bool blind;		/* it was started without DevTools, with the URL as argument */
	bool ready;		/* it has a page that can go to the URL */
	bool navigated, loaded, told;
	int64_t started, went, loaded_at, idle_at;
	int64_t size, grew_at;	/* of the capture */
	int64_t began_at;	/* its size when this browser was started without a word; 0: not looked */
};

void run_stop(struct run *r);		/* everything ends */
void run_end_visit(struct run *r);	/* this visit ends */

/* The words of the recorder's command. */
void recorder_command(const struct plan *plan, struct words *argv);

/* ---- browse.c: the browser of one visit ---- */

void browser_start(struct run *r);
int browser_fd(const struct run *r);
void browser_read(struct run *r);
void browser_tick(struct run *r, int64_t t);
void browser_ended(struct run *r, int status);	/* its process was waited for */
void browser_end(struct run *r);	/* it is asked to end */
void browser_kill(struct run *r);
void browser_forget(struct run *r);	/* it is gone */

#endif

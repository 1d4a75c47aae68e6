/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devtools: drives a Chromium over its two pipes (--remote-debugging-pipe: JSON messages that end
 * with NUL). Nothing of it shows on the wire. It never waits: the caller polls `from`.
 */
#ifndef OSI_BROWSER_DEVTOOLS_H
#define OSI_BROWSER_DEVTOOLS_H

#include <stdbool.h>

enum devtools_event {
	DEVTOOLS_VERSION,	/* text: "156.0.8078.108" */
	DEVTOOLS_READY,		/* a page is there: devtools_go() may be called */
	DEVTOOLS_STARTED,	/* the page's frame has begun to load another document */
	DEVTOOLS_LOADED,	/* the load event of the page */
	DEVTOOLS_IDLE,		/* no request of the page for half a second */
	DEVTOOLS_ERROR,		/* text: "net::ERR_NAME_NOT_RESOLVED": this page does not come */
	DEVTOOLS_GONE,		/* the window was closed, the page crashed, or the browser ended */
};

typedef void devtools_told(void *of, enum devtools_event what, const char *text);

struct devtools;

/* Takes the two file descriptors over: they are closed by devtools_free(). */
struct devtools *devtools_new(int to, int from, devtools_told *told, void *of);
void devtools_free(struct devtools *d);		/* NULL is nothing */

int devtools_fd(const struct devtools *d);	/* readable when something has come */

/* Reads what has come, and tells it. False: the browser hung up, no more will come. */
bool devtools_read(struct devtools *d);

void devtools_go(struct devtools *d, const char *url);
void devtools_close(struct devtools *d);	/* the browser is asked to end */

#endif

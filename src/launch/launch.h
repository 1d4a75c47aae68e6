/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * launch: the program osiscope-launch. It starts the recorder and the browser of one visit, watches
 * both and ends both, and never reads a packet. In a private network it runs inside of it, as the
 * first process: when it goes, the kernel ends all others.
 *
 * Its standard input is a socket: the first message carries the open capture file, then come lines,
 * "stop" and "route ADDRESS". The end of it ends everything, however the other side went. Its
 * standard output is one JSON object a line (src/visit/launch.h reads them):
 *
 *	{"event":NAME,"time":NANOSECONDS,"visit":N,"text":TEXT}
 *	{"error":"one line"}		what went wrong; the end follows
 *	{"record":{...}}		a part of the visit record (record_from_json())
 */
#ifndef OSI_LAUNCH_LAUNCH_H
#define OSI_LAUNCH_LAUNCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "browser/browser.h"

/* What the command line says. */
struct plan {
	const char *url, *host, *program, *folder, *iface, *recorder, *lang;
	const char *resolver;	/* name servers, comma-separated; "" on loopback */
	const struct browser_kind *kind;
	bool own_network;	/* inside of pasta: mapped to root there */
	bool keys, headless, http3, all;
	bool loopback;		/* a resolver on loopback: record the questions to it too */
	double duration;	/* seconds; 0: until the page has loaded and it is quiet */
	unsigned times;		/* how many visits, one after the other */
	uid_t user;		/* who the browser runs as */
	gid_t group;
	char *const *more;	/* the user's own words for the browser; ended by NULL */
};

/* False and err (of wrong usage). The plan points into argv. */
bool plan_read(struct plan *plan, int argc, char **argv, struct err *err);

/* ---- report.c: what is said on standard output ---- */

void report(const char *event, unsigned visit, const char *text);
void report_error(const char *text);
void report_record(const struct record *r);

/* ---- orphan.c ---- */

/* Nobody will remove the visit's folder: all of it goes, but a capture in it and the capture's keys. */
void orphan_clean(const char *folder);

/* ---- child.c: programs that are started ---- */

struct child_plan {
	const char *program;	/* an absolute path */
	char *const *argv;
	char *const *env;	/* "NAME=value" that are set besides; may be NULL */
	int in, out, err;	/* its standard input, output, errors; -1: /dev/null */
	int in3, out4;		/* its file descriptors 3 and 4; -1: none */
	bool as_user;		/* not as the root of a private network */
	int end;		/* the signal it gets when this program goes */
};
/* The process, a group of its own; -1 and errno. A program that cannot be run ends with 127. */
pid_t child_start(const struct child_plan *c, const struct plan *plan);
/* Root's launcher becomes the user, when only the recorder needed root; false: errno. */
bool become_user(const struct plan *plan);
/* Kills every process below this one but `spared`. */
void children_kill(pid_t spared);

/* ---- room.c: what the processes of a private network see of the system ---- */

/* Puts resolv.conf and nsswitch.conf of the visit's folder, where they are, over the system's. */
bool room_furnish(const struct plan *plan, struct err *err);

/* ---- facts.c: what the kernel and the system know ---- */

void facts_before(const struct plan *plan);
void facts_neighbours(bool after);	/* the table before one more visit, or after all */
void facts_route(const char *address);

/* ---- run.c: the visits ---- */

int visits_run(const struct plan *plan, int capture);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live: osiscope-capture as a child: started, watched and ended. Never any other process.
 *
 * The child writes pcapng to the file that it was given; whoever wants the packets opens that file
 * as a growing source (source.h). It ends by itself when this process is gone.
 */
#ifndef OSI_CAPTURE_LIVE_H
#define OSI_CAPTURE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct live;

struct live_options {
	const char *const *ifaces;	/* at least one */
	size_t n_ifaces;
	const char *filter;	/* as tcpdump's; NULL none */
	const char *lang;	/* language of its words; NULL: the environment's */
	const char *program;	/* NULL: where live_program() finds it */
	bool all;		/* not only the own host's packets */
	uint32_t snaplen, buffer;	/* bytes, MiB; 0: what osiscope-capture takes by itself */
};

enum live_state {
	LIVE_RUNNING,
	LIVE_ENDED,	/* it was told to stop, or its reader went away */
	LIVE_FAILED	/* live_words() say why: disk full, interface gone, killed */
};

/*
 * Starts it with out_fd (borrowed) as standard output, and waits until it listens: at most five
 * seconds. NULL: err has its own words, or says what is missing. Needs SIGCHLD not to be ignored.
 * The process that calls must not have set no_new_privs: it would take the child's capability.
 */
struct live *live_start(const struct live_options *o, int out_fd, struct err *err);

enum live_state live_state(struct live *l);	/* waits for nothing */
pid_t live_pid(const struct live *l);
const char *live_words(const struct live *l);	/* its last line, raw: escape it; "" none */

/*
 * Asks it to stop and waits until all is written, at most so long; then it is killed. The state
 * that comes back is never LIVE_RUNNING.
 */
enum live_state live_stop(struct live *l, int milliseconds);
void live_free(struct live *l);		/* stops it first; l may be NULL */

/* Where osiscope-capture is, to `path` (PLACE_MAX bytes of fmt/place.h). */
bool live_program(char *path);

#endif

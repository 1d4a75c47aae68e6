/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export: what `osiscope print` writes to standard output, and `osiscope export` to a file. */
#ifndef OSI_EXPORT_EXPORT_H
#define OSI_EXPORT_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "fmt/say.h"

struct session;

enum print_what {
	PRINT_STORY,		/* the visits, step by step, for people */
	PRINT_PACKETS,		/* a line a packet */
	PRINT_FIELDS,		/* every packet's layers and fields, with byte ranges */
	PRINT_JSON,		/* JSON Lines, an object a packet */
	PRINT_VISITS_JSON,	/* one JSON document */
	PRINT_LIST_FIELDS	/* every field that there is; needs no session */
};

struct print_options {
	enum print_what what;
	uint32_t frame;		/* only this one, from 1; 0: all */
	bool no_steps;		/* PRINT_PACKETS in one pass and constant memory, without steps */
	bool redact;		/* secrets as their length */
	bool quiet;		/* no remarks on standard error */
};

/*
 * Reads the whole session and writes what was asked for. Returns the exit status; what went
 * wrong has been said on standard error.
 */
int print_session(struct session *s, const struct print_options *o);
/*
 * Two visits side by side, step by step: PRINT_VISITS_JSON as one JSON document, all else as text
 * for people. Visits are numbered from 1; 0 is the first. The sessions may be the same one. Reads
 * them to their ends. Returns the exit status; what went wrong has been said.
 */
int compare_sessions(struct session *a, uint32_t visit_a, struct session *b, uint32_t visit_b,
		     const struct print_options *o);
/* ---- a capture with its story in it ---- */

struct export_options {
	const char *path;	/* what is to be written */
	const char *keys;	/* a key log whose lines it gets; may be NULL */
	bool force;		/* a file that is there is replaced; else it is kept, and that said */
	bool no_secrets;	/* without keys, neither these nor the capture's */
	bool quiet;		/* no remarks on standard error */
	bool said;		/* what is wrong with the capture is said elsewhere (say_end()) */
};

/*
 * Reads the whole session and writes it as pcapng, each packet of a visit with a comment: the number
 * of its step and why it is there. Returns the exit status; what went wrong has been said. The file
 * appears when it is whole; it may be the capture itself.
 */
int export_pcapng(struct session *s, const struct export_options *o);

/* PRINT_LIST_FIELDS: name, type and label of every field, a line each, tabs between. */
int print_field_list(void);

#endif

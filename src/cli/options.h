/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options: the command line. One table holds every option with what it takes and its help: the
 * parser, --help and the check of the manual page all read it.
 */
#ifndef OSI_CLI_OPTIONS_H
#define OSI_CLI_OPTIONS_H

#include <stdbool.h>

#include "base/err.h"
#include "export/export.h"

enum command { COMMAND_OPEN, COMMAND_PRINT, COMMAND_VISIT, COMMAND_CAPTURE, COMMAND_EXPORT,
		COMMAND_COMPARE };

struct options {
	enum command command;
	bool help, version;
	bool print_chosen;		/* one of print's kinds was named */
	struct print_options print;
	const char *capture;		/* NULL: the bundled sample; compare: A */
	const char *other;		/* export: OUT; compare: B, NULL: another visit of A */
	const char *filter;		/* BPF; may be NULL */
	const char *keylog;		/* may be NULL */
	const char *lang;		/* may be NULL: the locale's */
	bool no_keys;
	bool follow;			/* the capture is still being written */
	const char *netlog;		/* the browser's log; may be NULL */
	const char *to;			/* export: the kind, where the ending of OUT does not tell */
	bool force;			/* what exists is replaced */
	/* visit, capture */
	const char *url, *iface, *write, *browser;	/* NULL: not said */
	char **more;			/* arguments for the browser, ended by NULL; NULL: none */
	enum { WHERE_AUTO, WHERE_PRIVATE, WHERE_REAL } where;
	bool no_secrets, no_ui, all, headless, http3;
	double duration;		/* seconds; 0: no limit */
	unsigned warm;			/* how many times it is visited; 1 */
};

/* What `osiscope --help` prints for one option. */
struct option_row {
	int id;				/* its letter, or a number above 255 */
	const char *name;		/* "lang" */
	const char *argument;		/* "FILE"; NULL takes none */
	const char *help;		/* N_() */
	unsigned commands;		/* bits of enum command that it goes with */
};
extern const struct option_row option_rows[];	/* ended by a row without name */

/* The language that --lang asks for, found before anything is said; NULL when there is none. */
const char *options_lang(int argc, char *argv[]);

/* 0, or -1 with err: wrong usage. Strings of argv are borrowed; argv is reordered. */
int options_read(struct options *o, int argc, char *argv[], struct err *err);

/* The text of --help, on standard output. */
void options_help(void);

#endif

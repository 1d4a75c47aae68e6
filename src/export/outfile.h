/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outfile: a file that appears under its name when it is whole, and not before. Until then it has
 * no name, or one beginning with a dot beside it; only its owner can read it.
 */
#ifndef OSI_EXPORT_OUTFILE_H
#define OSI_EXPORT_OUTFILE_H

#include <stdbool.h>

#include "base/err.h"

struct outfile {
	int fd;
	bool force;
	char *path;		/* owned; what is to appear */
	char *temporary;	/* owned; NULL while it has no name */
	const char *shown;	/* borrowed; the path as the user gave it */
};

/* Would outfile_open() take this path? -1 and err, as there. Nothing is written yet. */
int outfile_may(const char *path, bool force, struct err *err);

/* -1 and err: it cannot be written, or is there already and not to be replaced (force). */
int outfile_open(struct outfile *o, const char *path, bool force, struct err *err);

/* Whole: it gets its name. A private one stays readable by its owner only. -1 and err, as above. */
int outfile_keep(struct outfile *o, bool private, struct err *err);

/* As if it had never been begun. */
void outfile_drop(struct outfile *o);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jsonout: JSON written straight into the output buffer (RFC 8259). */
#ifndef OSI_EXPORT_JSONOUT_H
#define OSI_EXPORT_JSONOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "export/out.h"

/*
 * A string with its quotes. Always valid UTF-8: U+FFFD for each ill-formed part. Characters that
 * a terminal must not see raw (control, format, bidirectional overrides) are \u escapes, which
 * changes nothing for a reader of JSON.
 */
void jsonout_string(struct out *o, const void *s, size_t n);
static inline void jsonout_str(struct out *o, const char *s)
{
	jsonout_string(o, s, strlen(s));
}

/*
 * A document with keys, commas and indentation. `name` is NULL inside a list. What stands inside
 * a flat list or object stays on its line.
 */
struct jsondoc {
	struct out *out;
	unsigned depth, flat;	/* flat: how many levels are on one line */
	bool comma;		/* something stands before on this level */
};

void jsondoc_open(struct jsondoc *j, const char *name, char bracket);	/* '{' or '[' */
void jsondoc_open_flat(struct jsondoc *j, const char *name, char bracket);
void jsondoc_close(struct jsondoc *j, char bracket);			/* '}' or ']' */
void jsondoc_text(struct jsondoc *j, const char *name, const void *s, size_t n);
void jsondoc_integer(struct jsondoc *j, const char *name, int64_t n);
void jsondoc_real(struct jsondoc *j, const char *name, double v);	/* at most 6 decimals */
void jsondoc_bool(struct jsondoc *j, const char *name, bool v);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* visits: pieces of visits as JSON, for those that write such documents. */
#ifndef OSI_EXPORT_VISITS_H
#define OSI_EXPORT_VISITS_H

#include "export/jsonout.h"
#include "export/print.h"
#include "steps/steps.h"

struct visits {
	struct printer *p;
	struct jsondoc doc;
	struct strbuf clean;	/* scratch; free it in the end */
};

/* A key with a text, without secrets if that was asked for; none if s is NULL or empty. */
void visits_text(struct visits *v, const char *name, const char *s);
/* Nanoseconds since 1970 as seconds with nine decimals, as text; none if ns is 0. */
void visits_moment(struct visits *v, const char *name, int64_t ns);
/* "facts": an object with all facts of the step. */
void visits_facts(struct visits *v, const struct step_entry *e);

#endif

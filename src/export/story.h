/* SPDX-License-Identifier: GPL-3.0-or-later */
/* story: what the files that write the story share. */
#ifndef OSI_EXPORT_STORY_H
#define OSI_EXPORT_STORY_H

#include "export/ladder.h"
#include "export/print.h"
#include "export/style.h"
#include "steps/steps.h"

enum { STORY_INDENT = 7 };

struct story {
	struct printer *p;
	struct strbuf to;		/* the visit so far */
	struct strbuf one;	/* a paragraph */
	struct ladder *ladder;
	bool colour;
};

void story_style(struct story *t, enum style s);
/* Text that may hold bytes of packets: safe, and without secrets if that was asked for. */
void story_text(struct story *t, struct strbuf *to, const char *s);
/* Ends the paragraph in t->one: indented, wrapped. */
void story_paragraph(struct story *t, size_t indent, enum style s);
void story_heading(struct story *t, const char *s);

/* Which frames belong to a step, and its facts, as one paragraph. */
void story_facts(struct story *t, const struct visit *v, const struct step_entry *e);
void story_connections(struct story *t, const struct visit *v);
void story_requests(struct story *t, const struct visit *v);

#endif

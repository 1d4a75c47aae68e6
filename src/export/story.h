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

/* The sign of a step's state on this terminal, and its style. */
const char *story_mark(const struct story *t, enum step_state state);
enum style story_state_style(enum step_state state);

/* One fact: its name for people, and its value, which is added to t->one. */
const char *story_fact_label(const struct visit *v, const char *key);
void story_fact_value(struct story *t, const struct fact *f);
bool story_fact_empty(const struct fact *f);

/* Which frames belong to a step, and its facts, as one paragraph. */
void story_facts(struct story *t, const struct visit *v, const struct step_entry *e);
void story_connections(struct story *t, const struct visit *v);
void story_requests(struct story *t, const struct visit *v);

#endif

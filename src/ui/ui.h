/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ui: the timeline and everything one gets to from it, in a terminal.
 *
 * ui_run() is all that main needs. The other functions are its parts, for tests and pictures:
 * a screen of any size without a terminal, keys by name.
 */
#ifndef OSI_UI_UI_H
#define OSI_UI_UI_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/screen.h"

struct session;
struct ui;

/*
 * A recording that goes on while it is shown. The session is a growing one; when the recording has
 * ended, no more is read than there is.
 */
enum { LIVE_FOUND = 1, LIVE_ENDED = 2 };	/* session.record has more; nothing more will be recorded */
struct ui_live {
	void *arg;
	unsigned (*work)(void *arg);	/* looks what is new, without waiting: bits of the above */
	void (*stop)(void *arg);	/* the recording shall end; work() says when it has */
	bool (*saved)(void *arg);	/* what was recorded is kept, or there is nothing to keep */
	const char *(*keys)(void *arg);	/* the key log that a saved capture gets; NULL: there is none */
	const char *(*status)(void *arg);	/* translated, borrowed: what goes on; "" nothing to say */
};

struct ui_options {
	bool redact;		/* secrets as their length */
	bool light;		/* begin with the light theme */
	const char *keys;	/* a key log that a saved capture gets; may be NULL; borrowed */
	bool no_secrets;	/* a saved capture gets no keys, not even its own */
	bool dry;		/* saving only says that it did: for keys pressed at random */
	const struct ui_live *live;	/* NULL: nothing is being recorded */
};

/*
 * Shows the session, loading it on the way, until the user has seen enough. Returns the exit
 * status (export/export.h); what went wrong has been said on standard error.
 */
int ui_run(struct session *s, const struct ui_options *o);

/* The screen and the session are borrowed. */
struct ui *ui_new(struct session *s, struct screen *screen, const struct ui_options *o);
void ui_free(struct ui *ui);
void ui_key(struct ui *ui, uint32_t key);
/* A slice of what is to be done besides (loading, searching); false when there is nothing. */
bool ui_work(struct ui *ui);
void ui_draw(struct ui *ui);
bool ui_over(const struct ui *ui);	/* the user quit */

/* The last line of the help screen's table, as text: keys, tab, what they do. */
struct strbuf;
void ui_key_table(struct strbuf *to);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view: what fills the screen between the title and the last line, and what all views share.
 *
 * A view is one const descriptor at the bottom of its file, opened by ui_open(). It draws from the
 * model each time and keeps only where the user is in it. Views get actions, never keys; what a
 * view does not want of them is for everybody (ui/ui.c).
 */
#ifndef OSI_UI_VIEW_H
#define OSI_UI_VIEW_H

#include "base/clock.h"
#include "base/strbuf.h"
#include "export/export.h"
#include "fmt/row.h"
#include "session.h"
#include "steps/steps.h"
#include "ui/keys.h"
#include "ui/packet.h"
#include "ui/rows.h"
#include "ui/screen.h"
#include "ui/ui.h"

struct view {
	const char *name;		/* N_() */
	const char *help;		/* N_(): what it is for, a sentence */
	const enum action *hints;	/* for the last line, the most useful first; ACT_NONE ends */
	size_t state_size;		/* what it remembers; zeroed when it is opened */
	void (*open)(struct ui *ui, void *state);		/* may be NULL */
	void (*close)(struct ui *ui, void *state);		/* may be NULL */
	void (*stale)(struct ui *ui, void *state);		/* model or language changed; may be NULL */
	void (*draw)(struct ui *ui, void *state, struct area a);
	bool (*act)(struct ui *ui, void *state, enum action a);	/* false: not wanted */
	/* Searches in what it shows; NULL: packets are searched. n 0: the same again. */
	void (*find)(struct ui *ui, void *state, const char *text, size_t n);
};

extern const struct view view_timeline, view_packet, view_layers, view_slides, view_visits;
extern const struct view view_connections, view_requests, view_ladder, view_story, view_help;

enum { VIEWS_DEEP = 8, ROW_CACHE = 256, TEXT_MOST = 120, PROMPT_MOST = 1000, SMALLEST_H = 14, SMALLEST_W = 48 };

enum prompt_kind { PROMPT_NONE, PROMPT_GO_TO, PROMPT_SEARCH, PROMPT_COMMENT, PROMPT_SAVE, PROMPT_REPLACE };
struct prompt {
	enum prompt_kind kind;
	uint32_t frame;			/* PROMPT_COMMENT: on which */
	char text[PROMPT_MOST + 1];	/* of what is looked for at most TEXT_MOST */
	size_t n;
};

struct search {
	char text[TEXT_MOST + 1];	/* lower case; "" nothing is looked for */
	bool running, backwards;
	uint32_t at, start;		/* where it looks, and where it began */
	uint64_t looked;
};

struct cached_row {
	uint32_t frame;			/* 0: empty */
	bool to_server, known;		/* the direction */
	const char *mark;		/* "!" trouble, "↻" sent again; " " */
	struct row row;
};

struct ui {
	struct session *s;
	struct screen *screen;
	struct ui_options options;
	struct { const struct view *view; void *state; } stack[VIEWS_DEEP];
	unsigned depth;

	/* What is selected. frame 0: there is none yet. */
	uint32_t frame, visit;
	enum step step;
	bool step_only;			/* the step is, and no packet of it */
	struct packet_view packet;
	struct rows rows;
	uint32_t first_row, first_line, first_byte;	/* the first that is seen of each pane */
	uint32_t per_row;		/* bytes in a row of their pane */
	bool unfolded;			/* step 0 is shown */
	bool touched;			/* the user has moved */

	char live_said[256];		/* the last word of the recording, */
	int64_t live_said_at;		/* and when; 0: it is no longer there */
	uint64_t dropped;		/* packets that were lost, as it was said last */
	bool recording;			/* options.live goes on */
	bool asked;			/* whether what is not saved may go */
	bool loading, idle;		/* idle: the file grows, but not now */
	uint32_t settle_at;		/* frames when the steps are settled again */
	struct cached_row cache[ROW_CACHE];
	uint32_t mac_visit;		/* whose client this is: */
	struct address client_mac;

	struct prompt prompt;
	struct search search;
	struct annotate *saving;	/* owned; NULL: nothing is being written */
	struct export_options save;
	char save_path[PROMPT_MOST + 16];
	bool unsaved;			/* comments were, when writing began */
	bool whole, kept;		/* a whole recording is being written; one was */
	struct strbuf message;		/* on the last line until the next key */
	bool message_warns, blank, over;
};

/* ---- ui.c ---- */
void ui_open(struct ui *ui, const struct view *v);
void ui_back(struct ui *ui);
void ui_say(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
void ui_warn(struct ui *ui, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* For views that do not show the list of packets: true, and said, if that is all that it moves. */
bool ui_refuse(struct ui *ui, enum action a);

/* ---- select.c: what is looked at ---- */
void select_frame(struct ui *ui, uint32_t frame);
/* The same, and lists it if it is not: step 0 is unfolded, the filter goes. */
enum listed { LISTED, WAS_FOLDED, WAS_FILTERED };
enum listed select_listed(struct ui *ui, uint32_t frame);
/* Of the visit; its first packet that is listed, if any. */
void select_step(struct ui *ui, enum step step);
void select_visit(struct ui *ui, uint32_t visit);
void select_next_step(struct ui *ui, int direction);
/* Moves by rows of the packet list; false at its end. Only the timeline stops on what is folded. */
bool select_row(struct ui *ui, int64_t by);
const struct visit *visit_now(const struct ui *ui);	/* NULL: there is none */
/* The filter goes on: this step, this connection, everything. */
void select_filter(struct ui *ui);
void select_everything(struct ui *ui);
void select_fold(struct ui *ui);

/* ---- load.c ---- */
bool load_work(struct ui *ui);
void load_language(struct ui *ui);		/* the texts of the visits again */
int load_percent(const struct ui *ui);		/* -1: not known */

/* ---- live.c: a recording that goes on ---- */
bool live_work(struct ui *ui);
/* q on the last view: true when the program may end now. */
bool live_quit(struct ui *ui);
const char *live_keys(const struct ui *ui);	/* what a saved capture gets; NULL none */
enum step live_step(const struct ui *ui);	/* what happens now; STEP_0 when nothing is recorded */
void live_follow(struct ui *ui);		/* the newest packet is selected, unless the user has moved */

/* ---- search.c ---- */
void search_start(struct ui *ui, const char *text, size_t n, bool backwards);
void search_next(struct ui *ui, bool backwards);
bool search_work(struct ui *ui);
/* Where the text that is looked for stands in s; -1 nowhere. */
long search_find(const struct search *q, const char *s, size_t n);

/* ---- prompt.c ---- */
void prompt_open(struct ui *ui, enum prompt_kind kind);
void prompt_fill(struct ui *ui, const char *text);	/* as if it had been typed */
void prompt_key(struct ui *ui, uint32_t key);
void prompt_draw(struct ui *ui, int y);

/* ---- keep.c: comments, and the capture with them in a file ---- */
void keep_comment(struct ui *ui);		/* asks for it */
void keep_commented(struct ui *ui, uint32_t frame, const char *text);
void keep_save(struct ui *ui);			/* asks for a name */
void keep_named(struct ui *ui, const char *path, bool replace);
bool keep_work(struct ui *ui);
void keep_close(struct ui *ui);
bool keep_may_leave(struct ui *ui);		/* false, and said: something would be lost */

/* ---- frame.c: title, last line ---- */
void frame_title(struct ui *ui);
void frame_hints(struct ui *ui);
/* Adds text of the model as it may be shown: escaped, without secrets if that was asked for. */
void safe_text(const struct ui *ui, struct strbuf *to, const char *s);
/* A line across with a heading in it. */
void frame_rule(struct ui *ui, struct area a, const char *heading, size_t n, bool focus);

/* ---- panes ---- */
void pane_packets(struct ui *ui, struct area a, bool focus);
const struct cached_row *packets_row(struct ui *ui, uint32_t frame);	/* NULL: cannot be read */
void packets_forget(struct ui *ui);
/* One packet as a line; columns are dropped as the width asks for. */
void packets_line(struct ui *ui, int y, int x, int w, uint32_t frame);

void pane_steps(struct ui *ui, struct area a, bool focus);
const char *step_mark(enum step_state st);
enum style step_style(enum step_state st);

void pane_stack(struct ui *ui, struct area a);
/* The seven layers of a packet, by number. */
struct stack_layer {
	const struct protocol *protocol;	/* the topmost; NULL: nothing on this layer */
	const struct protocol *below;		/* the one under it on the same layer; NULL: none */
	uint32_t bytes;				/* that it adds */
	bool part;				/* a part of a message, shown on another packet */
	bool shared;				/* told on another layer already */
};
/* "IPv4", "Ethernet, ARP". Adds it. */
void stack_protocols(const struct stack_layer *l, struct strbuf *to);
void stack_layers(const struct ui *ui, const struct dissect *d, struct stack_layer out[8]);
/* Who talks to whom there, or what is said. */
void stack_who(const struct ui *ui, const struct dissect *d, unsigned layer, struct strbuf *to);
const char *stack_name(unsigned layer);		/* translated */
const char *stack_purpose(unsigned layer);	/* translated */

void pane_explain(struct ui *ui, struct area a, bool steps);
void pane_tree(struct ui *ui, struct area a, bool focus);
bool tree_act(struct ui *ui, enum action a, int page);
void pane_bytes(struct ui *ui, struct area a, bool focus);
bool bytes_act(struct ui *ui, enum action a, int page);
int bytes_width(int cells);			/* how many bytes a row of so many cells holds */
void pane_field_help(struct ui *ui, struct area a);

/* ---- view_lists.c: a list to choose from, for a view's state ---- */
struct list_state { uint32_t at, first; int page; };
bool list_move(struct list_state *t, uint32_t n, enum action a);	/* of n rows; false: no movement */
typedef void list_row_fn(struct ui *ui, int y, struct area a, uint32_t row, enum style style);
void list_draw(struct ui *ui, struct list_state *t, struct area a, uint32_t n, list_row_fn *row);

/* Wrapped lines of safe text in an area; returns how many there are, from `skip` on. */
int pane_text(struct ui *ui, struct area a, enum style style, const char *s, size_t n, int skip);

/* Scrolls as little as needed: the first of `n` rows that is seen, so that `at` is among `h`. */
uint32_t first_shown(uint32_t first, uint32_t at, uint32_t n, int h);

#endif

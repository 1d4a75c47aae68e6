/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Views that are a text to read up and down: the story, the diagram, the help.
 *
 *     4    ARP: from IP address to MAC address  ● observed              71.9 µs
 *          frames 1-2 · IP address 192.168.0.1 · MAC address 00:00:5e:00:53:01
 *
 *                     client          gateway       DNS server     www.lab.test
 *       0 ns 4           │ ARP: who has 192.168.0.1?     │               │
 *                        │─────────────▶│               │               │
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "export/ladder.h"
#include "export/print.h"
#include "fmt/i18n.h"
#include "fmt/text.h"
#include "ui/view.h"

struct text_state {
	struct strbuf text;	/* safe text, lines */
	int width;		/* that it was made for; 0: it is to be made (again) */
	uint32_t top, n_lines;
	int page;
	bool story;		/* headings stand out */
};

static void stale(struct ui *ui, void *state)
{
	(void)ui;
	((struct text_state *)state)->width = 0;
}

static void close_text(struct ui *ui, void *state)
{
	(void)ui;
	strbuf_free(&((struct text_state *)state)->text);
}

static void counted(struct text_state *t, int width)
{
	const char *p = strbuf_str(&t->text);
	t->width = width;
	t->n_lines = 0;
	for (; (p = strchr(p, '\n')) != NULL; p++)
		t->n_lines++;
}

static enum style line_style(const struct text_state *t, const char *p, size_t n)
{
	if (!t->story || !n)
		return ST_TEXT;
	/* print_story() writes headings at the margin, or two cells from it. */
	if (p[0] != ' ')
		return ST_HEAD_FOCUS;
	return n > 2 && p[1] == ' ' && p[2] != ' ' ? ST_BOLD : ST_TEXT;
}

static void draw_text(struct ui *ui, struct text_state *t, struct area a)
{
	const char *p = strbuf_str(&t->text);
	uint32_t most = t->n_lines > (uint32_t)a.h ? t->n_lines - (uint32_t)a.h : 0;
	t->page = a.h > 2 ? a.h - 1 : 1;
	t->top = t->top > most ? most : t->top;
	for (uint32_t i = 0; (size_t)(p - strbuf_str(&t->text)) < t->text.len; i++) {
		const char *end = strchr(p, '\n');
		size_t n = end ? (size_t)(end - p) : strlen(p);
		if (i >= t->top && i - t->top < (uint32_t)a.h)
			screen_text(ui->screen, a.y + (int)(i - t->top), a.x + 1, a.w - 1,
				    line_style(t, p, n), p, n);
		p += n + (end != NULL);
	}
	if (most && t->top < most)
		screen_puts(ui->screen, a.y + a.h - 1, a.x + a.w - 2, 1, ST_ACCENT, "↓");
}

static bool act(struct ui *ui, void *state, enum action a)
{
	struct text_state *t = state;
	uint32_t page = (uint32_t)t->page;
	(void)ui;
	switch (a) {
	case ACT_UP: t->top -= t->top ? 1 : 0; break;
	case ACT_DOWN: t->top++; break;
	case ACT_PAGE_UP: t->top -= t->top > page ? page : t->top; break;
	case ACT_PAGE_DOWN: t->top += page; break;
	case ACT_FIRST: t->top = 0; break;
	case ACT_LAST: t->top = t->n_lines; break;
	default: return false;
	}
	return true;
}

/* ---- the story ---- */

static void read_back(int fd, struct strbuf *to)
{
	char part[1 << 14];
	ssize_t n;
	lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, part, sizeof part)) > 0)
		strbuf_add(to, part, (size_t)n);
}

/* print_story() writes to a file: one in memory does. */
static void make_story(struct ui *ui, struct strbuf *to, int width)
{
	const struct print_options o = { .what = PRINT_STORY, .redact = ui->options.redact };
	struct printer p = {
		.session = ui->s, .options = &o, .end = ui->s->end, .width = (unsigned)width, .utf8 = true,
	};
	int fd = memfd_create("story", MFD_CLOEXEC);
	if (fd < 0)
		return;
	out_open(&p.out, fd);
	print_story(&p);
	out_close(&p.out);
	read_back(fd, to);
	close(fd);
}

static void draw_story(struct ui *ui, void *state, struct area a)
{
	struct text_state *t = state;
	int width = a.w - 2 > 110 ? 110 : a.w - 2;
	if (t->width != width) {
		strbuf_clear(&t->text);
		make_story(ui, &t->text, width);
		counted(t, width);
		t->story = true;
	}
	draw_text(ui, t, a);
}

/* ---- the ladder ---- */

static void make_ladder(struct ui *ui, struct strbuf *to, int width)
{
	const struct visit *v = visit_now(ui);
	struct ladder *l = xcalloc(1, sizeof *l);
	if (v)
		ladder_build(l, ui->s, v);
	if (v && l->n_rungs)
		ladder_draw(to, l, (unsigned)width, true, ui->options.redact);
	else
		strbuf_printf(to, "%s\n", _("Nothing of this visit can be drawn."));
	free(l);
}

static void draw_ladder(struct ui *ui, void *state, struct area a)
{
	struct text_state *t = state;
	enum { HEAD = 2 };	/* who the lines belong to stays in sight */
	if (t->width != a.w - 2) {
		strbuf_clear(&t->text);
		make_ladder(ui, &t->text, a.w - 2);
		counted(t, a.w - 2);
	}
	struct text_state head = *t;
	head.top = 0;
	uint32_t rungs = t->n_lines > HEAD ? t->n_lines - HEAD : 0, h = a.h > HEAD ? (uint32_t)a.h - HEAD : 0;
	if (t->top > (rungs > h ? rungs - h : 0))
		t->top = rungs > h ? rungs - h : 0;
	uint32_t top = t->top;
	t->top += HEAD;
	draw_text(ui, t, (struct area){ a.y + HEAD, a.x, a.h - HEAD, a.w });
	t->top = top;
	screen_fill(ui->screen, (struct area){ a.y, a.x, HEAD, a.w }, ST_TEXT);
	head.n_lines = HEAD;
	draw_text(ui, &head, (struct area){ a.y, a.x, HEAD, a.w });
	for (int i = 0; i < HEAD; i++)
		screen_style(ui->screen, a.y + i, a.x, a.w, i ? ST_DIM : ST_BOLD);
}

/* ---- help ---- */

enum { KEYS_CELLS = 20 };

void ui_key_table(struct strbuf *to)
{
	for (const struct key_row *b = key_rows; b->action; b++) {
		key_row_spell(to, b);
		strbuf_printf(to, "\t%s\n", b->help);
	}
}

static void make_help(struct ui *ui, struct strbuf *to, int width)
{
	const struct view *below = ui->stack[ui->depth > 1 ? ui->depth - 2 : 0].view;
	const char *about = _(below->help);
	strbuf_printf(to, "%s\n", _(below->name));
	strbuf_puts(to, "  ");
	text_wrap(to, about, strlen(about), (size_t)width, 2, 2);
	for (int g = 0; g < GROUPS; g++) {
		strbuf_printf(to, "\n%s\n", _(key_group_titles[g]));
		for (const struct key_row *b = key_rows; b->action; b++) {
			struct strbuf keys = {0};
			if (b->group != (enum key_group)g)
				continue;
			key_row_spell(&keys, b);
			strbuf_puts(to, "   ");
			text_column(to, strbuf_str(&keys), keys.len, KEYS_CELLS - 4, TEXT_LEFT);
			strbuf_putc(to, ' ');
			text_wrap(to, _(b->help), strlen(_(b->help)), (size_t)width, KEYS_CELLS, KEYS_CELLS);
			strbuf_free(&keys);
		}
	}
	strbuf_printf(to, "\n%s\n", _("How a step is known"));
	for (int st = STATE_OBSERVED; st >= STATE_UNKNOWN; st--)
		strbuf_printf(to, "   %s %s\n", step_mark((enum step_state)st), _(step_state_titles[st]));
	strbuf_printf(to, "\n%s\n", _("Signs in the list of packets"));
	strbuf_printf(to, "   ▶  %s\n   ◀  %s\n   ↻  %s\n   !  %s\n", _("from the client to the server"),
		      _("from the server to the client"), _("sent again"),
		      _("something is wrong or missing: see below the list"));
	strbuf_printf(to, "\n%s\n", _("The OSI layers"));
	for (unsigned n = 7; n >= 1; n--) {
		strbuf_printf(to, "   %u ", n);
		text_column(to, stack_name(n), strlen(stack_name(n)), KEYS_CELLS - 6, TEXT_LEFT);
		strbuf_putc(to, ' ');
		text_wrap(to, stack_purpose(n), strlen(stack_purpose(n)), (size_t)width, KEYS_CELLS, KEYS_CELLS);
	}
}

static void draw_help(struct ui *ui, void *state, struct area a)
{
	struct text_state *t = state;
	int width = a.w - 2 > 90 ? 90 : a.w - 2;
	if (t->width != width) {
		strbuf_clear(&t->text);
		make_help(ui, &t->text, width);
		counted(t, width);
		t->story = true;
	}
	draw_text(ui, t, a);
}

static const enum action hints[] = { ACT_PAGE_DOWN, ACT_NONE };

const struct view view_story = {
	.name = N_("Story"),
	.help = N_("All visits as a text: what happened in each step, and how that is known. "
		   "osiscope print writes the same."),
	.hints = hints,
	.state_size = sizeof(struct text_state),
	.draw = draw_story, .act = act, .stale = stale, .close = close_text,
};

const struct view view_ladder = {
	.name = N_("Diagram"),
	.help = N_("The whole visit in one picture: a line for each of those who talked, an arrow "
		   "for each thing that was said, from top to bottom in time."),
	.hints = hints,
	.state_size = sizeof(struct text_state),
	.draw = draw_ladder, .act = act, .stale = stale, .close = close_text,
};

const struct view view_help = {
	.name = N_("Help"),
	.help = N_("What keys do."),
	.hints = hints,
	.state_size = sizeof(struct text_state),
	.draw = draw_help, .act = act, .stale = stale, .close = close_text,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Views that are a text to read up and down: the story, the help (the diagram: view_ladder.c).
 *
 *     4    ARP: from IP address to MAC address  ● observed              71.9 µs
 *          frames 1-2 · IP address 192.168.0.1 · MAC address 00:00:5e:00:53:01
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "export/print.h"
#include "fmt/i18n.h"
#include "fmt/text.h"
#include "ui/view_text.h"

void text_stale(struct ui *ui, void *state)
{
	(void)ui;
	((struct text_state *)state)->width = 0;
}

void text_close(struct ui *ui, void *state)
{
	(void)ui;
	strbuf_free(&((struct text_state *)state)->text);
}

void text_made(struct text_state *t, struct ui *ui, int width)
{
	const char *p = strbuf_str(&t->text);
	t->width = width;
	t->visit = ui->visit;
	t->n_lines = t->found = 0;
	for (; (p = strchr(p, '\n')) != NULL; p++)
		t->n_lines++;
}

static enum style line_style(const struct text_state *t, uint32_t line, const char *p, size_t n)
{
	if (line < t->head)
		return line ? ST_DIM : ST_BOLD;
	if (!t->story || !n)
		return ST_TEXT;
	/* print_story() writes headings at the margin, or two cells from it. */
	if (p[0] != ' ')
		return ST_HEAD_FOCUS;
	return n > 2 && p[1] == ' ' && p[2] != ' ' ? ST_BOLD : ST_TEXT;
}

/* What was searched for stands out wherever it is seen. */
static void mark_found(struct ui *ui, const struct text_state *t, int y, int x,
		       const char *p, size_t n)
{
	size_t len = strlen(t->find.text);
	for (size_t from = 0; from < n;) {
		long at = search_find(&t->find, p + from, n - from);
		if (at < 0)
			break;
		from += (size_t)at;
		screen_style(ui->screen, y, x + (int)text_width(p, from),
			     (int)text_width(p + from, len), ST_FOUND);
		from += len;
	}
}

/* How far it can be scrolled in an area of `h` lines. */
static uint32_t furthest(const struct text_state *t, uint32_t h)
{
	return t->n_lines > h ? t->n_lines - h : 0;
}

void text_draw(struct ui *ui, struct text_state *t, struct area a)
{
	const char *p = strbuf_str(&t->text), *stop = p + t->text.len;
	uint32_t h = (uint32_t)a.h, most = furthest(t, h);
	t->page = a.h > (int)t->head + 2 ? a.h - (int)t->head - 1 : 1;
	t->top = t->top > most ? most : t->top;
	for (uint32_t i = 0; p < stop; i++) {
		const char *end = strchr(p, '\n');
		size_t n = end ? (size_t)(end - p) : strlen(p);
		/* The body goes on behind the head: its lines are moved, those of the head are not. */
		bool seen = i < t->head || (i - t->head >= t->top && i - t->top < h);
		int y = a.y + (int)(i < t->head ? i : i - t->top);
		if (seen) {
			screen_text(ui->screen, y, a.x + 1, a.w - 1, line_style(t, i, p, n), p, n);
			mark_found(ui, t, y, a.x + 1, p, n);
		}
		p += n + (end != NULL);
	}
	if (t->top < most)
		screen_puts(ui->screen, a.y + a.h - 1, a.x + a.w - 2, 1, ST_ACCENT, "↓");
}

/* ---- search in the text: as the pagers do it, the line that has it comes to the top ---- */

/* Lines that have it, counted from 1; 0 none. */
struct hits {
	uint32_t head;		/* one that stays in sight */
	uint32_t before, after;	/* where it was looked for from: the one to go to on that side */
};

/*
 * One walk over the text, from line to line. Forwards it ends with the first hit from line `from`
 * on, `before` being the first of all; backwards with the last one before it, else the last of all.
 */
static struct hits find_hits(const struct text_state *t, uint32_t from, bool backwards)
{
	const char *p = strbuf_str(&t->text), *end;
	struct hits hits = {0};
	for (uint32_t i = 0; (end = strchr(p, '\n')) != NULL; i++, p = end + 1) {
		bool head = i < t->head;
		uint32_t *side = head ? &hits.head : i < from ? &hits.before : &hits.after;
		if (side == &hits.after && (backwards ? hits.before : hits.after))
			break;
		if (*side && (head || !backwards))
			continue;
		if (search_find(&t->find, p, (size_t)(end - p)) >= 0)
			*side = i + 1;
	}
	return hits;
}

static void find_next(struct ui *ui, struct text_state *t, bool backwards)
{
	if (!*t->find.text) {
		ui_warn(ui, _("nothing has been searched for; / asks what"));
		return;
	}
	uint32_t from = t->found ? t->found - backwards : t->head + t->top;
	struct hits hits = find_hits(t, from, backwards);
	uint32_t near = backwards ? hits.before : hits.after;
	uint32_t far = backwards ? hits.after : hits.before;
	if (near || far) {
		t->found = near ? near : far;
		t->top = t->found - 1 - t->head;
		if (!near)
			ui_say(ui, backwards ? _("found from the end on") : _("found from the beginning on"));
	} else if (!hits.head) {	/* what is in the head is seen already */
		ui_warn(ui, _("\"%s\" is not in this text"), t->find.text);
	}
}

void text_find(struct ui *ui, void *state, const char *text, size_t n)
{
	struct text_state *t = state;
	for (size_t i = 0; i < n; i++) {	/* search_find() wants it in lower case */
		char c = text[i];
		t->find.text[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	if (n) {
		t->find.text[n] = '\0';
		t->found = 0;
	}
	find_next(ui, t, false);
}

bool text_act(struct ui *ui, void *state, enum action a)
{
	struct text_state *t = state;
	uint32_t page = (uint32_t)t->page;
	switch (a) {
	case ACT_UP: t->top -= t->top ? 1 : 0; break;
	case ACT_DOWN: t->top++; break;
	case ACT_PAGE_UP: t->top -= t->top > page ? page : t->top; break;
	case ACT_PAGE_DOWN: t->top += page; break;
	case ACT_FIRST: t->top = 0; break;
	case ACT_LAST: t->top = t->n_lines; break;
	case ACT_SEARCH: prompt_open(ui, PROMPT_SEARCH); return true;
	case ACT_SEARCH_NEXT: find_next(ui, t, false); return true;
	case ACT_SEARCH_PREVIOUS: find_next(ui, t, true); return true;
	default: return ui_refuse(ui, a);
	}
	t->found = 0;	/* the next search begins with what is seen */
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

/* The line of the visit's heading, as print_story() writes it; 0 none. */
static uint32_t visit_line(const struct ui *ui, const struct text_state *t)
{
	struct strbuf heading = {0};
	const char *p = strbuf_str(&t->text);
	uint32_t line = 0, found = 0;
	strbuf_printf(&heading, _("Visit %u: "), (unsigned)ui->visit);
	for (; *p && !found; line++, p += strcspn(p, "\n"), p += *p == '\n')
		if (!strncmp(p, strbuf_str(&heading), heading.len))
			found = line;
	strbuf_free(&heading);
	return found;
}

static void draw_story(struct ui *ui, void *state, struct area a)
{
	struct text_state *t = state;
	int width = a.w - 2 > 110 ? 110 : a.w - 2;
	if (t->width != width) {
		strbuf_clear(&t->text);
		make_story(ui, &t->text, width);
		text_made(t, ui, width);
		if (!t->story && ui->visit > 1)	/* opened: what is before is the capture's */
			t->top = visit_line(ui, t);
		t->story = true;
	}
	text_draw(ui, t, a);
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
		text_made(t, ui, width);
		t->story = true;
	}
	text_draw(ui, t, a);
}

static bool act_story(struct ui *ui, void *state, enum action a)
{
	struct text_state *t = state;
	uint32_t was = ui->visit;
	if (a != ACT_NEXT_VISIT && a != ACT_PREVIOUS_VISIT)
		return text_act(ui, state, a);
	select_visit(ui, a == ACT_NEXT_VISIT ? was + 1 : was ? was - 1 : 0);
	if (ui->visit != was) {
		t->top = visit_line(ui, t);
		t->found = 0;
	}
	return true;
}

static const enum action hints[] = { ACT_PAGE_DOWN, ACT_SEARCH, ACT_NONE };

const struct view view_story = {
	.name = N_("Story"),
	.help = N_("All visits as a text: what happened in each step, and how that is known. "
		   "osiscope print writes the same."),
	.hints = hints,
	.state_size = sizeof(struct text_state),
	.draw = draw_story, .act = act_story, .find = text_find,
	.stale = text_stale, .close = text_close,
};

const struct view view_help = {
	.name = N_("Help"),
	.help = N_("What keys do."),
	.hints = hints,
	.state_size = sizeof(struct text_state),
	.draw = draw_help, .act = text_act, .find = text_find,
	.stale = text_stale, .close = text_close,
};

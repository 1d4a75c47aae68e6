/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/screen.h"

#include <curses.h>
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "fmt/text.h"
#include "ui/keys.h"

struct terminal {
	SCREEN *screen;		/* curses' own */
	FILE *in;		/* owned when it is not stdin */
	bool utf8, colours, pairs_dark, pairs_made;
};

/* ---- the field of cells ---- */

struct screen *screen_new(int h, int w)
{
	struct screen *s = xcalloc(1, sizeof *s);
	s->dark = true;
	screen_resize(s, h, w);
	return s;
}

void screen_resize(struct screen *s, int h, int w)
{
	s->h = h < 1 ? 1 : h > SCREEN_MOST ? SCREEN_MOST : h;
	s->w = w < 1 ? 1 : w > SCREEN_MOST ? SCREEN_MOST : w;
	free(s->cells);
	s->cells = xcalloc((unsigned long)s->h * (unsigned long)s->w, sizeof *s->cells);
	screen_clear(s);
}

void screen_fill(struct screen *s, struct area a, enum style style)
{
	for (int y = a.y; y < a.y + a.h; y++)
		screen_repeat(s, y, a.x, a.w, style, ' ');
}

void screen_clear(struct screen *s)
{
	s->cursor_y = s->cursor_x = -1;
	for (int i = 0; i < s->h * s->w; i++)
		s->cells[i] = (struct cell){ .c = { ' ' }, .style = ST_TEXT };
}

/* Before a cell is written: the other half of the wide character there goes. */
static void make_room(struct screen *s, int y, int x)
{
	struct cell *c = screen_cell(s, y, x);
	if (!c->c[0] && x > 0)
		c[-1].c[0] = ' ', c[-1].c[1] = 0;
	if (x + 1 < s->w && !c[1].c[0])
		c[1].c[0] = ' ', c[1].c[1] = 0;
}

static void put(struct screen *s, int y, int x, int width, enum style style, uint32_t c)
{
	for (int i = 0; i < width; i++) {
		make_room(s, y, x + i);
		*screen_cell(s, y, x + i) = (struct cell){ .c = { i ? 0 : c }, .style = (uint8_t)style };
	}
}

static void add_mark(struct cell *to, uint32_t mark)
{
	for (int i = 1; i < CELL_CHARS; i++) {
		if (!to->c[i]) {
			to->c[i] = mark;
			return;
		}
	}
}

int screen_text(struct screen *s, int y, int x, int width, enum style style, const char *text,
		size_t n)
{
	if (y < 0 || y >= s->h || x < 0 || x >= s->w)
		return 0;
	int end = width > s->w - x ? s->w : x + width, at = x, base = -1;
	for (size_t i = 0; i < n;) {
		uint32_t c;
		i += utf8_next(text + i, n - i, &c);
		int cells = char_width(c);
		if (cells < 0)
			c = '?', cells = 1;
		if (cells == 0) {
			if (base >= 0)
				add_mark(screen_cell(s, y, base), c);
			continue;
		}
		if (at + cells > end)
			break;
		put(s, y, at, cells, style, c);
		base = at;
		at += cells;
	}
	return at - x;
}

int screen_puts(struct screen *s, int y, int x, int width, enum style style, const char *text)
{
	return screen_text(s, y, x, width, style, text, strlen(text));
}

void screen_column(struct screen *s, int y, int x, int width, enum style style, const char *text,
		   size_t n)
{
	if (width <= 0)
		return;
	size_t cells;
	bool cut = text_fit(text, n, (size_t)width, &cells) < n;
	int used = screen_text(s, y, x, cut ? width - 1 : width, style, text, n);
	if (cut)
		used += screen_puts(s, y, x + used, 1, style, "…");
	screen_repeat(s, y, x + used, width - used, style, ' ');
}

void screen_right(struct screen *s, int y, int x, int width, enum style style, const char *text)
{
	int cells = (int)text_width(text, strlen(text));
	if (cells >= width) {
		screen_column(s, y, x, width, style, text, strlen(text));
		return;
	}
	screen_repeat(s, y, x, width - cells, style, ' ');
	screen_puts(s, y, x + width - cells, cells, style, text);
}

void screen_repeat(struct screen *s, int y, int x, int width, enum style style, uint32_t c)
{
	if (y < 0 || y >= s->h)
		return;
	for (int i = x < 0 ? 0 : x; i < x + width && i < s->w; i++)
		put(s, y, i, 1, style, c);
}

void screen_style(struct screen *s, int y, int x, int width, enum style style)
{
	if (y < 0 || y >= s->h)
		return;
	for (int i = x < 0 ? 0 : x; i < x + width && i < s->w; i++)
		screen_cell(s, y, i)->style = (uint8_t)style;
}

/* ---- the terminal ---- */

static void give_back(void)
{
	if (stdscr && !isendwin())
		endwin();
}

/* A crash must not leave the terminal without echo. */
static void crashed(int signal_number)
{
	give_back();
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static volatile sig_atomic_t interrupted;

/*
 * The first one ends the program in its turn, as q does; who sends another will not wait. A terminal that
 * is closed (SIGHUP) is no reason to lose what is recorded; of that the kernel and the shell both tell.
 */
static void interrupt(int signal_number)
{
	if (interrupted && signal_number == SIGHUP)
		return;
	if (interrupted)
		crashed(signal_number);
	interrupted = signal_number;
}

/* Without SA_RESTART: waiting for a key ends too. Curses' own handlers would end with status 1. */
static void take_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction mine = { .sa_handler = interrupt };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct sigaction now;
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaction(signals[i], &mine, NULL);
	}
}

int screen_interrupted(void)
{
	return interrupted;
}

void screen_go_on(struct screen *s)
{
	interrupted = 0;
	s->went_on = true;
}

static void guard(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct sigaction now;
		if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			signal(signals[i], crashed);
	}
	take_interrupts();
	atexit(give_back);
}

/*
 * newterm() leaks what it began with when it does not know the terminal (ncurses 6.4), so that is
 * asked first. "dumb" has no cursor to move.
 */
static bool can_show(const char *term)
{
	int why;
	if (!term || !*term || !strcmp(term, "dumb") || setupterm(term, STDOUT_FILENO, &why) != OK)
		return false;
	del_curterm(cur_term);
	return true;
}

int screen_open(struct screen *s, struct err *err)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	FILE *in = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "r+e");
	if (!isatty(STDOUT_FILENO) || !in)
		return err_set(err, _("the timeline needs a terminal; without one: osiscope print CAPTURE"));
	SCREEN *screen = can_show(term) ? newterm(NULL, stdout, in) : NULL;
	if (!screen) {
		if (in != stdin)
			fclose(in);
		return err_set(err, _("the terminal type '%s' (TERM) cannot show the timeline; "
				      "without it: osiscope print CAPTURE"), term ? term : "");
	}
	struct terminal *t = xcalloc(1, sizeof *t);
	t->screen = screen;
	t->in = in;
	t->utf8 = lang_utf8();
	t->colours = (!no_colour || !*no_colour) && has_colors() && start_color() == OK && COLORS >= 8;
	s->terminal = t;
	guard();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	screen_resize(s, LINES, COLS);
	return 0;
}

void screen_free(struct screen *s)
{
	if (s->terminal) {
		give_back();
		delscreen(s->terminal->screen);
		if (s->terminal->in != stdin)
			fclose(s->terminal->in);
		free(s->terminal);
	}
	free(s->cells);
	free(s);
}

/* Characters for terminals that show no more than ASCII. */
static uint32_t plain(uint32_t c)
{
	static const struct { uint32_t c; char plain; } table[] = {
		{ 0x2500, '-' }, { 0x2502, '|' }, { 0x2510, '+' }, { 0x250c, '+' }, { 0x2514, '+' },
		{ 0x2518, '+' }, { 0x251c, '+' }, { 0x2524, '+' }, { 0x252c, '+' }, { 0x2534, '+' },
		{ 0x2588, '#' }, { 0x2591, '.' }, { 0x25b6, '>' }, { 0x25c0, '<' }, { 0x25b8, '+' },
		{ 0x25be, '-' }, { 0x25cf, '*' }, { 0x25c6, '+' }, { 0x25d0, '~' }, { 0x25cb, '-' },
		{ 0x2026, '~' }, { 0x2192, '>' }, { 0x2190, '<' }, { 0x00b7, '.' }, { 0x00b5, 'u' },
		{ 0x2191, '^' }, { 0x2193, 'v' }, { 0x2022, '*' }, { 0x00d7, 'x' }, { 0x21bb, 'r' }, { 0x2501, '=' },
	};
	if (c < 0x80)
		return c;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].c == c)
			return (uint32_t)table[i].plain;
	return '?';
}

static attr_t attributes(unsigned flags)
{
	return (flags & LOOK_BOLD ? A_BOLD : 0) | (flags & LOOK_UNDERLINE ? A_UNDERLINE : 0) |
		(flags & LOOK_REVERSE ? A_REVERSE : 0);
}

static void make_pairs(struct terminal *t, bool dark)
{
	for (int i = 0; i < STYLES && t->colours && i + 1 < COLOR_PAIRS; i++) {
		struct look l = theme_look(dark, (enum style)i);
		bool many = COLORS >= 256;
		init_pair((short)(i + 1), many ? theme_256(l.front) : theme_8(l.front),
			  many ? theme_256(l.back) : theme_8(l.back));
	}
	t->pairs_dark = dark;
	t->pairs_made = true;
}

void screen_show(struct screen *s)
{
	struct terminal *t = s->terminal;
	if (!t)
		return;
	if (!t->pairs_made || t->pairs_dark != s->dark)
		make_pairs(t, s->dark);
	for (int y = 0; y < s->h && y < LINES; y++) {
		for (int x = 0; x < s->w && x < COLS; x++) {
			const struct cell *c = screen_cell(s, y, x);
			struct look look = theme_look(s->dark, c->style);
			wchar_t text[CELL_CHARS + 1] = { 0 };
			cchar_t shown;
			if (!c->c[0])
				continue;
			for (int i = 0; i < CELL_CHARS && c->c[i]; i++)
				text[i] = (wchar_t)(t->utf8 ? c->c[i] : plain(c->c[i]));
			if (!t->utf8)
				text[1] = 0;
			setcchar(&shown, text, attributes(t->colours ? look.flags : look.mono),
				 (short)(t->colours ? c->style + 1 : 0), NULL);
			mvadd_wch(y, x, &shown);
			if (!t->utf8 && x + 1 < s->w && !c[1].c[0])
				mvadd_wch(y, x + 1, &shown);
		}
	}
	bool cursor = s->cursor_y >= 0 && s->cursor_y < LINES && s->cursor_x < COLS;
	curs_set(cursor);
	if (cursor)
		move(s->cursor_y, s->cursor_x);
	refresh();
}

void screen_redraw(struct screen *s)
{
	if (s->terminal)
		clearok(stdscr, TRUE);
}

static uint32_t key_of_curses(wint_t c)
{
	static const struct { int curses; uint32_t key; } table[] = {
		{ KEY_UP, KEY_OF_UP }, { KEY_DOWN, KEY_OF_DOWN }, { KEY_LEFT, KEY_OF_LEFT },
		{ KEY_RIGHT, KEY_OF_RIGHT }, { KEY_PPAGE, KEY_OF_PAGE_UP },
		{ KEY_NPAGE, KEY_OF_PAGE_DOWN }, { KEY_HOME, KEY_OF_HOME }, { KEY_END, KEY_OF_END },
		{ KEY_ENTER, KEY_OF_ENTER }, { KEY_BACKSPACE, KEY_OF_BACKSPACE },
		{ KEY_BTAB, KEY_OF_BACK_TAB }, { KEY_F(1), KEY_OF_F1 }, { KEY_F(5), KEY_OF_F5 },
		{ KEY_RESIZE, KEY_OF_RESIZE },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (c == (wint_t)table[i].curses)
			return table[i].key;
	return KEY_OF_NOTHING;
}

/* Where SIGHUP is ignored (nohup), only this tells that the terminal is gone: reading gives nothing at once. */
static bool hung_up(const struct screen *s)
{
	struct pollfd p = { .fd = fileno(s->terminal->in), .events = POLLIN };
	return poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR | POLLNVAL);
}

uint32_t screen_key(struct screen *s, int ms)
{
	wint_t c;
	if (!s->terminal)
		return 0;
	timeout(ms);
	errno = 0;
	int got = interrupted ? ERR : get_wch(&c);
	if (interrupted)
		return KEY_OF_CLOSED;
	bool again = s->went_on;
	s->went_on = false;
	if (got == ERR && errno != EINTR && hung_up(s))
		return KEY_OF_CLOSED;
	if (got == ERR && again && errno != EIO)
		return 0;
	if (got == ERR)
		return errno == EIO || (ms < 0 && errno != EINTR) ? KEY_OF_CLOSED : 0;
	if (got == KEY_CODE_YES) {
		uint32_t key = key_of_curses(c);
		if (key == KEY_OF_RESIZE)
			screen_resize(s, LINES, COLS);
		return key;
	}
	return key_of_character((uint32_t)c);
}

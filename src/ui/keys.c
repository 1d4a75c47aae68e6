/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keys.h"

#include <string.h>

#include "fmt/i18n.h"
#include "fmt/text.h"

const char *const key_group_titles[GROUPS] = {
	[GROUP_MOVE] = N_("Moving"), [GROUP_STORY] = N_("The visit"),
	[GROUP_FIND] = N_("Finding"), [GROUP_LOOK] = N_("The screen"),
};

/*
 * Presenters' remote controls send PageDown, PageUp, F5, Esc, "." and "b". Esc goes back and never
 * ends the program.
 */
const struct key_row key_rows[] = {
	{ ACT_UP, GROUP_MOVE, { KEY_OF_UP, 'k' }, N_("one line up"), NULL },
	{ ACT_DOWN, GROUP_MOVE, { KEY_OF_DOWN, 'j' }, N_("one line down"), NULL },
	{ ACT_PAGE_UP, GROUP_MOVE, { KEY_OF_PAGE_UP }, N_("a page up; the slide before"), NULL },
	{ ACT_PAGE_DOWN, GROUP_MOVE, { KEY_OF_PAGE_DOWN, KEY_OF_SPACE },
		N_("a page down; the next slide"), N_("next") },
	{ ACT_FIRST, GROUP_MOVE, { KEY_OF_HOME }, N_("to the beginning"), NULL },
	{ ACT_LAST, GROUP_MOVE, { KEY_OF_END, 'G' }, N_("to the end"), NULL },
	{ ACT_LEFT, GROUP_MOVE, { KEY_OF_LEFT, 'h' },
		N_("close a branch of the tree; a byte back; the packet before"), NULL },
	{ ACT_RIGHT, GROUP_MOVE, { KEY_OF_RIGHT, 'l' },
		N_("open a branch of the tree; the next byte; the next packet"), NULL },
	{ ACT_NEXT_PANE, GROUP_MOVE, { KEY_OF_TAB },
		N_("to the next part of the screen"), N_("part") },
	{ ACT_PREVIOUS_PANE, GROUP_MOVE, { KEY_OF_BACK_TAB }, N_("to the part before"), NULL },
	{ ACT_OPEN, GROUP_MOVE, { KEY_OF_ENTER },
		N_("look closer: into a packet, a step, a visit"), N_("open") },
	{ ACT_BACK, GROUP_MOVE, { KEY_OF_ESCAPE, KEY_OF_BACKSPACE },
		N_("back to where you came from; from a filtered list: everything again"), N_("back") },
	{ ACT_QUIT, GROUP_MOVE, { 'q' }, N_("back; from the timeline: quit"), N_("quit") },

	{ ACT_NEXT_PACKET, GROUP_STORY, { '>', 'J' },
		N_("to the next packet, wherever you are"), N_("packet") },
	{ ACT_PREVIOUS_PACKET, GROUP_STORY, { '<', 'K' }, N_("to the packet before"), NULL },
	{ ACT_NEXT_STEP, GROUP_STORY, { ']' }, N_("to the next step of the visit"), N_("step") },
	{ ACT_PREVIOUS_STEP, GROUP_STORY, { '[' }, N_("to the step before"), NULL },
	{ ACT_NEXT_VISIT, GROUP_STORY, { '}' }, N_("to the next visit"), NULL },
	{ ACT_PREVIOUS_VISIT, GROUP_STORY, { '{' }, N_("to the visit before"), NULL },
	{ ACT_PRESENT, GROUP_STORY, { KEY_OF_F5 },
		N_("present the visit from its first step on, a slide each"), N_("present") },
	{ ACT_PRESENT_HERE, GROUP_STORY, { 'p' }, N_("present it from this step on"), NULL },
	{ ACT_LAYERS, GROUP_STORY, { 'o' },
		N_("the seven OSI layers of the packet, large"), N_("layers") },
	{ ACT_LADDER, GROUP_STORY, { 'd' },
		N_("diagram: who talked to whom, from top to bottom"), N_("diagram") },
	{ ACT_STORY, GROUP_STORY, { 's' }, N_("the whole story as text"), N_("story") },
	{ ACT_VISITS, GROUP_STORY, { 'v' }, N_("list of the visits"), N_("visits") },
	{ ACT_CONNECTIONS, GROUP_STORY, { 'c' },
		N_("list of the visit's connections"), N_("connections") },
	{ ACT_REQUESTS, GROUP_STORY, { 'r' },
	  N_("list of the visit's requests, also those that only the browser's log shows"), N_("requests") },
	{ ACT_COMMENT, GROUP_STORY, { 'a' },
		N_("write a comment on the packet, or change it"), N_("comment") },
	{ ACT_SAVE, GROUP_STORY, { 'w' },
		N_("save the capture with its story and your comments"), N_("save") },

	{ ACT_SEARCH, GROUP_FIND, { '/' },
		N_("search in summaries, explanations, addresses and fields; in a text: in that"),
		N_("search") },
	{ ACT_SEARCH_NEXT, GROUP_FIND, { 'n' }, N_("to the next packet or line found"), NULL },
	{ ACT_SEARCH_PREVIOUS, GROUP_FIND, { 'N' }, N_("to the one before"), NULL },
	{ ACT_GO_TO, GROUP_FIND, { 'g' }, N_("go to a packet by its number"), NULL },
	{ ACT_FOLD, GROUP_FIND, { '0', 'z' },
		N_("fold or unfold what belongs to no visit (step 0)"), NULL },
	{ ACT_FILTER, GROUP_FIND, { 'f' },
		N_("show only this step, only this connection, all again"), NULL },

	{ ACT_HELP, GROUP_LOOK, { '?', KEY_OF_F1 }, N_("this help"), N_("help") },
	{ ACT_LANGUAGE, GROUP_LOOK, { 'L' }, N_("English or Korean"), NULL },
	{ ACT_THEME, GROUP_LOOK, { 't' },
		N_("dark or light, as the room and the projector need it"), NULL },
	{ ACT_BLANK, GROUP_LOOK, { '.', 'b' },
		N_("blank the screen, so that people look at you; any key brings it back"), NULL },
	{ ACT_REDRAW, GROUP_LOOK, { KEY_OF_REDRAW }, N_("draw the screen anew"), NULL },
	{ ACT_NONE, GROUP_MOVE, { 0 }, NULL, NULL }
};

static const struct { uint32_t key; const char *name; } names[] = {
	{ KEY_OF_UP, "Up" }, { KEY_OF_DOWN, "Down" }, { KEY_OF_LEFT, "Left" },
	{ KEY_OF_RIGHT, "Right" }, { KEY_OF_PAGE_UP, "PageUp" }, { KEY_OF_PAGE_DOWN, "PageDown" },
	{ KEY_OF_HOME, "Home" }, { KEY_OF_END, "End" }, { KEY_OF_ENTER, "Enter" },
	{ KEY_OF_ESCAPE, "Esc" }, { KEY_OF_BACKSPACE, "Backspace" }, { KEY_OF_TAB, "Tab" },
	{ KEY_OF_BACK_TAB, "Shift-Tab" }, { KEY_OF_F1, "F1" }, { KEY_OF_F5, "F5" },
	{ KEY_OF_SPACE, "Space" }, { KEY_OF_REDRAW, "Ctrl-L" }, { KEY_OF_ERASE, "Ctrl-U" },
	{ KEY_OF_RESIZE, "Resize" },
};

/*
 * The letters that the keys of the Korean keyboard type when it writes Hangul: whoever forgets to
 * switch it back is understood all the same.
 */
static const struct { uint16_t hangul; char latin; } korean[] = {
	{ 0x3142, 'q' }, { 0x3148, 'w' }, { 0x3137, 'e' }, { 0x3131, 'r' }, { 0x3145, 't' },
	{ 0x315b, 'y' }, { 0x3155, 'u' }, { 0x3151, 'i' }, { 0x3150, 'o' }, { 0x3154, 'p' },
	{ 0x3141, 'a' }, { 0x3134, 's' }, { 0x3147, 'd' }, { 0x3139, 'f' }, { 0x314e, 'g' },
	{ 0x3157, 'h' }, { 0x3153, 'j' }, { 0x314f, 'k' }, { 0x3163, 'l' }, { 0x314b, 'z' },
	{ 0x314c, 'x' }, { 0x314a, 'c' }, { 0x314d, 'v' }, { 0x3160, 'b' }, { 0x315c, 'n' },
	{ 0x3161, 'm' },
};

enum action key_action(uint32_t key)
{
	for (size_t i = 0; i < sizeof korean / sizeof *korean; i++)
		if (korean[i].hangul == key)
			key = (uint32_t)korean[i].latin;
	for (const struct key_row *b = key_rows; b->action; b++)
		for (int i = 0; i < KEYS_OF_ACTION && b->keys[i]; i++)
			if (b->keys[i] == key)
				return b->action;
	return ACT_NONE;
}

const struct key_row *action_keys(enum action a)
{
	const struct key_row *b = key_rows;
	while (b->action && b->action != a)
		b++;
	return b;
}

void key_spell(struct strbuf *to, uint32_t key)
{
	char text[4];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i].key == key) {
			strbuf_puts(to, names[i].name);
			return;
		}
	}
	if (key < 0x110000)
		strbuf_add(to, text, utf8_put(text, key));
}

void key_row_spell(struct strbuf *to, const struct key_row *b)
{
	for (int i = 0; i < KEYS_OF_ACTION && b->keys[i]; i++) {
		if (i)
			strbuf_puts(to, ", ");
		key_spell(to, b->keys[i]);
	}
}

uint32_t key_named(const char *name, size_t n)
{
	uint32_t c;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i].name) == n && !memcmp(names[i].name, name, n))
			return names[i].key;
	return n && utf8_next(name, n, &c) == n && c != UTF8_BAD ? key_of_character(c) : 0;
}

uint32_t key_of_character(uint32_t c)
{
	switch (c) {
	case '\t': return KEY_OF_TAB;
	case '\n': case '\r': return KEY_OF_ENTER;
	case 0x1b: return KEY_OF_ESCAPE;
	case 0x08: case 0x7f: return KEY_OF_BACKSPACE;
	case 0x0c: return KEY_OF_REDRAW;
	case 0x15: return KEY_OF_ERASE;
	case ' ': return KEY_OF_SPACE;
	default: return c < ' ' || c > 0x10ffff ? KEY_OF_NOTHING : c;
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys: which key means what. Views get actions, never keys. One table holds actions, keys and
 * help: the help screen and the manual page's table are written from it.
 */
#ifndef OSI_UI_KEYS_H
#define OSI_UI_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"

/* A key: the character that it types, or one of these. 0: none. */
enum {
	KEY_OF_NOTHING = 0x110000, KEY_OF_UP, KEY_OF_DOWN, KEY_OF_LEFT, KEY_OF_RIGHT,
	KEY_OF_PAGE_UP, KEY_OF_PAGE_DOWN, KEY_OF_HOME, KEY_OF_END, KEY_OF_ENTER, KEY_OF_ESCAPE,
	KEY_OF_BACKSPACE, KEY_OF_TAB, KEY_OF_BACK_TAB, KEY_OF_F1, KEY_OF_F5, KEY_OF_SPACE,
	KEY_OF_REDRAW, KEY_OF_ERASE, KEY_OF_RESIZE, KEY_OF_CLOSED
};

enum action {
	ACT_NONE, ACT_UP, ACT_DOWN, ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_FIRST, ACT_LAST,
	ACT_OPEN, ACT_BACK, ACT_NEXT_PANE, ACT_PREVIOUS_PANE, ACT_LEFT, ACT_RIGHT,
	ACT_NEXT_PACKET, ACT_PREVIOUS_PACKET,
	ACT_NEXT_STEP, ACT_PREVIOUS_STEP, ACT_NEXT_VISIT, ACT_PREVIOUS_VISIT,
	ACT_GO_TO, ACT_SEARCH, ACT_SEARCH_NEXT, ACT_SEARCH_PREVIOUS,
	ACT_FOLD, ACT_FILTER, ACT_PRESENT, ACT_PRESENT_HERE, ACT_LAYERS, ACT_STORY, ACT_LADDER,
	ACT_VISITS, ACT_CONNECTIONS, ACT_REQUESTS, ACT_COMMENT, ACT_SAVE, ACT_HELP,
	ACT_LANGUAGE, ACT_THEME, ACT_BLANK, ACT_REDRAW, ACT_QUIT,
	ACTIONS
};

enum key_group { GROUP_MOVE, GROUP_STORY, GROUP_FIND, GROUP_LOOK, GROUPS };
extern const char *const key_group_titles[GROUPS];	/* N_() */

enum { KEYS_OF_ACTION = 4 };

struct key_row {
	enum action action;
	enum key_group group;
	uint32_t keys[KEYS_OF_ACTION];	/* 0 ends */
	const char *help;		/* N_(): what the help screen says */
	const char *hint;		/* N_(): one or two words for the last line of the screen */
};
extern const struct key_row key_rows[];		/* ended by ACT_NONE */

enum action key_action(uint32_t key);
const struct key_row *action_keys(enum action a);

/* "j", "PageDown", "Enter". Adds it. */
void key_spell(struct strbuf *to, uint32_t key);
/* The names of all its keys, ", " between. */
void key_row_spell(struct strbuf *to, const struct key_row *b);
/* The key of a name, for scripts; 0 when there is none. */
uint32_t key_named(const char *name, size_t n);
/* What a terminal sent as a character: controls become keys of the list above. */
uint32_t key_of_character(uint32_t c);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet: the selected packet, dissected, for the panes that show it: its layers, its tree of
 * fields as lines that open and close, its bytes, the selected field and byte.
 *
 * The session lends a dissected packet until it is asked for the next: whoever asks for another
 * one calls packet_lost(), and packet_get() dissects this one again when it is needed.
 */
#ifndef OSI_UI_PACKET_H
#define OSI_UI_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "session.h"

enum { MOST_OPEN = 256, NO_LINE = 0xffffffffu };

struct tree_line {
	uint32_t item;		/* number of the item; NO_LINE: the layer itself */
	uint8_t layer, depth;
	bool parent, open;
	bool self;		/* it opens by itself */
};

struct packet_view {
	struct session *s;
	uint32_t frame;
	const struct dissect *d;	/* borrowed; NULL: lost */
	struct strbuf explain;		/* why it is there; safe text */
	struct tree_line *lines;	/* owned: what is open */
	uint32_t n_lines, size;
	uint32_t line;			/* selected */
	const void *selected;		/* its field, or its protocol: found again in other packets */
	uint8_t buffer;			/* which bytes are shown */
	uint32_t byte;			/* selected */
	struct open_set {		/* fields and protocols, in every packet */
		const void *what[MOST_OPEN];
		unsigned n;
	} open, shut;			/* opened by hand; and closed what opens by itself */
	bool explained;
};

void packet_init(struct packet_view *p, struct session *s);
void packet_free(struct packet_view *p);
void packet_lost(struct packet_view *p);
/* Another packet, or the same in another language. */
void packet_select(struct packet_view *p, uint32_t frame);
/* NULL when it cannot be read (again). */
const struct dissect *packet_get(struct packet_view *p);
const char *packet_explain(struct packet_view *p);

void packet_line_set(struct packet_view *p, uint32_t line);	/* selects the bytes too */
void packet_byte_set(struct packet_view *p, uint32_t byte);	/* selects the field too */
void packet_buffer_set(struct packet_view *p, uint8_t buffer);
void packet_toggle(struct packet_view *p);			/* opens or closes the line */
void packet_item_show(struct packet_view *p, uint32_t item);	/* opens what it is in, selects it */
/* The line that the selected one is below; itself when there is none. */
uint32_t packet_parent(const struct packet_view *p, uint32_t line);

/* Its notes: bits of enum note; those of its flow stand in its record. */
uint64_t packet_notes(const struct session *s, const struct dissect *d);

/* The byte range of the selected line. */
struct range packet_range(const struct packet_view *p);
/* The OSI layers (bits) that a byte belongs to; 0 none: what no protocol took. */
uint32_t packet_layer_of(const struct dissect *d, uint8_t buffer, uint32_t byte);

#endif

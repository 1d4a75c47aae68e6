/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packets: a line a packet:
 *
 *     1    0.000000 4    L2 192.168.0.10      192.168.0.1       ARP        42 Who has ...
 *     2    0.000034 4    L2 192.168.0.1       192.168.0.10      ARP        42 192.168.0.1 is at ...
 *
 * number, seconds since the first packet, step, highest OSI layer, source, destination, protocol,
 * length on the wire, info. Columns grow with what they hold and never cut it.
 */
#include <string.h>

#include "export/print.h"
#include "fmt/i18n.h"
#include "fmt/row.h"
#include "fmt/text.h"

enum {
	COL_NUMBER = 6, COL_TIME = 11, COL_STEP = 4, COL_ADDRESS = 17, COL_PROTOCOL = 7, COL_LEN = 5
};

struct packets {
	struct printer *p;
	struct row row;
	int64_t base;		/* time of the first packet */
	bool begun;
};

static char *left(char *p, const char *s, size_t n, size_t cells)
{
	memcpy(p, s, n);
	p += n;
	for (; n < cells; n++)
		*p++ = ' ';
	*p++ = ' ';
	return p;
}

static char *right(char *p, const char *s, size_t n, size_t cells)
{
	for (size_t i = n; i < cells; i++)
		*p++ = ' ';
	memcpy(p, s, n);
	p += n;
	*p++ = ' ';
	return p;
}

static char *number(char *p, uint64_t v, size_t cells)
{
	char digits[DIGITS_U64];
	return right(p, digits, (size_t)(digits_u64(digits, v) - digits), cells);
}

static bool print_row(void *arg, struct session *s, const struct dissect *d)
{
	struct packets *k = arg;
	struct out *out = &k->p->out;
	struct row *r = &k->row;
	if (!k->begun) {
		const struct frame_rec *first = session_frame(s, 1);
		k->base = first ? first->time : d->time;
		k->begun = true;
	}
	row_fill(r, s, d, k->base, k->p->options->redact ? ROW_REDACT : 0);
	char *p = out_room(out, 512);
	p = number(p, r->frame, COL_NUMBER);
	char time[DIGITS_TIME];
	p = right(p, time, (size_t)(digits_seconds(time, r->time, 6) - time), COL_TIME);
	if (!k->p->options->no_steps)
		p = left(p, r->step, strlen(r->step), COL_STEP);
	*p++ = 'L';
	*p++ = (char)('0' + r->top);
	*p++ = ' ';
	p = left(p, r->source, r->n_source, COL_ADDRESS);
	p = left(p, r->destination, r->n_destination, COL_ADDRESS);
	p = left(p, r->protocol, r->n_protocol, COL_PROTOCOL);
	p = number(p, r->len, COL_LEN);
	out_used(out, p);
	out_add(out, strbuf_str(&r->info), r->info.len);
	out_putc(out, '\n');
	return out_good(out);
}

/* On a terminal the columns have a head; a file holds packets only. */
static void head(struct printer *p)
{
	struct strbuf line = {0};
	const struct { const char *title; size_t cells; enum text_side side; } columns[] = {
		{ _("No."), COL_NUMBER, TEXT_RIGHT }, { _("Time"), COL_TIME, TEXT_RIGHT },
		{ _("Step"), COL_STEP, TEXT_LEFT }, { _("OSI"), 2, TEXT_LEFT },
		{ _("Source"), COL_ADDRESS, TEXT_LEFT },
		{ _("Destination"), COL_ADDRESS, TEXT_LEFT },
		{ _("Protocol"), COL_PROTOCOL, TEXT_LEFT }, { _("Length"), COL_LEN, TEXT_RIGHT },
	};
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
		if (i == 2 && p->options->no_steps)
			continue;
		text_column(&line, columns[i].title, strlen(columns[i].title), columns[i].cells,
			    columns[i].side);
		strbuf_putc(&line, ' ');
	}
	out_add(&p->out, strbuf_str(&line), line.len);
	out_puts(&p->out, _("Info"));
	out_putc(&p->out, '\n');
	strbuf_free(&line);
}

bool print_packets(struct printer *p)
{
	struct packets k = { .p = p };
	if (p->terminal)
		head(p);
	bool good = print_each(p, WANT_INFO, print_row, &k);
	row_free(&k.row);
	return good;
}

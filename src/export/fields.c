/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields: every packet's layers and fields, as a tree, with the bytes that they stand in:
 *
 *   Frame 1: 42 bytes, 2026-11-22 16:19:02.253142 UTC, step 4, layers 1 2
 *     Who has 192.168.0.1? Tell 192.168.0.10
 *     eth  Ethernet                                        [0+14]
 *       Destination: ff:ff:ff:ff:ff:ff                     eth.dst [0+6]
 *
 * [offset+length], counted from 0 in the frame; in another buffer its number stands in front:
 * [1:0+225], and the buffer is named in the frame's first lines.
 */
#include <string.h>

#include "export/print.h"
#include "fmt/i18n.h"
#include "fmt/redact.h"
#include "fmt/row.h"
#include "fmt/text.h"
#include "fmt/value.h"
#include "steps/steps.h"

enum { NAME_COLUMN = 56 };

struct fields {
	struct printer *p;
	struct strbuf line;
	struct row row;
};

static const char *const buffer_kinds[] = {
	[BUF_FRAME] = N_("frame"), [BUF_REASSEMBLED] = N_("reassembled"),
	[BUF_DEFRAGMENTED] = N_("put together from fragments"),
	[BUF_DECRYPTED] = N_("decrypted"), [BUF_DECOMPRESSED] = N_("decompressed"),
};

static void end_line(struct fields *k)
{
	strbuf_putc(&k->line, '\n');
	out_add(&k->p->out, strbuf_str(&k->line), k->line.len);
	strbuf_clear(&k->line);
}

static void add_range(struct strbuf *line, uint8_t buffer, uint32_t off, uint32_t len)
{
	char range[3 * DIGITS_U64], *p = range;
	if (!len)
		return;
	*p++ = ' ';
	*p++ = '[';
	if (buffer) {
		p = digits_u64(p, buffer);
		*p++ = ':';
	}
	p = digits_u64(p, off);
	*p++ = '+';
	p = digits_u64(p, len);
	*p++ = ']';
	strbuf_add(line, range, (size_t)(p - range));
}

/* What stands behind the value begins in one column, as long as the value leaves room. */
static void align(struct strbuf *line)
{
	size_t cells = text_width(strbuf_str(line), line->len);
	text_repeat(line, " ", cells + 2 < NAME_COLUMN ? NAME_COLUMN - cells : 2);
}

static void add_osi(struct strbuf *line, uint8_t osi)
{
	for (int n = 1; n <= 7; n++)
		if (osi & OSI(n))
			strbuf_printf(line, " %d", n);
}

static void print_head(struct fields *k, const struct dissect *d)
{
	struct strbuf *line = &k->line;
	const char *step = k->row.step;
	strbuf_printf(line, _("Frame %u: %u bytes, "), (unsigned)d->frame, (unsigned)d->len);
	if (d->caplen < d->len)
		strbuf_printf(line, _("%u of them captured, "), (unsigned)d->caplen);
	value_moment(line, d->time);
	if (*step)
		strbuf_printf(line, _(", step %s"), step);
	strbuf_puts(line, _(", layers"));
	add_osi(line, k->row.osi);
	end_line(k);
	if (k->row.info.len) {
		strbuf_puts(line, "  ");
		strbuf_add(line, strbuf_str(&k->row.info), k->row.info.len);
		end_line(k);
	}
	const char *comment = session_comment(k->p->session, d);
	if (comment) {
		strbuf_puts(line, _("  Comment: "));
		redact_shown(line, comment, k->p->options->redact);
		end_line(k);
	}
	for (unsigned i = 1; i < d->n_buffers; i++) {
		const struct buffer *b = &d->buffers[i];
		strbuf_printf(line, _("  Buffer %u: %s, %u bytes, %s"), i,
			      b->label ? _(b->label) : "", (unsigned)b->len,
			      _(buffer_kinds[b->kind]));
		end_line(k);
	}
	for (unsigned i = 0; i < d->n_notes; i++) {
		const struct note_kind *n = &note_kinds[d->notes[i].note];
		strbuf_printf(line, _("  Note %s: %s"), n->name, _(n->text));
		end_line(k);
	}
}

static void print_item(struct fields *k, const struct dissect *d, const struct item *it)
{
	struct strbuf *line = &k->line;
	unsigned flags = k->p->options->redact ? VALUE_REDACT : 0;
	text_repeat(line, " ", 2 * (it->depth + 2u));
	strbuf_puts(line, _(it->field->label));
	size_t before = line->len;
	strbuf_puts(line, ": ");
	size_t value = line->len;
	value_print(line, d, it, flags);
	if (line->len == value)		/* a heading: nothing behind it */
		line->len = before;
	align(line);
	strbuf_puts(line, it->field->name);
	add_range(line, it->buffer, it->off, it->len);
	end_line(k);
}

static bool print_tree(void *arg, struct session *s, const struct dissect *d)
{
	struct fields *k = arg;
	row_fill(&k->row, s, d, 0, k->p->options->redact ? ROW_REDACT : 0);
	print_head(k, d);
	uint32_t next = 0;	/* the first item that is not printed */
	for (unsigned i = 0; i < d->n_layers; i++) {
		const struct layer *l = &d->layers[i];
		strbuf_printf(&k->line, "  %s  %s", l->protocol->name, l->protocol->title);
		if (l->quoted)
			strbuf_puts(&k->line, _(" (quoted)"));
		align(&k->line);
		k->line.len--;	/* the range brings its space */
		add_range(&k->line, l->buffer, l->off, l->len);
		end_line(k);
		uint32_t end = i + 1u < d->n_layers ? d->layers[i + 1].first_item : d->n_items;
		for (; next < end && next < d->n_items; next++)
			print_item(k, d, &d->items[next]);
	}
	for (; next < d->n_items; next++)
		print_item(k, d, &d->items[next]);
	out_putc(&k->p->out, '\n');
	return out_good(&k->p->out);
}

bool print_fields(struct printer *p)
{
	struct fields k = { .p = p };
	bool good = print_each(p, WANT_FIELDS | WANT_INFO, print_tree, &k);
	strbuf_free(&k.line);
	row_free(&k.row);
	return good;
}

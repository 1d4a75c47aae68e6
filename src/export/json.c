/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json: JSON Lines, an object a packet, in file order. The keys, their order and their types are
 * a contract with other programs: see osiscope(1), "JSON".
 */
#include <stdlib.h>

#include "base/err.h"
#include "export/fieldmap.h"
#include "export/jsonout.h"
#include "export/print.h"
#include "fmt/digits.h"
#include "fmt/redact.h"
#include "fmt/row.h"
#include "steps/steps.h"

enum { NONE = UINT32_MAX };

_Static_assert(NOTES <= 64, "notes() has 64 bits");

struct json {
	struct printer *p;
	bool redact;
	struct fieldmap map;
	/* The items of this packet, chained by field name. By number of the name: */
	uint32_t n_chains;
	struct chain { uint32_t packet, last; } *chains;	/* of which packet it tells */
	/* By item: the next of the same name, and whether it is the first. */
	uint32_t next[MAX_ITEMS];
	bool first[MAX_ITEMS];
	uint32_t packet;		/* counted from 1 */
	struct strbuf text, clean;
};

static void text_value(struct json *j, const void *s, size_t n)
{
	if (j->redact) {
		strbuf_clear(&j->clean);
		redact_text(&j->clean, s, n);
		s = strbuf_str(&j->clean);
		n = j->clean.len;
	}
	jsonout_string(&j->p->out, s, n);
}

static void key(struct out *o, const char *name)
{
	out_putc(o, '"');
	out_puts(o, name);
	out_puts(o, "\":");
}

static void bytes_value(struct out *o, const uint8_t *s, size_t n)
{
	enum { PART = 1024 };
	out_putc(o, '"');
	for (size_t i = 0; i < n; i += PART) {
		size_t len = n - i < PART ? n - i : PART;
		out_used(o, digits_bytes(out_room(o, 2 * PART), s + i, len));
	}
	out_putc(o, '"');
}

static void address_value(struct out *o, const uint8_t *s, size_t n)
{
	char *p = out_room(o, DIGITS_IPV6 + 2), *start = p;
	*p++ = '"';
	p = digits_address(p, s, n);
	if (p == start + 1) {	/* no such length: a part of an address */
		bytes_value(o, s, n);
		return;
	}
	*p++ = '"';
	out_used(o, p);
}

static void long_value(struct json *j, const struct dissect *d, const struct item *it)
{
	size_t n = 0;
	const uint8_t *s = item_bytes(d, it, &n);
	if (!s)
		n = 0;
	if (j->redact && redact_item(d, it)) {
		strbuf_clear(&j->text);
		redact_length(&j->text, n);
		jsonout_string(&j->p->out, strbuf_str(&j->text), j->text.len);
	} else if (it->field->type == F_BYTES) {
		bytes_value(&j->p->out, s, n);
	} else if (it->field->type >= F_MAC && it->field->type <= F_IPV6) {
		address_value(&j->p->out, s, n);
	} else {
		text_value(j, s, n);
	}
}

static void value(struct json *j, const struct dissect *d, const struct item *it)
{
	struct out *o = &j->p->out;
	char *p;
	if (it->has_text) {
		long_value(j, d, it);
		return;
	}
	switch (it->field->type) {
	case F_UINT: case F_HEX:
		out_u64(o, it->value);
		break;
	case F_INT:
		if ((int64_t)it->value < 0)
			out_putc(o, '-');
		out_u64(o, (int64_t)it->value < 0 ? -it->value : it->value);
		break;
	case F_BOOL:
		out_puts(o, it->value ? "true" : "false");
		break;
	case F_TIME: case F_RELTIME:
		p = out_room(o, DIGITS_TIME + 2);
		*p++ = '"';
		p = digits_seconds(p, (int64_t)it->value, 9);
		*p++ = '"';
		out_used(o, p);
		break;
	case F_MAC: case F_IPV4: case F_IPV6: case F_TEXT: case F_BYTES:
		long_value(j, d, it);
		break;
	case F_NONE:
		break;
	}
}

/* Chains the items of each name in order of appearance. */
static void chain_items(struct json *j, const struct dissect *d)
{
	for (uint32_t i = 0; i < d->n_items; i++) {
		const struct field *f = d->items[i].field;
		j->first[i] = false;
		if (f->type == F_NONE)
			continue;
		uint32_t id = fieldmap_id(&j->map, f);
		if (id >= j->n_chains) {
			j->chains = xrealloc(j->chains, (id + 256) * sizeof *j->chains);
			for (; j->n_chains < id + 256; j->n_chains++)
				j->chains[j->n_chains] = (struct chain){ 0 };
		}
		struct chain *c = &j->chains[id];
		j->next[i] = NONE;
		if (c->packet == j->packet)
			j->next[c->last] = i;
		else
			j->first[i] = true;
		*c = (struct chain){ .packet = j->packet, .last = i };
	}
}

static void fields(struct json *j, const struct dissect *d)
{
	struct out *o = &j->p->out;
	chain_items(j, d);
	out_puts(o, ",\"fields\":{");
	bool comma = false;
	for (uint32_t i = 0; i < d->n_items; i++) {
		if (!j->first[i])
			continue;
		if (comma)
			out_putc(o, ',');
		comma = true;
		key(o, d->items[i].field->name);
		char before = '[';
		for (uint32_t k = i; k != NONE; k = j->next[k]) {
			out_putc(o, before);
			value(j, d, &d->items[k]);
			before = ',';
		}
		out_putc(o, ']');
	}
	out_putc(o, '}');
}

/* "eth:ip:tcp:tls": layers of one name in a row are one; a quoted packet's are named again. */
static void protocols(struct out *o, const struct dissect *d)
{
	out_puts(o, ",\"protocols\":\"");
	for (unsigned i = 0; i < d->n_layers; i++) {
		const struct layer *l = &d->layers[i];
		if (i && l->protocol == d->layers[i - 1].protocol &&
		    l->quoted == d->layers[i - 1].quoted)
			continue;
		if (i)
			out_putc(o, ':');
		out_puts(o, l->protocol->name);
	}
	out_puts(o, "\",\"osi\":");
	uint8_t osi = row_osi(d);
	char before = '[';
	for (unsigned n = 1; n <= 7; n++) {
		if (!(osi & OSI(n)))
			continue;
		out_putc(o, before);
		out_putc(o, (char)('0' + n));
		before = ',';
	}
	out_putc(o, ']');
}

static void number_or_null(struct out *o, const char *name, uint32_t n)
{
	out_putc(o, ',');
	key(o, name);
	if (n)
		out_u64(o, n);
	else
		out_puts(o, "null");
}

static void steps(struct out *o, const struct session *s, const struct dissect *d)
{
	const struct frame_rec *r = session_frame(s, d->frame);
	const struct conn *c = r ? session_conn(s, r->flow) : NULL;
	out_puts(o, ",\"steps\":[\"");
	out_puts(o, step_kinds[r ? r->step : STEP_0].id);
	for (unsigned i = STEP_1; r && i < STEPS; i++) {
		if (i == r->step || !(r->also & 1u << i))
			continue;
		out_puts(o, "\",\"");
		out_puts(o, step_kinds[i].id);
	}
	out_puts(o, "\"]");
	number_or_null(o, "visit", r ? r->visit : 0);
	number_or_null(o, "connection", c ? c->number : 0);
}

/* Each once, in the order of note.def: not in that of layers, which may differ in detail. */
static void notes(struct out *o, const struct dissect *d)
{
	uint64_t said = 0;
	for (unsigned i = 0; i < d->n_notes; i++)
		said |= (uint64_t)1 << d->notes[i].note;
	out_puts(o, ",\"notes\":[");
	for (bool comma = false; said; said &= said - 1, comma = true) {
		if (comma)
			out_putc(o, ',');
		jsonout_str(o, note_kinds[__builtin_ctzll(said)].name);
	}
	out_putc(o, ']');
}

static bool print_object(void *arg, struct session *s, const struct dissect *d)
{
	struct json *j = arg;
	struct out *o = &j->p->out;
	j->packet++;
	out_puts(o, "{\"frame\":");
	out_u64(o, d->frame);
	out_puts(o, ",\"time\":\"");
	out_used(o, digits_seconds(out_room(o, DIGITS_TIME), d->time, 9));
	out_puts(o, "\",\"len\":");
	out_u64(o, d->len);
	out_puts(o, ",\"caplen\":");
	out_u64(o, d->caplen);
	protocols(o, d);
	steps(o, s, d);
	out_puts(o, ",\"info\":");
	text_value(j, strbuf_str(&d->info), d->info.len);
	strbuf_clear(&j->text);
	steps_explain(s, d, &j->text);
	out_puts(o, ",\"explain\":");
	text_value(j, strbuf_str(&j->text), j->text.len);
	notes(o, d);
	fields(j, d);
	out_puts(o, "}\n");
	return out_good(o);
}

bool print_json(struct printer *p)
{
	struct json *j = xcalloc(1, sizeof *j);
	j->p = p;
	j->redact = p->options->redact;
	fieldmap_init(&j->map);
	bool good = print_each(p, WANT_FIELDS | WANT_INFO, print_object, j);
	fieldmap_free(&j->map);
	free(j->chains);
	strbuf_free(&j->text);
	strbuf_free(&j->clean);
	free(j);
	return good;
}

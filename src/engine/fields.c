/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields: recording what a protocol reads, with byte ranges; notes, info, events. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "engine/engine.h"

void dissect_reset(struct dissect *d, unsigned want)
{
	d->want = want;
	d->mac_src.len = d->mac_dst.len = d->src.len = d->dst.len = 0;
	d->sport = d->dport = 0;
	d->ip_proto = d->ttl = d->quoted = 0;
	d->fragment = d->bad_offload = false;
	d->n_layers = d->n_notes = d->n_buffers = d->depth = 0;
	d->n_items = d->n_text = 0;
	d->flow = NULL;
	d->flow_id = NO_FLOW;
	d->connection = 0;
	d->dir = 0;
	if (want & WANT_INFO)
		strbuf_clear(&d->info);
	if ((want & WANT_FIELDS) && !d->items) {
		d->items = xmalloc(MAX_ITEMS * sizeof *d->items);
		d->text = xmalloc(MAX_TEXT);
	}
}

static struct item *item_add(struct dissect *d, const struct field *f, struct range r)
{
	if (r.buffer == NO_BUFFER)
		return NULL;
	d->last = r;
	if (d->n_items >= MAX_ITEMS) {
		note(d, NOTE_LIMIT);
		return NULL;
	}
	struct item *it = &d->items[d->n_items++];
	*it = (struct item){
		.field = f, .off = r.off, .len = r.len, .buffer = r.buffer, .depth = d->depth,
		.layer = d->n_layers ? (uint8_t)(d->n_layers - 1) : 0,
	};
	return it;
}

static uint32_t text_keep(struct dissect *d, struct item *it, const void *s, size_t n)
{
	if (n > MAX_TEXT - d->n_text) {
		n = MAX_TEXT - d->n_text;
		note(d, NOTE_LIMIT);
	}
	uint32_t at = d->n_text;
	if (n)
		memcpy(d->text + at, s, n);
	d->n_text += (uint32_t)n;
	it->value = at;
	it->text_len = (uint32_t)n;
	it->has_text = true;
	return at;
}

void keep_uint(struct dissect *d, const struct cursor *c, unsigned bytes, const struct field *f,
		 uint64_t raw)
{
	if (!cur_ok(c)) {
		d->last.buffer = NO_BUFFER;
		return;
	}
	struct range r = range_of(c, cur_off(c) - bytes, bytes);
	d->last = r;
	if (f && f->type == F_INT && !f->mask)	/* the sign of what was read, not of 64 bits */
		raw = (uint64_t)((int64_t)(raw << (64 - 8 * bytes)) >> (64 - 8 * bytes));
	if (f)
		keep_item(d, f, r, masked(raw, f->mask));
}

void keep_bytes(struct dissect *d, const struct cursor *c, size_t n, const struct field *f)
{
	if (!cur_ok(c)) {
		d->last.buffer = NO_BUFFER;
		return;
	}
	d->last = range_of(c, cur_off(c) - (uint32_t)n, (uint32_t)n);
	if (f)
		item_add(d, f, d->last);
}

uint64_t take_uint(struct dissect *d, struct cursor *c, unsigned bytes, const struct field *f)
{
	const uint8_t *p = cur_bytes(c, bytes);
	uint64_t v = 0;
	for (unsigned i = 0; p && i < bytes; i++)
		v = v << 8 | p[i];
	return take_done(d, c, bytes, f, v);
}

uint64_t take_le(struct dissect *d, struct cursor *c, unsigned bytes, const struct field *f)
{
	const uint8_t *p = cur_bytes(c, bytes);
	uint64_t v = 0;
	for (unsigned i = bytes; p && i > 0; i--)
		v = v << 8 | p[i - 1];
	return take_done(d, c, bytes, f, v);
}

void note_malformed(struct dissect *d)
{
	if (!d->quoted)
		note(d, NOTE_MALFORMED);
}

void take_rest(struct dissect *d, struct cursor *c, const struct field *f)
{
	if (cur_left(c))
		(void)take_bytes(d, c, cur_left(c), f);
}

void keep_item(struct dissect *d, const struct field *f, struct range r, uint64_t value)
{
	struct item *it = item_add(d, f, r);
	if (it)
		it->value = value;
}

void keep_text(struct dissect *d, const struct field *f, struct range r, const void *s, size_t n)
{
	struct item *it = item_add(d, f, r);
	if (it)
		text_keep(d, it, s, n);
}

uint32_t tree_open(struct dissect *d, const struct cursor *c, const struct field *f)
{
	if (!want_fields(d))
		return 0;
	uint32_t handle = d->n_items;
	item_add(d, f, range_of(c, cur_off(c), 0));
	d->depth++;
	return handle;
}

void tree_close(struct dissect *d, const struct cursor *c, uint32_t handle)
{
	if (!want_fields(d))
		return;
	d->depth--;
	if (handle < d->n_items && d->items[handle].buffer == c->buffer)
		d->items[handle].len = cur_off(c) - d->items[handle].off;
}

void tree_text(struct dissect *d, uint32_t handle, const char *format, ...)
{
	char text[256];
	va_list ap;
	if (!want_fields(d) || handle >= d->n_items)
		return;
	va_start(ap, format);
	int n = vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	if (n > 0)
		text_keep(d, &d->items[handle], text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

const uint8_t *item_bytes(const struct dissect *d, const struct item *it, size_t *n)
{
	if (it->has_text) {
		*n = it->text_len;
		return (const uint8_t *)d->text + it->value;
	}
	const struct buffer *b = &d->buffers[it->buffer];
	if (it->buffer >= d->n_buffers || it->off > b->len || it->len > b->len - it->off) {
		*n = 0;
		return (const uint8_t *)"";
	}
	*n = it->len;
	return b->bytes + it->off;
}

uint8_t buffer_add(struct dissect *d, enum buffer_kind kind, const char *label,
		   const uint8_t *bytes, size_t n)
{
	if (d->n_buffers >= MAX_BUFFERS) {
		note(d, NOTE_LIMIT);
		return MAX_BUFFERS - 1;
	}
	d->buffers[d->n_buffers] = (struct buffer){
		.kind = kind, .bytes = bytes, .len = (uint32_t)n, .label = label,
	};
	return d->n_buffers++;
}

void note(struct dissect *d, enum note n)
{
	uint8_t layer = d->n_layers ? (uint8_t)(d->n_layers - 1) : 0;
	for (unsigned i = 0; i < d->n_notes; i++)
		if (d->notes[i].note == n && d->notes[i].layer == layer)
			return;
	if (d->n_notes < MAX_PACKET_NOTES)
		d->notes[d->n_notes++] = (struct note_on){ .note = n, .layer = layer };
}

static void info_text(struct dissect *d, const char *format, va_list ap)
{
	strbuf_vprintf(&d->info, format, ap);
	d->info_layer = d->n_layers;
}

void info_set(struct dissect *d, const char *format, ...)
{
	if (!want_info(d) || d->quoted)
		return;
	va_list ap;
	va_start(ap, format);
	strbuf_clear(&d->info);
	info_text(d, format, ap);
	va_end(ap);
}

void info_add(struct dissect *d, const char *format, ...)
{
	if (!want_info(d) || d->quoted)
		return;
	if (d->info_layer != d->n_layers)
		strbuf_clear(&d->info);
	else if (d->info.len)
		strbuf_puts(&d->info, ", ");
	va_list ap;
	va_start(ap, format);
	info_text(d, format, ap);
	va_end(ap);
}

const char *text_of(struct dissect *d, const void *bytes, size_t n)
{
	n = n < MAX_INFO ? n : MAX_INFO;
	char *s = dissect_alloc(d, n + 1);
	if (!s)
		return "";
	/* a NUL would end the text: it is shown, like all control characters, by its escape */
	for (size_t i = 0; i < n; i++) {
		char ch = ((const char *)bytes)[i];
		s[i] = ch ? ch : 1;
	}
	s[n] = '\0';
	return s;
}

const char *ip_text(struct dissect *d, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;
	char *s = dissect_alloc(d, INET6_ADDRSTRLEN);
	if (!s || !b)
		return "";
	if (len == 4 || len == 16)
		inet_ntop(len == 4 ? AF_INET : AF_INET6, b, s, INET6_ADDRSTRLEN);
	else if (len == 6)
		snprintf(s, INET6_ADDRSTRLEN, "%02x:%02x:%02x:%02x:%02x:%02x",
			 b[0], b[1], b[2], b[3], b[4], b[5]);
	else
		s[0] = '\0';
	return s;
}

const char *value_name(const struct value_name *names, uint64_t value)
{
	for (; names && names->name; names++)
		if (names->value == value)
			return names->name;
	return NULL;
}

const char *value_text(struct dissect *d, const struct value_name *names, uint64_t value)
{
	const char *name = value_name(names, value);
	char *s = dissect_alloc(d, 128);
	if (!s)
		return "";
	snprintf(s, 128, "%s (%llu)", name ? name : "Unknown", (unsigned long long)value);
	return s;
}

void emit(struct dissect *d, enum event_kind kind, uint32_t a, uint32_t b)
{
	emit_c(d, kind, a, b, 0);
}

void emit_c(struct dissect *d, enum event_kind kind, uint32_t a, uint32_t b, uint16_t c)
{
	struct engine *e = d->engine;
	if (e->mode != MODE_PASS || d->quoted)
		return;
	if (e->n_ev >= MAX_EVENTS) {
		note(d, NOTE_LIMIT);
		return;
	}
	e->ev[e->n_ev++] = (struct event){
		.frame = e->ev_frame, .first_frame = e->ev_first, .flow = d->flow_id,
		.a = a, .b = b, .c = c, .kind = (uint8_t)kind, .dir = d->dir,
	};
}

uint32_t intern(struct dissect *d, const void *bytes, size_t n)
{
	struct engine *e = d->engine;
	return e->mode == MODE_PASS ? intern_bytes(e->s->strings, bytes, n) : 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A packet's block with its comments, and a section's head, as they are written anew. */
#include "config.h"

#include <string.h>

#include "export/annotate_own.h"
#include "fmt/i18n.h"
#include "steps/steps.h"

enum { OPT_COMMENT = 1, SHB_USERAPPL = 4, EPB_HEAD = 28, SHB_HEAD = 24 };

static const char application[] = "osiscope " PACKAGE_VERSION;

/* "[5.1] The client asks ...": empty for what is no part of a visit. */
static void explain(struct annotate *a, uint32_t frame)
{
	const struct frame_rec *r = session_frame(a->s, frame);
	strbuf_clear(&a->text);
	if (!r || r->step == STEP_0 || r->step >= STEPS)
		return;
	const struct dissect *d = session_detail(a->s, frame, WANT_FIELDS);
	if (!d)
		return;
	strbuf_printf(&a->text, "[%s] ", step_kinds[r->step].id);
	size_t before = a->text.len;
	steps_explain(a->s, d, &a->text);
	if (a->text.len == before)
		strbuf_puts(&a->text, _(step_kinds[r->step].title));
	bool also = false;
	for (unsigned i = STEP_1; i < STEPS; i++) {
		if (i == r->step || !(r->also & 1u << i))
			continue;
		strbuf_printf(&a->text, also ? ", %s" : _(" It also shows step %s"), step_kinds[i].id);
		also = true;
	}
	if (also)
		strbuf_putc(&a->text, '.');
	a->what.told++;
}

/* What is added: the user's comment, then the sentence. Their number. */
static size_t comments_for(struct annotate *a, uint32_t frame, const char *comments[2])
{
	const char *own = comments_get(&a->s->comments, frame);
	size_t n = 0;
	explain(a, frame);
	if (own && *own)
		comments[n++] = own;
	if (a->text.len)
		comments[n++] = strbuf_str(&a->text);
	return n;
}

static void put_u16(struct strbuf *to, uint16_t v, bool swapped)
{
	v = swapped ? __builtin_bswap16(v) : v;
	strbuf_add(to, &v, sizeof v);
}

static void put_u32(struct strbuf *to, uint32_t v, bool swapped)
{
	v = swapped ? __builtin_bswap32(v) : v;
	strbuf_add(to, &v, sizeof v);
}

static void put_option(struct strbuf *to, bool swapped, uint16_t code, const void *value, uint16_t n)
{
	put_u16(to, code, swapped);
	put_u16(to, n, swapped);
	strbuf_add(to, value, n);
	strbuf_add(to, "\0\0\0", (4 - n % 4u) % 4u);
}

/* Ends the block in a->block: its options, if it has any behind `head` bytes, and both lengths. */
static void end_block(struct strbuf *b, size_t head, bool swapped)
{
	if (b->len > head)
		put_u32(b, 0, swapped);
	uint32_t total = (uint32_t)b->len + 4;
	put_u32(b, total, swapped);
	memcpy(b->s + 4, b->s + b->len - 4, 4);
}

/* Is this comment to be left out: written by an export, or by somebody whom the user overrules? */
static bool replaced(const struct block_option *o, bool overruled)
{
	return o->code == OPT_COMMENT && (overruled || pcapng_is_annotation(o->value, o->len));
}

/*
 * The packet's block (EPB, PB) at p without the comments that are replaced. Returns it and its
 * length: the same when there is none of those.
 */
static const uint8_t *without(struct annotate *a, const struct source_block *k, const uint8_t *p,
	bool overruled, size_t *size)
{
	uint32_t caplen;
	memcpy(&caplen, p + 20, 4);
	caplen = k->swapped ? __builtin_bswap32(caplen) : caplen;
	size_t head = EPB_HEAD + (((size_t)caplen + 3) & ~(size_t)3);
	*size = k->total;
	if (head > k->total - 4)
		return p;
	const uint8_t *at = p + head;
	size_t n = k->total - 4 - head;
	bool any = false;
	struct block_option o;
	while (blocks_option(&at, &n, k->swapped, &o))
		any |= replaced(&o, overruled);
	if (!any)
		return p;
	strbuf_clear(&a->block);
	strbuf_add(&a->block, p, head);
	for (at = p + head, n = k->total - 4 - head; blocks_option(&at, &n, k->swapped, &o);)
		if (!replaced(&o, overruled))
			put_option(&a->block, k->swapped, o.code, o.value, o.len);
	end_block(&a->block, head, k->swapped);
	*size = a->block.len;
	return (const uint8_t *)a->block.s;
}

/* A Simple Packet Block has no room for comments: it becomes one that has, without a time. */
static void write_simple(struct annotate *a, uint32_t frame, const char *const *comments, size_t n)
{
	struct frame f;
	if (!source_read_at(a->s->source, session_frame(a->s, frame)->where, &f)) {
		a->lost = true;
		return;
	}
	writer_packet(a->to, &(struct write_packet){ .bytes = f.bytes, .caplen = f.caplen,
		.len = f.len, .comments = comments, .n_comments = n });
}

void annotate_block(struct annotate *a, const struct source_block *k, uint32_t frame)
{
	const char *comments[2];
	size_t n = comments_for(a, frame, comments), size = k->total;
	const uint8_t *p = blocks_bytes(a->blocks, k, 0, k->total);
	if (!p) {
		a->lost = true;
		return;
	}
	a->what.packets++;
	if (k->type == PCAPNG_SPB && n) {
		write_simple(a, frame, comments, n);
		return;
	}
	if (k->packet && k->type != PCAPNG_SPB)
		p = without(a, k, p, comments_get(&a->s->comments, frame) != NULL, &size);
	else if (n)
		a->what.no_room++;
	writer_commented(a->to, p, size, comments, n);
}

void annotate_frame(struct annotate *a, uint32_t frame)
{
	const char *comments[2];
	size_t n = comments_for(a, frame, comments);
	struct frame f;
	if (!source_read_at(a->s->source, session_frame(a->s, frame)->where, &f)) {
		a->lost = true;
		return;
	}
	a->what.packets++;
	writer_packet(a->to, &(struct write_packet){ .time = f.time, .bytes = f.bytes,
		.caplen = f.caplen, .len = f.len, .comments = comments, .n_comments = n });
}

void annotate_section(struct annotate *a, const struct source_block *k)
{
	static const uint8_t not_said[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	const uint8_t *p = blocks_bytes(a->blocks, k, 0, k->total);
	struct block_option o;
	if (!p || k->total < SHB_HEAD + 4) {
		a->lost = true;
		return;
	}
	const uint8_t *at = p + SHB_HEAD;
	size_t n = k->total - 4 - SHB_HEAD;
	strbuf_clear(&a->block);
	strbuf_add(&a->block, p, SHB_HEAD - sizeof not_said);
	strbuf_add(&a->block, not_said, sizeof not_said);	/* it is longer than it was */
	while (blocks_option(&at, &n, k->swapped, &o))
		if (a->section || o.code != SHB_USERAPPL)
			put_option(&a->block, k->swapped, o.code, o.value, o.len);
	if (!a->section)
		put_option(&a->block, k->swapped, SHB_USERAPPL, application, sizeof application - 1);
	end_block(&a->block, SHB_HEAD, k->swapped);
	writer_raw(a->to, a->block.s, a->block.len);
	a->section = true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The annotated capture:
 *
 *	section, interfaces      as they were; the application is this program
 *	record, keys, names      added in front of the first packet: Wireshark wants interfaces first,
 *	                         and keys before what they open
 *	packets                  each with its sentence
 *	all other blocks         as they were, in their place; but keys do not stay behind packets
 *
 * Blocks that must not be copied where they are not understood (Custom Blocks of that type) are
 * copied: nothing that they could speak of has moved.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "export/annotate_own.h"
#include "fmt/i18n.h"
#include "fmt/say.h"
#include "record/record.h"

enum { CLOCK_EVERY = 16, PIECE = 64 << 10, NAMES_BLOCK = 1 << 18, KEYS_ROOM = 256 << 20 };

struct annotate *annotate_new(struct session *s, const struct export_options *o, struct err *err)
{
	struct annotate *a = xcalloc(1, sizeof *a);
	a->s = s;
	a->o = o;
	a->out.fd = -1;
	a->front = UINT64_MAX;
	a->keys.cap = KEYS_ROOM;
	a->frame = 1;
	a->frames = session_n_frames(s);
	a->record = s->record && !s->record_trouble[0];
	if ((o->keys && !o->no_secrets && keys_read(s, o->keys, &a->keys, err) < 0)
		|| outfile_open(&a->out, o->path, o->force, err) < 0) {
		annotate_abort(a);
		return NULL;
	}
	a->to = writer_new(a->out.fd);
	a->names = names_of(s);
	if (source_kind(s->source) == SOURCE_PCAPNG)
		a->blocks = blocks_new(s->source);
	return a;
}

static void free_all(struct annotate *a)
{
	blocks_free(a->blocks);
	names_free(a->names);
	strbuf_free(&a->keys);
	strbuf_free(&a->block);
	strbuf_free(&a->text);
	free(a);
}

void annotate_abort(struct annotate *a)
{
	if (!a)
		return;
	writer_free(a->to);
	outfile_drop(&a->out);
	free_all(a);
}

/* The session's visit record, once. */
static void record(struct annotate *a)
{
	if (!a->record || a->recorded)
		return;
	char *json = record_to_json(a->s->record);
	writer_record(a->to, json, strlen(json));
	free(json);
	a->recorded = true;
}

/* Are these keys that stand behind packets, where Wireshark does not use them for those? */
static bool is_late(const struct annotate *a, const struct source_secret *k)
{
	return k->where >= a->front && k->type == secrets_tls && k->bare;
}

/* A recording in which keys came in between: they go to the front with the others. */
static void late_keys(struct annotate *a)
{
	const struct source *s = a->s->source;
	for (size_t i = 0; i < source_n_secrets(s) && !a->o->no_secrets; i++) {
		const struct source_secret *k = source_secret(s, i);
		if (!is_late(a, k))
			continue;
		strbuf_add(&a->keys, k->bytes, k->len);
		if (k->len && k->bytes[k->len - 1] != '\n')
			strbuf_putc(&a->keys, '\n');
	}
}

/* Was this block among those that were moved? */
static bool is_moved(const struct annotate *a, const struct source_block *b)
{
	const struct source *s = a->s->source;
	size_t low = 0, high = source_n_secrets(s);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (source_secret(s, middle)->where < b->where)
			low = middle + 1;
		else
			high = middle;
	}
	const struct source_secret *k = source_secret(s, low);
	return a->added && k && k->where == b->where && is_late(a, k);
}

/* What belongs in front of the first packet. */
static void add(struct annotate *a)
{
	a->added = true;
	record(a);
	late_keys(a);
	if (a->keys.len) {
		writer_secrets(a->to, secrets_tls, a->keys.s, a->keys.len);
		a->what.secrets = true;
	}
	names_write(a->names, a->to);
}

/* Any block as it is, however long. */
static void copy(struct annotate *a, const struct source_block *k)
{
	for (uint32_t at = 0; at < k->total;) {
		uint32_t n = k->total - at < PIECE ? k->total - at : PIECE;
		const uint8_t *p = blocks_bytes(a->blocks, k, at, n);
		if (!p)
			return;
		writer_raw(a->to, p, n);
		at += n;
	}
}

/* Does what is added say all that this block of names does? Then an export wrote it before. */
static bool told_names(struct annotate *a, const struct source_block *k)
{
	const uint8_t *p = k->total <= NAMES_BLOCK ? blocks_bytes(a->blocks, k, 0, k->total) : NULL;
	return p && names_have(a->names, p, k->total, k->swapped);
}

static void other_block(struct annotate *a, const struct source_block *k)
{
	switch (k->type) {
	case PCAPNG_DSB:
		if (a->o->no_secrets || is_moved(a, k))
			return;
		a->what.secrets = true;
		break;
	case PCAPNG_RECORD:
		if (!a->record)		/* it was not understood */
			break;
		record(a);
		return;
	case PCAPNG_NRB:
		if (told_names(a, k))
			return;
		break;
	default:
		break;
	}
	copy(a, k);
}

static bool next_block(struct annotate *a)
{
	struct source_block k;
	if (!blocks_next(a->blocks, &k))
		return false;
	if (!a->added && (k.packet || (k.type == PCAPNG_SHB && a->section))) {
		a->front = k.where;
		add(a);
	}
	writer_set_swapped(a->to, k.swapped);
	if (k.type == PCAPNG_SHB) {
		annotate_section(a, &k);
	} else if (k.numbered) {
		const struct frame_rec *r = a->frame <= a->frames ? session_frame(a->s, a->frame) : NULL;
		if (r && r->where == k.where)	/* others did not pass the filter */
			annotate_block(a, &k, a->frame++);
	} else {
		other_block(a, &k);
	}
	return true;
}

/* For a capture that has none: a pcap, or a pcapng that is damaged from its first byte on. */
static void first_section(struct annotate *a)
{
	const struct source_iface *iface = source_iface(a->s->source, 0);
	writer_section(a->to, &(struct write_section){ .application = "osiscope " PACKAGE_VERSION });
	if (iface)
		writer_iface(a->to, &(struct write_iface){ .link = (uint16_t)iface->link,
			.snaplen = iface->snaplen });
	a->section = true;
}

static bool next_frame(struct annotate *a)
{
	if (!a->section) {
		first_section(a);
		add(a);
	}
	if (a->frame > a->frames)
		return false;
	annotate_frame(a, a->frame++);
	return true;
}

bool annotate_work(struct annotate *a, uint64_t nanoseconds)
{
	uint64_t start = (uint64_t)clock_now();
	for (unsigned i = 1;; i++) {
		if (!(a->blocks ? next_block(a) : next_frame(a)))
			break;
		if (a->lost || writer_error(a->to) || (a->blocks && blocks_failed(a->blocks)))
			return false;
		if (nanoseconds && i % CLOCK_EVERY == 0 && (uint64_t)clock_now() - start > nanoseconds)
			return true;
	}
	if (!a->section)
		first_section(a);
	if (!a->added)
		add(a);
	return false;
}

int annotate_percent(const struct annotate *a)
{
	if (a->blocks)
		return blocks_percent(a->blocks);
	return a->frames ? (int)((uint64_t)(a->frame - 1) * 100 / a->frames) : 100;
}

int annotate_finish(struct annotate *a, struct annotated *what, struct err *err)
{
	bool lost = a->lost || (a->blocks && blocks_failed(a->blocks)) || a->frame <= a->frames;
	int error = writer_free(a->to), result = -1;
	a->to = NULL;
	*what = a->what;
	if (error)
		err_set(err, _("cannot write %s: %s"), a->o->path, strerror(error));
	else if (lost)
		err_set(err, _("%s is not written: the capture changed meanwhile"), a->o->path);
	else
		result = outfile_keep(&a->out, what->secrets, err);
	outfile_drop(&a->out);
	free_all(a);
	return result;
}

int export_pcapng(struct session *s, const struct export_options *o)
{
	struct err err;
	struct annotated what;
	if (outfile_may(o->path, o->force, &err) < 0) {	/* before anything takes time */
		say("%s", err.text);
		return STATUS_FAILED;
	}
	while (session_load(s, UINT32_MAX, 0))
		;
	int status = o->said ? STATUS_DONE : (int)say_end(s, s->end);
	struct annotate *a = annotate_new(s, o, &err);
	if (a)
		annotate_work(a, 0);
	if (!a || annotate_finish(a, &what, &err) < 0) {
		say("%s", err.text);
		return STATUS_FAILED;
	}
	if (what.secrets && !o->quiet)
		say(_("%s holds the keys that open its encrypted traffic: give it only to those who "
		      "may read it all; --no-secrets leaves them out"), o->path);
	if (what.no_room && !o->quiet)
		say(_("packets whose block in the capture has no room for a comment: %u"),
		    (unsigned)what.no_room);
	return status;
}

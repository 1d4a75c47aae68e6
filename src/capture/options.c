/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pcapng's blocks say beside packets: mostly options (section 3.5), kept up to a cap. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/pcapng.h"
#include "capture/reader.h"
#include "fmt/i18n.h"

enum {
	OPT_END = 0,
	OPT_COMMENT = 1,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_SPEED = 8,
	IF_TSRESOL = 9,
	IF_TSOFFSET = 14,
	ISB_IFRECV = 4,
	ISB_IFDROP = 5
};

struct options {
	const uint8_t *at;	/* the next option */
	uint32_t left;
	bool swapped, bad;
	uint16_t code, len;	/* of the present option */
	const uint8_t *value;
};

static struct options options_of(const struct block *b, uint32_t from)
{
	return (struct options){ .at = b->bytes + from, .left = b->total - 4 - from,
		.swapped = b->swapped };
}

/* The next option; false at the end, or with `bad` when it reaches over the end of its block. */
static bool next_option(struct options *o)
{
	if (o->left == 0 || o->bad)
		return false;
	o->bad = o->left < 4;
	if (o->bad)
		return false;
	o->code = reader_u16(o->at, o->swapped);
	o->len = reader_u16(o->at + 2, o->swapped);
	uint32_t padded = ((uint32_t)o->len + 3) & ~(uint32_t)3;
	o->bad = padded > o->left - 4;
	if (o->bad || o->code == OPT_END)
		return false;
	o->value = o->at + 4;
	o->at += 4 + padded;
	o->left -= 4 + padded;
	return true;
}

static const char *const bad_options = N_("an option is longer than its block");

/* Notes for the user that something does not fit under the cap. */
static void leave_out(struct source *s)
{
	s->left_out++;
	snprintf(s->left_out_text, sizeof s->left_out_text,
		_("%s holds more comments or keys than fit in memory (64 MiB): left out: %llu"),
		s->path, (unsigned long long)s->left_out);
}

/* Counts n bytes towards a cap; false when they do not fit. */
static bool may_keep(struct source *s, size_t *kept, size_t n)
{
	if (n <= READER_MAX_KEPT - *kept) {
		*kept += n;
		return true;
	}
	leave_out(s);
	return false;
}

static char *keep_text(struct source *s, const uint8_t *text, size_t n)
{
	if (!may_keep(s, &s->kept_text, n + 1))
		return NULL;
	char *copy = xmalloc(n + 1);
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

bool pcapng_is_annotation(const void *text, size_t n)
{
	static const char *const begins[] = {	/* the numbers of the steps never change */
		"[1] ", "[1.1] ", "[2] ", "[2.1] ", "[2.2] ", "[2.3] ", "[3] ", "[4] ",
		"[5] ", "[5.1] ", "[5.2] ", "[5.3] ", "[5.4] ",
	};
	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (n >= strlen(begins[i]) && !memcmp(text, begins[i], strlen(begins[i])))
			return true;
	return false;
}

/* An export writes on packets only. */
static bool is_comment(const struct block *b, const struct options *o)
{
	return o->code == OPT_COMMENT && o->len
		&& (b->type == PCAPNG_SHB || !pcapng_is_annotation(o->value, o->len));
}

/* All the block's comments, a line each; NULL when there are none, or no room. */
static char *keep_comments(struct source *s, const struct block *b, uint32_t from)
{
	size_t n = 0;
	for (struct options o = options_of(b, from); next_option(&o);)
		n += is_comment(b, &o) ? (size_t)o.len + 1 : 0;
	if (n == 0 || !may_keep(s, &s->kept_text, n + sizeof *s->comments))
		return NULL;
	char *text = xmalloc(n), *end = text;
	for (struct options o = options_of(b, from); next_option(&o);) {
		if (!is_comment(b, &o))
			continue;
		memcpy(end, o.value, o.len);
		end += o.len;
		*end++ = '\n';
	}
	end[-1] = '\0';
	return text;
}

/* True when the block's options are as they should be; *commented: one of them is a comment. */
static bool check_options(const struct block *b, uint32_t from, bool *commented)
{
	struct options o = options_of(b, from);
	*commented = false;
	while (next_option(&o))
		*commented |= is_comment(b, &o);
	return !o.bad;
}

const char *pcapng_section(struct source *s, const struct block *b)
{
	bool commented;
	if (b->total < 28)
		return N_("a section's head is too short");
	if (!check_options(b, 24, &commented))
		return bad_options;
	if (commented && !s->section_comment)
		s->section_comment = keep_comments(s, b, 24);
	return NULL;
}

static void interface_option(struct source *s, struct reader_iface *iface, const struct options *o)
{
	switch (o->code) {
	case IF_NAME:
		if (!iface->name)
			iface->name = keep_text(s, o->value, o->len);
		break;
	case IF_DESCRIPTION:
		if (!iface->description)
			iface->description = keep_text(s, o->value, o->len);
		break;
	case IF_SPEED:
		if (o->len == 8)
			iface->shown.speed = reader_u64(o->value, o->swapped);
		break;
	case IF_TSRESOL:
		if (o->len == 1)
			iface->resolution = o->value[0];
		break;
	case IF_TSOFFSET:
		if (o->len == 8)
			iface->offset = (int64_t)reader_u64(o->value, o->swapped);
		break;
	default:
		break;
	}
}

const char *pcapng_interface(struct source *s, const struct block *b)
{
	bool commented;
	if (b->total < 20)
		return N_("an interface's description is too short");
	if (!check_options(b, 16, &commented))
		return bad_options;
	if (s->n_ifaces == READER_MAX_IFACES)
		return N_("there are too many interfaces");
	s->ifaces = reader_grow(s->ifaces, s->n_ifaces, &s->room_ifaces, sizeof *s->ifaces);
	struct reader_iface *iface = &s->ifaces[s->n_ifaces++];
	*iface = (struct reader_iface){
		.shown = {
			.link = reader_u16(b->bytes + 8, b->swapped),
			.snaplen = reader_u32(b->bytes + 12, b->swapped),
			.received = UINT64_MAX, .dropped = UINT64_MAX
		},
		.where = b->where,
		.resolution = 6		/* section 4.2: microseconds when it is not said */
	};
	for (struct options o = options_of(b, 16); next_option(&o);)
		interface_option(s, iface, &o);
	iface->shown.name = iface->name;
	iface->shown.description = iface->description;
	return NULL;
}

const char *pcapng_statistics(struct source *s, const struct block *b)
{
	bool commented;
	if (b->total < 24)
		return N_("an interface's statistics are too short");
	if (!check_options(b, 20, &commented))
		return bad_options;
	size_t i = (size_t)s->sections[s->section].first_iface
		+ reader_u32(b->bytes + 8, b->swapped);
	if (i >= s->n_ifaces)
		return NULL;
	for (struct options o = options_of(b, 20); next_option(&o);) {
		if (o.len == 8 && o.code == ISB_IFRECV)
			s->ifaces[i].shown.received = reader_u64(o.value, o.swapped);
		if (o.len == 8 && o.code == ISB_IFDROP)
			s->ifaces[i].shown.dropped = reader_u64(o.value, o.swapped);
	}
	return NULL;
}

/* A Decryption Secrets Block (section 4.7): type, length, secrets, options. */
const char *pcapng_secrets(struct source *s, const struct block *b)
{
	if (!b->bytes) {
		leave_out(s);
		return NULL;
	}
	if (b->total < 20)
		return N_("a block of secrets is too short");
	uint32_t len = reader_u32(b->bytes + 12, b->swapped);
	if (len > b->total - 20)
		return N_("secrets are longer than their block");
	if (!may_keep(s, &s->kept_secrets, len + sizeof *s->secrets))
		return NULL;
	uint8_t *copy = xmalloc(len);
	memcpy(copy, b->bytes + 16, len);
	s->secrets = reader_grow(s->secrets, s->n_secrets, &s->room_secrets, sizeof *s->secrets);
	s->secrets[s->n_secrets++] = (struct source_secret){ .bytes = copy, .len = len,
		.type = reader_u32(b->bytes + 8, b->swapped), .where = b->where,
		.bare = b->total - 20 - len < 4 };
	return NULL;
}

/* The visit record: the first that there is; what may be wrong in it is no damage of the file. */
const char *pcapng_take_record(struct source *s, const struct block *b)
{
	if (!b->bytes)
		leave_out(s);
	if (!b->bytes || s->record || !may_keep(s, &s->kept_text, b->total))
		return NULL;
	s->record_len = b->total - 12;
	s->record = xmalloc(s->record_len + 1);
	memcpy(s->record, b->bytes + 8, s->record_len);
	s->record[s->record_len] = '\0';
	return NULL;
}

/* The comment that a packet block at `where` was found to have: its number + 1, or 0. */
uint32_t pcapng_comment_at(const struct source *s, uint64_t where)
{
	size_t low = 0, high = s->n_comments;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->comments[middle].where < where)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n_comments && s->comments[low].where == where ? (uint32_t)low + 1 : 0;
}

const char *pcapng_comment(struct source *s, const struct block *b, uint32_t options,
	uint32_t *number)
{
	bool commented;
	*number = 0;
	if (!check_options(b, options, &commented))
		return bad_options;
	if (!commented)
		return NULL;
	if (b->where < s->known) {
		*number = pcapng_comment_at(s, b->where);
		return NULL;
	}
	char *text = keep_comments(s, b, options);
	if (!text)
		return NULL;
	s->comments = reader_grow(s->comments, s->n_comments, &s->room_comments,
		sizeof *s->comments);
	s->comments[s->n_comments++] = (struct reader_comment){ .where = b->where, .text = text };
	*number = (uint32_t)s->n_comments;
	return NULL;
}

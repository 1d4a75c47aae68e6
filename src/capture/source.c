/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/source.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/reader.h"
#include "fmt/i18n.h"

/* What people take for a capture that this program reads, and what to do with it. */
struct stranger { const char *magic; size_t n; const char *name; bool packed; };

static const struct stranger strangers[] = {
	{ .magic = "\xfd" "7zXZ", .n = 5, .name = "xz", .packed = true },
	{ .magic = "BZh", .n = 3, .name = "bzip2", .packed = true },
	{ .magic = "\x04\x22\x4d\x18", .n = 4, .name = "lz4", .packed = true },
	{ .magic = "PK\x03\x04", .n = 4, .name = "zip", .packed = true },
	{ .magic = "\x1f\x9d", .n = 2, .name = "compress", .packed = true },
	{ .magic = "snoop\0\0\0", .n = 8, .name = "snoop" },
	{ .magic = "btsnoop\0", .n = 8, .name = "btsnoop" },
	{ .magic = "RTSS", .n = 4, .name = "Network Monitor 1" },
	{ .magic = "GMBU", .n = 4, .name = "Network Monitor 2" },
	{ .magic = "TRSNIFF data", .n = 12, .name = "Sniffer" },
};

static int not_a_capture(const char *path, const uint8_t *head, size_t n, struct err *err)
{
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
		const struct stranger *x = &strangers[i];
		if (n < x->n || memcmp(head, x->magic, x->n) != 0)
			continue;
		if (x->packed)
			return err_set(err, _("%s is packed with %s: unpack it, then open what was in it"),
				path, x->name);
		return err_set(err, _("%s is a %s capture: turn it into pcapng with "
			"`editcap -F pcapng %s new.pcapng`"), path, x->name, path);
	}
	return err_set(err, _("%s is not a capture: give a pcap or pcapng file, as tcpdump and "
		"Wireshark write them"), path);
}

enum source_state reader_stop(struct source *s, enum source_state state, const char *format, ...)
{
	if (s->stopped != SOURCE_FRAME)
		return s->stopped;
	va_list ap;
	va_start(ap, format);
	vsnprintf(s->trouble, sizeof s->trouble, format, ap);
	va_end(ap);
	s->stopped = state;
	return state;
}

enum source_state reader_short(struct source *s)
{
	const struct input *in = &s->input;
	unsigned long long after = s->frames, at = s->pos;
	bool have = window_get(&s->window, &s->input, s->pos, 1);
	if (in->state == INPUT_FAILED)
		return reader_stop(s, SOURCE_FAILED, _("%s: %s (after packet %llu)"),
			s->path, in->trouble, after);
	if (in->state == INPUT_GOOD && (!have || (in->growing && !in->complete)))
		return SOURCE_END;
	if (in->state == INPUT_DAMAGED)
		return reader_stop(s, SOURCE_DAMAGED, _("%s: %s, after packet %llu; all before it is shown"),
			s->path, in->trouble, after);
	if (in->state == INPUT_CUT)
		return reader_stop(s, SOURCE_CUT, _("%s is cut short: %s, after packet %llu; all before it "
			"is shown"), s->path, in->trouble, after);
	return reader_stop(s, SOURCE_CUT, _("%s is cut short: it ends in the middle of what begins at "
		"byte %llu, after packet %llu; all before it is shown"), s->path, at, after);
}

enum source_state reader_damaged(struct source *s, const char *what)
{
	unsigned long long after = s->frames, at = s->pos;
	return reader_stop(s, SOURCE_DAMAGED, _("%s is damaged at byte %llu, after packet %llu: %s; all "
		"before it is shown"), s->path, at, after, what);
}

/*
 * The most that Wireshark and libpcap take for a packet (wiretap/wtap.h, pcap-common.c): more than
 * that is a length that was damaged, and allocating for it would be what an attacker wants.
 */
uint32_t reader_max_packet(uint32_t link)
{
	switch (link) {
	case 231:	/* D-Bus */
	case 189:	/* USB, Linux */
	case 220:	/* USB, Linux, memory-mapped */
	case 249:	/* USBPcap */
		return 128u << 20;
	case 279:	/* EBHSCR */
		return 8u << 20;
	default:
		return 256u << 10;
	}
}

void *reader_grow(void *array, size_t count, size_t *room, size_t record)
{
	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 8;
	return xrealloc(array, *room * record);
}

/* The first four bytes tell the format (pcap: draft-ietf-opsawg-pcap section 4; pcapng: 4.1). */
static bool known_format(struct source *s, const uint8_t *head, size_t n)
{
	static const uint32_t magics[] = {
		0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0x1c0001ac, 0x1c0001ab
	};
	if (n < 4)
		return false;
	uint32_t magic = reader_u32(head, false);
	s->kind = magic == 0x0a0d0d0a ? SOURCE_PCAPNG : SOURCE_PCAP;
	bool known = s->kind == SOURCE_PCAPNG;
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		known |= magic == magics[i] || magic == __builtin_bswap32(magics[i]);
	return known;
}

struct source *source_open(const char *path, struct err *err)
{
	struct source *s = xcalloc(1, sizeof *s);
	s->window.normal = WINDOW_SIZE;
	s->window.lead = WINDOW_LEAD;
	s->side.normal = WINDOW_SIDE;
	bool opened = input_open(&s->input, path, err) == 0;
	s->path = xstrdup(strcmp(path, "-") == 0 ? _("standard input") : path);
	if (!opened)
		goto fail;

	uint8_t head[16];
	size_t n = input_read(&s->input, 0, head, sizeof head, 4);
	if (n == 0 && s->input.state != INPUT_GOOD) {
		err_set(err, "%s: %s", s->path, s->input.trouble);
		goto fail;
	}
	if (n == 0) {
		err_set(err, _("%s is empty when unpacked: nothing was captured"), s->path);
		goto fail;
	}
	if (!known_format(s, head, n)) {
		not_a_capture(s->path, head, n, err);
		goto fail;
	}
	if (s->kind == SOURCE_PCAP)
		pcap_start(s);
	return s;
fail:
	source_close(s);
	return NULL;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	window_free(&s->window);
	window_free(&s->side);
	input_close(&s->input);
	for (size_t i = 0; i < s->n_ifaces; i++) {
		free(s->ifaces[i].name);
		free(s->ifaces[i].description);
	}
	for (size_t i = 0; i < s->n_comments; i++)
		free(s->comments[i].text);
	for (size_t i = 0; i < s->n_secrets; i++)
		free((void *)(uintptr_t)s->secrets[i].bytes);
	free(s->ifaces);
	free(s->comments);
	free(s->secrets);
	free(s->sections);
	free(s->section_comment);
	free(s->record);
	free(s->path);
	free(s);
}

enum source_state source_next(struct source *s, struct frame *frame)
{
	if (s->stopped != SOURCE_FRAME)
		return s->stopped;
	return s->kind == SOURCE_PCAP ? pcap_next(s, frame) : pcapng_next(s, frame);
}

bool source_read_at(struct source *s, uint64_t where, struct frame *frame)
{
	return s->kind == SOURCE_PCAP ? pcap_read_at(s, where, frame)
		: pcapng_read_at(s, where, frame);
}

void source_rewind(struct source *s)
{
	s->pos = s->kind == SOURCE_PCAP && s->pcap.ready ? s->pcap.start : 0;
	s->section = 0;
	s->frames = 0;
	s->stopped = SOURCE_FRAME;
	s->trouble[0] = '\0';
}

void source_set_growing(struct source *s, bool growing)
{
	input_set_growing(&s->input, growing);
	if (growing && s->stopped == SOURCE_CUT && s->input.state == INPUT_GOOD) {
		s->stopped = SOURCE_FRAME;
		s->trouble[0] = '\0';
	}
}

bool source_complete(const struct source *s)
{
	return s->input.spooled ? s->input.complete : !s->input.growing;
}

void source_collect(struct source *s, uint64_t frames)
{
	struct frame frame;
	source_rewind(s);
	if (s->kind == SOURCE_PCAP)	/* it has nothing to collect */
		return;
	while (frames-- && source_next(s, &frame) == SOURCE_FRAME)
		;
	source_rewind(s);
}

const char *source_trouble(const struct source *s)
{
	return s->stopped == SOURCE_FRAME ? NULL : s->trouble;
}

const char *source_left_out(const struct source *s)
{
	return s->left_out_text[0] ? s->left_out_text : NULL;
}

enum source_kind source_kind(const struct source *s)
{
	return s->kind;
}

const char *source_path(const struct source *s)
{
	return s->path;
}

uint64_t source_size(const struct source *s)
{
	return s->input.spooled ? s->input.packed_size : s->input.end;
}

uint64_t source_position(const struct source *s)
{
	const struct input *in = &s->input;
	if (!in->packed_size)
		return s->pos;
	if (!in->complete)
		return in->taken;
	return in->end ? (uint64_t)((double)in->packed_size * (double)s->pos / (double)in->end) : 0;
}

size_t source_n_ifaces(const struct source *s)
{
	return s->n_ifaces;
}

const struct source_iface *source_iface(const struct source *s, uint32_t iface)
{
	return iface < s->n_ifaces ? &s->ifaces[iface].shown : NULL;
}

size_t source_n_secrets(const struct source *s)
{
	return s->n_secrets;
}

const struct source_secret *source_secret(const struct source *s, size_t i)
{
	return i < s->n_secrets ? &s->secrets[i] : NULL;
}

const char *source_record(const struct source *s, size_t *n)
{
	*n = s->record_len;
	return s->record;
}

const char *source_section_comment(const struct source *s)
{
	return s->section_comment;
}

const char *source_comment(const struct source *s, uint32_t number)
{
	return number < s->n_comments ? s->comments[number].text : NULL;
}

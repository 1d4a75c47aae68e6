/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pcap format: draft-ietf-opsawg-pcap, and its older relatives as far as they are seen. */
#include "capture/reader.h"
#include "fmt/i18n.h"

enum pcap_lengths { IN_ORDER, MAYBE_SWAPPED, SWAPPED };

/* A file header (section 4): 24 bytes; records (section 5): 16 bytes of header. */
struct variant { uint32_t magic; bool nano; uint8_t more_start, more_head; };

static const struct variant variants[] = {
	{ .magic = 0xa1b2c3d4 },
	{ .magic = 0xa1b23c4d, .nano = true },
	/* A patched libpcap of 1999: interface index, protocol and packet type behind each header. */
	{ .magic = 0xa1b2cd34, .more_head = 8 },
	/* Ixia: the number of bytes that follow, at the end of the file header. */
	{ .magic = 0x1c0001ac, .nano = true, .more_start = 4 },
	{ .magic = 0x1c0001ab, .more_start = 4 },
};

/*
 * Before version 2.3 the two lengths of a record stood the other way round, and some writers of
 * 2.3 (and DG/UX's 543.0) kept to that.
 */
static enum pcap_lengths lengths_of(uint16_t major, uint16_t minor)
{
	if ((major == 2 && minor < 3) || major == 543)
		return SWAPPED;
	return major == 2 && minor == 3 ? MAYBE_SWAPPED : IN_ORDER;
}

static void take_variant(struct reader_pcap *p, uint32_t magic)
{
	for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
		const struct variant *v = &variants[i];
		if (magic != v->magic && magic != __builtin_bswap32(v->magic))
			continue;
		p->swapped = magic != v->magic;
		p->nano = v->nano;
		p->start = (uint8_t)(24 + v->more_start);
		p->head = (uint8_t)(16 + v->more_head);
	}
}

void pcap_start(struct source *s)
{
	struct reader_pcap *p = &s->pcap;
	uint8_t b[28];
	size_t n = input_read(&s->input, 0, b, sizeof b, 24);
	if (n < 24)
		return;
	take_variant(p, reader_u32(b, false));
	if (n < p->start)
		return;
	uint16_t major = reader_u16(b + 4, p->swapped), minor = reader_u16(b + 6, p->swapped);
	uint32_t link = reader_u32(b + 20, p->swapped);
	if (major < 2) {
		reader_stop(s, SOURCE_DAMAGED, _("%s: pcap version %u.%u is not known"), s->path,
			major, minor);
		return;
	}
	/* Section 4: the link type is 16 bits; four FCS bits and two flags above 10 that are zero. */
	if (link & 0x03ff0000) {
		reader_stop(s, SOURCE_DAMAGED, _("%s: the link type in its header (0x%08x) "
			"cannot be"), s->path, (unsigned)link);
		return;
	}
	p->lengths = (uint8_t)lengths_of(major, minor);
	p->link = link & 0xffff;
	p->max = reader_max_packet(p->link);
	p->ready = true;
	s->pos = p->start;
	if (s->n_ifaces)
		return;
	s->ifaces = reader_grow(s->ifaces, 0, &s->room_ifaces, sizeof *s->ifaces);
	s->ifaces[s->n_ifaces++] = (struct reader_iface){ .shown = {
		.link = p->link, .snaplen = reader_u32(b + 16, p->swapped),
		.received = UINT64_MAX, .dropped = UINT64_MAX } };
}

/* The record whose header is h; the bytes behind it are not there yet. */
static inline void take_head(const struct reader_pcap *p, const uint8_t *h, struct frame *frame)
{
	uint32_t seconds = reader_u32(h, p->swapped), fraction = reader_u32(h + 4, p->swapped);
	uint32_t caplen = reader_u32(h + 8, p->swapped), len = reader_u32(h + 12, p->swapped);
	if (p->lengths != IN_ORDER && (p->lengths == SWAPPED || caplen > len)) {
		uint32_t other = caplen;
		caplen = len;
		len = other;
	}
	*frame = (struct frame){
		.time = (int64_t)seconds * 1000000000 + (int64_t)fraction * (p->nano ? 1 : 1000),
		.has_time = true,
		.caplen = caplen,
		.len = len < caplen ? caplen : len,
		.link = p->link
	};
}

enum source_state pcap_next(struct source *s, struct frame *frame)
{
	const struct reader_pcap *p = &s->pcap;
	if (!p->ready) {
		pcap_start(s);
		if (s->stopped != SOURCE_FRAME)
			return s->stopped;
		if (!p->ready) {
			(void)window_get(&s->window, &s->input, 0, 24);
			return reader_short(s);
		}
	}
	const uint8_t *h = window_get(&s->window, &s->input, s->pos, p->head);
	if (!h)
		return reader_short(s);
	take_head(p, h, frame);
	if (frame->caplen > p->max)
		return reader_damaged(s, _("a packet cannot be as long as its header says"));
	size_t size = (size_t)p->head + frame->caplen;
	h = window_get(&s->window, &s->input, s->pos, size);
	if (!h)
		return reader_short(s);
	frame->where = s->pos;
	frame->bytes = h + p->head;
	s->pos += size;
	s->frames++;
	window_soon(&s->window, s->pos);
	return SOURCE_FRAME;
}

bool pcap_read_at(struct source *s, uint64_t where, struct frame *frame)
{
	const struct reader_pcap *p = &s->pcap;
	const uint8_t *h = p->ready && where >= p->start
		? window_get(&s->side, &s->input, where, p->head) : NULL;
	if (!h)
		return false;
	take_head(p, h, frame);
	if (frame->caplen > p->max)
		return false;
	h = window_get(&s->side, &s->input, where, (size_t)p->head + frame->caplen);
	if (!h)
		return false;
	frame->where = where;
	frame->bytes = h + p->head;
	return true;
}

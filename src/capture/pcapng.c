/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pcapng format: draft-ietf-opsawg-pcapng. A block: type, total length, body, total length
 * again. What the blocks say beside packets is collected once, when the file is first read there.
 */
#include <string.h>

#include "capture/pcapng.h"
#include "capture/reader.h"
#include "fmt/i18n.h"

enum {
	MAX_BLOCK = 129 << 20,	/* the biggest packet and its options; what Wireshark takes */
	MAX_SMALL = 16 << 20	/* a block that is options mostly */
};

/* ---- sections and interfaces --------------------------------------------------------------- */

/* The interfaces of the section: from first_iface up to this. */
static size_t iface_limit(const struct source *s, size_t section)
{
	return section + 1 < s->n_sections ? s->sections[section + 1].first_iface : s->n_ifaces;
}

/* Interface `id` of a section, for a block at `where`; NULL when no block before describes it. */
static inline const struct reader_iface *find_iface(const struct source *s, size_t section,
	uint64_t where, uint32_t id)
{
	size_t i = (size_t)s->sections[section].first_iface + id;
	if (i >= iface_limit(s, section) || s->ifaces[i].where >= where)
		return NULL;
	return &s->ifaces[i];
}

static size_t find_section(const struct source *s, uint64_t where)
{
	size_t low = 0, high = s->n_sections;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (s->sections[middle].where <= where)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * if_tsresol (section 4.2): 10^-n, or 2^-n with the high bit set. Units a second beyond what 64 bits
 * hold are made coarser first; what is lost is less than a nanosecond.
 */
static int64_t nanoseconds(uint64_t t, uint8_t resolution, int64_t offset)
{
	uint64_t seconds = 0, fraction = t;
	unsigned n = resolution & 0x7f;
	if (resolution & 0x80) {
		seconds = n < 64 ? t >> n : 0;
		fraction = n < 64 ? t & (((uint64_t)1 << n) - 1) : t;
		if (n > 30)
			fraction = n - 30 < 64 ? fraction >> (n - 30) : 0;
		fraction = fraction * 1000000000 >> (n < 30 ? n : 30);
	} else {
		uint64_t units = 1;
		for (unsigned i = 0; i < n && i < 19; i++)
			units *= 10;
		seconds = n <= 19 ? t / units : 0;
		fraction = n <= 19 ? t % units : t;
		for (; n < 9; n++)
			fraction *= 10;
		for (; n > 9 && fraction; n--)
			fraction /= 10;
	}
	int64_t sum;
	if (seconds > INT64_MAX / 1000000000 - 1)
		return INT64_MAX;
	if (__builtin_add_overflow((int64_t)seconds, offset, &sum)
		|| __builtin_mul_overflow(sum, (int64_t)1000000000, &sum)
		|| __builtin_add_overflow(sum, (int64_t)fraction, &sum))
		return offset < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static inline int64_t time_of(const struct reader_iface *iface, const uint8_t *p, bool swapped)
{
	uint64_t t = (uint64_t)reader_u32(p, swapped) << 32 | reader_u32(p + 4, swapped);
	if (iface->offset == 0 && iface->resolution == 9 && t <= INT64_MAX)
		return (int64_t)t;
	if (iface->offset == 0 && iface->resolution == 6 && t <= INT64_MAX / 1000)
		return (int64_t)t * 1000;
	return nanoseconds(t, iface->resolution, iface->offset);
}

/* ---- packets ------------------------------------------------------------------------------- */

static inline bool is_packet(uint32_t type)
{
	return type == PCAPNG_EPB || type == PCAPNG_SPB || type == PCAPNG_PB;
}

/* What stands among the packets with a number: LINK_NO_PACKET. Huge ones are passed over. */
static inline bool is_record(const struct block *b)
{
	return (b->type == PCAPNG_CUSTOM || b->type == PCAPNG_CUSTOM_STAY
		|| b->type == PCAPNG_JOURNAL) && b->total <= 256u << 10;
}

static const char *take_record(const struct block *b, struct frame *frame)
{
	uint32_t head = b->type == PCAPNG_JOURNAL ? 8 : 12;	/* a Custom Block names its owner */
	if (b->total < head + 4)
		return N_("a block's length is wrong");
	*frame = (struct frame){
		.where = b->where, .bytes = b->bytes + head, .caplen = b->total - head - 4,
		.len = b->total - head - 4, .link = LINK_NO_PACKET
	};
	return NULL;
}

/* A Simple Packet Block (section 4.4): no time, and the interface is the section's first. */
static const char *take_simple(const struct source *s, size_t section, const struct block *b,
	struct frame *frame)
{
	const struct reader_iface *iface = find_iface(s, section, b->where, 0);
	if (b->total < 16)
		return N_("a packet block is shorter than its head");
	if (!iface)
		return N_("a packet names an interface that was not described");
	uint32_t len = reader_u32(b->bytes + 8, b->swapped), caplen = len;
	if (iface->shown.snaplen && caplen > iface->shown.snaplen)
		caplen = iface->shown.snaplen;
	if (caplen > b->total - 16 || caplen > reader_max_packet(iface->shown.link))
		return N_("a packet is longer than its block, or than any can be");
	if (b->total - 16 - caplen > 3)		/* it has no options */
		return N_("a packet is shorter than its block");
	*frame = (struct frame){
		.where = b->where, .bytes = b->bytes + 12, .caplen = caplen, .len = len,
		.link = iface->shown.link, .iface = s->sections[section].first_iface
	};
	return NULL;
}

/*
 * An Enhanced Packet Block (section 4.3), or the obsolete Packet Block that differs in where the
 * interface stands. Its options begin at *options. NULL, or what is wrong.
 */
static inline const char *take_packet(const struct source *s, size_t section,
	const struct block *b, struct frame *frame, uint32_t *options)
{
	*options = b->total - 4;
	if (b->type == PCAPNG_SPB)
		return take_simple(s, section, b, frame);
	if (!is_packet(b->type))
		return take_record(b, frame);
	if (b->total < 32)
		return N_("a packet block is shorter than its head");
	uint32_t id = b->type == PCAPNG_EPB ? reader_u32(b->bytes + 8, b->swapped)
		: reader_u16(b->bytes + 8, b->swapped);
	const struct reader_iface *iface = find_iface(s, section, b->where, id);
	if (!iface)
		return N_("a packet names an interface that was not described");
	uint32_t caplen = reader_u32(b->bytes + 20, b->swapped);
	uint32_t len = reader_u32(b->bytes + 24, b->swapped);
	if (caplen > b->total - 32
		|| (caplen > 256u << 10 && caplen > reader_max_packet(iface->shown.link)))
		return N_("a packet is longer than its block, or than any can be");
	*options = 28 + ((caplen + 3) & ~(uint32_t)3);
	*frame = (struct frame){
		.where = b->where,
		.time = time_of(iface, b->bytes + 12, b->swapped),
		.has_time = true,
		.bytes = b->bytes + 28,
		.caplen = caplen,
		.len = len < caplen ? caplen : len,
		.link = iface->shown.link,
		.iface = (uint32_t)(iface - s->ifaces)
	};
	return NULL;
}

/* ---- blocks -------------------------------------------------------------------------------- */

/* The section whose header block this is becomes the current one. */
static const char *enter_section(struct source *s, const struct block *b)
{
	/* Section 4.1: major 1, minor 0; 2 was written by mistake and means the same. */
	uint16_t major = reader_u16(b->bytes + 12, b->swapped);
	uint16_t minor = reader_u16(b->bytes + 14, b->swapped);
	if (major != 1 || (minor != 0 && minor != 2))
		return N_("a section's version is not known");
	size_t next = s->n_sections ? s->section + 1 : 0;
	if (s->n_sections && s->sections[s->section].where == b->where)
		return NULL;
	if (next == s->n_sections) {
		if (next == READER_MAX_SECTIONS)
			return N_("there are too many sections");
		s->sections = reader_grow(s->sections, next, &s->room_sections, sizeof *s->sections);
		s->sections[s->n_sections++] = (struct reader_section){ .where = b->where,
			.first_iface = (uint32_t)s->n_ifaces, .swapped = b->swapped };
	}
	s->section = next;
	return NULL;
}

/*
 * The head of the block at a place. Returns false when it is not there (*why is NULL) or cannot be.
 * A Section Header Block brings its own byte order (section 4.1: the byte-order magic).
 */
static inline bool take_head(struct source *s, struct window *w, size_t section, struct block *b,
	const char **why)
{
	*why = NULL;
	const uint8_t *h = window_get(w, &s->input, b->where, 12);
	if (!h)
		return false;
	b->swapped = s->n_sections && s->sections[section].swapped;
	b->type = reader_u32(h, b->swapped);
	if (b->type == PCAPNG_SHB) {
		uint32_t magic = reader_u32(h + 8, false);
		b->swapped = magic != 0x1a2b3c4d;
		if (b->swapped && magic != 0x4d3c2b1a)
			*why = N_("a section's byte-order magic is wrong");
	}
	/* Section 3.1 wants a multiple of 4; some writers pad and leave the padding out of the count. */
	b->said = reader_u32(h + 4, b->swapped);
	b->total = (b->said + 3) & ~(uint32_t)3;
	if (!*why && b->total < 12)
		*why = N_("a block's length is wrong");
	return !*why;
}

/* The whole block, or only its end when nobody wants the rest; checks the length at its end. */
static inline bool take_body(struct source *s, struct window *w, struct block *b, bool whole,
	const char **why)
{
	const uint8_t *end = whole ? window_get(w, &s->input, b->where, b->total)
		: window_get(w, &s->input, b->where + b->total - 4, 4);
	if (!end)
		return false;
	b->bytes = whole ? end : NULL;
	if (whole)
		end += b->total - 4;
	if (reader_u32(end, b->swapped) == b->said)
		return true;
	*why = N_("a block's two lengths differ");
	return false;
}

/* Blocks that are read whole; of others only the lengths are looked at. */
static inline bool wanted(const struct source *s, const struct block *b, const char **why)
{
	if (is_packet(b->type)) {
		if (b->total > MAX_BLOCK)
			*why = N_("a packet block is too long");
		return true;
	}
	switch (b->type) {
	case PCAPNG_SHB:
	case PCAPNG_IDB:
	case PCAPNG_ISB:
		if (b->total > MAX_SMALL)
			*why = N_("a block of options is too long");
		return true;
	case PCAPNG_DSB:
	case PCAPNG_RECORD:
		return b->where >= s->known && b->total <= READER_MAX_KEPT;
	default:
		return is_record(b);
	}
}

/* What a block says that is no packet. */
static const char *take_other(struct source *s, const struct block *b)
{
	const char *why = b->type == PCAPNG_SHB && b->total >= 28 ? enter_section(s, b) : NULL;
	if (why || b->where < s->known)
		return why;
	switch (b->type) {
	case PCAPNG_SHB:
		return pcapng_section(s, b);
	case PCAPNG_IDB:
		return pcapng_interface(s, b);
	case PCAPNG_ISB:
		return pcapng_statistics(s, b);
	case PCAPNG_DSB:
		return pcapng_secrets(s, b);
	case PCAPNG_RECORD:
		return pcapng_take_record(s, b);
	default:
		return NULL;
	}
}

enum source_state pcapng_next(struct source *s, struct frame *frame)
{
	for (;;) {
		struct block b = { .where = s->pos };
		const char *why;
		if (!take_head(s, &s->window, s->section, &b, &why))
			return why ? reader_damaged(s, _(why)) : reader_short(s);
		bool whole = wanted(s, &b, &why);
		if (why || !take_body(s, &s->window, &b, whole, &why))
			return why ? reader_damaged(s, _(why)) : reader_short(s);
		window_soon(&s->window, s->pos + b.total);
		bool packet = is_packet(b.type) || is_record(&b);
		uint32_t options;
		if (packet)
			why = take_packet(s, s->section, &b, frame, &options);
		else
			why = take_other(s, &b);
		if (packet && !why && options < b.total - 4)
			why = pcapng_comment(s, &b, options, &frame->comment);
		if (why)
			return reader_damaged(s, _(why));
		s->pos += b.total;
		if (s->pos > s->known)
			s->known = s->pos;
		if (packet) {
			s->frames++;
			return SOURCE_FRAME;
		}
	}
}

bool pcapng_read_at(struct source *s, uint64_t where, struct frame *frame)
{
	if (!s->n_sections)
		return false;
	struct block b = { .where = where };
	size_t section = find_section(s, where);
	const char *why;
	uint32_t options;
	if (!take_head(s, &s->side, section, &b, &why) || b.total > MAX_BLOCK
		|| (!is_packet(b.type) && !is_record(&b)))
		return false;
	if (!take_body(s, &s->side, &b, true, &why)
		|| take_packet(s, section, &b, frame, &options))
		return false;
	frame->comment = options < b.total - 4 ? pcapng_comment_at(s, where) : 0;
	return true;
}

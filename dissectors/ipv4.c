/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IPv4: RFC 791. Options stand in ipv4_options.c, the fields in ipv4_fields.c. */
#include "ipv4.h"

#include "checksum.h"

enum { FLAG_MORE = 0x2000, OFFSET_MASK = 0x1fff };

static const struct field *const f = ipv4_fields;

struct header {
	unsigned hlen, total, id, flags_offset;
	uint8_t proto, ttl;
};

static void read_services(struct dissect *d, struct cursor *c)
{
	uint8_t raw = take_u8(d, c, &f[IP_DSFIELD]);
	tree_in(d);
	put_bits(d, &f[IP_DSCP], raw);
	put_bits(d, &f[IP_ECN], raw);
	tree_out(d);
}

static uint16_t read_flags(struct dissect *d, struct cursor *c)
{
	uint16_t both = take_u16(d, c, NULL);
	if (!want_fields(d))
		return both;
	struct range two = d->last, one = two;
	one.len = one.len ? 1 : 0;
	uint8_t raw = (uint8_t)(both >> 8);
	put_uint(d, &f[IP_FLAGS], one, raw >> 5);
	tree_in(d);
	put_bits(d, &f[IP_FLAG_RB], raw);
	put_bits(d, &f[IP_FLAG_DF], raw);
	put_bits(d, &f[IP_FLAG_MF], raw);
	tree_out(d);
	put_uint(d, &f[IP_FRAG_OFFSET], two, (both & OFFSET_MASK) * 8u);
	return both;
}

/*
 * With a source route that is not used up the destination is its last address, and the header's
 * field the next stop. Here c stands before the addresses, in front of the options.
 */
static const uint8_t *route_end(const struct cursor *c, unsigned options)
{
	struct cursor all = *c;
	cur_skip(&all, 8);
	all = cur_sub(&all, options);
	uint32_t end = cur_left(&all) ? ipv4_route_end(&all) : 0;
	cur_skip(&all, end);
	return end ? cur_peek(&all, 4) : NULL;
}

static void read_addresses(struct dissect *d, struct cursor *c, unsigned options)
{
	const uint8_t *end = options ? route_end(c, options) : NULL;
	const uint8_t *src = take_ipv4(d, c, &f[IP_SRC]);
	const uint8_t *dst = take_ipv4(d, c, &f[end ? IP_CUR_RT : IP_DST]);
	dst = end ? end : dst;
	if (!cur_ok(c) || d->quoted)
		return;
	memcpy(d->src.bytes, src, 4);
	memcpy(d->dst.bytes, dst, 4);
	d->src.len = d->dst.len = 4;
}

static enum verdict read_header(struct dissect *d, struct cursor *c, struct header *h)
{
	struct cursor whole = *c;
	uint8_t first = take_u8(d, c, NULL);
	put_bits(d, &f[IP_VERSION], first);
	h->hlen = (first & 15u) * 4;
	put_uint(d, &f[IP_HDR_LEN], d->last, h->hlen);
	if (cur_ok(c) && (first >> 4 != 4 || h->hlen < 20)) {
		info_set(d, first >> 4 != 4 ? "Bogus IPv4 version (%d, must be 4)" :
			 "Bogus IP header length (%d, must be at least 20)",
			 first >> 4 != 4 ? first >> 4 : (int)h->hlen);
		return MALFORMED;
	}
	read_services(d, c);
	h->total = take_u16(d, c, &f[IP_LEN]);
	if (cur_ok(c) && h->total && h->total < h->hlen) {
		info_set(d, "Bogus IP length (%u, less than header length %u)", h->total, h->hlen);
		return MALFORMED;
	}
	h->id = take_u16(d, c, &f[IP_ID]);
	h->flags_offset = read_flags(d, c);
	h->ttl = take_u8(d, c, &f[IP_TTL]);
	h->proto = take_u8(d, c, &f[IP_PROTO]);
	(void)take_u16(d, c, &f[IP_CHECKSUM]);
	if (want_fields(d) && cur_ok(c)) {
		(void)cur_trim(&whole, h->hlen);
		if (cur_left(&whole) < h->hlen)
			whole.lost += (uint32_t)(h->hlen - cur_left(&whole));
		checksum_plain(d, &whole, &f[IP_CHECKSUM_STATUS]);
	}
	read_addresses(d, c, h->hlen - 20);
	if (cur_ok(c) && h->hlen > 20) {
		struct cursor options = cur_sub(c, h->hlen - 20);
		if (want_fields(d))
			ipv4_options(d, &options);
	}
	return cur_ok(c) ? NEXT : verdict_of(c);
}

/* Puts the end of the packet where its length says; false when there is less than it says. */
static bool trim(struct dissect *d, struct cursor *c, const struct header *h)
{
	if (!h->total) {
		d->bad_offload = true;
		note(d, NOTE_LENGTH_OFFLOADED);
		return true;
	}
	if (cur_trim(c, h->total - h->hlen))
		return !c->lost;
	if (d->quoted)	/* only a piece was quoted: the rest is missing, not a lie */
		c->lost = (uint32_t)(h->total - h->hlen - cur_left(c));
	note_malformed(d);
	return false;
}

/* True when what follows the header can be read: no fragment, or the last one missing. */
static bool whole(struct dissect *d, struct cursor *c, const struct header *h, bool complete)
{
	unsigned offset = (h->flags_offset & OFFSET_MASK) * 8u;
	bool more = h->flags_offset & FLAG_MORE;
	if (!offset && !more)
		return true;
	/* The first piece shows the ports; what is quoted or cut is never put together. */
	if (d->quoted)
		return !offset;
	if (!complete) {
		d->fragment = true;
		note(d, NOTE_FRAGMENT);
		return !offset;
	}
	return defragment(d, c, h->id, offset, more);
}

static enum verdict ipv4(struct dissect *d, struct cursor *c)
{
	struct header h = { 0 };
	const uint8_t *p = cur_peek(c, 1);
	if (p && p[0] >> 4 == 6)	/* whoever named it IPv4 was wrong */
		return next_is(d, &proto_ipv6);
	enum verdict v = read_header(d, c, &h);
	if (v != NEXT)
		return v;
	if (!d->quoted) {
		d->ttl = h.ttl;
		d->ip_proto = h.proto;
	}
	bool complete = trim(d, c, &h);
	if (want_info(d)) {
		const char *name = value_name(ip_proto_names, h.proto);
		info_set(d, "%s (%u)", name ? name : "Unknown", h.proto);
	}
	if (!whole(d, c, &h, complete)) {
		if (want_info(d)) {
			const char *name = value_name(ip_proto_names, h.proto);
			info_set(d, "Fragmented IP protocol (proto=%s %u, off=%u, ID=%04x)",
				 name ? name : "Unknown", h.proto,
				 (h.flags_offset & OFFSET_MASK) * 8u, h.id);
		}
		return DONE;
	}
	return next_by(d, BY_IPPROTO, h.proto);
}

static const struct binding binds[] = {
	{ BY_ETHERTYPE, ETHERTYPE_IP }, { BY_LINK, 228 }, { BY_IPPROTO, 4 }, { BY_LLC, 0x06 }
};

const struct protocol proto_ipv4 = {
	.name = "ip",
	.title = "Internet Protocol Version 4",
	.help = N_("The network layer: it brings a packet from one end of the Internet to the other. "
		   "The header says which station sent it and which one it is for; every router on "
		   "the way looks only at the destination, decides where to send it next, and takes "
		   "one off the time to live. It is connectionless: each packet finds its own way, "
		   "and nobody promises that it arrives."),
	.osi = OSI(3),
	.fields = ipv4_fields,
	.n_fields = IP_FIELDS,
	BINDS(binds),
	.packet = ipv4,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ethernet: DIX version 2 and IEEE 802.3. The two bytes behind the addresses are a type from 1536
 * on, a length up to 1500 (then LLC follows, or Novell's raw IPX), and nothing between.
 *
 * Behind the packet there may be padding (a frame has at least 60 bytes without its check
 * sequence), a trailer (switches and taps put something there) and the frame check sequence,
 * which capturing rarely sees: it is only believed where it is right.
 */
#include "net.h"

enum { LINK_ETHERNET = 1 };

enum {
	ETH_DST, ETH_DST_LG, ETH_DST_IG, ETH_SRC, ETH_SRC_LG, ETH_SRC_IG, ETH_TYPE, ETH_LEN,
	ETH_INVALID, ETH_PADDING, ETH_TRAILER, ETH_FCS, ETH_FCS_STATUS
};

static const struct value_name fcs_status[] = { { 1, N_("Good") }, { 0, NULL } };

static const struct field f[] = {
	[ETH_DST] = { "eth.dst", N_("Destination"), F_MAC, 0, NULL,
		N_("The station on this link that the frame is for. For a packet to a far away "
		   "address this is the gateway, not the server: MAC addresses only reach to the "
		   "next hop. ff:ff:ff:ff:ff:ff is everybody on the link.") },
	[ETH_DST_LG] = { "eth.dst.lg", N_("Locally administered"), F_BOOL, 0x020000, NULL,
		N_("1: somebody made this address up (virtual machines, privacy addresses); "
		   "0: the manufacturer gave it out and it is unique in the world.") },
	[ETH_DST_IG] = { "eth.dst.ig", N_("Group address"), F_BOOL, 0x010000, NULL,
		N_("1: for a group of stations (multicast, broadcast); 0: for a single one.") },
	[ETH_SRC] = { "eth.src", N_("Source"), F_MAC, 0, NULL,
		N_("The station on this link that sent the frame: the gateway, for what comes from "
		   "far away.") },
	[ETH_SRC_LG] = { "eth.src.lg", N_("Locally administered"), F_BOOL, 0x020000, NULL, NULL },
	[ETH_SRC_IG] = { "eth.src.ig", N_("Group address"), F_BOOL, 0x010000, NULL,
		N_("A sender is always a single station, so this is 0.") },
	[ETH_TYPE] = { "eth.type", N_("Type"), F_HEX, 0, ethertype_names,
		N_("What the frame carries: 0x0800 is IPv4, 0x86dd IPv6, 0x0806 ARP.") },
	[ETH_LEN] = { "eth.len", N_("Length"), F_UINT, 0, NULL,
		N_("A value up to 1500 is no type but the length of the payload (IEEE 802.3).") },
	[ETH_INVALID] = { "eth.invalid_lentype", N_("Neither length nor type"), F_HEX, 0, NULL,
		N_("Values from 1501 to 1535 have no meaning.") },
	[ETH_PADDING] = { "eth.padding", N_("Padding"), F_BYTES, 0, NULL,
		N_("Filler: an Ethernet frame has at least 60 bytes (64 with its check "
		   "sequence).") },
	[ETH_TRAILER] = { "eth.trailer", N_("Trailer"), F_BYTES, 0, NULL,
		N_("Bytes behind the end that the packet itself gives.") },
	[ETH_FCS] = { "eth.fcs", N_("Frame check sequence"), F_HEX, 0, NULL,
		N_("A CRC-32 over the frame, with which the receiver finds damage. Network cards "
		   "check it and throw it away; this capture still holds it.") },
	[ETH_FCS_STATUS] = { "eth.fcs.status", N_("Check sequence status"), F_UINT, 0, fcs_status,
		NULL },
};

/* CRC-32 of IEEE 802.3, four bits at a time. */
static uint32_t crc32_of(const uint8_t *p, size_t n)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
	};
	uint32_t crc = 0xffffffff;
	while (n--) {
		crc ^= *p++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static bool all_zero(const struct cursor *c, size_t n)
{
	const uint8_t *p = cur_peek(c, n);
	for (size_t i = 0; p && i < n; i++)
		if (p[i])
			return false;
	return p;
}

/* The frame's last four bytes are its check sequence, if they are right. */
static bool ends_with_fcs(const struct cursor *behind)
{
	size_t n = cur_off(behind) + cur_left(behind) - 4;
	const uint8_t *last = behind->end - 4;
	return crc32_of(behind->base, n) == ((uint32_t)last[3] << 24 | (uint32_t)last[2] << 16 |
					     (uint32_t)last[1] << 8 | last[0]);
}

void put_behind(struct dissect *d, struct cursor *c, size_t length, const struct field *trailer)
{
	if (!want_fields(d) || length >= cur_left(c))
		return;
	struct cursor behind = *c;
	cur_skip(&behind, length);
	(void)cur_trim(c, length);
	size_t left = cur_left(&behind), end = cur_off(&behind);
	bool fcs = left >= 4 && !behind.lost && d->link == LINK_ETHERNET && !behind.buffer &&
		ends_with_fcs(&behind);
	left -= fcs ? 4 : 0;
	size_t padding = end + cur_wire(&behind) >= 60 && end < 60 ? 60 - end : 0;
	padding = padding < left ? padding : left;
	if (padding && all_zero(&behind, padding)) {
		(void)take_bytes(d, &behind, padding, &f[ETH_PADDING]);
		left -= padding;
	}
	if (left)
		(void)take_bytes(d, &behind, left, trailer);
	if (fcs) {
		(void)take_le(d, &behind, 4, &f[ETH_FCS]);
		put_uint(d, &f[ETH_FCS_STATUS], (struct range){ 0 }, 1);
	}
}

static void put_mac_bits(struct dissect *d, const uint8_t *mac, const struct field *bits)
{
	if (!want_fields(d) || !mac)
		return;
	uint32_t raw = (uint32_t)mac[0] << 16;
	tree_in(d);
	put_bits(d, &bits[0], raw);
	put_bits(d, &bits[1], raw);
	tree_out(d);
}

/* The two bytes were a length: 802.2 LLC follows, or IPX right away. */
static enum verdict length_follows(struct dissect *d, struct cursor *c, uint16_t length)
{
	if (length <= cur_wire(c)) {
		put_behind(d, c, length, &f[ETH_TRAILER]);
		(void)cur_trim(c, length);
	}
	if (!cur_wire(c))
		return DONE;
	const uint8_t *p = cur_peek(c, 2);
	return next_is(d, p && p[0] == 0xff && p[1] == 0xff ? &proto_ipx : &proto_llc);
}

/* Switches of Cisco's mark their own frames by the address that they are sent to. */
static bool is_isl(const struct cursor *c)
{
	static const uint8_t group[4] = { 0x00, 0x0c, 0x00, 0x00 };
	const uint8_t *p = cur_peek(c, 40);
	return p && (p[0] == 1 || p[0] == 3) && !memcmp(p + 1, group, 4) &&
		(p[12] << 8 | p[13]) <= LENGTH_MAX + 64 && p[14] == 0xaa && p[15] == 0xaa;
}

static enum verdict ethernet(struct dissect *d, struct cursor *c)
{
	if (is_isl(c))
		return next_is(d, &proto_isl);
	const uint8_t *dst = take_mac(d, c, &f[ETH_DST]);
	put_mac_bits(d, dst, &f[ETH_DST_LG]);
	const uint8_t *src = take_mac(d, c, &f[ETH_SRC]);
	put_mac_bits(d, src, &f[ETH_SRC_LG]);
	const uint8_t *two = cur_peek(c, 2);
	unsigned type = two ? (unsigned)(two[0] << 8 | two[1]) : 0;
	bool is_length = two && type && type <= LENGTH_MAX;
	bool invalid = type > LENGTH_MAX && type < ETHERTYPE_MIN;
	(void)take_u16(d, c, &f[is_length ? ETH_LEN : invalid ? ETH_INVALID : ETH_TYPE]);
	if (!cur_ok(c))
		return verdict_of(c);
	memcpy(d->mac_dst.bytes, dst, 6);
	memcpy(d->mac_src.bytes, src, 6);
	d->mac_dst.len = d->mac_src.len = 6;
	if (want_info(d))
		info_set(d, "%s (0x%04x), %zu bytes", is_length ? "IEEE 802.3 Ethernet" :
			 "Ethernet II", type, cur_wire(c));
	if (is_length)
		return length_follows(d, c, (uint16_t)type);
	if (invalid)
		return DONE;
	if (want_fields(d))
		put_behind(d, c, packet_length(c, type), &f[ETH_TRAILER]);
	return next_ethertype(d, c, type);
}

static const struct binding binds[] = { { BY_LINK, LINK_ETHERNET } };

extern const struct protocol proto_ethernet;
const struct protocol proto_ethernet = {
	.name = "eth",
	.title = "Ethernet",
	.help = N_("The data link layer of most networks: it carries a packet to the next station on "
		   "the same link. A frame says which station it is for and which one sent it (MAC "
		   "addresses) and what it carries. At each router the frame is taken off and a new "
		   "one is put on: the MAC addresses change with every hop, the IP addresses stay."),
	.osi = OSI(1) | OSI(2),
	FIELDS(f),
	BINDS(binds),
	.packet = ethernet,
};

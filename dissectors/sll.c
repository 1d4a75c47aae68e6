/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Linux cooked capture, versions 1 and 2: what "-i any" writes instead of a link layer, since the
 * interfaces differ. It knows the sender's address and the direction, but no destination address.
 * https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and LINKTYPE_LINUX_SLL2.html
 */
#include "net.h"

enum {
	SLL_PKTTYPE, SLL_HATYPE, SLL_HALEN, SLL_SRC_ETH, SLL_SRC_IPV4, SLL_SRC_OTHER, SLL_UNUSED,
	SLL_LTYPE, SLL_GRETYPE, SLL_ETYPE, SLL_TRAILER, SLL_IFINDEX
};

enum { ARPHRD_GRE = 778, ARPHRD_NETLINK_ = 824 };

static const struct value_name packet_types[] = {
	{ 0, N_("Unicast to us") }, { 1, N_("Broadcast") }, { 2, N_("Multicast") },
	{ 3, N_("Unicast to another host") }, { 4, N_("Sent by us") },
	{ 0, NULL }
};

static const struct value_name linux_types[] = {
	{ 1, "Raw 802.3 (IPX)" }, { 4, "802.2 LLC" }, { 7, "PPP HDLC" }, { 0x0c, "CAN" },
	{ 0x0d, "CAN FD" }, { 0x11, "Irda LAP" }, { 0xf6, "IEEE 802.15.4" },
	{ 0, NULL }
};

static const struct field f[] = {
	[SLL_PKTTYPE] = { "sll.pkttype", N_("Packet type"), F_UINT, 0, packet_types,
		N_("Whether this machine sent the packet, or for whom it came in.") },
	[SLL_HATYPE] = { "sll.hatype", N_("Link-layer address type"), F_UINT, 0, arphrd_names,
		N_("What kind of interface it was: 1 is Ethernet, 772 the loopback.") },
	[SLL_HALEN] = { "sll.halen", N_("Link-layer address length"), F_UINT, 0, NULL, NULL },
	[SLL_SRC_ETH] = { "sll.src.eth", N_("Source"), F_MAC, 0, NULL,
		N_("The MAC address of the station that sent it. The destination's is not kept.") },
	[SLL_SRC_IPV4] = { "sll.src.ipv4", N_("Source"), F_IPV4, 0, NULL, NULL },
	[SLL_SRC_OTHER] = { "sll.src.other", N_("Source"), F_BYTES, 0, NULL, NULL },
	[SLL_UNUSED] = { "sll.unused", N_("Unused"), F_BYTES, 0, NULL, NULL },
	[SLL_LTYPE] = { "sll.ltype", N_("Protocol"), F_HEX, 0, linux_types, NULL },
	[SLL_GRETYPE] = { "sll.gretype", N_("Protocol"), F_HEX, 0, ethertype_names, NULL },
	[SLL_ETYPE] = { "sll.etype", N_("Protocol"), F_HEX, 0, ethertype_names,
		N_("What the packet is, as in the type of an Ethernet frame.") },
	[SLL_TRAILER] = { "sll.trailer", N_("Trailer"), F_BYTES, 0, NULL, NULL },
	[SLL_IFINDEX] = { "sll.ifindex", N_("Interface index"), F_UINT, 0, NULL,
		N_("The number of the interface on the machine that recorded it (\"ip link\").") },
};

/* Eight bytes for an address of which `len` count. */
static void address(struct dissect *d, struct cursor *c, unsigned len)
{
	len = len < 8 ? len : 8;
	const struct field *kind = len == 6 ? &f[SLL_SRC_ETH] : len == 4 ? &f[SLL_SRC_IPV4] :
		&f[SLL_SRC_OTHER];
	const uint8_t *p = len ? take_bytes(d, c, len, kind) : NULL;
	if (len < 8)
		(void)take_bytes(d, c, 8 - len, &f[SLL_UNUSED]);
	if (p && len == 6 && cur_ok(c)) {
		memcpy(d->mac_src.bytes, p, 6);
		d->mac_src.len = 6;
	}
}

static uint16_t protocol(struct dissect *d, struct cursor *c, unsigned hatype)
{
	const uint8_t *p = cur_peek(c, 2);
	bool number = p && p[0] << 8 < ETHERTYPE_MIN;
	return take_u16(d, c, &f[hatype == ARPHRD_GRE ? SLL_GRETYPE :
				 number ? SLL_LTYPE : SLL_ETYPE]);
}

static enum verdict payload(struct dissect *d, struct cursor *c, unsigned hatype, unsigned type)
{
	if (want_info(d))
		info_set(d, "%s 0x%04x, %zu bytes", "Linux cooked capture", type, cur_wire(c));
	if (hatype == ARPHRD_NETLINK_)
		return next_is(d, &proto_netlink);
	if (type == 1)
		return next_is(d, &proto_ipx);
	if (type == 4)
		return next_is(d, &proto_llc);
	if (type < ETHERTYPE_MIN)
		return DONE;
	if (want_fields(d))
		put_behind(d, c, packet_length(c, type), &f[SLL_TRAILER]);
	return next_ethertype(d, c, type);
}

static enum verdict sll(struct dissect *d, struct cursor *c)
{
	(void)take_u16(d, c, &f[SLL_PKTTYPE]);
	uint16_t hatype = take_u16(d, c, &f[SLL_HATYPE]);
	uint16_t halen = take_u16(d, c, &f[SLL_HALEN]);
	address(d, c, halen);
	uint16_t type = protocol(d, c, hatype);
	return cur_ok(c) ? payload(d, c, hatype, type) : verdict_of(c);
}

static enum verdict sll2(struct dissect *d, struct cursor *c)
{
	struct cursor ahead = *c;
	cur_skip(&ahead, 8);
	uint16_t type = protocol(d, c, cur_u16(&ahead));
	(void)take_bytes(d, c, 2, &f[SLL_UNUSED]);
	(void)take_u32(d, c, &f[SLL_IFINDEX]);
	uint16_t hatype = take_u16(d, c, &f[SLL_HATYPE]);
	(void)take_u8(d, c, &f[SLL_PKTTYPE]);
	uint8_t halen = take_u8(d, c, &f[SLL_HALEN]);
	address(d, c, halen);
	return cur_ok(c) ? payload(d, c, hatype, type) : verdict_of(c);
}

enum { LINK_SLL = 113, LINK_SLL2 = 276 };

static enum verdict cooked(struct dissect *d, struct cursor *c)
{
	return d->link == LINK_SLL2 ? sll2(d, c) : sll(d, c);
}

static const struct binding binds[] = { { BY_LINK, LINK_SLL }, { BY_LINK, LINK_SLL2 } };

extern const struct protocol proto_sll;
const struct protocol proto_sll = {
	.name = "sll",
	.title = "Linux cooked capture",
	.help = N_("This capture was taken on all interfaces at once (\"any\"). Linux then puts these "
		   "bytes where the Ethernet header was: who sent the packet and whether it came in "
		   "or went out, but not which station it was for."),
	.osi = OSI(1) | OSI(2),
	FIELDS(f),
	BINDS(binds),
	.packet = cooked,
};

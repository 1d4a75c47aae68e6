/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * VLAN tags: IEEE 802.1Q, and 802.1ad ("QinQ"), the outer tag of a provider. A tag of four bytes
 * is put between the Ethernet addresses and the type; the type behind it is the packet's.
 */
#include "net.h"

enum { VLAN_PRIORITY, VLAN_DEI, VLAN_ID, VLAN_ETYPE, VLAN_LEN, VLAN_TRAILER };

static const struct value_name priorities[] = {
	{ 0, "Best Effort (default)" }, { 1, "Background" }, { 2, "Excellent Effort" },
	{ 3, "Critical Applications" }, { 4, "Video, < 100ms latency and jitter" },
	{ 5, "Voice, < 10ms latency and jitter" }, { 6, "Internetwork Control" },
	{ 7, "Network Control" },
	{ 0, NULL }
};

static const char help_priority[] = N_("0 to 7: what a busy switch sends first.");
static const char help_dei[] = N_("1: may be dropped before others when a switch is busy.");
static const char help_id[] =
	N_("The number of the virtual network, 1 to 4094. Stations of different numbers do not see "
	   "each other, although they share switches and cables. 0: only the priority counts.");
static const char help_type[] = N_("What the packet behind the tag is.");

static const struct field f_vlan[] = {
	[VLAN_PRIORITY] = { "vlan.priority", N_("Priority"), F_UINT, 0xe000, priorities,
		help_priority },
	[VLAN_DEI] = { "vlan.dei", N_("Drop eligible"), F_BOOL, 0x1000, NULL, help_dei },
	[VLAN_ID] = { "vlan.id", N_("VLAN number"), F_UINT, 0x0fff, NULL, help_id },
	[VLAN_ETYPE] = { "vlan.etype", N_("Type"), F_HEX, 0, ethertype_names, help_type },
	[VLAN_LEN] = { "vlan.len", N_("Length"), F_UINT, 0, NULL, NULL },
	[VLAN_TRAILER] = { "vlan.trailer", N_("Trailer"), F_BYTES, 0, NULL, NULL },
};

static const struct field f_8021ad[] = {
	[VLAN_PRIORITY] = { "ieee8021ad.priority", N_("Priority"), F_UINT, 0xe000, priorities,
		help_priority },
	[VLAN_DEI] = { "ieee8021ad.dei", N_("Drop eligible"), F_UINT, 0x1000, NULL, help_dei },
	[VLAN_ID] = { "ieee8021ad.id", N_("VLAN number"), F_UINT, 0x0fff, NULL, help_id },
	/* The names of its sister 802.1ah, as Wireshark has it. */
	[VLAN_ETYPE] = { "ieee8021ah.etype", N_("Type"), F_HEX, 0, ethertype_names, help_type },
	[VLAN_LEN] = { "vlan.len", N_("Length"), F_UINT, 0, NULL, NULL },
	[VLAN_TRAILER] = { "ieee8021ah.trailer", N_("Trailer"), F_BYTES, 0, NULL, NULL },
};

static enum verdict tag(struct dissect *d, struct cursor *c, const struct field *f)
{
	uint16_t raw = take_u16(d, c, NULL);
	put_bits(d, &f[VLAN_PRIORITY], raw);
	put_bits(d, &f[VLAN_DEI], raw);
	put_bits(d, &f[VLAN_ID], raw);
	const uint8_t *p = cur_peek(c, 2);
	unsigned type = p ? (unsigned)(p[0] << 8 | p[1]) : 0;
	bool is_length = p && type && type <= LENGTH_MAX;
	(void)take_u16(d, c, &f[is_length ? VLAN_LEN : VLAN_ETYPE]);
	if (!cur_ok(c))
		return verdict_of(c);
	if (want_info(d))
		info_set(d, "PRI: %d  DEI: %d  ID: %d", raw >> 13, raw >> 12 & 1, raw & 0xfff);
	if (!is_length) {
		if (want_fields(d))
			put_behind(d, c, packet_length(c, type), &f[VLAN_TRAILER]);
		return next_ethertype(d, c, type);
	}
	put_behind(d, c, type, &f[VLAN_TRAILER]);
	(void)cur_trim(c, type);
	return next_is(d, &proto_llc);
}

static enum verdict vlan(struct dissect *d, struct cursor *c)
{
	return tag(d, c, f_vlan);
}

static enum verdict provider(struct dissect *d, struct cursor *c)
{
	return tag(d, c, f_8021ad);
}

static const struct binding binds_vlan[] = {
	{ BY_ETHERTYPE, ETHERTYPE_VLAN }, { BY_ETHERTYPE, ETHERTYPE_QINQ_OLD }
};

extern const struct protocol proto_vlan;
const struct protocol proto_vlan = {
	.name = "vlan",
	.title = "802.1Q Virtual LAN",
	.help = N_("A tag of four bytes that tells switches to which virtual network a frame belongs: "
		   "one set of cables then carries several networks that do not see each other."),
	.osi = OSI(2),
	FIELDS(f_vlan),
	BINDS(binds_vlan),
	.packet = vlan,
};

static const struct binding binds_8021ad[] = { { BY_ETHERTYPE, ETHERTYPE_8021AD } };

extern const struct protocol proto_8021ad;
const struct protocol proto_8021ad = {
	.name = "ieee8021ad",
	.title = "802.1ad Provider Bridge",
	.help = N_("The outer VLAN tag that a provider puts in front of its customer's own: many "
		   "customers, each with networks of their own, share the provider's switches."),
	.osi = OSI(2),
	FIELDS(f_8021ad),
	BINDS(binds_8021ad),
	.packet = provider,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ISL, Cisco's Inter-Switch Link: an older way than 802.1Q to send several virtual networks over
 * one cable. A whole Ethernet frame stands behind a header of 26 bytes; a check sequence ends it.
 */
#include "net.h"

enum {
	ISL_DST, ISL_TYPE, ISL_USER, ISL_SRC, ISL_LEN, ISL_DSAP, ISL_SSAP, ISL_CONTROL, ISL_HSA,
	ISL_VLAN, ISL_BPDU, ISL_INDEX, ISL_RESERVED, ISL_TRAILER
};

static const struct value_name types[] = {
	{ 0, "Ethernet" }, { 1, "Token-Ring" }, { 2, "FDDI" }, { 3, "ATM" },
	{ 0, NULL }
};

static const struct field f[] = {
	[ISL_DST] = { "isl.dst", N_("Destination"), F_MAC, 0, NULL, NULL },
	[ISL_TYPE] = { "isl.type", N_("Type"), F_UINT, 0xf0, types, NULL },
	[ISL_USER] = { "isl.user", N_("User"), F_HEX, 0x0f, NULL, NULL },
	[ISL_SRC] = { "isl.src", N_("Source"), F_MAC, 0, NULL, NULL },
	[ISL_LEN] = { "isl.len", N_("Length"), F_UINT, 0, NULL, NULL },
	[ISL_DSAP] = { "isl.dsap", N_("DSAP"), F_HEX, 0, NULL, NULL },
	[ISL_SSAP] = { "isl.ssap", N_("SSAP"), F_HEX, 0, NULL, NULL },
	[ISL_CONTROL] = { "isl.control", N_("Control"), F_HEX, 0, NULL, NULL },
	[ISL_HSA] = { "isl.hsa", N_("High bits of source address"), F_HEX, 0, NULL, NULL },
	[ISL_VLAN] = { "isl.vlan_id", N_("VLAN number"), F_UINT, 0xfffe, NULL, NULL },
	[ISL_BPDU] = { "isl.bpdu", N_("BPDU/CDP/VTP"), F_BOOL, 0x0001, NULL, NULL },
	[ISL_INDEX] = { "isl.index", N_("Index"), F_UINT, 0, NULL, NULL },
	[ISL_RESERVED] = { "isl.reserved", N_("Reserved"), F_HEX, 0, NULL, NULL },
	[ISL_TRAILER] = { "isl.trailer", N_("Trailer"), F_BYTES, 0, NULL, NULL },
};

static enum verdict isl(struct dissect *d, struct cursor *c)
{
	const uint8_t *dst = take_mac(d, c, &f[ISL_DST]);
	uint8_t type = dst ? dst[5] : 0;
	put_bits(d, &f[ISL_TYPE], type);
	put_bits(d, &f[ISL_USER], type);
	(void)take_mac(d, c, &f[ISL_SRC]);
	uint16_t len = take_u16(d, c, &f[ISL_LEN]);
	if (len >= 12)
		(void)cur_trim(c, len);
	(void)take_u8(d, c, &f[ISL_DSAP]);
	(void)take_u8(d, c, &f[ISL_SSAP]);
	(void)take_u8(d, c, &f[ISL_CONTROL]);
	(void)take_u24(d, c, &f[ISL_HSA]);
	uint16_t vlan = take_u16(d, c, NULL);
	put_bits(d, &f[ISL_VLAN], vlan);
	put_bits(d, &f[ISL_BPDU], vlan);
	(void)take_u16(d, c, &f[ISL_INDEX]);
	(void)take_u16(d, c, &f[ISL_RESERVED]);
	if (!cur_ok(c))
		return verdict_of(c);
	info_set(d, "ISL, VLAN %u", vlan >> 1);
	if (type >> 4)
		return DONE;
	return next_is(d, &proto_ethernet);
}

const struct protocol proto_isl = {
	.name = "isl",
	.title = "Cisco ISL",
	.help = N_("An older way of Cisco's switches to send several virtual networks over one cable; "
		   "the tags of 802.1Q have replaced it."),
	.osi = OSI(2),
	FIELDS(f),
	.packet = isl,
};

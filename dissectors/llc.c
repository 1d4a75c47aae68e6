/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LLC: IEEE 802.2 logical link control, behind an 802.3 length; and SNAP (RFC 1042), which puts an
 * organisation and its own type behind it. Today: spanning tree, Cisco's discovery, IS-IS.
 */
#include "net.h"

enum {
	LLC_DSAP, LLC_DSAP_SAP, LLC_DSAP_IG, LLC_SSAP, LLC_SSAP_SAP, LLC_SSAP_CR, LLC_CONTROL,
	LLC_CONTROL_U, LLC_U_FTYPE, LLC_U_P, LLC_U_F, LLC_U_CMD, LLC_U_RESP, LLC_I_NR, LLC_I_P,
	LLC_I_NS, LLC_I_FTYPE, LLC_S_FTYPE, LLC_OUI, LLC_TYPE, LLC_PID, LLC_CISCO_PID
};

static const struct value_name saps[] = {
	{ 0x00, "NULL LSAP" }, { 0x02, "LLC Sub-Layer Management" }, { 0x04, "SNA Path Control" },
	{ 0x06, "TCP/IP" }, { 0x08, "SNA" }, { 0x0e, "PROWAY Network Management" },
	{ 0x42, "Spanning Tree BPDU" }, { 0x4e, "MMS" }, { 0x7e, "X.25 over 802.2" },
	{ 0x80, "XNS" }, { 0x98, "ARP" }, { 0xaa, "SNAP" }, { 0xbc, "Banyan Vines" },
	{ 0xe0, "NetWare" }, { 0xf0, "NetBIOS" }, { 0xf4, "IBM Net Management" },
	{ 0xfe, "ISO Network Layer" }, { 0xff, "Global DSAP" },
	{ 0, NULL }
};

static const struct value_name frame_types[] = {
	{ 0, "Information frame" }, { 1, "Supervisory frame" }, { 2, "Information frame" },
	{ 3, "Unnumbered frame" },
	{ 0, NULL }
};

static const struct value_name supervisory[] = {
	{ 0, "Receiver ready" }, { 1, "Receiver not ready" }, { 2, "Reject" },
	{ 0, NULL }
};

/* The five modifier bits, shifted down by two as the mask 0xec does. */
static const struct value_name commands[] = {
	{ 0x00, "UI" }, { 0x03, "DM" }, { 0x10, "DISC" }, { 0x18, "UA" }, { 0x1b, "SABME" },
	{ 0x21, "FRMR" }, { 0x2b, "XID" }, { 0x38, "TEST" },
	{ 0, NULL }
};

static const struct value_name ouis[] = {
	{ 0x000000, "Encapsulated Ethernet" }, { 0x00000c, "Cisco" },
	{ 0x0000f8, "Cisco 802.1H Encapsulated Ethernet" }, { 0x00000d, "FIBRONICS" },
	{ 0x00005e, "IANA" }, { 0x000081, "Nortel" }, { 0x0080c2, "IEEE 802.1" },
	{ 0x00a03e, "ATM Forum" }, { 0x00e02b, "Extreme Networks" }, { 0x080007, "Apple" },
	{ 0x004096, "Cisco Wireless" }, { 0x0017f2, "Apple Wireless Direct Link" },
	{ 0, NULL }
};

static const struct value_name cisco_pids[] = {
	{ 0x0102, "DRIP" }, { 0x0104, "Port Aggregation Protocol" }, { 0x010b, "PVST+" },
	{ 0x010c, "VLAN Bridge" }, { 0x0111, "Unidirectional Link Detection" },
	{ 0x2000, "CDP" }, { 0x2001, "CGMP" }, { 0x2003, "VTP" },
	{ 0x2004, "Dynamic Trunk Protocol" }, { 0x200a, "STP Uplink Fast" },
	{ 0, NULL }
};

static const struct field f[] = {
	[LLC_DSAP] = { "llc.dsap", N_("Destination service access point"), F_HEX, 0, saps,
		N_("Which protocol of the receiving station the frame is for.") },
	[LLC_DSAP_SAP] = { "llc.dsap.sap", N_("Service access point"), F_HEX, 0xfe, NULL, NULL },
	[LLC_DSAP_IG] = { "llc.dsap.ig", N_("Group"), F_BOOL, 0x01, NULL, NULL },
	[LLC_SSAP] = { "llc.ssap", N_("Source service access point"), F_HEX, 0, saps,
		N_("Which protocol of the sending station it comes from.") },
	[LLC_SSAP_SAP] = { "llc.ssap.sap", N_("Service access point"), F_HEX, 0xfe, NULL, NULL },
	[LLC_SSAP_CR] = { "llc.ssap.cr", N_("Response"), F_BOOL, 0x01, NULL, NULL },
	[LLC_CONTROL] = { "llc.control", N_("Control"), F_HEX, 0, NULL, NULL },
	[LLC_CONTROL_U] = { "llc.control", N_("Control"), F_HEX, 0, NULL,
		N_("3 is an unnumbered frame: sent without waiting for an acknowledgement.") },
	[LLC_U_FTYPE] = { "llc.control.ftype", N_("Frame type"), F_UINT, 0x03, frame_types, NULL },
	[LLC_U_P] = { "llc.control.p", N_("Poll"), F_BOOL, 0x10, NULL, NULL },
	[LLC_U_F] = { "llc.control.f", N_("Final"), F_BOOL, 0x10, NULL, NULL },
	[LLC_U_CMD] = { "llc.control.u_modifier_cmd", N_("Command"), F_HEX, 0xec, commands, NULL },
	[LLC_U_RESP] = { "llc.control.u_modifier_resp", N_("Response"), F_HEX, 0xec, commands,
		NULL },
	[LLC_I_NR] = { "llc.control.n_r", N_("N(R)"), F_UINT, 0xfe00, NULL,
		N_("The number of the frame that is expected next.") },
	[LLC_I_P] = { "llc.control.p", N_("Poll"), F_BOOL, 0x0100, NULL, NULL },
	[LLC_I_NS] = { "llc.control.n_s", N_("N(S)"), F_UINT, 0x00fe, NULL,
		N_("The number of this frame.") },
	[LLC_I_FTYPE] = { "llc.control.ftype", N_("Frame type"), F_UINT, 0x0003, frame_types,
		NULL },
	[LLC_S_FTYPE] = { "llc.control.s_ftype", N_("Supervisory frame type"), F_UINT, 0x000c,
		supervisory, NULL },
	[LLC_OUI] = { "llc.oui", N_("Organization code"), F_HEX, 0, ouis,
		N_("Whose numbers the next field uses; 0 is the ordinary Ethernet types.") },
	[LLC_TYPE] = { "llc.type", N_("Type"), F_HEX, 0, ethertype_names, NULL },
	[LLC_PID] = { "llc.pid", N_("Protocol ID"), F_HEX, 0, NULL, NULL },
	[LLC_CISCO_PID] = { "llc.cisco_pid", N_("Protocol ID"), F_HEX, 0, cisco_pids, NULL },
};

/* One or two bytes (in little-endian order); true when it is an unnumbered information frame. */
static bool control(struct dissect *d, struct cursor *c, bool response)
{
	const uint8_t *p = cur_peek(c, 1);
	if (p && (p[0] & 3) == 3) {
		uint8_t raw = take_u8(d, c, &f[LLC_CONTROL_U]);
		tree_in(d);
		put_bits(d, &f[response ? LLC_U_RESP : LLC_U_CMD], raw);
		put_bits(d, &f[response ? LLC_U_F : LLC_U_P], raw);
		put_bits(d, &f[LLC_U_FTYPE], raw);
		tree_out(d);
		return (raw & 0xef) == 3;
	}
	uint16_t raw = (uint16_t)take_le(d, c, 2, &f[LLC_CONTROL]);
	tree_in(d);
	put_bits(d, &f[LLC_I_NR], raw);
	put_bits(d, &f[LLC_I_P], raw);
	put_bits(d, &f[raw & 1 ? LLC_S_FTYPE : LLC_I_NS], raw);
	put_bits(d, &f[LLC_I_FTYPE], raw);
	tree_out(d);
	return false;
}

static enum verdict cisco(struct dissect *d, uint16_t pid)
{
	switch (pid) {
	case 0x010b:
	case 0x200a:
		return next_is(d, &proto_stp);
	case 0x0111:
		return next_is(d, &proto_udld);
	case 0x2000:
		return next_is(d, &proto_cdp);
	case 0x2003:
		return next_is(d, &proto_vtp);
	case 0x2004:
		return next_is(d, &proto_dtp);
	default:
		return DONE;
	}
}

static enum verdict snap(struct dissect *d, struct cursor *c)
{
	uint32_t oui = take_u24(d, c, &f[LLC_OUI]);
	bool ethernet = oui == 0 || oui == 0x0000f8 || oui == 0x080007;
	uint16_t type = take_u16(d, c, &f[ethernet ? LLC_TYPE : oui == 0x00000c ? LLC_CISCO_PID :
					  LLC_PID]);
	if (!cur_ok(c))
		return verdict_of(c);
	if (want_info(d))
		info_set(d, "SNAP, OUI 0x%06x (%s), PID 0x%04x", oui, value_text(d, ouis, oui),
			 type);
	if (ethernet)
		return next_ethertype(d, c, type);
	return oui == 0x00000c ? cisco(d, type) : DONE;
}

static enum verdict llc(struct dissect *d, struct cursor *c)
{
	uint8_t dsap = take_u8(d, c, &f[LLC_DSAP]);
	tree_in(d);
	put_bits(d, &f[LLC_DSAP_SAP], dsap);
	put_bits(d, &f[LLC_DSAP_IG], dsap);
	tree_out(d);
	uint8_t ssap = take_u8(d, c, &f[LLC_SSAP]);
	tree_in(d);
	put_bits(d, &f[LLC_SSAP_SAP], ssap);
	put_bits(d, &f[LLC_SSAP_CR], ssap);
	tree_out(d);
	bool information = control(d, c, ssap & 1);
	if (!cur_ok(c))
		return verdict_of(c);
	if (want_info(d)) {
		info_set(d, "DSAP 0x%02x (%s), SSAP 0x%02x", dsap, value_text(d, saps, dsap & 0xfe),
			 ssap);
	}
	if (dsap == 0xaa && ssap == 0xaa && information)
		return snap(d, c);
	if (!information || !cur_wire(c))
		return DONE;
	return next_by(d, BY_LLC, dsap);
}

const struct protocol proto_llc = {
	.name = "llc",
	.title = "Logical-Link Control",
	.help = N_("An older way to say what an Ethernet frame carries. Switches still use it among "
		   "themselves, for example for the spanning tree that keeps loops out of a "
		   "network."),
	.osi = OSI(2),
	FIELDS(f),
	.packet = llc,
};

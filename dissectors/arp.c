/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ARP: RFC 826; RARP: RFC 903; Inverse ARP: RFC 2390; probes and announcements: RFC 5227. ATM's
 * variant (RFC 2225) has two lengths an address and is read as far as its opcode.
 */
#include "net.h"

enum {
	ARP_HW_TYPE, ARP_PROTO_TYPE, ARP_HW_SIZE, ARP_PROTO_SIZE, ARP_OPCODE, ARP_GRATUITOUS,
	ARP_PROBE, ARP_ANNOUNCEMENT, ARP_SRC_MAC, ARP_SRC_HW, ARP_SRC_IP, ARP_SRC_PROTO,
	ARP_DST_MAC, ARP_DST_HW, ARP_DST_IP, ARP_DST_PROTO, ARP_ATM_SRC_LEN, ARP_ATM_SRC_SUB
};

enum { OP_REQUEST = 1, OP_REPLY = 2, HW_ETHERNET = 1, HW_IEEE802 = 6, HW_ATM = 19 };

static const struct value_name opcodes[] = {
	{ 1, "request" }, { 2, "reply" }, { 3, "reverse request" }, { 4, "reverse reply" },
	{ 5, "drarp request" }, { 6, "drarp reply" }, { 7, "drarp error" },
	{ 8, "inverse request" }, { 9, "inverse reply" }, { 10, "arp nak" },
	{ 11, "mars request" }, { 12, "mars multi" }, { 13, "mars mserv" }, { 14, "mars join" },
	{ 15, "mars leave" }, { 16, "mars nak" }, { 17, "mars unserv" }, { 18, "mars sjoin" },
	{ 19, "mars sleave" }, { 20, "mars grouplist request" }, { 21, "mars grouplist reply" },
	{ 22, "mars redirect map" }, { 23, "mapos unarp" }, { 24, "experimental 1" },
	{ 25, "experimental 2" },
	{ 0, NULL }
};

static const struct field f[] = {
	[ARP_HW_TYPE] = { "arp.hw.type", N_("Hardware type"), F_UINT, 0, arphrd_names,
		N_("The kind of link whose addresses are asked about: 1 is Ethernet.") },
	[ARP_PROTO_TYPE] = { "arp.proto.type", N_("Protocol type"), F_HEX, 0, ethertype_names,
		N_("The kind of address that is known: 0x0800 is IPv4.") },
	[ARP_HW_SIZE] = { "arp.hw.size", N_("Hardware size"), F_UINT, 0, NULL,
		N_("Bytes of a hardware address: 6 for a MAC address.") },
	[ARP_PROTO_SIZE] = { "arp.proto.size", N_("Protocol size"), F_UINT, 0, NULL,
		N_("Bytes of a protocol address: 4 for IPv4.") },
	[ARP_OPCODE] = { "arp.opcode", N_("Opcode"), F_UINT, 0, opcodes,
		N_("1 asks: who has this IP address? 2 answers: I have it, at this MAC "
		   "address.") },
	[ARP_GRATUITOUS] = { "arp.isgratuitous", N_("Is gratuitous"), F_BOOL, 0, NULL,
		N_("Nobody asked: a station tells everybody its own address.") },
	[ARP_PROBE] = { "arp.isprobe", N_("Is probe"), F_BOOL, 0, NULL,
		N_("Before a station uses a new address it asks whether somebody has it already.") },
	[ARP_ANNOUNCEMENT] = { "arp.isannouncement", N_("Is announcement"), F_BOOL, 0, NULL,
		N_("A station announces that it uses this address from now on.") },
	[ARP_SRC_MAC] = { "arp.src.hw_mac", N_("Sender MAC address"), F_MAC, 0, NULL,
		N_("In a reply this is the answer: frames for the sender's IP address go here.") },
	[ARP_SRC_HW] = { "arp.src.hw", N_("Sender hardware address"), F_BYTES, 0, NULL, NULL },
	[ARP_SRC_IP] = { "arp.src.proto_ipv4", N_("Sender IP address"), F_IPV4, 0, NULL,
		N_("The IP address of who speaks; all zeros when it does not have one yet.") },
	[ARP_SRC_PROTO] = { "arp.src.proto", N_("Sender protocol address"), F_BYTES, 0, NULL,
		NULL },
	[ARP_DST_MAC] = { "arp.dst.hw_mac", N_("Target MAC address"), F_MAC, 0, NULL,
		N_("All zeros in a request: this is what is asked for.") },
	[ARP_DST_HW] = { "arp.dst.hw", N_("Target hardware address"), F_BYTES, 0, NULL, NULL },
	[ARP_DST_IP] = { "arp.dst.proto_ipv4", N_("Target IP address"), F_IPV4, 0, NULL,
		N_("In a request: the IP address whose MAC address is wanted. When a web server is "
		   "far away this is the gateway's, not the server's.") },
	[ARP_DST_PROTO] = { "arp.dst.proto", N_("Target protocol address"), F_BYTES, 0, NULL,
		NULL },
	[ARP_ATM_SRC_LEN] = { "arp.src.hlen", N_("Sender ATM number length"), F_UINT, 0x3f, NULL,
		NULL },
	[ARP_ATM_SRC_SUB] = { "arp.src.slen", N_("Sender ATM subaddress length"), F_UINT, 0x3f,
		NULL, NULL },
};

/* The four addresses; NULL where one is empty or could not be read. */
struct parties { const uint8_t *sha, *spa, *tha, *tpa; };

static void say(struct dissect *d, uint16_t op, const struct parties *p)
{
	static const uint8_t zero[6];
	bool own = !memcmp(p->spa, p->tpa, 4);
	bool probe = op == OP_REQUEST && !memcmp(p->spa, zero, 4);
	switch (op) {
	case OP_REQUEST:
	case OP_REPLY:
		if (own && op == OP_REQUEST && !memcmp(p->tha, zero, 6))
			info_set(d, "ARP Announcement for %s", ip_text(d, p->tpa, 4));
		else if (own)
			info_set(d, "Gratuitous ARP for %s (%s)", ip_text(d, p->tpa, 4),
				 op == OP_REPLY ? "Reply" : "Request");
		else if (probe)
			info_set(d, "Who has %s? (ARP Probe)", ip_text(d, p->tpa, 4));
		else if (op == OP_REQUEST)
			info_set(d, "Who has %s? Tell %s", ip_text(d, p->tpa, 4),
				 ip_text(d, p->spa, 4));
		else
			info_set(d, "%s is at %s", ip_text(d, p->spa, 4),
				 ip_text(d, p->sha, 6));
		break;
	case 3: case 5: case 8:
		info_set(d, "Who is %s? Tell %s", ip_text(d, p->tha, 6), ip_text(d, p->sha, 6));
		break;
	case 4: case 6:
		info_set(d, "%s is at %s", ip_text(d, p->tha, 6), ip_text(d, p->tpa, 4));
		break;
	case 9:
		info_set(d, "%s is at %s", ip_text(d, p->sha, 6), ip_text(d, p->spa, 4));
		break;
	default:
		info_set(d, "ARP %s", value_text(d, opcodes, op));
		break;
	}
}

static void put_kind(struct dissect *d, uint16_t op, const struct parties *p)
{
	static const uint8_t zero[6];
	const struct range derived = { 0 };
	if (!memcmp(p->spa, p->tpa, 4)) {
		put_uint(d, &f[ARP_GRATUITOUS], derived, 1);
		if (op == OP_REQUEST && !memcmp(p->tha, zero, 6))
			put_uint(d, &f[ARP_ANNOUNCEMENT], derived, 1);
	} else if (op == OP_REQUEST && !memcmp(p->spa, zero, 4)) {
		put_uint(d, &f[ARP_PROBE], derived, 1);
	}
}

/* What a visit wants to know: somebody asks for an address, somebody has one. */
static void tell(struct dissect *d, uint16_t op, const struct parties *p)
{
	static const uint8_t zero[4];
	if (op == OP_REQUEST && memcmp(p->spa, p->tpa, 4))
		emit(d, EV_ARP_REQUEST, intern(d, p->tpa, 4),
		     memcmp(p->spa, zero, 4) ? intern(d, p->spa, 4) : 0);
	if (op == OP_REQUEST && memcmp(p->spa, p->tpa, 4) && memcmp(p->spa, zero, 4))
		emit(d, EV_ARP_SENDER, intern(d, p->spa, 4), intern(d, p->sha, 6));
	else if (op == OP_REPLY)
		emit(d, EV_ARP_REPLY, intern(d, p->spa, 4), intern(d, p->sha, 6));
}

/* RFC 2225: here the sizes are two bytes of type and length each. */
static enum verdict atm(struct dissect *d, struct cursor *c)
{
	(void)take_u8(d, c, &f[ARP_ATM_SRC_LEN]);
	(void)take_u8(d, c, &f[ARP_ATM_SRC_SUB]);
	uint16_t op = take_u16(d, c, &f[ARP_OPCODE]);
	if (cur_ok(c) && want_info(d))
		info_set(d, "ATM ARP %s", value_text(d, opcodes, op));
	return verdict_of(c);
}

static enum verdict arp(struct dissect *d, struct cursor *c)
{
	uint16_t hw_type = take_u16(d, c, &f[ARP_HW_TYPE]);
	uint16_t proto_type = take_u16(d, c, &f[ARP_PROTO_TYPE]);
	if (hw_type == HW_ATM)
		return atm(d, c);
	uint8_t hw = take_u8(d, c, &f[ARP_HW_SIZE]);
	uint8_t proto = take_u8(d, c, &f[ARP_PROTO_SIZE]);
	uint16_t op = take_u16(d, c, &f[ARP_OPCODE]);
	bool mac = hw == 6 && (hw_type == HW_ETHERNET || hw_type == HW_IEEE802);
	bool ip = proto == 4 && proto_type == ETHERTYPE_IP;
	struct parties p;
	p.sha = take_bytes(d, c, hw, &f[mac ? ARP_SRC_MAC : ARP_SRC_HW]);
	p.spa = take_bytes(d, c, proto, &f[ip ? ARP_SRC_IP : ARP_SRC_PROTO]);
	p.tha = take_bytes(d, c, hw, &f[mac ? ARP_DST_MAC : ARP_DST_HW]);
	p.tpa = take_bytes(d, c, proto, &f[ip ? ARP_DST_IP : ARP_DST_PROTO]);
	if (!cur_ok(c))
		return verdict_of(c);
	if (want_info(d) && mac && ip)
		say(d, op, &p);
	else if (want_info(d))
		info_set(d, "ARP %s", value_text(d, opcodes, op));
	if (mac && ip) {
		tell(d, op, &p);
		if (want_fields(d) && (op == OP_REQUEST || op == OP_REPLY))
			put_kind(d, op, &p);
	}
	return DONE;
}

static const struct binding binds[] = {
	{ BY_ETHERTYPE, ETHERTYPE_ARP }, { BY_ETHERTYPE, 0x8035 }
};

extern const struct protocol proto_arp;
const struct protocol proto_arp = {
	.name = "arp",
	.title = "Address Resolution Protocol",
	.help = N_("To hand a packet to the next station, its MAC address must be known. ARP finds it: "
		   "one station asks everybody on the link \"who has this IP address?\", and the one "
		   "that has it answers with its MAC address. The answer is remembered for a while, "
		   "so a second visit may need no ARP at all. For a server that is far away, the "
		   "address asked for is the gateway's."),
	.osi = OSI(2),
	FIELDS(f),
	BINDS(binds),
	.packet = arp,
};

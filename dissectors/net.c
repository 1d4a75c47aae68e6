/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net: tables of names and small answers that the link and network protocols share. */
#include "net.h"

const struct value_name ethertype_names[] = {
	{ 0x0200, "XEROX PUP" }, { 0x0600, "XEROX NS IDP" },
	{ 0x0800, "IPv4" }, { 0x0806, "ARP" }, { 0x0808, "Frame Relay ARP" },
	{ 0x0842, "Wake on LAN" }, { 0x0bad, "VINES IP" }, { 0x22ea, "Multiple Stream Reservation" },
	{ 0x22f0, "IEEE 1722 Audio Video Transport" }, { 0x22f3, "TRILL" }, { 0x22f4, "L2-IS-IS" },
	{ 0x6003, "DECnet Phase IV" }, { 0x6004, "DEC LAT" }, { 0x6558, "Transparent Ethernet" },
	{ 0x6559, "Frame Relay" }, { 0x8035, "RARP" }, { 0x809b, "AppleTalk" },
	{ 0x80f3, "AppleTalk ARP" }, { 0x8100, "802.1Q Virtual LAN" }, { 0x8137, "IPX" },
	{ 0x8204, "QNX Qnet" }, { 0x86dd, "IPv6" }, { 0x8808, "MAC Control" },
	{ 0x8809, "Slow Protocols" }, { 0x880b, "PPP" }, { 0x8847, "MPLS label switched packet" },
	{ 0x8848, "MPLS multicast" }, { 0x8863, "PPPoE Discovery" }, { 0x8864, "PPPoE Session" },
	{ 0x886f, "MS NLB heartbeat" }, { 0x887b, "HomePlug" }, { 0x888e, "802.1X Authentication" },
	{ 0x8892, "PROFINET" }, { 0x889a, "HyperSCSI" }, { 0x88a2, "ATA over Ethernet" },
	{ 0x88a4, "EtherCAT frame" }, { 0x88a8, "802.1ad Provider Bridge" },
	{ 0x88ab, "Ethernet Powerlink v2" }, { 0x88b5, "Local Experimental 1" },
	{ 0x88b6, "Local Experimental 2" }, { 0x88b7, "OUI Extended" },
	{ 0x88b8, "IEC 61850 GOOSE" }, { 0x88b9, "IEC 61850 GSE" }, { 0x88ba, "IEC 61850 SV" },
	{ 0x88ca, "TIPC" }, { 0x88cc, "802.1 Link Layer Discovery Protocol (LLDP)" },
	{ 0x88cd, "SERCOS III" }, { 0x88dc, "WAVE Short Message" },
	{ 0x88e1, "HomePlug AV" }, { 0x88e3, "Media Redundancy Protocol" },
	{ 0x88e5, "802.1AE MACsec" }, { 0x88e7, "802.1ah Provider Backbone Bridge" },
	{ 0x88f5, "802.1Q Multiple VLAN Registration" }, { 0x88f6, "802.1Q Multiple MAC Registration" },
	{ 0x88f7, "Precision Time Protocol (PTPv2)" }, { 0x88f8, "NCSI" },
	{ 0x88fb, "Parallel Redundancy Protocol" }, { 0x8902, "802.1ag Connectivity Fault Management" },
	{ 0x8906, "Fibre Channel over Ethernet" }, { 0x8914, "FCoE Initialization" },
	{ 0x8915, "RDMA over Converged Ethernet" }, { 0x892f, "High-availability Seamless Redundancy" },
	{ 0x893a, "IEEE 1905" }, { 0x894f, "Network Service Header" }, { 0x9000, "Loopback" },
	{ 0x9100, "802.1Q (old QinQ)" }, { 0xaefe, "eCPRI" }, { 0xcafe, "Veritas LLT" },
	{ 0xd28b, "Arista Vendor Specific" },
	{ 0, NULL }
};

const struct value_name ip_proto_names[] = {
	{ 0, "IPv6 Hop-by-Hop Option" }, { 1, "ICMP" }, { 2, "IGMP" }, { 3, "GGP" }, { 4, "IPIP" },
	{ 5, "Stream" }, { 6, "TCP" }, { 7, "CBT" }, { 8, "EGP" }, { 9, "IGRP" }, { 12, "PUP" },
	{ 16, "CHAOS" }, { 17, "UDP" }, { 20, "HMP" }, { 22, "XNS-IDP" }, { 27, "RDP" },
	{ 28, "IRTP" }, { 29, "ISO-TP4" }, { 33, "DCCP" }, { 36, "XTP" }, { 37, "DDP" },
	{ 40, "IL" }, { 41, "IPv6" }, { 42, "SDRP" }, { 43, "IPv6 Route" },
	{ 44, "Fragment Header for IPv6" }, { 45, "IDRP" }, { 46, "RSVP" },
	{ 47, "Generic Routing Encapsulation" }, { 48, "DSR" }, { 50, "Encap Security Payload" },
	{ 51, "Authentication Header" }, { 54, "NHRP" }, { 55, "MOBILE" }, { 57, "SKIP" },
	{ 58, "ICMPv6" }, { 59, "No Next Header for IPv6" }, { 60, "Destination Options for IPv6" },
	{ 80, "ISO-IP" }, { 83, "VINES" }, { 88, "EIGRP" }, { 89, "OSPF IGP" },
	{ 93, "AX.25" }, { 94, "IP within IP" }, { 97, "EtherIP" }, { 98, "ENCAP" },
	{ 103, "PIM" }, { 108, "IPComp" }, { 112, "VRRP" }, { 113, "PGM" }, { 115, "L2TPv3" },
	{ 124, "ISIS over IPv4" }, { 132, "SCTP" }, { 133, "Fibre Channel" },
	{ 135, "Mobile IPv6" }, { 136, "UDPLite" }, { 137, "MPLS in IP" }, { 138, "MANET" },
	{ 139, "HIP" }, { 140, "Shim6" }, { 141, "WESP" }, { 142, "ROHC" }, { 143, "Ethernet" },
	{ 144, "AGGFRAG" }, { 255, "Reserved" },
	{ 0, NULL }
};

const struct value_name arphrd_names[] = {
	{ 0, "NET/ROM pseudo" }, { 1, "Ethernet" }, { 2, "Experimental Ethernet" }, { 3, "AX.25" },
	{ 4, "ProNET Token Ring" }, { 5, "Chaos" }, { 6, "IEEE 802" }, { 7, "ARCNET" },
	{ 8, "Hyperchannel" }, { 9, "Lanstar" }, { 15, "Frame Relay DLCI" }, { 16, "ATM" },
	{ 17, "HDLC" }, { 18, "Fibre Channel" }, { 19, "ATM (RFC 2225)" }, { 20, "Serial line" },
	{ 24, "IEEE 1394" }, { 27, "EUI-64" }, { 31, "IPsec tunnel" }, { 32, "InfiniBand" },
	{ 280, "CAN" }, { 512, "PPP" }, { 513, "Cisco HDLC" }, { 519, "Raw IP" },
	{ 768, "IP in IP tunnel" }, { 769, "IPv6 in IPv6 tunnel" }, { 770, "Frame Relay" },
	{ 772, "Loopback" }, { 773, "Local Talk" }, { 774, "FDDI" }, { 776, "IPv6 in IPv4 tunnel" },
	{ 778, "GRE over IPv4" }, { 801, "IEEE 802.11" }, { 802, "IEEE 802.11 with Prism header" },
	{ 803, "IEEE 802.11 with radiotap header" }, { 804, "IEEE 802.15.4" },
	{ 820, "Phonet" }, { 823, "GRE over IPv6" }, { 824, "Netlink" }, { 825, "6LoWPAN" },
	{ 826, "Vsock monitor" }, { 65534, "None (tunnel)" }, { 65535, "Void" },
	{ 0, NULL }
};

size_t packet_length(const struct cursor *c, unsigned ethertype)
{
	struct cursor at = *c;
	size_t length = 0;
	switch (ethertype) {
	case ETHERTYPE_IP:
		if (cur_u8(&at) >> 4 != 4)
			return SIZE_MAX;
		cur_skip(&at, 1);
		length = cur_u16(&at);
		break;
	case ETHERTYPE_IPV6:
		if (cur_u8(&at) >> 4 != 6)
			return SIZE_MAX;
		cur_skip(&at, 3);
		length = cur_u16(&at);
		length = length ? length + 40 : 0;
		break;
	case ETHERTYPE_ARP:
		cur_skip(&at, 4);
		length = cur_u8(&at);
		length = 8 + 2 * (length + cur_u8(&at));
		break;
	default:
		break;
	}
	return cur_ok(&at) && length ? length : SIZE_MAX;
}

enum verdict next_ethertype(struct dissect *d, const struct cursor *c, unsigned type)
{
	const uint8_t *p = cur_peek(c, 1);
	if (type == ETHERTYPE_IPV6 && p && p[0] >> 4 != 6) {
		note_malformed(d);
		return DONE;
	}
	return next_by(d, BY_ETHERTYPE, type);
}

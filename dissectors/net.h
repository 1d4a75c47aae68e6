/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net: what the link and network protocols share: tables of names, lengths, small answers. */
#ifndef OSI_NET_H
#define OSI_NET_H

#include "dissect.h"

/* Protocols that others name directly instead of through a number of a table. */
extern const struct protocol proto_ethernet, proto_isl, proto_llc, proto_ipv4, proto_ipv6, proto_icmp;
extern const struct protocol proto_ipx, proto_gre, proto_netlink, proto_ppp;
extern const struct protocol proto_cdp, proto_vtp, proto_dtp, proto_udld, proto_stp;

extern const struct value_name ethertype_names[];	/* IEEE 802 numbers */
extern const struct value_name ip_proto_names[];	/* IANA protocol numbers */
extern const struct value_name arphrd_names[];		/* Linux' and ARP's hardware types */

enum {
	ETHERTYPE_IP = 0x0800, ETHERTYPE_ARP = 0x0806, ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd, ETHERTYPE_8021AD = 0x88a8, ETHERTYPE_QINQ_OLD = 0x9100,
	LENGTH_MAX = 1500, ETHERTYPE_MIN = 1536
};

enum {
	IPPROTO_HOPOPTS_ = 0, IPPROTO_ICMP_ = 1, IPPROTO_TCP_ = 6, IPPROTO_UDP_ = 17,
	IPPROTO_ICMPV6_ = 58, IPPROTO_NONE_ = 59, IPPROTO_UDPLITE_ = 136
};

/*
 * How many bytes the packet of this Ethernet type at the cursor says it has; SIZE_MAX when it does
 * not say or is not readable.
 */
size_t packet_length(const struct cursor *c, unsigned ethertype);

/*
 * When fields are wanted: records what stands behind a payload of `length` bytes (padding, trailer,
 * check sequence) and shortens c to the payload. Else, and when nothing is behind, does nothing.
 */
void put_behind(struct dissect *d, struct cursor *c, size_t length, const struct field *trailer);

/*
 * What the type of an Ethernet frame (or of a tag, or of SNAP) names. DONE when it says IPv6 and
 * something else is there.
 */
enum verdict next_ethertype(struct dissect *d, const struct cursor *c, unsigned type);

#endif

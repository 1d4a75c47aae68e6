/* SPDX-License-Identifier: GPL-3.0-or-later */
/* all: every protocol, one line each. A protocol's number is its place here + 1. */
#include "dissect.h"

#define ALL(PROTOCOL) \
	PROTOCOL(proto_ethernet) \
	PROTOCOL(proto_vlan) \
	PROTOCOL(proto_8021ad) \
	PROTOCOL(proto_llc) \
	PROTOCOL(proto_isl) \
	PROTOCOL(proto_sll) \
	PROTOCOL(proto_null) \
	PROTOCOL(proto_raw) \
	PROTOCOL(proto_arp) \
	PROTOCOL(proto_ipv4) \
	PROTOCOL(proto_ipv6) \
	PROTOCOL(proto_ipv6_hopopts) \
	PROTOCOL(proto_ipv6_routing) \
	PROTOCOL(proto_ipv6_fraghdr) \
	PROTOCOL(proto_ipv6_dstopts) \
	PROTOCOL(proto_ah) \
	PROTOCOL(proto_icmp) \
	PROTOCOL(proto_icmpv6) \
	PROTOCOL(proto_igmp) \
	PROTOCOL(proto_udp) \
	PROTOCOL(proto_udplite) \
	PROTOCOL(proto_tcp) \
	PROTOCOL(proto_dns) \
	PROTOCOL(proto_mdns) \
	PROTOCOL(proto_llmnr) \
	PROTOCOL(proto_http) \
	PROTOCOL(proto_ssdp) \
	PROTOCOL(proto_tls) \
	PROTOCOL(proto_quic) \
	PROTOCOL(proto_gquic)

#define DECLARE(p) extern const struct protocol p;
ALL(DECLARE)

/* Those of which only the name is known: other.def. */
#define OTHER(id, ...) extern const struct protocol proto_##id;
#include "other.def"
#undef OTHER

#define ENTRY(p) &p,
const struct protocol *const all_protocols[] = {
	ALL(ENTRY)
#define OTHER(id, ...) &proto_##id,
#include "other.def"
#undef OTHER
	NULL
};

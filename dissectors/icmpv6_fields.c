/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of ICMPv6 and the names of their values: RFC 4443, 4861, 3810 and IANA's lists. */
#include "icmpv6.h"

#include "checksum.h"

static const struct value_name types[] = {
	{ 1, "Destination Unreachable" }, { 2, "Packet Too Big" }, { 3, "Time Exceeded" },
	{ 4, "Parameter Problem" }, { 100, "Private experimentation" },
	{ 101, "Private experimentation" },
	{ 127, "Reserved for expansion of ICMPv6 error messages" },
	{ 128, "Echo (ping) request" }, { 129, "Echo (ping) reply" },
	{ 130, "Multicast Listener Query" }, { 131, "Multicast Listener Report" },
	{ 132, "Multicast Listener Done" }, { 133, "Router Solicitation" },
	{ 134, "Router Advertisement" }, { 135, "Neighbor Solicitation" },
	{ 136, "Neighbor Advertisement" }, { 137, "Redirect" }, { 138, "Router Renumbering" },
	{ 139, "Node Information Query" }, { 140, "Node Information Reply" },
	{ 141, "Inverse Neighbor Discovery Solicitation" },
	{ 142, "Inverse Neighbor Discovery Advertisement" },
	{ 143, "Multicast Listener Report Message v2" },
	{ 144, "Home Agent Address Discovery Request" },
	{ 145, "Home Agent Address Discovery Reply" }, { 146, "Mobile Prefix Solicitation" },
	{ 147, "Mobile Prefix Advertisement" }, { 148, "Certification Path Solicitation" },
	{ 149, "Certification Path Advertisement" },
	{ 150, "Experimental Mobility Protocols" }, { 151, "Multicast Router Advertisement" },
	{ 152, "Multicast Router Solicitation" }, { 153, "Multicast Router Termination" },
	{ 154, "FMIPv6" }, { 155, "RPL Control" }, { 156, "ILNPv6 Locator Update" },
	{ 157, "Duplicate Address Request" }, { 158, "Duplicate Address Confirmation" },
	{ 159, "MPL Control Message" }, { 160, "Extended Echo request" },
	{ 161, "Extended Echo reply" }, { 200, "Private experimentation" },
	{ 201, "Private experimentation" },
	{ 255, "Reserved for expansion of ICMPv6 informational messages" },
	{ 0, NULL }
};

static const struct value_name unreachable[] = {
	{ 0, "no route to destination" },
	{ 1, "Administratively prohibited" }, { 2, "Beyond scope of source address" },
	{ 3, "Address unreachable" }, { 4, "Port unreachable" },
	{ 5, "Source address failed ingress/egress policy" },
	{ 6, "Reject route to destination" }, { 7, "Error in Source Routing Header" },
	{ 8, "Headers too long" },
	{ 0, NULL }
};

static const struct value_name exceeded[] = {
	{ 0, "hop limit exceeded in transit" }, { 1, "fragment reassembly time exceeded" },
	{ 0, NULL }
};

static const struct value_name parameters[] = {
	{ 0, "erroneous header field encountered" },
	{ 1, "unrecognized Next Header type encountered" },
	{ 2, "unrecognized IPv6 option encountered" },
	{ 3, "IPv6 first fragment has incomplete IPv6 header chain" },
	{ 4, "SR upper-layer header error" },
	{ 0, NULL }
};

static const struct value_name renumbering[] = {
	{ 0, "Command" }, { 1, "Result" }, { 255, "Sequence number reset" },
	{ 0, NULL }
};

static const struct value_name ni_query[] = {
	{ 0, "Query subject = IPv6 addresses" }, { 1, "Query subject = DNS name or empty" },
	{ 2, "Query subject = IPv4 addresses" },
	{ 0, NULL }
};

static const struct value_name ni_reply[] = {
	{ 0, "Successful" }, { 1, "Node refuses to answer" }, { 2, "Unknown query type" },
	{ 0, NULL }
};

static const struct value_name rpl[] = {
	{ 0x00, "DODAG Information Solicitation" }, { 0x01, "DODAG Information Object" },
	{ 0x02, "Destination Advertisement Object" },
	{ 0x03, "Destination Advertisement Object Acknowledgment" },
	{ 0x80, "Secure DODAG Information Solicitation" },
	{ 0x81, "Secure DODAG Information Object" },
	{ 0x82, "Secure Destination Advertisement Object" },
	{ 0x83, "Secure Destination Advertisement Object Acknowledgment" },
	{ 0x8a, "Consistency Check" },
	{ 0, NULL }
};

static const struct value_name extended[] = {
	{ 0, "No error" }, { 1, "Malformed Query" }, { 2, "No Such Interface" },
	{ 3, "No Such Table Entry" }, { 4, "Multiple Interfaces Satisfy Query" },
	{ 0, NULL }
};

static const struct value_name preferences[] = {
	{ 0, "Medium" }, { 1, "High" }, { 2, "Reserved" }, { 3, "Low" },
	{ 0, NULL }
};

static const struct value_name prefix_codes[] = {
	{ 0, "96 bits" }, { 1, "64 bits" }, { 2, "56 bits" }, { 3, "48 bits" }, { 4, "40 bits" },
	{ 5, "32 bits" },
	{ 0, NULL }
};

static const struct value_name option_types[] = {
	{ 1, "Source link-layer address" }, { 2, "Target link-layer address" },
	{ 3, "Prefix information" }, { 4, "Redirected header" }, { 5, "MTU" },
	{ 6, "NBMA Shortcut Limit Option" }, { 7, "Advertisement Interval" },
	{ 8, "Home Agent Information" }, { 9, "Source Address List" },
	{ 10, "Target Address List" }, { 11, "CGA" }, { 12, "RSA Signature" },
	{ 13, "Timestamp" }, { 14, "Nonce" }, { 15, "Trust Anchor" }, { 16, "Certificate" },
	{ 17, "IP Address/Prefix Option" }, { 18, "New Router Prefix Information" },
	{ 19, "Link-layer Address" }, { 20, "Neighbor Advertisement Acknowledgment" },
	{ 23, "MAP" }, { 24, "Route Information" }, { 25, "Recursive DNS Server" },
	{ 26, "RA Flags Extension" }, { 27, "Handover Key Request" },
	{ 28, "Handover Key Reply" }, { 29, "Handover Assist Information" },
	{ 30, "Mobile Node Identifier Option" }, { 31, "DNS Search List Option" },
	{ 32, "Proxy Signature" }, { 33, "Address Registration Option" },
	{ 34, "6LoWPAN Context Option" }, { 35, "Authoritative Border Router" },
	{ 36, "6LoWPAN Capability Indication Option" }, { 37, "DHCP Captive-Portal" },
	{ 38, "PREF64 Option" },
	{ 0, NULL }
};

static const struct value_name record_types[] = {
	{ 1, "Include" }, { 2, "Exclude" }, { 3, "Changed to include" },
	{ 4, "Changed to exclude" }, { 5, "Allow new sources" }, { 6, "Block old sources" },
	{ 0, NULL }
};

static const char help_code[] =
	N_("The type in more detail, for example why a packet could not be delivered.");

const struct field icmpv6_fields[ICMPV6_FIELDS] = {
#define FIELD(id, name, label, type, mask, names, help) [id] = { name, label, type, mask, names, help },
#include "icmpv6_fields.def"
#undef FIELD
};

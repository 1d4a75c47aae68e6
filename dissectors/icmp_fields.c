/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of ICMP: RFC 792, 950, 1256, 4884, 4950, 5837, 8335; mobility agents: 5944. */
#include "icmp.h"

#include "checksum.h"

static const struct value_name types[] = {
	{ 0, "Echo (ping) reply" }, { 3, "Destination unreachable" },
	{ 4, "Source quench (flow control)" }, { 5, "Redirect" },
	{ 6, "Alternate host address" }, { 8, "Echo (ping) request" },
	{ 9, "Router advertisement" }, { 10, "Router solicitation" },
	{ 11, "Time-to-live exceeded" }, { 12, "Parameter problem" }, { 13, "Timestamp request" },
	{ 14, "Timestamp reply" }, { 15, "Information request" }, { 16, "Information reply" },
	{ 17, "Address mask request" }, { 18, "Address mask reply" }, { 30, "Traceroute" },
	{ 31, "Datagram conversion error" }, { 32, "Mobile host redirect" },
	{ 33, "IPv6 where-are-you" }, { 34, "IPv6 I-am-here" },
	{ 35, "Mobile registration request" }, { 36, "Mobile registration reply" },
	{ 37, "Domain name request" }, { 38, "Domain name reply" }, { 39, "SKIP" },
	{ 40, "Photuris" }, { 41, "Experimental mobility protocols" },
	{ 42, "Extended echo request" }, { 43, "Extended echo reply" },
	{ 0, NULL }
};

static const struct value_name unreachable[] = {
	{ 0, "Network unreachable" }, { 1, "Host unreachable" }, { 2, "Protocol unreachable" },
	{ 3, "Port unreachable" }, { 4, "Fragmentation needed" }, { 5, "Source route failed" },
	{ 6, "Destination network unknown" }, { 7, "Destination host unknown" },
	{ 8, "Source host isolated" }, { 9, "Network administratively prohibited" },
	{ 10, "Host administratively prohibited" }, { 11, "Network unreachable for TOS" },
	{ 12, "Host unreachable for TOS" }, { 13, "Communication administratively filtered" },
	{ 14, "Host precedence violation" }, { 15, "Precedence cutoff in effect" },
	{ 0, NULL }
};

static const struct value_name redirects[] = {
	{ 0, "Redirect for network" }, { 1, "Redirect for host" },
	{ 2, "Redirect for TOS and network" }, { 3, "Redirect for TOS and host" },
	{ 0, NULL }
};

static const struct value_name adverts[] = {
	{ 0, "Normal router advertisement" }, { 16, "Does not route common traffic" },
	{ 0, NULL }
};

static const struct value_name exceeded[] = {
	{ 0, "Time to live exceeded in transit" }, { 1, "Fragment reassembly time exceeded" },
	{ 0, NULL }
};

static const struct value_name parameters[] = {
	{ 0, "Pointer indicates the error" }, { 1, "Required option missing" },
	{ 2, "Bad length" },
	{ 0, NULL }
};

static const struct value_name photuris[] = {
	{ 0, "Bad SPI" }, { 1, "Authentication Failed" }, { 2, "Decompression Failed" },
	{ 3, "Decryption Failed" }, { 4, "Need Authentication" }, { 5, "Need Authorization" },
	{ 0, NULL }
};

static const struct value_name extended[] = {
	{ 0, "No error" }, { 1, "Malformed Query" }, { 2, "No Such Interface" },
	{ 3, "No Such Table Entry" }, { 4, "Multiple Interfaces Satisfy Query" },
	{ 0, NULL }
};

static const struct value_name states[] = {
	{ 0, "Reserved" }, { 1, "Incomplete" }, { 2, "Reachable" }, { 3, "Stale" },
	{ 4, "Delay" }, { 5, "Probe" }, { 6, "Failed" },
	{ 0, NULL }
};

static const struct value_name mip_types[] = {
	{ 0, "One byte padding extension" }, { 16, "Mobility Agent Advertisement Extension" },
	{ 19, "Prefix Lengths Extension" }, { 24, "Challenge Extension" },
	{ 0, NULL }
};

static const struct value_name classes[] = {
	{ 1, "MPLS Label Stack Class" }, { 2, "Interface Information Object" },
	{ 3, "Interface Identification Object" }, { 4, "Extended Information" },
	{ 0, NULL }
};

static const struct value_name roles[] = {
	{ 0, "IP interface upon which datagram arrived" },
	{ 1, "Sub-IP component of the interface upon which datagram arrived" },
	{ 2, "IP interface through which datagram would have been forwarded" },
	{ 3, "IP next hop to which datagram would have been forwarded" },
	{ 0, NULL }
};

static const struct value_name families[] = {
	{ 1, "IPv4" }, { 2, "IPv6" }, { 0x4005, "48-bit MAC" }, { 0x4006, "64-bit MAC" },
	{ 0, NULL }
};

static const char help_code[] =
	N_("The type in more detail, for example why a packet could not be delivered.");

const struct field icmp_fields[ICMP_FIELDS] = {
	[ICMP_TYPE] = { "icmp.type", N_("Type"), F_UINT, 0, types,
		N_("What the message says: 8 and 0 are ping and its answer, 3 means that a packet "
		   "could not be delivered, 11 that it passed too many routers.") },
	[ICMP_CODE] = { "icmp.code", N_("Code"), F_UINT, 0, NULL, help_code },
	[ICMP_CODE_UNREACHABLE] = { "icmp.code", N_("Code"), F_UINT, 0, unreachable, help_code },
	[ICMP_CODE_REDIRECT] = { "icmp.code", N_("Code"), F_UINT, 0, redirects, help_code },
	[ICMP_CODE_ADVERT] = { "icmp.code", N_("Code"), F_UINT, 0, adverts, help_code },
	[ICMP_CODE_EXCEEDED] = { "icmp.code", N_("Code"), F_UINT, 0, exceeded, help_code },
	[ICMP_CODE_PARAMETER] = { "icmp.code", N_("Code"), F_UINT, 0, parameters, help_code },
	[ICMP_CODE_PHOTURIS] = { "icmp.code", N_("Code"), F_UINT, 0, photuris, help_code },
	[ICMP_CODE_EXTENDED] = { "icmp.code", N_("Code"), F_UINT, 0, extended, help_code },
	[ICMP_CHECKSUM] = { "icmp.checksum", N_("Checksum"), F_HEX, 0, NULL,
		N_("Finds damage in the message.") },
	[ICMP_CHECKSUM_STATUS] = { "icmp.checksum.status", N_("Checksum status"), F_UINT, 0,
		checksum_status_names, NULL },
	[ICMP_UNUSED] = { "icmp.unused", N_("Unused"), F_BYTES, 0, NULL, NULL },
	[ICMP_RESERVED] = { "icmp.reserved", N_("Reserved"), F_BYTES, 0, NULL, NULL },
	[ICMP_IDENT] = { "icmp.ident", N_("Identifier (BE)"), F_HEX, 0, NULL,
		N_("Tells the pings of one program from another's; the answer repeats it.") },
	[ICMP_IDENT_LE] = { "icmp.ident_le", N_("Identifier (LE)"), F_HEX, 0, NULL,
		N_("The same two bytes as Windows counts them.") },
	[ICMP_SEQ] = { "icmp.seq", N_("Sequence number (BE)"), F_UINT, 0, NULL,
		N_("Counts the pings; the answer repeats it, so a lost one is noticed.") },
	[ICMP_SEQ_LE] = { "icmp.seq_le", N_("Sequence number (LE)"), F_UINT, 0, NULL,
		N_("The same two bytes as Windows counts them.") },
	[ICMP_DATA] = { "data.data", N_("Data"), F_BYTES, 0, NULL,
		N_("Anything; the answer brings it back.") },
	[ICMP_MTU] = { "icmp.mtu", N_("MTU of next hop"), F_UINT, 0, NULL,
		N_("The largest packet that fits through the line that was too narrow.") },
	[ICMP_LENGTH] = { "icmp.length", N_("Length"), F_UINT, 0, NULL, NULL },
	[ICMP_LENGTH_BYTES] = { "icmp.length.original_datagram",
		N_("Length of original datagram"), F_UINT, 0, NULL, NULL },
	[ICMP_POINTER] = { "icmp.pointer", N_("Pointer"), F_UINT, 0, NULL,
		N_("The byte of the quoted packet that was wrong.") },
	[ICMP_REDIR_GW] = { "icmp.redir_gw", N_("Gateway address"), F_IPV4, 0, NULL,
		N_("The router that is the shorter way.") },
	[ICMP_NUM_ADDRS] = { "icmp.num_addrs", N_("Number of addresses"), F_UINT, 0, NULL, NULL },
	[ICMP_ADDR_SIZE] = { "icmp.addr_entry_size", N_("Address entry size"), F_UINT, 0, NULL,
		NULL },
	[ICMP_LIFETIME] = { "icmp.lifetime", N_("Lifetime (s)"), F_UINT, 0, NULL, NULL },
	[ICMP_ROUTER] = { "icmp.router_address", N_("Router address"), F_IPV4, 0, NULL, NULL },
	[ICMP_PREF] = { "icmp.pref_level", N_("Preference level"), F_INT, 0, NULL, NULL },
	[ICMP_ORIGINATE] = { "icmp.originate_timestamp", N_("Originate timestamp"), F_UINT, 0,
		NULL, N_("Milliseconds since midnight (UTC) when it was sent.") },
	[ICMP_RECEIVE] = { "icmp.receive_timestamp", N_("Receive timestamp"), F_UINT, 0, NULL,
		NULL },
	[ICMP_TRANSMIT] = { "icmp.transmit_timestamp", N_("Transmit timestamp"), F_UINT, 0, NULL,
		NULL },
	[ICMP_MASK] = { "icmp.address_mask", N_("Address mask"), F_IPV4, 0, NULL, NULL },
	[ICMP_XE_SEQ] = { "icmp.ext.echo.seq", N_("Sequence number"), F_UINT, 0, NULL, NULL },
	[ICMP_XE_RES] = { "icmp.ext.echo.req.res", N_("Reserved"), F_HEX, 0xfe, NULL, NULL },
	[ICMP_XE_LOCAL] = { "icmp.ext.echo.req.local", N_("Local"), F_BOOL, 0x01, NULL, NULL },
	[ICMP_XE_STATE] = { "icmp.ext.echo.rsp.state", N_("State"), F_UINT, 0xe0, states, NULL },
	[ICMP_XE_RSP_RES] = { "icmp.ext.echo.rsp.res", N_("Reserved"), F_HEX, 0x18, NULL, NULL },
	[ICMP_XE_ACTIVE] = { "icmp.ext.echo.rsp.active", N_("Active"), F_BOOL, 0x04, NULL, NULL },
	[ICMP_XE_IPV4] = { "icmp.ext.echo.rsp.ipv4", N_("IPv4"), F_BOOL, 0x02, NULL, NULL },
	[ICMP_XE_IPV6] = { "icmp.ext.echo.rsp.ipv6", N_("IPv6"), F_BOOL, 0x01, NULL, NULL },
	[MIP_TYPE] = { "icmp.mip.type", N_("Extension type"), F_UINT, 0, mip_types, NULL },
	[MIP_LENGTH] = { "icmp.mip.length", N_("Length"), F_UINT, 0, NULL, NULL },
	[MIP_SEQ] = { "icmp.mip.seq", N_("Sequence number"), F_UINT, 0, NULL, NULL },
	[MIP_LIFE] = { "icmp.mip.life", N_("Registration lifetime"), F_UINT, 0, NULL, NULL },
	[MIP_FLAGS] = { "icmp.mip.flags", N_("Flags"), F_HEX, 0, NULL, NULL },
	[MIP_COA] = { "icmp.mip.coa", N_("Care-of address"), F_IPV4, 0, NULL, NULL },
	[MIP_PREFIX] = { "icmp.mip.prefixlength", N_("Prefix length"), F_UINT, 0, NULL, NULL },
	[MIP_CHALLENGE] = { "icmp.mip.challenge", N_("Challenge"), F_BYTES, 0, NULL, NULL },
	[MIP_CONTENT] = { "icmp.mip.content", N_("Content"), F_BYTES, 0, NULL, NULL },
	[EXT] = { "icmp.ext", N_("ICMP multi-part extensions"), F_NONE, 0, NULL,
		N_("What a router adds behind the quoted packet: the labels it bore in its network, "
		   "or the interface it came in on.") },
	[EXT_VERSION] = { "icmp.ext.version", N_("Version"), F_UINT, 0xf000, NULL, NULL },
	[EXT_RES] = { "icmp.ext.res", N_("Reserved"), F_HEX, 0x0fff, NULL, NULL },
	[EXT_CHECKSUM] = { "icmp.ext.checksum", N_("Checksum"), F_HEX, 0, NULL, NULL },
	[EXT_CHECKSUM_STATUS] = { "icmp.ext.checksum.status", N_("Checksum status"), F_UINT, 0,
		checksum_status_names, NULL },
	[EXT_OBJECT] = { "osi.icmp.ext.object", N_("Object"), F_NONE, 0, NULL, NULL },
	[EXT_LENGTH] = { "icmp.ext.length", N_("Length"), F_UINT, 0, NULL, NULL },
	[EXT_CLASS] = { "icmp.ext.class", N_("Class"), F_UINT, 0, classes, NULL },
	[EXT_CTYPE] = { "icmp.ext.ctype", N_("C-Type"), F_UINT, 0, NULL, NULL },
	[EXT_DATA] = { "icmp.ext.data", N_("Data"), F_BYTES, 0, NULL, NULL },
	[MPLS_LABEL] = { "icmp.mpls.label", N_("Label"), F_UINT, 0xfffff0, NULL,
		N_("With MPLS, routers of a provider look at this number instead of the address.") },
	[MPLS_EXP] = { "icmp.mpls.exp", N_("Experimental"), F_UINT, 0x00000e, NULL, NULL },
	[MPLS_S] = { "icmp.mpls.s", N_("Bottom of stack"), F_BOOL, 0x000001, NULL, NULL },
	[MPLS_TTL] = { "icmp.mpls.ttl", N_("Time to live"), F_UINT, 0, NULL, NULL },
	[INT_ROLE] = { "icmp.int_info.role", N_("Interface role"), F_UINT, 0xc0, roles, NULL },
	[INT_RESERVED] = { "icmp.int_info.reserved", N_("Reserved"), F_UINT, 0x30, NULL, NULL },
	[INT_HAS_INDEX] = { "icmp.int_info.ifindex", N_("Has index"), F_BOOL, 0x08, NULL, NULL },
	[INT_HAS_ADDRESS] = { "icmp.int_info.ipaddr", N_("Has IP address"), F_BOOL, 0x04, NULL,
		NULL },
	[INT_HAS_NAME] = { "icmp.int_info.name_present", N_("Has name"), F_BOOL, 0x02, NULL,
		NULL },
	[INT_HAS_MTU] = { "icmp.int_info.mtu_present", N_("Has MTU"), F_BOOL, 0x01, NULL, NULL },
	[INT_INDEX] = { "icmp.int_info.index", N_("Interface index"), F_UINT, 0, NULL, NULL },
	[INT_AFI] = { "icmp.int_info.afi", N_("Address family"), F_UINT, 0, families, NULL },
	[INT_IPV4] = { "icmp.int_info.ipv4", N_("Address"), F_IPV4, 0, NULL, NULL },
	[INT_IPV6] = { "icmp.int_info.ipv6", N_("Address"), F_IPV6, 0, NULL, NULL },
	[INT_UNKNOWN] = { "icmp.int_info.ipunknown", N_("Address"), F_BYTES, 0, NULL, NULL },
	[INT_NAME_LEN] = { "icmp.int_info.name_length", N_("Name length"), F_UINT, 0, NULL,
		NULL },
	[INT_NAME] = { "icmp.int_info.name", N_("Name"), F_TEXT, 0, NULL, NULL },
	[INT_MTU] = { "icmp.int_info.mtu", N_("MTU"), F_UINT, 0, NULL, NULL },
	[IDENT_NAME] = { "icmp.int_ident.name", N_("Name"), F_TEXT, 0, NULL, NULL },
	[IDENT_INDEX] = { "icmp.int_ident.index", N_("Interface index"), F_UINT, 0, NULL, NULL },
	[IDENT_AFI] = { "icmp.int_ident.afi", N_("Address family"), F_UINT, 0, families, NULL },
	[IDENT_ADDR_LEN] = { "icmp.int_ident.addr_length", N_("Address length"), F_UINT, 0, NULL,
		NULL },
	[IDENT_RESERVED] = { "icmp.int_ident.reserved", N_("Reserved"), F_BYTES, 0, NULL, NULL },
	[IDENT_IPV4] = { "icmp.int_ident.ipv4", N_("Address"), F_IPV4, 0, NULL, NULL },
	[IDENT_IPV6] = { "icmp.int_ident.ipv6", N_("Address"), F_IPV6, 0, NULL, NULL },
	[IDENT_ADDRESS] = { "icmp.int_ident.address", N_("Address"), F_BYTES, 0, NULL, NULL },
};

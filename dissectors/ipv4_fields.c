/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of IPv4: RFC 791; DSCP: RFC 2474; ECN: RFC 3168; options: the RFCs beside them. */
#include "ipv4.h"

#include "checksum.h"

static const struct value_name dscp[] = {
	{ 0, "CS0" }, { 1, "LE" }, { 8, "CS1" }, { 10, "AF11" }, { 12, "AF12" }, { 14, "AF13" },
	{ 16, "CS2" }, { 18, "AF21" }, { 20, "AF22" }, { 22, "AF23" }, { 24, "CS3" },
	{ 26, "AF31" }, { 28, "AF32" }, { 30, "AF33" }, { 32, "CS4" }, { 34, "AF41" },
	{ 36, "AF42" }, { 38, "AF43" }, { 40, "CS5" }, { 44, "VOICE-ADMIT" }, { 46, "EF PHB" },
	{ 48, "CS6" }, { 56, "CS7" },
	{ 0, NULL }
};

static const struct value_name ecn[] = {
	{ 0, "Not-ECT" }, { 1, "ECT(1)" }, { 2, "ECT(0)" }, { 3, "CE" },
	{ 0, NULL }
};

static const struct value_name option_types[] = {
	{ 0, "End of Options List (EOL)" }, { 1, "No-Operation (NOP)" }, { 7, "Record Route" },
	{ 11, "MTU Probe" }, { 12, "MTU Reply" }, { 25, "Quick-Start" }, { 68, "Time Stamp" },
	{ 82, "Traceroute" }, { 130, "Security" }, { 131, "Loose Source Route" },
	{ 133, "Extended Security" }, { 134, "Commercial Security" }, { 136, "Stream ID" },
	{ 137, "Strict Source Route" }, { 142, "Experimental Access Control" },
	{ 145, "Extended Internet Protocol" }, { 147, "Address Extension" },
	{ 148, "Router Alert" }, { 149, "Selective Directed Broadcast" },
	{ 151, "Dynamic Packet State" }, { 152, "Upstream Multicast Packet" },
	{ 0, NULL }
};

static const struct value_name option_classes[] = {
	{ 0, "Control" }, { 1, "Reserved for future use" }, { 2, "Debugging and measurement" },
	{ 3, "Reserved for future use" },
	{ 0, NULL }
};

static const struct value_name option_numbers[] = {
	{ 0, "End of Option List (EOL)" }, { 1, "No-Operation (NOP)" }, { 2, "Security" },
	{ 3, "Loose Source Route" }, { 4, "Time Stamp" }, { 5, "Extended Security" },
	{ 6, "Commercial Security" }, { 7, "Record Route" }, { 8, "Stream ID" },
	{ 9, "Strict Source Route" }, { 11, "MTU Probe" }, { 12, "MTU Reply" },
	{ 18, "Traceroute" }, { 20, "Router Alert" }, { 21, "Selective Directed Broadcast" },
	{ 25, "Quick-Start" },
	{ 0, NULL }
};

static const struct value_name time_flags[] = {
	{ 0, N_("Time stamps only") }, { 1, N_("Time stamp and address") },
	{ 3, N_("Time stamps for these addresses") },
	{ 0, NULL }
};

static const struct value_name alerts[] = {
	{ 0, "Router shall examine packet" },
	{ 0, NULL }
};

static const struct value_name quick_start[] = {
	{ 0, "Rate request" }, { 8, "Rate report" },
	{ 0, NULL }
};

static const struct value_name security[] = {
	{ 0x0000, "Unclassified" }, { 0xf135, "Confidential" }, { 0x789a, "EFTO" },
	{ 0xbc4d, "MMMM" }, { 0x5e26, "PROG" }, { 0xaf13, "Restricted" }, { 0xd788, "Secret" },
	{ 0x6bc5, "Top Secret" },
	{ 0, NULL }
};

static const struct value_name levels[] = {
	{ 0x01, "Reserved 4" }, { 0x3d, "Top Secret" }, { 0x5a, "Secret" },
	{ 0x96, "Confidential" }, { 0x66, "Reserved 3" }, { 0xcc, "Reserved 2" },
	{ 0xab, "Unclassified" }, { 0xf1, "Reserved 1" },
	{ 0, NULL }
};

static const struct value_name cipso_tags[] = {
	{ 0, "Padding" }, { 1, "Restrictive Category Bitmap" }, { 2, "Enumerated Categories" },
	{ 5, "Ranged Categories" }, { 6, "Permissive Categories" }, { 7, "Free Form" },
	{ 0, NULL }
};

const struct field ipv4_fields[IP_FIELDS] = {
	[IP_VERSION] = { "ip.version", N_("Version"), F_UINT, 0xf0, NULL,
		N_("4: this is IPv4.") },
	[IP_HDR_LEN] = { "ip.hdr_len", N_("Header length"), F_UINT, 0, NULL,
		N_("Bytes of this header: 20, and more with options. In the packet it is counted in "
		   "words of 4 bytes.") },
	[IP_DSFIELD] = { "ip.dsfield", N_("Differentiated services field"), F_HEX, 0, NULL,
		N_("How routers should treat the packet when they are busy.") },
	[IP_DSCP] = { "ip.dsfield.dscp", N_("Differentiated services codepoint"), F_UINT, 0xfc,
		dscp, N_("The class of service; 0 is ordinary.") },
	[IP_ECN] = { "ip.dsfield.ecn", N_("Explicit congestion notification"), F_UINT, 0x03, ecn,
		N_("A router that is about to be overloaded sets this to 3 instead of dropping the "
		   "packet; the sender then slows down.") },
	[IP_LEN] = { "ip.len", N_("Total length"), F_UINT, 0, NULL,
		N_("Bytes of the packet with this header, without the frame around it. 0 when the "
		   "network card was to cut a large one into segments.") },
	[IP_ID] = { "ip.id", N_("Identification"), F_HEX, 0, NULL,
		N_("The same in all fragments of a packet, so that the receiver knows what belongs "
		   "together.") },
	[IP_FLAGS] = { "ip.flags", N_("Flags"), F_HEX, 0xe0, NULL, NULL },
	[IP_FLAG_RB] = { "ip.flags.rb", N_("Reserved bit"), F_BOOL, 0x80, NULL,
		N_("Always 0. (RFC 3514, a joke, calls it the evil bit.)") },
	[IP_FLAG_DF] = { "ip.flags.df", N_("Don't fragment"), F_BOOL, 0x40, NULL,
		N_("1: a router to whose next line the packet does not fit must not cut it into "
		   "fragments; it drops it and tells the sender (ICMP).") },
	[IP_FLAG_MF] = { "ip.flags.mf", N_("More fragments"), F_BOOL, 0x20, NULL,
		N_("1: this is a fragment, and not the last one.") },
	[IP_FRAG_OFFSET] = { "ip.frag_offset", N_("Fragment offset"), F_UINT, 0, NULL,
		N_("Where this fragment belongs in the packet, in bytes.") },
	[IP_TTL] = { "ip.ttl", N_("Time to live"), F_UINT, 0, NULL,
		N_("How many routers it may still pass: each takes one off, and the one that "
		   "reaches 0 drops the packet, so that nothing goes round for ever. Senders begin "
		   "with 64, 128 or 255: what is missing is the number of routers passed.") },
	[IP_PROTO] = { "ip.proto", N_("Protocol"), F_UINT, 0, ip_proto_names,
		N_("What the packet carries: 6 is TCP, 17 UDP, 1 ICMP.") },
	[IP_CHECKSUM] = { "ip.checksum", N_("Header checksum"), F_HEX, 0, NULL,
		N_("Finds damage in this header. Every router computes it anew, because it changes "
		   "the time to live.") },
	[IP_CHECKSUM_STATUS] = { "ip.checksum.status", N_("Header checksum status"), F_UINT, 0,
		checksum_status_names, NULL },
	[IP_SRC] = { "ip.src", N_("Source address"), F_IPV4, 0, NULL,
		N_("Who sent the packet. It stays the same all the way, unless an address "
		   "translator (NAT) stands in between.") },
	[IP_CUR_RT] = { "ip.cur_rt", N_("Current route"), F_IPV4, 0, NULL,
		N_("The next stop of a source route.") },
	[IP_DST] = { "ip.dst", N_("Destination address"), F_IPV4, 0, NULL,
		N_("Who it is for: the final station, however many routers lie between.") },
	[IP_OPTIONS] = { "osi.ip.options", N_("Options"), F_NONE, 0, NULL,
		N_("Extras that hardly anybody uses; many routers drop packets with options.") },
	[IP_OPTION] = { "osi.ip.option", N_("Option"), F_NONE, 0, NULL, NULL },
	[OPT_TYPE] = { "ip.opt.type", N_("Type"), F_UINT, 0, option_types, NULL },
	[OPT_COPY] = { "ip.opt.type.copy", N_("Copy on fragmentation"), F_BOOL, 0x80, NULL,
		N_("1: every fragment has the option, not only the first.") },
	[OPT_CLASS] = { "ip.opt.type.class", N_("Class"), F_UINT, 0x60, option_classes, NULL },
	[OPT_NUMBER] = { "ip.opt.type.number", N_("Number"), F_UINT, 0x1f, option_numbers, NULL },
	[OPT_LEN] = { "ip.opt.len", N_("Length"), F_UINT, 0, NULL, NULL },
	[OPT_PTR] = { "ip.opt.ptr", N_("Pointer"), F_UINT, 0, NULL,
		N_("Where in the option the next router writes or reads; 4 is the first address.") },
	[OPT_REC_RT] = { "ip.rec_rt", N_("Recorded route"), F_IPV4, 0, NULL,
		N_("A router that the packet passed.") },
	[OPT_SRC_RT] = { "ip.src_rt", N_("Source route"), F_IPV4, 0, NULL,
		N_("A router that the packet still has to pass.") },
	[OPT_EMPTY_RT] = { "ip.empty_rt", N_("Empty route"), F_IPV4, 0, NULL,
		N_("Room for a router's address.") },
	[OPT_OVERFLOW] = { "ip.opt.overflow", N_("Overflow"), F_UINT, 0xf0, NULL,
		N_("Routers that found no room for their time.") },
	[OPT_FLAG] = { "ip.opt.flag", N_("Flag"), F_HEX, 0x0f, time_flags, NULL },
	[OPT_TIME] = { "ip.opt.time_stamp", N_("Time stamp"), F_UINT, 0, NULL,
		N_("Milliseconds since midnight (UTC).") },
	[OPT_TIME_ADDR] = { "ip.opt.time_stamp_addr", N_("Address"), F_IPV4, 0, NULL, NULL },
	[OPT_RA] = { "ip.opt.ra", N_("Router alert"), F_UINT, 0, alerts,
		N_("Asks routers on the way to look at the packet (RFC 2113); IGMP uses it.") },
	[OPT_SID] = { "ip.opt.sid", N_("Stream identifier"), F_UINT, 0, NULL, NULL },
	[OPT_MTU] = { "ip.opt.mtu", N_("MTU"), F_UINT, 0, NULL,
		N_("The largest packet on the way (RFC 1063, obsolete).") },
	[OPT_ID_NUMBER] = { "ip.opt.id_number", N_("ID number"), F_UINT, 0, NULL, NULL },
	[OPT_OHC] = { "ip.opt.ohc", N_("Outbound hop count"), F_UINT, 0, NULL, NULL },
	[OPT_RHC] = { "ip.opt.rhc", N_("Return hop count"), F_UINT, 0, NULL, NULL },
	[OPT_ORIGINATOR] = { "ip.opt.originator", N_("Originator IP address"), F_IPV4, 0, NULL,
		NULL },
	[OPT_ADDR] = { "ip.opt.addr", N_("IP address"), F_IPV4, 0, NULL, NULL },
	[OPT_QS_FUNC] = { "ip.opt.qs_func", N_("Function"), F_UINT, 0xf0, quick_start, NULL },
	[OPT_QS_RATE] = { "ip.opt.qs_rate", N_("Rate"), F_UINT, 0x0f, NULL,
		N_("40 kbit/s times 2 to the power of this (RFC 4782).") },
	[OPT_QS_TTL] = { "ip.opt.qs_ttl", N_("QS TTL"), F_UINT, 0, NULL, NULL },
	[OPT_QS_UNUSED] = { "ip.opt.qs_unused", N_("Not used"), F_UINT, 0, NULL, NULL },
	[OPT_QS_NONCE] = { "ip.opt.qs_nonce", N_("QS nonce"), F_HEX, 0xfffffffc, NULL, NULL },
	[OPT_QS_RESERVED] = { "ip.opt.qs_reserved", N_("Reserved"), F_HEX, 0x3, NULL, NULL },
	[OPT_SEC] = { "ip.opt.sec_rfc791_sec", N_("Security"), F_HEX, 0, security, NULL },
	[OPT_SEC_COMP] = { "ip.opt.sec_rfc791_comp", N_("Compartments"), F_UINT, 0, NULL, NULL },
	[OPT_SEC_HR] = { "ip.opt.sec_rfc791_hr", N_("Handling restrictions"), F_TEXT, 0, NULL,
		NULL },
	[OPT_SEC_TCC] = { "ip.opt.sec_rfc791_tcc", N_("Transmission control code"), F_TEXT, 0,
		NULL, NULL },
	[OPT_SEC_LEVEL] = { "ip.opt.sec_cl", N_("Classification level"), F_HEX, 0, levels,
		NULL },
	[OPT_SEC_AUTH] = { "ip.opt.sec_prot_auth_flags", N_("Protection authority flags"), F_HEX,
		0, NULL, NULL },
	[OPT_EXT_CODE] = { "ip.opt.ext_sec_add_sec_info_format_code",
		N_("Additional security info format code"), F_HEX, 0, NULL, NULL },
	[OPT_EXT_INFO] = { "ip.opt.ext_sec_add_sec_info", N_("Additional security info"), F_BYTES,
		0, NULL, NULL },
	[OPT_CIPSO_DOI] = { "ip.cipso.doi", N_("Domain of interpretation"), F_UINT, 0, NULL,
		NULL },
	[OPT_CIPSO_TAG] = { "ip.cipso.tag_type", N_("Tag type"), F_UINT, 0, cipso_tags, NULL },
	[OPT_CIPSO_LEVEL] = { "ip.cipso.sensitivity_level", N_("Sensitivity level"), F_UINT, 0,
		NULL, NULL },
	[OPT_CIPSO_DATA] = { "ip.cipso.tag_data", N_("Tag data"), F_BYTES, 0, NULL, NULL },
	[OPT_DATA] = { "osi.ip.option.data", N_("Data"), F_BYTES, 0, NULL, NULL },
};

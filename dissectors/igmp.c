/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IGMP, which groups a station listens to: versions 0 to 3, RFC 988, 1112, 2236, 3376. */
#include "net.h"

#include "checksum.h"

enum {
	IGMP_VERSION, IGMP_TYPE, IGMP_RESERVED, IGMP_MAX_RESP, IGMP_CHECKSUM, IGMP_STATUS,
	IGMP_MADDR, IGMP_S, IGMP_QRV, IGMP_QQIC, IGMP_NUM_SRC, IGMP_SADDR, IGMP_NUM_RECS,
	IGMP_RECORD, IGMP_RECORD_TYPE, IGMP_AUX_LEN, IGMP_AUX, IGMP_DATA
};

enum { QUERY = 0x11, REPORT_V1 = 0x12, REPORT_V2 = 0x16, LEAVE = 0x17, REPORT_V3 = 0x22 };

static const struct value_name types[] = {
	{ QUERY, "Membership Query" }, { REPORT_V1, "Membership Report" }, { 0x13, "DVMRP" },
	{ 0x14, "PIMv1" }, { 0x15, "Cisco Trace Message" }, { REPORT_V2, "Membership Report" },
	{ LEAVE, "Leave Group" }, { 0x1e, "Multicast Traceroute Response" },
	{ 0x1f, "Multicast Traceroute" }, { REPORT_V3, "Membership Report" },
	{ 0, NULL }
};

static const struct value_name records[] = {
	{ 1, "Mode Is Include" }, { 2, "Mode Is Exclude" }, { 3, "Change To Include Mode" },
	{ 4, "Change To Exclude Mode" }, { 5, "Allow New Sources" }, { 6, "Block Old Sources" },
	{ 0, NULL }
};

static const struct field f[] = {
	[IGMP_VERSION] = { "igmp.version", N_("IGMP version"), F_UINT, 0, NULL, NULL },
	[IGMP_TYPE] = { "igmp.type", N_("Type"), F_HEX, 0, types,
		N_("A query of a router (who still listens?), a report (I do), or a leave.") },
	[IGMP_RESERVED] = { "igmp.reserved", N_("Reserved"), F_BYTES, 0, NULL, NULL },
	[IGMP_MAX_RESP] = { "igmp.max_resp", N_("Maximum response time"), F_UINT, 0, NULL,
		N_("In tenths of a second: stations wait a random time up to this, so that not all "
		   "answer at once.") },
	[IGMP_CHECKSUM] = { "igmp.checksum", N_("Checksum"), F_HEX, 0, NULL, NULL },
	[IGMP_STATUS] = { "igmp.checksum.status", N_("Checksum status"), F_UINT, 0,
		checksum_status_names, NULL },
	[IGMP_MADDR] = { "igmp.maddr", N_("Multicast address"), F_IPV4, 0, NULL,
		N_("The group that it is about; 0.0.0.0: all groups.") },
	[IGMP_S] = { "igmp.s", N_("Suppress router-side processing"), F_BOOL, 0x08, NULL, NULL },
	[IGMP_QRV] = { "igmp.qrv", N_("Querier's robustness variable"), F_UINT, 0x07, NULL,
		NULL },
	[IGMP_QQIC] = { "igmp.qqic", N_("Querier's query interval code"), F_UINT, 0, NULL, NULL },
	[IGMP_NUM_SRC] = { "igmp.num_src", N_("Number of sources"), F_UINT, 0, NULL, NULL },
	[IGMP_SADDR] = { "igmp.saddr", N_("Source address"), F_IPV4, 0, NULL, NULL },
	[IGMP_NUM_RECS] = { "igmp.num_grp_recs", N_("Number of group records"), F_UINT, 0, NULL,
		NULL },
	[IGMP_RECORD] = { "osi.igmp.record", N_("Group record"), F_NONE, 0, NULL, NULL },
	[IGMP_RECORD_TYPE] = { "igmp.record_type", N_("Record type"), F_UINT, 0, records,
		N_("Whether the station begins or ends to listen to the group.") },
	[IGMP_AUX_LEN] = { "igmp.aux_data_len", N_("Auxiliary data length"), F_UINT, 0, NULL,
		NULL },
	[IGMP_AUX] = { "igmp.aux_data", N_("Auxiliary data"), F_BYTES, 0, NULL, NULL },
	[IGMP_DATA] = { "igmp.data", N_("Data"), F_BYTES, 0, NULL, NULL },
};

static void sources(struct dissect *d, struct cursor *c, unsigned n)
{
	for (unsigned i = 0; i < n && cur_ok(c); i++)
		(void)take_ipv4(d, c, &f[IGMP_SADDR]);
}

static void query_v3(struct dissect *d, struct cursor *c)
{
	uint8_t raw = take_u8(d, c, NULL);
	put_bits(d, &f[IGMP_S], raw);
	put_bits(d, &f[IGMP_QRV], raw);
	(void)take_u8(d, c, &f[IGMP_QQIC]);
	sources(d, c, take_u16(d, c, &f[IGMP_NUM_SRC]));
}

static void report_v3(struct dissect *d, struct cursor *c)
{
	(void)take_bytes(d, c, 2, &f[IGMP_RESERVED]);
	uint16_t n = take_u16(d, c, &f[IGMP_NUM_RECS]);
	for (unsigned i = 0; i < n && cur_ok(c); i++) {
		uint32_t tree = tree_open(d, c, &f[IGMP_RECORD]);
		uint8_t type = take_u8(d, c, &f[IGMP_RECORD_TYPE]);
		uint8_t words = take_u8(d, c, &f[IGMP_AUX_LEN]);
		uint16_t n_sources = take_u16(d, c, &f[IGMP_NUM_SRC]);
		const uint8_t *group = take_ipv4(d, c, &f[IGMP_MADDR]);
		const char *name = value_name(records, type);
		if (group && want_fields(d))
			tree_text(d, tree, "%s: %s", name ? name : "Unknown",
				  ip_text(d, group, 4));
		sources(d, c, n_sources);
		if (words)
			(void)take_bytes(d, c, words * 4u, &f[IGMP_AUX]);
		tree_close(d, c, tree);
	}
}

static unsigned version_of(uint8_t type, uint8_t max, size_t wire)
{
	if (type == REPORT_V3 || (type == QUERY && wire >= 12))
		return 3;
	if (type == REPORT_V1 || (type == QUERY && !max))
		return 1;
	return type < 0x10 ? 0 : 2;
}

static enum verdict igmp(struct dissect *d, struct cursor *c)
{
	struct cursor whole = *c;
	size_t wire = cur_wire(c);
	const uint8_t *p = cur_peek(c, 2);
	unsigned version = p ? version_of(p[0], p[1], wire) : 0;
	if (p)
		put_uint(d, &f[IGMP_VERSION], (struct range){ 0 }, version);
	uint8_t type = take_u8(d, c, &f[IGMP_TYPE]);
	if (version == 2 || (version == 3 && type == QUERY))
		(void)take_u8(d, c, &f[IGMP_MAX_RESP]);
	else
		(void)take_bytes(d, c, 1, &f[IGMP_RESERVED]);
	(void)take_u16(d, c, &f[IGMP_CHECKSUM]);
	(void)checksum_plain(d, &whole, &f[IGMP_STATUS]);
	if (!cur_ok(c))
		return verdict_of(c);
	const char *name = value_name(types, type);
	const uint8_t *group = NULL;
	if (type == REPORT_V3)
		report_v3(d, c);
	else if (name && type != 0x13 && type != 0x14)
		group = take_ipv4(d, c, &f[IGMP_MADDR]);
	if (type == QUERY && version == 3)
		query_v3(d, c);
	if (want_info(d)) {
		bool specific = group && (type != QUERY || group[0]);
		info_set(d, "%s%s%s", name ? name : "Unknown IGMP type",
			 specific ? type == QUERY ? ", specific for group " : " group " : "",
			 specific ? ip_text(d, group, 4) : "");
	}
	take_rest(d, c, &f[IGMP_DATA]);
	return verdict_of(c);
}

static const struct binding binds[] = { { BY_IPPROTO, 2 } };

extern const struct protocol proto_igmp;
const struct protocol proto_igmp = {
	.name = "igmp",
	.title = "Internet Group Management Protocol",
	.help = N_("A station tells routers and switches which groups (multicast addresses) it wants to "
		   "hear, so that a film for many is only sent where somebody watches."),
	.osi = OSI(3),
	FIELDS(f),
	BINDS(binds),
	.packet = igmp,
};

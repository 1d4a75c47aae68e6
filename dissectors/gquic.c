/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gquic: Google's QUIC up to version Q043, from before it went to the IETF (draft-hamilton-
 * quic-transport-protocol-01, section 6.1): the public header. Old captures hold it.
 */
#include "dissect.h"

enum {
	G_FLAGS, G_FLAG_VERSION, G_FLAG_RESET, G_FLAG_NONCE, G_FLAG_CID, G_FLAG_NUMBER, G_FLAG_PATHS,
	G_FLAG_RESERVED, G_CID, G_VERSION, G_NONCE, G_NUMBER, G_PAYLOAD
};

enum { VERSION = 1, RESET = 2, NONCE = 4, CID = 8, RESERVED = 0x80 };

static const struct value_name number_lengths[] = {
	{ 0, "1 byte" }, { 1, "2 bytes" }, { 2, "4 bytes" }, { 3, "6 bytes" }, { 0, NULL }
};

static const struct field f[] = {
	[G_FLAGS] = { "gquic.puflags", N_("Public Flags"), F_HEX, 0, NULL,
		N_("Which of the fields behind it are there.") },
	[G_FLAG_VERSION] = { "gquic.puflags.version", N_("Version"), F_BOOL, 0x01, NULL, NULL },
	[G_FLAG_RESET] = { "gquic.puflags.reset", N_("Reset"), F_BOOL, 0x02, NULL, NULL },
	[G_FLAG_NONCE] = { "gquic.puflags.nonce", N_("Diversification nonce"), F_BOOL, 0x04, NULL,
		NULL },
	[G_FLAG_CID] = { "gquic.puflags.cid", N_("Connection ID"), F_BOOL, 0x08, NULL, NULL },
	[G_FLAG_NUMBER] = { "gquic.puflags.pkn", N_("Packet Number Length"), F_HEX, 0x30,
		number_lengths, NULL },
	[G_FLAG_PATHS] = { "gquic.puflags.mpth", N_("Multipath"), F_BOOL, 0x40, NULL, NULL },
	[G_FLAG_RESERVED] = { "gquic.puflags.rsv", N_("Reserved"), F_HEX, 0x80, NULL, NULL },
	[G_CID] = { "gquic.cid", N_("CID"), F_UINT, 0, NULL,
		N_("Names the connection, in both directions.") },
	[G_VERSION] = { "gquic.version", N_("Version"), F_TEXT, 0, NULL,
		N_("The version that the client speaks: Q and a number.") },
	[G_NONCE] = { "gquic.diversification_nonce", N_("Diversification nonce"), F_BYTES, 0, NULL,
		NULL },
	[G_NUMBER] = { "gquic.packet_number", N_("Packet Number"), F_UINT, 0, NULL, NULL },
	[G_PAYLOAD] = { "gquic.payload", N_("Payload"), F_BYTES, 0, NULL, NULL },
};

static enum verdict gquic_packet(struct dissect *d, struct cursor *c)
{
	uint8_t flags = take_u8(d, c, &f[G_FLAGS]);
	tree_in(d);
	for (unsigned i = G_FLAG_VERSION; i <= G_FLAG_RESERVED; i++)
		put_bits(d, &f[i], flags);
	tree_out(d);
	if (flags & CID)
		take_u64(d, c, &f[G_CID]);
	if (flags & VERSION)
		take_text(d, c, 4, &f[G_VERSION]);
	else if (flags & NONCE)		/* only the server's packets carry it */
		take_bytes(d, c, 32, &f[G_NONCE]);
	if (!(flags & RESET)) {
		unsigned n = flags >> 4 & 3;
		take_uint(d, c, n == 3 ? 6 : 1u << n, &f[G_NUMBER]);
	}
	if (cur_left(c))
		take_bytes(d, c, cur_left(c), &f[G_PAYLOAD]);
	info_set(d, flags & RESET ? "Public Reset" : "Payload (Encrypted)");
	return DONE;
}

/* A client's first packets name their version; the others belong to a flow that is known. */
static enum probe gquic_probe(const uint8_t *bytes, size_t n)
{
	if (n < 14 || (bytes[0] & (VERSION | CID)) != (VERSION | CID) || bytes[0] & (RESET | RESERVED))
		return PROBE_NO;
	return bytes[9] == 'Q' && bytes[10] == '0' && bytes[11] >= '2' && bytes[11] <= '4'
		&& bytes[12] >= '0' && bytes[12] <= '9' ? PROBE_YES : PROBE_NO;
}

const struct protocol proto_gquic = {
	.name = "gquic",
	.title = "GQUIC (Google Quick UDP Internet Connections)",
	.help = N_("Google's own QUIC, from before it became a standard. Only its public header can be "
		   "told here: which connection and which packet; the rest is encrypted."),
	.osi = OSI(4) | OSI(5) | OSI(6),
	FIELDS(f),
	.packet = gquic_packet,
	.probe = gquic_probe,
};

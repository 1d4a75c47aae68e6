/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quic: the headers of QUIC packets (RFC 9000 section 17, RFC 9369 for version 2, RFC 8999 for
 * what all versions share). Several packets may stand in one datagram. What the header protection
 * hides (packet number, key phase) and what is encrypted is shown as bytes.
 *
 *    0 1 2 3 4 5 6 7
 *   +-+-+-+-+-+-+-+-+-------------------------------+-----------+-----------------+
 *   |1|1|Typ|.......|  Version (32)                 | DCIL  DCID| SCIL  SCID  ... |
 *   +-+-+-+-+-+-+-+-+-------------------------------+-----------+-----------------+
 */
#include "dissect.h"

enum {
	Q_PACKET, Q_SHORT, Q_LENGTH_ALL, Q_FORM, Q_FIXED, Q_TYPE, Q_TYPE_V2, Q_SPIN, Q_UNUSED, Q_VERSION,
	Q_DCIL, Q_DCID, Q_SCIL, Q_SCID, Q_TOKEN_LENGTH, Q_TOKEN, Q_LENGTH, Q_PAYLOAD,
	Q_SUPPORTED, Q_RETRY_TOKEN, Q_RETRY_TAG
};

enum { V1 = 1, V2 = 0x6b3343cf };
enum { INITIAL, ZERO_RTT, HANDSHAKE, RETRY, NEGOTIATION, UNKNOWN };

static const struct value_name forms[] = {
	{ 0, "Short Header" }, { 1, "Long Header" }, { 0, NULL }
};
static const struct value_name types[] = {
	{ 0, "Initial" }, { 1, "0-RTT" }, { 2, "Handshake" }, { 3, "Retry" },
	{ 4, "Version Negotiation" }, { 5, "Unknown version" }, { 0, NULL }
};
static const struct value_name types_v2[] = {
	{ 0, "Retry" }, { 1, "Initial" }, { 2, "0-RTT" }, { 3, "Handshake" }, { 0, NULL }
};
static const struct value_name versions[] = {
	{ 0, "Version Negotiation" }, { 1, "1" }, { 0x6b3343cf, "2" }, { 0x709a50c4, "2 (draft)" },
	{ 0x51303433, "Google Q043" }, { 0x51303436, "Google Q046" }, { 0x51303530, "Google Q050" },
	{ 0x54303530, "Google T050" }, { 0x54303531, "Google T051" },
	{ 0xfaceb001, "Facebook mvfst (draft-22)" }, { 0xfaceb002, "Facebook mvfst (draft-27)" },
	{ 0xfaceb00e, "Facebook mvfst (experimental)" },
	{ 0xff000015, "draft-21" }, { 0xff000016, "draft-22" }, { 0xff000017, "draft-23" },
	{ 0xff000018, "draft-24" }, { 0xff000019, "draft-25" }, { 0xff00001a, "draft-26" },
	{ 0xff00001b, "draft-27" }, { 0xff00001c, "draft-28" }, { 0xff00001d, "draft-29" },
	{ 0xff00001e, "draft-30" }, { 0xff00001f, "draft-31" }, { 0xff000020, "draft-32" },
	{ 0xff000021, "draft-33" }, { 0xff000022, "draft-34" }, { 0, NULL }
};

static const struct field f[] = {
	[Q_PACKET] = { "osi.quic.packet", N_("QUIC packet"), F_NONE, 0, NULL,
		N_("A datagram may carry several QUIC packets: the first flights do, to save time.") },
	[Q_SHORT] = { "quic.short", N_("QUIC Short Header"), F_NONE, 0, NULL,
		N_("Once the keys are made, packets have a short header: nothing that an observer could "
		   "use but one's connection ID.") },
	[Q_LENGTH_ALL] = { "quic.packet_length", N_("Packet Length"), F_UINT, 0, NULL, NULL },
	[Q_FORM] = { "quic.header_form", N_("Header Form"), F_UINT, 0x80, forms,
		N_("Long headers carry the handshake; short headers everything after it.") },
	[Q_FIXED] = { "quic.fixed_bit", N_("Fixed Bit"), F_BOOL, 0x40, NULL,
		N_("Always 1 (unless both sides agreed otherwise): tells QUIC from other protocols.") },
	[Q_TYPE] = { "quic.long.packet_type", N_("Packet Type"), F_UINT, 0x30, types,
		N_("Initial packets carry the TLS hellos, under keys that everyone can compute from the "
		   "connection ID; Handshake packets the rest of the handshake; 0-RTT a request sent "
		   "before the handshake is done; Retry asks the client to prove its address.") },
	[Q_TYPE_V2] = { "quic.long.packet_type_v2", N_("Packet Type"), F_UINT, 0x30, types_v2,
		N_("The same types as in version 1 under other numbers, so that devices on the way do "
		   "not come to rely on them (RFC 9369).") },
	[Q_SPIN] = { "quic.spin_bit", N_("Spin Bit"), F_BOOL, 0x20, NULL,
		N_("Turns over once a round trip, so that the network can measure the delay; browsers "
		   "often send it at random.") },
	[Q_UNUSED] = { "quic.vn.unused", N_("Unused"), F_HEX, 0x7f, NULL, NULL },
	[Q_VERSION] = { "quic.version", N_("Version"), F_HEX, 0, versions,
		N_("The version of QUIC. 0 is the server's answer that it does not know the one asked "
		   "for. Numbers of the form 0x?a?a?a?a mean nothing and keep servers tolerant.") },
	[Q_DCIL] = { "quic.dcil", N_("Destination Connection ID Length"), F_UINT, 0, NULL, NULL },
	[Q_DCID] = { "quic.dcid", N_("Destination Connection ID"), F_BYTES, 0, NULL,
		N_("Names the connection for the receiver, who chose it (the very first is random). "
		   "Unlike TCP's, the connection lives on when address or port change.") },
	[Q_SCIL] = { "quic.scil", N_("Source Connection ID Length"), F_UINT, 0, NULL, NULL },
	[Q_SCID] = { "quic.scid", N_("Source Connection ID"), F_BYTES, 0, NULL,
		N_("The name under which the sender wants to get answers. It may be empty.") },
	[Q_TOKEN_LENGTH] = { "quic.token_length", N_("Token Length"), F_UINT, 0, NULL, NULL },
	[Q_TOKEN] = { "quic.token", N_("Token"), F_BYTES, 0, NULL,
		N_("Given by the server earlier (in a Retry or at a former visit): shows that the client "
		   "can receive at its address.") },
	[Q_LENGTH] = { "quic.length", N_("Length"), F_UINT, 0, NULL,
		N_("Bytes that follow in this packet: packet number and payload.") },
	[Q_PAYLOAD] = { "quic.remaining_payload", N_("Remaining Payload"), F_BYTES, 0, NULL,
		N_("The packet number, masked, and the encrypted frames.") },
	[Q_SUPPORTED] = { "quic.supported_version", N_("Supported Version"), F_HEX, 0, versions, NULL },
	[Q_RETRY_TOKEN] = { "quic.retry_token", N_("Retry Token"), F_BYTES, 0, NULL,
		N_("The client must send this back in its next Initial packet: an attacker with a "
		   "forged address would never get it.") },
	[Q_RETRY_TAG] = { "quic.retry_integrity_tag", N_("Retry Integrity Tag"), F_BYTES, 0, NULL,
		N_("Proves that the Retry was made by someone who saw the client's Initial packet.") },
};

/* Of the flow: which kinds of packets were told as events, a bit each, by direction. */
struct quic_flow { uint8_t told[2]; };
enum { TOLD_SHORT = 1 << 7, TOLD_AGAIN = 1 << 6 };

/* Versions whose long header is that of RFC 8999, in use or in captures. */
static bool known_version(uint32_t v)
{
	return v == V1 || v == V2 || v == 0x709a50c4		/* version 2 and its drafts */
		|| (v >= 0xff00000b && v <= 0xff000022)
		|| v == 0xfaceb001 || v == 0xfaceb002 || v == 0xfaceb00e
		|| v == 0x51303530 || v == 0x54303530 || v == 0x54303531
		|| (v & 0x0f0f0f0f) == 0x0a0a0a0a;		/* RFC 9000 section 15 */
}

static bool is_v2(uint32_t v)
{
	return v == V2 || v == 0x709a50c4;
}

/* The type by version 1's numbers: RFC 9369 section 3.2 moved them by one. */
static uint8_t type_of(uint8_t first, uint32_t version)
{
	if (!version)
		return NEGOTIATION;
	if (!known_version(version))
		return UNKNOWN;
	uint8_t type = first >> 4 & 3;
	return is_v2(version) ? (uint8_t)((type + 3) & 3) : type;
}

/* Variable-length integer, RFC 9000 section 16. */
static uint64_t take_varint(struct dissect *d, struct cursor *c, const struct field *field)
{
	const uint8_t *p = cur_peek(c, 1);
	unsigned n = p ? 1u << (*p >> 6) : 1;
	uint64_t v = take_uint(d, c, n, NULL) & (((uint64_t)1 << (8 * n - 2)) - 1);
	if (cur_ok(c))
		put_uint(d, field, d->last, v);
	return v;
}

static void take_cid(struct dissect *d, struct cursor *c, const struct field *length,
		     const struct field *id)
{
	uint8_t n = take_u8(d, c, length);
	if (n)
		take_bytes(d, c, n, id);
}

static void tell(struct dissect *d, uint8_t bit, enum event_kind kind, uint32_t a, uint32_t b)
{
	struct quic_flow *flow = flow_state(d);
	if (flow->told[d->dir] & bit)
		return;
	flow->told[d->dir] |= bit;
	emit(d, kind, a, b);
}

static void negotiation(struct dissect *d, struct cursor *c)
{
	while (cur_left(c) >= 4 && cur_ok(c))
		take_u32(d, c, &f[Q_SUPPORTED]);
}

static void retry(struct dissect *d, struct cursor *c)
{
	if (cur_wire(c) < 16)
		cur_skip(c, 16);
	else if (cur_wire(c) > 16)
		take_bytes(d, c, cur_wire(c) - 16, &f[Q_RETRY_TOKEN]);
	take_bytes(d, c, 16, &f[Q_RETRY_TAG]);
}

/* Initial, 0-RTT, Handshake: up to their length, if it makes sense; else to the datagram's end. */
static void protected_packet(struct dissect *d, struct cursor *c, uint8_t type)
{
	if (type == INITIAL) {
		uint64_t n = take_varint(d, c, &f[Q_TOKEN_LENGTH]);
		if (n)
			take_bytes(d, c, (size_t)n, &f[Q_TOKEN]);
	}
	uint64_t n = take_varint(d, c, &f[Q_LENGTH]);
	if (!cur_ok(c))
		return;
	if (n > cur_wire(c)) {
		note(d, NOTE_MALFORMED);
		n = cur_wire(c);
	}
	struct cursor payload = cur_sub(c, (size_t)n);
	if (cur_left(&payload))
		take_bytes(d, &payload, cur_left(&payload), &f[Q_PAYLOAD]);
	note(d, NOTE_TLS_ENCRYPTED);
}

static void long_packet(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &f[Q_PACKET]);
	uint8_t first = take_u8(d, c, NULL);
	struct range first_byte = d->last;
	uint32_t version = take_u32(d, c, NULL);
	struct range version_bytes = d->last;
	uint8_t type = type_of(first, version);
	if (!cur_ok(c)) {
		tree_close(d, c, tree);
		return;
	}
	if (want_fields(d)) {
		put_uint(d, &f[Q_FORM], first_byte, 1);
		if (type == NEGOTIATION || type == UNKNOWN) {
			put_uint(d, &f[Q_UNUSED], first_byte, first & 0x7f);
		} else {
			put_uint(d, &f[Q_FIXED], first_byte, first >> 6 & 1);
			put_uint(d, &f[is_v2(version) ? Q_TYPE_V2 : Q_TYPE], first_byte, first >> 4 & 3);
		}
		put_uint(d, &f[Q_VERSION], version_bytes, version);
		tree_text(d, tree, "%s", value_name(types, type));
	}
	take_cid(d, c, &f[Q_DCIL], &f[Q_DCID]);
	take_cid(d, c, &f[Q_SCIL], &f[Q_SCID]);
	if (type == NEGOTIATION)
		negotiation(d, c);
	else if (type == RETRY)
		retry(d, c);
	else if (type == UNKNOWN)	/* RFC 8999 tells no more of it */
		take_bytes(d, c, cur_left(c), &f[Q_PAYLOAD]);
	else
		protected_packet(d, c, type);
	if (cur_ok(c) || c->bad == CUR_CUT) {
		tell(d, (uint8_t)(1u << type), EV_QUIC_LONG, version, type);
		connection_number(d);
	}
	info_add(d, "%s", value_name(types, type));
	tree_close(d, c, tree);
}

static void short_packet(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &f[Q_SHORT]);
	uint8_t first = take_u8(d, c, NULL);
	put_bits(d, &f[Q_FORM], first);
	put_bits(d, &f[Q_FIXED], first);
	put_bits(d, &f[Q_SPIN], first);
	if (cur_left(c))
		take_bytes(d, c, cur_left(c), &f[Q_PAYLOAD]);
	note(d, NOTE_TLS_ENCRYPTED);
	/* the first of one side is what the other's next one may answer: that is told again */
	struct quic_flow *flow = flow_state(d);
	if (!(flow->told[d->dir] & (TOLD_SHORT | TOLD_AGAIN)))
		flow->told[!d->dir] &= (uint8_t)~TOLD_SHORT;
	flow->told[d->dir] |= TOLD_AGAIN;
	tell(d, TOLD_SHORT, EV_QUIC_SHORT, 0, 0);
	info_add(d, "Protected Payload");
	tree_close(d, c, tree);
}

static enum verdict quic_packet(struct dissect *d, struct cursor *c)
{
	const uint8_t *p;
	while ((p = cur_peek(c, 1))) {
		if (*p & 0x80)
			long_packet(d, c);
		else
			short_packet(d, c);
	}
	return DONE;
}

static enum probe quic_probe(const uint8_t *bytes, size_t n)
{
	struct cursor c = cur_init(bytes, n, 0, 0);
	uint8_t first = cur_u8(&c);
	uint32_t version = cur_u32(&c);
	if (n < 13 || !(first & 0x80) || !known_version(version))
		return PROBE_NO;
	cur_skip(&c, cur_u8(&c));
	cur_skip(&c, cur_u8(&c));
	return cur_ok(&c) ? PROBE_YES : PROBE_NO;
}

const struct protocol proto_quic = {
	.name = "quic",
	.title = "QUIC",
	.help = N_("QUIC is TCP and TLS in one, on top of UDP: it makes the connection, agrees on keys, "
		   "sends again what was lost, and carries several streams side by side, so that one "
		   "lost packet does not hold up the others. There is no three-way handshake of its "
		   "own: the first packet already carries the Client Hello. HTTP/3 runs over it. Nearly "
		   "everything is encrypted, even the packet numbers."),
	.osi = OSI(4) | OSI(5) | OSI(6),
	FIELDS(f),
	.packet = quic_packet,
	.probe = quic_probe,
};

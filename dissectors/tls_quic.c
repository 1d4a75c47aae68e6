/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_quic: QUIC's transport parameters, which travel as a TLS extension (RFC 9000 section 18,
 * RFC 9368 for version_information).
 */
#include "tls.h"

/* Variable-length integer, RFC 9000 section 16. */
static uint64_t take_varint(struct dissect *d, struct cursor *c, const struct field *f)
{
	const uint8_t *p = cur_peek(c, 1);
	unsigned n = p ? 1u << (*p >> 6) : 1;
	uint64_t v = take_uint(d, c, n, NULL);
	if (n < 8)
		v &= ((uint64_t)1 << (8 * n - 2)) - 1;
	else
		v &= ((uint64_t)1 << 62) - 1;
	if (f && cur_ok(c))
		put_uint(d, f, d->last, v);
	return v;
}

static const struct { uint32_t type; enum tls_field field; } values[] = {
	{ 0x00, T_QUIC_ODCID }, { 0x01, T_QUIC_IDLE }, { 0x02, T_QUIC_RESET_TOKEN },
	{ 0x03, T_QUIC_UDP_SIZE }, { 0x04, T_QUIC_MAX_DATA }, { 0x05, T_QUIC_BIDI_LOCAL },
	{ 0x06, T_QUIC_BIDI_REMOTE }, { 0x07, T_QUIC_UNI }, { 0x08, T_QUIC_STREAMS_BIDI },
	{ 0x09, T_QUIC_STREAMS_UNI }, { 0x0a, T_QUIC_ACK_EXPONENT }, { 0x0b, T_QUIC_ACK_DELAY },
	{ 0x0e, T_QUIC_CID_LIMIT }, { 0x0f, T_QUIC_SCID }, { 0x10, T_QUIC_RETRY_SCID },
	{ 0x20, T_QUIC_DATAGRAM }, { 0x3127, T_QUIC_RTT }, { 0x3128, T_QUIC_OPTIONS },
	{ 0x3129, T_QUIC_AGENT },
};

static void take_value(struct dissect *d, struct cursor *c, uint64_t type)
{
	if (type == 0x11) {
		take_u32(d, c, &tls_fields[T_QUIC_CHOSEN]);
		while (cur_left(c) && cur_ok(c))
			take_u32(d, c, &tls_fields[T_QUIC_OTHER]);
		return;
	}
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		if (values[i].type != type)
			continue;
		const struct field *f = &tls_fields[values[i].field];
		if (f->type == F_UINT)
			take_varint(d, c, f);
		else if (f->type == F_TEXT)
			take_text(d, c, cur_left(c), f);
		else if (cur_left(c))
			take_bytes(d, c, cur_left(c), f);
		return;
	}
	if (cur_left(c))
		take_bytes(d, c, cur_left(c), &tls_fields[T_QUIC_VALUE]);
}

void tls_quic_parameters(struct dissect *d, struct cursor *c)
{
	for (unsigned n = 0; cur_left(c) && cur_ok(c) && n < TLS_LIST_MAX; n++) {
		uint32_t tree = tree_open(d, c, &tls_fields[T_QUIC]);
		uint64_t type = take_varint(d, c, &tls_fields[T_QUIC_TYPE]);
		uint64_t len = take_varint(d, c, &tls_fields[T_QUIC_LENGTH]);
		struct cursor value = cur_sub(c, (size_t)len);
		take_value(d, &value, type);
		cur_join(c, &value);
		if (want_fields(d)) {
			const char *name = value_name(tls_quic_parameter_names, type);
			tree_text(d, tree, "%s", name ? name : "unknown or GREASE");
		}
		tree_close(d, c, tree);
	}
}

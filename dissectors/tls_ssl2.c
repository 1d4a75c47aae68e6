/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_ssl2: SSL 2.0 (draft-hickman-netscape-ssl-00), as far as old captures show it: its hellos,
 * of which the client's long served to open newer versions too (RFC 5246 appendix E.2).
 */
#include "tls.h"

enum { SSL2_CLIENT_HELLO = 1, SSL2_MASTER_KEY = 2, SSL2_SERVER_HELLO = 4 };

bool ssl2_is_hello(const struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 11);
	if (!p || !(p[0] & 0x80) || p[2] != SSL2_CLIENT_HELLO)
		return false;
	unsigned length = (p[0] & 0x7fu) << 8 | p[1], version = (unsigned)p[3] << 8 | p[4];
	unsigned ciphers = (unsigned)p[5] << 8 | p[6], session = (unsigned)p[7] << 8 | p[8];
	unsigned challenge = (unsigned)p[9] << 8 | p[10];
	return (version == TLS_SSL2 || (version >= TLS_SSL3 && version <= TLS_1_2))
		&& ciphers && ciphers % 3 == 0 && (!session || session == 16)
		&& challenge >= 16 && challenge <= 32 && length == 9 + ciphers + session + challenge;
}

static void ciphers(struct dissect *d, struct cursor *c, size_t n)
{
	struct cursor list = cur_sub(c, n);
	uint32_t tree = tree_open(d, &list, &tls_fields[T_CIPHERS]);
	while (cur_left(&list) >= 3 && cur_ok(&list))
		take_u24(d, &list, &tls_fields[T_SSL2_CIPHER]);
	tree_close(d, &list, tree);
}

static void client_hello(struct dissect *d, struct cursor *c)
{
	uint16_t version = take_u16(d, c, &tls_fields[T_VERSION]);
	uint16_t n = take_u16(d, c, &tls_fields[T_SSL2_CIPHERS_LENGTH]);
	uint16_t session = take_u16(d, c, &tls_fields[T_SSL2_SESSION_LENGTH]);
	uint16_t challenge = take_u16(d, c, &tls_fields[T_SSL2_CHALLENGE_LENGTH]);
	ciphers(d, c, n);
	if (session)
		take_bytes(d, c, session, &tls_fields[T_SESSION_ID]);
	take_bytes(d, c, challenge, &tls_fields[T_SSL2_CHALLENGE]);
	if (cur_ok(c))
		emit_c(d, EV_TLS_CLIENT_HELLO, 0, 0, version);
}

static void server_hello(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	take_u8(d, c, &tls_fields[T_SSL2_SESSION_HIT]);
	take_u8(d, c, &tls_fields[T_SSL2_CERT_TYPE]);
	uint16_t version = take_u16(d, c, &tls_fields[T_VERSION]);
	uint16_t certificate = take_u16(d, c, &tls_fields[T_SSL2_CERT_LENGTH]);
	uint16_t n = take_u16(d, c, &tls_fields[T_SSL2_CIPHERS_LENGTH]);
	uint16_t id = take_u16(d, c, &tls_fields[T_SSL2_CONNECTION_LENGTH]);
	if (certificate)
		take_bytes(d, c, certificate, &tls_fields[T_CERTIFICATE]);
	ciphers(d, c, n);
	take_bytes(d, c, id, &tls_fields[T_SSL2_CONNECTION]);
	if (!cur_ok(c))
		return;
	flow->version = TLS_SSL2;
	emit_c(d, EV_TLS_SERVER_HELLO, 0, 0, version);
}

bool ssl2_record(struct dissect *d, struct half *h, struct tls_flow *flow, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 3);
	if (!p) {
		half_need(h, 3);
		return false;
	}
	/* Two bytes of header, or three when padding follows. */
	bool padded = !(p[0] & 0x80);
	unsigned length = (p[0] & (padded ? 0x3fu : 0x7fu)) << 8 | p[1];
	size_t whole = (padded ? 3u : 2u) + length;
	if (!cur_peek(c, whole)) {
		half_need(h, whole);
		return false;
	}
	uint8_t type = padded ? 0 : p[2];
	uint32_t tree = tree_open(d, c, &tls_fields[T_RECORD]);
	uint16_t raw = take_u16(d, c, NULL);
	(void)raw;
	put_uint(d, &tls_fields[T_RECORD_LENGTH], d->last, length);
	if (padded)
		cur_skip(c, 1);
	struct cursor body = cur_sub(c, length);
	if (type == SSL2_CLIENT_HELLO || type == SSL2_SERVER_HELLO) {
		uint32_t message = tree_open(d, &body, &tls_fields[T_HANDSHAKE]);
		take_u8(d, &body, &tls_fields[T_SSL2_TYPE]);
		if (type == SSL2_CLIENT_HELLO)
			client_hello(d, &body);
		else
			server_hello(d, flow, &body);
		tree_close(d, &body, message);
		info_add(d, "%s", value_name(tls_sslv2_names, type));
	} else {
		note(d, NOTE_TLS_ENCRYPTED);
		info_add(d, "Encrypted Data");
	}
	if (body.bad == CUR_PAST)
		note(d, NOTE_MALFORMED);
	tree_close(d, c, tree);
	return true;
}

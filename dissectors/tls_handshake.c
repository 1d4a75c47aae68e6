/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_handshake: handshake messages (RFC 8446 section 4, RFC 5246 section 7.4). The caller gives
 * whole messages, wherever they came from: plain records, decrypted ones, QUIC's CRYPTO frames.
 */
#include "tls.h"

/* RFC 8446 section 4.1.3: a ServerHello with this random asks for another ClientHello. */
static const uint8_t retry_random[32] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c
};

/* Key exchanges, as far as they change the messages' form. */
enum exchange { KX_OTHER, KX_RSA, KX_DHE, KX_ECDHE, KX_DH_ANON };

static enum exchange exchange_of(uint16_t cipher)
{
	const char *name = value_name(tls_cipher_names, cipher);
	if (!name)
		return KX_OTHER;
	if (strstr(name, "_PSK_") || strstr(name, "SRP") || strstr(name, "KRB5"))
		return KX_OTHER;
	if (!strncmp(name, "TLS_ECDHE_", 10) || !strncmp(name, "TLS_ECDH_", 9))
		return KX_ECDHE;
	if (!strncmp(name, "TLS_DH_anon_", 12) || !strncmp(name, "TLS_DH_Anon_", 12))
		return KX_DH_ANON;
	if (!strncmp(name, "TLS_DHE_", 8))
		return KX_DHE;
	return !strncmp(name, "TLS_RSA_", 8) || !strncmp(name, "SSL_RSA_", 8) ? KX_RSA : KX_OTHER;
}

/* 32 random bytes; true when they are those of a HelloRetryRequest. */
static bool take_random(struct dissect *d, struct cursor *c)
{
	const uint8_t *r = take_bytes(d, c, 32, &tls_fields[T_RANDOM]);
	if (!r)
		return false;
	if (want_fields(d)) {
		struct range all = d->last;
		uint32_t s = (uint32_t)r[0] << 24 | (uint32_t)r[1] << 16 | (uint32_t)r[2] << 8 | r[3];
		tree_in(d);
		put_uint(d, &tls_fields[T_RANDOM_TIME],
			 (struct range){ .buffer = all.buffer, .off = all.off, .len = 4 },
			 (uint64_t)s * 1000000000u);
		put_text(d, &tls_fields[T_RANDOM_BYTES],
			  (struct range){ .buffer = all.buffer, .off = all.off + 4, .len = 28 },
			  r + 4, 28);
		tree_out(d);
	}
	return !memcmp(r, retry_random, sizeof retry_random);
}

static void take_session_id(struct dissect *d, struct cursor *c)
{
	uint8_t n = take_u8(d, c, &tls_fields[T_SESSION_ID_LENGTH]);
	if (n)
		take_bytes(d, c, n, &tls_fields[T_SESSION_ID]);
}

/* A list of numbers below a heading, in the next n bytes. */
static void take_list(struct dissect *d, struct cursor *c, size_t n, unsigned width,
		      const struct field *head, const struct field *item)
{
	struct cursor list = cur_sub(c, n);
	if (!want_fields(d))
		return;
	uint32_t tree = tree_open(d, &list, head);
	unsigned count = 0;
	while (cur_left(&list) >= width && cur_ok(&list) && count < 4 * TLS_LIST_MAX) {
		take_uint(d, &list, width, item);
		count++;
	}
	tree_text(d, tree, "(%u)", count);
	tree_close(d, &list, tree);
}

static void client_hello(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	struct tls_hello hello = { .version = 0 };
	hello.version = take_u16(d, c, &tls_fields[T_VERSION]);
	take_random(d, c);
	take_session_id(d, c);
	take_list(d, c, take_u16(d, c, &tls_fields[T_CIPHERS_LENGTH]), 2, &tls_fields[T_CIPHERS],
		  &tls_fields[T_CIPHER]);
	take_list(d, c, take_u8(d, c, &tls_fields[T_COMPRESSIONS_LENGTH]), 1,
		  &tls_fields[T_COMPRESSIONS], &tls_fields[T_COMPRESSION]);
	tls_extensions(d, c, HS_CLIENT_HELLO, false, &hello);
	if (hello.sni && want_info(d))
		info_add(d, "Client Hello, server name %s", text_of(d, hello.sni, hello.sni_len));
	else
		info_add(d, "Client Hello");
	if (c->bad == CUR_PAST || !hello.version)
		return;			/* cut by the capture, it is still one */
	if (hello.early_data && hello.version == TLS_1_3)
		flow->version = TLS_1_3;	/* until the server says otherwise */
	flow->flags &= (uint8_t)~(TLS_SERVER_SPOKE | TLS_FULL | TLS_RESUMED);
	emit_c(d, EV_TLS_CLIENT_HELLO, hello.sni ? intern(d, hello.sni, hello.sni_len) : 0,
	       hello.alpn_len ? intern(d, hello.alpn, hello.alpn_len) : 0, hello.version);
}

/*
 * A ServerHello decides the version for both directions: from here on, a record of type 23 is
 * opaque (TLS 1.3), or the handshake goes on in plain sight.
 */
static void server_hello(struct dissect *d, struct tls_flow *flow, struct cursor *c, uint8_t type)
{
	struct tls_hello hello = { .version = take_u16(d, c, &tls_fields[T_VERSION]) };
	uint16_t legacy = hello.version, cipher;
	bool retry = type == HS_HELLO_RETRY_REQUEST;
	/* Drafts of TLS 1.3 before the 22nd had the short form. */
	bool draft = tls_plain_version(legacy) == TLS_1_3;
	if (!retry)
		retry = take_random(d, c);
	if (!draft)
		take_session_id(d, c);
	cipher = type == HS_HELLO_RETRY_REQUEST && legacy < 0x7f13 ? 0
		: take_u16(d, c, &tls_fields[T_CIPHER]);
	if (!draft)
		take_u8(d, c, &tls_fields[T_COMPRESSION]);
	tls_extensions(d, c, HS_SERVER_HELLO, retry, &hello);
	info_add(d, retry ? "Hello Retry Request" : "Server Hello");
	if (!cur_ok(c))
		return;
	flow->version = tls_plain_version(hello.version);
	flow->cipher = cipher;
	if (retry)
		return;
	flow->flags = TLS_SERVER_SPOKE;
	emit_c(d, EV_TLS_SERVER_HELLO, hello.alpn_len ? intern(d, hello.alpn, hello.alpn_len) : 0,
	       cipher, flow->version);
	if (flow->version == TLS_1_3 && hello.psk) {
		flow->flags |= TLS_RESUMED;
		emit(d, EV_TLS_RESUMED, 0, 0);
	}
}

/* RFC 8446 section 4.4.2, RFC 5246 section 7.4.2. */
static void certificates(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	struct tls_hello none = { .version = 0 };
	bool new_form = flow->version == TLS_1_3;
	if (new_form) {
		uint8_t n = take_u8(d, c, &tls_fields[T_CONTEXT_LENGTH]);
		if (n)
			take_bytes(d, c, n, &tls_fields[T_CONTEXT]);
	}
	struct cursor list = cur_sub(c, take_u24(d, c, &tls_fields[T_CERTIFICATES_LENGTH]));
	uint32_t tree = tree_open(d, &list, &tls_fields[T_CERTIFICATES]);
	for (int n = 0; cur_left(&list) && cur_ok(&list); n++) {
		if (n == 64) {
			note(d, NOTE_LIMIT);
			break;
		}
		uint32_t len = take_u24(d, &list, &tls_fields[T_CERTIFICATE_LENGTH]);
		struct cursor one = list;
		if (!take_bytes(d, &list, len, &tls_fields[T_CERTIFICATE]))
			break;
		one.end = list.pos;
		tree_in(d);
		x509_certificate(d, &one, n);
		tree_out(d);
		if (new_form)
			tls_extensions(d, &list, HS_CERTIFICATE, false, &none);
	}
	tree_close(d, &list, tree);
	cur_join(c, &list);
	flow->flags |= TLS_FULL;
}

void tls_distinguished_names(struct dissect *d, struct cursor *c)
{
	struct cursor all = cur_sub(c, take_u16(d, c, &tls_fields[T_DNAMES_LENGTH]));
	uint32_t tree = tree_open(d, &all, &tls_fields[T_DNAMES]);
	for (unsigned n = 0; cur_left(&all) && cur_ok(&all) && want_fields(d); n++) {
		if (n == TLS_LIST_MAX) {
			note(d, NOTE_LIMIT);
			break;
		}
		struct cursor name = cur_sub(&all, take_u16(d, &all, &tls_fields[T_DNAME_LENGTH]));
		uint32_t one = tree_open(d, &name, &tls_fields[T_DNAME]);
		x509_name(d, &name);
		tree_close(d, &name, one);
	}
	tree_close(d, &all, tree);
	cur_join(c, &all);
}

static void certificate_request(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	struct tls_hello none = { .version = 0 };
	if (flow->version == TLS_1_3) {
		uint8_t n = take_u8(d, c, &tls_fields[T_CONTEXT_LENGTH]);
		if (n)
			take_bytes(d, c, n, &tls_fields[T_CONTEXT]);
		tls_extensions(d, c, HS_CERTIFICATE_REQUEST, false, &none);
		return;
	}
	take_list(d, c, take_u8(d, c, &tls_fields[T_CERT_TYPES_COUNT]), 1, &tls_fields[T_CERT_TYPES],
		  &tls_fields[T_CERT_TYPE]);
	if (flow->version == TLS_1_2)
		tls_signature_algorithms(d, c);
	tls_distinguished_names(d, c);
}

/* A number with its length (8 or 16 bits) in front. */
static void take_vector(struct dissect *d, struct cursor *c, unsigned width, enum tls_field length,
			enum tls_field value)
{
	size_t n = (size_t)take_uint(d, c, width, &tls_fields[length]);
	if (n)
		take_bytes(d, c, n, &tls_fields[value]);
}

static void take_signature(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	if (flow->version == TLS_1_2)
		take_u16(d, c, &tls_fields[T_SIGALG]);
	take_vector(d, c, 2, T_SIG_LENGTH, T_SIG);
}

/* RFC 5246 section 7.4.3, RFC 8422 section 5.4. */
static void server_key_exchange(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	enum exchange kx = exchange_of(flow->cipher);
	flow->flags |= TLS_FULL;
	switch (kx) {
	case KX_ECDHE:
		if (take_u8(d, c, &tls_fields[T_CURVE_TYPE]) != 3)
			return;
		take_u16(d, c, &tls_fields[T_CURVE]);
		take_vector(d, c, 1, T_SERVER_POINT_LENGTH, T_SERVER_POINT);
		break;
	case KX_DHE:
	case KX_DH_ANON:
		take_vector(d, c, 2, T_P_LENGTH, T_P);
		take_vector(d, c, 2, T_G_LENGTH, T_G);
		take_vector(d, c, 2, T_YS_LENGTH, T_YS);
		break;
	case KX_RSA:			/* export ciphers: a short key for the occasion */
		take_vector(d, c, 2, T_MODULUS_LENGTH, T_MODULUS);
		take_vector(d, c, 2, T_EXPONENT_LENGTH, T_EXPONENT);
		break;
	default:
		return;
	}
	if (kx != KX_DH_ANON && cur_left(c))
		take_signature(d, flow, c);
}

static void client_key_exchange(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	switch (exchange_of(flow->cipher)) {
	case KX_ECDHE:
		take_vector(d, c, 1, T_CLIENT_POINT_LENGTH, T_CLIENT_POINT);
		break;
	case KX_DHE:
	case KX_DH_ANON:
		take_vector(d, c, 2, T_YC_LENGTH, T_YC);
		break;
	case KX_RSA:			/* SSL 3.0 has no length in front */
		if (flow->version == TLS_SSL3)
			take_bytes(d, c, cur_left(c), &tls_fields[T_EPMS]);
		else
			take_vector(d, c, 2, T_EPMS_LENGTH, T_EPMS);
		break;
	default:
		break;
	}
}

static void new_session_ticket(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	struct tls_hello none = { .version = 0 };
	take_u32(d, c, &tls_fields[T_TICKET_LIFETIME]);
	if (flow->version == TLS_1_3) {
		take_u32(d, c, &tls_fields[T_TICKET_AGE_ADD]);
		take_vector(d, c, 1, T_TICKET_NONCE_LENGTH, T_TICKET_NONCE);
	}
	take_vector(d, c, 2, T_TICKET_LENGTH, T_TICKET);
	if (flow->version == TLS_1_3)
		tls_extensions(d, c, HS_NEW_SESSION_TICKET, false, &none);
}

static void certificate_verify(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	if (flow->version >= TLS_1_2)
		take_u16(d, c, &tls_fields[T_SIGALG]);
	take_vector(d, c, 2, T_VERIFY_LENGTH, T_VERIFY);
}

static void certificate_status(struct dissect *d, struct cursor *c)
{
	uint8_t type = take_u8(d, c, &tls_fields[T_STATUS_TYPE]);
	if (type == 2) {
		struct cursor list = cur_sub(c, take_u24(d, c, &tls_fields[T_OCSP_LIST_LENGTH]));
		while (cur_left(&list) && cur_ok(&list)) {
			uint32_t n = take_u24(d, &list, &tls_fields[T_OCSP_LENGTH]);
			if (n)
				take_bytes(d, &list, n, &tls_fields[T_OCSP]);
		}
		cur_join(c, &list);
	} else if (type == 1) {
		uint32_t n = take_u24(d, c, &tls_fields[T_OCSP_LENGTH]);
		take_bytes(d, c, n, &tls_fields[T_OCSP]);
	}
}

static void compressed_certificate(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	flow->flags |= TLS_FULL;
	take_u16(d, c, &tls_fields[T_CC_ALGORITHM]);
	take_u24(d, c, &tls_fields[T_CC_UNCOMPRESSED]);
	uint32_t n = take_u24(d, c, &tls_fields[T_CC_LENGTH]);
	take_bytes(d, c, n, &tls_fields[T_CC_MESSAGE]);
}

static void one_message(struct dissect *d, struct tls_flow *flow, struct cursor *c, uint8_t type)
{
	struct tls_hello none = { .version = 0 };
	switch (type) {
	case HS_CLIENT_HELLO:
		client_hello(d, flow, c);
		return;			/* these two write their own line */
	case HS_SERVER_HELLO:
	case HS_HELLO_RETRY_REQUEST:
		server_hello(d, flow, c, type);
		return;
	case HS_NEW_SESSION_TICKET:
		new_session_ticket(d, flow, c);
		break;
	case HS_ENCRYPTED_EXTENSIONS:
		tls_extensions(d, c, type, false, &none);
		break;
	case HS_CERTIFICATE:
		certificates(d, flow, c);
		break;
	case HS_SERVER_KEY_EXCHANGE:
		server_key_exchange(d, flow, c);
		break;
	case HS_CERTIFICATE_REQUEST:
		certificate_request(d, flow, c);
		break;
	case HS_SERVER_HELLO_DONE:
		flow->flags |= TLS_FULL;
		break;
	case HS_CERTIFICATE_VERIFY:
		certificate_verify(d, flow, c);
		break;
	case HS_CLIENT_KEY_EXCHANGE:
		client_key_exchange(d, flow, c);
		break;
	case HS_FINISHED:
		take_bytes(d, c, cur_left(c), &tls_fields[T_VERIFY_DATA]);
		break;
	case HS_CERTIFICATE_STATUS:
		certificate_status(d, c);
		break;
	case HS_KEY_UPDATE:
		take_u8(d, c, &tls_fields[T_KEY_UPDATE]);
		break;
	case HS_COMPRESSED_CERTIFICATE:
		compressed_certificate(d, flow, c);
		break;
	case HS_NEXT_PROTOCOL: {
		uint8_t n = take_u8(d, c, &tls_fields[T_NPN_LENGTH]);
		take_text(d, c, n, &tls_fields[T_NPN]);
		take_vector(d, c, 1, T_NPN_PADDING_LENGTH, T_NPN_PADDING);
		break;
	}
	default:
		break;
	}
	if (want_info(d)) {
		const char *name = value_name(tls_handshake_names, type);
		info_add(d, "%s", name ? name : "Unknown Handshake Message");
	}
}

void tls_messages(struct dissect *d, struct tls_flow *flow, struct cursor *c)
{
	while (cur_left(c) && cur_ok(c)) {
		uint32_t tree = tree_open(d, c, &tls_fields[T_HANDSHAKE]);
		uint8_t type = take_u8(d, c, &tls_fields[T_TYPE]);
		struct cursor body = cur_sub(c, take_u24(d, c, &tls_fields[T_LENGTH]));
		if (want_fields(d)) {
			const char *name = value_name(tls_handshake_names, type);
			tree_text(d, tree, "%s", name ? name : "Unknown");
		}
		if (cur_ok(c))
			one_message(d, flow, &body, type);
		if (body.bad == CUR_PAST)
			note(d, NOTE_MALFORMED);
		tree_close(d, c, tree);
	}
}

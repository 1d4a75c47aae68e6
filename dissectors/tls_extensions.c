/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_extensions: what hellos, certificates and tickets say beyond their fixed part (RFC 8446
 * section 4.2; RFC 6066, 7301, 5746, 7685, 8449, 8879, 6962, 9000, 9849 for single ones).
 */
#include "tls.h"

/* Where an extension stands: the same number means different bytes in different messages. */
struct place {
	uint8_t message;	/* enum tls_message */
	bool retry;		/* a HelloRetryRequest */
	struct tls_hello *hello;
};

/* A list of equal numbers: `width` bytes each, up to the end of c. */
static void number_list(struct dissect *d, struct cursor *c, unsigned width, const struct field *head,
			const struct field *item)
{
	uint32_t tree = tree_open(d, c, head);
	for (unsigned n = 0; cur_left(c) >= width && cur_ok(c); n++) {
		if (n == TLS_LIST_MAX) {
			note(d, NOTE_LIMIT);
			break;
		}
		take_uint(d, c, width, item);
	}
	tree_close(d, c, tree);
}

static void server_name(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (!cur_left(c))
		return;			/* the server's answer: understood */
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_SNI_LIST_LENGTH]));
	while (cur_left(&list) && cur_ok(&list)) {
		uint8_t type = take_u8(d, &list, &tls_fields[T_SNI_TYPE]);
		uint16_t n = take_u16(d, &list, &tls_fields[T_SNI_LENGTH]);
		const uint8_t *name = take_text(d, &list, n, type ? NULL : &tls_fields[T_SNI]);
		if (name && !type && !at->hello->sni) {
			at->hello->sni = name;
			at->hello->sni_len = n;
		}
	}
	cur_join(c, &list);
}

/* A protocol's name for the event and the Info column. */
static void remember_alpn(struct tls_hello *hello, const uint8_t *name, size_t n)
{
	if (!name || !n || n > 32 || hello->alpn_len + n + 1 > sizeof hello->alpn)
		return;
	if (hello->alpn_len)
		hello->alpn[hello->alpn_len++] = ',';
	memcpy(hello->alpn + hello->alpn_len, name, n);
	hello->alpn_len += n;
}

/* ALPN and ALPS: strings with a length byte each. */
static void protocol_list(struct dissect *d, struct cursor *c, const struct field *head,
			  const struct field *length, const struct field *name,
			  struct tls_hello *hello)
{
	uint32_t tree = tree_open(d, c, head);
	while (cur_left(c) && cur_ok(c)) {
		uint8_t n = take_u8(d, c, length);
		const uint8_t *text = take_text(d, c, n, name);
		/* GREASE protocols are two bytes, the same twice. */
		if (hello && text && !(n == 2 && (text[0] & 15) == 10 && text[0] == text[1]))
			remember_alpn(hello, text, n);
	}
	tree_close(d, c, tree);
}

static void alpn(struct dissect *d, struct cursor *c, const struct place *at)
{
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_ALPN_LENGTH]));
	protocol_list(d, &list, &tls_fields[T_ALPN_LIST], &tls_fields[T_ALPN_STR_LENGTH],
		      &tls_fields[T_ALPN_STR], at->hello);
	cur_join(c, &list);
}

static void alps(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (at->message != HS_CLIENT_HELLO) {
		take_bytes(d, c, cur_left(c), &tls_fields[T_ALPS_SETTINGS]);
		return;
	}
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_ALPS_LENGTH]));
	protocol_list(d, &list, &tls_fields[T_ALPS_LIST], &tls_fields[T_ALPS_STR_LENGTH],
		      &tls_fields[T_ALPS_STR], NULL);
	cur_join(c, &list);
}

static void next_protocol(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	while (cur_left(c) && cur_ok(c))
		take_text(d, c, take_u8(d, c, &tls_fields[T_NPN_STR_LENGTH]), &tls_fields[T_NPN_STR]);
}

static void supported_versions(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (at->message != HS_CLIENT_HELLO) {
		at->hello->version = take_u16(d, c, &tls_fields[T_SUPPORTED_VERSION]);
		return;
	}
	struct cursor list = cur_sub(c, take_u8(d, c, &tls_fields[T_VERSIONS_LENGTH]));
	uint16_t best = 0;
	while (cur_left(&list) && cur_ok(&list)) {
		uint16_t v = take_u16(d, &list, &tls_fields[T_SUPPORTED_VERSION]);
		if (tls_plain_version(v) > best)
			best = tls_plain_version(v);
	}
	if (best)
		at->hello->version = best;
	cur_join(c, &list);
}

static void groups(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_GROUPS_LENGTH]));
	number_list(d, &list, 2, &tls_fields[T_GROUPS], &tls_fields[T_GROUP]);
	cur_join(c, &list);
}

static void point_formats(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	struct cursor list = cur_sub(c, take_u8(d, c, &tls_fields[T_POINTS_LENGTH]));
	number_list(d, &list, 1, &tls_fields[T_POINTS], &tls_fields[T_POINT]);
	cur_join(c, &list);
}

void tls_signature_algorithms(struct dissect *d, struct cursor *c)
{
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_SIGALGS_LENGTH]));
	uint32_t tree = tree_open(d, &list, &tls_fields[T_SIGALGS]);
	for (unsigned n = 0; cur_left(&list) && cur_ok(&list) && n < TLS_LIST_MAX; n++) {
		uint16_t raw = take_u16(d, &list, &tls_fields[T_SIGALG]);
		/* TLS 1.2 made them of a hash and a key; later ones are names of their own. */
		if (!want_fields(d) || !value_name(tls_hash_names, raw >> 8) || raw >> 8 == 8
		    || !value_name(tls_sig_names, raw & 0xff))
			continue;
		tree_in(d);
		put_bits(d, &tls_fields[T_SIGALG_HASH], raw);
		put_bits(d, &tls_fields[T_SIGALG_SIG], raw);
		tree_out(d);
	}
	tree_close(d, &list, tree);
	cur_join(c, &list);
}

static void signature_algorithms(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	tls_signature_algorithms(d, c);
}

static void share(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &tls_fields[T_SHARE]);
	uint16_t group = take_u16(d, c, &tls_fields[T_SHARE_GROUP]);
	uint16_t n = take_u16(d, c, &tls_fields[T_SHARE_LENGTH]);
	take_bytes(d, c, n, &tls_fields[T_SHARE_KEY]);
	if (want_fields(d))
		tree_text(d, tree, "%s", value_text(d, tls_group_names, group));
	tree_close(d, c, tree);
}

static void key_share(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (at->retry || at->message == HS_HELLO_RETRY_REQUEST) {
		take_u16(d, c, &tls_fields[T_SHARE_SELECTED]);
	} else if (at->message == HS_CLIENT_HELLO) {
		struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_SHARES_LENGTH]));
		while (cur_left(&list) && cur_ok(&list))
			share(d, &list);
		cur_join(c, &list);
	} else {
		share(d, c);
	}
}

static void pre_shared_key(struct dissect *d, struct cursor *c, const struct place *at)
{
	at->hello->psk = true;
	if (at->message != HS_CLIENT_HELLO) {
		take_u16(d, c, &tls_fields[T_PSK_SELECTED]);
		return;
	}
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_PSK_LENGTH]));
	while (cur_left(&list) && cur_ok(&list)) {
		uint32_t tree = tree_open(d, &list, &tls_fields[T_PSK_IDENTITY]);
		uint16_t n = take_u16(d, &list, &tls_fields[T_PSK_ID_LENGTH]);
		take_bytes(d, &list, n, &tls_fields[T_PSK_ID]);
		take_u32(d, &list, &tls_fields[T_PSK_AGE]);
		tree_close(d, &list, tree);
	}
	cur_join(c, &list);
	uint16_t n = take_u16(d, c, &tls_fields[T_PSK_BINDERS_LENGTH]);
	take_bytes(d, c, n, &tls_fields[T_PSK_BINDERS]);
}

static void psk_modes(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	struct cursor list = cur_sub(c, take_u8(d, c, &tls_fields[T_PSK_MODES_LENGTH]));
	while (cur_left(&list) && cur_ok(&list))
		take_u8(d, &list, &tls_fields[T_PSK_MODE]);
	cur_join(c, &list);
}

static void early_data(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (at->message == HS_CLIENT_HELLO)
		at->hello->early_data = true;
	else if (at->message == HS_NEW_SESSION_TICKET)
		take_u32(d, c, &tls_fields[T_EARLY_DATA_MAX]);
}

static void cookie(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	take_bytes(d, c, take_u16(d, c, &tls_fields[T_COOKIE_LENGTH]), &tls_fields[T_COOKIE]);
}

static void status_request(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (!cur_left(c))
		return;
	uint8_t type = take_u8(d, c, &tls_fields[T_STATUS_TYPE]);
	if (at->message == HS_CERTIFICATE) {
		take_bytes(d, c, take_u24(d, c, &tls_fields[T_OCSP_LENGTH]), &tls_fields[T_OCSP]);
	} else if (type == 1 || type == 2) {
		cur_skip(c, take_u16(d, c, &tls_fields[T_STATUS_RESPONDERS]));
		cur_skip(c, take_u16(d, c, &tls_fields[T_STATUS_EXTENSIONS]));
	}
}

static void status_request_v2(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (!cur_left(c))
		return;
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_STATUS_LIST_LENGTH]));
	while (cur_left(&list) && cur_ok(&list)) {
		uint8_t type = take_u8(d, &list, &tls_fields[T_STATUS_TYPE]);
		struct cursor item = cur_sub(&list, take_u16(d, &list, &tls_fields[T_STATUS_LENGTH]));
		if (type == 1 || type == 2) {
			cur_skip(&item, take_u16(d, &item, &tls_fields[T_STATUS_RESPONDERS]));
			cur_skip(&item, take_u16(d, &item, &tls_fields[T_STATUS_EXTENSIONS]));
		}
		cur_join(&list, &item);
	}
	cur_join(c, &list);
	(void)at;
}

static void session_ticket(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	if (cur_left(c))
		take_bytes(d, c, cur_left(c), &tls_fields[T_TICKET]);
}

static void renegotiation(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	uint8_t n = take_u8(d, c, &tls_fields[T_RENEGOTIATION_LENGTH]);
	if (n)
		take_bytes(d, c, n, &tls_fields[T_RENEGOTIATION]);
}

/* RFC 6962 section 3.3: timestamps of Certificate Transparency logs. */
static void timestamps(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	if (!cur_left(c))
		return;
	struct cursor list = cur_sub(c, take_u16(d, c, &tls_fields[T_SCT_LIST_LENGTH]));
	while (cur_left(&list) && cur_ok(&list)) {
		uint32_t tree = tree_open(d, &list, &tls_fields[T_SCT]);
		struct cursor sct = cur_sub(&list, take_u16(d, &list, &tls_fields[T_SCT_LENGTH]));
		take_u8(d, &sct, &tls_fields[T_SCT_VERSION]);
		take_bytes(d, &sct, 32, &tls_fields[T_SCT_LOG]);
		uint64_t ms = take_u64(d, &sct, NULL);
		if (cur_ok(&sct))
			put_uint(d, &tls_fields[T_SCT_TIME], d->last, ms * 1000000);
		uint16_t n = take_u16(d, &sct, &tls_fields[T_SCT_EXT_LENGTH]);
		if (n)
			take_bytes(d, &sct, n, &tls_fields[T_SCT_EXT]);
		take_u16(d, &sct, &tls_fields[T_SIGALG]);
		take_bytes(d, &sct, take_u16(d, &sct, &tls_fields[T_SCT_SIG_LENGTH]),
			   &tls_fields[T_SCT_SIG]);
		cur_join(&list, &sct);
		tree_close(d, &list, tree);
	}
	cur_join(c, &list);
}

static void compress_certificate(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	struct cursor list = cur_sub(c, take_u8(d, c, &tls_fields[T_CC_ALGORITHMS_LENGTH]));
	while (cur_left(&list) && cur_ok(&list))
		take_u16(d, &list, &tls_fields[T_CC_ALGORITHM]);
	cur_join(c, &list);
}

static void size_limit(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	take_u16(d, c, &tls_fields[T_SIZE_LIMIT]);
}

static void max_fragment(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	take_u8(d, c, &tls_fields[T_MAX_FRAGMENT]);
}

static void heartbeat(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	take_u8(d, c, &tls_fields[T_HEARTBEAT_MODE]);
}

static void authorities(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	tls_distinguished_names(d, c);
}

static void padding(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	if (cur_left(c))
		take_bytes(d, c, cur_left(c), &tls_fields[T_PADDING]);
}

/* RFC 9849 section 5: the outer form; the others hold opaque bytes. */
static void encrypted_hello(struct dissect *d, struct cursor *c, const struct place *at)
{
	if (at->message != HS_CLIENT_HELLO || take_u8(d, c, &tls_fields[T_ECH_TYPE]) != 0) {
		if (cur_left(c))
			take_bytes(d, c, cur_left(c), &tls_fields[T_EXT_DATA]);
		return;
	}
	take_u16(d, c, &tls_fields[T_ECH_KDF]);
	take_u16(d, c, &tls_fields[T_ECH_AEAD]);
	take_u8(d, c, &tls_fields[T_ECH_CONFIG]);
	take_bytes(d, c, take_u16(d, c, &tls_fields[T_ECH_ENC_LENGTH]), &tls_fields[T_ECH_ENC]);
	take_bytes(d, c, take_u16(d, c, &tls_fields[T_ECH_PAYLOAD_LENGTH]),
		   &tls_fields[T_ECH_PAYLOAD]);
}

static void transport_parameters(struct dissect *d, struct cursor *c, const struct place *at)
{
	(void)at;
	tls_quic_parameters(d, c);
}

static const struct reader {
	uint16_t type;
	void (*read)(struct dissect *d, struct cursor *c, const struct place *at);
} readers[] = {
	{ 0, server_name }, { 1, max_fragment }, { 5, status_request }, { 10, groups },
	{ 11, point_formats }, { 13, signature_algorithms }, { 15, heartbeat }, { 16, alpn },
	{ 17, status_request_v2 }, { 18, timestamps }, { 21, padding },
	{ 27, compress_certificate }, { 28, size_limit }, { 34, signature_algorithms },
	{ 35, session_ticket },
	{ 40, key_share }, { 41, pre_shared_key }, { 42, early_data }, { 43, supported_versions },
	{ 44, cookie }, { 45, psk_modes }, { 47, authorities }, { 50, signature_algorithms },
	{ 51, key_share }, { 57, transport_parameters }, { 13172, next_protocol },
	{ 17513, alps }, { 17613, alps }, { 65037, encrypted_hello }, { 65281, renegotiation },
	{ 65445, transport_parameters },
};

/* What the pass needs of a hello; the rest is read only when fields are wanted. */
static bool is_needed(uint16_t type)
{
	return type == 0 || type == 16 || (type >= 41 && type <= 43);
}

static const struct reader *reader_of(uint16_t type)
{
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
		if (readers[i].type == type)
			return &readers[i];
	return NULL;
}

void tls_extensions(struct dissect *d, struct cursor *c, uint8_t message, bool retry,
		    struct tls_hello *hello)
{
	const struct place at = { .message = message, .retry = retry, .hello = hello };
	if (!cur_left(c))
		return;			/* before TLS 1.3 there need not be any */
	struct cursor all = cur_sub(c, take_u16(d, c, &tls_fields[T_EXTENSIONS_LENGTH]));
	for (unsigned n = 0; cur_left(&all) && cur_ok(&all); n++) {
		if (n == TLS_LIST_MAX) {
			note(d, NOTE_LIMIT);
			break;
		}
		uint32_t tree = tree_open(d, &all, &tls_fields[T_EXT]);
		uint16_t type = take_u16(d, &all, &tls_fields[T_EXT_TYPE]);
		uint16_t len = take_u16(d, &all, &tls_fields[T_EXT_LENGTH]);
		struct cursor one = cur_sub(&all, len);
		const struct reader *r = want_fields(d) || is_needed(type) ? reader_of(type) : NULL;
		if (r)
			r->read(d, &one, &at);
		else if (len)
			take_bytes(d, &one, len, &tls_fields[T_EXT_DATA]);
		/* One that lies about its own lengths does not spoil those behind it. */
		if (one.bad == CUR_PAST)
			note(d, NOTE_MALFORMED);
		if (want_fields(d)) {
			const char *name = value_name(tls_extension_names, type);
			tree_text(d, tree, "%s (len=%u)", name ? name : "Unknown", len);
		}
		tree_close(d, &all, tree);
	}
	cur_join(c, &all);
}

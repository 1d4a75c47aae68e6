/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_record: one record by itself (RFC 8446 section 5, RFC 5246 section 6.2): its header, and
 * what is inside unless it is handshake messages: alerts, the change to encryption, heartbeats,
 * encrypted bytes.
 */
#include "tls.h"

enum { TOLD_MAX = 4 };		/* encrypted records of a direction that are told as events */

bool tls_record_peek(const struct cursor *c, struct tls_record *r)
{
	const uint8_t *p = cur_peek(c, TLS_HEADER);
	if (!p)
		return false;
	*r = (struct tls_record){
		.type = p[0], .version = (uint16_t)(p[1] << 8 | p[2]),
		.length = (uint16_t)(p[3] << 8 | p[4])
	};
	return true;
}

bool tls_is_record(const struct tls_record *r)
{
	return r->type >= TLS_CCS && r->type <= TLS_HEARTBEAT && r->length <= TLS_RECORD_MAX
		&& (r->version >> 8 == 3 ? (r->version & 0xff) <= 4 : r->version == 0x0101);
}

static const char *version_label(const struct tls_flow *flow, const struct tls_record *r)
{
	static const char *const labels[] = { "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3" };
	uint16_t v = flow->version ? flow->version : r->version;
	return v >= TLS_SSL3 && v <= TLS_1_3 ? labels[v - TLS_SSL3] : "TLS";
}

uint32_t tls_header_open(struct dissect *d, const struct tls_flow *flow, struct cursor *c,
			    const struct tls_record *r)
{
	uint32_t tree = tree_open(d, c, &tls_fields[T_RECORD]);
	bool opaque = r->type == TLS_APP_DATA && flow->version == TLS_1_3;
	take_u8(d, c, &tls_fields[opaque ? T_OPAQUE_TYPE : T_CONTENT_TYPE]);
	take_u16(d, c, &tls_fields[T_RECORD_VERSION]);
	take_u16(d, c, &tls_fields[T_RECORD_LENGTH]);
	if (want_fields(d))
		tree_text(d, tree, "%s: %s", version_label(flow, r),
			  value_text(d, tls_content_names, r->type));
	return tree;
}

void tls_tell_encrypted(struct dissect *d, struct tls_half *me, const struct tls_record *r)
{
	note(d, NOTE_TLS_ENCRYPTED);
	if (me->told < TOLD_MAX) {
		me->told++;
		emit(d, EV_TLS_ENCRYPTED, r->type, r->length);
	}
	info_add(d, r->type == TLS_APP_DATA ? "Application Data"
		 : r->type == TLS_HANDSHAKE ? "Encrypted Handshake Message"
		 : r->type == TLS_HEARTBEAT ? "Encrypted Heartbeat" : "Encrypted Alert");
}

static void change_cipher_spec(struct dissect *d, struct tls_half *me, struct tls_flow *flow,
			       struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &tls_fields[T_CCS]);
	cur_skip(c, cur_left(c));
	tree_close(d, c, tree);
	info_add(d, "Change Cipher Spec");
	emit(d, EV_TLS_CCS, 0, 0);
	if (flow->version == TLS_1_3)
		return;			/* RFC 8446 appendix D.4: only for show */
	me->encrypted = 1;
	/* The server changes at once, without a certificate: an earlier session goes on. */
	if ((flow->flags & (TLS_SERVER_SPOKE | TLS_FULL | TLS_RESUMED)) == TLS_SERVER_SPOKE) {
		flow->flags |= TLS_RESUMED;
		emit(d, EV_TLS_RESUMED, 0, 0);
	}
}

static void alert(struct dissect *d, struct tls_half *me, const struct tls_record *r, struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 2);
	uint32_t tree = tree_open(d, c, &tls_fields[T_ALERT]);
	if (r->length == 2 && !p) {
		info_add(d, "Alert");		/* cut by the capture */
	} else if (r->length == 2 && value_name(tls_alert_level_names, p[0])
	    && value_name(tls_alert_names, p[1])) {
		uint8_t level = take_u8(d, c, &tls_fields[T_ALERT_LEVEL]);
		uint8_t what = take_u8(d, c, &tls_fields[T_ALERT_DESC]);
		emit(d, EV_TLS_ALERT, (uint32_t)level << 8 | what, 0);
		info_add(d, "Alert (Level: %s, Description: %s)",
			 value_name(tls_alert_level_names, level), value_name(tls_alert_names, what));
	} else {
		emit(d, EV_TLS_ALERT, 0, 0);
		tls_tell_encrypted(d, me, r);
		tree_text(d, tree, "%s", _("encrypted"));
		cur_skip(c, cur_left(c));
	}
	tree_close(d, c, tree);
}

static void heartbeat(struct dissect *d, struct tls_half *me, const struct tls_record *r,
		      struct cursor *c)
{
	const uint8_t *p = cur_peek(c, 3);
	if (me->encrypted || !p || !value_name(tls_heartbeat_names, p[0])) {
		tls_tell_encrypted(d, me, r);
		return;
	}
	uint32_t tree = tree_open(d, c, &tls_fields[T_HEARTBEAT]);
	uint8_t type = take_u8(d, c, &tls_fields[T_HEARTBEAT_TYPE]);
	uint16_t n = take_u16(d, c, &tls_fields[T_HEARTBEAT_LENGTH]);
	if (n > cur_left(c))
		note(d, NOTE_MALFORMED);	/* asks for more than it sent: Heartbleed */
	else
		take_bytes(d, c, n, &tls_fields[T_HEARTBEAT_PAYLOAD]);
	take_bytes(d, c, cur_left(c), &tls_fields[T_HEARTBEAT_PADDING]);
	info_add(d, "Heartbeat %s", value_name(tls_heartbeat_names, type));
	tree_close(d, c, tree);
}

/* An encrypted record whose bytes are all here. */
static void encrypted(struct dissect *d, struct tls_half *me, const struct tls_record *r,
		      struct cursor *c)
{
	if (r->type == TLS_HANDSHAKE) {
		uint32_t tree = tree_open(d, c, &tls_fields[T_HANDSHAKE]);
		cur_skip(c, cur_left(c));
		tree_text(d, tree, "%s", _("encrypted"));
		tree_close(d, c, tree);
	} else if (cur_left(c)) {
		take_bytes(d, c, cur_left(c), &tls_fields[T_APP_DATA]);
	}
	tls_tell_encrypted(d, me, r);
}

void tls_whole_record(struct dissect *d, struct tls_half *me, struct tls_flow *flow,
			 struct cursor *c, const struct tls_record *r)
{
	uint32_t tree = tls_header_open(d, flow, c, r);
	struct cursor body = cur_sub(c, r->length);
	if (r->type == TLS_CCS)
		change_cipher_spec(d, me, flow, &body);
	else if (r->type == TLS_ALERT)
		alert(d, me, r, &body);
	else if (r->type == TLS_HEARTBEAT)
		heartbeat(d, me, r, &body);
	else
		encrypted(d, me, r, &body);
	tree_close(d, c, tree);
}

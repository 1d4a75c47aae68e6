/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_opt: the two lists inside records: EDNS options (RFC 6891 section 6.1.2) and the service
 * parameters of SVCB and HTTPS (RFC 9460 section 2.2).
 */
#include "dns.h"

#include <string.h>

/* RFC 7871: only as many bytes of the address as the mask needs are sent. */
static void client_subnet(struct dissect *d, struct cursor *c)
{
	uint16_t family = take_u16(d, c, &dns_fields[DNS_OPT_FAMILY]);
	take_u8(d, c, &dns_fields[DNS_OPT_SOURCE_MASK]);
	take_u8(d, c, &dns_fields[DNS_OPT_SCOPE_MASK]);
	size_t n = cur_left(c), full = family == 1 ? 4 : 16;
	if (!cur_ok(c) || !n)
		return;
	if ((family != 1 && family != 2) || n > full) {
		take_bytes(d, c, n, &dns_fields[DNS_OPT_SUBNET]);
		return;
	}
	uint8_t address[16] = { 0 };
	memcpy(address, take_bytes(d, c, n, NULL), n);
	const struct field *f = &dns_fields[family == 1 ? DNS_OPT_SUBNET4 : DNS_OPT_SUBNET6];
	put_text(d, f, d->last, address, full);
}

static void option_data(struct dissect *d, struct cursor *c, uint16_t code)
{
	struct range all = range_of(c, cur_off(c), (uint32_t)cur_left(c));
	const uint8_t *bytes = cur_peek(c, all.len);
	if (bytes && all.len && code != 12)
		put_text(d, &dns_fields[DNS_OPT_DATA], all, bytes, all.len);
	switch (code) {
	case 8:
		client_subnet(d, c);
		break;
	case 10:		/* RFC 7873 */
		take_bytes(d, c, 8, &dns_fields[DNS_OPT_CLIENT_COOKIE]);
		if (cur_ok(c) && cur_left(c))
			take_bytes(d, c, cur_left(c), &dns_fields[DNS_OPT_SERVER_COOKIE]);
		break;
	case 11:		/* RFC 7828: without a value in a query */
		if (cur_wire(c))
			take_u16(d, c, &dns_fields[DNS_OPT_TIMEOUT]);
		break;
	case 12:
		if (cur_left(c))
			take_bytes(d, c, cur_left(c), &dns_fields[DNS_OPT_PADDING]);
		break;
	case 15:		/* RFC 8914 */
		take_u16(d, c, &dns_fields[DNS_OPT_ERROR_CODE]);
		if (cur_ok(c) && cur_left(c))
			take_text(d, c, cur_left(c), &dns_fields[DNS_OPT_ERROR_TEXT]);
		break;
	default:
		break;
	}
}

void dns_options(struct dissect *d, struct cursor *c)
{
	while (cur_ok(c) && cur_wire(c)) {
		uint32_t h = tree_open(d, c, &dns_fields[DNS_OPT]);
		uint16_t code = take_u16(d, c, &dns_fields[DNS_OPT_CODE]);
		uint16_t n = take_u16(d, c, &dns_fields[DNS_OPT_LEN]);
		struct cursor data = cur_sub(c, n);
		if (cur_ok(&data)) {
			option_data(d, &data, code);
			if (data.bad == CUR_PAST)	/* the options behind it may be right */
				note(d, NOTE_MALFORMED);
			if (data.bad == CUR_CUT)
				cur_join(c, &data);
		}
		if (want_fields(d))
			tree_text(d, h, "%s", value_text(d, dns_fields[DNS_OPT_CODE].names, code));
		tree_close(d, c, h);
	}
}

/* ALPN names (RFC 7301), told to the story with commas between. */
static uint32_t take_alpn(struct dissect *d, struct cursor *c)
{
	char list[128];
	size_t len = 0;
	while (cur_ok(c) && cur_wire(c)) {
		uint8_t n = take_u8(d, c, &dns_fields[DNS_SVC_ALPN_LENGTH]);
		const uint8_t *name = take_text(d, c, n, &dns_fields[DNS_SVC_ALPN]);
		if (!name || len + n + 1 > sizeof list)
			continue;
		if (len)
			list[len++] = ',';
		for (unsigned i = 0; i < n; i++) {
			bool plain = name[i] > 0x20 && name[i] < 0x7f && name[i] != ',';
			list[len++] = plain ? (char)name[i] : '?';
		}
	}
	return intern(d, list, len);
}

static void param_value(struct dissect *d, struct cursor *c, uint16_t key, uint32_t *alpn)
{
	switch (key) {
	case 0:
		while (cur_ok(c) && cur_wire(c))
			take_u16(d, c, &dns_fields[DNS_SVC_MANDATORY]);
		break;
	case 1:
		*alpn = take_alpn(d, c);
		break;
	case 3:
		take_u16(d, c, &dns_fields[DNS_SVC_PORT]);
		break;
	case 4:
		while (cur_ok(c) && cur_wire(c))
			take_ipv4(d, c, &dns_fields[DNS_SVC_IPV4]);
		break;
	case 5:
		take_bytes(d, c, cur_left(c), &dns_fields[DNS_SVC_ECH]);
		break;
	case 6:
		while (cur_ok(c) && cur_wire(c))
			take_ipv6(d, c, &dns_fields[DNS_SVC_IPV6]);
		break;
	default:
		if (cur_left(c))
			take_bytes(d, c, cur_left(c), &dns_fields[DNS_SVC_VALUE]);
		break;
	}
}

void dns_service(struct dissect *d, struct cursor *c, const struct dns_message *m, uint32_t owner,
		 uint16_t type)
{
	struct dns_name target;
	uint32_t alpn = 0;
	take_u16(d, c, &dns_fields[DNS_SVC_PRIORITY]);
	if (!cur_ok(c) || !dns_name_take(d, c, m, &target))
		return;
	dns_name_put(d, &dns_fields[DNS_SVC_TARGET], &target);
	while (cur_ok(c) && cur_wire(c)) {
		uint32_t h = tree_open(d, c, &dns_fields[DNS_SVC_PARAM]);
		uint16_t key = take_u16(d, c, &dns_fields[DNS_SVC_KEY]);
		uint16_t n = take_u16(d, c, &dns_fields[DNS_SVC_LENGTH]);
		struct cursor value = cur_sub(c, n);
		if (cur_ok(&value))
			param_value(d, &value, key, &alpn);
		cur_join(c, &value);
		if (want_fields(d))
			tree_text(d, h, "%s", value_text(d, dns_fields[DNS_SVC_KEY].names, key));
		tree_close(d, c, h);
	}
	/* what was read is told, also when a later parameter is damaged */
	if (m->answers)
		emit_c(d, EV_DNS_RECORD, owner, alpn, type);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_rr: resource records (RFC 1035 section 3.2). What the data of a type holds is a row of a
 * table; a type that is not there is shown as bytes.
 */
#include "dns.h"

#include <stdio.h>
#include <string.h>

enum part_kind {
	P_END, P_U8, P_U16, P_U32, P_TIME, P_IPV4, P_IPV6, P_NAME,
	P_STRING,	/* a length byte, and text */
	P_STRINGS,	/* as many of these as there are */
	P_CAA,		/* flags, a tag behind its length, and the value */
	P_REST,		/* bytes to the end */
	P_SERVICE	/* SVCB: priority, target and a list of parameters */
};

struct part {
	uint8_t kind;		/* enum part_kind */
	uint8_t field, length;	/* enum dns_field; P_STRING: that of the length byte */
	bool info;		/* also in the Info column */
	const char *word;	/* stands before it in the heading; NULL: not in the heading */
};

struct layout {
	uint16_t type;
	struct part part[10];
};

#define PART(k, f) { .kind = P_##k, .field = DNS_##f }
#define SAID(k, f, w) { .kind = P_##k, .field = DNS_##f, .info = true, .word = w }
#define TEXT(k, f, l) { .kind = P_##k, .field = DNS_##f, .length = DNS_##l }

static const struct layout layouts[] = {
	{ DNS_TYPE_A, { SAID(IPV4, A, "addr") } },
	{ 2, { SAID(NAME, NS, "ns") } },
	{ DNS_TYPE_CNAME, { SAID(NAME, CNAME, "cname") } },
	{ 6, { SAID(NAME, SOA_MNAME, "mname"), PART(NAME, SOA_RNAME), PART(U32, SOA_SERIAL),
		PART(U32, SOA_REFRESH), PART(U32, SOA_RETRY), PART(U32, SOA_EXPIRE),
		PART(U32, SOA_MINIMUM) } },
	{ 12, { SAID(NAME, PTR, "domain") } },
	{ 13, { TEXT(STRING, HINFO_CPU, HINFO_CPU_LENGTH), TEXT(STRING, HINFO_OS, HINFO_OS_LENGTH) } },
	{ 15, { SAID(U16, MX_PREFERENCE, "preference"), SAID(NAME, MX_EXCHANGE, "mx") } },
	{ 16, { TEXT(STRINGS, TXT, TXT_LENGTH) } },
	{ DNS_TYPE_AAAA, { SAID(IPV6, AAAA, "addr") } },
	{ DNS_TYPE_SRV, { SAID(U16, SRV_PRIORITY, "priority"), SAID(U16, SRV_WEIGHT, "weight"),
		SAID(U16, SRV_PORT, "port"), SAID(NAME, SRV_TARGET, "target") } },
	{ 35, { SAID(U16, NAPTR_ORDER, "order"), SAID(U16, NAPTR_PREFERENCE, "preference"),
		TEXT(STRING, NAPTR_FLAGS, NAPTR_FLAGS_LENGTH),
		TEXT(STRING, NAPTR_SERVICE, NAPTR_SERVICE_LENGTH),
		TEXT(STRING, NAPTR_REGEX, NAPTR_REGEX_LENGTH), PART(NAME, NAPTR_REPLACEMENT) } },
	{ 39, { SAID(NAME, DNAME, "dname") } },
	{ 43, { PART(U16, DS_KEY_ID), PART(U8, DS_ALGORITHM), PART(U8, DS_DIGEST_TYPE),
		PART(REST, DS_DIGEST) } },
	{ 44, { PART(U8, SSHFP_ALGORITHM), PART(U8, SSHFP_TYPE), PART(REST, SSHFP_FINGERPRINT) } },
	{ 46, { PART(U16, RRSIG_TYPE), PART(U8, RRSIG_ALGORITHM), PART(U8, RRSIG_LABELS),
		PART(U32, RRSIG_TTL), PART(TIME, RRSIG_EXPIRES), PART(TIME, RRSIG_INCEPTION),
		PART(U16, RRSIG_KEY_TAG), PART(NAME, RRSIG_SIGNER), PART(REST, RRSIG_SIGNATURE) } },
	{ 47, { PART(NAME, NSEC_NEXT), PART(REST, DATA) } },
	{ 48, { PART(U16, KEY_FLAGS), PART(U8, KEY_PROTOCOL), PART(U8, KEY_ALGORITHM),
		PART(REST, KEY_PUBLIC) } },
	{ 52, { PART(U8, TLSA_USAGE), PART(U8, TLSA_SELECTOR), PART(U8, TLSA_MATCHING),
		PART(REST, TLSA_DATA) } },
	{ DNS_TYPE_SVCB, { PART(SERVICE, DATA) } },
	{ DNS_TYPE_HTTPS, { PART(SERVICE, DATA) } },
	{ 99, { TEXT(STRINGS, SPF, SPF_LENGTH) } },
	{ 257, { PART(CAA, DATA) } },
};

static const struct layout *layout_of(uint16_t type)
{
	static const struct layout unknown = { 0, { PART(REST, DATA) } };
	for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return &unknown;
}

/* A record while it is read. */
struct record {
	const struct dns_message *m;
	uint16_t type, class;
	uint32_t owner;		/* for the story */
	char head[256];		/* what its heading says, when fields are wanted */
	size_t n_head;
};

static void say(struct dissect *d, struct record *r, const struct part *p, const char *value)
{
	if (p->info)
		dns_info(d, " %s", value);
	if (!p->word || !want_fields(d) || r->n_head >= sizeof r->head)
		return;
	int n = snprintf(r->head + r->n_head, sizeof r->head - r->n_head, ", %s %s", p->word,
			 value);
	if (n > 0)
		r->n_head += (size_t)n;
}

static void tell(struct dissect *d, const struct record *r, uint32_t value)
{
	if (r->m->answers)
		emit_c(d, EV_DNS_RECORD, r->owner, value, r->type);
}

static void take_number(struct dissect *d, struct cursor *c, struct record *r, const struct part *p)
{
	static const uint8_t width[] = { [P_U8] = 1, [P_U16] = 2, [P_U32] = 4 };
	uint64_t value = take_uint(d, c, width[p->kind], &dns_fields[p->field]);
	char text[24];
	if (!d->want || !cur_ok(c))
		return;
	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	say(d, r, p, text);
}

/* RFC 4034 section 3.1.5: seconds since 1970, in 32 bits. */
static void take_time(struct dissect *d, struct cursor *c, const struct field *f)
{
	uint64_t seconds = take_u32(d, c, NULL);
	if (cur_ok(c))
		put_uint(d, f, d->last, seconds * 1000000000u);
}

static void take_address(struct dissect *d, struct cursor *c, struct record *r,
			 const struct part *p)
{
	size_t n = p->kind == P_IPV4 ? 4 : 16;
	const uint8_t *a = take_bytes(d, c, n, &dns_fields[p->field]);
	if (!a)
		return;
	tell(d, r, intern(d, a, n));
	if (d->want)
		say(d, r, p, ip_text(d, a, n));
}

static void take_name(struct dissect *d, struct cursor *c, struct record *r, const struct part *p)
{
	struct dns_name name;
	if (!dns_name_take(d, c, r->m, &name))
		return;
	dns_name_put(d, &dns_fields[p->field], &name);
	if (r->type == DNS_TYPE_CNAME)
		tell(d, r, dns_name_intern(d, &name));
	if (d->want)
		say(d, r, p, dns_name_text(d, &name));
}

static void take_string(struct dissect *d, struct cursor *c, const struct part *p)
{
	uint8_t n = take_u8(d, c, &dns_fields[p->length]);
	take_text(d, c, n, &dns_fields[p->field]);
}

static void take_caa(struct dissect *d, struct cursor *c)
{
	uint8_t flags = take_u8(d, c, &dns_fields[DNS_CAA_FLAGS]);
	tree_in(d);
	put_bits(d, &dns_fields[DNS_CAA_CRITICAL], flags);
	tree_out(d);
	uint8_t n = take_u8(d, c, &dns_fields[DNS_CAA_TAG_LENGTH]);
	take_text(d, c, n, &dns_fields[DNS_CAA_TAG]);
	take_text(d, c, cur_left(c), &dns_fields[DNS_CAA_VALUE]);
}

static void take_part(struct dissect *d, struct cursor *c, struct record *r, const struct part *p)
{
	switch ((enum part_kind)p->kind) {
	case P_U8: case P_U16: case P_U32: take_number(d, c, r, p); break;
	case P_TIME: take_time(d, c, &dns_fields[p->field]); break;
	case P_IPV4: case P_IPV6: take_address(d, c, r, p); break;
	case P_NAME: take_name(d, c, r, p); break;
	case P_STRING: take_string(d, c, p); break;
	case P_STRINGS:
		while (cur_ok(c) && cur_left(c))
			take_string(d, c, p);
		break;
	case P_CAA: take_caa(d, c); break;
	case P_SERVICE: dns_service(d, c, r->m, r->owner, r->type); break;
	case P_REST:
		if (cur_left(c))
			take_bytes(d, c, cur_left(c), &dns_fields[p->field]);
		break;
	case P_END: break;
	}
}

static void take_data(struct dissect *d, struct cursor *c, struct record *r)
{
	const struct layout *l = layout_of(r->type);
	for (const struct part *p = l->part; p->kind != P_END && cur_ok(c); p++)
		take_part(d, c, r, p);
	if (cur_ok(c) && cur_left(c))
		take_bytes(d, c, cur_left(c), &dns_fields[DNS_DATA]);
}

/* The owner of a SRV record tells its service: _sip._udp.lab.test (RFC 2782). */
static void put_service_name(struct dissect *d, const struct dns_name *name)
{
	const char *s = name->text, *end = s + name->len;
	const char *a = memchr(s, '.', name->len);
	const char *b = a ? memchr(a + 1, '.', (size_t)(end - a - 1)) : NULL;
	if (!b || *s != '_')
		return;
	put_text(d, &dns_fields[DNS_SRV_SERVICE], name->range, s, (size_t)(a - s));
	put_text(d, &dns_fields[DNS_SRV_PROTO], name->range, a + 1, (size_t)(b - a - 1));
	put_text(d, &dns_fields[DNS_SRV_NAME], name->range, b + 1, (size_t)(end - b - 1));
}

/* RFC 6891 section 6.1.3: class and time to live of OPT mean something else. */
static void take_opt_head(struct dissect *d, struct cursor *c)
{
	take_u16(d, c, &dns_fields[DNS_OPT_SIZE]);
	take_u8(d, c, &dns_fields[DNS_OPT_EXT_RCODE]);
	take_u8(d, c, &dns_fields[DNS_OPT_VERSION]);
	uint16_t z = take_u16(d, c, &dns_fields[DNS_OPT_Z]);
	tree_in(d);
	put_bits(d, &dns_fields[DNS_OPT_DO], z);
	put_bits(d, &dns_fields[DNS_OPT_RESERVED], z);
	tree_out(d);
}

static void take_class(struct dissect *d, struct cursor *c, struct record *r)
{
	if (r->m->flavour == DNS_MULTICAST) {
		uint16_t raw = take_u16(d, c, NULL);
		put_bits(d, &dns_fields[DNS_MDNS_RR_CLASS], raw);
		put_bits(d, &dns_fields[DNS_MDNS_FLUSH], raw);
		r->class = raw & 0x7fff;
	} else {
		r->class = take_u16(d, c, &dns_fields[DNS_RR_CLASS]);
	}
	take_u32(d, c, &dns_fields[DNS_RR_TTL]);
}

static bool record_body(struct dissect *d, struct cursor *c, struct record *r,
			const struct dns_name *owner)
{
	if (r->type == DNS_TYPE_SRV && want_fields(d))
		put_service_name(d, owner);
	r->type = take_u16(d, c, &dns_fields[DNS_RR_TYPE]);
	if (r->type == DNS_TYPE_OPT)
		take_opt_head(d, c);
	else
		take_class(d, c, r);
	uint16_t n = take_u16(d, c, &dns_fields[DNS_RR_LEN]);
	if (!cur_ok(c))
		return false;
	dns_info(d, " %s", d->want ? dns_type_text(d, r->type) : "");
	struct cursor data = cur_sub(c, n);
	if (r->type == DNS_TYPE_OPT)
		dns_options(d, &data);
	else if (cur_wire(&data))	/* none: an update that deletes (RFC 2136 section 2.5) */
		take_data(d, &data, r);
	cur_join(c, &data);
	return cur_ok(c);
}

bool dns_record(struct dissect *d, struct cursor *c, struct dns_message *m)
{
	struct record r = { .m = m, .class = 1 };
	struct dns_name owner;
	uint32_t h = tree_open(d, c, &dns_fields[DNS_RECORD]);
	bool ok = dns_name_take(d, c, m, &owner);
	if (ok) {
		const uint8_t *type = cur_peek(c, 2);
		r.type = type ? (uint16_t)(type[0] << 8 | type[1]) : 0;
		if (m->answers)
			r.owner = dns_name_intern(d, &owner);
		dns_name_put(d, &dns_fields[DNS_RR_NAME], &owner);
		ok = record_body(d, c, &r, &owner);
		if (want_fields(d) && r.type == DNS_TYPE_OPT)
			tree_text(d, h, "%s: type OPT", dns_name_text(d, &owner));
		else if (want_fields(d))
			tree_text(d, h, "%s: type %s, class %s%s", dns_name_text(d, &owner),
				  dns_type_text(d, r.type), dns_class_text(d, r.class), r.head);
	}
	tree_close(d, c, h);
	return ok;
}

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
	P_SERVICE	/* SVCB: a list of parameters */
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

static const struct layout layouts[] = {
	{ DNS_TYPE_A, { { P_IPV4, DNS_A, 0, true, "addr" } } },
	{ 2, { { P_NAME, DNS_NS, 0, true, "ns" } } },
	{ DNS_TYPE_CNAME, { { P_NAME, DNS_CNAME, 0, true, "cname" } } },
	{ 6, { { P_NAME, DNS_SOA_MNAME, 0, true, "mname" }, { P_NAME, DNS_SOA_RNAME, 0, false, NULL },
		{ P_U32, DNS_SOA_SERIAL, 0, false, NULL }, { P_U32, DNS_SOA_REFRESH, 0, false, NULL },
		{ P_U32, DNS_SOA_RETRY, 0, false, NULL }, { P_U32, DNS_SOA_EXPIRE, 0, false, NULL },
		{ P_U32, DNS_SOA_MINIMUM, 0, false, NULL } } },
	{ 12, { { P_NAME, DNS_PTR, 0, true, "domain" } } },
	{ 13, { { P_STRING, DNS_HINFO_CPU, DNS_HINFO_CPU_LENGTH, true, "CPU" },
		{ P_STRING, DNS_HINFO_OS, DNS_HINFO_OS_LENGTH, true, "OS" } } },
	{ 15, { { P_U16, DNS_MX_PREFERENCE, 0, true, "preference" },
		{ P_NAME, DNS_MX_EXCHANGE, 0, true, "mx" } } },
	{ 16, { { P_STRINGS, DNS_TXT, DNS_TXT_LENGTH, false, NULL } } },
	{ DNS_TYPE_AAAA, { { P_IPV6, DNS_AAAA, 0, true, "addr" } } },
	{ DNS_TYPE_SRV, { { P_U16, DNS_SRV_PRIORITY, 0, true, "priority" },
		{ P_U16, DNS_SRV_WEIGHT, 0, true, "weight" }, { P_U16, DNS_SRV_PORT, 0, true, "port" },
		{ P_NAME, DNS_SRV_TARGET, 0, true, "target" } } },
	{ 35, { { P_U16, DNS_NAPTR_ORDER, 0, true, "order" },
		{ P_U16, DNS_NAPTR_PREFERENCE, 0, true, "preference" },
		{ P_STRING, DNS_NAPTR_FLAGS, DNS_NAPTR_FLAGS_LENGTH, true, "flags" },
		{ P_STRING, DNS_NAPTR_SERVICE, DNS_NAPTR_SERVICE_LENGTH, false, NULL },
		{ P_STRING, DNS_NAPTR_REGEX, DNS_NAPTR_REGEX_LENGTH, false, NULL },
		{ P_NAME, DNS_NAPTR_REPLACEMENT, 0, false, NULL } } },
	{ 39, { { P_NAME, DNS_DNAME, 0, true, "dname" } } },
	{ 43, { { P_U16, DNS_DS_KEY_ID, 0, false, NULL }, { P_U8, DNS_DS_ALGORITHM, 0, false, NULL },
		{ P_U8, DNS_DS_DIGEST_TYPE, 0, false, NULL }, { P_REST, DNS_DS_DIGEST, 0, false, NULL } } },
	{ 44, { { P_U8, DNS_SSHFP_ALGORITHM, 0, false, NULL }, { P_U8, DNS_SSHFP_TYPE, 0, false, NULL },
		{ P_REST, DNS_SSHFP_FINGERPRINT, 0, false, NULL } } },
	{ 46, { { P_U16, DNS_RRSIG_TYPE, 0, false, NULL }, { P_U8, DNS_RRSIG_ALGORITHM, 0, false, NULL },
		{ P_U8, DNS_RRSIG_LABELS, 0, false, NULL }, { P_U32, DNS_RRSIG_TTL, 0, false, NULL },
		{ P_TIME, DNS_RRSIG_EXPIRES, 0, false, NULL },
		{ P_TIME, DNS_RRSIG_INCEPTION, 0, false, NULL },
		{ P_U16, DNS_RRSIG_KEY_TAG, 0, false, NULL },
		{ P_NAME, DNS_RRSIG_SIGNER, 0, false, NULL },
		{ P_REST, DNS_RRSIG_SIGNATURE, 0, false, NULL } } },
	{ 47, { { P_NAME, DNS_NSEC_NEXT, 0, false, "next" }, { P_REST, DNS_DATA, 0, false, NULL } } },
	{ 48, { { P_U16, DNS_KEY_FLAGS, 0, false, NULL }, { P_U8, DNS_KEY_PROTOCOL, 0, false, NULL },
		{ P_U8, DNS_KEY_ALGORITHM, 0, false, NULL }, { P_REST, DNS_KEY_PUBLIC, 0, false, NULL } } },
	{ 52, { { P_U8, DNS_TLSA_USAGE, 0, false, NULL }, { P_U8, DNS_TLSA_SELECTOR, 0, false, NULL },
		{ P_U8, DNS_TLSA_MATCHING, 0, false, NULL }, { P_REST, DNS_TLSA_DATA, 0, false, NULL } } },
	{ DNS_TYPE_SVCB, { { P_SERVICE, 0, 0, false, NULL } } },
	{ DNS_TYPE_HTTPS, { { P_SERVICE, 0, 0, false, NULL } } },
	{ 99, { { P_STRINGS, DNS_SPF, DNS_SPF_LENGTH, false, NULL } } },
	{ 257, { { P_CAA, 0, 0, false, NULL } } },
};

static const struct layout *layout_of(uint16_t type)
{
	static const struct layout unknown = { 0, { { P_REST, DNS_DATA, 0, false, NULL } } };
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
	int n = snprintf(r->head + r->n_head, sizeof r->head - r->n_head, ", %s %s", p->word, value);
	if (n > 0)
		r->n_head += (size_t)n;
}

static void say_bytes(struct dissect *d, struct record *r, const struct part *p, const uint8_t *s,
		      size_t n)
{
	if (s && d->want && (p->info || p->word))
		say(d, r, p, text_of(d, s, n));
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

static void take_address(struct dissect *d, struct cursor *c, struct record *r, const struct part *p)
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

static void take_string(struct dissect *d, struct cursor *c, struct record *r, const struct part *p)
{
	uint8_t n = take_u8(d, c, &dns_fields[p->length]);
	say_bytes(d, r, p, take_text(d, c, n, &dns_fields[p->field]), n);
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
	case P_STRING: take_string(d, c, r, p); break;
	case P_STRINGS:
		while (cur_ok(c) && cur_left(c))
			take_string(d, c, r, p);
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

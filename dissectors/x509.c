/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * x509: certificates (RFC 5280; the encoding is DER, ITU-T X.690). The reader knows a tag, a
 * length and a bounded child, nothing more: so every field has its own byte range, and hostile
 * certificates meet no code but this. What it does not know it shows as bytes.
 */
#include <stdio.h>
#include <string.h>

#include "tls.h"

enum {
	DER_BOOLEAN = 1, DER_INTEGER = 2, DER_BIT_STRING = 3, DER_OCTETS = 4, DER_OID = 6,
	DER_UTF8 = 12, DER_PRINTABLE = 19, DER_TELETEX = 20, DER_IA5 = 22, DER_UTC_TIME = 23,
	DER_TIME = 24, DER_SEQUENCE = 0x30, DER_SET = 0x31,
	DER_VERSION = 0xa0, DER_EXTENSIONS = 0xa3,
	ATTRIBUTES = 24, NAME_TEXT = 400, OID_TEXT = 96, NAMES_MAX = 1000
};

const struct value_name x509_version_names[] = {
	{ 0, "v1" }, { 1, "v2" }, { 2, "v3" }, { 0, NULL }
};

/* Attributes of names with the short forms of RFC 4514 section 3, and those seen beside them. */
static const struct { const char *oid, *name; } attribute_names[] = {
	{ "2.5.4.3", "CN" }, { "2.5.4.10", "O" }, { "2.5.4.11", "OU" }, { "2.5.4.6", "C" },
	{ "2.5.4.8", "ST" }, { "2.5.4.7", "L" }, { "2.5.4.5", "serialNumber" },
	{ "2.5.4.9", "STREET" }, { "0.9.2342.19200300.100.1.25", "DC" },
	{ "0.9.2342.19200300.100.1.1", "UID" }, { "1.2.840.113549.1.9.1", "emailAddress" },
	{ "2.5.4.4", "SN" }, { "2.5.4.42", "GN" }, { "2.5.4.12", "title" },
	{ "2.5.4.15", "businessCategory" }, { "2.5.4.17", "postalCode" },
	{ "2.5.4.97", "organizationIdentifier" },
};

/* Algorithms and purposes of keys (RFC 3279, 4055, 5480, 5758, 8410, 5280 section 4.2.1.12). */
static const struct { const char *oid, *name; } oid_names[] = {
	{ "1.2.840.113549.1.1.1", "rsaEncryption" },
	{ "1.2.840.113549.1.1.4", "md5WithRSAEncryption" },
	{ "1.2.840.113549.1.1.5", "sha1WithRSAEncryption" },
	{ "1.2.840.113549.1.1.10", "RSASSA-PSS" },
	{ "1.2.840.113549.1.1.11", "sha256WithRSAEncryption" },
	{ "1.2.840.113549.1.1.12", "sha384WithRSAEncryption" },
	{ "1.2.840.113549.1.1.13", "sha512WithRSAEncryption" },
	{ "1.2.840.10045.2.1", "ecPublicKey" },
	{ "1.2.840.10045.4.3.2", "ecdsa-with-SHA256" },
	{ "1.2.840.10045.4.3.3", "ecdsa-with-SHA384" },
	{ "1.2.840.10045.4.3.4", "ecdsa-with-SHA512" },
	{ "1.2.840.10040.4.1", "dsa" }, { "1.3.101.112", "Ed25519" }, { "1.3.101.113", "Ed448" },
	{ "1.3.6.1.5.5.7.1.1", "authorityInfoAccess" },
	{ "1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList" },
};

static const char *oid_name(const char *oid)
{
	for (size_t i = 0; i < sizeof oid_names / sizeof oid_names[0]; i++)
		if (!strcmp(oid_names[i].oid, oid))
			return oid_names[i].name;
	return oid;
}

static const struct value_name extension_names[] = {	/* below 2.5.29 */
	{ 14, "subjectKeyIdentifier" }, { 15, "keyUsage" }, { 17, "subjectAltName" },
	{ 18, "issuerAltName" }, { 19, "basicConstraints" }, { 30, "nameConstraints" },
	{ 31, "cRLDistributionPoints" }, { 32, "certificatePolicies" },
	{ 35, "authorityKeyIdentifier" }, { 37, "extKeyUsage" }, { 0, NULL }
};

/* The next value: its tag and a child over its content. A wrong form makes both cursors bad. */
static struct cursor der(struct cursor *c, uint8_t *tag)
{
	*tag = cur_u8(c);
	size_t n = cur_u8(c);
	if (n >= 0x80) {
		unsigned bytes = n & 0x7f;
		n = 0;
		if (bytes < 1 || bytes > 3)
			n = SIZE_MAX;	/* endless or absurd */
		else
			for (unsigned i = 0; i < bytes; i++)
				n = n << 8 | cur_u8(c);
	}
	if ((*tag & 0x1f) == 0x1f)
		n = SIZE_MAX;
	return cur_sub(c, n);
}

/* A child that must have this tag; empty and bad otherwise. */
static struct cursor der_of(struct cursor *c, uint8_t want)
{
	uint8_t tag;
	struct cursor v = der(c, &tag);
	if (tag != want)
		v.bad = c->bad = CUR_PAST;
	return v;
}

static bool der_is(const struct cursor *c, uint8_t tag)
{
	const uint8_t *p = cur_peek(c, 1);
	return p && *p == tag;
}

/* An object identifier as "1.2.840": X.690 section 8.19. Cut when it does not fit. */
static void oid_text(const struct cursor *v, char text[OID_TEXT])
{
	struct cursor c = *v;
	int at = 0;
	text[0] = '\0';
	for (bool first = true; cur_left(&c) && at < OID_TEXT - 24; ) {
		uint64_t n = 0;
		uint8_t b;
		do {
			b = cur_u8(&c);
			n = n << 7 | (b & 0x7f);
		} while (b & 0x80 && cur_left(&c));
		if (first) {
			uint64_t top = n < 40 ? 0 : n < 80 ? 1 : 2;
			at += snprintf(text, OID_TEXT, "%u", (unsigned)top);
			n -= top * 40;
			first = false;
		}
		at += snprintf(text + at, (size_t)(OID_TEXT - at), ".%llu", (unsigned long long)n);
	}
}

static void take_oid(struct dissect *d, struct cursor *v, const struct field *f, char text[OID_TEXT])
{
	oid_text(v, text);
	if (want_fields(d))
		put_text(d, f, range_of(v, cur_off(v), (uint32_t)cur_left(v)), text, strlen(text));
}

/* ---- names ---- */

struct attribute { const char *name; struct cursor value; };
struct name_text { char s[NAME_TEXT]; size_t len; };

static const struct field *string_field(uint8_t tag, const char *oid)
{
	if (!strcmp(oid, "2.5.4.6"))
		return &tls_fields[X_COUNTRY];
	switch (tag) {
	case DER_PRINTABLE: return &tls_fields[X_PRINTABLE];
	case DER_UTF8: return &tls_fields[X_UTF8];
	case DER_TELETEX: return &tls_fields[X_TELETEX];
	case DER_IA5: return &tls_fields[X_IA5];
	default: return &tls_fields[X_OTHER_STRING];
	}
}

/* "CN=www.lab.test, O=Lab": the last attribute first, as RFC 4514 section 2.1 writes them. */
static void write_name(const struct attribute *a, unsigned n, struct name_text *to)
{
	to->len = 0;
	while (n--) {
		size_t label = strlen(a[n].name), value = cur_left(&a[n].value);
		if (to->len + label + value + 3 >= sizeof to->s)
			continue;
		if (to->len) {
			memcpy(to->s + to->len, ", ", 2);
			to->len += 2;
		}
		memcpy(to->s + to->len, a[n].name, label);
		to->s[to->len + label] = '=';
		memcpy(to->s + to->len + label + 1, a[n].value.pos, value);
		to->len += label + 1 + value;
	}
}

/* The attributes of a Name; their fields are recorded when `show`. */
static void read_name(struct dissect *d, struct cursor name, bool show, struct name_text *text)
{
	struct attribute list[ATTRIBUTES];
	unsigned n = 0;
	while (cur_left(&name) && cur_ok(&name)) {
		struct cursor set = der_of(&name, DER_SET);
		while (cur_left(&set) && cur_ok(&set)) {
			struct cursor pair = der_of(&set, DER_SEQUENCE);
			struct cursor id = der_of(&pair, DER_OID);
			uint8_t tag;
			struct cursor value = der(&pair, &tag);
			if (!cur_ok(&pair) || n == ATTRIBUTES)
				break;
			char oid[OID_TEXT];
			oid_text(&id, oid);
			list[n] = (struct attribute){ .name = "?", .value = value };
			for (size_t i = 0; i < sizeof attribute_names / sizeof attribute_names[0]; i++)
				if (!strcmp(attribute_names[i].oid, oid))
					list[n].name = attribute_names[i].name;
			n++;
			if (show) {
				take_oid(d, &id, &tls_fields[X_OID], oid);
				take_bytes(d, &value, cur_left(&value), string_field(tag, oid));
			}
		}
	}
	write_name(list, n, text);
}

static void take_name(struct dissect *d, struct cursor *c, const struct field *f,
		      struct name_text *text)
{
	struct cursor name = der_of(c, DER_SEQUENCE);
	read_name(d, name, false, text);
	if (!want_fields(d))
		return;
	put_text(d, f, range_of(&name, cur_off(&name), (uint32_t)cur_left(&name)), text->s, text->len);
	tree_in(d);
	read_name(d, name, true, text);
	tree_out(d);
}

void x509_name(struct dissect *d, struct cursor *c)
{
	struct name_text text;
	take_name(d, c, &tls_fields[X_SUBJECT], &text);
}

/* ---- the rest, only when fields are wanted ---- */

static void take_algorithm(struct dissect *d, struct cursor *c, uint32_t heading)
{
	char oid[OID_TEXT];
	struct cursor algorithm = der_of(c, DER_SEQUENCE);
	struct cursor id = der_of(&algorithm, DER_OID);
	take_oid(d, &id, &tls_fields[X_ALGORITHM], oid);
	tree_text(d, heading, "%s", oid_name(oid));
}

static void take_signed_with(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &tls_fields[X_SIGNED_WITH]);
	take_algorithm(d, c, tree);
	tree_close(d, c, tree);
}

/* "120411000437Z" as "2012-04-11 00:04:37 (UTC)": RFC 5280 section 4.1.2.5. */
static void take_time(struct dissect *d, struct cursor *c, char text[32])
{
	uint8_t tag;
	struct cursor v = der(c, &tag);
	size_t n = cur_left(&v), year = tag == DER_TIME ? 4 : 2;
	const uint8_t *p = v.pos;
	text[0] = '\0';
	if (n != year + 11 || p[n - 1] != 'Z')
		return;
	for (size_t i = 0; i < n - 1; i++)
		if (p[i] < '0' || p[i] > '9')
			return;
	const char *century = tag == DER_TIME ? "" : p[0] >= '5' ? "19" : "20";
	const char *s = (const char *)p, *t = s + year;
	snprintf(text, 32, "%s%.*s-%.2s-%.2s %.2s:%.2s:%.2s (UTC)", century, (int)year, s, t, t + 2,
		 t + 4, t + 6, t + 8);
	put_text(d, &tls_fields[tag == DER_TIME ? X_TIME : X_UTC_TIME],
		 range_of(&v, cur_off(&v), (uint32_t)n), text, strlen(text));
}

static void take_validity(struct dissect *d, struct cursor *c)
{
	char from[32], to[32];
	uint32_t tree = tree_open(d, c, &tls_fields[X_VALIDITY]);
	struct cursor v = der_of(c, DER_SEQUENCE);
	take_time(d, &v, from);
	take_time(d, &v, to);
	tree_text(d, tree, "%.10s – %.10s", from, to);
	tree_close(d, c, tree);
}

static void take_key(struct dissect *d, struct cursor *c)
{
	uint32_t tree = tree_open(d, c, &tls_fields[X_KEY]);
	struct cursor info = der_of(c, DER_SEQUENCE);
	take_algorithm(d, &info, tree);
	struct cursor key = der_of(&info, DER_BIT_STRING);
	cur_skip(&key, 1);		/* number of unused bits */
	take_bytes(d, &key, cur_left(&key), &tls_fields[X_PUBLIC_KEY]);
	tree_close(d, c, tree);
}

/* GeneralNames, RFC 5280 section 4.2.1.6: context tags 0 to 8. */
static void take_general_names(struct dissect *d, struct cursor *c)
{
	struct cursor list = der_of(c, DER_SEQUENCE);
	for (unsigned n = 0; cur_left(&list) && cur_ok(&list) && n < NAMES_MAX; n++) {
		uint8_t tag;
		struct cursor v = der(&list, &tag);
		size_t len = cur_left(&v);
		if (tag == 0x81)
			take_text(d, &v, len, &tls_fields[X_MAIL]);
		else if (tag == 0x82)
			take_text(d, &v, len, &tls_fields[X_DNS]);
		else if (tag == 0x86)
			take_text(d, &v, len, &tls_fields[X_URI]);
		else if (tag == 0x87 && len == 4)
			take_ipv4(d, &v, &tls_fields[X_IPV4]);
		else if (tag == 0x87 && len == 16)
			take_ipv6(d, &v, &tls_fields[X_IPV6]);
	}
}

static void take_constraints(struct dissect *d, struct cursor *c)
{
	struct cursor v = der_of(c, DER_SEQUENCE);
	if (der_is(&v, DER_BOOLEAN)) {
		struct cursor ca = der_of(&v, DER_BOOLEAN);
		uint8_t is = cur_u8(&ca);
		put_uint(d, &tls_fields[X_CA], range_of(&ca, cur_off(&ca) - 1, 1), is != 0);
	}
	if (der_is(&v, DER_INTEGER)) {
		struct cursor path = der_of(&v, DER_INTEGER);
		if (cur_left(&path) && cur_left(&path) <= 4)
			take_uint(d, &path, (unsigned)cur_left(&path), &tls_fields[X_PATH]);
	}
}

static void take_extension_value(struct dissect *d, struct cursor *v, unsigned id)
{
	char oid[OID_TEXT];
	if (id == 17 || id == 18) {
		take_general_names(d, v);
	} else if (id == 19) {
		take_constraints(d, v);
	} else if (id == 14) {
		struct cursor key = der_of(v, DER_OCTETS);
		take_bytes(d, &key, cur_left(&key), &tls_fields[X_KEY_ID]);
	} else if (id == 15) {
		struct cursor bits = der_of(v, DER_BIT_STRING);
		cur_skip(&bits, 1);
		take_bytes(d, &bits, cur_left(&bits), &tls_fields[X_KEY_USAGE]);
	} else if (id == 37) {
		struct cursor list = der_of(v, DER_SEQUENCE);
		while (cur_left(&list) && cur_ok(&list)) {
			struct cursor purpose = der_of(&list, DER_OID);
			take_oid(d, &purpose, &tls_fields[X_PURPOSE], oid);
		}
	} else {
		take_bytes(d, v, cur_left(v), &tls_fields[X_VALUE]);
	}
}

static void take_extension(struct dissect *d, struct cursor *c)
{
	char oid[OID_TEXT];
	uint32_t tree = tree_open(d, c, &tls_fields[X_EXTENSION]);
	struct cursor e = der_of(c, DER_SEQUENCE);
	struct cursor id = der_of(&e, DER_OID);
	const uint8_t *raw = cur_peek(&id, 3);
	unsigned number = raw && cur_left(&id) == 3 && raw[0] == 0x55 && raw[1] == 0x1d ? raw[2] : 0;
	take_oid(d, &id, &tls_fields[X_EXTENSION_ID], oid);
	if (der_is(&e, DER_BOOLEAN)) {
		struct cursor critical = der_of(&e, DER_BOOLEAN);
		uint8_t is = cur_u8(&critical);
		put_uint(d, &tls_fields[X_CRITICAL],
			 range_of(&critical, cur_off(&critical) - 1, 1), is != 0);
	}
	struct cursor value = der_of(&e, DER_OCTETS);
	take_extension_value(d, &value, number);
	const char *name = number ? value_name(extension_names, number) : NULL;
	tree_text(d, tree, "%s", name ? name : oid_name(oid));
	tree_close(d, c, tree);
}

static void take_extensions(struct dissect *d, struct cursor *tbs)
{
	while (cur_left(tbs) && cur_ok(tbs)) {
		uint8_t tag;
		struct cursor part = der(tbs, &tag);	/* also the unique identifiers of version 2 */
		if (tag != DER_EXTENSIONS)
			continue;
		struct cursor list = der_of(&part, DER_SEQUENCE);
		for (unsigned n = 0; cur_left(&list) && cur_ok(&list) && n < NAMES_MAX; n++)
			take_extension(d, &list);
	}
}

void x509_certificate(struct dissect *d, struct cursor *c, int emit_as)
{
	struct name_text issuer = { .len = 0 }, subject = { .len = 0 };
	struct cursor certificate = der_of(c, DER_SEQUENCE);
	uint32_t tree = tree_open(d, &certificate, &tls_fields[X_CERTIFICATE]);
	struct cursor tbs = der_of(&certificate, DER_SEQUENCE);
	bool show = want_fields(d);

	if (der_is(&tbs, DER_VERSION)) {
		struct cursor version = der_of(&tbs, DER_VERSION);
		struct cursor number = der_of(&version, DER_INTEGER);
		take_u8(d, &number, &tls_fields[X_VERSION]);
	}
	struct cursor serial = der_of(&tbs, DER_INTEGER);
	take_bytes(d, &serial, cur_left(&serial), &tls_fields[X_SERIAL]);
	if (show)
		take_signed_with(d, &tbs);
	else
		(void)der_of(&tbs, DER_SEQUENCE);
	take_name(d, &tbs, &tls_fields[X_ISSUER], &issuer);
	if (show)
		take_validity(d, &tbs);
	else
		(void)der_of(&tbs, DER_SEQUENCE);
	take_name(d, &tbs, &tls_fields[X_SUBJECT], &subject);
	bool good = cur_ok(&tbs);
	if (show && good) {
		take_key(d, &tbs);
		take_extensions(d, &tbs);
	}
	tree_close(d, &certificate, tree);
	if (show && good) {
		take_signed_with(d, &certificate);
		struct cursor signature = der_of(&certificate, DER_BIT_STRING);
		cur_skip(&signature, 1);
		take_bytes(d, &signature, cur_left(&signature), &tls_fields[X_SIGNATURE]);
	}
	if (!good)
		note(d, NOTE_MALFORMED);
	else if (emit_as >= 0)
		emit_c(d, EV_TLS_CERTIFICATE, intern(d, subject.s, subject.len),
		       intern(d, issuer.s, issuer.len), (uint16_t)emit_as);
}

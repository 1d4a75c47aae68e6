/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns_name: domain names with compression (RFC 1035 section 4.1.4).
 *
 * A pointer must lead to a place before the piece of the name that it ends: then every jump goes
 * backwards, and a name ends. The 255 bytes of a name and its jumps are counted, because each of
 * thousands of records may lead to the same long chain.
 */
#include "dns.h"

#include <stdio.h>
#include <string.h>

enum { DNS_HOPS_MAX = 128 };

/* One label behind its length byte. A name that grows too long is read on, but not kept. */
static bool take_label(struct cursor *r, struct dns_name *name, unsigned n, unsigned *wire)
{
	const uint8_t *label = cur_bytes(r, n);
	if (!label)
		return false;
	*wire += n + 1;
	if (*wire > DNS_NAME_MAX - 1) {	/* the root's byte is still to come */
		name->kind = DNS_NAME_LONG;
		return true;
	}
	if (name->labels)
		name->text[name->len++] = '.';
	memcpy(name->text + name->len, label, n);
	name->len = (uint8_t)(name->len + n);
	name->labels++;
	return true;
}

/* Moves r to where a pointer leads. False when that is not backwards. */
static bool follow(struct cursor *r, const struct dns_message *m, uint8_t high, uint32_t *run)
{
	uint32_t to = cur_off(&m->whole) + ((uint32_t)(high & 0x3f) << 8 | cur_u8(r));
	if (!cur_ok(r))
		return false;
	if (to >= *run)
		return false;
	struct cursor j = m->whole;
	cur_skip(&j, to - cur_off(&m->whole));
	*r = j;
	*run = to;
	return true;
}

bool dns_name_take(struct dissect *d, struct cursor *c, const struct dns_message *m,
		   struct dns_name *name)
{
	uint32_t start = cur_off(c), run = start;
	unsigned wire = 0, hops = 0;
	struct cursor jumped, *r = c;
	name->len = name->labels = 0;
	name->kind = DNS_NAME_GOOD;
	for (;;) {
		uint8_t n = cur_u8(r);
		if (!cur_ok(r))
			break;
		if (n == 0)
			break;
		if (n < 0x40) {
			if (!take_label(r, name, n, &wire))
				break;
			if (name->kind == DNS_NAME_LONG && r != c)
				break;	/* where the name ends on the wire is known already */
		} else if (n >= 0xc0) {
			struct cursor from = *r;
			bool ok = ++hops <= DNS_HOPS_MAX && follow(&from, m, n, &run);
			if (r == c)
				cur_skip(c, 1);
			if (!ok) {
				cur_join(r, &from);
				if (cur_ok(r)) {
					name->kind = DNS_NAME_LOOP;
					note(d, NOTE_DNS_POINTER);
				}
				break;
			}
			jumped = from;
			r = &jumped;
		} else if (n < 0x80) {	/* RFC 2673, obsolete: its length is unknown */
			name->kind = DNS_NAME_EXTENDED;
			note(d, NOTE_MALFORMED);
			break;
		} else {		/* 10: never given a meaning */
			(void)cur_have(r, SIZE_MAX);
			break;
		}
	}
	name->text[name->len] = '\0';
	name->range = range_from(c, start);
	if (name->kind == DNS_NAME_LONG)
		note(d, NOTE_MALFORMED);
	cur_join(c, r);
	return cur_ok(c);
}

static const char *shown(const struct dns_name *name, size_t *n)
{
	static const char *const odd[] = {
		[DNS_NAME_GOOD] = "<Root>",
		[DNS_NAME_LOOP] = "<Name contains a pointer that loops>",
		[DNS_NAME_LONG] = "<Name too long>",
		[DNS_NAME_EXTENDED] = "<Unknown extended label>"
	};
	const char *s = odd[name->kind];
	if (name->kind == DNS_NAME_GOOD && name->len) {
		*n = name->len;
		return name->text;
	}
	*n = strlen(s);
	return s;
}

void dns_name_put(struct dissect *d, const struct field *f, const struct dns_name *name)
{
	size_t n;
	const char *s = shown(name, &n);
	put_text(d, f, name->range, s, n);
}

const char *dns_name_text(struct dissect *d, const struct dns_name *name)
{
	size_t n;
	const char *s = shown(name, &n);
	return text_of(d, s, n);
}

uint32_t dns_name_intern(struct dissect *d, const struct dns_name *name)
{
	char plain[4 * DNS_NAME_MAX + 1];
	size_t n = 0;
	if (name->kind != DNS_NAME_GOOD)
		return 0;
	for (unsigned i = 0; i < name->len; i++) {
		unsigned char b = (unsigned char)name->text[i];
		if (b > 0x20 && b < 0x7f && b != '\\')
			plain[n++] = (char)(b >= 'A' && b <= 'Z' ? b + 32 : b);
		else
			n += (size_t)snprintf(plain + n, sizeof plain - n, "\\%03u", b);
	}
	return intern(d, plain, n);
}

const char *dns_type_text(struct dissect *d, uint16_t type)
{
	const char *name = value_name(dns_types, type);
	return name ? name : value_text(d, dns_types, type);
}

const char *dns_class_text(struct dissect *d, uint16_t class)
{
	const char *name = value_name(dns_classes, class);
	return name ? name : value_text(d, dns_classes, class);
}

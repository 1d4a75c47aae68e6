/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packets: packets made by hand for the tests of the protocols, put into a capture of their own
 * and taken through the real engine.
 */
#ifndef OSI_TESTS_PACKETS_H
#define OSI_TESTS_PACKETS_H

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "session.h"

/* link types, Ethernet types, protocol numbers */
enum { ETHERNET = 1, SLL = 113, SLL2 = 276, BSD_NULL = 0, RAW = 101 };
enum { IPV4 = 0x0800, ARP = 0x0806, IPV6 = 0x86dd, VLAN = 0x8100, PROVIDER = 0x88a8 };
enum { ICMP = 1, UDP = 17, HOPOPTS = 0, ROUTING = 43, FRAGMENT = 44, ICMP6 = 58, DSTOPTS = 60 };

/* ---- bytes ---------------------------------------------------------------------------------- */

struct bytes { uint8_t b[4096]; size_t n; };

static inline void add(struct bytes *p, const void *more, size_t n)
{
	assert_true(p->n + n <= sizeof p->b);
	memcpy(p->b + p->n, more, n);
	p->n += n;
}

static inline void hex(struct bytes *p, const char *digits)
{
	p->n += unit_hex(digits, p->b + p->n, sizeof p->b - p->n);
}

static inline void be16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* RFC 1071 as it is written there, two bytes at a time: a second opinion. */
static inline uint16_t plain_sum(const uint8_t *p, size_t n, uint32_t sum)
{
	for (; n > 1; n -= 2, p += 2)
		sum += (uint32_t)(p[0] << 8 | p[1]);
	if (n)
		sum += (uint32_t)p[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* ---- layers: each is put around the payload ------------------------------------------------- */

static const char mac_a[] = "020000000001", mac_b[] = "020000000002";
static const char six_a[] = "20010db8000000000000000000000001";
static const char six_b[] = "20010db8000000000000000000000002";

static inline struct bytes ether(unsigned type, struct bytes payload)
{
	struct bytes p = { .n = 0 };
	hex(&p, mac_b);
	hex(&p, mac_a);
	p.n += 2;
	be16(p.b + 12, type);
	add(&p, payload.b, payload.n);
	return p;
}

/* 192.0.2.1 to 192.0.2.2; options are filled up to words. `fragment`: flags and offset. */
struct ip4 { unsigned proto, fragment, total; const char *options; };

static inline struct bytes ip4(struct ip4 h, struct bytes payload)
{
	struct bytes p = { .n = 0 }, o = { .n = 0 };
	hex(&o, h.options ? h.options : "");
	o.n = (o.n + 3) & ~(size_t)3;
	hex(&p, "4500 0000 1234 0000 40 00 0000 c0000201 c0000202");
	p.b[0] = (uint8_t)(0x45 + o.n / 4);
	add(&p, o.b, o.n);
	be16(p.b + 2, h.total ? h.total - 1 : (unsigned)(p.n + payload.n));
	be16(p.b + 6, h.fragment);
	p.b[9] = (uint8_t)h.proto;
	be16(p.b + 10, 0xffffu ^ plain_sum(p.b, p.n, 0));
	add(&p, payload.b, payload.n);
	return p;
}

static inline struct bytes ip6(unsigned next, struct bytes payload)
{
	struct bytes p = { .n = 0 };
	hex(&p, "60000000 0000 00 ff");
	be16(p.b + 4, (unsigned)payload.n);
	p.b[6] = (uint8_t)next;
	hex(&p, six_a);
	hex(&p, six_b);
	add(&p, payload.b, payload.n);
	return p;
}

static inline struct bytes icmp(const char *digits, struct bytes quoted)
{
	struct bytes p = { .n = 0 };
	hex(&p, digits);
	add(&p, quoted.b, quoted.n);
	be16(p.b + 2, 0xffffu ^ plain_sum(p.b, p.n, 0));
	return p;
}

/* Between the IPv6 addresses of above. */
static inline uint16_t six_sum(const struct bytes *p, unsigned proto)
{
	struct bytes a = { .n = 0 };
	hex(&a, six_a);
	hex(&a, six_b);
	return plain_sum(p->b, p->n, plain_sum(a.b, a.n, (uint32_t)(p->n + proto)));
}

static inline struct bytes icmp6(const char *digits, struct bytes quoted)
{
	struct bytes p = { .n = 0 };
	hex(&p, digits);
	add(&p, quoted.b, quoted.n);
	be16(p.b + 2, 0xffffu ^ six_sum(&p, 58));
	return p;
}

/* From port 40000 to 9; the checksum is right between the IPv4 (four) or IPv6 addresses. */
static inline struct bytes udp(bool four, const char *text)
{
	struct bytes p = { .n = 0 }, a = { .n = 0 };
	hex(&p, "9c40 0009 0000 0000");
	add(&p, text, strlen(text));
	be16(p.b + 4, (unsigned)p.n);
	hex(&a, "c0000201 c0000202");
	uint16_t sum = four ? plain_sum(p.b, p.n, plain_sum(a.b, a.n, (uint32_t)(p.n + 17)))
		: six_sum(&p, 17);
	be16(p.b + 6, 0xffffu ^ sum);
	return p;
}

static inline struct bytes from_hex(const char *digits)
{
	struct bytes p = { .n = 0 };
	hex(&p, digits);
	return p;
}

static inline struct bytes both(const char *digits, struct bytes behind)
{
	struct bytes p = from_hex(digits);
	add(&p, behind.b, behind.n);
	return p;
}

static inline struct bytes arp_of(const char *op_sender_target)
{
	struct bytes p = from_hex("0001 0800 06 04");
	hex(&p, op_sender_target);
	return ether(ARP, p);
}

/* ---- a capture ------------------------------------------------------------------------------ */

struct lab { struct strbuf file; struct session *s; };

static inline void lab_begin(struct lab *l, uint32_t link)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 1 << 18, link };
	*l = (struct lab){ .s = NULL };
	strbuf_add(&l->file, head, sizeof head);
}

static inline void lab_frame(struct lab *l, const struct bytes *p, size_t caplen)
{
	const uint32_t head[4] = { 1000000000, 0, (uint32_t)caplen, (uint32_t)p->n };
	strbuf_add(&l->file, head, sizeof head);
	strbuf_add(&l->file, p->b, caplen);
}

static inline void lab_load(struct lab *l)
{
	struct err err = { .text = "" };
	bool usage;
	struct session_options o = { .path = unit_file(strbuf_str(&l->file), l->file.len) };
	l->s = session_open(&o, &err, &usage);
	assert_non_null(l->s);
	while (session_load(l->s, 1000, 0))
		continue;
}

static inline void lab_end(struct lab *l)
{
	session_close(l->s);
	strbuf_free(&l->file);
}

/* One frame and what it was found to be; good until lab_end(). */
static inline const struct dissect *lab_one(struct lab *l, uint32_t link, struct bytes p)
{
	lab_begin(l, link);
	lab_frame(l, &p, p.n);
	lab_load(l);
	const struct dissect *d = session_detail(l->s, 1, WANT_FIELDS | WANT_INFO);
	assert_non_null(d);
	return d;
}

/* ---- what a test looks at ------------------------------------------------------------------- */

/* "eth:ip:udp" */
static inline const char *stack(const struct dissect *d)
{
	static char text[256];
	size_t n = 0;
	text[0] = '\0';
	for (unsigned i = 0; i < d->n_layers && n < sizeof text; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? ":" : "",
				      d->layers[i].protocol->name);
	return text;
}

/* The field's nth occurrence (from 0), NULL when there is none. */
static inline const struct item *item_of(const struct dissect *d, const char *name, unsigned nth)
{
	for (uint32_t i = 0; i < d->n_items; i++)
		if (!strcmp(d->items[i].field->name, name) && nth-- == 0)
			return &d->items[i];
	return NULL;
}

static inline uint64_t number_of(const struct dissect *d, const char *name)
{
	const struct item *it = item_of(d, name, 0);
	if (!it)
		fail_msg("no %s", name);
	return it->value;
}

static inline void assert_bytes(const struct dissect *d, const char *name, unsigned nth,
				const char *digits)
{
	struct bytes want = { .n = 0 };
	hex(&want, digits);
	size_t n;
	const struct item *it = item_of(d, name, nth);
	if (!it)
		fail_msg("no %s (%u)", name, nth);
	const uint8_t *got = item_bytes(d, it, &n);
	assert_int_equal(n, want.n);
	assert_memory_equal(got, want.b, n);
}

static inline bool has_note(const struct dissect *d, enum note note)
{
	for (unsigned i = 0; i < d->n_notes; i++)
		if (d->notes[i].note == note)
			return true;
	return false;
}

/* The first event of this kind, NULL when there is none. */
static inline const struct event *event_of(const struct lab *l, enum event_kind kind)
{
	for (size_t i = 0; i < l->s->events.count; i++) {
		const struct event *e = chunks_at(&l->s->events, i);
		if (e->kind == kind)
			return e;
	}
	return NULL;
}

static inline void assert_string_is(const struct lab *l, uint32_t id, const char *digits)
{
	struct bytes want = { .n = 0 };
	hex(&want, digits);
	size_t n;
	const char *got = session_string(l->s, id, &n);
	assert_int_equal(n, want.n);
	assert_memory_equal(got, want.b, n);
}

#endif

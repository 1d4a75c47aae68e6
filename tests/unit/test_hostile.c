/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets that mean harm: nests without end, pointers in circles, lists that never stop, heads
 * that never end. What is left out has a note; time and memory stay within bounds.
 */
#include "net.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static const unsigned all = WANT_FIELDS | WANT_INFO;

/* ---- nests of layers ---- */

static void vlan_in_vlan(void **state)
{
	(void)state;
	struct net *n = net_new(all);
	net_ether(n, 0x8100);
	for (int i = 0; i < 100; i++)
		net_add32(n, 1u << 16 | 0x8100);
	net_seen(n);
	assert_true(net_noted(n, NOTE_LIMIT));
	assert_false(net_noted(n, NOTE_MALFORMED));
	net_end(n, 1, 16);
}

/* An ICMP error quotes a packet that is an ICMP error that quotes ... */
static void errors_that_quote_errors(void **state)
{
	(void)state;
	struct net *n = net_new(all);
	net_ether(n, 0x0800);
	for (uint32_t i = 0; i < 100; i++) {
		net_ip(n, 1, 2, 1, (99 - i) * 28 + 8, i, 0);
		net_add32(n, 0x03010000);
		net_add32(n, 0);
	}
	net_seen(n);
	assert_true(net_noted(n, NOTE_LIMIT));
	net_end(n, 1, 16);
}

static void ip6(struct net *n, uint8_t next, uint32_t payload)
{
	net_ether(n, 0x86dd);
	net_add32(n, 0x60000000);
	net_add32(n, payload << 16 | (uint32_t)next << 8 | 64);
	net_add(n, "\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	net_add(n, "\x20\1\r\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
}

static void a_thousand_extension_headers(void **state)
{
	(void)state;
	static const uint8_t kinds[] = { 0, 43, 60, 135 };
	for (unsigned k = 0; k < sizeof kinds; k++) {
		struct net *n = net_new(all);
		ip6(n, kinds[k], 8 * 1001);
		for (int i = 0; i < 1000; i++) {
			const uint8_t header[8] = { i < 999 ? kinds[k] : 17, 0, 1, 4 };
			net_add(n, header, 8);
		}
		net_add(n, "\0\1\0\2\0\x08\0\0", 8);
		net_seen(n);
		net_end(n, 1, 16);
	}
}

static void ip_in_ip(void **state)
{
	(void)state;
	struct net *n = net_new(all);
	net_ether(n, 0x0800);
	for (uint32_t i = 0; i < 500; i++)
		net_ip(n, 1, 2, 4, (499 - i) * 20, i, 0);
	net_seen(n);
	net_end(n, 1, 16);
}

/* ---- DNS ---- */

static void dns_begin(struct strbuf *b, uint16_t questions, uint16_t answers)
{
	const uint8_t head[12] = { 0, 7, 0x81, 0x80, (uint8_t)(questions >> 8), (uint8_t)questions,
		(uint8_t)(answers >> 8), (uint8_t)answers };
	strbuf_clear(b);
	strbuf_add(b, head, sizeof head);
}

static void dns_end(struct strbuf *b, bool malformed)
{
	struct net *n = net_new(all);
	net_udp(n, 53, 4000, b->s, (uint32_t)b->len);
	assert_int_equal(net_noted(n, NOTE_DNS_POINTER) || net_noted(n, NOTE_MALFORMED)
			 || net_noted(n, NOTE_LIMIT), malformed);
	net_end(n, 1, 32);
}

static void pointers_in_circles(void **state)
{
	(void)state;
	static const struct { const char *name; size_t n; } loops[] = {
		{ "\xc0\x0c", 2 },			/* to itself */
		{ "\xc0\x0e\xc0\x0c", 4 },		/* to the next, and back */
		{ "\1a\xc0\x0c", 4 },			/* a label, and to itself */
		{ "\xff\xff", 2 },			/* beyond the message */
		{ "\xc0\0", 2 },			/* into the header, which is no name */
		{ "\xc0\x0d\x0c", 3 },			/* into its own middle */
	};
	struct strbuf b = { .s = NULL };
	for (unsigned i = 0; i < sizeof loops / sizeof loops[0]; i++) {
		dns_begin(&b, 1, 0);
		strbuf_add(&b, loops[i].name, loops[i].n);
		strbuf_add(&b, "\0\1\0\1", 4);
		dns_end(&b, i != 4);
	}
	strbuf_free(&b);
}

/* Each name points to the one before it: 5,000 steps to the root, and names of all lengths. */
static void a_chain_of_pointers(void **state)
{
	(void)state;
	struct strbuf b = { .s = NULL };
	dns_begin(&b, 5000, 0);
	strbuf_add(&b, "\1a\0\0\1\0\1", 7);
	for (uint32_t i = 1, last = 12; i < 5000; i++) {
		const uint8_t question[8] = { 1, 'a', (uint8_t)(0xc0 | last >> 8), (uint8_t)last, 0, 1, 0, 1 };
		last = (uint32_t)b.len;
		last = last < 0x4000 ? last : 12;
		strbuf_add(&b, question, 8);
	}
	dns_end(&b, true);
	strbuf_free(&b);
}

/* A small packet whose names unfold to megabytes. */
static void names_that_unfold(void **state)
{
	(void)state;
	struct strbuf b = { .s = NULL };
	uint8_t name[255], record[12] = { 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 1, 0, 2 };
	memset(name, 'a', sizeof name);
	for (unsigned i = 0; i < 254; i += 62)
		name[i] = 61;
	name[248] = 5;
	name[254] = 0;
	dns_begin(&b, 1, 4600);
	strbuf_add(&b, name, sizeof name);
	strbuf_add(&b, "\0\5\0\1", 4);
	for (unsigned i = 0; i < 4600; i++) {
		strbuf_add(&b, record, sizeof record);
		strbuf_add(&b, "\xc0\x0c", 2);
	}
	struct net *n = net_new(all);
	net_udp(n, 53, 4000, b.s, (uint32_t)b.len);
	net_end(n, 1, 32);
	strbuf_free(&b);
}

/* ---- streams ---- */

static void flood(uint16_t port, int from, const char *first, const void *bytes, uint32_t len,
		  uint32_t times, unsigned want, enum note note)
{
	struct net *n = net_new(want);
	net_greet(n, port);
	net_talk(n, from, port, PSH | ACK, first, (uint32_t)strlen(first));
	for (uint32_t i = 0; i < times; i++)
		net_talk(n, from, port, ACK, bytes, len);
	if (note < NOTES)
		assert_true(net_noted(n, note));
	net_end(n, 4, 64);
}

static void heads_that_never_end(void **state)
{
	(void)state;
	static char line[1400];
	memset(line, 'x', sizeof line);
	flood(80, 0, "GET / HTTP/1.1\r\n", line, sizeof line, 20000, 0, NOTE_LIMIT);
	flood(80, 0, "GET / HTTP/1.1\r\n", line, sizeof line, 1000, all, NOTE_LIMIT);
	for (unsigned i = 0; i + 4 <= sizeof line; i += 4)
		memcpy(line + i, "a:\r\n", 4);
	flood(80, 1, "HTTP/1.1 200 OK\r\n", line, sizeof line, 20000, 0, NOTE_LIMIT);
	flood(80, 1, "HTTP/1.1 200 OK\r\n", line, sizeof line, 1000, all, NOTE_LIMIT);
	flood(80, 0, "GET /", "y", 1, 100000, 0, NOTE_LIMIT);
}

static void chunks_of_one_byte(void **state)
{
	(void)state;
	static char chunks[1200];
	for (unsigned i = 0; i < sizeof chunks; i += 6)
		memcpy(chunks + i, "1\r\nz\r\n", 6);
	const char *head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
	flood(80, 1, head, chunks, sizeof chunks, 5000, 0, NOTES);
	flood(80, 1, head, chunks, sizeof chunks, 1000, all, NOTES);
	flood(80, 1, head, "1\r\nz\r\n", 3, 50000, 0, NOTES);
	memset(chunks, '0', sizeof chunks);	/* a length without end */
	flood(80, 1, head, chunks, sizeof chunks, 5000, 0, NOTES);
}

static void records_of_nothing(void **state)
{
	(void)state;
	static uint8_t records[1400], big[64000];
	for (unsigned i = 0; i + 5 <= sizeof records; i += 5)
		memcpy(records + i, "\x17\3\3\0\0", 5);
	for (unsigned i = 0; i + 5 <= sizeof big; i += 5)
		memcpy(big + i, "\x16\3\3\0\0", 5);
	flood(443, 0, "", records, sizeof records, 3000, 0, NOTES);
	flood(443, 0, "", records, sizeof records, 500, all, NOTES);
	flood(443, 0, "", big, sizeof big, 50, all, NOTES);
	for (unsigned i = 0; i + 10 <= sizeof big; i += 10)	/* empty handshake messages */
		memcpy(big + i, "\x16\3\3\0\4\0\0\0\0\0", 9);
	flood(443, 0, "", big, sizeof big, 50, all, NOTES);
}

/* A handshake message that says it is 16 MiB long, and comes. */
static void a_hello_without_end(void **state)
{
	(void)state;
	static uint8_t record[1205] = { 22, 3, 1, 0x04, 0xb0, 1, 0xff, 0xff, 0xff, 3, 3 };
	flood(443, 0, "", record, sizeof record, 15000, 0, NOTES);
	flood(443, 0, "", record, sizeof record, 500, all, NOTES);
}

/* A certificate of 10,000 sequences, each inside the other. */
static void a_certificate_of_nests(void **state)
{
	(void)state;
	enum { DEPTH = 10000, BODY = DEPTH * 4 + 3 + 3 };
	uint8_t *b = xcalloc(1, BODY + 9), *p = b;
	const uint8_t head[] = { 22, 3, 3, 0, 0, 11, 0, (BODY) >> 8 & 0xff, (BODY) & 0xff,
		0, (BODY - 3) >> 8, (BODY - 3) & 0xff, 0, (BODY - 6) >> 8, (BODY - 6) & 0xff };
	memcpy(b, head, sizeof head);
	b[3] = (BODY + 4) >> 8;
	b[4] = (BODY + 4) & 0xff;
	p += sizeof head;
	for (uint32_t i = 0; i < DEPTH; i++, p += 4) {
		uint32_t rest = (DEPTH - i - 1) * 4;
		const uint8_t sequence[] = { 0x30, 0x82, (uint8_t)(rest >> 8), (uint8_t)rest };
		memcpy(p, sequence, 4);
	}
	flood(443, 1, "", b, (uint32_t)(p - b), 1, all, NOTES);
	flood(443, 1, "", b, (uint32_t)(p - b), 20, 0, NOTES);
	free(b);
}

static void questions_of_two_bytes(void **state)
{
	(void)state;
	static uint8_t zeros[1400];
	flood(53, 0, "", zeros, sizeof zeros, 3000, 0, NOTES);
	flood(53, 0, "", zeros, sizeof zeros, 300, all, NOTES);
	memset(zeros, 0xff, sizeof zeros);
	flood(53, 0, "", zeros, sizeof zeros, 3000, 0, NOTES);
}

/* A packet of 64 KiB for every port and protocol that is known by number: any bytes do. */
static void any_bytes_to_any_port(void **state)
{
	(void)state;
	static uint8_t bytes[1400];
	uint64_t seed = 77;
	struct net *n = net_new(all);
	for (uint32_t port = 1; port < 6000; port++) {
		uint32_t len = unit_random(&seed) % 300;
		for (uint32_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)(port % 3 ? unit_random(&seed) : port % 2 * 0xff);
		net_udp(n, 50000, (uint16_t)port, bytes, len);
		net_segment(n, 9, 50000, (uint16_t)port, 1, ACK, bytes, len);
	}
	for (uint32_t proto = 0; proto < 256; proto++) {
		net_ether(n, 0x0800);
		net_ip(n, 1, 2, (uint8_t)proto, 1400, proto, 0);
		net_add(n, bytes, 1400);
		net_seen(n);
	}
	for (uint32_t type = 0; type < 65536; type++) {
		net_ether(n, type);
		net_add(n, bytes, type % 70);
		net_seen(n);
	}
	net_end(n, 4, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vlan_in_vlan),
		cmocka_unit_test(errors_that_quote_errors),
		cmocka_unit_test(a_thousand_extension_headers),
		cmocka_unit_test(ip_in_ip),
		cmocka_unit_test(pointers_in_circles),
		cmocka_unit_test(a_chain_of_pointers),
		cmocka_unit_test(names_that_unfold),
		cmocka_unit_test(heads_that_never_end),
		cmocka_unit_test(chunks_of_one_byte),
		cmocka_unit_test(records_of_nothing),
		cmocka_unit_test(a_hello_without_end),
		cmocka_unit_test(a_certificate_of_nests),
		cmocka_unit_test(questions_of_two_bytes),
		cmocka_unit_test(any_bytes_to_any_port),
	};
	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}

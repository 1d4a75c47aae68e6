/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The engine against those who want it to fall: floods of connections and fragments, bytes that
 * wait for what never comes, streams with holes.
 */
#include "net.h"

#include "engine/engine.h"

enum { MIB = 1 << 20 };

/* ---- flows ---- */

static void a_million_connections(void **state)
{
	(void)state;
	struct net *n = net_new(0);
	for (uint32_t i = 0; i < 1000000; i++)
		net_segment(n, 0x0a000000 + i / 50000, (uint16_t)(1024 + i % 50000), 443, i, SYN, "", 0);
	assert_int_equal(n->s->n_connections, 1000000);
	assert_int_equal(n->n_events[EV_TCP_SYN], 1000000);
	net_end(n, 6, 64 + 1000000 * 64L / MIB + 160);
}

/* The one that was silent for longest makes room. */
static void the_oldest_makes_room(void **state)
{
	(void)state;
	struct net *n = net_new(0);
	net_segment(n, 1, 1, 80, 0, SYN, "", 0);
	net_segment(n, 2, 2, 80, 0, SYN, "", 0);
	net_segment(n, 1, 1, 80, 1, ACK, "GET / HT", 8);
	for (uint32_t i = 0; i < FLOWS_MAX - 1; i++)
		net_segment(n, 0x0a000000 + i, 5000, 443, 0, SYN, "", 0);
	uint32_t before = n->s->n_connections;
	net_segment(n, 1, 1, 80, 9, ACK, "TP/1.1\r\nHost: a\r\n\r\n", 20);
	assert_int_equal(n->n_events[EV_HTTP_REQUEST], 1);
	assert_int_equal(n->s->n_connections, before);
	net_segment(n, 2, 2, 80, 1, ACK, "GET / HTTP/1.1\r\n\r\n", 18);
	assert_int_equal(n->s->n_connections, before + 1);
	assert_int_equal(n->n_events[EV_HTTP_REQUEST], 2);
	net_end(n, 2, 200);
}

static void ports_are_used_again(void **state)
{
	(void)state;
	struct net *n = net_new(0);
	for (uint32_t i = 1; i <= 1000; i++) {
		net_segment(n, 1, 7, 80, i * 1000, SYN, "", 0);
		net_segment(n, 1, 7, 80, i * 1000, SYN, "", 0);
		net_segment(n, 1, 7, 80, i * 1000 + 1, ACK, "GET / HTTP/1.1\r\n\r\n", 18);
		assert_int_equal(n->s->n_connections, i);
		assert_int_equal(n->n_events[EV_HTTP_REQUEST], i);
		assert_int_equal(net_noted(n, NOTE_TCP_REUSED_PORTS), i > 1);
	}
	net_end(n, 1, 32);
}

/* Bytes that wait for what never comes, on many connections at once. */
static void waiting_bytes_are_bounded(void **state)
{
	(void)state;
	static const uint8_t zeros[1400];
	struct net *n = net_new(0);
	for (uint32_t i = 0; i < 4000; i++) {
		net_segment(n, i, 7, 80, 0, SYN, "", 0);
		for (uint32_t k = 0; k < 50; k++)
			net_segment(n, i, 7, 80, 1000 + k * 1400, ACK, zeros, 1400);
	}
	net_end(n, 4, 128);
}

static void waiting_tails_are_bounded(void **state)
{
	(void)state;
	static const uint8_t hello[1400] = { 22, 3, 1, 0x3f, 0, 1, 0, 0x3e, 0xfc, 3, 3 };
	struct net *n = net_new(0);
	for (uint32_t i = 0; i < 20000; i++) {
		net_segment(n, i, 7, 443, 0, SYN, "", 0);
		for (uint32_t k = 0; k < 8; k++)
			net_segment(n, i, 7, 443, 1 + k * 1400, ACK, hello + (k ? 11 : 0), k ? 1389 : 1400);
	}
	net_end(n, 4, 192);
}

static void fragments_without_end(void **state)
{
	(void)state;
	static const uint8_t zeros[1024];
	struct net *n = net_new(0);
	for (uint32_t i = 0; i < 200000; i++) {
		net_ether(n, 0x0800);
		net_ip(n, i / 60000, 2, 17, 1024, i % 60000, 0x2000 | i % 3 * 1000);
		net_add(n, zeros, 1024);
		net_seen(n);
	}
	assert_true(net_noted(n, NOTE_FRAGMENT));
	net_end(n, 3, 128);
}

/* Every second byte of a datagram, then the others, then all again: no piece is ever useful. */
static void fragments_of_one_datagram(void **state)
{
	(void)state;
	struct net *n = net_new(0);
	for (uint32_t i = 0; i < 200000; i++) {
		uint32_t unit = i * 2 % 8191;
		net_ether(n, 0x0800);
		net_ip(n, 1, 2, 17, 8, 9, 0x2000 | unit);
		net_add(n, "12345678", 8);
		net_seen(n);
	}
	net_end(n, 10, 64);
}

/* ---- streams with holes ---- */

static const char ask[] = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";

static void a_hole_between_answers(void **state)
{
	(void)state;
	struct net *n = net_new(0);
	net_greet(n, 80);
	for (int i = 0; i < 6; i++) {
		net_say(n, 0, 80, ask);
		net_talk(n, 1, 80, PSH | ACK | (i == 2 ? LOST : 0), answer, sizeof answer - 1);
	}
	net_say(n, 0, 80, ask);	/* acknowledges all of them */
	assert_true(net_noted(n, NOTE_TCP_LOST_SEGMENT) || net_noted(n, NOTE_TCP_ACK_LOST));
	assert_int_equal(n->n_events[EV_HTTP_REQUEST], 7);
	assert_int_equal(n->n_events[EV_HTTP_RESPONSE], 5);
	assert_false(net_noted(n, NOTE_MALFORMED));
	net_end(n, 1, 16);
}

/* A part of a head, then nothing, then the rest of another. */
static void a_hole_inside_a_head(void **state)
{
	(void)state;
	struct net *n = net_new(WANT_FIELDS | WANT_INFO);
	net_greet(n, 80);
	net_say(n, 0, 80, ask);
	net_say(n, 1, 80, "HTTP/1.1 200 OK\r\nContent-Le");
	net_talk(n, 1, 80, ACK | LOST, answer, 30);
	net_say(n, 1, 80, "ver: nobody\r\n\r\nbody\r\n");
	net_say(n, 0, 80, ask);
	net_say(n, 1, 80, answer);
	net_say(n, 0, 80, ask);
	assert_int_equal(n->n_events[EV_HTTP_REQUEST], 3);
	assert_int_equal(n->n_events[EV_HTTP_RESPONSE], 1);
	assert_false(net_noted(n, NOTE_MALFORMED));
	net_end(n, 1, 16);
}

/* What a body loses is not needed: its length says where the next head is. */
static void a_hole_inside_a_body(void **state)
{
	(void)state;
	static const char body[1000];
	struct net *n = net_new(0);
	net_greet(n, 80);
	net_say(n, 0, 80, ask);
	net_say(n, 1, 80, "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n");
	for (int i = 0; i < 10; i++)
		net_talk(n, 1, 80, ACK | (i == 3 || i == 4 || i == 9 ? LOST : 0), body, 1000);
	net_say(n, 0, 80, ask);
	net_say(n, 1, 80, answer);
	net_say(n, 0, 80, ask);
	assert_int_equal(n->n_events[EV_HTTP_RESPONSE], 2);
	assert_int_equal(n->n_events[EV_HTTP_END], 5);
	assert_true(net_noted(n, NOTE_TCP_LOST_SEGMENT));
	net_end(n, 1, 16);
}

static void joined_in_the_middle(void **state)
{
	(void)state;
	struct net *n = net_new(0);
	net_say(n, 1, 80, "</p>The end of a body that nobody saw the beginning of.</body></html>");
	net_say(n, 0, 80, ask);
	net_say(n, 1, 80, answer);
	assert_int_equal(n->n_events[EV_TCP_MIDDLE], 1);
	assert_int_equal(n->n_events[EV_HTTP_REQUEST], 1);
	assert_int_equal(n->n_events[EV_HTTP_RESPONSE], 1);
	assert_false(net_noted(n, NOTE_MALFORMED));
	net_end(n, 1, 16);
}

/* A sequence number as far away as there is: neither before nor behind. */
static void half_a_circle_away(void **state)
{
	(void)state;
	struct net *n = net_new(0);
	net_greet(n, 80);
	net_say(n, 0, 80, ask);
	n->seq[0] += 0x80000000u;
	net_say(n, 0, 80, ask);
	n->seq[0] += 0x7fffffffu;
	net_say(n, 0, 80, ask);
	assert_true(n->n_events[EV_HTTP_REQUEST] >= 1);
	net_end(n, 1, 16);
}

/* A field that is used and has no row in its table would be shown without a name. */
static void every_field_has_its_row(void **state)
{
	(void)state;
	unsigned holes = 0;
	for (unsigned k = 0; all_protocols[k]; k++) {
		const struct protocol *p = all_protocols[k];
		for (unsigned i = 0; i < p->n_fields; i++) {
			if (p->fields[i].name && p->fields[i].label)
				continue;
			print_message("%s: field %u has no row, or no label\n", p->name, i);
			holes++;
		}
	}
	assert_int_equal(holes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hole_between_answers),
		cmocka_unit_test(a_hole_inside_a_head),
		cmocka_unit_test(a_hole_inside_a_body),
		cmocka_unit_test(joined_in_the_middle),
		cmocka_unit_test(half_a_circle_away),
		cmocka_unit_test(ports_are_used_again),
		cmocka_unit_test(fragments_of_one_datagram),
		cmocka_unit_test(fragments_without_end),
		cmocka_unit_test(waiting_bytes_are_bounded),
		cmocka_unit_test(waiting_tails_are_bounded),
		cmocka_unit_test(the_oldest_makes_room),
		cmocka_unit_test(every_field_has_its_row),
		cmocka_unit_test(a_million_connections),
	};
	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}

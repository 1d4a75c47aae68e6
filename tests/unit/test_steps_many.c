/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/steps: several visits, clients and programs in one capture; any events at all. */
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void two_pages_on_one_connection(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	http(w, f, "www.lab.test", "/step.png", "image/png");
	pass(w, 8000);
	uint32_t before_it = session_n_frames(&w->s);
	http(w, f, "www.lab.test", "/next", "text/html");
	http(w, f, "www.lab.test", "/late.png", "image/png");
	pass(w, 8000);
	http(w, f, "www.lab.test", "/poll.png", "image/png");
	close_both(w, f);
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 2);
	assert_int_equal(session_frame(&w->s, before_it)->visit, 1);
	assert_int_equal(session_frame(&w->s, before_it + 1)->visit, 2);
	const struct visit *v = steps_visit(w->s.steps, 2);
	assert_string_equal(v->url, "http://www.lab.test/next");
	assert_int_equal(v->n_requests, 3);
	state_is(v, STEP_5_1, "absent");
	assert_non_null(strstr(v->step[STEP_5_1].explain, "used again"));
	assert_int_equal(v->n_connections, 1);
	assert_int_equal(steps_visit(w->s.steps, 1)->n_requests, 2);
	world_free(w);
}

/* Two programs, one after the other without a pause: each closes what it opened. */
static void programs_in_a_row(void **state)
{
	(void)state;
	struct world *w = world_new();
	const char *const names[] = { "a.lab.test", "b.lab.test", "a.lab.test" };
	const char *const to[] = { "203.0.113.80", "203.0.113.81", "203.0.113.80" };
	for (int i = 0; i < 3; i++) {
		dns(w, names[i], to[i]);
		uint32_t f = tcp_open(w, to[i], 443);
		tls_shake(w, f, names[i]);
		tls_talk(w, f);
		close_both(w, f);
		pass(w, 5);
	}
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 3);
	assert_string_equal(steps_visit(w->s.steps, 2)->url, "https://b.lab.test/");
	world_free(w);
}

/* More visits than are kept: what comes then is step 0, not a part of the last one, and it is said. */
static void more_than_are_kept(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t last_kept = 0;
	for (uint32_t i = 0; i < VISIT_MAX + 3u; i++) {
		last_kept = i <= VISIT_MAX ? session_n_frames(&w->s) : last_kept;
		char to[sizeof "20.255.255.1"];
		snprintf(to, sizeof to, "20.%u.%u.1", (unsigned)(i % 251), (unsigned)(i / 251 % 251));
		w->port = 40000;	/* going round it would come past ports with a name */
		refused(w, to, 80);
		pass(w, 5000);
	}
	steps_settle(w->s.steps);
	assert_int_equal(steps_n_visits(w->s.steps), VISIT_MAX);
	assert_int_equal(steps_visit(w->s.steps, VISIT_MAX)->last_frame, last_kept);
	assert_int_equal(session_frame(&w->s, last_kept + 1)->visit, 0);
	assert_int_equal(session_frame(&w->s, session_n_frames(&w->s))->step, STEP_0);
	assert_int_equal(steps_left_out(w->s.steps), last_kept + 1);
	world_free(w);
}

static void failure_then_success(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t d = dns_ask(w, "wwww.lab.test", 1, 9);
	dns_answer(w, d, "wwww.lab.test", 1, 9, 3, NULL, NULL);
	d = dns_ask(w, "wwww.lab.test.lab.test", 1, 10);	/* the search domain */
	dns_answer(w, d, "wwww.lab.test.lab.test", 1, 10, 3, NULL, NULL);
	pass(w, 900);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 2);
	assert_string_equal(steps_visit(w->s.steps, 1)->url, "//wwww.lab.test/");
	assert_int_equal(steps_visit(w->s.steps, 1)->n_frames, 4);
	assert_string_equal(steps_visit(w->s.steps, 2)->url, "http://www.lab.test/");
	world_free(w);
}

/* Each client has visits of its own, even when they overlap. */
static void two_clients(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t one_ = w->client, mac_one = w->client_mac;
	uint32_t two = address(w, "192.168.0.11"), mac_two = mac(w, 11);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	w->client = two;
	w->client_mac = mac_two;
	dns(w, "b.lab.test", "203.0.113.81");
	uint32_t g = tcp_open(w, "203.0.113.81", 80);
	w->client = one_;
	w->client_mac = mac_one;
	http(w, f, "www.lab.test", "/", "text/html");
	w->client = two;
	w->client_mac = mac_two;
	http(w, g, "b.lab.test", "/", "text/html");
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 2);
	assert_string_equal(steps_visit(w->s.steps, 1)->client, "192.168.0.10");
	assert_string_equal(steps_visit(w->s.steps, 2)->client, "192.168.0.11");
	assert_string_equal(steps_visit(w->s.steps, 2)->url, "http://b.lab.test/");
	world_free(w);
}

static void background_is_folded(void **state)
{
	(void)state;
	struct world *w = world_new();
	arp(w, w->client, w->gateway, w->gateway_mac);
	uint32_t d = dns_ask(w, "clients2.google.com", 1, 1);
	dns_answer(w, d, "clients2.google.com", 1, 1, 5, NULL, NULL);
	dns(w, "update.googleapis.com", "203.0.113.7");
	uint32_t u = tcp_open(w, "203.0.113.7", 443);
	tls_shake(w, u, "update.googleapis.com");
	tls_talk(w, u);
	frame(w, NO_FLOW, 0, 0);
	uint32_t folded = session_n_frames(&w->s) - 2;
	steps_settle(w->s.steps);
	assert_true(steps_n_visits(w->s.steps) > 0);	/* there is nothing else */
	pass(w, 300);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://www.lab.test/");
	assert_int_equal(steps_background(w->s.steps), folded);
	state_is(v, STEP_4, "observed");
	/* the duration begins with the visit's own first question, not with the ARP before others */
	assert_int_equal(v->start, session_frame(&w->s, folded + 3)->time);
	assert_int_equal(v->first_frame, 1);
	world_free(w);
}

/* A page in the clear with parts over TLS; then a page that was typed while all was encrypted. */
static void clear_and_encrypted(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	uint32_t g = tcp_open(w, "203.0.113.85", 443);
	tls_shake(w, g, "img.lab.test");
	tls_talk(w, g);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://www.lab.test/");
	state_is(v, STEP_5_2, "observed");
	assert_non_null(strstr(v->step[STEP_5_2].explain, "in the clear"));
	world_free(w);

	w = world_new();
	g = tcp_open(w, "203.0.113.85", 443);
	tls_shake(w, g, "elsewhere.test");
	tls_talk(w, g);
	dns(w, "www.lab.test", "203.0.113.80");
	f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 2);
	v = steps_visit(w->s.steps, 2);
	assert_string_equal(v->url, "http://www.lab.test/");
	state_is(v, STEP_2_3, "observed");
	assert_int_equal(v->n_connections, 1);
	world_free(w);
}

/* Clients behind one MAC (a bridge): each its own; an IPv6 address belongs to the latest. */
static void clients_behind_one_mac(void **state)
{
	(void)state;
	struct world *w = world_new();
	const char *const from[] = { "192.168.0.10", "2001:db8:1::10", "192.168.0.11",
			"192.168.0.12" };
	for (int i = 0; i < 4; i++) {
		w->client = address(w, from[i]);
		uint32_t f = tcp_open(w, i == 1 ? "2001:db8:80::80" : "203.0.113.80", 443);
		tls_shake(w, f, "www.lab.test");
		tls_talk(w, f);
	}
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 3);
	assert_int_equal(steps_visit(w->s.steps, 1)->n_connections, 2);
	world_free(w);
}

/* So many frames of others between that a visit's own are found by its flows. */
static void visit_among_many_frames(void **state)
{
	(void)state;
	struct world *w = world_new();
	arp(w, w->client, w->gateway, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	for (int i = 0; i < 70000; i++)
		frame(w, NO_FLOW, 0, 0);
	close_both(w, f);
	const struct visit *v = one(w);
	const enum step parts[] = { STEP_2_3, STEP_3, STEP_4, STEP_5_1, STEP_5_3, STEP_5_4 };
	const uint32_t n[] = { 2, 2, 2, 3, 6, 3 }, first[] = { 3, 3, 1, 5, 8, 70014 };
	for (int i = 0; i < 6; i++) {
		assert_int_equal(v->step[parts[i]].n_frames, n[i]);
		assert_int_equal(v->step[parts[i]].frames[0], first[i]);
		assert_true(v->step[parts[i]].frames[n[i] - 1] >= first[i]);
	}
	assert_true(v->end - v->start < (int64_t)10 * MS);	/* hanging up is not loading */
	world_free(w);
}

static void no_visit(void **state)
{
	(void)state;
	struct world *w = world_new();
	steps_settle(w->s.steps);
	assert_int_equal(steps_n_visits(w->s.steps), 0);
	arp(w, w->client, w->gateway, w->gateway_mac);
	arp(w, w->client, address(w, "192.168.0.77"), 0);
	dns(w, "www.lab.test", "203.0.113.80");		/* an answer, and nothing comes of it */
	uint32_t f = tcp_open(w, "203.0.113.25", 22);
	frame(w, f, 1, FRAME_PAYLOAD);
	uint32_t m = flow_new(w, w->client, address(w, "224.0.0.251"), 5353, 17);
	ev(w, EV_DNS_QUERY, text(w, "printer.local"), 1 << 16, 0);
	frame(w, m, 0, FRAME_PAYLOAD);
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 0);
	assert_int_equal(steps_background(w->s.steps), session_n_frames(&w->s));
	assert_null(steps_visit(w->s.steps, 1));
	world_free(w);
}

/* A growing capture: settling after every frame ends where settling once does. */
static void settled_again_and_again(void **state)
{
	(void)state;
	for (int each = 0; each < 2; each++) {
		struct world *w = world_new();
		for (int i = 0; i < 3; i++) {
			dns(w, "www.lab.test", "203.0.113.80");
			if (each)
				steps_settle(w->s.steps);
			uint32_t f = tcp_open(w, "203.0.113.80", 80);
			if (each)
				steps_settle(w->s.steps);
			http(w, f, "www.lab.test", i ? "/next" : "/", "text/html");
			if (each)
				steps_settle(w->s.steps);
			pass(w, 4000);
		}
		steps_settle(w->s.steps);
		sound(w);
		assert_int_equal(steps_n_visits(w->s.steps), 3);
		for (uint32_t id = 1; id <= 3; id++)
			assert_int_equal(steps_visit(w->s.steps, id)->n_frames, 11);
		world_free(w);
	}
}

/* Any events in any order: nothing breaks, and what is told is sound. */
static void random_events(void **state)
{
	(void)state;
	unsigned seed = 20261122;
	for (int round = 0; round < 60; round++) {
		struct world *w = world_new();
		const char *const words[] = { "www.lab.test", "a.test", "/", "http://a.test/x", "",
			"text/html", "GET", "_8080._https.a.test", "https://b.test/", "{odd}",
			"//", "_._https.x" };
		for (int i = 0; i < 400; i++) {
			uint32_t flows = (uint32_t)w->s.conns.count;
			if (!flows || rand_r(&seed) % 8 == 0)
				flow_new(w, rand_r(&seed) % 3 ? w->client : w->dns,
					 rand_r(&seed) % 2 ? w->dns : address(w, "203.0.113.80"),
					 (const uint16_t[]){ 53, 80, 443, 22,
							5353 }[rand_r(&seed) % 5],
					 rand_r(&seed) % 3 ? 6 : 17);
			flows = (uint32_t)w->s.conns.count;
			uint32_t flow = rand_r(&seed) % 10 ? (uint32_t)rand_r(&seed) % flows
					: NO_FLOW;
			for (int k = rand_r(&seed) % 4; k > 0; k--) {
				uint32_t strings[] = { text(w, words[rand_r(&seed) % 12]),
						w->client,
					w->dns, w->gateway_mac, (uint32_t)rand_r(&seed) % 700,
							1 << 16 | 3 };
				ev(w, (enum event_kind)(rand_r(&seed) % EV_KINDS),
				   strings[rand_r(&seed) % 6], strings[rand_r(&seed) % 6],
				   (uint16_t)(rand_r(&seed) % 8 ? rand_r(&seed) % 70 : 0x0304));
				uint32_t here = session_n_frames(&w->s) + 1;
				if (rand_r(&seed) % 4 == 0)
					w->ev[w->n_ev - 1].first_frame =
							1 + (uint32_t)rand_r(&seed) % here;
			}
			if (flow != NO_FLOW && rand_r(&seed) % 20 == 0)
				session_conn(&w->s, flow)->client ^= 1;
			pass(w, rand_r(&seed) % 30 ? 1 : 3000);
			frame(w, flow, (uint8_t)(rand_r(&seed) % 2), (uint8_t)(rand_r(&seed) & 31));
			if (rand_r(&seed) % 100 == 0)
				steps_settle(w->s.steps);
		}
		steps_settle(w->s.steps);
		for (uint32_t id = 1; id <= steps_n_visits(w->s.steps); id++)
			assert_non_null(steps_visit(w->s.steps, id));
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_pages_on_one_connection),
		cmocka_unit_test(programs_in_a_row),
		cmocka_unit_test(more_than_are_kept),
		cmocka_unit_test(failure_then_success),
		cmocka_unit_test(two_clients),
		cmocka_unit_test(background_is_folded),
		cmocka_unit_test(clear_and_encrypted),
		cmocka_unit_test(clients_behind_one_mac),
		cmocka_unit_test(visit_among_many_frames),
		cmocka_unit_test(no_visit),
		cmocka_unit_test(settled_again_and_again),
		cmocka_unit_test(random_events),
	};
	return cmocka_run_group_tests_name("steps_many", tests, NULL, NULL);
}

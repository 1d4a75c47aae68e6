/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/steps: lists of events in, one visit out: pages that came. */
#include "events.h"

#include <stdio.h>
#include <string.h>

/* A page over http: every frame its step, every step its reason. */
static void page_over_http(void **state)
{
	(void)state;
	struct world *w = world_new();
	arp(w, w->client, w->gateway, w->gateway_mac);			/* 1, 2 */
	dns(w, "www.lab.test", "203.0.113.80");				/* 3, 4 */
	uint32_t f = tcp_open(w, "203.0.113.80", 80);			/* 5, 6, 7 */
	http(w, f, "www.lab.test", "/", "text/html");			/* 8 ... 13 */
	close_both(w, f);						/* 14, 15, 16 */
	const struct visit *v = one(w);
	const char *const steps[] = { "4", "4", "2.3", "2.3", "5.1", "5.1", "5.1", "5.3", "5.3",
		"5.3", "5.3", "5.3", "5.3", "5.4", "5.4", "5.4" };
	for (uint32_t n = 1; n <= 16; n++)
		assert_string_equal(step_of(w, n), steps[n - 1]);
	assert_int_equal(session_frame(&w->s, 3)->also, 1 << STEP_3);
	assert_int_equal(session_frame(&w->s, 5)->also, 1 << STEP_3);
	assert_int_equal(session_frame(&w->s, 6)->also, 0);
	assert_int_equal(steps_background(w->s.steps), 0);

	assert_string_equal(v->url, "http://www.lab.test/");
	assert_string_equal(v->final_url, v->url);
	assert_string_equal(v->client, "192.168.0.10");
	assert_int_equal(v->n_frames, 16);
	state_is(v, STEP_1, "inferred");
	assert_string_equal(fact_is(v, STEP_1, "scheme"), "http");
	assert_string_equal(fact_is(v, STEP_1, "path"), "/");
	assert_int_equal((int)fact(v, STEP_1, "port")->number, 80);
	state_is(v, STEP_1_1, "inferred");
	assert_false(fact(v, STEP_1_1, "listed")->number != 0);
	state_is(v, STEP_2, "observed");
	state_is(v, STEP_2_1, "inferred");
	state_is(v, STEP_2_2, "inferred");
	state_is(v, STEP_2_3, "observed");
	assert_string_equal(fact_is(v, STEP_2_3, "question"), "www.lab.test");
	assert_string_equal(fact_is(v, STEP_2_3, "addresses"), "203.0.113.80");
	assert_string_equal(fact_is(v, STEP_2_3, "server"), "198.51.100.53");
	assert_string_equal(fact_is(v, STEP_2_3, "outcome"), "answered");
	assert_string_equal(v->step[STEP_2_3].because, "Frame 3 asks, frame 4 answers.");
	state_is(v, STEP_3, "observed");
	assert_string_equal(fact_is(v, STEP_3, "gateway"), "192.168.0.1");
	assert_int_equal((int)fact(v, STEP_3, "ttl")->number, 63);
	assert_int_equal((int)fact(v, STEP_3, "hops")->number, 1);
	assert_non_null(strstr(v->step[STEP_3].explain, "most likely with 64"));
	state_is(v, STEP_4, "observed");
	assert_string_equal(fact_is(v, STEP_4, "mac"), "02:00:00:00:00:01");
	assert_string_equal(fact_is(v, STEP_4, "protocol"), "arp");
	assert_non_null(strstr(v->step[STEP_4].remark, "even the DNS question (frame 3) needs"));
	state_is(v, STEP_5, "observed");
	state_is(v, STEP_5_1, "observed");
	assert_string_equal(v->step[STEP_5_1].because, "Frames 5, 6 and 7.");
	assert_string_equal(fact_is(v, STEP_5_1, "server"), "203.0.113.80:80");
	assert_true(fact(v, STEP_5_1, "rtt_ms")->number > 0.09);
	state_is(v, STEP_5_2, "absent");
	state_is(v, STEP_5_3, "observed");
	assert_int_equal((int)fact(v, STEP_5_3, "requests")->number, 1);
	state_is(v, STEP_5_4, "observed");

	assert_int_equal(v->n_connections, 1);
	assert_true(v->connections[0].document);
	assert_int_equal(v->n_requests, 1);
	const struct request *r = &v->requests[0];
	assert_string_equal(r->url, "http://www.lab.test/");
	assert_int_equal(r->request_frame, 8);
	assert_int_equal(r->response_frame, 10);
	assert_int_equal(r->last_frame, 12);
	assert_int_equal(r->body_bytes, 1000);
	assert_int_equal(r->header_bytes, 200);
	assert_true(r->blocked < 0 && r->ssl < 0 && r->send >= 0);
	assert_true(r->dns > 0.09 && r->connect > 0.19 && r->wait > 0.19 && r->receive > 0.19);
	world_free(w);
}

/* https without keys: told from the handshake; what follows is inferred. */
static void page_over_https(void **state)
{
	(void)state;
	struct world *w = world_new();
	arp(w, w->client, w->gateway, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 443);	/* 5, 6, 7 */
	tls_shake(w, f, "www.lab.test");		/* 8 ... 13 */
	tls_talk(w, f);					/* 14 ... 18 */
	const struct visit *v = one(w);
	for (uint32_t n = 8; n <= 13; n++)
		assert_string_equal(step_of(w, n), "5.2");
	for (uint32_t n = 14; n <= 18; n++)
		assert_string_equal(step_of(w, n), "5.3");
	assert_string_equal(v->url, "https://www.lab.test/");
	assert_string_equal(fact_is(v, STEP_1, "scheme"), "https");
	assert_null(fact(v, STEP_1, "path"));
	state_is(v, STEP_1_1, "unknown");
	state_is(v, STEP_5_2, "observed");
	assert_string_equal(fact_is(v, STEP_5_2, "version"), "1.3");
	assert_string_equal(fact_is(v, STEP_5_2, "sni"), "www.lab.test");
	assert_string_equal(fact_is(v, STEP_5_2, "outcome"), "answered");
	state_is(v, STEP_5_3, "inferred");
	assert_non_null(strstr(v->step[STEP_5_3].because, "frame 14"));
	state_is(v, STEP_5_4, "unknown");
	assert_int_equal(v->n_requests, 0);
	assert_true(v->connections[0].tls.seen);
	assert_true(v->connections[0].tls.done > v->connections[0].tls.start);
	world_free(w);
}

static void warm_neighbour_table(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	state_is(v, STEP_4, "inferred");
	assert_string_equal(fact_is(v, STEP_4, "mac"), "02:00:00:00:00:01");
	assert_non_null(strstr(v->step[STEP_4].explain, "neighbour table"));
	/* two far addresses behind one MAC: the gateway's */
	state_is(v, STEP_3, "observed");
	assert_string_equal(fact_is(v, STEP_3, "gateway"), "02:00:00:00:00:01");
	world_free(w);
}

static void known_address(void **state)
{
	(void)state;
	struct world *w = world_new();
	arp(w, w->client, w->gateway, w->gateway_mac);
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	state_is(v, STEP_2, "inferred");
	state_is(v, STEP_2_1, "unknown");
	state_is(v, STEP_2_2, "unknown");
	state_is(v, STEP_2_3, "absent");
	assert_string_equal(v->url, "http://www.lab.test/");
	world_free(w);
}

static void second_visit_remembers(void **state)
{
	(void)state;
	struct world *w = world_new();
	arp(w, w->client, w->gateway, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	close_both(w, f);
	pass(w, 10000);
	f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	steps_settle(w->s.steps);
	sound(w);
	assert_int_equal(steps_n_visits(w->s.steps), 2);
	const struct visit *v = steps_visit(w->s.steps, 2);
	state_is(v, STEP_2_2, "inferred");
	assert_non_null(strstr(v->step[STEP_2_2].because, "frame 4"));
	state_is(v, STEP_2_3, "absent");
	state_is(v, STEP_4, "inferred");
	assert_non_null(strstr(v->step[STEP_4].because, "frame 2"));
	assert_int_equal(v->step[STEP_3].n_frames, 1);
	world_free(w);
}

static void capture_begins_in_the_middle(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = flow_new(w, w->client, address(w, "203.0.113.80"), 80, 6);
	hosts(w, f, 0);
	ev(w, EV_TCP_MIDDLE, 0, 0, 0);
	http_ask(w, f, "www.lab.test", "/");
	hosts(w, f, 1);
	http_answer(w, f, 200, "text/html", NULL, 10);
	const struct visit *v = one(w);
	state_is(v, STEP_2_3, "unknown");
	state_is(v, STEP_2_1, "unknown");
	state_is(v, STEP_5_1, "unknown");
	state_is(v, STEP_5_3, "observed");
	world_free(w);
}

static void http_to_https(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http_ask(w, f, "www.lab.test", "/");
	http_answer(w, f, 301, NULL, "https://www.lab.test/", 0);
	uint32_t g = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, g, "www.lab.test");
	tls_talk(w, g);
	uint32_t page = session_n_frames(&w->s) - 1;
	close_both(w, g);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://www.lab.test/");
	assert_string_equal(v->final_url, "https://www.lab.test/");
	/* the page came encrypted, on the other connection: it is part of the step all the same */
	assert_true(v->step[STEP_5_3].end == session_frame(&w->s, page)->time);
	char of[32];
	snprintf(of, sizeof of, "of frame %u)", (unsigned)session_conn(&w->s, g)->first_frame);
	assert_non_null(strstr(v->step[STEP_5_4].remark, of));
	state_is(v, STEP_1_1, "inferred");
	assert_non_null(strstr(v->step[STEP_1_1].remark, "from the server"));
	state_is(v, STEP_5_2, "observed");
	state_is(v, STEP_5_3, "observed");
	assert_non_null(strstr(v->step[STEP_5_3].remark, "https://www.lab.test/"));
	assert_int_equal(v->n_connections, 2);
	assert_false(v->connections[0].document);
	assert_true(v->connections[1].document);
	world_free(w);
}

/* With the TLS opened: the redirect's target is a request, and its answer holds HSTS. */
static void redirect_with_keys(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http_ask(w, f, "lab.test", "/");
	http_answer(w, f, 301, NULL, "https://www.lab.test/start", 0);
	dns(w, "www.lab.test", "203.0.113.81");
	uint32_t g = tcp_open(w, "203.0.113.81", 443);
	tls_shake(w, g, "www.lab.test");
	http_ask(w, g, "www.lab.test", "/start");
	ev(w, EV_HTTP_HEADER, HDR_HSTS, text(w, "max-age=31536000"), 0);
	http_answer(w, g, 200, "text/html", NULL, 500);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://lab.test/");
	assert_string_equal(v->final_url, "https://www.lab.test/start");
	assert_string_equal(fact_is(v, STEP_1_1, "hsts_header"), "max-age=31536000");
	assert_string_equal(fact_is(v, STEP_2_3, "question"), "lab.test");
	assert_int_equal(v->n_requests, 2);
	assert_string_equal(v->requests[1].url, "https://www.lab.test/start");
	assert_true(v->requests[1].ssl > 0 && v->requests[1].connect > v->requests[1].ssl);
	world_free(w);
}

static void answers_with_errors(void **state)
{
	(void)state;
	const uint16_t status[] = { 404, 500 };
	for (int i = 0; i < 2; i++) {
		struct world *w = world_new();
		dns(w, "www.lab.test", "203.0.113.80");
		uint32_t f = tcp_open(w, "203.0.113.80", 80);
		http_ask(w, f, "www.lab.test", "/missing");
		http_answer(w, f, status[i], "text/html", NULL, 300);
		const struct visit *v = one(w);
		char word[8];
		snprintf(word, sizeof word, "%u", status[i]);
		assert_non_null(strstr(v->summary, word));
		assert_non_null(strstr(v->step[STEP_5_3].explain, word));
		assert_int_equal(v->requests[0].status, status[i]);
		state_is(v, STEP_5_3, "observed");
		world_free(w);
	}
}

/* Several connections to one host, one of them unused; parts from another host. */
static void several_connections(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t spare = tcp_open(w, "203.0.113.80", 443), f = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, spare, "www.lab.test");
	tls_shake(w, f, "www.lab.test");
	fin(w, spare, 0);
	tls_talk(w, f);
	dns(w, "img.lab.test", "203.0.113.85");
	uint32_t img = tcp_open(w, "203.0.113.85", 443);
	tls_shake(w, img, "img.lab.test");
	tls_talk(w, img);
	const struct visit *v = one(w);
	assert_int_equal(v->n_connections, 3);
	assert_false(v->connections[0].document);
	assert_true(v->connections[1].document);
	assert_non_null(strstr(v->connections[0].role, "not used"));
	assert_non_null(strstr(v->connections[2].role, "another host"));
	assert_string_equal(v->url, "https://www.lab.test/");
	assert_int_equal(v->step[STEP_3].n_frames, 3);	/* DNS server, two web servers */
	world_free(w);
}

static void quic_without_handshake(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = flow_new(w, w->client, address(w, "203.0.113.80"), 443, 17);
	session_conn(&w->s, f)->number = 1;
	hosts(w, f, 0);
	ev(w, EV_QUIC_LONG, 1, 0, 0);
	uint32_t first = frame(w, f, 0, FRAME_PAYLOAD);
	hosts(w, f, 1);
	ev(w, EV_QUIC_LONG, 1, 0, 0);
	frame(w, f, 1, FRAME_PAYLOAD);
	ev(w, EV_QUIC_LONG, 1, 2, 0);
	frame(w, f, 0, FRAME_PAYLOAD);
	ev(w, EV_QUIC_SHORT, 0, 0, 0);
	uint32_t ask = frame(w, f, 0, FRAME_PAYLOAD);
	ev(w, EV_QUIC_SHORT, 0, 0, 0);
	uint32_t answer = frame(w, f, 1, FRAME_PAYLOAD);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "https://www.lab.test/");
	state_is(v, STEP_5_1, "absent");
	assert_non_null(strstr(v->step[STEP_5_1].explain, "QUIC"));
	state_is(v, STEP_5_2, "observed");
	state_is(v, STEP_5_3, "inferred");
	assert_string_equal(step_of(w, first), "5.2");
	assert_string_equal(step_of(w, ask), "5.3");
	assert_string_equal(step_of(w, answer), "5.3");
	assert_true(v->connections[0].quic);
	world_free(w);
}

static void losses_are_remarks(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http_ask(w, f, "www.lab.test", "/");
	ev(w, EV_TCP_RETRANSMISSION, 0, 0, 0);
	uint32_t again = frame(w, f, 0, FRAME_PAYLOAD);
	http_answer(w, f, 200, "text/html", NULL, 10);
	ev(w, EV_TCP_RST, 0, 0, 0);
	uint32_t rst = frame(w, f, 0, FRAME_RST);
	const struct visit *v = one(w);
	assert_string_equal(step_of(w, again), "5.3");
	assert_string_equal(step_of(w, rst), "5.4");
	assert_non_null(strstr(v->step[STEP_5].remark, "sent again"));
	assert_int_equal(v->connections[0].retransmissions, 1);
	world_free(w);
}

/* Data and FIN in one packet: data first, the goodbye besides. */
static void last_data_with_fin(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http_ask(w, f, "www.lab.test", "/");
	ev(w, EV_TCP_FIN, 0, 0, 0);
	ev(w, EV_HTTP_RESPONSE, 200, text(w, "text/html"), 10);
	ev(w, EV_HTTP_END, 3, 3, 0);
	uint32_t last = frame(w, f, 1, FRAME_PAYLOAD | FRAME_FIN);
	uint32_t bye = ack(w, f, 0);
	one(w);
	assert_string_equal(step_of(w, last), "5.3");
	assert_int_equal(session_frame(&w->s, last)->also, 1 << STEP_5_4);
	assert_string_equal(step_of(w, bye), "5.4");
	world_free(w);
}

/* The gateway's own question tells whose the MAC address is, though nobody asked for it. */
static void gateway_asks(void **state)
{
	(void)state;
	struct world *w = world_new();
	ev(w, EV_ARP_REQUEST, w->client, w->gateway, 0);
	ev(w, EV_ARP_SENDER, w->gateway, w->gateway_mac, 0);
	uint32_t told = frame(w, NO_FLOW, 0, 0);
	ev(w, EV_ARP_REPLY, w->client, w->client_mac, 0);
	frame(w, NO_FLOW, 0, 0);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	steps_settle(w->s.steps);
	sound(w);
	const struct visit *v = steps_visit(w->s.steps, 1);
	assert_string_equal(fact(v, STEP_3, "gateway")->text, "192.168.0.1");
	char named[64];
	snprintf(named, sizeof named, "frame %u)", (unsigned)told);
	assert_non_null(strstr(v->step[STEP_3].because, named));
	state_is(v, STEP_4, "inferred");
	assert_string_equal(fact(v, STEP_4, "address")->text, "192.168.0.1");
	snprintf(named, sizeof named, "its own question in frame %u tells", (unsigned)told);
	assert_non_null(strstr(v->step[STEP_4].because, named));
	world_free(w);
}

/* A station of the same network is known by its own question: it asked, and answered nothing. */
static void neighbour_asks(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t server = address(w, "192.168.0.80");
	ev(w, EV_ARP_REQUEST, w->client, server, 0);
	ev(w, EV_ARP_SENDER, server, w->gateway_mac, 0);	/* what events.c gives all receivers */
	frame(w, NO_FLOW, 0, 0);
	w->ttl = 64;
	uint32_t f = tcp_open(w, "192.168.0.80", 80);
	http(w, f, "nas.test", "/", "text/html");
	const struct visit *v = one(w);
	state_is(v, STEP_3, "absent");
	assert_non_null(strstr(v->step[STEP_3].because, "when it asked in frame 1"));
	world_free(w);
}

/* What a program does that is no browser says nothing about a browser's list. */
static void no_browser(void **state)
{
	(void)state;
	const char *const agents[] = { "curl/7.88.1", "Mozilla/5.0 (X11; Linux x86_64)" };
	for (int i = 0; i < 2; i++) {
		struct world *w = world_new();
		arp(w, w->client, w->gateway, w->gateway_mac);
		dns(w, "www.lab.test", "203.0.113.80");
		uint32_t f = tcp_open(w, "203.0.113.80", 80);
		ev(w, EV_HTTP_HEADER, HDR_USER_AGENT, text(w, agents[i]), 0);
		http(w, f, "www.lab.test", "/", "text/html");
		steps_settle(w->s.steps);
		sound(w);
		const struct visit *v = steps_visit(w->s.steps, 1);
		assert_int_equal(session_frame(&w->s, 1)->step, STEP_4);
		state_is(v, STEP_1_1, i ? "inferred" : "unknown");
		assert_int_equal(strstr(v->step[STEP_1_1].explain, agents[0]) != NULL, !i);
		assert_int_equal(fact(v, STEP_1_1, "listed") != NULL, i);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_over_http),
		cmocka_unit_test(page_over_https),
		cmocka_unit_test(warm_neighbour_table),
		cmocka_unit_test(known_address),
		cmocka_unit_test(second_visit_remembers),
		cmocka_unit_test(capture_begins_in_the_middle),
		cmocka_unit_test(http_to_https),
		cmocka_unit_test(redirect_with_keys),
		cmocka_unit_test(answers_with_errors),
		cmocka_unit_test(several_connections),
		cmocka_unit_test(quic_without_handshake),
		cmocka_unit_test(losses_are_remarks),
		cmocka_unit_test(last_data_with_fin),
		cmocka_unit_test(gateway_asks),
		cmocka_unit_test(neighbour_asks),
		cmocka_unit_test(no_browser),
	};
	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}

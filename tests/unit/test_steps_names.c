/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/steps: names, ways and failures: how a visit gets to its server, or does not. */
#include "events.h"

#include <string.h>

static void aliases(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t d = dns_ask(w, "www.lab.test", 1, 9);
	ev(w, EV_DNS_RESPONSE, text(w, "www.lab.test"), 1 << 16 | 9, 0);
	ev(w, EV_DNS_RECORD, text(w, "www.lab.test"), text(w, "lab.cdn.test"), 5);
	ev(w, EV_DNS_RECORD, text(w, "lab.cdn.test"), text(w, "edge.cdn.test"), 5);
	ev(w, EV_DNS_RECORD, text(w, "edge.cdn.test"), address(w, "203.0.113.80"), 1);
	ev(w, EV_DNS_RECORD, text(w, "other.test"), address(w, "203.0.113.99"), 1);
	frame(w, d, 1, FRAME_PAYLOAD);
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_int_equal(fact(v, STEP_2_3, "aliases")->n_list, 2);
	assert_string_equal(fact(v, STEP_2_3, "aliases")->list[1], "edge.cdn.test");
	assert_int_equal(fact(v, STEP_2_3, "addresses")->n_list, 1);
	assert_non_null(strstr(v->step[STEP_2_3].explain, "2 in all; the last, edge.cdn.test"));
	world_free(w);
}

/* Cases are told apart: names are lower case in what is compared. */
static void names_in_any_case(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "wWw.LAB.tesT.", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, f, "www.lab.test");
	tls_talk(w, f);
	const struct visit *v = one(w);
	state_is(v, STEP_2_3, "observed");
	assert_string_equal(v->url, "https://www.lab.test/");
	world_free(w);
}

static void failed_name(uint16_t rcode, const char *outcome)
{
	struct world *w = world_new();
	uint32_t d = dns_ask(w, "nowhere.lab.test", 1, 9);
	dns_answer(w, d, "nowhere.lab.test", 1, 9, rcode, NULL, NULL);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "//nowhere.lab.test/");
	assert_string_equal(fact_is(v, STEP_2_3, "outcome"), outcome);
	assert_int_equal((int)fact(v, STEP_2_3, "rcode")->number, rcode);
	state_is(v, STEP_2_3, "observed");
	state_is(v, STEP_5, "absent");
	state_is(v, STEP_5_1, "absent");
	state_is(v, STEP_5_3, "absent");
	state_is(v, STEP_5_4, "absent");
	assert_null(fact(v, STEP_1, "scheme"));
	assert_int_equal(v->n_connections, 0);
	world_free(w);
}

static void names_that_fail(void **state)
{
	(void)state;
	failed_name(3, "nxdomain");
	failed_name(2, "servfail");
	failed_name(5, "refused");
}

static void name_without_answer(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns_ask(w, "www.lab.test", 1, 9);
	pass(w, 5000);
	dns_ask(w, "www.lab.test", 1, 9);
	pass(w, 5000);
	dns_ask(w, "www.lab.test", 1, 9);
	const struct visit *v = one(w);
	assert_string_equal(fact_is(v, STEP_2_3, "outcome"), "timeout");
	assert_int_equal(v->step[STEP_2_3].n_frames, 3);
	assert_non_null(strstr(v->step[STEP_2_3].remark, "asked again: 2"));
	assert_non_null(strstr(v->step[STEP_2_3].because, "no frame answers"));
	world_free(w);
}

/* What a filter left out is not absent. */
static void filter_hides(void **state)
{
	(void)state;
	struct world *w = world_new();
	w->s.filter_text = "tcp port 443";
	uint32_t f = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, f, "www.lab.test");
	tls_talk(w, f);
	const struct visit *v = one(w);
	const enum step parts[] = { STEP_2, STEP_2_1, STEP_2_2, STEP_2_3, STEP_4, STEP_5_4 };
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		state_is(v, parts[i], "unknown");
		assert_non_null(strstr(v->step[parts[i]].because, "filter (tcp port 443) left"));
	}
	state_is(v, STEP_5_1, "observed");
	w->s.filter_text = NULL;
	world_free(w);

	w = world_new();
	w->s.filter_text = "dst port 53";
	dns_ask(w, "www.lab.test", 1, 9);
	pass(w, 5000);
	dns_ask(w, "www.lab.test", 1, 9);
	v = one(w);
	state_is(v, STEP_2_3, "observed");
	state_is(v, STEP_5_1, "unknown");
	assert_null(strstr(v->step[STEP_2_3].explain, "no answer ever comes"));
	assert_non_null(strstr(v->summary, "cannot be told"));
	w->s.filter_text = NULL;
	world_free(w);
}

/* Only the server's packets were captured: nothing is said of frames that are not there. */
static void one_side(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = flow_new(w, w->client, address(w, "203.0.113.80"), 443, 6);
	hosts(w, f, 1);
	ev(w, EV_TCP_SYNACK, 0, 0, 0);
	frame(w, f, 1, FRAME_SYN);
	ev(w, EV_TLS_SERVER_HELLO, 0, 0x1301, 0x303);
	frame(w, f, 1, FRAME_PAYLOAD);
	const struct visit *v = one(w);
	state_is(v, STEP_5_1, "inferred");
	assert_non_null(strstr(v->step[STEP_5_1].because, "frame 1 answers a SYN that the"));
	assert_non_null(strstr(v->step[STEP_5_2].because, "a ClientHello that the"));
	state_is(v, STEP_5_3, "unknown");
	assert_null(strstr(v->summary, "nothing was asked for"));
	for (int i = STEP_1; i < STEPS; i++) {
		assert_null(strstr(v->step[i].because, "rame 0"));
		assert_null(strstr(v->step[i].because, "rames 0"));
	}
	world_free(w);
}

/* Steps without a time stand behind those with a lower number. */
static void absent_in_order(void **state)
{
	(void)state;
	struct world *w = world_new();
	enum step order[STEPS];
	unsigned five = 0, two = 0;
	arp(w, w->client, w->gateway, w->gateway_mac);
	uint32_t d = dns_ask(w, "nowhere.lab.test", 1, 9);
	dns_answer(w, d, "nowhere.lab.test", 1, 9, 3, NULL, NULL);
	unsigned n = steps_order(one(w), order);
	for (unsigned i = 0; i < n; i++) {
		five = order[i] == STEP_5 ? i : five;
		two = order[i] == STEP_2 ? i : two;
	}
	assert_true(two < five);
	assert_int_equal(order[n - 1], STEP_5_4);
	world_free(w);
}

/* The answer that was cut is not the one that was used. */
static void cut_answer(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t d = dns_ask(w, "www.lab.test", 1, 9);			/* 1 */
	ev(w, EV_DNS_RESPONSE, text(w, "www.lab.test"), 1 << 16 | 9, 0x100);
	ev(w, EV_DNS_RECORD, text(w, "www.lab.test"), address(w, "203.0.113.80"), 1);
	frame(w, d, 1, FRAME_PAYLOAD);					/* 2 */
	dns(w, "www.lab.test", "203.0.113.80");				/* 3, 4 */
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_non_null(strstr(v->step[STEP_2_3].because, "Frame 3 asks, frame 4 answers."));
	world_free(w);
}

/* A proxy's tunnel is no page. */
static void tunnel(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = tcp_open(w, "203.0.113.80", 8080);
	ev(w, EV_HTTP_REQUEST, text(w, "CONNECT"), text(w, "www.lab.test:443"), 11);
	frame(w, f, 0, FRAME_PAYLOAD);
	http_answer(w, f, 200, "text/html", NULL, 0);
	const struct visit *v = one(w);
	assert_non_null(strstr(v->step[STEP_5_3].explain, "tunnel"));
	assert_null(strstr(v->step[STEP_5_3].explain, "copy"));
	assert_null(strstr(v->summary, "page"));
	world_free(w);
}

static void retry_then_answer(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns_ask(w, "www.lab.test", 1, 9);
	pass(w, 5000);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_string_equal(fact_is(v, STEP_2_3, "outcome"), "answered");
	assert_int_equal(v->step[STEP_2_3].n_frames, 3);
	assert_true(v->step[STEP_2_3].end - v->step[STEP_2_3].start >= (int64_t)5000 * MS);
	assert_string_equal(v->step[STEP_2_3].remark, "Questions that had to be asked again: 1. "
			"The question in frame 1 had no answer after 5.000 s, when frame 2 "
			"asked again.");
	world_free(w);
}

/* All types count, those that were answered and those that were not. */
static void asked_again(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns_ask(w, "www.lab.test", 65, 1);
	dns(w, "www.lab.test", "203.0.113.80");
	pass(w, 1000);
	uint32_t d = dns_ask(w, "www.lab.test", 65, 2);
	dns_answer(w, d, "www.lab.test", 65, 2, 0, NULL, NULL);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const char *said = one(w)->step[STEP_2_3].remark;
	assert_non_null(strstr(said, "although they had been answered: 1."));
	assert_non_null(strstr(said, "had to be asked again: 1. The question in frame 1 had no"));
	world_free(w);
}

/* The port that _PORT._https.NAME tells, and not the scheme. */
static void port_in_the_question(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t a = dns_ask(w, "_8080._https.www.lab.test", 65, 1);
	uint32_t b = dns_ask(w, "www.lab.test", 1, 2);
	dns_answer(w, a, "_8080._https.www.lab.test", 65, 1, 5, NULL, NULL);
	dns_answer(w, b, "www.lab.test", 1, 2, 3, NULL, NULL);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "//www.lab.test:8080/");
	assert_string_equal(fact_is(v, STEP_2_3, "outcome"), "nxdomain");
	assert_int_equal(v->n_frames, 4);
	world_free(w);
}

static void tls_alert(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "old.lab.test", "203.0.113.92");
	uint32_t f = tcp_open(w, "203.0.113.92", 443);
	ev(w, EV_TLS_CLIENT_HELLO, text(w, "old.lab.test"), 0, 0x0304);
	frame(w, f, 0, FRAME_PAYLOAD);
	ev(w, EV_TLS_ALERT, 2 << 8 | 70, 0, 0);
	uint32_t alert = frame(w, f, 1, FRAME_PAYLOAD);
	fin(w, f, 1);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "https://old.lab.test/");
	assert_string_equal(step_of(w, alert), "5.2");
	assert_string_equal(fact_is(v, STEP_5_2, "outcome"), "alert");
	assert_string_equal(fact_is(v, STEP_5_1, "outcome"), "answered");
	state_is(v, STEP_5_3, "absent");
	world_free(w);
}

static void ipv6_visit(void **state)
{
	(void)state;
	struct world *w = world_new();
	w->client = address(w, "2001:db8:1::10");
	w->dns = address(w, "2001:db8:53::53");
	ev(w, EV_NDP_SOLICIT, address(w, "fe80::1"), w->client, 0);
	frame(w, NO_FLOW, 0, 0);
	ev(w, EV_NDP_ADVERT, address(w, "fe80::1"), w->gateway_mac, 0);
	frame(w, NO_FLOW, 0, 0);
	uint32_t d = dns_ask(w, "six.lab.test", 28, 8);
	dns_answer(w, d, "six.lab.test", 28, 8, 0, NULL, "2001:db8:80::80");
	uint32_t f = tcp_open(w, "2001:db8:80::80", 8080);
	http(w, f, "six.lab.test:8080", "/", "text/html");
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://six.lab.test:8080/");
	state_is(v, STEP_4, "observed");
	assert_string_equal(fact_is(v, STEP_4, "protocol"), "ndp");
	assert_string_equal(fact_is(v, STEP_3, "gateway"), "fe80::1");
	assert_non_null(strstr(v->step[STEP_3].explain, "arrive with a hop limit of 63"));
	assert_null(strstr(v->step[STEP_3].explain, "TTL"));
	assert_string_equal(fact_is(v, STEP_5_1, "server"), "[2001:db8:80::80]:8080");
	world_free(w);
}

static void same_network_and_same_computer(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t server = address(w, "192.168.0.20");
	arp(w, w->client, server, mac(w, 20));
	w->gateway_mac = mac(w, 20);	/* who receives the frames now */
	w->ttl = 64;
	uint32_t f = tcp_open(w, "192.168.0.20", 80);
	http(w, f, "192.168.0.20", "/", "text/html");
	const struct visit *v = one(w);
	state_is(v, STEP_3, "absent");
	state_is(v, STEP_4, "observed");
	state_is(v, STEP_2, "absent");
	state_is(v, STEP_1_1, "absent");
	assert_string_equal(v->url, "http://192.168.0.20/");
	world_free(w);

	w = world_new();
	w->client = address(w, "127.0.0.1");
	w->client_mac = w->gateway_mac = 0;
	f = tcp_open(w, "127.0.0.1", 8000);
	http(w, f, "127.0.0.1:8000", "/", "text/html");
	v = one(w);
	state_is(v, STEP_3, "absent");
	state_is(v, STEP_4, "absent");
	assert_string_equal(v->url, "http://127.0.0.1:8000/");
	world_free(w);
}

/* Behind a failure the browser looks whether any name works: no visit of its own. */
static void probe_after_failure(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t d = dns_ask(w, "nowhere.lab.test", 1, 9);
	dns_answer(w, d, "nowhere.lab.test", 1, 9, 3, NULL, NULL);
	d = dns_ask(w, "google.com", 1, 10);
	dns_answer(w, d, "google.com", 1, 10, 3, NULL, NULL);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "//nowhere.lab.test/");
	assert_non_null(strstr(v->step[STEP_2_3].remark, "asked for google.com (frame 3)"));
	world_free(w);
}

/* Only one direction was captured: the response tells what there is to tell. */
static void response_without_request(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http_answer(w, f, 200, "text/html", NULL, 20);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://203.0.113.80/");
	assert_int_equal(v->n_requests, 1);
	assert_int_equal(v->requests[0].request_frame, 0);
	assert_int_equal(v->requests[0].status, 200);
	assert_null(fact(v, STEP_1, "path"));
	assert_non_null(strstr(v->step[STEP_5_3].because, "no frame asks"));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aliases),
		cmocka_unit_test(names_in_any_case),
		cmocka_unit_test(names_that_fail),
		cmocka_unit_test(name_without_answer),
		cmocka_unit_test(filter_hides),
		cmocka_unit_test(one_side),
		cmocka_unit_test(absent_in_order),
		cmocka_unit_test(cut_answer),
		cmocka_unit_test(tunnel),
		cmocka_unit_test(retry_then_answer),
		cmocka_unit_test(asked_again),
		cmocka_unit_test(port_in_the_question),
		cmocka_unit_test(tls_alert),
		cmocka_unit_test(ipv6_visit),
		cmocka_unit_test(same_network_and_same_computer),
		cmocka_unit_test(probe_after_failure),
		cmocka_unit_test(response_without_request),
	};
	return cmocka_run_group_tests_name("steps_names", tests, NULL, NULL);
}

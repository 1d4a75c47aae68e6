/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_steps_calls: TCP calls that are refused, not answered, not delivered, or not needed. */
#include "events.h"

#include <string.h>

static void connection_refused(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "closed.lab.test", "203.0.113.90");
	uint32_t rst = refused(w, "203.0.113.90", 80);
	pass(w, 200);
	refused(w, "203.0.113.90", 80);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "//closed.lab.test:80/");
	assert_string_equal(fact_is(v, STEP_5_1, "outcome"), "refused");
	assert_string_equal(step_of(w, rst), "5.1");
	assert_non_null(strstr(v->step[STEP_5].because, "The attempt begins in frame 3 "));
	assert_int_equal(v->connections[0].outcome, OUT_REFUSED);
	state_is(v, STEP_5_1, "observed");
	state_is(v, STEP_5_2, "absent");
	state_is(v, STEP_5_3, "absent");
	world_free(w);
}

static void connection_unanswered(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns(w, "silent.lab.test", "203.0.113.91");
	uint32_t f = syn(w, "203.0.113.91", 443);
	for (int i = 0; i < 3; i++) {
		pass(w, 1000 << i);
		ev(w, EV_TCP_SYN, 0, 0, 1);
		frame(w, f, 0, FRAME_SYN);
	}
	const struct visit *v = one(w);
	assert_string_equal(v->url, "//silent.lab.test:443/");
	assert_string_equal(fact_is(v, STEP_5_1, "outcome"), "timeout");
	assert_non_null(strstr(v->step[STEP_5_1].because, "sent again 3 times"));
	world_free(w);
}

/* IPv6 with NDP is tried first, in vain: not a race, since IPv4 is called only afterwards. */
static void happy_eyeballs(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t v4 = w->client;
	arp(w, w->client, w->gateway, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t d = dns_ask(w, "www.lab.test", 28, 8);
	dns_answer(w, d, "www.lab.test", 28, 8, 0, NULL, "2001:db8:80::80");
	w->client = address(w, "2001:db8:1::10");
	ev(w, EV_NDP_SOLICIT, address(w, "fe80::1"), w->client, 0);
	frame(w, NO_FLOW, 0, 0);
	ev(w, EV_NDP_ADVERT, address(w, "fe80::1"), w->gateway_mac, 0);
	frame(w, NO_FLOW, 0, 0);
	syn(w, "2001:db8:80::80", 80);
	pass(w, 250);
	w->client = v4;
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	pass(w, 3000);
	frame(w, NO_FLOW, 0, 0);
	const struct visit *v = one(w);
	assert_int_equal(v->n_connections, 2);
	assert_string_equal(v->connections[0].role, "not answered");
	assert_true(v->connections[1].document);
	assert_null(strstr(v->step[STEP_5_1].remark, "race"));
	assert_non_null(strstr(v->step[STEP_5_1].remark, "Calls to 2001:db8:80::80 that were "
			"never answered: 1. 250.1 ms after the first of them (frame 9) "
			"203.0.113.80 was called instead (frame 10)."));
	assert_string_equal(v->client, "192.168.0.10");
	assert_non_null(strstr(v->step[STEP_2_3].explain, "gets 203.0.113.80"));
	assert_string_equal(v->step[STEP_2_3].because, "Frame 3 asks, frame 4 answers.");
	/* the router's MAC stands behind addresses of both kinds: the way is IPv4's */
	assert_string_equal(fact_is(v, STEP_3, "gateway"), "192.168.0.1");
	assert_string_equal(fact_is(v, STEP_4, "address"), "192.168.0.1");
	assert_non_null(strstr(v->step[STEP_4].remark, "For IPv6 the gateway's address is "
			"fe80::1: frame 7 asks, frame 8 answers."));
	assert_non_null(strstr(v->step[STEP_2_3].remark, "both kinds: 2001:db8:80::80 for IPv6 "
			"(AAAA) and 203.0.113.80 for IPv4 (A). Tried first is IPv6: frame 9"));
	world_free(w);
}

/* The page comes over IPv6, but the names were asked for over IPv4, whose gateway comes first. */
static void both_gateways(void **state)
{
	(void)state;
	struct world *w = world_new();
	arp(w, w->client, w->gateway, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t d = dns_ask(w, "www.lab.test", 28, 8);
	dns_answer(w, d, "www.lab.test", 28, 8, 0, NULL, "2001:db8:80::80");
	w->client = address(w, "2001:db8:1::10");
	ev(w, EV_NDP_SOLICIT, address(w, "fe80::1"), w->client, 0);
	frame(w, NO_FLOW, 0, 0);
	ev(w, EV_NDP_ADVERT, address(w, "fe80::1"), w->gateway_mac, 0);
	frame(w, NO_FLOW, 0, 0);
	uint32_t f = tcp_open(w, "2001:db8:80::80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_string_equal(fact_is(v, STEP_4, "address"), "fe80::1");
	assert_non_null(strstr(v->step[STEP_4].remark, "On the wire the question for 192.168.0.1 "
			"(frame 1) comes first: even the DNS question (frame 3)"));
	assert_non_null(strstr(v->step[STEP_4].remark, "For IPv4 the gateway's address is "
			"192.168.0.1: frame 1 asks, frame 2 answers."));
	world_free(w);
}

/* A SYN that IPv4's answer overtakes has lost; one behind that answer has not. */
static void lost_races(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t v4 = w->client, v6 = address(w, "2001:db8:1::10");
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t d = dns_ask(w, "www.lab.test", 28, 8);
	dns_answer(w, d, "www.lab.test", 28, 8, 0, NULL, "2001:db8:80::80");
	uint32_t f = syn(w, "203.0.113.80", 80);
	w->client = v6;
	syn(w, "2001:db8:80::80", 80);
	hosts(w, f, 1);
	ev(w, EV_TCP_SYNACK, 0, 0, 0);
	frame(w, f, 1, FRAME_SYN);
	ev(w, EV_TCP_ESTABLISHED, 0, 0, 0);
	frame(w, f, 0, 0);
	http(w, f, "www.lab.test", "/", "text/html");
	syn(w, "2001:db8:80::80", 80);
	pass(w, 250);
	w->client = v4;
	tcp_open(w, "203.0.113.80", 80);
	const struct visit *v = one(w);
	assert_int_equal(v->n_connections, 4);
	assert_non_null(strstr(v->connections[1].role, "lost the race"));
	assert_string_equal(v->connections[2].role, "not answered");
	assert_string_equal(v->connections[3].role,
			"called when the call in frame 15 was not answered; not used");
	const char *said = v->step[STEP_5_1].remark;
	assert_non_null(strstr(said, "the visit has others: 2."));
	assert_non_null(strstr(said, "given up once one had answered: 1."));
	assert_non_null(strstr(said, "never answered: 1."));
	assert_null(strstr(said, "in advance"));
	world_free(w);
}

/* What began before the capture is broken off right before the server is called anew. */
static void old_connections(void **state)
{
	(void)state;
	struct world *w = world_new();
	const char *const to[] = { "203.0.113.80", "203.0.113.80", "203.0.113.99" };
	for (int i = 0; i < 3; i++) {
		uint32_t old = flow_new(w, w->client, address(w, to[i]), 443, 6);
		hosts(w, old, 0);
		ev(w, EV_TCP_MIDDLE, 0, 0, 0);
		ev(w, EV_TCP_RST, 0, 0, 0);
		frame(w, old, 0, FRAME_RST);
	}
	uint32_t f = tcp_open(w, "203.0.113.80", 443);
	tls_shake(w, f, "www.lab.test");
	tls_talk(w, f);
	const struct visit *v = one(w);
	assert_non_null(strstr(v->step[STEP_5_1].remark, "Just before, from frame 1 on, the client "
			"broke off connections to the same server that began before the capture "
			"(RST): 2."));
	world_free(w);
}

static void unreachable(uint16_t type_code, const char *outcome, const char *sender,
			const char *said)
{
	struct world *w = world_new();
	dns(w, "gone.lab.test", "203.0.113.99");
	arp(w, w->client, w->gateway, w->gateway_mac);
	uint32_t f = syn(w, "203.0.113.99", 80);
	pass(w, 1000);
	ev(w, EV_TCP_SYN, 0, 0, 1);
	frame(w, f, 0, FRAME_SYN);
	ev(w, EV_ICMP_SENDER, sender ? address(w, sender) : 0, 0, 0);
	ev(w, EV_ICMP_ERROR, type_code, address(w, "203.0.113.99"), 80);
	uint32_t icmp = frame(w, NO_FLOW, 0, 0);
	const struct visit *v = one(w);
	assert_string_equal(fact_is(v, STEP_5_1, "outcome"), outcome);
	assert_string_equal(step_of(w, icmp), "5.1");
	assert_non_null(strstr(v->step[STEP_5_1].because, "Frame 5 calls (SYN) and is sent "
			"again once. Frame 7"));
	assert_non_null(strstr(v->step[STEP_5_1].because, "reports that it cannot be delivered"));
	assert_non_null(strstr(v->step[STEP_5_1].explain, said));
	world_free(w);
}

static void errors_on_the_way(void **state)
{
	(void)state;
	/* host unreachable; communication administratively prohibited */
	unreachable(0x301, "timeout", "192.168.0.1", "the gateway 192.168.0.1 reports");
	unreachable(0x301, "timeout", "198.51.100.1", "198.51.100.1, a station on the way");
	unreachable(0x301, "timeout", "203.0.113.99", "203.0.113.99 itself");
	unreachable(0x301, "timeout", NULL, "a station on the way reports");
	unreachable(0x30d, "refused", "192.168.0.1", "refuses the call");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connection_refused),
		cmocka_unit_test(connection_unanswered),
		cmocka_unit_test(happy_eyeballs),
		cmocka_unit_test(both_gateways),
		cmocka_unit_test(lost_races),
		cmocka_unit_test(errors_on_the_way),
		cmocka_unit_test(old_connections),
	};
	return cmocka_run_group_tests_name("steps_calls", tests, NULL, NULL);
}

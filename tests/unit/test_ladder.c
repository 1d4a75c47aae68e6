/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/export/ladder: which stations get a column, and what is drawn between them. */
#include "events.h"

#include <stdlib.h>
#include <string.h>

#include "export/ladder.h"

/* where may be NULL */
static char *drawn_where(struct world *w, unsigned width, struct ladder_drawn *where)
{
	struct ladder *l = malloc(sizeof *l);
	struct strbuf to = { 0 };
	assert_non_null(l);
	ladder_build(l, &w->s, one(w));
	ladder_draw(&to, l, width, false, false, where);
	char *s = strdup(strbuf_str(&to));
	strbuf_free(&to);
	free(l);
	return s;
}

static char *drawn(struct world *w, unsigned width)
{
	return drawn_where(w, width, NULL);
}

static unsigned count(const char *s, const char *what)
{
	unsigned n = 0;
	for (; (s = strstr(s, what)) != NULL; s += strlen(what))
		n++;
	return n;
}

static const char *line_of(const char *s, uint32_t line)
{
	for (; line; line--, s++) {
		s = strchr(s, '\n');
		assert_non_null(s);
	}
	return s;
}

/* One rung after the other, with its time on the first of its lines and on no other. */
static void assert_places(const char *s, const struct ladder_drawn *d)
{
	uint32_t line = d->head;
	for (unsigned i = 0; i < d->n_rungs; i++) {
		assert_int_equal(d->rungs[i].line, line);
		assert_in_range(d->rungs[i].n_lines, 1, 2);
		for (uint32_t k = 0; k < d->rungs[i].n_lines; k++, line++)
			assert_int_equal(line_of(s, line)[9] != ' ', k == 0);
	}
}

/* The gateway and the server have an address of each kind; each stays one station. */
static void both_versions(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ladder_drawn where;
	uint32_t v4 = w->client, v6 = address(w, "2001:db8:1::10");
	arp(w, w->client, w->gateway, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t d = dns_ask(w, "www.lab.test", 28, 8);
	dns_answer(w, d, "www.lab.test", 28, 8, 0, NULL, "2001:db8:80::80");
	ev(w, EV_NDP_SOLICIT, address(w, "2001:db8:1::1"), v6, 0);
	frame(w, NO_FLOW, 0, 0);
	ev(w, EV_NDP_ADVERT, address(w, "2001:db8:1::1"), w->gateway_mac, 0);
	frame(w, NO_FLOW, 0, 0);
	w->client = v6;
	syn(w, "2001:db8:80::80", 80);
	syn(w, "2001:db8:80::80", 80);
	pass(w, 250);
	w->client = v4;
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	char *s = drawn_where(w, 80, &where);
	assert_int_equal(where.head, 3);
	assert_places(s, &where);
	assert_null(strstr(s, "no room here"));
	assert_int_equal(count(s, "gateway"), 1);
	assert_int_equal(count(s, "DNS server"), 1);
	assert_int_equal(count(s, "SYN (2001:db8:80::80)"), 2);
	assert_int_equal(count(s, "-- SYN --"), 1);
	assert_null(strstr(s, "see above"));
	assert_non_null(strstr(s, "ARP: who has 192.168.0.1?"));
	assert_non_null(strstr(s, "NDP: who has 2001:db8:1::1?"));
	free(s);
	world_free(w);
}

/* Two IPv4 addresses behind one MAC address: the gateway answers for another station (proxy ARP). */
static void proxy_arp(void **state)
{
	(void)state;
	struct world *w = world_new();
	w->dns = address(w, "192.168.0.53");
	arp(w, w->client, w->dns, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	arp(w, w->client, w->gateway, w->gateway_mac);
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	char *s = drawn(w, 80);
	assert_int_equal(count(s, "gateway"), 1);
	assert_int_equal(count(s, "DNS server"), 1);
	assert_int_equal(count(s, "192.168.0.53"), 2);	/* in the head, and in the question */
	free(s);
	world_free(w);
}

/* A second DNS server takes no room from the gateway. */
static void one_of_each_kind(void **state)
{
	(void)state;
	struct world *w = world_new();
	dns_ask(w, "www.lab.test", 1, 6);
	w->dns = address(w, "198.51.100.54");
	dns(w, "www.lab.test", "203.0.113.80");
	arp(w, w->client, w->gateway, w->gateway_mac);
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	char *s = drawn(w, 80);
	assert_int_equal(count(s, "gateway"), 1);
	assert_int_equal(count(s, "DNS server"), 1);
	assert_non_null(strstr(s, "www.lab.test"));
	free(s);
	s = drawn(w, 120);
	assert_int_equal(count(s, "DNS server"), 2);
	assert_null(strstr(s, "no room here"));
	free(s);
	world_free(w);
}

/* Of two questions at the same time one has no column: the other one's packet is told. */
static void where_rungs_are(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct ladder_drawn d;
	dns_ask(w, "www.lab.test", 1, 6);
	int64_t then = w->now;
	w->dns = address(w, "198.51.100.54");
	dns_ask(w, "www.lab.test", 1, 7);
	w->dns = address(w, "198.51.100.53");
	w->now = then;
	dns_ask(w, "www.lab.test", 28, 8);
	dns(w, "www.lab.test", "203.0.113.80");
	arp(w, w->client, w->gateway, w->gateway_mac);
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	char *s = drawn_where(w, 80, &d);
	assert_int_equal(d.head, 2);
	assert_places(s, &d);
	assert_int_equal(d.rungs[0].frame, 1);
	assert_int_equal(d.rungs[1].frame, 3);
	assert_non_null(strstr(line_of(s, d.rungs[1].line), "AAAA"));
	free(s);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_versions),
		cmocka_unit_test(proxy_arp),
		cmocka_unit_test(one_of_each_kind),
		cmocka_unit_test(where_rungs_are),
	};
	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was recorded besides packets: tied to flows by ports, told where packets show nothing. */
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "record/record.h"

enum { WEB_PORT = 443 };

struct told { struct world *w; struct record *r; };

/* A visit of https://www.lab.test/ with one connection, and what the browser's log says of it. */
static struct told secure(void)
{
	struct told k = { world_new(), record_new() };
	k.r->log = "netlog";
	k.w->s.record = k.r;
	return k;
}

static uint32_t page(struct told *k, const char *url)
{
	uint32_t n;
	struct rec_page *p = record_add(k->r, REC_PAGE, &n);
	p->url = url;
	p->start = k->w->now;
	return n;
}

static uint32_t sock(struct told *k, uint32_t flow, const char *remote)
{
	static char local[8][40];
	uint32_t n;
	struct rec_socket *s = record_add(k->r, REC_SOCKET, &n);
	const struct conn *c = session_conn(&k->w->s, flow);
	snprintf(local[n % 8], sizeof local[0], "192.168.0.10:%u", c->port[c->client & 1]);
	s->transport = "tcp";
	s->local = local[n % 8];
	s->remote = remote;
	return n;
}

static struct rec_request *ask_for(struct told *k, uint32_t page, const char *kind, const char *url,
				   uint32_t socket)
{
	struct rec_request *q = record_add(k->r, REC_REQUEST, NULL);
	q->page = page;
	q->kind = kind;
	q->method = "GET";
	q->url = url;
	q->protocol = "h2";
	q->socket = socket;
	q->start = q->sent = k->w->now;
	q->head = q->end = k->w->now + MS;
	q->status = 200;
	q->mime = "text/html";
	return q;
}

static void encrypted_page(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "https://www.lab.test/path?q=1");
	arp(w, w->client, w->gateway, w->gateway_mac);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", WEB_PORT), s = sock(&k, f, "203.0.113.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/path?q=1", s);
	tls_talk(w, f);
	ask_for(&k, p, "part", "https://www.lab.test/style.css", s)->mime = "text/css";
	struct rec_request *hit = ask_for(&k, p, "part", "https://www.lab.test/logo.png", 0);
	hit->cache = "hit";
	const struct visit *v = one(w);
	assert_string_equal(v->url, "https://www.lab.test/path?q=1");
	assert_string_equal(v->final_url, "https://www.lab.test/path?q=1");
	state_is(v, STEP_1, "recorded");
	assert_string_equal(fact_is(v, STEP_1, "path"), "/path?q=1");
	state_is(v, STEP_5_3, "recorded");
	assert_int_equal(v->n_requests, 3);
	assert_string_equal(v->requests[1].url, "https://www.lab.test/style.css");
	assert_int_equal(v->requests[1].connection, v->connections[0].id);
	assert_int_equal(v->requests[1].request_frame, 0);
	assert_true(v->requests[1].recorded);
	assert_string_equal(v->requests[2].cache, "hit");
	assert_int_equal(v->requests[2].connection, 0);
	world_free(w);
}

/* Two pages on one connection: nothing in the packets tells where the second begins. */
static void two_pages(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "https://www.lab.test/");
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", WEB_PORT), s = sock(&k, f, "203.0.113.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/", s);
	tls_talk(w, f);
	pass(w, 100);
	p = page(&k, "https://www.lab.test/second.html");
	ask_for(&k, p, "document", "https://www.lab.test/second.html", s);
	tls_talk(w, f);
	steps_settle(w->s.steps);
	assert_int_equal(steps_n_visits(w->s.steps), 2);
	const struct visit *v = steps_visit(w->s.steps, 2);
	assert_string_equal(v->url, "https://www.lab.test/second.html");
	assert_true(v->n_frames > 0);
	assert_int_equal(v->n_requests, 1);
	world_free(w);
}

/* What the browser says to others of its own accord is no visit, whatever its name. */
static void background(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "http://www.lab.test/");
	dns(w, "news.example", "203.0.113.90");
	uint32_t other = tcp_open(w, "203.0.113.90", 443), so = sock(&k, other, "203.0.113.90:443");
	tls_shake(w, other, "news.example");
	ask_for(&k, 0, "background", "https://news.example/feed", so);
	tls_talk(w, other);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80), s = sock(&k, f, "203.0.113.80:80");
	struct rec_request *q = ask_for(&k, p, "document", "http://www.lab.test/", s);
	q->protocol = "http/1.1";
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://www.lab.test/");
	assert_int_equal(v->n_connections, 1);
	state_is(v, STEP_5_3, "observed");
	assert_int_equal(v->n_requests, 1);
	assert_false(v->requests[0].recorded);
	assert_int_not_equal(v->requests[0].request_frame, 0);
	world_free(w);
}

static void hsts_and_names(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "http://www.lab.test/");
	struct rec_hsts *h = record_add(k.r, REC_HSTS, NULL);
	*h = (struct rec_hsts){ .page = p, .host = "www.lab.test", .listed = true, .upgraded = true,
		.how = "learned", .time = w->now };
	struct rec_lookup *l = record_add(k.r, REC_LOOKUP, NULL);
	*l = (struct rec_lookup){ .page = p, .host = "www.lab.test", .how = "hosts",
		.addresses = "203.0.113.80", .aliases = "", .error = "", .start = w->now, .end = w->now };
	struct rec_hosts *file = record_add(k.r, REC_HOSTS, NULL);
	*file = (struct rec_hosts){ .host = "www.lab.test", .order = "files dns", .file = "/etc/hosts",
		.line = 7, .text = "203.0.113.80 www.lab.test", .addresses = "203.0.113.80" };
	uint32_t f = tcp_open(w, "203.0.113.80", WEB_PORT), s = sock(&k, f, "203.0.113.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/", s)->upgraded = "hsts";
	tls_talk(w, f);
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://www.lab.test/");
	assert_string_equal(v->final_url, "https://www.lab.test/");
	state_is(v, STEP_1_1, "recorded");
	assert_true(fact(v, STEP_1_1, "upgraded")->number != 0);
	state_is(v, STEP_2, "recorded");
	state_is(v, STEP_2_1, "recorded");
	assert_non_null(strstr(v->step[STEP_2_1].because, "Line 7 of /etc/hosts"));
	state_is(v, STEP_2_2, "recorded");
	state_is(v, STEP_2_3, "absent");
	world_free(w);
}

static void kernel(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "https://www.lab.test/");
	struct rec_route *r = record_add(k.r, REC_ROUTE, NULL);
	*r = (struct rec_route){ .to = "203.0.113.80", .gateway = "192.168.0.1", .iface = "eth0",
		.source = "192.168.0.10" };
	struct rec_neighbour *n = record_add(k.r, REC_NEIGHBOUR, NULL);
	*n = (struct rec_neighbour){ .address = "192.168.0.1", .mac = "00:00:5e:00:53:01",
		.iface = "eth0", .state = "stale" };
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", WEB_PORT), s = sock(&k, f, "203.0.113.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/", s);
	tls_talk(w, f);
	const struct visit *v = one(w);
	state_is(v, STEP_4, "recorded");
	assert_string_equal(fact_is(v, STEP_4, "mac"), "00:00:5e:00:53:01");
	assert_string_equal(fact_is(v, STEP_3, "gateway"), "192.168.0.1");
	world_free(w);
}

/*
 * The second visit's answer came from the browser's memory, the way to another server leads by a gateway,
 * and the page tells the browser to forget it: nothing of that says more than was recorded.
 */
static void no_more_than_recorded(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "https://www.lab.test/");
	struct rec_hsts *h = record_add(k.r, REC_HSTS, NULL);
	*h = (struct rec_hsts){ .page = p, .host = "www.lab.test", .how = "", .time = w->now };
	struct rec_lookup *l = record_add(k.r, REC_LOOKUP, NULL);
	*l = (struct rec_lookup){ .page = p, .host = "www.lab.test", .how = "cache",
		.addresses = "203.0.113.80", .aliases = "", .error = "", .start = w->now, .end = w->now };
	struct rec_hosts *file = record_add(k.r, REC_HOSTS, NULL);
	*file = (struct rec_hosts){ .host = "www.lab.test", .order = "files dns", .file = "/etc/hosts",
		.text = "", .addresses = "" };
	struct rec_route *r = record_add(k.r, REC_ROUTE, NULL);
	*r = (struct rec_route){ .to = "198.51.100.53", .gateway = "192.168.0.1", .iface = "eth0",
		.source = "192.168.0.10" };
	uint32_t f = tcp_open(w, "192.168.0.80", WEB_PORT), s = sock(&k, f, "192.168.0.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/", s)->hsts = "max-age=0";
	tls_talk(w, f);
	const struct visit *v = one(w);
	state_is(v, STEP_2_1, "absent");
	assert_non_null(strstr(v->step[STEP_2_1].because, "/etc/hosts was read"));
	assert_int_not_equal(v->step[STEP_3].state, STATE_RECORDED);
	assert_non_null(strstr(v->step[STEP_1_1].remark, "off this browser's list"));
	world_free(w);
}

/* A browser that was killed has not written of its last connection: who else talks in its own network? */
static void cut_log(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	k.r->url = "https://www.lab.test/";
	k.r->place = "private";
	k.r->cut = true;
	uint32_t p = page(&k, "https://www.lab.test/");
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", WEB_PORT), s = sock(&k, f, "203.0.113.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/", s);
	tls_talk(w, f);
	dns(w, "img.lab.test", "203.0.113.81");
	f = tcp_open(w, "203.0.113.81", WEB_PORT);
	tls_shake(w, f, "img.lab.test");
	tls_talk(w, f);
	const struct visit *v = one(w);
	assert_int_equal(v->n_connections, 2);
	k.r->place = "real";
	v = one(w);
	assert_int_equal(v->n_connections, 1);
	world_free(w);
}

/* A page that the browser still had is a visit too, in its place in time, without a packet. */
static void from_the_cache(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "https://www.lab.test/");
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", WEB_PORT), s = sock(&k, f, "203.0.113.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/", s);
	tls_talk(w, f);
	pass(w, 3000);
	p = page(&k, "https://www.lab.test/");
	struct rec_request *hit = ask_for(&k, p, "document", "https://www.lab.test/", 0);
	hit->cache = "hit";
	hit->status = 0;
	pass(w, 3000);
	p = page(&k, "http://plain.lab.test/");
	dns(w, "plain.lab.test", "203.0.113.81");
	f = tcp_open(w, "203.0.113.81", 80);
	s = sock(&k, f, "203.0.113.81:80");
	ask_for(&k, p, "document", "http://plain.lab.test/", s)->protocol = "http/1.1";
	http(w, f, "plain.lab.test", "/", "text/html");
	steps_settle(w->s.steps);
	assert_int_equal(steps_n_visits(w->s.steps), 3);
	const struct visit *v = steps_visit(w->s.steps, 2);
	assert_string_equal(v->url, "https://www.lab.test/");
	assert_int_equal(v->n_frames, 0);
	assert_int_equal(v->n_requests, 1);
	state_is(v, STEP_1, "recorded");
	state_is(v, STEP_5_3, "recorded");
	state_is(v, STEP_5_1, "absent");
	assert_string_equal(steps_visit(w->s.steps, 3)->url, "http://plain.lab.test/");
	sound(w);
	world_free(w);
}

/* Somebody else on the network asks for the same name at the same time, and goes there: no part of the visit. */
static void another_client(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t me = w->client, mac = w->client_mac;
	k.r->url = "https://www.lab.test/";
	uint32_t p = page(&k, "https://www.lab.test/");
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", WEB_PORT), s = sock(&k, f, "203.0.113.80:443");
	tls_shake(w, f, "www.lab.test");
	ask_for(&k, p, "document", "https://www.lab.test/", s);
	tls_talk(w, f);
	uint32_t frames = one(w)->n_frames;
	w->client = address(w, "192.168.0.77");
	w->client_mac = w->gateway_mac + 1000;
	dns(w, "www.lab.test", "203.0.113.80");
	w->client = me;
	w->client_mac = mac;
	assert_int_equal(one(w)->n_frames, frames);
	world_free(w);
}

/* A record that says nothing of these packets changes nothing; one that lies harms nothing. */
static void hostile(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "javascript:nothing");
	ask_for(&k, 77, "document", "//", 99);
	ask_for(&k, p, "", "", 1);
	struct rec_socket *s = record_add(k.r, REC_SOCKET, NULL);
	s->local = "[::1";
	s->remote = "999.1.1.1:80";
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://www.lab.test/");
	assert_int_equal(v->n_requests, 1);
	world_free(w);
}

/* The same page was visited a minute before, and that visit's log is given: it tells nothing of this one. */
static void another_log(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	uint32_t p = page(&k, "http://www.lab.test/");
	struct rec_hsts *h = record_add(k.r, REC_HSTS, NULL);
	*h = (struct rec_hsts){ .page = p, .host = "www.lab.test", .how = "", .time = w->now };
	ask_for(&k, p, "document", "http://www.lab.test/", 0)->cache = "validated";
	pass(w, 60000);
	dns(w, "www.lab.test", "203.0.113.80");
	uint32_t f = tcp_open(w, "203.0.113.80", 80);
	http(w, f, "www.lab.test", "/", "text/html");
	const struct visit *v = one(w);
	assert_true(steps_other_log(w->s.steps));
	state_is(v, STEP_1, "inferred");
	assert_string_equal(v->requests[0].cache, "");
	assert_int_equal(v->page, 0);
	/* one that goes on until now is this visit's */
	rec_request(k.r, 1)->end = w->now;
	v = one(w);
	assert_false(steps_other_log(w->s.steps));
	state_is(v, STEP_1, "recorded");
	world_free(w);
}

/* A log in another order than the packets, with as much as it may hold, is tied in no time. */
static void many(void **state)
{
	(void)state;
	struct told k = secure();
	struct world *w = k.w;
	enum { ASKS = 50000, URL = 40 };
	uint32_t p = page(&k, "http://www.lab.test/");
	char *url = malloc((size_t)ASKS * URL);
	assert_non_null(url);
	uint32_t f = tcp_open(w, "203.0.113.80", 80), s = sock(&k, f, "203.0.113.80:80");
	for (int i = 0; i < ASKS; i++) {
		snprintf(url + URL * i, URL, "http://www.lab.test/%d", i);
		http(w, f, "www.lab.test", url + URL * i + strlen("http://www.lab.test"), "text/css");
	}
	for (int i = ASKS - 1; i >= 0; i--)
		ask_for(&k, p, "part", url + URL * i, i % 2 ? s : 0)->end = 0;
	clock_t begun = clock();
	steps_settle(w->s.steps);
	assert_true(clock() - begun < 3 * CLOCKS_PER_SEC);
	world_free(w);
	free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encrypted_page), cmocka_unit_test(two_pages),
		cmocka_unit_test(background), cmocka_unit_test(hsts_and_names),
		cmocka_unit_test(kernel), cmocka_unit_test(from_the_cache), cmocka_unit_test(hostile),
		cmocka_unit_test(another_log), cmocka_unit_test(another_client), cmocka_unit_test(cut_log),
		cmocka_unit_test(no_more_than_recorded), cmocka_unit_test(many),
	};
	return cmocka_run_group_tests_name("steps_recorded", tests, NULL, NULL);
}

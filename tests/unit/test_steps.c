/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/steps: lists of events in, visits out. */
#include "events.h"

/* What is true of every told visit, whatever happened. */
static void sound(struct world *w)
{
	for (uint32_t id = 1; id <= steps_n_visits(w->s.steps); id++) {
		const struct visit *v = steps_visit(w->s.steps, id);
		assert_int_equal(v->id, id);
		assert_true(*v->url && *v->final_url && *v->client && *v->summary);
		assert_true(v->start <= v->end);
		for (int i = STEP_1; i < STEPS; i++) {
			const struct step_entry *e = &v->step[i];
			assert_true(e->because && *e->because);
			assert_non_null(e->explain);
			assert_null(strchr(e->because, '{'));
			assert_null(strchr(e->explain, '{'));
			assert_true(!e->remark || !strchr(e->remark, '{'));
			assert_true(e->start <= e->end);
			for (uint32_t k = 0; k < e->n_frames && k < STEP_FRAMES; k++) {
				assert_true(e->frames[k] >= v->first_frame);
				assert_true(e->frames[k] <= v->last_frame);
				assert_true(!k || e->frames[k] > e->frames[k - 1]);
			}
		}
	}
	for (uint32_t n = 1; n <= session_n_frames(&w->s); n++) {
		const struct frame_rec *fr = session_frame(&w->s, n);
		assert_true(fr->visit <= steps_n_visits(w->s.steps));
		assert_int_equal(fr->visit != 0, fr->step != STEP_0);
		assert_true(fr->visit || !fr->also);
	}
}

static const struct visit *one(struct world *w)
{
	const struct visit *v = only_visit(w);
	sound(w);
	return v;
}

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
	assert_non_null(strstr(v->step[STEP_2_3].explain, "CNAME"));
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
	const struct visit *v = one(w);
	assert_string_equal(v->url, "http://www.lab.test/");
	assert_string_equal(v->final_url, "https://www.lab.test/");
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

/* IPv6 with NDP, and the race with IPv4 that it lost. */
static void happy_eyeballs(void **state)
{
	(void)state;
	struct world *w = world_new();
	uint32_t v4 = w->client;
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
	assert_non_null(strstr(v->connections[0].role, "lost the race"));
	assert_true(v->connections[1].document);
	assert_non_null(strstr(v->step[STEP_5_1].remark, "This is no error"));
	assert_string_equal(v->client, "192.168.0.10");
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
	assert_string_equal(fact_is(v, STEP_5_1, "server"), "[2001:db8:80::80]:8080");
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
					 (const uint16_t[]){ 53, 80, 443, 22, 5353 }[rand_r(&seed) % 5],
					 rand_r(&seed) % 3 ? 6 : 17);
			flows = (uint32_t)w->s.conns.count;
			uint32_t flow = rand_r(&seed) % 10 ? (uint32_t)rand_r(&seed) % flows : NO_FLOW;
			for (int k = rand_r(&seed) % 4; k > 0; k--) {
				uint32_t strings[] = { text(w, words[rand_r(&seed) % 12]), w->client,
					w->dns, w->gateway_mac, (uint32_t)rand_r(&seed) % 700, 1 << 16 | 3 };
				ev(w, (enum event_kind)(rand_r(&seed) % EV_KINDS),
				   strings[rand_r(&seed) % 6], strings[rand_r(&seed) % 6],
				   (uint16_t)(rand_r(&seed) % 8 ? rand_r(&seed) % 70 : 0x0304));
				uint32_t here = session_n_frames(&w->s) + 1;
				if (rand_r(&seed) % 4 == 0)
					w->ev[w->n_ev - 1].first_frame = 1 + (uint32_t)rand_r(&seed) % here;
			}
			if (flow != NO_FLOW && rand_r(&seed) % 20 == 0)
				session_conn(&w->s, flow)->client ^= 1;
			pass(w, rand_r(&seed) % 30 ? 1 : 3000);
			frame(w, flow, rand_r(&seed) % 2, (uint8_t)(rand_r(&seed) & 31));
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
		cmocka_unit_test(page_over_http), cmocka_unit_test(page_over_https),
		cmocka_unit_test(warm_neighbour_table), cmocka_unit_test(known_address),
		cmocka_unit_test(second_visit_remembers),
		cmocka_unit_test(capture_begins_in_the_middle), cmocka_unit_test(aliases),
		cmocka_unit_test(names_in_any_case), cmocka_unit_test(names_that_fail),
		cmocka_unit_test(name_without_answer), cmocka_unit_test(retry_then_answer),
		cmocka_unit_test(port_in_the_question), cmocka_unit_test(connection_refused),
		cmocka_unit_test(connection_unanswered), cmocka_unit_test(tls_alert),
		cmocka_unit_test(http_to_https), cmocka_unit_test(redirect_with_keys),
		cmocka_unit_test(answers_with_errors), cmocka_unit_test(several_connections),
		cmocka_unit_test(happy_eyeballs), cmocka_unit_test(ipv6_visit),
		cmocka_unit_test(quic_without_handshake),
		cmocka_unit_test(two_pages_on_one_connection), cmocka_unit_test(programs_in_a_row),
		cmocka_unit_test(failure_then_success), cmocka_unit_test(two_clients),
		cmocka_unit_test(background_is_folded),
		cmocka_unit_test(same_network_and_same_computer),
		cmocka_unit_test(losses_are_remarks), cmocka_unit_test(last_data_with_fin),
		cmocka_unit_test(no_visit), cmocka_unit_test(settled_again_and_again),
		cmocka_unit_test(random_events),
	};
	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}

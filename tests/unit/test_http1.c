/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTP/1 through the engine: messages tell the same however they are cut into segments; each is
 * shown on the packet that completes it; what lies, never ends or makes no sense stays in bounds.
 */
#include "talk.h"

static struct strbuf got, want;

static void expect_events(const struct talk *t, const char *expected)
{
	talk_events(t, &got);
	assert_string_equal(strbuf_str(&got), expected);
}

static bool noted(const struct talk *t, const char *note)
{
	talk_notes(t, &got);
	return strstr(strbuf_str(&got), note) != NULL;
}

/* ---- what is told and shown ---- */

static void a_page_and_its_redirect(void **state)
{
	(void)state;
	struct talk t = { 0 };
	talk_begin(&t, 80);
	talk_says(&t, 0, "GET /a%20b?x=1&y HTTP/1.1\r\nHost: WWW.lab.test:80\r\nCookie: a=1; b=2\r\n\r\n");
	talk_says(&t, 1, "HTTP/1.1 301 Moved Permanently\r\nServer: nginx\r\n"
		  "Location: https://www.lab.test/a\xc3\xa4\r\n"
		  "Strict-Transport-Security: max-age=31536000\r\nContent-Length: 0\r\n\r\n");
	talk_open(&t);
	expect_events(&t, "0 header 3 WWW.lab.test:80\n"
		      "0 GET http://www.lab.test/a%20b?x=1&y 11\n0 head 70\n0 end 0 0\n"
		      "1 header 4 nginx\n1 header 1 https://www.lab.test/a%C3%A4\n"
		      "1 header 2 max-age=31536000\n1 301  11\n1 head 149\n1 end 0 0\n");
	talk_fields(&t, "http.request.", true, &got);
	assert_string_equal(strbuf_str(&got),
		"4: http.request.method=GET\n4: http.request.uri=/a%20b?x=1&y\n"
		"4: http.request.uri.path=/a%20b\n4: http.request.uri.query=x=1&y\n"
		"4: http.request.uri.query.parameter=x=1\n4: http.request.uri.query.parameter=y\n"
		"4: http.request.version=HTTP/1.1\n"
		"4: http.request.line=Host: WWW.lab.test:80\r\n\n"
		"4: http.request.line=Cookie: a=1; b=2\r\n\n"
		"4: http.request.full_uri=http://www.lab.test/a%20b?x=1&y\n");
	talk_fields(&t, "http.cookie", false, &got);
	assert_string_equal(strbuf_str(&got),
		"http.cookie=a=1; b=2\nhttp.cookie_pair=a=1\nhttp.cookie_pair=b=2\n");
	talk_fields(&t, "http.response.", true, &got);
	assert_non_null(strstr(strbuf_str(&got), "5: http.response.version=HTTP/1.1\n"
			       "5: http.response.code=301\n"
			       "5: http.response.phrase=Moved Permanently\n"));
	talk_infos(&t, &got);
	assert_non_null(strstr(strbuf_str(&got), "4 GET /a%20b?x=1&y HTTP/1.1\n"
			       "5 HTTP/1.1 301 Moved Permanently\n"));
	talk_by_itself(&t, "http.");
	talk_close(&t);
}

static void a_message_is_shown_where_its_body_ends(void **state)
{
	(void)state;
	struct talk t = { 0 };
	talk_begin(&t, 8080);
	talk_says(&t, 0, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");			/* 4 */
	talk_says(&t, 1, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\n");	/* 5 */
	talk_says(&t, 1, "Content-Length: 10\r\n\r\n01234");			/* 6 */
	talk_says(&t, 1, "56789HTTP/1.1 404 Not");				/* 7 */
	talk_says(&t, 1, " Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");	/* 8 */
	talk_says(&t, 1, "cde\r\n0\r\n");					/* 9 */
	talk_says(&t, 1, "Trailer: yes\r\n\r\nHTTP/1.0 200 Fine\r\n\r\nto the end");	/* 10 */
	talk_ends(&t, 1);							/* 11 */
	talk_open(&t);
	talk_fields(&t, "http.response.code", true, &got);
	assert_string_equal(strbuf_str(&got), "7: http.response.code=200\n"
			    "10: http.response.code=404\n11: http.response.code=200\n");
	talk_fields(&t, "http.chunked_trailer_part", true, &got);
	assert_string_equal(strbuf_str(&got), "10: http.chunked_trailer_part=Trailer: yes\r\n\n");
	talk_infos(&t, &got);
	assert_non_null(strstr(strbuf_str(&got), "7 HTTP/1.1 200 OK  (text/html)\n"));
	talk_by_itself(&t, "http.");
	expect_events(&t, "0 header 3 a\n0 GET http://a/ 11\n0 head 27\n0 end 0 0\n"
		      "1 200 text/html 11\n1 head 75\n1 end 10 10\n"
		      "1 404  11\n1 head 54\n1 end 5 5\n1 200  10\n1 head 21\n1 end 10 10\n");
	uint32_t response = 0;
	for (size_t i = 0; i < t.s->events.count; i++) {
		const struct event *e = chunks_at(&t.s->events, i);
		if (e->kind == EV_HTTP_RESPONSE && !response++) {
			assert_int_equal(e->frame, 6);	/* the head is complete */
			assert_int_equal(e->first_frame, 5);
		}
	}
	talk_close(&t);
}

/* ---- the same however it is cut ---- */

static void dialogue(struct talk *t)
{
	talk_begin(t, 80);
	talk_says(t, 0, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /2 HTTP/1.1\r\nhost: h\r\n\r\n"
		  "\r\nPOST /3 HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 4\n\nbody"
		  "PUT /4 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=\"1\"\r\nabc\r\n0\r\n\r\n"
		  "GET http://other.test/5 HTTP/1.0\r\nX-Folded: one\r\n two\r\nHost: h\r\n\r\n"
		  "DELETE /6 HTTP/1.1\r\n\r\nGET /7 HTTP/1.1\r\n\r\n");
	talk_says(t, 1, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc"
		  "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
		  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
		  "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
		  "A\r\n0123456789\r\n000b\r\n01234567890\r\n0\r\nA: 1\r\nB: 2\r\n\r\n"
		  "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"
		  "HTTP/1.1 206 Partial Content\r\nContent-Length: 2, 2\r\n\r\nxy"
		  "HTTP/1.0 200\r\nContent-Type: Text/Plain\r\n\r\nto the very end");
	talk_ends(t, 1);
	talk_open(t);
}

/* What is shown either way: not the bodies, which are shown only where they fit one packet. */
static void learn(struct talk *t, struct strbuf *b)
{
	static struct strbuf part;
	static const char *const what[] = { "http.request", "http.response", "http.content",
					    "http.host", "http.chunked_trailer" };
	talk_events(t, b);
	for (size_t i = 0; i < sizeof what / sizeof what[0]; i++) {
		talk_fields(t, what[i], false, &part);
		strbuf_add(b, strbuf_str(&part), part.len);
	}
	talk_close(t);
}

static void what_the_dialogue_tells(void **state)
{
	(void)state;
	struct talk t = { 0 };
	dialogue(&t);
	expect_events(&t,
		"0 header 3 h\n0 GET http://h/1 11\n0 head 28\n0 end 0 0\n"
		"0 header 3 h\n0 HEAD http://h/2 11\n0 head 29\n0 end 0 0\n"
		"0 header 3 h\n0 POST http://h/3 11\n0 head 67\n0 end 4 4\n"
		"0 PUT http://203.0.113.80/4 11\n0 head 47\n0 end 3 3\n"
		"0 header 3 h\n0 GET http://other.test/5 10\n0 head 66\n0 end 0 0\n"
		"0 DELETE http://203.0.113.80/6 11\n0 head 22\n0 end 0 0\n"
		"0 GET http://203.0.113.80/7 11\n0 head 19\n0 end 0 0\n"
		"1 header 6 gzip\n1 200  11\n1 head 62\n1 end 3 -1\n"
		"1 200  11\n1 head 41\n1 end 0 0\n"
		"1 100  11\n1 head 25\n1 end 0 0\n"
		"1 204  11\n1 head 27\n1 end 0 0\n"
		"1 200  11\n1 head 53\n1 end 21 21\n"
		"1 304  11\n1 head 48\n1 end 0 0\n"
		"1 206  11\n1 head 54\n1 end 2 2\n"
		"1 200 text/plain 10\n1 head 42\n1 end 15 15\n");
	talk_by_itself(&t, "http.");
	talk_close(&t);
}

static void the_same_however_cut(void **state)
{
	(void)state;
	struct talk t = { 0 };
	dialogue(&t);
	learn(&t, &want);
	for (size_t cut = 1; cut < 620; cut++) {
		t = (struct talk){ .cut = cut };
		dialogue(&t);
		learn(&t, &got);
		if (strcmp(strbuf_str(&got), strbuf_str(&want)))
			fail_msg("cut at %zu:\n%s\nnot\n%s", cut, strbuf_str(&got), strbuf_str(&want));
	}
	static const size_t steps[] = { 1, 2, 3, 5, 7, 11, 64, 100 };
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		t = (struct talk){ .step = steps[i] };
		dialogue(&t);
		learn(&t, &got);
		assert_string_equal(strbuf_str(&got), strbuf_str(&want));
	}
}

static void every_frame_by_itself(void **state)
{
	(void)state;
	static const size_t steps[] = { 1, 13, 50 };
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct talk t = { .step = steps[i] };
		dialogue(&t);
		talk_by_itself(&t, "http.");
		talk_close(&t);
	}
}

/* ---- what is no plain request and response ---- */

static void a_tunnel_is_asked_what_it_carries(void **state)
{
	(void)state;
	static const uint8_t hello[] = { 22, 3, 1, 0, 4, 14, 0, 0, 0 };
	struct talk t = { 0 };
	talk_begin(&t, 3128);
	talk_says(&t, 0, "CONNECT h.test:443 HTTP/1.1\r\nHost: h.test:443\r\n\r\n");
	talk_says(&t, 1, "HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n");
	talk_bytes(&t, 0, hello, sizeof hello);
	talk_says(&t, 1, "HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n");
	talk_open(&t);
	talk_fields(&t, "tls.record.length", true, &got);
	assert_string_equal(strbuf_str(&got), "6: tls.record.length=4\n");
	talk_fields(&t, "http.response.code", true, &got);
	assert_string_equal(strbuf_str(&got), "5: http.response.code=200\n");
	talk_events(&t, &got);
	assert_non_null(strstr(strbuf_str(&got), "0 CONNECT h.test:443 11\n"));
	talk_by_itself(&t, "http.");
	talk_close(&t);
}

static void behind_an_upgrade_nothing_is_http(void **state)
{
	(void)state;
	struct talk t = { 0 };
	talk_begin(&t, 80);
	talk_says(&t, 0, "GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n");
	talk_says(&t, 1, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x03" "abc");
	talk_says(&t, 0, "GET /not HTTP/1.1\r\n\r\n");
	talk_says(&t, 1, "HTTP/1.1 200 OK\r\n\r\n");
	talk_open(&t);
	talk_fields(&t, "http.request.method", true, &got);
	assert_string_equal(strbuf_str(&got), "4: http.request.method=GET\n");
	talk_fields(&t, "http.response.code", true, &got);
	assert_string_equal(strbuf_str(&got), "5: http.response.code=101\n");
	talk_close(&t);
}

static void on_any_port_by_its_first_line(void **state)
{
	(void)state;
	struct talk t = { .step = 3 };
	talk_begin(&t, 12345);
	talk_says(&t, 0, "QUERY /x HTTP/1.1\r\n\r\n");
	talk_says(&t, 1, "HTTP/1.1 204 No Content\r\n\r\n");
	talk_open(&t);
	expect_events(&t, "0 QUERY http://203.0.113.80:12345/x 11\n0 head 21\n0 end 0 0\n"
		      "1 204  11\n1 head 27\n1 end 0 0\n");
	talk_close(&t);
	static const char *const others[] = {
		"OPTIONS rtsp://h/ RTSP/1.0\r\n\r\n", "INVITE sip:a@b SIP/2.0\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n", "220 mail.test ESMTP\r\n", "PRI * HTTP/2.0\r\n\r\n",
		"HTTP/2.0 200 OK\r\n\r\n", "G\0T / HTTP/1.1\r\n\r\n"
	};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		t = (struct talk){ 0 };
		talk_begin(&t, 12345);
		talk_says(&t, 0, others[i]);
		talk_open(&t);
		expect_events(&t, "");
		talk_close(&t);
	}
}

static void datagrams_of_ssdp(void **state)
{
	(void)state;
	static const char search[] = "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
		"MAN: \"ssdp:discover\"\r\n\r\n";
	struct talk t;
	talk_datagrams(&t, 1900);
	feed_udp(t.side, 0, (const uint8_t *)search, sizeof search - 1);
	feed_udp(t.side, 0, (const uint8_t *)"\0\1\2", 3);
	talk_open(&t);
	talk_fields(&t, "http.", false, &got);
	assert_non_null(strstr(strbuf_str(&got), "http.request.method=M-SEARCH\nhttp.request.uri=*\n"));
	assert_non_null(strstr(strbuf_str(&got), "http.host=239.255.255.250:1900\n"));
	talk_infos(&t, &got);
	assert_non_null(strstr(strbuf_str(&got), "1 M-SEARCH * HTTP/1.1\n"));
	assert_true(noted(&t, "2 osi.malformed\n"));
	talk_close(&t);
}

/* ---- what goes wrong ---- */

static void a_body_that_ends_too_early(void **state)
{
	(void)state;
	static const char *const bodies[] = {
		"Content-Length: 100\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n64\r\nabc"
	};
	for (int i = 0; i < 2; i++) {
		struct talk t = { 0 };
		talk_begin(&t, 80);
		talk_says(&t, 0, "GET / HTTP/1.1\r\n\r\n");
		talk_says(&t, 1, "HTTP/1.1 200 OK\r\n");
		talk_says(&t, 1, bodies[i]);
		talk_ends(&t, 1);
		talk_open(&t);
		assert_true(noted(&t, "7 osi.body_cut\n"));
		talk_fields(&t, "http.response.code", true, &got);
		assert_string_equal(strbuf_str(&got), "7: http.response.code=200\n");
		talk_events(&t, &got);
		assert_non_null(strstr(strbuf_str(&got), i ? "1 end 100 100\n" : "1 end 3 3\n"));
		talk_close(&t);
	}
}

static void a_body_with_a_gap(void **state)
{
	(void)state;
	struct talk t = { 0 };
	talk_begin(&t, 80);
	talk_says(&t, 0, "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
	talk_says(&t, 1, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234");
	t.side[1].seq += 10;	/* never captured */
	talk_says(&t, 1, "56789HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	feed_tcp(t.side, 0, FEED_ACK, NULL, 0);
	talk_ends(&t, 1);
	talk_open(&t);
	talk_events(&t, &got);
	assert_non_null(strstr(strbuf_str(&got), "1 end 20 20\n1 404 "));
	talk_close(&t);
	/* a gap in a head: the next message is found */
	t = (struct talk){ 0 };
	talk_begin(&t, 80);
	talk_says(&t, 0, "GET /1 HTTP/1.1\r\nHo");
	t.side[0].seq += 10;
	talk_says(&t, 0, "rest\r\n\r\n");
	talk_says(&t, 0, "GET /2 HTTP/1.1\r\n\r\n");
	talk_ends(&t, 0);
	talk_open(&t);
	talk_events(&t, &got);
	assert_string_equal(strbuf_str(&got), "0 GET http://203.0.113.80/2 11\n0 head 19\n0 end 0 0\n");
	talk_close(&t);
}

static void heads_that_never_end(void **state)
{
	(void)state;
	static char line[1001];
	struct talk t = { 0 };
	memset(line, 'x', 1000);
	talk_begin(&t, 80);
	talk_says(&t, 0, "GET / HTTP/1.1\r\nA: ");
	for (int i = 0; i < 300; i++)
		talk_says(&t, 0, line);
	talk_says(&t, 0, "\r\n\r\n");
	talk_says(&t, 0, "GET /after HTTP/1.1\r\n\r\n");
	talk_open(&t);
	expect_events(&t, "0 GET http://203.0.113.80/after 11\n0 head 27\n0 end 0 0\n");
	assert_true(noted(&t, "osi.limit"));
	talk_close(&t);
	t = (struct talk){ 0 };
	talk_begin(&t, 80);
	talk_says(&t, 0, "GET / HTTP/1.1\r\n");
	memset(line, 'a', 1000);
	for (int i = 0; i < 1000; i += 4)
		memcpy(line + i, "a:b\n", 4);
	for (int i = 0; i < 60; i++)	/* 15,000 header fields */
		talk_says(&t, 0, line);
	talk_says(&t, 0, "\r\n");
	talk_open(&t);
	expect_events(&t, "0 GET http://203.0.113.80/ 11\n0 head 60018\n0 end 0 0\n");
	assert_true(noted(&t, "osi.limit"));
	talk_close(&t);
}

static void what_makes_no_sense(void **state)
{
	(void)state;
	static const struct { const char *answer, *note; } cases[] = {
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", "osi.malformed" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc", "osi.malformed" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "fffffffffffffffff\r\nabc", "osi.malformed" },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", "osi.malformed" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc", "osi.http_head" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nabc", "osi.http_head" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "osi.http_head" },
		{ "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 1\r\n\r\na", "osi.http_head" },
		{ "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "" },
		{ "\x80\x81\x82 not http at all", "osi.stream_lost" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nabc", "osi.body_cut" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct talk t = { 0 };
		talk_begin(&t, 80);
		talk_says(&t, 0, "GET / HTTP/1.1\r\n\r\n");
		talk_says(&t, 1, cases[i].answer);
		talk_ends(&t, 1);
		talk_open(&t);
		if (!noted(&t, cases[i].note))
			fail_msg("no %s: %s", cases[i].note, cases[i].answer);
		talk_by_itself(&t, "http.");
		talk_close(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_and_its_redirect),
		cmocka_unit_test(a_message_is_shown_where_its_body_ends),
		cmocka_unit_test(what_the_dialogue_tells),
		cmocka_unit_test(the_same_however_cut),
		cmocka_unit_test(every_frame_by_itself),
		cmocka_unit_test(a_tunnel_is_asked_what_it_carries),
		cmocka_unit_test(behind_an_upgrade_nothing_is_http),
		cmocka_unit_test(on_any_port_by_its_first_line),
		cmocka_unit_test(datagrams_of_ssdp),
		cmocka_unit_test(a_body_that_ends_too_early),
		cmocka_unit_test(a_body_with_a_gap),
		cmocka_unit_test(heads_that_never_end),
		cmocka_unit_test(what_makes_no_sense),
	};
	int failed = cmocka_run_group_tests_name("http1", tests, NULL, NULL);
	strbuf_free(&got);
	strbuf_free(&want);
	return failed;
}

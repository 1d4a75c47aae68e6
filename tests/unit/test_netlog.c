/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chromium's own log: what the recorded visits' logs tell, to the letter. */
#include "frames.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "logs.h"
#include "session.h"

/* ---- a record as text ---- */

static const char *remote_of(const struct record *r, uint32_t socket)
{
	return socket ? rec_socket(r, socket)->remote : "-";
}

static void tell_requests(struct strbuf *b, const struct record *r)
{
	for (uint32_t i = 1, n = 0; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		if (!q->page)
			continue;
		strbuf_printf(b, "%u: page %u %s %s %s", ++n, q->page, q->kind, q->method, q->url);
		strbuf_printf(b, " %u %s %s/%llu", q->status, q->protocol, remote_of(r, q->socket),
			      (unsigned long long)q->stream);
		strbuf_printf(b, " %s %lld", q->mime, (long long)q->body);
		if (q->from)
			strbuf_printf(b, " after %s", rec_request(r, q->from)->url);
		strbuf_printf(b, "%s%s%s%s%s%s\n", *q->upgraded ? " " : "", q->upgraded,
			      *q->cache ? " " : "", q->cache, *q->error ? " " : "", q->error);
	}
}

static void tell_names(struct strbuf *b, const struct record *r)
{
	for (uint32_t i = 1; i <= record_count(r, REC_PAGE); i++)
		strbuf_printf(b, "page %s %s\n", rec_page(r, i)->url, rec_page(r, i)->error);
	for (uint32_t i = 1; i <= record_count(r, REC_LOOKUP); i++) {
		const struct rec_lookup *k = rec_lookup(r, i);
		if (k->page)
			strbuf_printf(b, "lookup %u %s %s %s %s%s\n", k->page, k->host, k->how,
				      k->addresses, k->aliases, k->error);
	}
	for (uint32_t i = 1; i <= record_count(r, REC_HSTS); i++) {
		const struct rec_hsts *h = rec_hsts(r, i);
		if (h->page)
			strbuf_printf(b, "hsts %u %s %s%s%s\n", h->page, h->host,
				      h->listed ? "listed " : "", h->upgraded ? "upgraded " : "",
				      h->how);
	}
}

static void is_told(const char *name, void (*tell)(struct strbuf *, const struct record *),
		    const char *expected)
{
	struct record *r = logs_read(name);
	struct strbuf b = { 0 };
	tell(&b, r);
	assert_string_equal(strbuf_str(&b), expected);
	strbuf_free(&b);
	record_free(r);
}

/* ---- the recorded visits ---- */

static void a_redirect_to_https(void **state)
{
	(void)state;
	is_told("http-to-https", tell_requests,
"1: page 1 document GET http://www.lab.test/ 301 http/1.1 203.0.113.80:80/0  -1\n"
"2: page 1 document GET https://www.lab.test/ 200 h2 203.0.113.80:443/1 text/html 620 "
	"after http://www.lab.test/\n"
"3: page 1 part GET https://www.lab.test/style.css 200 h2 203.0.113.80:443/3 text/css 368\n"
"4: page 1 part GET https://www.lab.test/app.js 200 h2 203.0.113.80:443/9 text/javascript 302\n"
"5: page 1 part GET https://www.lab.test/step1.png 200 h2 203.0.113.80:443/5 image/png 4443\n"
"6: page 1 part GET https://www.lab.test/step2.png 200 h2 203.0.113.80:443/7 image/png 4503\n"
"7: page 1 part GET https://www.lab.test/step3.png 200 h2 203.0.113.80:443/11 image/png 4657\n"
"8: page 1 part GET https://www.lab.test/step4.png 200 h2 203.0.113.80:443/13 image/png 4719\n"
"9: page 1 part GET https://www.lab.test/step5.png 200 h2 203.0.113.80:443/15 image/png 4791\n"
"10: page 1 part GET https://www.lab.test/step6.png 200 h2 203.0.113.80:443/17 image/png 4753\n"
"11: page 1 part GET https://www.lab.test/favicon.svg 200 h2 203.0.113.80:443/19 image/svg+xml 109\n");
	is_told("http-to-https", tell_names,
"page http://www.lab.test/ \n"
"lookup 1 www.lab.test dns 203.0.113.80 lab.cdn.lab.test,edge7.cdn.lab.test\n"
"lookup 1 www.lab.test dns 203.0.113.80 edge7.cdn.lab.test,lab.cdn.lab.test\n"
"hsts 1 www.lab.test \n"
"hsts 1 www.lab.test listed learned\n");
}

static void values_of_a_visit(void **state)
{
	(void)state;
	struct record *r = logs_read("http-to-https");
	const struct rec_request *q = rec_request(r, 4);
	const struct rec_socket *k = rec_socket(r, q->socket);
	assert_string_equal(r->browser, "Chromium 156.0.8078.79");
	assert_string_equal(r->doh, "off");
	assert_true(r->quic);
	assert_string_equal(q->hsts, "max-age=31536000; includeSubDomains");
	assert_string_equal(rec_request(r, 3)->location, "https://www.lab.test/");
	assert_true(q->start == 1795366870509000000 && q->sent == 1795366870528000000 &&
		    q->head == 1795366870539000000 && q->end == 1795366870540000000);
	assert_string_equal(k->transport, "tcp");
	assert_string_equal(k->local, "192.168.0.10:55982");
	assert_string_equal(k->alpn, "h2");
	assert_true(k->start == k->connected && k->start == 1795366870518000000);
	q = rec_request(r, 1);
	assert_string_equal(q->kind, "background");
	assert_string_equal(q->error, "ERR_NAME_NOT_RESOLVED");
	assert_int_equal(q->socket, 0);
	record_free(r);
}

static void names_of_visits(void **state)
{
	(void)state;
	is_told("hsts", tell_names,
"page http://www.lab.test/ \n"
"lookup 1 www.lab.test dns 203.0.113.80 edge7.cdn.lab.test,lab.cdn.lab.test\n"
"lookup 1 www.lab.test dns 203.0.113.80 lab.cdn.lab.test,edge7.cdn.lab.test\n"
"lookup 1 www.lab.test dns 203.0.113.80 edge7.cdn.lab.test,lab.cdn.lab.test\n"
"hsts 1 www.lab.test listed upgraded \n");
	is_told("hosts-file", tell_names,
"page http://friend.lab.test/ \nlookup 1 friend.lab.test hosts 203.0.113.81 \n"
"hsts 1 friend.lab.test \n");
	is_told("nxdomain", tell_names,
"page http://nowhere.lab.test/ ERR_NAME_NOT_RESOLVED\n"
"lookup 1 nowhere.lab.test dns  ERR_NAME_NOT_RESOLVED\n"
"lookup 1 nowhere.lab.test dns  ERR_NAME_NOT_RESOLVED\n"
"lookup 1 nowhere.lab.test dns  ERR_NAME_NOT_RESOLVED\n"
"hsts 1 nowhere.lab.test \n");
	is_told("half", tell_names,
"page http://half.lab.test/ \nlookup 1 half.lab.test dns 2001:db8:80::91,203.0.113.81 \n"
"hsts 1 half.lab.test \n");
	is_told("two-visits", tell_names,
"page http://plain.lab.test/ \npage https://www.lab.test/ \n"
"lookup 1 plain.lab.test dns 203.0.113.81 \n"
"lookup 2 www.lab.test dns 203.0.113.80 lab.cdn.lab.test,edge7.cdn.lab.test\n"
"hsts 1 plain.lab.test \nhsts 2 www.lab.test \nhsts 2 www.lab.test listed learned\n");
	is_told("warm-closed", tell_names,
"page https://tls12.lab.test/ \npage https://tls12.lab.test/ \n"
"lookup 1 tls12.lab.test dns 203.0.113.81 \nlookup 2 tls12.lab.test cache 203.0.113.81 \n"
"hsts 1 tls12.lab.test \nhsts 2 tls12.lab.test \n");
}

static void refused(void **state)
{
	(void)state;
	is_told("refused", tell_requests,
"1: page 1 document GET http://closed.lab.test/ 0  203.0.113.90:80/0  -1 ERR_CONNECTION_REFUSED\n");
	struct record *r = logs_read("refused");
	assert_int_equal(record_count(r, REC_SOCKET), 3);
	assert_string_equal(rec_page(r, 1)->error, "ERR_CONNECTION_REFUSED");
	assert_string_equal(rec_socket(r, 2)->error, "ERR_CONNECTION_REFUSED");
	assert_int_equal(rec_socket(r, 2)->connected, 0);
	record_free(r);
}

static void over_quic(void **state)
{
	(void)state;
	struct record *r = logs_read("https-h3");
	const struct rec_socket *k = rec_socket(r, 1);
	uint64_t stream = 0;
	assert_int_equal(record_count(r, REC_SOCKET), 1);
	assert_string_equal(k->transport, "quic");
	assert_string_equal(k->local, "192.168.0.10:47804");
	assert_string_equal(k->remote, "203.0.113.84:443");
	assert_true(k->start && k->connected > k->start);
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		if (!q->page)
			continue;
		assert_int_equal(q->socket, 1);
		assert_string_equal(q->protocol, "h3");
		assert_int_equal(q->stream, stream);
		assert_int_equal(q->status, 200);
		stream += 4;
	}
	assert_int_equal(stream, 40);
	record_free(r);
}

static void upgraded_by_hsts(void **state)
{
	(void)state;
	struct record *r = logs_read("hsts");
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		if (!*q->upgraded)
			continue;
		const struct rec_request *from = rec_request(r, q->from);
		assert_string_equal(q->upgraded, "hsts");
		assert_string_equal(q->url, "https://www.lab.test/");
		assert_string_equal(from->url, "http://www.lab.test/");
		assert_int_equal(from->socket + from->status, 0);
		record_free(r);
		return;
	}
	fail_msg("nothing was upgraded");
}

static void not_asked_again(void **state)
{
	(void)state;
	struct record *r = logs_read("warm");
	unsigned validated = 0, fresh = 0;
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		const struct rec_request *q = rec_request(r, i);
		bool again = q->page == 2;
		validated += again && !strcmp(q->cache, "validated") && q->status == 304;
		fresh += q->page == 1 && !*q->cache && q->status == 200;
	}
	assert_int_equal(validated, 9);
	assert_int_equal(fresh, 10);
	record_free(r);
}

/* Parts from the cache, a frame of another site, an address for a name, a body that is cut. */
static void cache_and_frames(void **state)
{
	(void)state;
	is_told("tests/unit/netlog-cache.json.gz", tell_requests,
"1: page 1 document GET http://127.0.0.1:8000/ 200 http/1.1 127.0.0.1:8000/0 text/html 116\n"
"2: page 1 part GET http://127.0.0.1:8000/c.png 200 http/1.1 127.0.0.1:8000/0 text/plain 500\n"
"3: page 1 part GET http://127.0.0.1:8000/r.png 302 http/1.1 127.0.0.1:8000/0  -1\n"
"4: page 1 part GET http://127.0.0.1:8000/c.css 200 http/1.1 127.0.0.1:8000/0 text/plain 500\n"
"5: page 1 part GET http://127.0.0.1:8000/c.png 0  -/0  0 after http://127.0.0.1:8000/r.png hit\n"
"6: page 1 frame GET http://localhost:8000/frame 200 http/1.1 127.0.0.1:8000/0 text/html 16\n"
"7: page 1 part GET http://localhost:8000/f.png 200 http/1.1 127.0.0.1:8000/0 text/plain 500\n"
"8: page 1 part GET http://127.0.0.1:8000/favicon.ico 200 http/1.1 127.0.0.1:8000/0 text/plain 500\n"
"9: page 2 document GET http://127.0.0.1:8000/two 200 http/1.1 127.0.0.1:8000/0 text/html 116\n"
"10: page 2 part GET http://127.0.0.1:8000/c.png 0  -/0  0 hit\n"
"11: page 2 part GET http://127.0.0.1:8000/r.png 302 http/1.1 127.0.0.1:8000/0  -1\n"
"12: page 2 part GET http://127.0.0.1:8000/c.png 0  -/0  0 after http://127.0.0.1:8000/r.png hit\n"
"13: page 2 frame GET http://localhost:8000/frame 200 http/1.1 127.0.0.1:8000/0 text/html 16\n"
"14: page 2 part GET http://localhost:8000/f.png 0  -/0  0 hit\n"
"15: page 2 part GET http://127.0.0.1:8000/favicon.ico 0  -/0  0 hit\n"
"16: page 3 document GET http://127.0.0.1:8000/dl 200 http/1.1 127.0.0.1:8000/0 text/html 100 "
	"ERR_CONTENT_LENGTH_MISMATCH\n"
"17: page 4 document GET http://www.lab.test/ 301 http/1.1 203.0.113.80:80/0  -1\n"
"18: page 4 document GET https://www.lab.test/ 0  203.0.113.80:443/0  -1 "
	"after http://www.lab.test/ ERR_CERT_AUTHORITY_INVALID\n");
	is_told("tests/unit/netlog-cache.json.gz", tell_names,
"page http://127.0.0.1:8000/ \npage http://127.0.0.1:8000/two \n"
"page http://127.0.0.1:8000/dl ERR_CONTENT_LENGTH_MISMATCH\n"
"page http://www.lab.test/ ERR_CERT_AUTHORITY_INVALID\n"
"lookup 1 127.0.0.1 literal 127.0.0.1 \nlookup 2 127.0.0.1 literal 127.0.0.1 \n"
"lookup 3 127.0.0.1 literal 127.0.0.1 \n"
"lookup 4 www.lab.test dns 203.0.113.80 lab.cdn.lab.test,edge7.cdn.lab.test\n"
"lookup 4 www.lab.test dns 203.0.113.80 lab.cdn.lab.test,edge7.cdn.lab.test\n"
"hsts 1 127.0.0.1 \nhsts 1 localhost \nhsts 2 127.0.0.1 \nhsts 2 localhost \n"
"hsts 3 127.0.0.1 \nhsts 4 www.lab.test \n");
}

/*
 * One page follows the other at once: what is looked up early is the next one's, and the icon of
 * the page before comes when the next one has begun. The system was asked for the names.
 */
static void one_after_the_other(void **state)
{
	(void)state;
	struct record *r = logs_read("tests/unit/netlog-follow.json.gz");
	struct strbuf b = { 0 };
	for (uint32_t i = 1; i <= record_count(r, REC_LOOKUP); i++)
		strbuf_printf(&b, "%u %s %s\n", rec_lookup(r, i)->page, rec_lookup(r, i)->host,
			      rec_lookup(r, i)->how);
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++) {
		if (strstr(rec_request(r, i)->url, "favicon"))
			strbuf_printf(&b, "%u %s\n", rec_request(r, i)->page, rec_request(r, i)->url);
	}
	assert_string_equal(strbuf_str(&b),
"1 plain.lab.test system\n2 www.lab.test system\n2 www.lab.test system\n3 h3.lab.test system\n"
"1 http://plain.lab.test/favicon.svg\n2 https://www.lab.test/favicon.svg\n"
"3 https://h3.lab.test/favicon.svg\n");
	strbuf_free(&b);
	record_free(r);
}

/* ---- beside the capture ---- */

static void end_text(struct strbuf *b, const struct session *s, const struct conn *c, int side)
{
	char text[INET6_ADDRSTRLEN];
	size_t n;
	const char *bytes = session_string(s, c->addr[side], &n);
	assert_non_null(inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text));
	strbuf_clear(b);
	strbuf_printf(b, n == 4 ? "%s:%u" : "[%s]:%u", text, c->port[side]);
}

static const struct rec_socket *socket_of(const struct record *r, const char *local,
					  const char *remote)
{
	for (uint32_t i = 1; i <= record_count(r, REC_SOCKET); i++) {
		const struct rec_socket *k = rec_socket(r, i);
		if (!strcmp(k->local, local) && !strcmp(k->remote, remote))
			return k;
	}
	return NULL;
}

/* Every connection of the capture is a socket of the log, and the other way round. */
static void sockets_are_connections(void **state)
{
	static const char *const names[] = { "background", "dual", "gallery-h2", "gallery-http",
		"hosts-file", "hsts", "http-plain", "http-to-https", "https-h2", "https-h3", "ipv6",
		"not-found", "server-error", "tls12", "two-visits", "warm", "warm-closed" };
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[256];
		snprintf(path, sizeof path, "pcaps/visits/%s.pcapng", names[i]);
		struct session *s = frames_open(unit_path(path));
		struct record *r = logs_read(names[i]);
		struct strbuf local = { 0 }, remote = { 0 };
		uint32_t connected = 0, found = 0;
		while (session_load(s, 1000, 0))
			;
		for (uint32_t k = 1; k <= record_count(r, REC_SOCKET); k++)
			connected += rec_socket(r, k)->connected != 0;
		for (size_t k = 0; k < s->conns.count; k++) {
			const struct conn *c = chunks_at(&s->conns, k);
			if (!c->number || c->port[!c->client] == 53)
				continue;
			end_text(&local, s, c, c->client);
			end_text(&remote, s, c, !c->client);
			const struct rec_socket *sock = socket_of(r, strbuf_str(&local),
								  strbuf_str(&remote));
			found += sock && sock->connected;
		}
		if (connected != found || !found)
			fail_msg("%s: %u of %u sockets are in the capture", names[i], found, connected);
		strbuf_free(&local);
		strbuf_free(&remote);
		record_free(r);
		session_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_redirect_to_https),
		cmocka_unit_test(values_of_a_visit),
		cmocka_unit_test(names_of_visits),
		cmocka_unit_test(refused),
		cmocka_unit_test(over_quic),
		cmocka_unit_test(upgraded_by_hsts),
		cmocka_unit_test(not_asked_again),
		cmocka_unit_test(cache_and_frames),
		cmocka_unit_test(one_after_the_other),
		cmocka_unit_test(sockets_are_connections),
	};
	return cmocka_run_group_tests_name("netlog", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The readers of curl's and Firefox's own logs: what they find in logs recorded in the lab
 * (tests/unit/data), the same however a log is cut into pieces; hostile ones do no harm.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "browser/browser.h"

static const char *const curl_logs[] = {
	"redirect", "hsts", "no-name", "refused", "silent", "two-addresses", "reused", "certificate", NULL
};
static const char *const moz_logs[] = {
	"redirect", "again", "no-name", "refused", "two-addresses", "http3", "certificate", NULL
};

static struct record *read_bytes(const struct log_kind *kind, const char *bytes, size_t n, size_t piece,
				 const char *url)
{
	struct record *r = record_new();
	r->url = record_text(r, url);
	struct log_reader *l = kind->open(r);
	for (size_t at = 0; at < n; at += piece)
		kind->feed(l, bytes + at, n - at < piece ? n - at : piece);
	kind->end(l);
	kind->free(l);
	return r;
}

static char *log_bytes(const struct log_kind *kind, const char *name, size_t *n)
{
	struct strbuf path = { 0 };
	strbuf_printf(&path, "tests/unit/data/%s-%s.txt", kind->name, name);
	char *bytes = (char *)unit_read(strbuf_str(&path), n);
	strbuf_free(&path);
	return bytes;
}

static struct record *read_log(const struct log_kind *kind, const char *name, const char *url)
{
	size_t n;
	char *bytes = log_bytes(kind, name, &n);
	struct record *r = read_bytes(kind, bytes, n, 4096, url);
	free(bytes);
	return r;
}

/* ---- what was found, a line each ---- */

static void say_request(const struct record *r, uint32_t i, struct strbuf *b)
{
	const struct rec_request *q = rec_request(r, i);
	strbuf_printf(b, "%u %s p%u %s %s", i, q->kind, q->page, q->method, q->url);
	if (q->from)
		strbuf_printf(b, " from %u%s", q->from, q->upgraded);
	if (q->status)
		strbuf_printf(b, " %s %u %s body %d", q->protocol, q->status, q->mime, (int)q->body);
	if (q->socket)
		strbuf_printf(b, " on %u/%d", q->socket, (int)q->stream);
	strbuf_printf(b, "%s%s%s%s%s\n", *q->hsts ? " sts" : "", *q->cache ? " " : "", q->cache,
		      *q->error ? " !" : "", q->error);
}

static void say_socket(const struct record *r, uint32_t i, struct strbuf *b)
{
	const struct rec_socket *s = rec_socket(r, i);
	strbuf_printf(b, "socket %u %s %s>%s%s%s%s%s%s\n", i, s->transport, s->local, s->remote,
		      *s->alpn ? " " : "", s->alpn, s->connected ? "" : " unconnected",
		      *s->error ? " !" : "", s->error);
}

static const char *told(const struct record *r)
{
	static struct strbuf b;
	strbuf_clear(&b);
	for (uint32_t i = 1; i <= record_count(r, REC_PAGE); i++) {
		const struct rec_page *p = rec_page(r, i);
		strbuf_printf(&b, "page %s %s%s\n", p->url, p->loaded ? "loaded" : "!", p->error);
	}
	for (uint32_t i = 1; i <= record_count(r, REC_HSTS); i++) {
		const struct rec_hsts *h = rec_hsts(r, i);
		strbuf_printf(&b, "hsts %s %d%d%s\n", h->host, h->listed, h->upgraded, h->how);
	}
	for (uint32_t i = 1; i <= record_count(r, REC_LOOKUP); i++) {
		const struct rec_lookup *k = rec_lookup(r, i);
		strbuf_printf(&b, "lookup %s %s %s%s\n", k->host, k->how, k->addresses, k->error);
	}
	for (uint32_t i = 1; i <= record_count(r, REC_REQUEST); i++)
		say_request(r, i, &b);
	for (uint32_t i = 1; i <= record_count(r, REC_SOCKET); i++)
		say_socket(r, i, &b);
	if (r->cut)
		strbuf_puts(&b, "cut\n");
	return strbuf_str(&b);
}

/* What is expected stands beside the log, in NAME.told; OSISCOPE_UPDATE=1 writes it. */
static void expect(const struct log_kind *kind, const char *name)
{
	struct strbuf path = { 0 };
	struct record *r = read_log(kind, name, "http://u.lab.test/");
	const char *update = getenv("OSISCOPE_UPDATE");
	strbuf_printf(&path, "tests/unit/data/%s-%s.told", kind->name, name);
	FILE *f = update && *update == '1' ? fopen(unit_path(strbuf_str(&path)), "w") : NULL;
	if (f) {
		fputs(told(r), f);
		fclose(f);
	}
	size_t n;
	char *want = (char *)unit_read(strbuf_str(&path), &n);
	want = xrealloc(want, n + 1);
	want[n] = 0;
	assert_string_equal(told(r), want);
	assert_string_equal(r->log, kind->name);
	free(want);
	strbuf_free(&path);
	record_free(r);
}

static void expect_all(const struct log_kind *kind, const char *const *names)
{
	for (; *names; names++)
		expect(kind, *names);
}

static void what_is_told(void **state)
{
	(void)state;
	expect_all(&log_curl, curl_logs);
	expect_all(&log_mozlog, moz_logs);
}

static void times_are_in_order(void **state)
{
	(void)state;
	struct record *r = read_log(&log_mozlog, "redirect", "");
	const struct rec_request *q = rec_request(r, 3);
	assert_int_equal(rec_page(r, 1)->start, 1795617033918642000);
	assert_true(q->start < q->sent && q->sent < q->head && q->head < q->end);
	assert_true(rec_socket(r, 2)->start < rec_socket(r, 2)->connected);
	assert_true(rec_socket(r, 2)->connected < q->sent);
	record_free(r);
	r = read_log(&log_curl, "redirect", "");
	q = rec_request(r, 2);
	assert_int_equal(q->sent % 86400000000000, 52078588162000);
	assert_true(q->start < q->sent && q->sent < q->head && q->head <= q->end);
	record_free(r);
}

/* ---- whatever comes ---- */

static void pieces_of(const struct log_kind *kind, const char *const *names)
{
	static const size_t pieces[] = { 1, 2, 7, 1000 };
	for (; *names; names++) {
		size_t n;
		char *bytes = log_bytes(kind, *names, &n);
		struct record *r = read_bytes(kind, bytes, n, n, "http://u.lab.test/");
		char *whole = record_to_json(r);
		record_free(r);
		for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
			r = read_bytes(kind, bytes, n, pieces[i], "http://u.lab.test/");
			char *json = record_to_json(r);
			assert_string_equal(json, whole);
			free(json);
			record_free(r);
		}
		free(whole);
		free(bytes);
	}
}

static void pieces_change_nothing(void **state)
{
	(void)state;
	pieces_of(&log_curl, curl_logs);
	pieces_of(&log_mozlog, moz_logs);
}

static void hostile(const struct log_kind *kind, const char *const *names, int rounds)
{
	uint64_t random = 88172645463325252u;
	for (; *names; names++) {
		size_t n;
		char *bytes = log_bytes(kind, *names, &n), *bad = xmalloc(n);
		for (int i = 0; i < rounds; i++) {
			memcpy(bad, bytes, n);
			size_t len = i % 3 ? n : unit_random(&random) % n;
			for (uint32_t k = unit_random(&random) % 200; k; k--)
				bad[unit_random(&random) % n] = (char)unit_random(&random);
			size_t to = unit_random(&random) % n, from = unit_random(&random) % n;
			size_t move = unit_random(&random) % (n - (to > from ? to : from));
			memmove(bad + to, bad + from, move);
			record_free(read_bytes(kind, bad, len, len ? len : 1, "http://u.lab.test/"));
		}
		free(bad);
		free(bytes);
	}
}

static void hostile_logs_do_no_harm(void **state)
{
	(void)state;
	hostile(&log_curl, curl_logs, 200);
	hostile(&log_mozlog, moz_logs, 40);
}

/* A log cut anywhere tells no more than the whole, and says that it is cut. */
static void a_log_may_end_anywhere(void **state)
{
	(void)state;
	size_t n;
	char *bytes = log_bytes(&log_curl, "redirect", &n);
	for (size_t i = 0; i + 60 < n; i += 13) {
		struct record *r = read_bytes(&log_curl, bytes, i, i + 1, "http://www.lab.test/");
		assert_true(record_count(r, REC_REQUEST) <= 2);
		if (i < n - 1200)
			assert_true(r->cut);
		record_free(r);
	}
	free(bytes);
}

/* What a server sends is no word of curl's: each of its lines stands behind an offset. */
static void a_server_cannot_forge(void **state)
{
	static const char log[] =
		"10:00:00.000001 == Info:   Trying 192.0.2.1:80...\n"
		"10:00:00.000002 == Info: Connected to a.lab.test (192.0.2.1) port 80 (#0)\n"
		"10:00:00.000003 => Send header, 40 bytes (0x28)\n"
		"0000: GET / HTTP/1.1\n0010: Host: a.lab.test\n0022: \n"
		"10:00:00.000004 <= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n"
		"10:00:00.000005 <= Recv header, 90 bytes (0x5a)\n"
		"0000: X: 10:00:00.000006 == Info: Connected to evil (192.0.2.1) port 1\n"
		"0040: curl: (7) forged\n"
		"10:00:00.000006 <= Recv header, 20 bytes (0x14)\n"
		"0000: Strict-Transport-Security: max-age=1 aaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
		"0040: Location: http://forged/\n"
		"10:00:00.000006 <= Recv header, 2 bytes (0x2)\n0000: \n"
		"10:00:00.000007 <= Recv data, 30 bytes (0x1e)\n"
		"0000: == Info: Switched from HTTP to HTTPS due to HSTS => x\n"
		"0020: 10:00:00.000006 == Info: Issue another request to this URL: 'x'\n"
		"10:00:00.000008 == Info: Connection #0 to host a.lab.test left intact\n";
	(void)state;
	struct record *r = read_bytes(&log_curl, log, sizeof log - 1, 5, "http://a.lab.test/");
	assert_string_equal(told(r), "page http://a.lab.test/ loaded\nhsts a.lab.test 00\n"
			    "lookup a.lab.test system 192.0.2.1\n"
			    "1 document p1 GET http://a.lab.test/ http/1.1 200  body 30 on 1/0 sts\n"
			    "socket 1 tcp >192.0.2.1:80\n");
	assert_string_equal(r->words, "");
	record_free(r);
}

/* Numbers of connections that are not there, or that nothing can have. */
static void connections_without_numbers(void **state)
{
	static const char log[] =
		"10:00:00.000001 == Info:   Trying 192.0.2.1:80...\n"
		"10:00:00.000002 == Info: Connected to a.lab.test (192.0.2.1) port 80\n"
		"10:00:00.000003 == Info: Issue another request to this URL: 'http://a.lab.test/2'\n"
		"10:00:00.000004 == Info: Re-using existing http: connection with host a.lab.test\n"
		"10:00:00.000005 => Send header, 40 bytes (0x28)\n0000: GET /2 HTTP/1.1\n"
		"0011: Host: a.lab.test\n0023: \n"
		"10:00:00.000006 == Info: Re-using existing connection #99999999999999999999 with host x\n"
		"10:00:00.000006 == Info: Re-using existing connection #64 with host x\n";
	(void)state;
	struct record *r = read_bytes(&log_curl, log, sizeof log - 1, 5, "http://a.lab.test/");
	assert_string_equal(told(r), "page http://a.lab.test/ !\nhsts a.lab.test 00\n"
			    "lookup a.lab.test system 192.0.2.1\n1 document p1 GET http://a.lab.test/\n"
			    "2 document p1 GET http://a.lab.test/2 from 1 on 1/0\n"
			    "socket 1 tcp >192.0.2.1:80\ncut\n");
	record_free(r);
}

/* As curl 8 words it, which tells its own address too. */
static void newer_curl(void **state)
{
	static const char log[] =
		"10:00:00.000001 == Info: Host a.lab.test:443 was resolved.\n"
		"10:00:00.000001 == Info: IPv6: 2001:db8::1\n10:00:00.000001 == Info: IPv4: 192.0.2.1, 192.0.2.2\n"
		"10:00:00.000002 == Info:   Trying [2001:db8::1]:443...\n"
		"10:00:00.000003 == Info: ALPN: curl offers h2,http/1.1\n"
		"10:00:00.000004 == Info: SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256 / x\n"
		"10:00:00.000004 == Info: ALPN: server accepted h2\n"
		"10:00:00.000005 == Info: Established connection to a.lab.test (2001:db8::1 port 443) "
		"from 2001:db8::2 port 50000 \n"
		"10:00:00.000006 == Info: [HTTP/2] [1] OPENED stream for https://a.lab.test/\n"
		"10:00:00.000007 => Send header, 40 bytes (0x28)\n"
		"0000: GET / HTTP/2\n000e: Host: a.lab.test\n0020: \n"
		"10:00:00.000008 <= Recv header, 13 bytes (0xd)\n0000: HTTP/2 204 \n"
		"10:00:00.000009 <= Recv header, 2 bytes (0x2)\n0000: \n"
		"10:00:00.000010 == Info: Connection #0 to host a.lab.test:443 left intact\n";
	(void)state;
	struct record *r = read_bytes(&log_curl, log, sizeof log - 1, 9, "https://a.lab.test/");
	assert_string_equal(told(r), "page https://a.lab.test/ loaded\n"
			    "lookup a.lab.test system 2001:db8::1,192.0.2.1,192.0.2.2\n"
			    "1 document p1 GET https://a.lab.test/ h2 204  body 0 on 1/1\n"
			    "socket 1 tcp [2001:db8::2]:50000>[2001:db8::1]:443 h2\n");
	record_free(r);
}

/* ---- how they are started ---- */

static bool has(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->word[i], word))
			return true;
	return false;
}

static void commands(void **state)
{
	char *more[] = { (char[]){ "--more" }, NULL };
	struct browser_plan p = { .program = "/x", .url = "https://a.lab.test/%s", .profile = "/p%d",
				  .log = "/l%n", .keys = "/k", .headless = true, .more = more };
	(void)state;
	for (int i = 0; i < 2; i++) {
		const struct browser_kind *kind = i ? &browser_firefox : &browser_curl;
		struct words argv = { 0 }, env = { 0 };
		kind->command(&p, &argv, &env);
		assert_true(has(&argv, "--more") && has(&argv, p.url) && has(&env, "SSLKEYLOGFILE=/k"));
		assert_true(i ? has(&argv, "--headless") && has(&argv, "/p%d") && has(&env, "MOZ_LOG_FILE=/l%n")
			      : has(&argv, "/p%d/hsts") && has(&argv, "/l%n") && !has(&argv, "--alt-svc"));
		words_free(&argv);
		words_free(&env);
	}
}

static void profiles(void **state)
{
	(void)state;
	char folder[] = "/tmp/osiscope-unit.XXXXXX", path[128], text[1 << 14];
	struct err err;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/log", folder);
	struct browser_plan p = { .profile = folder, .log = path };
	for (int warm = 0; warm < 2; warm++) {
		assert_int_equal(browser_firefox.prepare(&p, &err), 0);
		assert_int_equal(browser_curl.prepare(&p, &err), 0);
	}
	static const char *const made[] = { "log.moz_log", "cookies", "user.js" };
	struct stat st;
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, made[i]);
		assert_int_equal(lstat(path, &st), 0);
		if (i == 2) {
			FILE *f = fopen(path, "r");
			text[fread(text, 1, sizeof text - 1, f)] = 0;
			fclose(f);
			assert_non_null(strstr(text, "user_pref(\"network.trr.mode\", 5);\n"));
			assert_non_null(strstr(text, "user_pref(\"network.http.http3.enable\", false);\n"));
		}
		unlink(path);
	}
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(browser_firefox.prepare(&p, &err), -1);
	assert_int_equal(browser_curl.prepare(&p, &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told),
		cmocka_unit_test(times_are_in_order),
		cmocka_unit_test(pieces_change_nothing),
		cmocka_unit_test(hostile_logs_do_no_harm),
		cmocka_unit_test(a_log_may_end_anywhere),
		cmocka_unit_test(a_server_cannot_forge),
		cmocka_unit_test(connections_without_numbers),
		cmocka_unit_test(newer_curl),
		cmocka_unit_test(commands),
		cmocka_unit_test(profiles),
	};
	return cmocka_run_group_tests_name("browser", tests, NULL, NULL);
}

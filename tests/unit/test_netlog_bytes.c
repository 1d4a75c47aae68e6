/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chromium's own log: the same however the bytes come; and one that is cut, lies, or is none. */
#include "logs.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "browser/browser.h"
#include "browser/logfile.h"

/* ---- bytes as they come ---- */

static char *fed(const char *bytes, size_t n, size_t piece, uint64_t seed)
{
	struct record *r = record_new();
	struct log_reader *l = log_netlog.open(r);
	for (size_t at = 0; at < n;) {
		size_t part = seed ? 1 + unit_random(&seed) % piece : piece;
		part = part < n - at ? part : n - at;
		log_netlog.feed(l, bytes + at, part);
		at += part;
	}
	log_netlog.end(l);
	log_netlog.free(l);
	char *text = record_to_json(r);
	record_free(r);
	return text;
}

static void pieces_of_any_size(void **state)
{
	static const char *const names[] = { "http-to-https", "https-h3", "tests/unit/netlog-cache.json.gz" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t n;
		char *bytes = logs_unpacked(names[i], &n), *whole = fed(bytes, n, n, 0);
		for (uint64_t seed = 0; seed < 4; seed++) {
			char *text = fed(bytes, n, seed ? (size_t)7 << (4 * seed) : 1, seed);
			assert_string_equal(text, whole);
			free(text);
		}
		free(whole);
		free(bytes);
	}
}

static void cut_anywhere(void **state)
{
	(void)state;
	size_t n;
	char *bytes = logs_unpacked("tests/unit/netlog-cache.json.gz", &n);
	for (size_t end = 0; end < n; end += 1000) {
		char *text = fed(bytes, end, 1 << 16, 0);
		assert_non_null(strstr(text, "\"cut\""));
		assert_null(strstr(text, "left_out"));
		assert_true(end < 20000 ? true : !!strstr(text, "http://127.0.0.1:8000/"));
		free(text);
	}
	free(bytes);
}

static void bytes_that_lie(void **state)
{
	(void)state;
	size_t n;
	char *bytes = logs_unpacked("tests/unit/netlog-cache.json.gz", &n), *lies = xmalloc(n);
	uint64_t seed = 20261125;
	for (int round = 0; round < 40; round++) {
		memcpy(lies, bytes, n);
		for (unsigned k = 0; k < 1u << round % 12; k++)
			lies[unit_random(&seed) % n] = (char)unit_random(&seed);
		free(fed(lies, n, 5000, seed));
	}
	free(lies);
	free(bytes);
}

/* ---- logs that are odd ---- */

static struct record *of_text(const char *text)
{
	struct record *r = record_new();
	struct log_reader *l = log_netlog.open(r);
	log_netlog.feed(l, text, strlen(text));
	log_netlog.end(l);
	log_netlog.free(l);
	return r;
}

static void names_that_lack(void **state)
{
	(void)state;
	struct record *r = of_text("not a log\n{\"type\":1}\n");
	assert_string_equal(r->missing, "constants");
	record_free(r);
	r = of_text("{\"constants\":{\"logFormatVersion\":2,\"clientInfo\":{\"name\":\"Chrome\","
		    "\"version\":\"9\"},\"timeTickOffset\":\"0\",\"logEventPhase\":{},\"netError\":{},"
		    "\"logSourceType\":{\"URL_REQUEST\":1},\"logEventTypes\":{\"URL_REQUEST_START_JOB\":7}},\n"
		    "\"events\": [\n"
		    "{\"type\":7,\"phase\":1,\"time\":\"12\",\"source\":{\"id\":3,\"type\":1},\"params\":"
		    "{\"url\":\"http://a.test/\",\"request_type\":\"main frame\",\"method\":\"GET\"}},\n"
		    "{\"type\":7,\n"
		    "],\n");
	assert_string_equal(r->browser, "Chrome 9");
	assert_non_null(strstr(r->missing, "logFormatVersion,REQUEST_ALIVE,"));
	assert_non_null(strstr(r->missing, "HTTP2_SESSION"));
	assert_null(strstr(r->missing, "URL_REQUEST_START_JOB"));
	assert_int_equal(record_count(r, REC_PAGE), 1);
	assert_true(rec_page(r, 1)->start == 12000000);
	assert_int_equal(r->left_out, 1);
	assert_false(r->cut);
	record_free(r);
}

/* One request over https whose answer has the header, before which the list is asked. */
static void sts_request(struct strbuf *b, int id, const char *host, bool listed, const char *header)
{
	const char *source = "\"time\":\"9\",\"source\":{\"type\":1,\"id\":";
	strbuf_printf(b, "{\"type\":2,%s%d},\"params\":{\"host\":\"%s\",\"get_sts_state_result\":%s}},\n",
		      source, id, host, listed ? "true" : "false");
	strbuf_printf(b, "{\"type\":1,\"phase\":1,%s%d},\"params\":{\"url\":\"https://%s/\","
		      "\"request_type\":\"main frame\",\"method\":\"GET\"}},\n", source, id, host);
	strbuf_printf(b, "{\"type\":3,%s%d},\"params\":{\"headers\":[\"HTTP/1.1 200\","
		      "\"Strict-Transport-Security: %s\"]}},\n", source, id, header);
}

static void learned_from_answers(void **state)
{
	static const char *const expected[] = { "", "learned", "learned", "", "", "" };
	(void)state;
	struct strbuf b = { 0 };
	strbuf_puts(&b, "{\"constants\":{\"logFormatVersion\":1,\"logSourceType\":{\"URL_REQUEST\":1},"
		    "\"logEventTypes\":{\"URL_REQUEST_START_JOB\":1,"
		    "\"TRANSPORT_SECURITY_STATE_SHOULD_UPGRADE_TO_SSL\":2,"
		    "\"HTTP_TRANSACTION_READ_RESPONSE_HEADERS\":3}},\n\"events\": [\n");
	sts_request(&b, 1, "a.test", true, "max-age=9; includeSubDomains");
	sts_request(&b, 2, "a.test", true, "max-age=9; includeSubDomains");
	sts_request(&b, 3, "b.a.test", true, "max-age=0");
	sts_request(&b, 4, "a.test", false, "max-age=0; preload");
	sts_request(&b, 5, "b.a.test", true, "max-age=9");
	sts_request(&b, 6, "c.b.a.test", true, "nonsense");
	struct record *r = of_text(strbuf_str(&b));
	assert_int_equal(record_count(r, REC_HSTS), 6);
	for (uint32_t i = 1; i <= 6; i++) {
		assert_string_equal(rec_hsts(r, i)->how, expected[i - 1]);
		assert_int_equal(rec_hsts(r, i)->page, i);
	}
	record_free(r);
	strbuf_free(&b);
}

/* A line beyond the cap is passed over; the log goes on behind it. */
static void a_line_too_long(void **state)
{
	(void)state;
	struct record *r = record_new();
	struct log_reader *l = log_netlog.open(r);
	static const char start[] = "{\"constants\":{}},\n\"events\": [\n{";
	char piece[4096];
	memset(piece, 'x', sizeof piece);
	log_netlog.feed(l, start, sizeof start - 1);
	for (int i = 0; i < 5000; i++)
		log_netlog.feed(l, piece, sizeof piece);
	log_netlog.feed(l, "\n],\n", 4);
	log_netlog.end(l);
	log_netlog.free(l);
	assert_true(r->left_out >= 16 << 20);
	assert_false(r->cut);
	record_free(r);
}

static void files_that_are_none(void **state)
{
	(void)state;
	struct record *r = record_new();
	struct err err;
	assert_false(netlog_file(r, unit_file("", 0), &err));
	assert_non_null(strstr(err.text, "empty"));
	assert_false(netlog_file(r, unit_file("{\"log\":{}}\n", 11), &err));
	assert_non_null(strstr(err.text, "NetLog"));
	assert_false(netlog_file(r, "/nowhere/at/all", &err));
	assert_null(strchr(err.text, '\n'));
	assert_string_equal(r->log, "");
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_any_size),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(bytes_that_lie),
		cmocka_unit_test(names_that_lack),
		cmocka_unit_test(learned_from_answers),
		cmocka_unit_test(a_line_too_long),
		cmocka_unit_test(files_that_are_none),
	};
	return cmocka_run_group_tests_name("netlog_bytes", tests, NULL, NULL);
}

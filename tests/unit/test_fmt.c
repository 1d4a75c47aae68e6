/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/fmt: text in cells and safe, numbers and addresses, durations and amounts, redaction. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fmt/digits.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "fmt/redact.h"
#include "fmt/text.h"
#include "fmt/value.h"

/* ---- UTF-8 ---- */

/* The text with U+FFFD as "<bad>", one for each ill-formed part. */
static const char *parts(const char *s, size_t n)
{
	static char out[256];
	size_t at = 0;
	out[0] = '\0';
	while (n) {
		uint32_t c;
		size_t len = utf8_next(s, n, &c);
		assert_in_range(len, 1, n);
		at += (size_t)snprintf(out + at, sizeof out - at, c == UTF8_BAD ? "<bad%zu>" : "<%zx>",
				       c == UTF8_BAD ? len : (size_t)c);
		s += len;
		n -= len;
	}
	return out;
}

static void utf8_splits_as_unicode_says(void **state)
{
	(void)state;
	assert_string_equal(parts("a\xc3\xa9\xea\xb0\x80\xf0\x9f\x98\x80", 10), "<61><e9><ac00><1f600>");
	/* Unicode 15, table 3-8: E1 80 E2 F0 91 92 F1 BF 41 */
	assert_string_equal(parts("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 9),
			    "<bad2><bad1><bad3><bad2><41>");
	/* overlong, surrogate, beyond U+10FFFF, lone continuation */
	assert_string_equal(parts("\xc0\xaf", 2), "<bad1><bad1>");
	assert_string_equal(parts("\xed\xa0\x80", 3), "<bad1><bad1><bad1>");
	assert_string_equal(parts("\xf4\x90\x80\x80", 4), "<bad1><bad1><bad1><bad1>");
	assert_string_equal(parts("\x80", 1), "<bad1>");
	assert_string_equal(parts("\xea\xb0", 2), "<bad2>");
}

static void utf8_comes_back(void **state)
{
	(void)state;
	for (uint32_t c = 1; c < 0x110000; c += 7) {
		char s[4];
		uint32_t back;
		if (c >= 0xd800 && c < 0xe000)
			continue;
		size_t n = utf8_put(s, c);
		assert_int_equal(utf8_next(s, n, &back), n);
		assert_int_equal(back, c);
	}
}

/* ---- escapes ---- */

static void escaped(const char *s, size_t n, const char *want)
{
	struct strbuf to = {0};
	text_escape(&to, s, n);
	assert_string_equal(strbuf_str(&to), want);
	strbuf_free(&to);
}

static void escape_keeps_what_is_harmless(void **state)
{
	(void)state;
	escaped("", 0, "");
	escaped("www.lab.test", 12, "www.lab.test");
	escaped("가나다 é 😀", strlen("가나다 é 😀"), "가나다 é 😀");
	escaped("e\xcc\x81", 3, "e\xcc\x81");
}

static void escape_hides_nothing_and_runs_nothing(void **state)
{
	(void)state;
	escaped("a\x1b[2Jb", 6, "a\\x1b[2Jb");
	escaped("\0", 1, "\\x00");
	escaped("a\nb\rc\td\\", 8, "a\\nb\\rc\\td\\\\");
	escaped("\x7f", 1, "\\x7f");
	escaped("\xc2\x9b", 2, "\\u009b");			/* C1: CSI */
	escaped("\xe2\x80\xae", 3, "\\u202e");			/* right-to-left override */
	escaped("\xe2\x81\xa6", 3, "\\u2066");			/* isolate */
	escaped("a\xe2\x80\x8b", 4, "a\\u200b");		/* zero-width space */
	escaped("\xef\xbb\xbf", 3, "\\ufeff");
	escaped("\xe3\x85\xa4", 3, "\\u3164");			/* Hangul filler: an empty name */
	escaped("\xf3\xa0\x81\x81", 4, "\\U000e0041");		/* tag */
	escaped("\xe2\x80\xa8", 3, "\\u2028");			/* line separator */
	escaped("\xff\xfe", 2, "\xef\xbf\xbd\xef\xbf\xbd");
	escaped("\xe1\x80", 2, "\xef\xbf\xbd");
	escaped("\xcc\x81x", 3, "\\u0301x");			/* would change what stands before */
}

static void escape_bounds_piles_of_marks(void **state)
{
	(void)state;
	struct strbuf s = {0}, to = {0};
	strbuf_putc(&s, 'x');
	for (int i = 0; i < 100; i++)
		strbuf_puts(&s, "\xcc\x81");
	text_escape(&to, strbuf_str(&s), s.len);
	assert_int_equal(text_width(strbuf_str(&to), to.len), 1 + 96 * 6);
	strbuf_free(&s);
	strbuf_free(&to);
}

/* No byte string makes a control character, and what comes out stays as it is the second time. */
static void escape_is_safe_for_all_bytes(void **state)
{
	(void)state;
	uint64_t seed = 42;
	for (int turn = 0; turn < 20000; turn++) {
		char s[24];
		size_t n = unit_random(&seed) % sizeof s;
		for (size_t i = 0; i < n; i++)
			s[i] = (char)unit_random(&seed);
		struct strbuf to = {0};
		text_escape(&to, s, n);
		for (size_t i = 0; i < to.len;) {
			uint32_t c;
			i += utf8_next(to.s + i, to.len - i, &c);
			assert_int_not_equal(c, UTF8_BAD);
			assert_true(char_width(c) >= 0);
		}
		strbuf_free(&to);
	}
}

/* ---- cells ---- */

static void width_counts_cells(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc", 3), 3);
	assert_int_equal(text_width("한글", 6), 4);
	assert_int_equal(text_width("ｆ", 3), 2);
	assert_int_equal(text_width("e\xcc\x81", 3), 1);
	assert_int_equal(text_width("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", 9), 2);	/* ᄒ ᅡ ᆫ */
	assert_int_equal(text_width("😀", 4), 2);
	assert_int_equal(text_width("…─▶", 9), 3);
}

static void column(const char *s, size_t cells, enum text_side side, const char *want)
{
	struct strbuf to = {0};
	text_column(&to, s, strlen(s), cells, side);
	assert_string_equal(strbuf_str(&to), want);
	assert_int_equal(text_width(strbuf_str(&to), to.len), cells);
	strbuf_free(&to);
}

static void columns_are_exactly_as_wide(void **state)
{
	(void)state;
	column("abc", 5, TEXT_LEFT, "abc  ");
	column("abc", 5, TEXT_RIGHT, "  abc");
	column("abc", 3, TEXT_LEFT, "abc");
	column("abcd", 3, TEXT_LEFT, "ab…");
	column("한글", 4, TEXT_LEFT, "한글");
	column("한글날", 4, TEXT_LEFT, "한… ");	/* half of 글 does not fit */
	column("한글날", 5, TEXT_RIGHT, "한글…");
	column("abc", 1, TEXT_LEFT, "…");
	column("abc", 0, TEXT_LEFT, "");
}

static void wrapped(const char *s, size_t width, size_t indent, const char *want)
{
	struct strbuf to = {0};
	text_wrap(&to, s, strlen(s), width, 0, indent);
	assert_string_equal(strbuf_str(&to), want);
	strbuf_free(&to);
}

static void wrap_breaks_at_spaces(void **state)
{
	(void)state;
	wrapped("", 20, 0, "\n");
	wrapped("one two three", 20, 0, "one two three\n");
	wrapped("one two three four five", 10, 0, "one two\nthree four\nfive\n");
	wrapped("one two three four", 11, 2, "one two\n  three\n  four\n");
	wrapped("가나다 라마바 사아", 10, 0, "가나다\n라마바\n사아\n");
	wrapped("가나다라마바사아자", 10, 0, "가나다라마\n바사아자\n");
	wrapped("aaaaaaaaaaaaaaaaaaaaaaaa b", 10, 0, "aaaaaaaaaa\naaaaaaaaaa\naaaa b\n");
	wrapped("one\ntwo", 20, 1, "one\n two\n");
}

static void wrap_never_runs_over(void **state)
{
	(void)state;
	static const char *const words[] = {
		"a", "bcd", "한글", "https://www.lab.test/page", "…", "가나다라마바사아자차카"
	};
	uint64_t seed = 7;
	for (int turn = 0; turn < 2000; turn++) {
		struct strbuf s = {0}, to = {0};
		size_t width = 12 + unit_random(&seed) % 40;
		for (unsigned i = unit_random(&seed) % 20; i--;) {
			strbuf_puts(&s, words[unit_random(&seed) % 6]);
			strbuf_putc(&s, ' ');
		}
		text_wrap(&to, strbuf_str(&s), s.len, width, 0, 3);
		for (const char *line = strbuf_str(&to), *end; *line; line = end + 1) {
			end = strchr(line, '\n');
			assert_non_null(end);
			assert_true(text_width(line, (size_t)(end - line)) <= width);
		}
		strbuf_free(&s);
		strbuf_free(&to);
	}
}

/* ---- numbers and addresses ---- */

static void ipv6(const char *bytes, const char *want)
{
	uint8_t ip[16];
	char text[DIGITS_IPV6 + 1];
	assert_int_equal(unit_hex(bytes, ip, sizeof ip), 16);
	*digits_ipv6(text, ip) = '\0';
	assert_string_equal(text, want);
}

static void ipv6_as_rfc_5952_says(void **state)
{
	(void)state;
	ipv6("20010db8000000000000000000000001", "2001:db8::1");
	ipv6("20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1");	/* 4.2.2 */
	ipv6("20010000000000010000000000000001", "2001:0:0:1::1");		/* 4.2.3: the longest */
	ipv6("20010db8000000000001000000000001", "2001:db8::1:0:0:1");		/* the first of equals */
	ipv6("00000000000000000000000000000000", "::");
	ipv6("00000000000000000000000000000001", "::1");
	ipv6("fe800000000000000000000000000000", "fe80::");
	ipv6("20010db80aaabbbbccccddddeeeeffff", "2001:db8:aaa:bbbb:cccc:dddd:eeee:ffff");
	ipv6("00000000000000000000ffffc0000201", "::ffff:192.0.2.1");		/* 5 */
	ipv6("0064ff9b0000000000000000c0000221", "64:ff9b::c000:221");
	ipv6("00010002000300040005000600070000", "1:2:3:4:5:6:7:0");
}

static void other_addresses(void **state)
{
	(void)state;
	static const uint8_t ip[] = { 192, 0, 2, 255 }, small[] = { 0, 10, 100, 9 };
	static const uint8_t mac[] = { 0x02, 0x42, 0xac, 0, 0x0f, 0xff };
	char text[DIGITS_IPV6 + 1];
	*digits_address(text, ip, 4) = '\0';
	assert_string_equal(text, "192.0.2.255");
	*digits_address(text, small, 4) = '\0';
	assert_string_equal(text, "0.10.100.9");
	*digits_address(text, mac, 6) = '\0';
	assert_string_equal(text, "02:42:ac:00:0f:ff");
	assert_ptr_equal(digits_address(text, mac, 5), text);
}

static void numbers_without_printf(void **state)
{
	(void)state;
	char text[64];
	*digits_u64(text, 0) = '\0';
	assert_string_equal(text, "0");
	*digits_u64(text, UINT64_MAX) = '\0';
	assert_string_equal(text, "18446744073709551615");
	*digits_hex(text, 0xabc, 4) = '\0';
	assert_string_equal(text, "0abc");
	*digits_seconds(text, 1795330002253142000, 9) = '\0';
	assert_string_equal(text, "1795330002.253142000");
	*digits_seconds(text, 1, 9) = '\0';
	assert_string_equal(text, "0.000000001");
	*digits_seconds(text, -1500000000, 3) = '\0';
	assert_string_equal(text, "-1.500");
	*digits_seconds(text, INT64_MIN, 9) = '\0';
	assert_string_equal(text, "-9223372036.854775808");
	*digits_seconds(text, 1999999999, 0) = '\0';
	assert_string_equal(text, "1");
}

static void duration(int64_t ns, const char *want)
{
	struct strbuf to = {0};
	value_duration(&to, ns);
	assert_string_equal(strbuf_str(&to), want);
	strbuf_free(&to);
}

static void durations_read_well(void **state)
{
	(void)state;
	duration(0, "0 ns");
	duration(85, "85 ns");
	duration(41300, "41.3 µs");
	duration(999999, "999 µs");
	duration(4100000, "4.10 ms");
	duration(812400000, "812.4 ms");
	duration(1204000000, "1.204 s");
	duration(200000000000, "3 min 20 s");
	duration(7200000000000 + 60000000000, "2 h 1 min");
	duration(-4100000, "-4.10 ms");
}

static void amounts_and_moments(void **state)
{
	(void)state;
	struct strbuf to = {0};
	const struct { uint64_t n; const char *want; } amounts[] = {
		{ 0, "0 bytes" }, { 1, "1 byte" }, { 999, "999 bytes" }, { 1000, "1.00 KB" },
		{ 12345, "12.3 KB" }, { 999499, "999 KB" }, { 999500, "1.00 MB" },
		{ 1040000000, "1.04 GB" },
	};
	for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
		value_amount(&to, amounts[i].n);
		assert_string_equal(strbuf_str(&to), amounts[i].want);
		strbuf_clear(&to);
	}
	value_count(&to, 1204311);
	assert_string_equal(strbuf_str(&to), "1,204,311");
	strbuf_clear(&to);
	value_moment(&to, 1795330002253142000);
	assert_string_equal(strbuf_str(&to), "2026-11-22 06:46:42.253142 UTC");
	strbuf_clear(&to);
	value_moment(&to, -1);
	assert_string_equal(strbuf_str(&to), "1969-12-31 23:59:59.999999999 UTC");
	strbuf_free(&to);
}

/* ---- values of fields ---- */

static void value(struct item it, const char *want)
{
	struct dissect *d = calloc(1, sizeof *d);
	struct strbuf to = {0};
	static const uint8_t frame[] = "\x1b[31mred\xe2\x80\xae";
	d->buffers[0] = (struct buffer){ .bytes = frame, .len = sizeof frame - 1 };
	d->n_buffers = 1;
	value_print(&to, d, &it, 0);
	assert_string_equal(strbuf_str(&to), want);
	strbuf_free(&to);
	free(d);
}

static void values_by_type(void **state)
{
	(void)state;
	static const struct value_name names[] = { { 2, "Reply" }, { 0, NULL } };
	const struct field number = { .type = F_UINT, .names = names };
	const struct field hex = { .type = F_HEX }, bits = { .type = F_HEX, .mask = 0x0ff0 };
	const struct field negative = { .type = F_INT };
	const struct field flag = { .type = F_BOOL, .mask = 4 }, truth = { .type = F_BOOL };
	const struct field text = { .type = F_TEXT }, bytes = { .type = F_BYTES };
	const struct field heading = { .type = F_NONE }, mac = { .type = F_MAC };
	value((struct item){ .field = &number, .value = 2 }, "Reply (2)");
	value((struct item){ .field = &number, .value = 3 }, "3");
	value((struct item){ .field = &hex, .value = 0x800, .len = 2 }, "0x0800");
	value((struct item){ .field = &hex, .value = 0x12345, .len = 2 }, "0x12345");
	value((struct item){ .field = &bits, .value = 0xf, .len = 2 }, "0x0f");
	value((struct item){ .field = &negative, .value = (uint64_t)-5 }, "-5");
	value((struct item){ .field = &flag, .value = 1 }, "Set");
	value((struct item){ .field = &flag, .value = 0 }, "Not set");
	value((struct item){ .field = &truth, .value = 1 }, "True");
	value((struct item){ .field = &text, .len = 11 }, "\\x1b[31mred\\u202e");
	value((struct item){ .field = &bytes, .off = 1, .len = 3 }, "5b3331");
	value((struct item){ .field = &bytes, .off = 9, .len = 300 }, "");	/* not in the buffer */
	value((struct item){ .field = &mac, .len = 6 }, "1b:5b:33:31:6d:72");
	value((struct item){ .field = &heading }, "");
}

/* ---- redaction ---- */

static void redacted(const char *s, const char *want)
{
	struct strbuf to = {0};
	redact_text(&to, s, strlen(s));
	assert_string_equal(strbuf_str(&to), want);
	strbuf_free(&to);
}

static void secrets_of_urls_go(void **state)
{
	(void)state;
	redacted("", "");
	redacted("/search?q=osi&lang=ko", "/search?q=osi&lang=ko");
	redacted("/?access_token=abc&x=1", "/?access_token=[3 bytes]&x=1");
	redacted("/?x=1&SessionID=s3cret#frag", "/?x=1&SessionID=[6 bytes]#frag");
	redacted("GET /?key=k HTTP/1.1", "GET /?key=[1 byte] HTTP/1.1");
	redacted("/?r=9f86d081884c7d659a2feaa0c55ad015", "/?r=[32 bytes]");
	redacted("http://user:secret@www.lab.test/", "http://[11 bytes]@www.lab.test/");
	redacted("http://www.lab.test/@x", "http://www.lab.test/@x");
	redacted("?token=", "?token=");
	redacted("https://a.example/#access_token=abc", "https://a.example/#access_token=[3 bytes]");
	redacted("?token", "?token");
	redacted("a?&&=b?c==d;", "a?&&=b?c==d;");
	redacted("token=abc&x=1", "token=[3 bytes]&x=1");
	redacted("X-Api-Key: abc\r\n", "X-Api-Key: [3 bytes]\r\n");
	redacted("Host: www.lab.test\r\n", "Host: www.lab.test\r\n");
	redacted("The browser asks for http://www.lab.test/?pass=x.",
		 "The browser asks for http://www.lab.test/?pass=[2 bytes]");
}

/* A secret goes wherever its bytes are shown: in the field, in the line around it, in the payload. */
static void secrets_of_fields_go(void **state)
{
	(void)state;
	static const char head[] = "Cookie: sid=1\r\nHost: h\r\n";
	const struct field line = { .name = "http.request.line", .type = F_TEXT };
	const struct field cookie = { .name = "http.cookie", .type = F_TEXT };
	const struct field payload = { .name = "tcp.payload", .type = F_BYTES };
	const struct field length = { .name = "tcp.len", .type = F_UINT };
	struct item items[] = {
		{ .field = &line, .off = 0, .len = 15 }, { .field = &cookie, .off = 8, .len = 5 },
		{ .field = &line, .off = 15, .len = 9 }, { .field = &payload, .off = 0, .len = 24 },
		{ .field = &length, .off = 0, .len = 24 },
		{ .field = &line, .off = 0, .len = 15, .buffer = 1 },
	};
	const bool hidden[] = { true, true, false, true, false, false };
	const char *const shown[] = { "[15 bytes]", "[5 bytes]", "Host: h\\r\\n", "[24 bytes]", "0" };
	struct dissect *d = calloc(1, sizeof *d);
	d->items = items;
	d->n_items = sizeof items / sizeof *items;
	d->buffers[0] = (struct buffer){ .bytes = (const uint8_t *)head, .len = sizeof head - 1 };
	d->n_buffers = 1;
	for (unsigned i = 0; i < d->n_items; i++)
		assert_int_equal(redact_item(d, &items[i]), hidden[i]);
	for (unsigned i = 0; i < sizeof shown / sizeof *shown; i++) {
		struct strbuf to = {0};
		value_print(&to, d, &items[i], VALUE_REDACT);
		assert_string_equal(strbuf_str(&to), shown[i]);
		strbuf_free(&to);
	}
	free(d);
}

/* ---- languages ---- */

static void language_switches_while_running(void **state)
{
	(void)state;
	assert_true(lang_set("en"));
	assert_string_equal(lang_now(), "en");
	assert_string_equal(_("client"), "client");
	assert_false(lang_set("xx"));
	assert_false(lang_set("../../etc"));
	assert_false(lang_set(""));
	assert_string_equal(lang_now(), "en");
	if (!lang_set("ko"))
		skip();
	assert_string_equal(lang_now(), "ko");
	assert_string_not_equal(_("client"), "client");
	assert_string_equal(_("no text of the program"), "no text of the program");
	assert_true(lang_set("en"));
	assert_string_equal(_("client"), "client");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_splits_as_unicode_says),
		cmocka_unit_test(utf8_comes_back),
		cmocka_unit_test(escape_keeps_what_is_harmless),
		cmocka_unit_test(escape_hides_nothing_and_runs_nothing),
		cmocka_unit_test(escape_bounds_piles_of_marks),
		cmocka_unit_test(escape_is_safe_for_all_bytes),
		cmocka_unit_test(width_counts_cells),
		cmocka_unit_test(columns_are_exactly_as_wide),
		cmocka_unit_test(wrap_breaks_at_spaces),
		cmocka_unit_test(wrap_never_runs_over),
		cmocka_unit_test(ipv6_as_rfc_5952_says),
		cmocka_unit_test(other_addresses),
		cmocka_unit_test(numbers_without_printf),
		cmocka_unit_test(durations_read_well),
		cmocka_unit_test(amounts_and_moments),
		cmocka_unit_test(values_by_type),
		cmocka_unit_test(secrets_of_urls_go),
		cmocka_unit_test(secrets_of_fields_go),
		cmocka_unit_test(language_switches_while_running),
	};
	return cmocka_run_group_tests_name("fmt", tests, NULL, NULL);
}

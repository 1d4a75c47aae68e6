/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/record/url: what browsers take as an address (WHATWG URL, UTS #46), and what they do not. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "record/url.h"

/* ---- what is taken ---- */

static const struct { const char *typed, *normal; } taken[] = {
	{ "http://EXAMPLE.org", "http://example.org/" },
	{ "HTTPS://example.org/A", "https://example.org/A" },
	{ "https://example.org:443/", "https://example.org/" },
	{ "http://example.org:80/", "http://example.org/" },
	{ "https://example.org:80/", "https://example.org:80/" },
	{ "http://example.org:/", "http://example.org/" },
	{ "http://example.org:00080/", "http://example.org/" },
	{ "http://example.org:65535/", "http://example.org:65535/" },
	/* slashes, blanks, line ends */
	{ "http:example.org", "http://example.org/" },
	{ "http:/example.org", "http://example.org/" },
	{ "http:2130706433", "http://127.0.0.1/" },
	{ "http:////example.org", "http://example.org/" },
	{ "http:\\\\example.org\\a\\b?c\\d", "http://example.org/a/b?c\\d" },
	{ "  http://example.org/a b  ", "http://example.org/a%20b" },
	{ "http://exa\tmp\nle.org/\r\n", "http://example.org/" },
	/* names of other scripts */
	{ "http://fa\xc3\x9f.de/", "http://xn--fa-hia.de/" },
	{ "http://\xe2\x98\x83.net/", "http://xn--n3h.net/" },
	{ "http://\xf0\x9f\x92\xa9.la/", "http://xn--ls8h.la/" },
	{ "http://a\xe2\x98\x83\xe2\x98\x83" "b.c_d.B\xc3\xbc" "cher.example.",
	  "http://xn--ab-fsxa.c_d.xn--bcher-kva.example./" },
	{ "http://I\xe2\x9d\xa4\xef\xb8\x8f.example/", "http://xn--i-7iq.example/" },
	{ "http://r3---sn.b\xc3\xbc" "cher.example", "http://r3---sn.xn--bcher-kva.example/" },
	{ "http://_a.\xed\x95\x9c\xea\xb5\xad.kr/", "http://_a.xn--3e0b707e.kr/" },
	{ "http://xn--n3h.net", "http://xn--n3h.net/" },
	{ "http://B\xc3\xbc" "cher.example", "http://xn--bcher-kva.example/" },
	{ "http://XN--Bcher-KVA.example", "http://xn--bcher-kva.example/" },
	{ "http://example\xe3\x80\x82org", "http://example.org/" },
	{ "http://\xed\x95\x9c\xea\xb5\xad.kr/\xea\xb2\xbd?\xec\xa7\x88=\xea\xb0\x92#\xec\xa1\xb0",
	  "http://xn--3e0b707e.kr/%EA%B2%BD?%EC%A7%88=%EA%B0%92" },
	{ "http://%ED%95%9C%EA%B5%AD.kr", "http://xn--3e0b707e.kr/" },
	{ "http://exam%70le.org/", "http://example.org/" },
	/* ASCII names that IDNA would not have */
	{ "http://a_b.example/", "http://a_b.example/" },
	{ "http://-a.example/", "http://-a.example/" },
	{ "http://r3---sn-4g5.example/", "http://r3---sn-4g5.example/" },
	{ "http://example.org./", "http://example.org./" },
	/* IPv4 as it may be written */
	{ "http://0x7f.1/", "http://127.0.0.1/" },
	{ "http://2130706433/", "http://127.0.0.1/" },
	{ "http://017700000001/", "http://127.0.0.1/" },
	{ "http://1.2", "http://1.0.0.2/" },
	{ "http://1.2.3.4./", "http://1.2.3.4/" },
	{ "http://0x/", "http://0.0.0.0/" },
	{ "http://192.0.2.0xFf/", "http://192.0.2.255/" },
	{ "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "http://127.0.0.1/" },
	{ "http://1.2.3.4.example/", "http://1.2.3.4.example/" },
	/* IPv6 */
	{ "http://[::1]/", "http://[::1]/" },
	{ "http://[2001:DB8:0:0::1]:8080/x", "http://[2001:db8::1]:8080/x" },
	{ "http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/" },
	/* path, query, fragment */
	{ "http://example.org/a/../b/./c/%2e%2E/d", "http://example.org/b/d" },
	{ "http://example.org/x/..", "http://example.org/" },
	{ "http://example.org/../..", "http://example.org/" },
	{ "http://example.org/a//b///c", "http://example.org/a//b///c" },
	{ "http://example.org/...", "http://example.org/..." },
	{ "http://example.org/?a=<b>'\"", "http://example.org/?a=%3Cb%3E%27%22" },
	{ "http://example.org/{a}`'", "http://example.org/%7Ba%7D%60'" },
	{ "http://example.org?q", "http://example.org/?q" },
	{ "http://example.org?q/../r", "http://example.org/?q/../r" },
	{ "http://example.org/?", "http://example.org/?" },
	{ "http://example.org#a/b@c:d", "http://example.org/" },
	{ "http://example.org/%zz%c3", "http://example.org/%zz%c3" },
	{ "http://example.org/a@b:c", "http://example.org/a@b:c" },
	/* no scheme */
	{ "example.org", "https://example.org/" },
	{ "example.org/a?b#c", "https://example.org/a?b" },
	{ "//example.org/", "https://example.org/" },
	{ "localhost:8080", "https://localhost:8080/" },
	{ "localhost:8080/a", "https://localhost:8080/a" },
	{ "www.example.org:80", "https://www.example.org:80/" },
	{ "[::1]:8443/", "https://[::1]:8443/" },
	{ "192.0.2.1", "https://192.0.2.1/" },
	{ "example.org?u=http://x.org/", "https://example.org/?u=http://x.org/" },
};

static void as_browsers_take_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		struct url u;
		struct err err = { "" };
		if (!url_parse(&u, taken[i].typed, &err))
			fail_msg("%s: %s", taken[i].typed, err.text);
		if (strcmp(u.normal, taken[i].normal) != 0)
			fail_msg("%s: %s, not %s", taken[i].typed, u.normal, taken[i].normal);
		/* it is a fixed point, and made of its parts */
		char whole[512], port[8] = "";
		if (u.port != (strcmp(u.scheme, "http") == 0 ? 80 : 443))
			snprintf(port, sizeof port, ":%u", u.port);
		snprintf(whole, sizeof whole, strchr(u.host, ':') ? "%s://[%s]%s%s" : "%s://%s%s%s",
			 u.scheme, u.host, port, u.path);
		assert_string_equal(u.normal, whole);
		struct url again;
		assert_true(url_parse(&again, u.normal, &err));
		assert_string_equal(again.normal, u.normal);
		assert_false(again.guessed);
		url_free(&again);
		url_free(&u);
	}
}

static void says_its_parts(void **state)
{
	(void)state;
	struct url u;
	struct err err;
	assert_true(url_parse(&u, " \xed\x95\x9c\xea\xb5\xad.KR:8443/a?b#c ", &err));
	assert_string_equal(u.typed, "\xed\x95\x9c\xea\xb5\xad.KR:8443/a?b#c");
	assert_string_equal(u.scheme, "https");
	assert_string_equal(u.host, "xn--3e0b707e.kr");
	assert_string_equal(u.host_unicode, "\xed\x95\x9c\xea\xb5\xad.kr");
	assert_string_equal(u.path, "/a?b");
	assert_int_equal(u.port, 8443);
	assert_true(u.guessed);
	assert_false(u.literal);
	assert_false(u.userinfo);
	url_free(&u);
	url_free(&u);

	assert_true(url_parse(&u, "http://xn--bcher-kva.example", &err));
	assert_string_equal(u.host_unicode, "b\xc3\xbc" "cher.example");
	assert_int_equal(u.port, 80);
	assert_false(u.guessed);
	url_free(&u);

	assert_true(url_parse(&u, "http://[2001:db8::1]/", &err));
	assert_string_equal(u.host, "2001:db8::1");
	assert_string_equal(u.host_unicode, "2001:db8::1");
	assert_true(u.literal);
	url_free(&u);

	assert_true(url_parse(&u, "http://0300.0.0x2.1/", &err));
	assert_string_equal(u.host, "192.0.2.1");
	assert_true(u.literal);
	url_free(&u);
}

static void passwords_are_kept_nowhere(void **state)
{
	(void)state;
	static const char *const typed[] = {
		"http://me:secret@example.org/x", "http:\\\\me:secret@example.org/x",
		"  http://a@me:secret@example.org/x", "http://me@secret:80@example.org/x",
	};
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
		struct url u;
		struct err err;
		assert_true(url_parse(&u, typed[i], &err));
		assert_true(u.userinfo);
		assert_string_equal(u.normal, "http://example.org/x");
		assert_null(strstr(u.typed, "secret"));
		assert_non_null(strstr(u.typed, "example.org/x"));
		url_free(&u);
	}
	struct url u;
	struct err err = { "" };
	assert_false(url_parse(&u, "http://me:secret@example.org:99999/", &err));
	assert_non_null(strstr(err.text, "99999"));
	assert_null(strstr(err.text, "secret"));
}

/* ---- what is not ---- */

static const struct { const char *typed, *why; } not_taken[] = {
	{ "", "no address" }, { " \t\n ", "no address" },
	{ "http://", "names no host" }, { "http://?q", "names no host" },
	{ "http://:80/", "names no host" }, { "http://user@/", "names no host" },
	{ "/index.html", "names no host" }, { "?q", "names no host" }, { "#f", "names no host" },
	{ "https:", "names no host" },
	{ "ftp://example.org/", "“ftp:” is no page on the web" },
	{ "file:///etc/hosts", "“file:” is no page" },
	{ "mailto:me@example.org", "“mailto:” is no page" },
	{ "javascript:alert(1)", "“javascript:” is no page" },
	{ "data:text/html,x", "“data:” is no page" }, { "about:blank", "“about:” is no page" },
	{ "view-source:http://example.org", "“view-source:” is no page" },
	{ "httpx://example.org", "“httpx:” is no page" },
	{ "http://example.org:65536", "a number from 1 to 65535" },
	{ "http://example.org:0/", "a number from 1 to 65535" },
	{ "http://example.org:8a/", "a number from 1 to 65535" },
	{ "http://example.org:-1/", "a number from 1 to 65535" },
	{ "http://example.org:99999999999999999999/", "a number from 1 to 65535" },
	{ "example.org:http", "a number from 1 to 65535" },
	{ "hello world", "cannot be a host" }, { "http://exam ple.org/", "cannot be a host" },
	{ "http://ex%20.org", "cannot be a host" }, { "http://a%2fb", "cannot be a host" },
	{ "http://a%00b", "cannot be a host" }, { "http://a<b", "cannot be a host" },
	{ "http://a|b", "cannot be a host" }, { "http://a%40b", "cannot be a host" },
	{ "http://a%", "cannot be a host" },
	{ "http://[fe80::1%25eth0]/", "zone" }, { "http://[fe80::1%eth0]/", "zone" },
	{ "http://[1::2::3]", "not an IPv6" }, { "http://[::1", "not an IPv6" },
	{ "http://[]/", "not an IPv6" }, { "http://[127.0.0.1]/", "not an IPv6" },
	{ "http://[::1]a/", "not an IPv6" },
	{ "2001:db8::1", "in brackets: [2001:db8::1]" }, { "fe80::1", "in brackets" },
	{ "::1", "in brackets: [::1]" },
	{ "http://256.1.1.1", "not an IPv4" }, { "http://1.2.3.08", "not an IPv4" },
	{ "http://foo.0x4", "not an IPv4" }, { "http://1.2.3.4.5", "not an IPv4" },
	{ "http://4294967296", "not an IPv4" }, { "http://1..2", "not an IPv4" },
	{ "http://99999999999999999999999999999999", "not an IPv4" },
	{ "http://xn--a-ecp.ru", "cannot be a name" }, { "http://xn--/", "cannot be a name" },
	{ "http://\xe2\x98\x83\xe2\x80\x8d\xe2\x98\x83/", "cannot be a name" },
	{ "http://\xed\x95\x9c~\xea\xb5\xad/", "cannot be a name" },
	{ "http://xn--99999999", "cannot be a name" },
	{ "http://xn--a.example/", "cannot be a name" }, { "http://\xc2\xad/", "cannot be a" },
	{ "http://a..b/", "each part between dots" }, { "http://./", "each part between dots" },
	{ "http://.example.org", "each part between dots" },
	{ "http://\xed\x95", "not UTF-8" }, { "http://example.org/\xff", "not UTF-8" },
};

static void one_line_says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof not_taken / sizeof not_taken[0]; i++) {
		struct url u;
		struct err err = { "" };
		if (url_parse(&u, not_taken[i].typed, &err))
			fail_msg("%s: taken as %s", not_taken[i].typed, u.normal);
		if (!strstr(err.text, not_taken[i].why))
			fail_msg("%s: %s", not_taken[i].typed, err.text);
		assert_null(strchr(err.text, '\n'));
		assert_null(u.host);
		url_free(&u);
		assert_false(url_parse(&u, not_taken[i].typed, NULL));
	}
}

/* ---- sizes ---- */

static char *long_url(const char *begin, char fill, size_t n)
{
	char *s = malloc(strlen(begin) + n + 1);
	assert_non_null(s);
	strcpy(s, begin);
	memset(s + strlen(begin), fill, n);
	s[strlen(begin) + n] = '\0';
	return s;
}

static void long_ones_have_an_end(void **state)
{
	(void)state;
	static const struct { const char *begin; char fill; size_t n; const char *why; } all[] = {
		{ "http://a.example/", 'x', RECORD_TEXT - 17, NULL },
		{ "http://a.example/", 'x', RECORD_TEXT - 16, "too long" },
		{ "http://a.example/", '"', RECORD_TEXT / 2, "too long" },
		{ "http://a.example/?", '<', RECORD_TEXT / 2, "too long" },
		{ "http://a.example/", 'x', 1 << 20, "too long" },
		{ "http://", 'x', 63, NULL },
		{ "http://", 'x', 64, "from" }, { "http://", 'x', 10000, "1 to 63" },
		{ "http://", '.', 10000, "1 to 63" }, { "http://", '1', 10000, "IPv4" },
		{ "http://a.example/", '/', 10000, NULL }, { "http://", '/', 10000, "no host" },
		{ "http://", '@', 10000, "no host" }, { "http://", '[', 10000, "IPv6" },
		{ "", 'a', 10000, "1 to 63" }, { "http://a:", '1', 10000, "65535" },
		{ "http://xn--", 'a', 10000, "cannot be" },
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char *s = long_url(all[i].begin, all[i].fill, all[i].n);
		struct url u;
		struct err err = { "" };
		bool good = url_parse(&u, s, &err);
		if (good != !all[i].why)
			fail_msg("%s%c...: %s", all[i].begin, all[i].fill, err.text);
		if (good)
			url_free(&u);
		free(s);
	}
	/* 253 bytes of a name are the most */
	char name[300] = "http://";
	for (int i = 0; i < 126; i++)
		strcat(name, "a.");
	strcat(name, "a");
	struct url u;
	struct err err;
	assert_true(url_parse(&u, name, &err));
	url_free(&u);
	strcat(name, "a");
	assert_false(url_parse(&u, name, &err));
}

static void random_bytes_do_no_harm(void **state)
{
	(void)state;
	static const char *const part[] = {
		"http:", "https://", "//", "/", "\\", "@", ":", "[", "]", "%", "%2e", "..", ".", "?", "#",
		"xn--", "0x", "1", "256", "a", "\xed\x95\x9c", "\xef\xbc\x91", "\xc2\xad", "\xff", " ", "::",
	};
	uint64_t seed = 7;
	for (int i = 0; i < 20000; i++) {
		char s[256] = "";
		unsigned parts = unit_random(&seed) % 12;
		for (unsigned n = 0; n < parts; n++)
			strcat(s, part[unit_random(&seed) % (sizeof part / sizeof part[0])]);
		struct url u, again;
		struct err err = { "" };
		if (!url_parse(&u, s, &err)) {
			assert_true(err.text[0]);
			continue;
		}
		if (!url_parse(&again, u.normal, &err))
			fail_msg("%s: %s: %s", s, u.normal, err.text);
		assert_string_equal(again.normal, u.normal);
		url_free(&again);
		url_free(&u);
	}
}

static void localhost_is_this_host(void **state)
{
	(void)state;
	assert_true(url_is_localhost("localhost"));
	assert_true(url_is_localhost("LOCALHOST."));
	assert_true(url_is_localhost("a.b.localhost"));
	assert_false(url_is_localhost("notlocalhost"));
	assert_false(url_is_localhost("localhost.example.org"));
	assert_false(url_is_localhost(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_browsers_take_it),
		cmocka_unit_test(says_its_parts),
		cmocka_unit_test(passwords_are_kept_nowhere),
		cmocka_unit_test(one_line_says_what_is_wrong),
		cmocka_unit_test(long_ones_have_an_end),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(localhost_is_this_host),
	};
	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/record/record.c and json.c: a record to JSON and back, and JSON that is not as it should be. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/record.h"
#include "record/shape.h"

enum { EACH = 3 };	/* items of a kind in a filled record */

/* ---- the tables ---- */

static size_t member_size(enum member_kind kind)
{
	switch (kind) {
	case M_TEXT: return sizeof(const char *);
	case M_BOOL: return sizeof(bool);
	case M_U16: return sizeof(uint16_t);
	case M_U32: return sizeof(uint32_t);
	default: return sizeof(uint64_t);
	}
}

/* What no member covers is padding: a member that is in no table would be lost on the way. */
static void check_covered(const struct shape *s, size_t size, const char *what)
{
	uint8_t covered[512] = { 0 };
	size_t gap = 0;
	assert_true(size <= sizeof covered);
	for (const struct member *m = s->members; m->key; m++)
		for (size_t i = 0; i < member_size(m->kind); i++) {
			if (covered[m->at + i])
				fail_msg("%s: %s lies over another", what, m->key);
			covered[m->at + i] = 1;
		}
	for (size_t i = 0; i < size; i++) {
		gap = covered[i] ? 0 : gap + 1;
		if (gap >= 8)
			fail_msg("%s: byte %zu is in no table", what, i);
	}
}

static void the_tables_know_every_member(void **state)
{
	(void)state;
	check_covered(&record_shape, offsetof(struct record, list), "record");
	for (int k = 0; k < REC_KINDS; k++)
		check_covered(&item_shapes[k], item_shapes[k].size, item_shapes[k].key);
}

/* ---- there and back ---- */

static void fill(struct record *r, const struct shape *s, void *item, unsigned seed)
{
	for (const struct member *m = s->members; m->key; m++, seed++) {
		void *at = (char *)item + m->at;
		char text[64];
		switch (m->kind) {
		case M_TEXT:
			snprintf(text, sizeof text, "%s \xea\xb0\x80\"\\\n\x1b %u", m->key, seed);
			*(const char **)at = record_text(r, text);
			break;
		case M_BOOL: *(bool *)at = seed % 2; break;
		case M_U16: *(uint16_t *)at = (uint16_t)(UINT16_MAX - seed); break;
		case M_U32: *(uint32_t *)at = UINT32_MAX - seed; break;
		case M_U64: *(uint64_t *)at = INT64_MAX - seed; break;
		case M_I64: *(int64_t *)at = INT64_MAX / 2 - (int64_t)seed; break;
		case M_SIZE: *(int64_t *)at = (int64_t)seed % 3; break;
		}
	}
}

static void check_same(const struct shape *s, const void *a, const void *b)
{
	for (const struct member *m = s->members; m->key; m++) {
		const void *x = (const char *)a + m->at, *y = (const char *)b + m->at;
		if (m->kind == M_TEXT)
			assert_string_equal(*(const char *const *)x, *(const char *const *)y);
		else
			assert_memory_equal(x, y, member_size(m->kind));
	}
}

static struct record *filled(void)
{
	struct record *r = record_new();
	fill(r, &record_shape, r, 1);
	for (int k = 0; k < REC_KINDS; k++)
		for (unsigned i = 0; i < EACH; i++) {
			uint32_t number;
			void *item = record_add(r, (enum rec_kind)k, &number);
			assert_int_equal(number, i + 1);
			fill(r, &item_shapes[k], item, i * 100 + (unsigned)k);
		}
	return r;
}

static void take(struct record *r, const char *json)
{
	struct err err = { "" };
	if (!record_from_json(r, json, strlen(json), &err))
		fail_msg("%.200s: %s", json, err.text);
}

static void all_comes_back(void **state)
{
	(void)state;
	struct record *r = filled(), *back = record_new();
	char *json = record_to_json(r);
	take(back, json);
	check_same(&record_shape, r, back);
	for (int k = 0; k < REC_KINDS; k++) {
		assert_int_equal(record_count(back, (enum rec_kind)k), EACH);
		for (uint32_t i = 1; i <= EACH; i++)
			check_same(&item_shapes[k], record_at(r, (enum rec_kind)k, i),
				   record_at(back, (enum rec_kind)k, i));
	}
	char *again = record_to_json(back);
	assert_string_equal(again, json);
	free(again);
	free(json);
	record_free(back);
	record_free(r);
}

static void what_is_not_known_is_left_away(void **state)
{
	(void)state;
	struct record *r = record_new();
	char *json = record_to_json(r);
	assert_string_equal(json, "{\"version\":1}");
	free(json);
	struct rec_request *q = record_add(r, REC_REQUEST, NULL);
	assert_int_equal(q->body, -1);
	assert_string_equal(q->error, "");
	q = record_add(r, REC_REQUEST, NULL);
	q->body = 0;	/* known: there was none */
	q->url = "http://a.example/";
	r->place = "private";
	json = record_to_json(r);
	assert_string_equal(json, "{\"place\":\"private\",\"requests\":[{},"
			    "{\"body\":0,\"url\":\"http://a.example/\"}],\"version\":1}");
	struct record *back = record_new();
	take(back, json);
	assert_int_equal(rec_request(back, 1)->body, -1);
	assert_int_equal(rec_request(back, 2)->body, 0);
	free(json);
	record_free(back);
	record_free(r);
}

static void parts_add_up(void **state)
{
	(void)state;
	struct record *r = record_new();
	take(r, "{\"pages\":[{\"url\":\"http://a/\"}],\"url\":\"a\"}");
	take(r, "{\"pages\":[{\"url\":\"http://b/\"}],\"iface\":\"lo\",\"version\":1}");
	assert_int_equal(record_count(r, REC_PAGE), 2);
	assert_string_equal(rec_page(r, 2)->url, "http://b/");
	assert_string_equal(r->url, "a");
	assert_string_equal(r->iface, "lo");
	assert_null(rec_page(r, 0));
	assert_null(rec_page(r, 3));
	assert_null(rec_page(NULL, 1));
	assert_int_equal(record_count(NULL, REC_PAGE), 0);
	record_free(r);
	record_free(NULL);
}

/* ---- not as it should be ---- */

static void check_refused(const char *json, size_t n, const char *why)
{
	struct record *r = record_new();
	struct err err = { "" };
	if (record_from_json(r, json, n, &err))
		fail_msg("%.*s: taken", n < 80 ? (int)n : 80, json);
	if (!strstr(err.text, why))
		fail_msg("%.*s: %s", n < 80 ? (int)n : 80, json, err.text);
	assert_null(strchr(err.text, '\n'));
	assert_false(record_from_json(r, json, n, NULL));
	char *empty = record_to_json(r);
	assert_string_equal(empty, "{\"version\":1}");
	free(empty);
	record_free(r);
}

static void what_is_no_record(void **state)
{
	(void)state;
	static const char *const no_json[] = {
		"", " ", "x", "[]", "1", "null", "\"a\"", "{", "}", "{\"a\"}", "{} {}", "{\"url\":\"\\u0000\"}",
		"{\"url\":\"\xff\"}", "{\"url\":\"a\",\"url\":\"b\"}", "{\"loaded\":99999999999999999999}",
		"{\"a\":\"\\ud800\"}", "{'a':1}",
	};
	for (size_t i = 0; i < sizeof no_json / sizeof no_json[0]; i++)
		check_refused(no_json[i], strlen(no_json[i]), "not JSON");
	static const char *const versions[] = {
		"{\"version\":2}", "{\"version\":0}", "{\"version\":\"1\"}", "{\"version\":null}",
		"{\"version\":-1,\"url\":\"a\"}", "{\"version\":1.0}",
	};
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
		check_refused(versions[i], strlen(versions[i]), "version");
	check_refused("{}", (size_t)RECORD_JSON + 1, "64 MiB");	/* not looked at */
}

static void cut_anywhere(void **state)
{
	(void)state;
	struct record *r = filled();
	char *json = record_to_json(r);
	size_t n = strlen(json);
	for (size_t i = 0; i < n; i += i < 200 || i > n - 200 ? 1 : 37) {
		char *part = malloc(i ? i : 1);	/* its end is watched by the sanitizer */
		memcpy(part, json, i);
		check_refused(part, i, "not JSON");
		free(part);
	}
	free(json);
	record_free(r);
}

static void nested_deeply(void **state)
{
	(void)state;
	enum { DEEP = 1 << 20 };
	char *json = malloc(DEEP);
	assert_non_null(json);
	memset(json, '[', DEEP);
	check_refused(json, DEEP, "not JSON");
	for (int i = 0; i + 5 < DEEP; i += 5)
		memcpy(json + i, "{\"a\":", 5);
	check_refused(json, DEEP - DEEP % 5, "not JSON");
	free(json);
}

static void wrong_types_are_as_if_not_there(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"null", "[]", "{}", "1.5", "[1]", "{\"a\":1}", "-9223372036854775808",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct record *r = record_new();
		char json[512];
		snprintf(json, sizeof json, "{\"url\":%1$s,\"quic\":%1$s,\"left_out\":%1$s,\"hosts\":%1$s,"
			 "\"requests\":[%1$s,{\"page\":%1$s,\"status\":%1$s,\"stream\":%1$s,\"body\":%1$s,"
			 "\"method\":%1$s,\"nobody\":%1$s}],\"sockets\":[[{}],7,\"a\"]}", wrong[i]);
		take(r, json);
		const struct rec_request *q = rec_request(r, record_count(r, REC_REQUEST));
		assert_string_equal(r->url, "");
		assert_false(r->quic);
		assert_int_equal(r->left_out, 0);
		assert_int_equal(record_count(r, REC_HOSTS), 0);
		assert_int_equal(record_count(r, REC_SOCKET), 0);
		assert_int_equal(q->page, 0);
		assert_int_equal(q->status, 0);
		assert_int_equal(q->stream, 0);
		assert_int_equal(q->body, -1);
		assert_string_equal(q->method, "");
		record_free(r);
	}
	struct record *r = record_new();
	take(r, "{\"requests\":[{\"status\":65536,\"page\":4294967296,\"body\":-5,\"start\":-5,"
		"\"method\":true,\"url\":7}],\"quic\":1,\"cut\":\"true\"}");
	const struct rec_request *q = rec_request(r, 1);
	assert_int_equal(q->status, 0);
	assert_int_equal(q->page, 0);
	assert_int_equal(q->body, -1);
	assert_int_equal(q->start, 0);
	assert_string_equal(q->method, "");
	assert_string_equal(q->url, "");
	assert_false(r->quic);
	assert_false(r->cut);
	record_free(r);
}

/* ---- caps ---- */

static void lists_have_an_end(void **state)
{
	(void)state;
	struct record *r = record_new();
	for (uint32_t i = 1; i <= RECORD_PAGES; i++) {
		uint32_t number;
		assert_non_null(record_add(r, REC_PAGE, &number));
		assert_int_equal(number, i);
	}
	assert_null(record_add(r, REC_PAGE, NULL));
	assert_int_equal(record_count(r, REC_PAGE), RECORD_PAGES);
	assert_int_equal(r->left_out, 1);
	assert_non_null(record_add(r, REC_HOSTS, NULL));	/* each kind by itself */
	take(r, "{\"pages\":[{\"url\":\"a\"},{}]}");
	assert_int_equal(record_count(r, REC_PAGE), RECORD_PAGES);
	assert_int_equal(r->left_out, 3);
	char *json = record_to_json(r);
	struct record *back = record_new();
	take(back, json);
	assert_int_equal(record_count(back, REC_PAGE), RECORD_PAGES);
	assert_int_equal(back->left_out, 3);
	free(json);
	record_free(back);
	record_free(r);
}

static void texts_have_an_end(void **state)
{
	(void)state;
	struct record *r = record_new();
	char *text = malloc(RECORD_TEXT + 100);
	assert_non_null(text);
	assert_string_equal(record_text(r, NULL), "");
	memset(text, 'a', RECORD_TEXT + 2);
	text[RECORD_TEXT] = '\0';
	assert_int_equal(strlen(record_text(r, text)), RECORD_TEXT);
	assert_int_equal(r->left_out, 0);
	/* no character is cut in two: of the last, 1, 2 or 3 of 4 bytes would have room */
	for (size_t room = 1; room <= 4; room++) {
		memset(text, 'a', RECORD_TEXT);
		strcpy(text + RECORD_TEXT - room, "\xf0\x9f\x98\x80z");
		r->left_out = 0;
		r->url = record_text(r, text);
		size_t n = room == 4 ? RECORD_TEXT : RECORD_TEXT - room;
		assert_int_equal(strlen(r->url), n);
		assert_int_equal(r->left_out, RECORD_TEXT - room + 5 - n);
		char *json = record_to_json(r);
		assert_non_null(strstr(json, "aaaa"));
		free(json);
	}
	free(text);
	record_free(r);
}

static void what_is_no_utf8_is_written_nevertheless(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\x80 a",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct record *r = record_new();
		struct rec_page *page = record_add(r, REC_PAGE, NULL);
		page->url = record_text(r, bad[i]);
		page->error = "ERR";
		r->words = record_text(r, bad[i]);
		char *json = record_to_json(r);
		assert_string_equal(json, "{\"pages\":[{\"error\":\"ERR\",\"url\":\"?\"}],\"version\":1,"
				    "\"words\":\"?\"}");
		free(json);
		record_free(r);
	}
	/* and as many continuation bytes as there may be are cut somewhere */
	struct record *r = record_new();
	char *text = malloc(RECORD_TEXT + 10);
	assert_non_null(text);
	memset(text, 0x80, RECORD_TEXT + 9);
	text[RECORD_TEXT + 9] = '\0';
	r->url = record_text(r, text);
	assert_in_range(strlen(r->url), RECORD_TEXT - 4, RECORD_TEXT);
	r->left_out = UINT64_MAX;
	char *json = record_to_json(r);
	assert_string_equal(json, "{\"left_out\":9223372036854775807,\"url\":\"?\",\"version\":1}");
	free(json);
	free(text);
	record_free(r);
}

/* Empty objects are cheap to write, and would take gigabytes. */
static void values_have_an_end(void **state)
{
	(void)state;
	static const char begin[] = "{\"x\":[{}";
	size_t n = sizeof begin - 1;
	char *text = malloc(n + 3u * RECORD_VALUES + 2);
	assert_non_null(text);
	memcpy(text, begin, n);
	for (size_t i = 0; i < RECORD_VALUES; i++, n += 3)
		memcpy(text + n, ",{}", 3);
	memcpy(text + n, "]}", 2);
	check_refused(text, n + 2, "values");
	/* inside of a text they are none */
	memset(text, ',', n);
	memcpy(text, "{\"x\":\"\\\"", 8);
	memcpy(text + n, "\"}", 2);
	struct record *r = record_new();
	assert_true(record_from_json(r, text, n + 2, NULL));
	record_free(r);
	free(text);
}

/* Times far from now would overflow in whatever is made of them. */
static void times_have_an_end(void **state)
{
	(void)state;
	struct record *r = record_new();
	take(r, "{\"pages\":[{\"start\":9223372036854775807},{\"start\":-9223372036854775807},"
	     "{\"start\":1795330002253142000}]}");
	assert_int_equal(rec_page(r, 1)->start, 0);
	assert_int_equal(rec_page(r, 2)->start, 0);
	assert_int_equal(rec_page(r, 3)->start, 1795330002253142000);
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_know_every_member),
		cmocka_unit_test(all_comes_back),
		cmocka_unit_test(what_is_not_known_is_left_away),
		cmocka_unit_test(parts_add_up),
		cmocka_unit_test(what_is_no_record),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(nested_deeply),
		cmocka_unit_test(wrong_types_are_as_if_not_there),
		cmocka_unit_test(lists_have_an_end),
		cmocka_unit_test(texts_have_an_end),
		cmocka_unit_test(values_have_an_end),
		cmocka_unit_test(times_have_an_end),
		cmocka_unit_test(what_is_no_utf8_is_written_nevertheless),
	};
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/base: cursor, strbuf, chunks, intern, err. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/chunks.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/strbuf.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };

static void cursor_reads_network_order(void **state)
{
	(void)state;
	struct cursor c = cur_init(bytes, sizeof bytes, 0, 3);
	assert_int_equal(cur_u8(&c), 1);
	assert_int_equal(cur_u16(&c), 0x0203);
	assert_int_equal(cur_u24(&c), 0x040506);
	assert_int_equal(cur_u32(&c), 0x0708090a);
	assert_int_equal(cur_off(&c), 10);
	assert_int_equal(c.buffer, 3);
	assert_true(cur_ok(&c));

	c = cur_init(bytes, 8, 0, 0);
	assert_true(cur_u64(&c) == 0x0102030405060708u);
	assert_int_equal(cur_left(&c), 0);
}

static void cursor_failure_moves_nothing_and_sticks(void **state)
{
	(void)state;
	struct cursor c = cur_init(bytes, 3, 0, 0);
	assert_int_equal(cur_u32(&c), 0);
	assert_int_equal(c.bad, CUR_PAST);
	assert_int_equal(cur_off(&c), 0);
	assert_int_equal(cur_u8(&c), 0);	/* would fit, but the reader has failed */
	assert_null(cur_peek(&c, 1));
	assert_int_equal(cur_u64(&c), 0);
	assert_int_equal(c.bad, CUR_PAST);
}

static void cursor_tells_cut_from_past(void **state)
{
	(void)state;
	struct cursor c = cur_init(bytes, 3, 2, 0);
	assert_int_equal(cur_wire(&c), 5);
	cur_skip(&c, 5);
	assert_int_equal(c.bad, CUR_CUT);
	c = cur_init(bytes, 3, 2, 0);
	cur_skip(&c, 6);
	assert_int_equal(c.bad, CUR_PAST);
	c = cur_init(bytes, 3, 2, 0);
	assert_false(cur_have(&c, SIZE_MAX));
	assert_int_equal(c.bad, CUR_PAST);
}

static void cursor_child_stays_inside(void **state)
{
	(void)state;
	struct cursor c = cur_init(bytes, sizeof bytes, 0, 0);
	struct cursor sub = cur_sub(&c, 4);
	assert_int_equal(cur_left(&sub), 4);
	assert_int_equal(cur_off(&c), 4);
	cur_skip(&sub, 5);
	assert_int_equal(sub.bad, CUR_PAST);
	assert_true(cur_ok(&c));
	cur_join(&c, &sub);
	assert_int_equal(c.bad, CUR_PAST);

	/* Half of the child was lost: what is there can be read, the rest is cut. */
	c = cur_init(bytes, 4, 6, 0);
	sub = cur_sub(&c, 8);
	assert_int_equal(cur_left(&sub), 4);
	assert_int_equal(sub.lost, 4);
	assert_int_equal(c.lost, 2);
	assert_int_equal(cur_left(&c), 0);
	cur_skip(&sub, 8);
	assert_int_equal(sub.bad, CUR_CUT);

	/* The child was never on the wire. */
	c = cur_init(bytes, 4, 0, 0);
	sub = cur_sub(&c, 5);
	assert_int_equal(sub.bad, CUR_PAST);
	assert_int_equal(c.bad, CUR_PAST);
	assert_int_equal(cur_left(&sub), 0);
}

static void cursor_trim_keeps_padding_away(void **state)
{
	(void)state;
	struct cursor c = cur_init(bytes, 10, 0, 0);
	assert_true(cur_trim(&c, 6));
	assert_int_equal(cur_left(&c), 6);
	assert_false(cur_trim(&c, 7));
	assert_int_equal(cur_left(&c), 6);

	c = cur_init(bytes, 4, 10, 0);
	assert_true(cur_trim(&c, 6));
	assert_int_equal(cur_left(&c), 4);
	assert_int_equal(c.lost, 2);
}

static void strbuf_grows_to_its_cap(void **state)
{
	(void)state;
	struct strbuf b = { .cap = 10 };
	assert_string_equal(strbuf_str(&b), "");
	strbuf_printf(&b, "%s-%d", "abc", 42);
	assert_string_equal(strbuf_str(&b), "abc-42");
	assert_false(b.full);
	strbuf_puts(&b, "0123456789");
	assert_true(b.full);
	assert_true(b.len <= 10);
	assert_memory_equal(strbuf_str(&b), "abc-42012", 9);
	strbuf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_false(b.full);
	strbuf_add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.s, "a\0b", 4);
	strbuf_free(&b);
	assert_string_equal(strbuf_str(&b), "");
}

static void chunks_never_move(void **state)
{
	(void)state;
	struct chunks c = chunks_init(sizeof(uint32_t));
	uint32_t *first = chunks_add(&c);
	*first = 7;
	for (uint32_t i = 1; i < 3 * CHUNK_RECORDS; i++) {
		uint32_t *r = chunks_add(&c);
		assert_int_equal(*r, 0);
		*r = i;
	}
	assert_ptr_equal(chunks_at(&c, 0), first);
	assert_int_equal(*first, 7);
	assert_int_equal(*(uint32_t *)chunks_at(&c, CHUNK_RECORDS), CHUNK_RECORDS);
	assert_int_equal(*(uint32_t *)chunks_at(&c, c.count - 1), c.count - 1);
	assert_null(chunks_at(&c, c.count));
	assert_true(chunks_memory(&c) >= 3 * CHUNK_RECORDS * sizeof(uint32_t));
	chunks_free(&c);
	assert_null(chunks_at(&c, 0));
	assert_non_null(chunks_add(&c));
	chunks_free(&c);
}

static void intern_gives_equal_numbers(void **state)
{
	(void)state;
	struct intern *t = intern_new();
	size_t n;
	assert_int_equal(intern_bytes(t, "", 0), 0);
	uint32_t a = intern_bytes(t, "www.lab.test", 12);
	assert_int_not_equal(a, 0);
	assert_int_equal(intern_bytes(t, "www.lab.test", 12), a);
	assert_int_not_equal(intern_bytes(t, "www.lab.tes", 11), a);
	assert_string_equal(intern_get(t, a, &n), "www.lab.test");
	assert_int_equal(n, 12);

	/* Enough to make the table grow a few times; a NUL is a byte like any other. */
	uint32_t id[5000];
	for (uint32_t i = 0; i < 5000; i++)
		id[i] = intern_bytes(t, &i, sizeof i);
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(intern_bytes(t, &i, sizeof i), id[i]);
		assert_memory_equal(intern_get(t, id[i], &n), &i, sizeof i);
		assert_int_equal(n, sizeof i);
	}

	char *big = calloc(1, INTERN_MAX_STRING + 10);
	assert_non_null(big);
	memset(big, 'x', INTERN_MAX_STRING + 9);
	intern_get(t, intern_bytes(t, big, INTERN_MAX_STRING + 9), &n);
	assert_true(n <= INTERN_MAX_STRING);
	free(big);
	intern_free(t);
}

static void err_is_one_line(void **state)
{
	(void)state;
	struct err e = { .text = "" };
	assert_int_equal(err_set(&e, "%s: no such file", "x"), -1);
	assert_string_equal(e.text, "x: no such file");
	assert_int_equal(err_set(NULL, "ignored"), -1);
}

static void helpers_give_bytes(void **state)
{
	(void)state;
	uint8_t hex[4];
	assert_int_equal(unit_hex("00 ff\n1A2b", hex, sizeof hex), 4);
	assert_memory_equal(hex, "\x00\xff\x1a\x2b", 4);
	uint64_t seed = 1;
	assert_int_not_equal(unit_random(&seed), unit_random(&seed));
	size_t n;
	uint8_t *licence = unit_read("COPYING", &n);
	assert_true(n > 30000);
	const char *copy = unit_file(licence, n);
	assert_non_null(strstr(copy, "/tmp/"));
	free(licence);
}

int main(void)
{
	hash_start();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cursor_reads_network_order),
		cmocka_unit_test(cursor_failure_moves_nothing_and_sticks),
		cmocka_unit_test(cursor_tells_cut_from_past),
		cmocka_unit_test(cursor_child_stays_inside),
		cmocka_unit_test(cursor_trim_keeps_padding_away),
		cmocka_unit_test(strbuf_grows_to_its_cap),
		cmocka_unit_test(chunks_never_move),
		cmocka_unit_test(intern_gives_equal_numbers),
		cmocka_unit_test(err_is_one_line),
		cmocka_unit_test(helpers_give_bytes),
	};
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}

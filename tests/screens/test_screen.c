/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: text in cells, never half of a wide character; rows: folded, chosen, found again. */
#include "../unit/unit.h"

#include <string.h>

#include "base/hash.h"
#include "session.h"
#include "steps/steps.h"
#include "ui/dump.h"
#include "ui/rows.h"

static const char *shown(const struct screen *s)
{
	static struct strbuf to;
	strbuf_clear(&to);
	dump_text(&to, s);
	return strbuf_str(&to);
}

static void wide_characters_are_whole(void **state)
{
	(void)state;
	struct screen *s = screen_new(1, 6);
	assert_int_equal(screen_puts(s, 0, 0, 6, ST_TEXT, "가나다"), 6);
	assert_string_equal(shown(s), "가나다\n");
	/* what is half covered goes */
	screen_puts(s, 0, 1, 1, ST_TEXT, "x");
	assert_string_equal(shown(s), " x나다\n");
	screen_puts(s, 0, 2, 1, ST_TEXT, "y");
	assert_string_equal(shown(s), " xy 다\n");
	/* what does not fit whole is not there */
	assert_int_equal(screen_puts(s, 0, 5, 6, ST_TEXT, "라"), 0);
	screen_column(s, 0, 0, 5, ST_TEXT, "가나다", strlen("가나다"));
	assert_string_equal(shown(s), "가나…\n");
	screen_free(s);
}

static void outside_is_clipped(void **state)
{
	(void)state;
	struct screen *s = screen_new(2, 4);
	screen_puts(s, -1, 0, 4, ST_TEXT, "no");
	screen_puts(s, 2, 0, 4, ST_TEXT, "no");
	screen_puts(s, 0, 4, 4, ST_TEXT, "no");
	screen_puts(s, 1, 2, 40, ST_TEXT, "far too long");
	screen_repeat(s, 0, -3, 5, ST_TEXT, '-');
	assert_string_equal(shown(s), "--\n  fa\n");
	screen_free(s);
}

static void marks_stay_on_their_letter(void **state)
{
	(void)state;
	struct screen *s = screen_new(1, 4);
	assert_int_equal(screen_puts(s, 0, 0, 4, ST_TEXT, "e\xcc\x81x"), 2);
	assert_string_equal(shown(s), "e\xcc\x81x\n");
	screen_free(s);
}

static struct session *sample(void)
{
	struct err err;
	bool usage;
	struct session *s = session_open(&(struct session_options){
		.path = unit_path("pcaps/sample.pcapng") }, &err, &usage);
	assert_non_null(s);
	while (session_load(s, 100, 0))
		;
	return s;
}

static void make(struct rows *r)
{
	while (rows_busy(r))
		rows_work(r, 1);
}

static void step_0_is_folded(void **state)
{
	(void)state;
	struct session *s = sample();
	struct rows r;
	uint32_t n = session_n_frames(s), packets = 0, folded = 0, next = 1;
	rows_init(&r, s);
	assert_int_equal(rows_count(&r), n);
	rows_settled(&r, n);
	rows_set(&r, (struct rows_mode){ .kind = ROWS_FOLDED });
	make(&r);
	for (uint32_t i = 0; i < rows_count(&r); i++) {
		struct row_at at = rows_at(&r, i);
		assert_int_equal(at.frame, next);	/* none is left out, none is there twice */
		next += at.count;
		for (uint32_t k = 0; k < at.count; k++) {
			assert_int_equal(rows_find(&r, at.frame + k), i);
			assert_int_equal(session_frame(s, at.frame + k)->step == STEP_0, at.kind == ROW_RUN);
		}
		*(at.kind == ROW_RUN ? &folded : &packets) += at.count;
	}
	assert_int_equal(next, n + 1);
	assert_int_equal(folded, steps_background(s->steps));
	assert_true(packets > 0 && folded > 0);
	rows_free(&r);
	session_close(s);
}

static void only_a_connection(void **state)
{
	(void)state;
	struct session *s = sample();
	struct rows r;
	const struct connection *k = &steps_visit(s->steps, 1)->connections[0];
	rows_init(&r, s);
	rows_settled(&r, session_n_frames(s));
	rows_set(&r, (struct rows_mode){ .kind = ROWS_FLOW, .value = k->flow });
	make(&r);
	assert_true(rows_count(&r) > 2);
	assert_int_equal(rows_at(&r, 0).frame, k->first_frame);
	for (uint32_t i = 0; i < rows_count(&r); i++)
		assert_int_equal(session_frame(s, rows_at(&r, i).frame)->flow, k->flow);
	for (uint32_t n = 0; n <= session_n_frames(s) + 1; n++) {
		uint32_t row = rows_find(&r, n);
		assert_int_equal(rows_lists(&r, n), rows_at(&r, row).frame == n);
	}
	rows_free(&r);
	session_close(s);
}

static void what_is_loaded_stands_last(void **state)
{
	(void)state;
	struct session *s = sample();
	struct rows r;
	uint32_t n = session_n_frames(s);
	rows_init(&r, s);
	rows_settled(&r, 50);
	rows_set(&r, (struct rows_mode){ .kind = ROWS_FOLDED });
	make(&r);
	struct row_at last = rows_at(&r, rows_count(&r) - 1);
	assert_int_equal(last.kind, ROW_PENDING);
	assert_int_equal(last.frame, 51);
	assert_int_equal(last.count, n - 50);
	assert_int_equal(rows_find(&r, n), rows_count(&r) - 1);
	rows_free(&r);
	session_close(s);
}

int main(void)
{
	hash_start();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_characters_are_whole),
		cmocka_unit_test(outside_is_clipped),
		cmocka_unit_test(marks_stay_on_their_letter),
		cmocka_unit_test(step_0_is_folded),
		cmocka_unit_test(only_a_connection),
		cmocka_unit_test(what_is_loaded_stands_last),
	};
	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}

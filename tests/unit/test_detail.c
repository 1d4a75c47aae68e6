/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One frame dissected by itself says the same as the same frame in its turn: layers, fields,
 * values, notes, Info. So the timeline, which jumps about, and print, which goes in order, agree.
 * And its Info is the same whether fields are wanted or not: so the list agrees with what is below.
 *
 * Without arguments: the recorded visits. With arguments: these captures.
 */
#include "unit.h"

#include "told.h"

static void samples(void **state)
{
	(void)state;
	unsigned differ = 0;
	for (const char *const *path = frames_samples(); *path; path++)
		differ += told_by_itself(*path);
	assert_int_equal(differ, 0);
}

static char **given;

static void given_captures(void **state)
{
	(void)state;
	for (char **p = given; *p; p++)
		assert_int_equal(told_by_itself(*p), 0);
}

int main(int argc, char **argv)
{
	given = argv + 1;
	const struct CMUnitTest all[] = { cmocka_unit_test(samples) };
	const struct CMUnitTest some[] = { cmocka_unit_test(given_captures) };
	return argc > 1 ? cmocka_run_group_tests_name("detail", some, NULL, NULL)
		: cmocka_run_group_tests_name("detail", all, NULL, NULL);
}

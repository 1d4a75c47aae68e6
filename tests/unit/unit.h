/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit: what every unit test includes: cmocka, and a few ways to come by bytes.
 *
 * A test program is tests/unit/test_NAME.c with one group of tests:
 *
 *	int main(void)
 *	{
 *		const struct CMUnitTest tests[] = { cmocka_unit_test(what_it_shows) };
 *		return cmocka_run_group_tests_name("NAME", tests, NULL, NULL);
 *	}
 *
 * and one line in Makefile.am (the list `unit`).
 */
#ifndef OSI_TESTS_UNIT_H
#define OSI_TESTS_UNIT_H

/* cmocka wants these first, in this order. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>

/*
 * The bytes of a text of hexadecimal digits (blanks between them are ignored), written to `to`;
 * returns how many. Fails the test when there are more than `size`, or another character.
 */
size_t unit_hex(const char *digits, uint8_t *to, size_t size);

/* A file of the source folder ("pcaps/x.pcapng"), whole. The caller frees it. */
uint8_t *unit_read(const char *path, size_t *n);

/* The full path of a file of the source folder. Good until the next call. */
const char *unit_path(const char *path);

/* A new file that holds the n bytes; its path, owned here. Removed when the program ends. */
const char *unit_file(const void *bytes, size_t n);

/* The next number of a sequence that is the same in every run. *state: any start but 0. */
uint32_t unit_random(uint64_t *state);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How bytes were cut into packets changes nothing of what they say: every connection of the
 * recorded visits cut at random and at each byte, out of order, twice, overlapping, with numbers
 * that wrap; every datagram in fragments. Without arguments: pcaps/visits; else these captures.
 */
#include "told.h"

#include <string.h>

#include "segments.h"

static const char *const *paths;

static bool lossless;	/* not those that lost packets */

static void same(const char *what, const char *path, const struct told *whole,
		 const struct frames *cut, bool (*kinds)(uint8_t), unsigned *differ)
{
	struct told t;
	told_pass(&t, cut, 0, kinds);
	if (t.events.len != whole->events.len || memcmp(strbuf_str(&t.events),
	    strbuf_str(&whole->events), t.events.len)) {
		if ((*differ)++ < 5)
			told_difference(what, &whole->events, &t.events);
		print_message("  in %s\n", path);
	}
	told_free(&t);
}

/* What the others compare is there at all. */
static void visits_say_something(void **state)
{
	(void)state;
	static const uint8_t kinds[] = { EV_HOST, EV_ARP_REPLY, EV_DNS_QUERY, EV_DNS_RECORD, EV_TCP_SYN,
		EV_TCP_FIN, EV_TLS_CLIENT_HELLO, EV_TLS_SERVER_HELLO, EV_TLS_CERTIFICATE,
		EV_TLS_ENCRYPTED, EV_HTTP_REQUEST, EV_HTTP_RESPONSE, EV_HTTP_END, EV_QUIC_LONG };
	uint32_t n[EV_KINDS] = { 0 };
	for (const char *const *path = paths; *path; path++) {
		struct frames f;
		struct told t;
		frames_read(&f, *path);
		told_pass(&t, &f, 0, NULL);
		for (unsigned k = 0; k < EV_KINDS; k++)
			n[k] += t.n_events[k];
		frames_free(&f);
		told_free(&t);
	}
	for (unsigned i = 0; i < sizeof kinds && paths == frames_samples(); i++)
		if (!n[kinds[i]])
			fail_msg("no event %u in any visit", kinds[i]);
}

static void recut_all(const char *what, struct recut how, unsigned every)
{
	unsigned differ = 0, n = 0;
	for (const char *const *path = paths; *path; path++) {
		struct frames from, to;
		struct told whole;
		if (n++ % every || (lossless && strstr(*path, "/lossy")))
			continue;
		frames_read(&from, *path);
		told_pass(&whole, &from, 0, told_messages);
		how.seed++;
		segments_recut(&to, &from, &how);
		same(what, *path, &whole, &to, told_messages, &differ);
		frames_free(&to);
		frames_free(&from);
		told_free(&whole);
	}
	assert_int_equal(differ, 0);
}

static void cut_at_random(void **state)
{
	(void)state;
	recut_all("cut at random", (struct recut){ .seed = 1, .piece = 1000 }, 1);
	recut_all("cut small", (struct recut){ .seed = 2, .piece = 30 }, 1);
}

static void cut_at_each_byte(void **state)
{
	(void)state;
	/* where packets were lost more bytes wait than packets may (OOO_PIECES): not by one there */
	recut_all("by 15", (struct recut){ .seed = 3, .piece = 15, .exact = true }, 1);
	lossless = true;
	recut_all("each byte", (struct recut){ .seed = 3, .piece = 1, .exact = true }, 1);
	lossless = false;
}

static void out_of_order(void **state)
{
	(void)state;
	recut_all("shuffled", (struct recut){ .seed = 4, .piece = 700, .shuffle = true }, 1);
	recut_all("shuffled small", (struct recut){ .seed = 5, .piece = 9, .shuffle = true }, 3);
}

static void twice_and_overlapping(void **state)
{
	(void)state;
	recut_all("twice", (struct recut){ .seed = 6, .piece = 300, .twice = true }, 1);
	recut_all("overlapping", (struct recut){ .seed = 7, .piece = 300, .overlap = true }, 1);
	recut_all("all at once", (struct recut){ .seed = 8, .piece = 300, .twice = true,
		.overlap = true, .shuffle = true }, 1);
}

static void numbers_that_wrap(void **state)
{
	(void)state;
	recut_all("wrapping", (struct recut){ .seed = 9, .piece = 5000, .wrap = true }, 1);
	recut_all("wrapping, all at once", (struct recut){ .seed = 10, .piece = 300, .twice = true,
		.overlap = true, .shuffle = true, .wrap = true }, 1);
}

static void refragment_all(const char *what, struct refragment how)
{
	unsigned differ = 0;
	for (const char *const *path = paths; *path; path++) {
		struct frames from, to;
		struct told whole;
		frames_read(&from, *path);
		told_pass(&whole, &from, 0, NULL);
		how.seed++;
		fragments_cut(&to, &from, &how);
		assert_true(to.n >= from.n);
		same(what, *path, &whole, &to, NULL, &differ);
		frames_free(&to);
		frames_free(&from);
		told_free(&whole);
	}
	assert_int_equal(differ, 0);
}

static void fragments(void **state)
{
	(void)state;
	refragment_all("fragments", (struct refragment){ .seed = 1, .piece = 800 });
	refragment_all("small fragments", (struct refragment){ .seed = 2, .piece = 64 });
}

static void fragments_in_disorder(void **state)
{
	(void)state;
	refragment_all("shuffled", (struct refragment){ .seed = 3, .piece = 400, .shuffle = true });
	refragment_all("twice", (struct refragment){ .seed = 4, .piece = 400, .twice = true });
	refragment_all("overlapping", (struct refragment){ .seed = 5, .piece = 200, .shuffle = true,
		.twice = true, .overlap = true });
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(visits_say_something),
		cmocka_unit_test(cut_at_random),
		cmocka_unit_test(cut_at_each_byte),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(twice_and_overlapping),
		cmocka_unit_test(numbers_that_wrap),
		cmocka_unit_test(fragments),
		cmocka_unit_test(fragments_in_disorder),
	};
	paths = argc > 1 ? (const char *const *)(argv + 1) : frames_samples();
	return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}

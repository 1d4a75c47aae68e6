/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/capture: capture filters. */
#include "unit.h"

#include <string.h>

#include "capture/filter.h"

/* An Ethernet frame: IPv4, TCP from port 50000 to port 443, SYN. */
static const char syn[] =
	"020000000002 020000000001 0800"
	"45000028 00000000 40060000 c0a8000a cb007150"
	"c35001bb 00000000 00000000 50020000 00000000";

static struct frame frame_of(const char *digits, uint8_t *bytes, size_t size, uint32_t link)
{
	uint32_t n = (uint32_t)unit_hex(digits, bytes, size);
	return (struct frame){ .bytes = bytes, .caplen = n, .len = n, .link = link };
}

static bool passes(const char *expression, const struct frame *frame)
{
	struct err err = { .text = "" };
	struct filter *f = filter_compile(expression, &err);
	if (!f)
		fail_msg("%s", err.text);
	bool yes = filter_match(f, frame);
	assert_null(filter_trouble(f));
	filter_free(f);
	return yes;
}

static void frames_pass_or_not(void **state)
{
	(void)state;
	uint8_t bytes[64];
	struct frame f = frame_of(syn, bytes, sizeof bytes, 1);
	assert_true(passes("", &f));
	assert_true(passes("tcp port 443", &f));
	assert_true(passes("tcp[tcpflags] & tcp-syn != 0 and host 203.0.113.80", &f));
	assert_false(passes("udp", &f));
	assert_false(passes("src port 443", &f));
	f.caplen = 34;		/* the ports were not captured */
	assert_false(passes("tcp port 443", &f));
	assert_true(passes("greater 50", &f));
	f = frame_of(syn + 30, bytes, sizeof bytes, 101);	/* the same, as raw IP */
	assert_true(passes("tcp port 443", &f));
}

/* One capture may hold several link types; what means nothing for one of them does not pass. */
static void each_link_has_its_program(void **state)
{
	(void)state;
	uint8_t a[64], b[64];
	struct frame ether = frame_of(syn, a, sizeof a, 1), raw = frame_of(syn + 30, b, sizeof b, 101);
	struct err err;
	struct filter *f = filter_compile("ether dst 02:00:00:00:00:02", &err);
	assert_non_null(f);
	assert_true(filter_match(f, &ether));
	assert_null(filter_trouble(f));
	assert_false(filter_match(f, &raw));
	assert_non_null(strstr(filter_trouble(f), "101"));
	assert_true(filter_match(f, &ether));
	raw.link = LINK_NO_PACKET;
	assert_false(filter_match(f, &raw));
	for (raw.link = 1000; raw.link < 1200; raw.link++)
		assert_false(filter_match(f, &raw));
	assert_true(filter_match(f, &ether));
	filter_free(f);
}

static void mistakes_have_a_place(void **state)
{
	(void)state;
	static const struct { const char *text, *says; } wrong[] = {
		{ .text = "tcp prot 80", .says = "character 5 on: “prot 80”" },
		{ .text = "host 1.2.3.4 and and port 80", .says = "character 14 " },
		{ .text = "tcp port 443 )", .says = "character 14 on: “)”" },
		{ .text = "prot 80", .says = "character 1 " },
		{ .text = "tcp and", .says = "not complete" },
		{ .text = "(tcp or udp", .says = "not complete" },
		{ .text = "port", .says = "not complete" },
		{ .text = "tcp[100:9] = 3", .says = "data size" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err err = { .text = "" };
		assert_null(filter_compile(wrong[i].text, &err));
		if (!strstr(err.text, wrong[i].says))
			fail_msg("%s: does not say %s", err.text, wrong[i].says);
	}
	struct err err;
	struct filter *f = filter_compile("wlan type mgt", &err);	/* right, but not for Ethernet */
	assert_non_null(f);
	filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_pass_or_not),
		cmocka_unit_test(each_link_has_its_program),
		cmocka_unit_test(mistakes_have_a_place),
	};
	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}

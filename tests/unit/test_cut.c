/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cut and malformed are different words: each packet, cut at each length, is never called
 * malformed, for what the capture does not hold is no lie of the packet's.
 */
#include "packets.h"

static bool never_malformed(void *arg, struct session *s, const struct dissect *d)
{
	(void)arg;
	(void)s;
	if (has_note(d, NOTE_MALFORMED))
		fail_msg("cut to %u of %u bytes it is called malformed: %s", d->caplen, d->len,
			 stack(d));
	return true;
}

/* The packet, cut at each length: what is missing is never a lie. */
static void cut(uint32_t link, struct bytes p)
{
	struct lab l;
	lab_begin(&l, link);
	for (size_t n = 0; n <= p.n; n++)
		lab_frame(&l, &p, n);
	lab_load(&l);
	session_each(l.s, WANT_FIELDS | WANT_INFO, never_malformed, NULL);
	const struct frame_rec *last = session_frame(l.s, (uint32_t)p.n + 1);
	assert_false(last->flags & FRAME_CUT);
	lab_end(&l);
}

static void cut_is_not_malformed(void **state)
{
	(void)state;
	struct bytes four = udp(true, "hello"), six = udp(false, "hello"), none = { .n = 0 };
	struct bytes quoted = ip4((struct ip4){ .proto = UDP }, four);
	cut(ETHERNET, arp_of("0001 020000000001 c0000201 000000000000 c0000202"));
	cut(ETHERNET, ether(PROVIDER, both("b064 8100 0007 0800", quoted)));
	cut(ETHERNET, ether(0x26, from_hex("4242 03 0000000000 8000 000000000000 00000000 8000 "
					   "000000000000 8000 0000 1400 0200 0f00 000000")));
	cut(SLL, both("0004 0001 0006 0200000000010000 0800", quoted));
	cut(SLL2, both("0800 0000 00000003 0001 04 06 0200000000010000", quoted));
	cut(BSD_NULL, both("02000000", quoted));
	static const char *const options[] = {
		"01 83 0b 04 0a000001 0a000002 00", "44 0c 05 13 0a000001 00000007",
		"82 0b f135 0001 4142 010203 00", "86 0a 00000005 01 04 00 07", "94 04 0000 19 08 05 40 00000005",
	};
	for (unsigned i = 0; i < sizeof options / sizeof options[0]; i++)
		cut(ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = UDP, .options = options[i] }, four)));
	cut(ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = UDP, .fragment = 0x2000 }, four)));
	cut(ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = ICMP }, icmp("03 04 0000 0000 05dc", quoted))));
	cut(ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = ICMP },
				      icmp("09 00 0000 01 02 001e 0a000001 00000000 "
					   "10 0a 0001 001e 8000 0a000001", none))));
	cut(ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = 2, .options = "94 04 0000" },
				      icmp("22 00 0000 0000 0001 04 00 0000 e00000fb", none))));
	cut(ETHERNET, ether(IPV6, ip6(HOPOPTS, both("3c 00 05 02 0000 01 00 2b 00 01 04 00000000 "
		"11 02 04 01 00 00 0000 20010db8000000000000000000000002", six))));
	cut(ETHERNET, ether(IPV6, ip6(FRAGMENT, both("11 00 0001 00001234", six))));
	cut(ETHERNET, ether(IPV6, ip6(ICMP6, icmp6("86 00 0000 40 c0 0708 00000000 00000000 "
		"01 01 020000000001 05 01 0000 000005dc "
		"03 04 40 c0 00015180 00003840 00000000 20010db8000000000000000000000000 "
		"19 03 0000 00000258 20010db8000000000000000000000001 "
		"1f 03 0000 00000258 036c6162 04746573 7400 000000000000 "
		"26 02 12c0 0064ff9b0000000000000000", none))));
	cut(ETHERNET, ether(IPV6, ip6(ICMP6, icmp6("8f 00 0000 0000 0001 04 00 0001 "
		"ff020000000000000000000000000016 20010db8000000000000000000000001", none))));
	cut(ETHERNET, ether(IPV6, ip6(ICMP6, icmp6("01 04 0000 00000000", ip6(UDP, six)))));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(cut_is_not_malformed) };
	return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}

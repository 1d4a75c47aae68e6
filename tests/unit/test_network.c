/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The link, network and control protocols, on packets made by hand (packets.h). */
#include "packets.h"

#include "checksum.h"

/* ---- link ----------------------------------------------------------------------------------- */

static void arp_asks_and_answers(void **state)
{
	(void)state;
	struct lab l;
	const struct dissect *d = lab_one(&l, ETHERNET, arp_of("0001 020000000001 c0000201 "
							       "000000000000 c0000202"));
	assert_string_equal(stack(d), "eth:arp");
	assert_string_equal(strbuf_str(&d->info), "Who has 192.0.2.2? Tell 192.0.2.1");
	assert_int_equal(number_of(d, "arp.opcode"), 1);
	assert_bytes(d, "arp.dst.proto_ipv4", 0, "c0000202");
	assert_int_equal(item_of(d, "arp.dst.proto_ipv4", 0)->off, 38);
	const struct event *e = event_of(&l, EV_ARP_REQUEST);
	assert_non_null(e);
	assert_string_is(&l, e->a, "c0000202");
	assert_string_is(&l, e->b, "c0000201");
	e = event_of(&l, EV_ARP_SENDER);
	assert_non_null(e);
	assert_string_is(&l, e->a, "c0000201");
	assert_string_is(&l, e->b, "020000000001");
	lab_end(&l);

	d = lab_one(&l, ETHERNET, arp_of("0002 020000000002 c0000202 020000000001 c0000201"));
	assert_string_equal(strbuf_str(&d->info), "192.0.2.2 is at 02:00:00:00:00:02");
	e = event_of(&l, EV_ARP_REPLY);
	assert_non_null(e);
	assert_string_is(&l, e->a, "c0000202");
	assert_string_is(&l, e->b, mac_b);
	lab_end(&l);
}

static void arp_announces_and_probes(void **state)
{
	(void)state;
	struct lab l;
	const struct dissect *d = lab_one(&l, ETHERNET, arp_of("0001 020000000001 c0000201 "
							       "000000000000 c0000201"));
	assert_string_equal(strbuf_str(&d->info), "ARP Announcement for 192.0.2.1");
	assert_int_equal(number_of(d, "arp.isgratuitous"), 1);
	assert_int_equal(number_of(d, "arp.isannouncement"), 1);
	assert_null(event_of(&l, EV_ARP_REQUEST));	/* nobody asks for another's address */
	lab_end(&l);

	d = lab_one(&l, ETHERNET, arp_of("0001 020000000001 00000000 000000000000 c0000201"));
	assert_string_equal(strbuf_str(&d->info), "Who has 192.0.2.1? (ARP Probe)");
	assert_int_equal(number_of(d, "arp.isprobe"), 1);
	lab_end(&l);
}

static void ethernet_padding_trailer_and_check_sequence(void **state)
{
	(void)state;
	struct lab l;
	struct bytes p = ether(IPV4, ip4((struct ip4){ .proto = UDP }, udp(true, "hi")));
	size_t n = p.n;
	add(&p, (uint8_t[60]){ 0 }, 60 - n);
	hex(&p, "0102");
	const struct dissect *d = lab_one(&l, ETHERNET, p);
	assert_int_equal(item_of(d, "eth.padding", 0)->off, n);
	assert_int_equal(item_of(d, "eth.padding", 0)->len, 60 - n);
	assert_bytes(d, "eth.trailer", 0, "0102");
	assert_string_equal(strbuf_str(&d->info), "40000 → 9 Len=2");
	assert_int_equal(number_of(d, "udp.checksum.status"), CHECKSUM_GOOD);
	lab_end(&l);

	/* padded, with its CRC-32 as zlib computes it */
	p = ether(ARP, from_hex("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202"));
	p.n = 60;
	memset(p.b + 42, 0, 18);
	hex(&p, "39c78e50");
	d = lab_one(&l, ETHERNET, p);
	assert_int_equal(item_of(d, "eth.padding", 0)->len, 18);
	assert_int_equal(number_of(d, "eth.fcs"), 0x508ec739);
	assert_null(item_of(d, "eth.trailer", 0));
	lab_end(&l);
}

static void vlan_tags_inside_each_other(void **state)
{
	(void)state;
	struct lab l;
	struct bytes p = ip4((struct ip4){ .proto = UDP }, udp(true, "hi"));
	const struct dissect *d = lab_one(&l, ETHERNET,
					  ether(PROVIDER, both("b064 8100 0007 0800", p)));
	assert_string_equal(stack(d), "eth:ieee8021ad:vlan:ip:udp");
	assert_int_equal(number_of(d, "ieee8021ad.id"), 100);
	assert_int_equal(number_of(d, "ieee8021ad.priority"), 5);
	assert_int_equal(number_of(d, "ieee8021ad.dei"), 1);
	assert_int_equal(number_of(d, "vlan.id"), 7);
	lab_end(&l);
}

static void cooked_loopback_and_raw(void **state)
{
	(void)state;
	struct lab l;
	struct bytes p = ip4((struct ip4){ .proto = UDP }, udp(true, "hi"));
	const struct dissect *d;
	d = lab_one(&l, SLL, both("0004 0001 0006 0200000000010000 0800", p));
	assert_string_equal(stack(d), "sll:ip:udp");
	assert_bytes(d, "sll.src.eth", 0, mac_a);
	lab_end(&l);
	d = lab_one(&l, SLL2, both("0800 0000 00000003 0001 04 06 0200000000010000", p));
	assert_string_equal(stack(d), "sll:ip:udp");
	assert_int_equal(number_of(d, "sll.ifindex"), 3);
	assert_int_equal(number_of(d, "sll.pkttype"), 4);
	lab_end(&l);
	static const char *const orders[] = { "00000002", "02000000" };
	for (unsigned i = 0; i < 2; i++) {
		d = lab_one(&l, BSD_NULL, both(orders[i], p));
		assert_string_equal(stack(d), "null:ip:udp");
		assert_int_equal(number_of(d, "null.family"), 2);
		lab_end(&l);
	}
	struct bytes six = ip6(UDP, udp(false, "hi"));
	static const char *const families[] = { "0a000000", "17000000", "18000000", "1c000000", "1e000000" };
	for (unsigned i = 0; i < sizeof families / sizeof families[0]; i++) {
		assert_string_equal(stack(lab_one(&l, BSD_NULL, both(families[i], six))),
				    "null:ipv6:udp");
		lab_end(&l);
	}
	assert_string_equal(stack(lab_one(&l, RAW, six)), "raw:ipv6:udp");
	lab_end(&l);
}

/* ---- IPv4 ----------------------------------------------------------------------------------- */

static void ipv4_source_route_names_the_destination(void **state)
{
	(void)state;
	struct lab l;
	struct ip4 h = { .proto = UDP, .options = "01 83 0b 04 0a000001 0a000002 00" };
	const struct dissect *d = lab_one(&l, ETHERNET, ether(IPV4, ip4(h, udp(true, "hi"))));
	assert_string_equal(stack(d), "eth:ip:udp");
	assert_bytes(d, "ip.cur_rt", 0, "c0000202");
	assert_bytes(d, "ip.src_rt", 0, "0a000001");
	assert_bytes(d, "ip.dst", 0, "0a000002");
	assert_memory_equal(d->dst.bytes, "\x0a\0\0\2", 4);
	assert_int_equal(number_of(d, "ip.hdr_len"), 36);
	lab_end(&l);
}

static void ipv4_options_say_what_they_hold(void **state)
{
	static const struct { const char *option, *field; uint64_t value; } rows[] = {
		{ "94 04 0000", "ip.opt.ra", 0 },
		{ "88 04 1234", "ip.opt.sid", 0x1234 },
		{ "44 0c 05 10 00000001 00000002", "ip.opt.time_stamp", 1 },
		{ "44 0c 05 13 0a000001 00000007", "ip.opt.time_stamp", 7 },
		{ "82 0b f135 0001 4142 010203", "ip.opt.sec_rfc791_sec", 0xf135 },
		{ "86 0a 00000005 01 04 00 07", "ip.cipso.sensitivity_level", 7 },
		{ "52 0c 0001 0002 0003 0a000001", "ip.opt.rhc", 3 },
		{ "19 08 05 40 00000005", "ip.opt.qs_ttl", 64 },
		{ "0b 04 05dc", "ip.opt.mtu", 1500 },
		{ "9e 04 abcd", "ip.opt.type.number", 30 },
	};
	(void)state;
	struct lab l;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ip4 h = { .proto = UDP, .options = rows[i].option };
		const struct dissect *d = lab_one(&l, ETHERNET, ether(IPV4, ip4(h, udp(true, "hi"))));
		assert_int_equal(number_of(d, rows[i].field), rows[i].value);
		assert_false(has_note(d, NOTE_MALFORMED));
		assert_int_equal(number_of(d, "ip.checksum.status"), CHECKSUM_GOOD);
		lab_end(&l);
	}
}

static void ipv4_lengths_that_lie(void **state)
{
	(void)state;
	struct lab l;
	struct ip4 h = { .proto = UDP, .total = 1 };	/* 0: left to the network card */
	const struct dissect *d = lab_one(&l, ETHERNET, ether(IPV4, ip4(h, udp(true, "hi"))));
	assert_string_equal(stack(d), "eth:ip:udp");
	assert_true(has_note(d, NOTE_LENGTH_OFFLOADED));
	assert_false(has_note(d, NOTE_MALFORMED));
	lab_end(&l);
	h.total = 201;
	d = lab_one(&l, ETHERNET, ether(IPV4, ip4(h, udp(true, "hi"))));
	assert_string_equal(stack(d), "eth:ip:udp");
	assert_true(has_note(d, NOTE_MALFORMED));
	lab_end(&l);
	h.total = 11;
	d = lab_one(&l, ETHERNET, ether(IPV4, ip4(h, udp(true, "hi"))));
	assert_string_equal(stack(d), "eth:ip");
	assert_true(has_note(d, NOTE_MALFORMED));
	lab_end(&l);
	struct bytes u = udp(true, "hi");
	be16(u.b + 4, 7);
	d = lab_one(&l, ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = UDP }, u)));
	assert_true(has_note(d, NOTE_MALFORMED));
	lab_end(&l);
}

/* Two pieces of a datagram in this order; the second frame completes it. */
static void pieces(struct lab *l, struct bytes first, struct bytes second, const char *want)
{
	lab_begin(l, ETHERNET);
	lab_frame(l, &first, first.n);
	lab_frame(l, &second, second.n);
	lab_load(l);
	const struct dissect *d = session_detail(l->s, 1, WANT_FIELDS | WANT_INFO);
	assert_true(has_note(d, NOTE_FRAGMENT));
	assert_null(item_of(d, "udp.srcport", 0));
	d = session_detail(l->s, 2, WANT_FIELDS | WANT_INFO);
	assert_string_equal(stack(d), want);
	assert_false(has_note(d, NOTE_FRAGMENT));
	assert_int_equal(number_of(d, "udp.srcport"), 40000);
	assert_int_equal(number_of(d, "udp.checksum.status"), CHECKSUM_GOOD);
	const struct item *it = item_of(d, "udp.srcport", 0);
	assert_int_equal(d->buffers[it->buffer].kind, BUF_DEFRAGMENTED);
	lab_end(l);
}

static void fragments_in_either_order(void **state)
{
	(void)state;
	struct lab l;
	struct bytes whole = udp(true, "a datagram that comes in pieces"), a = whole, b = { .n = 0 };
	a.n = 16;
	add(&b, whole.b + 16, whole.n - 16);
	a = ether(IPV4, ip4((struct ip4){ .proto = UDP, .fragment = 0x2000 }, a));
	b = ether(IPV4, ip4((struct ip4){ .proto = UDP, .fragment = 2 }, b));
	pieces(&l, a, b, "eth:ip:udp");
	pieces(&l, b, a, "eth:ip:udp");

	whole = udp(false, "a datagram that comes in pieces");
	b.n = 0;
	add(&b, whole.b + 16, whole.n - 16);
	whole.n = 16;
	a = ether(IPV6, ip6(FRAGMENT, both("11 00 0001 00001234", whole)));
	b = ether(IPV6, ip6(FRAGMENT, both("11 00 0010 00001234", b)));
	pieces(&l, a, b, "eth:ipv6:ipv6.fraghdr:udp");
	pieces(&l, b, a, "eth:ipv6:ipv6.fraghdr:udp");
}

/* Bytes behind the end do not stand in for those that are missing in front. */
static void fragments_behind_the_end(void **state)
{
	(void)state;
	struct lab l;
	struct bytes whole = udp(true, "a datagram that comes in pieces"), a = whole, b = { .n = 0 };
	a.n = 16;
	add(&b, whole.b + 16, whole.n - 16);
	struct bytes first = ether(IPV4, ip4((struct ip4){ .proto = UDP, .fragment = 0x2000 }, a));
	struct bytes last = ether(IPV4, ip4((struct ip4){ .proto = UDP, .fragment = 2 }, b));
	struct bytes behind = ether(IPV4, ip4((struct ip4){ .proto = UDP, .fragment = 0x2010 }, a));
	lab_begin(&l, ETHERNET);
	lab_frame(&l, &behind, behind.n);
	lab_frame(&l, &last, last.n);
	lab_frame(&l, &first, first.n);
	lab_load(&l);
	assert_string_equal(stack(session_detail(l.s, 2, WANT_FIELDS)), "eth:ip");
	const struct dissect *d = session_detail(l.s, 3, WANT_FIELDS | WANT_INFO);
	assert_string_equal(stack(d), "eth:ip:udp");
	assert_int_equal(number_of(d, "udp.checksum.status"), CHECKSUM_GOOD);
	lab_end(&l);
}

/* ---- IPv6 ----------------------------------------------------------------------------------- */

static void ipv6_extension_headers(void **state)
{
	(void)state;
	struct lab l;
	struct bytes p = both("3c 00 05 02 0000 01 00 2b 00 01 04 00000000 "
			      "11 02 04 01 00 00 0000 20010db8000000000000000000000002",
			      udp(false, "hi"));
	const struct dissect *d = lab_one(&l, ETHERNET, ether(IPV6, ip6(HOPOPTS, p)));
	assert_string_equal(stack(d),
			    "eth:ipv6:ipv6.hopopts:ipv6.dstopts:ipv6.routing:udp");
	assert_int_equal(number_of(d, "ipv6.opt.router_alert"), 0);
	assert_int_equal(number_of(d, "ipv6.routing.segleft"), 1);
	assert_bytes(d, "ipv6.routing.srh.addr", 0, six_b);
	assert_int_equal(number_of(d, "udp.checksum.status"), CHECKSUM_GOOD);
	assert_false(has_note(d, NOTE_MALFORMED));
	lab_end(&l);

	/* an option that lies about itself: the header's own length still leads on */
	p = both("11 00 05 09 0000 01 00", udp(false, "hi"));
	d = lab_one(&l, ETHERNET, ether(IPV6, ip6(HOPOPTS, p)));
	assert_string_equal(stack(d), "eth:ipv6:ipv6.hopopts:udp");
	assert_true(has_note(d, NOTE_MALFORMED));
	lab_end(&l);
}

/* ---- ICMP ----------------------------------------------------------------------------------- */

static void icmp_quotes_what_did_not_arrive(void **state)
{
	(void)state;
	struct lab l;
	struct bytes quoted = ip4((struct ip4){ .proto = UDP, .total = 101 }, udp(true, ""));
	const struct dissect *d = lab_one(&l, ETHERNET,
		ether(IPV4, ip4((struct ip4){ .proto = ICMP }, icmp("03 03 0000 00000000", quoted))));
	assert_string_equal(stack(d), "eth:ip:icmp:ip:udp");
	assert_false(d->layers[2].quoted);
	assert_true(d->layers[3].quoted && d->layers[4].quoted);
	assert_string_equal(strbuf_str(&d->info), "Destination unreachable (Port unreachable)");
	assert_int_equal(number_of(d, "icmp.checksum.status"), CHECKSUM_GOOD);
	assert_non_null(item_of(d, "ip.src", 1));
	assert_false(has_note(d, NOTE_MALFORMED));
	assert_null(d->flow);
	const struct event *e = event_of(&l, EV_ICMP_ERROR);
	assert_non_null(e);
	assert_int_equal(e->a, 3 << 8 | 3);
	assert_string_is(&l, e->b, "c0000202");
	assert_int_equal(e->c, 9);
	assert_int_equal(e[-1].kind, EV_ICMP_SENDER);
	assert_string_is(&l, e[-1].a, "c0000201");
	lab_end(&l);
}

static void icmp_extension_behind_the_quote(void **state)
{
	(void)state;
	struct lab l;
	struct bytes quoted = ip4((struct ip4){ .proto = UDP }, udp(true, ""));
	memset(quoted.b + quoted.n, 0, 128 - quoted.n);
	quoted.n = 128;
	hex(&quoted, "2000 bd62 0008 0101 004d2147");
	const struct dissect *d = lab_one(&l, ETHERNET,
		ether(IPV4, ip4((struct ip4){ .proto = ICMP }, icmp("0b 00 0000 00 20 0000", quoted))));
	assert_string_equal(stack(d), "eth:ip:icmp:ip:udp");
	assert_int_equal(number_of(d, "icmp.mpls.label"), 1234);
	assert_int_equal(number_of(d, "icmp.mpls.ttl"), 71);
	lab_end(&l);
}

static void icmp_echo_both_byte_orders(void **state)
{
	(void)state;
	struct lab l;
	struct bytes nothing = { .n = 0 };
	const struct dissect *d = lab_one(&l, ETHERNET,
		ether(IPV4, ip4((struct ip4){ .proto = ICMP }, icmp("08 00 0000 1234 0001", nothing))));
	assert_string_equal(strbuf_str(&d->info),
			    "Echo (ping) request  id=0x1234, seq=1/256, ttl=64");
	assert_int_equal(number_of(d, "icmp.seq_le"), 256);
	lab_end(&l);
}

static void neighbours_are_found(void **state)
{
	(void)state;
	struct lab l;
	struct bytes target = from_hex(six_b);
	hex(&target, "01 01 020000000001");
	const struct dissect *d = lab_one(&l, ETHERNET,
		ether(IPV6, ip6(ICMP6, icmp6("87 00 0000 00000000", target))));
	assert_string_equal(strbuf_str(&d->info), "Neighbor Solicitation for 2001:db8::2 "
			    "from 02:00:00:00:00:01");
	assert_int_equal(number_of(d, "icmpv6.checksum.status"), CHECKSUM_GOOD);
	const struct event *e = event_of(&l, EV_NDP_SOLICIT);
	assert_non_null(e);
	assert_string_is(&l, e->a, six_b);
	assert_string_is(&l, e->b, six_a);
	lab_end(&l);

	target = from_hex(six_b);
	hex(&target, "02 01 020000000002");
	d = lab_one(&l, ETHERNET, ether(IPV6, ip6(ICMP6, icmp6("88 00 0000 60000000", target))));
	assert_string_equal(strbuf_str(&d->info), "Neighbor Advertisement 2001:db8::2 "
			    "(sol, ovr) is at 02:00:00:00:00:02");
	e = event_of(&l, EV_NDP_ADVERT);
	assert_non_null(e);
	assert_string_is(&l, e->b, mac_b);
	lab_end(&l);

	/* an option of no length would go on for ever */
	target = from_hex(six_b);
	hex(&target, "01 00 020000000001");
	d = lab_one(&l, ETHERNET, ether(IPV6, ip6(ICMP6, icmp6("87 00 0000 00000000", target))));
	assert_true(has_note(d, NOTE_MALFORMED));
	lab_end(&l);
}

/* ---- checksums ------------------------------------------------------------------------------ */

static void checksum_agrees_with_the_slow_way(void **state)
{
	(void)state;
	uint8_t bytes[300];
	uint64_t seed = 7;
	for (unsigned n = 0; n <= sizeof bytes; n++) {
		for (unsigned i = 0; i < n; i++)
			bytes[i] = (uint8_t)(n % 7 ? unit_random(&seed) : 0xff);
		uint16_t start = (uint16_t)unit_random(&seed);
		assert_int_equal(checksum_sum(bytes, n, start), plain_sum(bytes, n, start));
	}
}

static void checksum_bad_and_left_to_the_card(void **state)
{
	(void)state;
	struct lab l;
	struct bytes u = udp(true, "hi");
	u.b[8] ^= 1;
	const struct dissect *d = lab_one(&l, ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = UDP }, u)));
	assert_int_equal(number_of(d, "udp.checksum.status"), CHECKSUM_BAD);
	assert_true(has_note(d, NOTE_CHECKSUM_BAD));
	lab_end(&l);

	struct bytes a = from_hex("c0000201 c0000202");
	be16(u.b + 6, plain_sum(a.b, a.n, (uint32_t)(u.n + 17)));	/* the pseudo-header alone */
	d = lab_one(&l, ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = UDP }, u)));
	assert_int_equal(number_of(d, "udp.checksum.status"), CHECKSUM_PARTIAL);
	assert_true(has_note(d, NOTE_CHECKSUM_OFFLOADED));
	assert_false(has_note(d, NOTE_CHECKSUM_BAD));
	lab_end(&l);

	be16(u.b + 6, 0);
	d = lab_one(&l, ETHERNET, ether(IPV4, ip4((struct ip4){ .proto = UDP }, u)));
	assert_int_equal(number_of(d, "udp.checksum.status"), CHECKSUM_NOT_PRESENT);
	lab_end(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arp_asks_and_answers),
		cmocka_unit_test(arp_announces_and_probes),
		cmocka_unit_test(ethernet_padding_trailer_and_check_sequence),
		cmocka_unit_test(vlan_tags_inside_each_other),
		cmocka_unit_test(cooked_loopback_and_raw),
		cmocka_unit_test(ipv4_source_route_names_the_destination),
		cmocka_unit_test(ipv4_options_say_what_they_hold),
		cmocka_unit_test(ipv4_lengths_that_lie),
		cmocka_unit_test(fragments_in_either_order),
		cmocka_unit_test(fragments_behind_the_end),
		cmocka_unit_test(ipv6_extension_headers),
		cmocka_unit_test(icmp_quotes_what_did_not_arrive),
		cmocka_unit_test(icmp_extension_behind_the_quote),
		cmocka_unit_test(icmp_echo_both_byte_orders),
		cmocka_unit_test(neighbours_are_found),
		cmocka_unit_test(checksum_agrees_with_the_slow_way),
		cmocka_unit_test(checksum_bad_and_left_to_the_card),
	};
	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/capture: what the two formats say, and what is done about files that lie. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "maker.h"

static const int64_t second = 1000000000;

static void pcap_both_orders_both_clocks(void **state)
{
	(void)state;
	for (unsigned way = 0; way < 4; way++) {
		struct maker m = { .big = way & 1 };
		make_pcap(&m, way & 2 ? 0xa1b23c4d : 0xa1b2c3d4, 4, 113);
		make_record(&m, 1700000000, 999999, 5, 60);
		make_record(&m, 4294967295, 1, 3, 2);		/* longer than it was */
		struct source *s = open_made(&m);
		struct frame f;
		assert_int_equal(source_kind(s), SOURCE_PCAP);
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_int_equal(f.time, 1700000000 * second + 999999 * (way & 2 ? 1 : 1000));
		assert_true(f.has_time);
		assert_int_equal(f.caplen, 5);
		assert_int_equal(f.len, 60);
		assert_int_equal(f.link, 113);
		assert_int_equal(f.bytes[1], 1700000001 & 0xff);
		assert_int_equal(f.where, 24);
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_int_equal(f.time / second, 4294967295);
		assert_int_equal(f.len, 3);
		assert_int_equal(source_next(s, &f), SOURCE_END);
		assert_null(source_trouble(s));
		assert_int_equal(source_n_ifaces(s), 1);
		assert_int_equal(source_iface(s, 0)->link, 113);
		assert_int_equal(source_position(s), source_size(s));
		source_close(s);
	}
}

/* Before 2.3 the two lengths stood the other way round; in 2.3 sometimes. */
static void pcap_old_lengths(void **state)
{
	(void)state;
	for (uint16_t minor = 2; minor < 4; minor++) {
		struct maker m = { 0 };
		make_pcap(&m, 0xa1b2c3d4, minor, 1);
		put(&m, 1, 8);
		put(&m, 60, 4);
		put(&m, 4, 4);
		put(&m, 0x01020304, 4);
		struct source *s = open_made(&m);
		struct frame f;
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_int_equal(f.caplen, 4);
		assert_int_equal(f.len, 60);
		assert_int_equal(source_next(s, &f), SOURCE_END);
		source_close(s);
	}
}

static void pcap_link_field(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_pcap(&m, 0xa1b2c3d4, 4, 0x24000001);	/* frames end with 4 bytes of FCS */
	make_record(&m, 1, 1, 8, 8);
	struct source *s = open_made(&m);
	struct frame f;
	assert_int_equal(source_next(s, &f), SOURCE_FRAME);
	assert_int_equal(f.link, 1);
	source_close(s);

	m = (struct maker){ 0 };
	make_pcap(&m, 0xa1b2c3d4, 4, 0x00200001);
	make_record(&m, 1, 1, 8, 8);
	s = open_made(&m);
	assert_int_equal(count_frames(s, SOURCE_DAMAGED), 0);
	source_rewind(s);
	assert_int_equal(count_frames(s, SOURCE_DAMAGED), 0);
	source_close(s);
}

/* Cut at every length: what is whole is given, the rest is a cut and never an end. */
static void pcap_cut_everywhere(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_pcap(&m, 0xa1b2c3d4, 4, 1);
	for (unsigned i = 0; i < 3; i++)
		make_record(&m, i, i, 4, 4);
	const char *path = unit_file(m.bytes.s, m.bytes.len);
	for (size_t n = m.bytes.len; n >= 4; n--) {
		struct err err;
		assert_int_equal(truncate(path, (off_t)n), 0);
		struct source *s = source_open(path, &err);
		bool whole = n >= 24 && (n - 24) % 20 == 0;
		assert_non_null(s);
		assert_int_equal(count_frames(s, whole ? SOURCE_END : SOURCE_CUT),
			n < 24 ? 0 : (n - 24) / 20);
		assert_true(whole || strstr(source_trouble(s), "cut short"));
		source_close(s);
	}
	strbuf_free(&m.bytes);
}

static void pcap_packet_too_long(void **state)
{
	(void)state;
	for (uint32_t size = 262143; size < 262146; size++) {
		struct maker m = { 0 };
		make_pcap(&m, 0xa1b2c3d4, 4, 1);
		make_record(&m, 1, 1, 9, 9);
		make_record(&m, 2, 2, size, size);
		make_record(&m, 3, 3, 9, 9);
		struct source *s = open_made(&m);
		if (size <= 262144)
			assert_int_equal(count_frames(s, SOURCE_END), 3);
		else
			assert_int_equal(count_frames(s, SOURCE_DAMAGED), 1);
		source_close(s);
	}
}

static void make_all_blocks(struct maker *m, bool big)
{
	uint64_t number = 7;
	make_section(m, big, "recorded at home");
	make_iface(m, 1, 0, 9, 0);
	make_iface(m, 101, 4, 0x8a, -5);		/* 1024 ticks a second */
	block_begin(m, 10);
	put(m, 0x544c534b, 4);
	put(m, 5, 4);
	put_padded(m, "a key", 5);
	block_end(m);
	make_packet(m, 0, 1700000000123456789, 9, 60, "first");
	make_packet(m, 1, (uint64_t)100 << 10 | 512, 8, 8, NULL);
	block_begin(m, 4);		/* names; and a block that nobody knows */
	put(m, 0, 4);
	block_end(m);
	block_begin(m, 0x80001234);
	block_end(m);
	make_packet(m, 0, 1, 0, 0, "third");
	block_begin(m, 3);		/* Simple Packet Block */
	put(m, 6, 4);
	put_padded(m, "simple", 6);
	block_end(m);
	block_begin(m, 2);		/* Packet Block */
	put(m, 1, 2);
	put(m, 3, 2);
	put(m, 0, 4);
	put(m, 10240, 4);
	put(m, 3, 4);
	put(m, 3, 4);
	put_padded(m, "old", 3);
	block_end(m);
	block_begin(m, 0xbad);
	put(m, 32473, 4);
	put_padded(m, "custom", 6);
	block_end(m);
	block_begin(m, 5);
	put(m, 1, 4);
	put(m, 0, 8);
	put(m, 4, 2);
	put(m, 8, 2);
	put(m, number, 8);
	block_end(m);
}

static void check_all_blocks(struct source *s, uint32_t first_iface)
{
	static const int64_t time[] = { 1700000000123456789, 95500000000, 1, 0, 5 * 1000000000ll, 0 };
	static const uint32_t caplen[] = { 9, 8, 0, 6, 3, 8 };
	static const uint32_t iface[] = { 0, 1, 0, 0, 1, 0 };
	for (unsigned i = 0; i < 6; i++) {
		struct frame f, g;
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_int_equal(f.time, time[i]);
		assert_int_equal(f.has_time, i != 3 && i != 5);
		assert_int_equal(f.caplen, caplen[i]);
		assert_int_equal(f.iface, i == 5 ? 0 : first_iface + iface[i]);
		assert_int_equal(f.link, i == 5 ? LINK_NO_PACKET : iface[i] ? 101 : 1);
		assert_int_equal(f.comment != 0, i == 0 || i == 2);
		if (f.comment)
			assert_string_equal(source_comment(s, f.comment - 1), i ? "third" : "first");
		if (i == 3)
			assert_memory_equal(f.bytes, "simple", 6);
		if (i == 4)
			assert_memory_equal(f.bytes, "old", 3);
		assert_true(source_read_at(s, f.where, &g));
		assert_int_equal(g.time, f.time);
		assert_int_equal(g.caplen, f.caplen);
		assert_int_equal(g.comment, f.comment);
		assert_int_equal(g.iface, f.iface);
		assert_memory_equal(g.bytes, f.bytes, f.caplen);
	}
}

/* Two sections in different byte orders, each with interfaces and clocks of its own; twice. */
static void pcapng_all_blocks(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_all_blocks(&m, true);
	make_all_blocks(&m, false);
	struct source *s = open_made(&m);
	struct frame f;
	for (unsigned turn = 0; turn < 3; turn++) {
		assert_int_equal(source_kind(s), SOURCE_PCAPNG);
		check_all_blocks(s, 0);
		check_all_blocks(s, 2);
		assert_int_equal(source_next(s, &f), SOURCE_END);
		assert_int_equal(source_n_ifaces(s), 4);
		assert_int_equal(source_iface(s, 1)->received, 7);
		assert_int_equal(source_iface(s, 1)->snaplen, 4);
		assert_true(source_iface(s, 0)->dropped == UINT64_MAX);
		assert_null(source_iface(s, 4));
		assert_int_equal(source_n_secrets(s), 2);
		assert_int_equal(source_secret(s, 1)->type, 0x544c534b);
		assert_int_equal(source_secret(s, 1)->len, 5);
		assert_memory_equal(source_secret(s, 1)->bytes, "a key", 5);
		assert_string_equal(source_section_comment(s), "recorded at home");
		assert_null(source_comment(s, 4));
		assert_null(source_left_out(s));
		if (turn)
			source_collect(s, UINT64_MAX);
		else
			source_rewind(s);
	}
	source_close(s);
}

static void pcapng_iface_words(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	block_begin(&m, 1);
	put(&m, 1, 4);
	put(&m, 0, 4);
	make_option(&m, 2, "eth0", 4);
	make_option(&m, 3, "the cable", 9);
	make_option(&m, 8, "\0\0\0\0\1\0\0\0", 8);
	block_end(&m);		/* without an end of options: it is no must */
	make_packet(&m, 0, 1500000, 1, 1, NULL);
	struct source *s = open_made(&m);
	struct frame f;
	assert_int_equal(source_next(s, &f), SOURCE_FRAME);
	assert_int_equal(f.time, 1500000000);
	assert_string_equal(source_iface(s, 0)->name, "eth0");
	assert_string_equal(source_iface(s, 0)->description, "the cable");
	assert_true(source_iface(s, 0)->speed == (uint64_t)1 << 32);
	source_close(s);
}

static void pcapng_clocks(void **state)
{
	(void)state;
	static const struct { uint8_t resolution; int64_t offset; uint64_t t; int64_t time; } clock[] = {
		{ .resolution = 0, .t = 5, .time = 5000000000 },
		{ .resolution = 3, .t = 5001, .time = 5001000000 },
		{ .resolution = 12, .t = 5000000001999, .time = 5000000001 },
		{ .resolution = 19, .t = 15000000000000000000u, .time = 1500000000 },
		{ .resolution = 25, .t = UINT64_MAX, .time = 1844 },
		{ .resolution = 127, .t = UINT64_MAX, .time = 0 },
		{ .resolution = 0x80, .t = 5, .time = 5000000000 },
		{ .resolution = 0xa0, .t = (uint64_t)3 << 31, .time = 1500000000 },
		{ .resolution = 0xbf, .t = (uint64_t)3 << 62, .time = 1500000000 },
		{ .resolution = 0xc0, .t = (uint64_t)1 << 63, .time = 500000000 },
		{ .resolution = 0xff, .t = UINT64_MAX, .time = 0 },
		{ .resolution = 6, .offset = -1, .t = 1, .time = -999999000 },
		{ .resolution = 0, .t = UINT64_MAX, .time = INT64_MAX },
		{ .resolution = 9, .t = UINT64_MAX, .time = INT64_MAX },
		{ .resolution = 0, .offset = INT64_MAX, .t = 1, .time = INT64_MAX },
		{ .resolution = 0, .offset = INT64_MIN, .t = 1, .time = INT64_MIN },
	};
	for (size_t i = 0; i < sizeof clock / sizeof *clock; i++) {
		struct maker m = { 0 };
		make_section(&m, i & 1, NULL);
		make_iface(&m, 1, 0, clock[i].resolution, clock[i].offset);
		make_packet(&m, 0, clock[i].t, 1, 1, NULL);
		struct source *s = open_made(&m);
		struct frame f;
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_true(f.time == clock[i].time);
		source_close(s);
	}
}

/* A good section, interface and packet, then one block that cannot be. */
static void damaged_block(struct maker *m, const char *says)
{
	make_packet(m, 0, 1, 1, 1, NULL);	/* would be good, but nothing behind damage is believed */
	struct source *s = open_made(m);
	struct frame f;
	assert_int_equal(count_frames(s, SOURCE_DAMAGED), 1);
	if (!strstr(source_trouble(s), says))
		fail_msg("%s: does not say %s", source_trouble(s), says);
	assert_int_equal(source_next(s, &f), SOURCE_DAMAGED);
	source_rewind(s);
	assert_int_equal(count_frames(s, SOURCE_DAMAGED), 1);
	source_close(s);
	*m = (struct maker){ 0 };
	make_section(m, false, NULL);
	make_iface(m, 1, 0, 6, 0);
	make_packet(m, 0, 1, 1, 1, NULL);
}

static void pcapng_damage(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	make_packet(&m, 0, 1, 1, 1, NULL);

	make_packet(&m, 1, 1, 1, 1, NULL);
	damaged_block(&m, "interface");
	put(&m, 6, 4);
	put(&m, 8, 4);
	put(&m, 8, 4);
	damaged_block(&m, "length is wrong");
	make_packet(&m, 0, 1, 1, 1, NULL);
	m.bytes.s[m.bytes.len - 4] ^= 4;
	damaged_block(&m, "two lengths differ");
	make_packet(&m, 0, 1, 8, 8, NULL);
	m.bytes.s[m.block + 20] = 9;
	damaged_block(&m, "longer than its block");
	make_packet(&m, 0, 1, 8, 8, "a comment");
	m.bytes.s[m.bytes.len - 4 - 4 - 12 - 2] = 50;
	damaged_block(&m, "option");
	make_section(&m, false, NULL);
	m.bytes.s[m.block + 8] ^= 1;
	damaged_block(&m, "byte-order magic");
	make_section(&m, false, NULL);
	m.bytes.s[m.block + 12] = 9;
	damaged_block(&m, "version");
	strbuf_free(&m.bytes);
}

static void pcapng_cut_everywhere(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	size_t start = m.bytes.len;
	make_packet(&m, 0, 1, 4, 4, NULL);
	make_packet(&m, 0, 1, 4, 4, NULL);
	const char *path = unit_file(m.bytes.s, m.bytes.len);
	for (size_t n = m.bytes.len; n >= 4; n--) {
		struct err err;
		assert_int_equal(truncate(path, (off_t)n), 0);
		struct source *s = source_open(path, &err);
		bool whole = n == 28 || n == start || (n > start && (n - start) % 36 == 0);
		assert_non_null(s);
		assert_int_equal(count_frames(s, whole ? SOURCE_END : SOURCE_CUT),
			n < start ? 0 : (n - start) / 36);
		source_close(s);
	}
	strbuf_free(&m.bytes);
}

/* 80 MB of comments: the packets are all there, the comments up to the cap. */
static void pcapng_comments_are_capped(void **state)
{
	(void)state;
	enum { COMMENT = 65000, PACKETS = 1300 };
	struct maker m = { 0 };
	char *comment = malloc(COMMENT + 1);
	assert_non_null(comment);
	memset(comment, 'c', COMMENT);
	comment[COMMENT] = '\0';
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	const char *path = unit_file("", 0);
	gzFile z = gzopen(path, "wb1");
	for (unsigned i = 0; i < PACKETS; i++) {
		make_packet(&m, 0, i, 1, 1, comment);
		assert_int_equal(gzwrite(z, m.bytes.s, (unsigned)m.bytes.len), m.bytes.len);
		strbuf_clear(&m.bytes);
	}
	gzclose(z);
	strbuf_free(&m.bytes);
	free(comment);
	struct err err;
	struct source *s = source_open(path, &err);
	assert_non_null(s);
	assert_int_equal(count_frames(s, SOURCE_END), PACKETS);
	assert_non_null(source_left_out(s));
	assert_non_null(source_comment(s, 1000));
	assert_null(source_comment(s, 1100));
	source_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap_both_orders_both_clocks),
		cmocka_unit_test(pcap_old_lengths),
		cmocka_unit_test(pcap_link_field),
		cmocka_unit_test(pcap_cut_everywhere),
		cmocka_unit_test(pcap_packet_too_long),
		cmocka_unit_test(pcapng_all_blocks),
		cmocka_unit_test(pcapng_iface_words),
		cmocka_unit_test(pcapng_clocks),
		cmocka_unit_test(pcapng_damage),
		cmocka_unit_test(pcapng_cut_everywhere),
		cmocka_unit_test(pcapng_comments_are_capped),
	};
	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}

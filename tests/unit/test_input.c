/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/capture: where the bytes of a capture come from: files, packed files, pipes. */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "maker.h"

enum { FRAMES = 5000 };

static void make_capture(struct maker *m, unsigned n)
{
	make_pcap(m, 0xa1b2c3d4, 4, 1);
	for (unsigned i = 0; i < n; i++)
		make_record(m, i, 0, 500 + i % 900, 2000);
}

/* Appends a gzip member of n bytes. */
static void pack_gz(struct strbuf *to, const char *bytes, size_t n)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)n };
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	uLong room = deflateBound(&z, (uLong)n);
	uint8_t *out = malloc(room);
	assert_non_null(out);
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	strbuf_add(to, out, room - z.avail_out);
	deflateEnd(&z);
	free(out);
}

static void pack_zst(struct strbuf *to, const char *bytes, size_t n)
{
	size_t room = ZSTD_compressBound(n);
	uint8_t *out = malloc(room);
	assert_non_null(out);
	strbuf_add(to, out, ZSTD_compress(out, room, bytes, n, 1));
	free(out);
}

static struct source *open_bytes(const void *bytes, size_t n)
{
	struct err err = { .text = "" };
	struct source *s = source_open(unit_file(bytes, n), &err);
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

/* All frames in order, then some of them backwards, then in order again. */
static void check_capture(struct source *s, unsigned n)
{
	static uint64_t where[FRAMES];
	struct frame f;
	for (unsigned turn = 0; turn < 2; turn++) {
		for (unsigned i = 0; i < n; i++) {
			assert_int_equal(source_next(s, &f), SOURCE_FRAME);
			assert_int_equal(f.caplen, 500 + i % 900);
			assert_int_equal(f.bytes[f.caplen - 1], (f.caplen - 1 + i) & 0xff);
			where[i] = f.where;
		}
		assert_int_equal(source_next(s, &f), SOURCE_END);
		for (unsigned i = n; i-- > 0; i -= i < 7 ? i : 7) {
			assert_true(source_read_at(s, where[i], &f));
			assert_int_equal(f.time / 1000000000, i);
			assert_int_equal(f.bytes[f.caplen - 1], (f.caplen - 1 + i) & 0xff);
		}
		source_rewind(s);
	}
}

static void a_file_of_many_windows(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_capture(&m, FRAMES);
	size_t size = m.bytes.len;
	struct source *s = open_made(&m);
	assert_true(source_size(s) == size);
	check_capture(s, FRAMES);
	assert_false(source_read_at(s, size, &(struct frame){ 0 }));
	assert_false(source_read_at(s, UINT64_MAX - 3, &(struct frame){ 0 }));
	source_close(s);
}

/* A frame in order stays good while single ones are read, and the order goes on. */
static void order_is_kept(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_capture(&m, FRAMES);
	struct source *s = open_made(&m);
	struct frame first, f, other;
	assert_int_equal(source_next(s, &first), SOURCE_FRAME);
	for (unsigned i = 1; i < FRAMES; i++) {
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_true(source_read_at(s, first.where, &other));
		assert_int_equal(f.time / 1000000000, i);
		assert_int_equal(f.bytes[f.caplen - 1], (f.caplen - 1 + i) & 0xff);
	}
	source_close(s);
}

/* Packets that no window holds, and ends of windows at any place in a packet. */
static void long_packets(void **state)
{
	enum { USB = 189 };	/* packets of this link may be that long */
	static const uint32_t sizes[] = { 200000, 60, 2500000, 1514, 140000, 1 << 20, 33, 1048560 };
	(void)state;
	struct maker m = { 0 };
	struct frame f;
	make_pcap(&m, 0xa1b2c3d4, 4, USB);
	for (unsigned i = 0; i < 16; i++)
		make_record(&m, i, 0, sizes[i % 8], sizes[i % 8]);
	struct source *s = open_made(&m);
	for (unsigned i = 0; i < 16; i++) {
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_int_equal(f.caplen, sizes[i % 8]);
		for (uint32_t k = 0; k < f.caplen; k += 31)
			assert_int_equal(f.bytes[k], (k + i) & 0xff);
	}
	assert_int_equal(source_next(s, &f), SOURCE_END);
	source_close(s);
}

/* What is read ahead is of no use any more: the source turns back, is closed, or the file grows. */
static void turning_back(void **state)
{
	(void)state;
	struct frame f;
	for (unsigned after = 1; after < FRAMES; after += 400) {
		struct maker m = { 0 };
		make_capture(&m, FRAMES);
		struct source *s = open_made(&m);
		for (unsigned i = 0; i < after; i++)
			assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		source_set_growing(s, after / 400 % 2);
		source_rewind(s);
		check_capture(s, FRAMES);
		for (unsigned i = 0; i < after; i++)
			assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		source_close(s);
	}
}

static void packed_files(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_capture(&m, FRAMES);
	for (unsigned way = 0; way < 2; way++) {
		void (*pack)(struct strbuf *, const char *, size_t) = way ? pack_zst : pack_gz;
		struct strbuf b = { 0 };
		pack(&b, m.bytes.s, 100001);		/* two members, two frames */
		pack(&b, m.bytes.s + 100001, m.bytes.len - 100001);
		struct source *s = open_bytes(b.s, b.len);
		assert_int_equal(source_size(s), b.len);
		check_capture(s, FRAMES);
		source_collect(s, UINT64_MAX);
		check_capture(s, FRAMES);
		source_close(s);

		s = open_bytes(b.s, b.len - 1000);	/* cut */
		assert_in_range(count_frames(s, SOURCE_CUT), 100, FRAMES - 1);
		source_close(s);
		if (!way) {				/* gzip ignores what follows; so do we */
			strbuf_puts(&b, "garbage");
			s = open_bytes(b.s, b.len);
			assert_int_equal(count_frames(s, SOURCE_END), FRAMES);
			source_close(s);
		}
		memset(b.s + b.len / 2, 0xff, 64);
		s = open_bytes(b.s, b.len);
		assert_in_range(count_frames(s, SOURCE_DAMAGED), 1, FRAMES - 1);
		source_close(s);
		strbuf_free(&b);
	}
	strbuf_free(&m.bytes);
}

/* 256 MiB of nothing in some 100 KB: one unknown block after the other, and a packet at its end. */
static void a_bomb_is_only_big(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	struct strbuf b = { 0 };
	pack_gz(&b, m.bytes.s, m.bytes.len);
	strbuf_clear(&m.bytes);
	block_begin(&m, 0x80000000);
	for (unsigned i = 0; i < 1 << 21; i++)
		put(&m, 0, 8);
	block_end(&m);
	struct strbuf one = { 0 };
	pack_gz(&one, m.bytes.s, m.bytes.len);
	for (unsigned i = 0; i < 16; i++)
		strbuf_add(&b, one.s, one.len);
	strbuf_clear(&m.bytes);
	make_packet(&m, 0, 1, 1, 1, NULL);
	pack_gz(&b, m.bytes.s, m.bytes.len);
	struct source *s = open_bytes(b.s, b.len);
	assert_int_equal(count_frames(s, SOURCE_END), 1);
	source_close(s);
	strbuf_free(&one);
	strbuf_free(&b);
	strbuf_free(&m.bytes);
}

static void append(const char *path, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

/* A file that grows by a few bytes at a time; what is there can be read again meanwhile. */
static void a_growing_file(void **state)
{
	(void)state;
	for (unsigned way = 0; way < 2; way++) {
		struct maker m = { 0 };
		struct strbuf b = { 0 };
		struct frame f, g;
		struct err err;
		make_capture(&m, 40);
		if (way)
			pack_gz(&b, m.bytes.s, m.bytes.len);
		else
			strbuf_add(&b, m.bytes.s, m.bytes.len);
		const char *path = unit_file(b.s, 100);
		struct source *s = source_open(path, &err);
		assert_non_null(s);
		source_set_growing(s, true);
		unsigned n = 0;
		for (size_t at = 100; at < b.len; at += 777) {
			append(path, b.s + at, b.len - at < 777 ? b.len - at : 777);
			while (source_next(s, &f) == SOURCE_FRAME) {
				assert_int_equal(f.time / 1000000000, n++);
				assert_true(source_read_at(s, f.where, &g));
			}
			assert_int_equal(source_next(s, &f), SOURCE_END);
			assert_null(source_trouble(s));
		}
		assert_int_equal(n, 40);
		if (!way) {
			append(path, "x", 1);
			assert_int_equal(source_next(s, &f), SOURCE_END);
			assert_false(source_complete(s));
			source_set_growing(s, false);
			assert_true(source_complete(s));
			assert_int_equal(source_next(s, &f), SOURCE_CUT);
			source_set_growing(s, true);
			assert_int_equal(source_next(s, &f), SOURCE_END);
		}
		source_close(s);
		strbuf_free(&b);
		strbuf_free(&m.bytes);
	}
}

static void a_shrinking_file(void **state)
{
	(void)state;
	struct maker m = { 0 };
	struct err err;
	struct frame f;
	make_capture(&m, FRAMES);
	const char *path = unit_file(m.bytes.s, m.bytes.len);
	struct source *s = source_open(path, &err);
	assert_non_null(s);
	assert_int_equal(source_next(s, &f), SOURCE_FRAME);
	uint64_t where = f.where;
	assert_int_equal(truncate(path, 20), 0);
	unsigned n = count_frames(s, SOURCE_FAILED);
	assert_in_range(n, 1, FRAMES - 1);		/* what the window holds */
	assert_non_null(strstr(source_trouble(s), "shorter"));
	assert_false(source_read_at(s, where, &f));
	source_close(s);
	strbuf_free(&m.bytes);
}

/* Runs with a pipe as standard input; the far end is *to. */
static struct source *open_pipe(int *to, const char *head, size_t n)
{
	int ends[2], old = dup(STDIN_FILENO);
	struct err err = { .text = "" };
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], head, n), n);
	dup2(ends[0], STDIN_FILENO);
	struct source *s = source_open("-", &err);
	dup2(old, STDIN_FILENO);
	close(old);
	close(ends[0]);
	*to = ends[1];
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static void a_pipe(void **state)
{
	(void)state;
	struct maker m = { 0 };
	struct frame f;
	int to;
	make_capture(&m, 5);
	struct source *s = open_pipe(&to, m.bytes.s, 1000);
	assert_int_equal(source_size(s), 0);
	assert_string_equal(source_path(s), "standard input");
	source_set_growing(s, true);			/* a pipe is not waited for */
	assert_int_equal(count_frames(s, SOURCE_END), 1);
	assert_false(source_complete(s));
	assert_int_equal(write(to, m.bytes.s + 1000, m.bytes.len - 1000), m.bytes.len - 1000);
	close(to);
	assert_int_equal(count_frames(s, SOURCE_END), 4);
	assert_true(source_complete(s));
	source_rewind(s);
	check_capture(s, 5);
	source_close(s);

	s = open_pipe(&to, m.bytes.s, m.bytes.len - 1);
	close(to);
	assert_int_equal(count_frames(s, SOURCE_CUT), 4);
	assert_true(source_read_at(s, 24, &f));
	source_close(s);
	strbuf_free(&m.bytes);
}

static void refused(const char *path, const char *says)
{
	struct err err = { .text = "" };
	struct source *s = source_open(path, &err);
	assert_null(s);
	if (!strstr(err.text, says) || strchr(err.text, '\n'))
		fail_msg("“%s” does not say “%s”", err.text, says);
}

static void what_is_no_capture(void **state)
{
	(void)state;
	struct strbuf b = { 0 };
	refused("/tmp/no/such/file", "no such file");
	refused("/tmp", "is a directory");
	refused("/dev/null", "is empty");
	refused(unit_file("", 0), "is empty");
	refused(unit_file("abc", 3), "is not a capture");
	refused(unit_file("<html><body>", 12), "is not a capture");
	refused(unit_file("snoop\0\0\0\0\0\0\2", 12), "editcap");
	refused(unit_file("BZh91AY&SY", 10), "bzip2");
	pack_gz(&b, "", 0);
	refused(unit_file(b.s, b.len), "empty when unpacked");
	strbuf_clear(&b);
	pack_gz(&b, "hello, world", 12);
	refused(unit_file(b.s, b.len), "is not a capture");
	refused(unit_file("\x1f\x8b\x08 garbage!", 12), "damaged");
	strbuf_free(&b);
	if (geteuid() != 0) {
		const char *path = unit_file("secret", 6);
		chmod(path, 0);
		refused(path, "no permission");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_many_windows),
		cmocka_unit_test(order_is_kept),
		cmocka_unit_test(long_packets),
		cmocka_unit_test(turning_back),
		cmocka_unit_test(packed_files),
		cmocka_unit_test(a_bomb_is_only_big),
		cmocka_unit_test(a_growing_file),
		cmocka_unit_test(a_shrinking_file),
		cmocka_unit_test(a_pipe),
		cmocka_unit_test(what_is_no_capture),
	};
	return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}

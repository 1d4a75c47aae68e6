/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What src/capture/write.c writes is what src/capture/source.c, tshark and capinfos read. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "capture/pcapng.h"
#include "capture/source.h"
#include "capture/write.h"
#include "maker.h"

enum { ETHERNET = 1 };

/* A file that is written; file_close() leaves it to be read. */
struct file { const char *path; int fd; struct writer *w; };

static struct file file_new(void)
{
	struct file f = { .path = unit_file("", 0) };
	f.fd = open(f.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_true(f.fd >= 0);
	f.w = writer_new(f.fd);
	return f;
}

static struct source *file_read(struct file *f)
{
	struct err err = { .text = "" };
	assert_int_equal(writer_free(f->w), 0);
	close(f->fd);
	struct source *s = source_open(f->path, &err);
	if (!s)
		fail_msg("%s", err.text);
	return s;
}

/* The first line that a command prints, with the file's path for %s; NULL: no such command. */
static const char *asked(const char *command, const char *path)
{
	static char line[4096];
	char whole[1024];
	snprintf(whole, sizeof whole, command, path);
	FILE *f = popen(whole, "r");
	assert_non_null(f);
	if (!fgets(line, sizeof line, f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return pclose(f) == 127 << 8 ? NULL : line;
}

static const uint8_t bytes[64] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xb5 };
static const char *const comments[] = { "첫 패킷", "", NULL, "second" };

static void write_head(struct writer *w)
{
	writer_section(w, &(struct write_section){ .hardware = "x86", .os = "Linux",
		.application = "osiscope", .comment = "a visit" });
	assert_int_equal(writer_iface(w, &(struct write_iface){ .name = "eth0", .snaplen = 262144,
		.description = "the wire", .filter = "port 53", .link = ETHERNET }), 0);
	assert_int_equal(writer_iface(w, &(struct write_iface){ .name = "lo", .link = ETHERNET }), 1);
}

static void write_packet(struct writer *w, uint32_t iface, uint32_t caplen, int64_t time, size_t n)
{
	writer_packet(w, &(struct write_packet){ .bytes = bytes, .caplen = caplen, .len = 64,
		.iface = iface, .time = time, .comments = comments, .n_comments = n });
}

static const int64_t noon = 1795330002123456789;

/* Every kind of block, then the frames again. */
static void write_everything(struct writer *w)
{
	static const char *const names[] = { "www.example.org", "", "example.org" };
	static const uint8_t v4[4] = { 192, 0, 2, 1 }, v6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	static const char log[] = "CLIENT_RANDOM 00 11\n", json[] = "{\"a\":1}";
	write_head(w);
	writer_secrets(w, secrets_tls, log, sizeof log - 1);
	writer_names(w, (struct write_name[]){ { v4, 4, names, 3 }, { v6, 16, names, 1 },
		{ v6, 5, names, 1 } }, 3);
	for (uint32_t caplen = 60; caplen <= 64; caplen++)
		write_packet(w, caplen % 2, caplen, noon + caplen, caplen == 62 ? 4 : 0);
	writer_record(w, json, sizeof json - 1);
	writer_statistics(w, &(struct write_statistics){ .iface = 1, .time = noon, .start = noon - 5,
		.end = noon, .received = 1ull << 40, .dropped = 7, .comment = "the end" });
}

static void reads_what_was_written(void **state)
{
	(void)state;
	struct file file = file_new();
	write_everything(file.w);
	struct source *s = file_read(&file);
	struct frame f;
	for (uint32_t caplen = 60; caplen <= 64; caplen++) {
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_int_equal(f.caplen, caplen);
		assert_int_equal(f.len, 64);
		assert_int_equal(f.iface, caplen % 2);
		assert_true(f.time == noon + caplen);
		assert_memory_equal(f.bytes, bytes, caplen);
		if (caplen == 62)
			assert_string_equal(source_comment(s, f.comment - 1), "첫 패킷\nsecond");
		else
			assert_int_equal(f.comment, 0);
	}
	assert_int_equal(count_frames(s, SOURCE_END), 0);
	assert_string_equal(source_section_comment(s), "a visit");
	assert_int_equal(source_n_ifaces(s), 2);
	assert_string_equal(source_iface(s, 0)->name, "eth0");
	assert_string_equal(source_iface(s, 0)->description, "the wire");
	assert_int_equal(source_iface(s, 0)->snaplen, 262144);
	assert_true(source_iface(s, 1)->received == 1ull << 40);
	assert_int_equal(source_iface(s, 1)->dropped, 7);
	assert_int_equal(source_n_secrets(s), 1);
	assert_int_equal(source_secret(s, 0)->type, secrets_tls);
	assert_int_equal(source_secret(s, 0)->len, 20);
	source_close(s);
}

/* The same bytes through the readers that everybody has. */
static void wireshark_reads_it(void **state)
{
	(void)state;
	struct file file = file_new();
	write_everything(file.w);
	source_close(file_read(&file));
	const char *said = asked("command -v tshark capinfos > /dev/null || exit 127", file.path);
	if (!said)
		skip();
	said = asked("tshark -r %s -Y frame.comment -T fields -e frame.number -e frame.comment "
		"-e frame.time_epoch -e frame.interface_name 2> /dev/null", file.path);
	assert_string_equal(said, "3\t첫 패킷,second\t1795330002.123456851\teth0");
	said = asked("tshark -r %s 2> /dev/null | wc -l", file.path);
	assert_string_equal(said, "5");
	said = asked("capinfos -M %s 2>&1 | tr -s ' \\n' ' ,'", file.path);
	const char *const facts[] = { ",Number of packets: 5,", ",Capture application: osiscope,",
		",Capture comment: a visit,", " Name = eth0,", " Description = the wire,",
		" Filter string = port 53,", ",Number of resolved IPv4 addresses in file: 2,",
		",Number of resolved IPv6 addresses in file: 1,",
		",Number of decryption secrets in file: 1," };
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (!strstr(said, facts[i]))
			fail_msg("not \"%s\" in: %s", facts[i], said);
	said = asked("capinfos %s > /dev/null 2>&1; echo $?", file.path);
	assert_string_equal(said, "0");
}

/* Option values end at 65,535 bytes: in front of a character, not inside. */
static void cuts_long_texts(void **state)
{
	(void)state;
	size_t n = 70000;
	char *text = xmalloc(n + 4);
	for (size_t i = 0; i < n; i += 3)
		memcpy(text + i, "한", 3);
	memmove(text + 1, text, n);
	text[0] = 'x';
	text[n] = '\0';
	struct file file = file_new();
	write_head(file.w);
	writer_packet(file.w, &(struct write_packet){ .bytes = bytes, .caplen = 9, .len = 9,
		.comments = (const char *const[]){ text, text }, .n_comments = 2 });
	struct source *s = file_read(&file);
	struct frame f;
	assert_int_equal(source_next(s, &f), SOURCE_FRAME);
	const char *comment = source_comment(s, f.comment - 1);
	assert_int_equal(strcspn(comment, "\n"), 65533);	/* x and 21,844 characters */
	assert_memory_equal(comment, text, 65533);
	assert_int_equal(strlen(comment), 2 * 65533 + 1);
	assert_int_equal(count_frames(s, SOURCE_END), 0);
	source_close(s);
	free(text);
}

/* Several blocks of whole lines; nothing of it is lost. */
static void splits_secrets(void **state)
{
	(void)state;
	struct strbuf log = { 0 };
	for (unsigned i = 0; log.len < 3 * (size_t)WRITER_SECRETS; i++)
		strbuf_printf(&log, "CLIENT_HANDSHAKE_TRAFFIC_SECRET %064x %064x\n", i, i);
	struct file file = file_new();
	write_head(file.w);
	writer_secrets(file.w, secrets_tls, log.s, log.len);
	struct source *s = file_read(&file);
	assert_int_equal(count_frames(s, SOURCE_END), 0);
	assert_int_equal(source_n_secrets(s), 4);
	size_t at = 0;
	for (size_t i = 0; i < source_n_secrets(s); i++) {
		const struct source_secret *secret = source_secret(s, i);
		assert_int_equal(secret->bytes[secret->len - 1], '\n');
		assert_memory_equal(secret->bytes, log.s + at, secret->len);
		at += secret->len;
	}
	assert_int_equal(at, log.len);
	source_close(s);
	strbuf_free(&log);
}

/* Blocks copied out of a file of either byte order, and comments added to its packets. */
static void copies_blocks(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct maker m = { 0 };
		struct file file = file_new();
		writer_set_swapped(file.w, big);
		size_t at[6];
		make_section(&m, big, "theirs");
		at[0] = m.bytes.len;
		make_iface(&m, ETHERNET, 0, 6, 0);
		at[1] = m.bytes.len;
		make_packet(&m, 0, 1000001, 21, 30, "own");
		at[2] = m.bytes.len;
		make_packet(&m, 0, 1000002, 20, 30, NULL);
		at[3] = m.bytes.len;
		writer_raw(file.w, m.bytes.s, at[0]);
		writer_raw(file.w, m.bytes.s + at[0], at[1] - at[0]);
		writer_commented(file.w, m.bytes.s + at[1], at[2] - at[1], comments, 4);
		writer_commented(file.w, m.bytes.s + at[2], at[3] - at[2], comments, 1);
		writer_commented(file.w, m.bytes.s + at[2], at[3] - at[2], NULL, 0);
		writer_secrets(file.w, secrets_tls, "key\n", 4);
		strbuf_free(&m.bytes);
		struct source *s = file_read(&file);
		struct frame f;
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_true(f.time == 1000001000);
		assert_string_equal(source_comment(s, f.comment - 1), "own\n첫 패킷\nsecond");
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_string_equal(source_comment(s, f.comment - 1), "첫 패킷");
		assert_int_equal(f.caplen, 20);
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_int_equal(f.comment, 0);
		assert_int_equal(count_frames(s, SOURCE_END), 0);
		assert_int_equal(source_n_secrets(s), 1);
		source_close(s);
	}
}

/* More than the buffer holds, in blocks smaller and larger than it; where each begins is known. */
static void writes_much(void **state)
{
	(void)state;
	enum { PACKETS = 3000, LARGEST = 600000 };
	uint8_t *big = xcalloc(1, LARGEST);
	uint64_t *where = xmalloc(PACKETS * sizeof *where);
	struct file file = file_new();
	writer_section(file.w, &(struct write_section){ .os = NULL });
	writer_iface(file.w, &(struct write_iface){ .link = 249 });	/* USBPCAP may be large */
	for (uint32_t i = 0; i < PACKETS; i++) {
		uint32_t n = i % 500 == 7 ? LARGEST - i : i * 7 % 1500;
		memset(big, (int)(i & 0xff), n);
		where[i] = writer_at(file.w);
		writer_packet(file.w, &(struct write_packet){ .bytes = big, .caplen = n, .len = n });
	}
	struct source *s = file_read(&file);
	struct frame f;
	for (uint32_t i = 0; i < PACKETS; i++) {
		assert_int_equal(source_next(s, &f), SOURCE_FRAME);
		assert_true(f.where == where[i]);
		assert_int_equal(f.caplen, i % 500 == 7 ? LARGEST - i : i * 7 % 1500);
		assert_true(!f.caplen || f.bytes[f.caplen - 1] == (i & 0xff));
	}
	assert_int_equal(count_frames(s, SOURCE_END), 0);
	source_close(s);
	free(where);
	free(big);
}

/* The first error stays, and nothing is written behind it. */
static void keeps_the_error(void **state)
{
	(void)state;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	if (full < 0)
		skip();
	struct writer *w = writer_new(full);
	write_everything(w);
	assert_int_equal(writer_error(w), 0);
	assert_false(writer_flush(w));
	assert_int_equal(writer_error(w), ENOSPC);
	writer_record(w, "", (size_t)WRITER_BLOCK + 1);
	assert_int_equal(writer_free(w), ENOSPC);
	close(full);

	struct file file = file_new();
	write_head(file.w);
	writer_record(file.w, "", (size_t)WRITER_BLOCK);
	assert_int_equal(writer_error(file.w), EFBIG);
	writer_free(file.w);
	close(file.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(wireshark_reads_it),
		cmocka_unit_test(cuts_long_texts),
		cmocka_unit_test(splits_secrets),
		cmocka_unit_test(copies_blocks),
		cmocka_unit_test(writes_much),
		cmocka_unit_test(keeps_the_error),
	};
	return cmocka_run_group_tests_name("write", tests, NULL, NULL);
}

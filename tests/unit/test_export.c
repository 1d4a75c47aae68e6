/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The annotated capture: blocks of every kind, both byte orders, comments of whom. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/blocks.h"
#include "capture/write.h"
#include "export/export.h"
#include "fmt/lang.h"
#include "maker.h"
#include "session.h"

/* A broadcast question of ARP that is answered, so that there is a step to tell of. */
static const char *const wire[] = {
	"ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c0000202 000000000000 c0000201",
	"020000000001 020000000002 0806 0001 0800 06 04 0002 020000000002 c0000201 020000000001 c0000202",
	("020000000002 020000000001 0800 4500002800010000 4006 0000 c0000202 cb007107"
	 " 9c40 0050 00000001 00000000 5002 ffff 0000 0000"),
};
enum { FRAMES = 3 };

static size_t frame_bytes(unsigned i, uint8_t *to)
{
	return unit_hex(wire[i], to, 128);
}

static void put_frame(struct maker *m, unsigned i, uint32_t type, const char *comment)
{
	uint8_t bytes[128];
	uint32_t n = (uint32_t)frame_bytes(i, bytes);
	block_begin(m, type);
	if (type == PCAPNG_EPB) {
		put(m, 0, 4);
	} else if (type == PCAPNG_PB) {
		put(m, 0, 2);
		put(m, 7, 2);
	}
	if (type != PCAPNG_SPB) {
		put(m, 0, 4);
		put(m, 1000000 * (i + 1), 4);
		put(m, n, 4);
	}
	put(m, n, 4);
	put_padded(m, bytes, n);
	if (comment) {
		make_option(m, 2, "\0\0\0\1", 4);
		make_option(m, 1, comment, (uint16_t)strlen(comment));
		make_option(m, 2988, "\0\0\0\0else", 8);
		make_option(m, 0, NULL, 0);
	}
	block_end(m);
}

static void put_block(struct maker *m, uint32_t type, const char *body)
{
	block_begin(m, type);
	put_padded(m, body, strlen(body));
	block_end(m);
}

static struct session *open_file(const char *path, const char *filter)
{
	const struct session_options o = { .path = path, .filter = filter };
	struct err err;
	bool usage;
	struct session *s = session_open(&o, &err, &usage);
	if (!s)
		fail_msg("%s", err.text);
	while (session_load(s, UINT32_MAX, 0))
		;
	return s;
}

/* What was made, opened. Forgets it. */
static struct session *open_session(struct maker *m, const char *filter)
{
	struct session *s = open_file(unit_file(m->bytes.s, m->bytes.len), filter);
	strbuf_free(&m->bytes);
	return s;
}

/* A name that nobody has yet; what is made there is removed when the program ends. */
static const char *new_path(void)
{
	const char *path = unit_file("", 0);
	unlink(path);
	return path;
}

struct seen {
	struct { uint32_t type; bool swapped; char first[64]; } block[64];
	unsigned n;
	struct { char text[4][160]; unsigned n, others; } packet[16];
	unsigned packets;
};

static void see_packet(struct seen *to, struct blocks *b, const struct source_block *k)
{
	const uint8_t *p = blocks_bytes(b, k, 0, k->total);
	uint32_t caplen;
	memcpy(&caplen, p + 20, 4);
	caplen = k->swapped ? __builtin_bswap32(caplen) : caplen;
	size_t head = 28 + ((caplen + 3u) & ~3u), n = k->total - 4 - head;
	struct block_option o;
	for (p += head; k->type != PCAPNG_SPB && blocks_option(&p, &n, k->swapped, &o);) {
		if (o.code != 1) {
			to->packet[to->packets].others++;
			continue;
		}
		char *text = to->packet[to->packets].text[to->packet[to->packets].n++];
		snprintf(text, 160, "%.*s", o.len, (const char *)o.value);
	}
	to->packets++;
}

/* All blocks of a file, and the packets' comments. */
static struct seen *see(const char *path)
{
	struct seen *to = calloc(1, sizeof *to);
	struct session *s = open_file(path, NULL);
	struct blocks *b = blocks_new(s->source);
	struct source_block k;
	assert_int_equal(s->end, SOURCE_END);
	while (blocks_next(b, &k) && to->n < 64) {
		size_t n = k.total - 12 < 60 ? k.total - 12 : 60;
		to->block[to->n].type = k.type;
		to->block[to->n].swapped = k.swapped;
		memcpy(to->block[to->n++].first, blocks_bytes(b, &k, 8, n), n);
		if (k.packet)
			see_packet(to, b, &k);
	}
	assert_false(blocks_failed(b));
	blocks_free(b);
	session_close(s);
	return to;
}

static struct seen *export(struct session *s, struct export_options o)
{
	o.path = new_path();
	o.quiet = true;
	assert_int_equal(export_pcapng(s, &o), STATUS_DONE);
	return see(o.path);
}

static void assert_types(const struct seen *x, const uint32_t *types, unsigned n)
{
	for (unsigned i = 0; i < n && i < x->n; i++)
		if (x->block[i].type != types[i])
			fail_msg("block %u is 0x%x, not 0x%x", i, x->block[i].type, types[i]);
	assert_int_equal(x->n, n);
}

/* Everything keeps its place and its byte order; what is new comes in front of the first packet. */
static void every_block_keeps_its_place(void **state)
{
	(void)state;
	for (unsigned big = 0; big < 2; big++) {
		struct maker m = { 0 };
		make_section(&m, big, "what it is");
		make_iface(&m, 1, 0, 6, 0);
		put_block(&m, 0x12345678, "nobody knows");
		put_frame(&m, 0, PCAPNG_EPB, "[4] as it was told before");
		put_block(&m, PCAPNG_CUSTOM, "\1\1\1\1 somebody's");
		put_frame(&m, 1, PCAPNG_EPB, "the teacher's");
		make_section(&m, !big, NULL);
		make_iface(&m, 1, 0, 6, 0);
		put_frame(&m, 2, PCAPNG_PB, "[5.1] old");
		put_block(&m, PCAPNG_ISB, "\1\1\1\1a moment");
		struct session *s = open_session(&m, NULL);
		struct seen *x = export(s, (struct export_options){ 0 });
		static const uint32_t types[] = { PCAPNG_SHB, PCAPNG_IDB, 0x12345678, PCAPNG_EPB,
			PCAPNG_CUSTOM, PCAPNG_EPB, PCAPNG_SHB, PCAPNG_IDB, PCAPNG_PB, PCAPNG_ISB };
		assert_types(x, types, 10);
		for (unsigned i = 0; i < x->n; i++)
			assert_int_equal(x->block[i].swapped, i < 6 ? big : !big);
		assert_string_equal(x->block[2].first, "nobody knows");
		assert_int_equal(x->packet[0].n, 1);
		assert_memory_equal(x->packet[0].text[0], "[4] 192.0.2.2 knows", 19);
		assert_int_equal(x->packet[0].others, 2);
		assert_int_equal(x->packet[1].n, 2);
		assert_string_equal(x->packet[1].text[0], "the teacher's");
		assert_memory_equal(x->packet[1].text[1], "[4] The station", 15);
		assert_int_equal(x->packet[2].n, 1);
		assert_memory_equal(x->packet[2].text[0], "[5.1] 192.0.2.2 calls", 21);
		assert_int_equal(x->packet[2].others, 2);
		free(x);
		session_close(s);
	}
}

/* The user's comment takes the place of those that are there; an empty one takes them away. */
static void the_users_comments(void **state)
{
	(void)state;
	struct maker m = { 0 };
	struct err err;
	make_section(&m, true, NULL);
	make_iface(&m, 1, 0, 6, 0);
	for (unsigned i = 0; i < FRAMES; i++)
		put_frame(&m, i, i == 2 ? PCAPNG_SPB : PCAPNG_EPB, i == 2 ? NULL : "the teacher's");
	put_block(&m, PCAPNG_CUSTOM, "\1\1\1\1 somebody's");
	struct session *s = open_session(&m, NULL);
	assert_int_equal(session_set_comment(s, 1, "mine", &err), 0);
	assert_int_equal(session_set_comment(s, 2, "mine", &err), 0);
	assert_int_equal(session_set_comment(s, 2, "", &err), 0);
	assert_int_equal(session_set_comment(s, 3, "on a simple one", &err), 0);
	assert_int_equal(session_set_comment(s, 4, "no packet", &err), -1);
	assert_int_equal(session_set_comment(s, 5, "not there", &err), -1);
	assert_int_equal(session_set_comment(s, 1, "[5.1] not mine", &err), -1);
	assert_true(s->comments.unsaved);
	assert_string_equal(session_comment(s, session_detail(s, 1, 0)), "mine");
	assert_null(session_comment(s, session_detail(s, 2, 0)));
	struct seen *x = export(s, (struct export_options){ 0 });
	assert_int_equal(x->packets, FRAMES);
	assert_string_equal(x->packet[0].text[0], "mine");
	assert_int_equal(x->packet[0].n, 2);
	assert_int_equal(x->packet[1].n, 1);
	assert_int_equal(x->block[4].type, PCAPNG_EPB);		/* was a Simple Packet Block */
	assert_string_equal(x->packet[2].text[0], "on a simple one");
	free(x);
	session_close(s);
}

static void a_filter_leaves_packets_out(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	for (unsigned i = 0; i < FRAMES; i++)
		put_frame(&m, i, PCAPNG_EPB, NULL);
	struct session *s = open_session(&m, "tcp");
	struct seen *x = export(s, (struct export_options){ 0 });
	assert_int_equal(x->packets, 1);
	assert_memory_equal(x->packet[0].text[0], "[5.1]", 5);
	free(x);
	session_close(s);
}

static void a_pcap_becomes_pcapng(void **state)
{
	(void)state;
	struct maker m = { .big = true };
	uint8_t bytes[128];
	make_pcap(&m, 0xa1b23c4d, 4, 1);
	for (unsigned i = 0; i < FRAMES; i++) {
		size_t n = frame_bytes(i, bytes);
		put(&m, 1700000000, 4);
		put(&m, i + 7, 4);
		put(&m, n, 4);
		put(&m, n + 5, 4);
		strbuf_add(&m.bytes, bytes, n);
	}
	struct session *s = open_session(&m, NULL);
	const char *path = new_path();
	assert_int_equal(export_pcapng(s, &(struct export_options){ .path = path }), STATUS_DONE);
	struct session *t = open_file(path, NULL);
	assert_int_equal(session_n_frames(t), FRAMES);
	for (uint32_t i = 1; i <= FRAMES; i++) {
		assert_int_equal(session_frame(t, i)->time, session_frame(s, i)->time);
		assert_int_equal(session_frame(t, i)->len, session_frame(s, i)->len);
		assert_int_equal(session_frame(t, i)->step, session_frame(s, i)->step);
	}
	session_close(t);
	session_close(s);
}

static const char record[] = "{\"version\":1,\"url\":\"http://192.0.2.1/\",\"place\":\"private\"}   ";
static const char key[] =
	"CLIENT_RANDOM 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 0123456789abcdef\n";

/* Record, keys: in front of the packets, once, however often it is exported. */
static void what_is_added_is_added_once(void **state)
{
	(void)state;
	struct maker m = { 0 };
	struct stat st;
	make_section(&m, true, NULL);
	make_iface(&m, 1, 0, 6, 0);
	put_frame(&m, 0, PCAPNG_EPB, NULL);
	put_block(&m, PCAPNG_RECORD, record);
	struct session *s = open_session(&m, NULL);
	assert_non_null(s->record);
	const char *keys = unit_file(key, strlen(key));
	static const uint32_t types[] = { PCAPNG_SHB, PCAPNG_IDB, PCAPNG_RECORD, PCAPNG_DSB, PCAPNG_EPB };
	for (unsigned turn = 0; turn < 3; turn++) {
		struct export_options o = { .keys = keys, .quiet = true, .path = new_path() };
		assert_int_equal(export_pcapng(s, &o), STATUS_DONE);
		session_close(s);
		s = open_file(o.path, NULL);
		assert_int_equal(stat(o.path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_int_equal(source_n_secrets(s->source), 1);
		assert_int_equal(source_secret(s->source, 0)->type, secrets_tls);
		assert_int_equal(source_secret(s->source, 0)->len, strlen(key));
		struct seen *x = see(o.path);
		assert_types(x, types, 5);
		free(x);
	}
	struct export_options o = { .keys = keys, .no_secrets = true, .path = new_path() };
	assert_int_equal(export_pcapng(s, &o), STATUS_DONE);
	struct seen *x = see(o.path);
	assert_int_equal(x->n, 4);
	assert_int_equal(stat(o.path, &st), 0);
	assert_int_equal(st.st_mode & 0077, 0044);
	free(x);
	session_close(s);
}

/* Wireshark uses keys for what comes behind them: those that came late stand in front now. */
static void late_keys_come_to_the_front(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	put_frame(&m, 0, PCAPNG_EPB, NULL);
	for (unsigned i = 0; i < 2; i++) {
		block_begin(&m, PCAPNG_DSB);
		put(&m, secrets_tls, 4);
		put(&m, strlen(key) - i, 4);
		put_padded(&m, key, strlen(key) - i);
		block_end(&m);
		put_frame(&m, i + 1, PCAPNG_EPB, NULL);
	}
	block_begin(&m, PCAPNG_DSB);
	put(&m, 0x57474b4c, 4);		/* WireGuard's */
	put(&m, 4, 4);
	put(&m, 0, 4);
	block_end(&m);
	struct session *s = open_session(&m, NULL);
	struct seen *x = export(s, (struct export_options){ 0 });
	static const uint32_t types[] = { PCAPNG_SHB, PCAPNG_IDB, PCAPNG_DSB, PCAPNG_EPB, PCAPNG_EPB,
		PCAPNG_EPB, PCAPNG_DSB }, none[] = { PCAPNG_SHB, PCAPNG_IDB, PCAPNG_DSB };
	assert_types(x, types, 7);
	free(x);
	x = export(s, (struct export_options){ .no_secrets = true });
	assert_int_equal(x->n, 5);
	free(x);
	session_close(s);

	make_section(&m, false, NULL);		/* and no packets at all */
	make_iface(&m, 1, 0, 6, 0);
	block_begin(&m, PCAPNG_DSB);
	put(&m, secrets_tls, 4);
	put(&m, strlen(key), 4);
	put_padded(&m, key, strlen(key));
	block_end(&m);
	s = open_session(&m, NULL);
	x = export(s, (struct export_options){ 0 });
	assert_types(x, none, 3);
	free(x);
	session_close(s);
}

static void what_exists_is_kept(void **state)
{
	(void)state;
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	put_frame(&m, 0, PCAPNG_EPB, NULL);
	const char *path = unit_file(m.bytes.s, m.bytes.len);
	struct session *s = open_file(path, NULL);
	struct stat before, after;
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(export_pcapng(s, &(struct export_options){ .path = path }), STATUS_FAILED);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	assert_int_equal(export_pcapng(s, &(struct export_options){ .path = path, .force = true }),
			 STATUS_DONE);
	assert_int_equal(stat(path, &after), 0);
	assert_true(after.st_size > before.st_size);
	static const char *const bad[] = { "", "/", "/dev/null", "/no/such/folder/x" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(export_pcapng(s, &(struct export_options){ .path = bad[i],
				 .force = true }), STATUS_FAILED);
	session_close(s);
	strbuf_free(&m.bytes);
}

static void a_file_without_keys_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"root:x:0:0:root:/root:/bin/sh\n", "CLIENT_RANDOM 00 \n", "CLIENT_RANDOM 00 zz\n", "x 00 00\n",
		"CLIENT_RANDOM  00 00\n", "\n\n", "#\n",
	};
	struct maker m = { 0 };
	make_section(&m, false, NULL);
	make_iface(&m, 1, 0, 6, 0);
	struct session *s = open_session(&m, NULL);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *path = new_path();
		const struct export_options o = { .path = path,
			.keys = unit_file(bad[i], strlen(bad[i])) };
		assert_int_equal(export_pcapng(s, &o), STATUS_FAILED);
		assert_int_equal(access(path, F_OK), -1);
	}
	session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_block_keeps_its_place),
		cmocka_unit_test(the_users_comments),
		cmocka_unit_test(a_filter_leaves_packets_out),
		cmocka_unit_test(a_pcap_becomes_pcapng),
		cmocka_unit_test(what_is_added_is_added_once),
		cmocka_unit_test(late_keys_come_to_the_front),
		cmocka_unit_test(what_exists_is_kept),
		cmocka_unit_test(a_file_without_keys_is_refused),
	};
	umask(022);
	return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}

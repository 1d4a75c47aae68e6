/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DNS through the engine: what questions and answers tell and show, over UDP and TCP, however
 * the stream is cut; names that loop, never end or hold anything; counts that lie.
 */
#include "dnsmaker.h"
#include "talk.h"

static struct strbuf got, want;

/* The message as one datagram from a server's port. */
static void tell(struct talk *t, const struct message *m, uint16_t port, int from)
{
	talk_datagrams(t, port);
	feed_udp(t->side, from, m->b, m->n);
	talk_open(t);
}

static void expect(struct talk *t, const char *prefix, const char *expected)
{
	talk_fields(t, prefix, false, &got);
	assert_string_equal(strbuf_str(&got), expected);
}

static void expect_events(struct talk *t, const char *expected)
{
	talk_events(t, &got);
	assert_string_equal(strbuf_str(&got), expected);
}

static void expect_info(struct talk *t, const char *expected)
{
	talk_infos(t, &got);
	assert_string_equal(strbuf_str(&got), expected);
}

static bool noted(const struct talk *t, const char *note)
{
	talk_notes(t, &got);
	return strstr(strbuf_str(&got), note) != NULL;
}

/* ---- questions and answers ---- */

static void a_question(void **state)
{
	(void)state;
	static struct message m;
	struct talk t;
	header(&m, 0x0120, 1, 0, 0, 0);
	question(&m, "WWW.Lab.test", 28);
	tell(&t, &m, 53, 0);
	expect_events(&t, "query www.lab.test 28 1a2b 0\n");
	expect_info(&t, "1 Standard query 0x1a2b AAAA WWW.Lab.test\n");
	expect(&t, "dns.", "dns.id=6699\ndns.flags=288\ndns.flags.response=0\ndns.flags.opcode=0\n"
	       "dns.flags.truncated=0\ndns.flags.recdesired=1\ndns.flags.z=0\n"
	       "dns.flags.checkdisable=0\ndns.count.queries=1\ndns.count.answers=0\n"
	       "dns.count.auth_rr=0\ndns.count.add_rr=0\ndns.qry.name=WWW.Lab.test\n"
	       "dns.qry.name.len=12\ndns.count.labels=3\ndns.qry.type=28\ndns.qry.class=1\n");
	talk_close(&t);
}

/* www.lab.test is an alias for web.lab.test, which has two addresses. */
static void answer(struct message *m)
{
	header(m, 0x8180, 1, 3, 0, 0);
	question(m, "www.lab.test", 1);
	pointer(m, 12);
	record(m, 5, 1, 300, 6);
	m->b[m->n++] = 3;
	put(m, "web", 3);
	pointer(m, 16);
	unsigned web = (unsigned)m->n - 6;
	pointer(m, web);
	record(m, 1, 1, 60, 4);
	put(m, "\xcb\x00\x71\x50", 4);
	pointer(m, web);
	record(m, 28, 1, 60, 16);
	put(m, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x50", 16);
}

static void an_answer_with_an_alias(void **state)
{
	(void)state;
	static struct message m;
	struct talk t;
	answer(&m);
	tell(&t, &m, 53, 1);
	expect_events(&t, "response www.lab.test 1 1a2b 0\nrecord www.lab.test 5 web.lab.test\n"
		      "record web.lab.test 1 203.0.113.80\nrecord web.lab.test 28 2001:db8::50\n");
	expect_info(&t, "1 Standard query response 0x1a2b A www.lab.test CNAME web.lab.test "
		    "A 203.0.113.80 AAAA 2001:db8::50\n");
	expect(&t, "dns.resp.ttl", "dns.resp.ttl=300\ndns.resp.ttl=60\ndns.resp.ttl=60\n");
	expect(&t, "dns.resp.name", "dns.resp.name=www.lab.test\ndns.resp.name=web.lab.test\n"
	       "dns.resp.name=web.lab.test\n");
	expect(&t, "dns.cname", "dns.cname=web.lab.test\n");
	expect(&t, "dns.a", "dns.a=203.0.113.80\ndns.aaaa=2001:db8::50\n");
	talk_by_itself(&t, "dns.");
	talk_close(&t);
}

static void failures(void **state)
{
	(void)state;
	static struct message m;
	struct talk t;
	header(&m, 0x8383, 1, 0, 1, 0);
	question(&m, "no.test", 1);
	pointer(&m, 15);
	record(&m, 6, 1, 60, 22);
	pointer(&m, 15);
	put(&m, "", 0);
	pointer(&m, 15);
	for (unsigned i = 1; i <= 5; i++) {
		put16(&m, 0);
		put16(&m, i);
	}
	m.b[m.n - 21 - 4] = 24;		/* the data's length: two names and five numbers */
	tell(&t, &m, 53, 1);
	expect_events(&t, "response no.test 1 1a2b 103\n");
	expect_info(&t, "1 Standard query response 0x1a2b No such name A no.test SOA test\n");
	expect(&t, "dns.soa", "dns.soa.mname=test\ndns.soa.rname=test\ndns.soa.serial_number=1\n"
	       "dns.soa.refresh_interval=2\ndns.soa.retry_interval=3\ndns.soa.expire_limit=4\n"
	       "dns.soa.minimum_ttl=5\n");
	talk_close(&t);
	header(&m, 0x8182, 0, 0, 0, 0);	/* not even the question is repeated */
	tell(&t, &m, 53, 1);
	expect_events(&t, "response  0 1a2b 2\n");
	expect_info(&t, "1 Standard query response 0x1a2b Server failure\n");
	talk_close(&t);
}

static void https_and_edns(void **state)
{
	(void)state;
	static struct message m;
	struct talk t;
	static const char params[] = "\0\1\0" "\0\0\0\2\0\1" "\0\1\0\x0c\2h2\2h3\5a,b\n\x80"
		"\0\2\0\0" "\0\3\0\2\x20\xfb" "\0\4\0\4\xc0\0\2\1" "\0\5\0\2\xfe\x0d"
		"\0\6\0\x10\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" "\x12\x34\0\1x";
	static const char options[] = "\0\x0a\0\x08" "12345678" "\0\x08\0\x07\0\1\x18\0\xc0\0\2"
		"\0\x0f\0\5\0\x0f" "bad" "\0\x0c\0\2\0\0" "\0\x0b\0\2\0\x64";
	header(&m, 0x8180, 1, 1, 0, 1);
	question(&m, "h.test", 65);
	pointer(&m, 12);
	record(&m, 65, 1, 60, sizeof params - 1);
	put(&m, params, sizeof params - 1);
	m.b[m.n++] = 0;
	record(&m, 41, 1232, 0x01008000, sizeof options - 1);
	put(&m, options, sizeof options - 1);
	tell(&t, &m, 53, 1);
	expect_events(&t, "response h.test 65 1a2b 0\nrecord h.test 65 h2,h3,a?b??\n");
	expect_info(&t, "1 Standard query response 0x1a2b HTTPS h.test HTTPS OPT\n");
	expect(&t, "dns.svcb.svcparam.", "dns.svcb.svcparam.key=0\n"
	       "dns.svcb.svcparam.value.length=2\ndns.svcb.svcparam.mandatory.key=1\n"
	       "dns.svcb.svcparam.key=1\ndns.svcb.svcparam.value.length=12\n"
	       "dns.svcb.svcparam.alpn.length=2\ndns.svcb.svcparam.alpn=h2\n"
	       "dns.svcb.svcparam.alpn.length=2\ndns.svcb.svcparam.alpn=h3\n"
	       "dns.svcb.svcparam.alpn.length=5\ndns.svcb.svcparam.alpn=a,b\n\x80\n"
	       "dns.svcb.svcparam.key=2\ndns.svcb.svcparam.value.length=0\n"
	       "dns.svcb.svcparam.key=3\ndns.svcb.svcparam.value.length=2\n"
	       "dns.svcb.svcparam.port=8443\n"
	       "dns.svcb.svcparam.key=4\ndns.svcb.svcparam.value.length=4\n"
	       "dns.svcb.svcparam.ipv4hint.ip=192.0.2.1\n"
	       "dns.svcb.svcparam.key=5\ndns.svcb.svcparam.value.length=2\n"
	       "dns.svcb.svcparam.echconfig=fe0d\n"
	       "dns.svcb.svcparam.key=6\ndns.svcb.svcparam.value.length=16\n"
	       "dns.svcb.svcparam.ipv6hint.ip=2001:db8::1\n"
	       "dns.svcb.svcparam.key=4660\ndns.svcb.svcparam.value.length=1\n"
	       "dns.svcb.svcparam.value=78\n");
	expect(&t, "dns.rr.udp", "dns.rr.udp_payload_size=1232\n");
	expect(&t, "dns.resp.z", "dns.resp.z=32768\ndns.resp.z.do=1\ndns.resp.z.reserved=0\n");
	expect(&t, "dns.opt.c", "dns.opt.code=10\ndns.opt.cookie.client=3132333435363738\n"
	       "dns.opt.code=8\ndns.opt.client.family=1\ndns.opt.client.netmask=24\n"
	       "dns.opt.client.scope=0\ndns.opt.client.addr4=192.0.2.0\n"
	       "dns.opt.code=15\ndns.opt.code=12\ndns.opt.code=11\n");
	expect(&t, "dns.opt.ext", "dns.opt.ext_error.info_code=15\ndns.opt.ext_error.extra_text=bad\n");
	talk_close(&t);
}

static void multicast(void **state)
{
	(void)state;
	static struct message m;
	struct talk t;
	header(&m, 0, 1, 0, 0, 0);
	question(&m, "tv.local", 1);
	m.b[m.n - 2] = 0x80;
	tell(&t, &m, 5353, 0);
	expect_events(&t, "query tv.local 1 1a2b 200\n");
	expect_info(&t, "1 Standard query 0x1a2b A tv.local, \"QU\" question\n");
	expect(&t, "dns.qry.", "dns.qry.name=tv.local\ndns.qry.name.len=8\ndns.qry.type=1\n"
	       "dns.qry.class=1\ndns.qry.qu=1\n");
	talk_close(&t);
	header(&m, 0x8400, 0, 0, 0, 1);
	name(&m, "tv.local");
	record(&m, 1, 0x8001, 120, 4);
	put(&m, "\xc0\xa8\0\7", 4);
	tell(&t, &m, 5353, 0);
	expect_events(&t, "response  0 1a2b 200\nrecord tv.local 1 192.168.0.7\n");
	expect(&t, "dns.resp.c", "dns.resp.class=1\ndns.resp.cache_flush=1\n");
	talk_close(&t);
	header(&m, 0x0700, 1, 0, 0, 0);
	question(&m, "pc", 255);
	tell(&t, &m, 5355, 0);
	expect(&t, "dns.flags.", "dns.flags.response=0\ndns.flags.opcode=0\ndns.flags.conflict=1\n"
	       "dns.flags.truncated=1\ndns.flags.tentative=1\n");
	talk_close(&t);
}

static void an_update_tells_no_story(void **state)
{
	(void)state;
	static struct message m;
	struct talk t;
	header(&m, 0x2800, 1, 1, 1, 0);
	question(&m, "lab.test", 6);
	pointer(&m, 12);
	record(&m, 1, 254, 0, 0);	/* a condition without data */
	pointer(&m, 12);
	record(&m, 33, 1, 60, 8);
	put(&m, "\0\1\0\2\x13\xc4\xc0\x0c", 8);
	tell(&t, &m, 53, 0);
	expect_events(&t, "");
	expect_info(&t, "1 Dynamic update 0x1a2b SOA lab.test A SRV 1 2 5060 lab.test\n");
	expect(&t, "dns.count.", "dns.count.zones=1\ndns.count.prerequisites=1\ndns.count.updates=1\n"
	       "dns.count.add_rr=0\ndns.count.labels=2\n");
	talk_close(&t);
}

/* ---- over TCP ---- */

static void stream(struct message *s)
{
	static struct message m;
	answer(&m);
	put16(s, (unsigned)m.n);
	put(s, m.b, m.n);
	header(&m, 0x0100, 1, 0, 0, 0);
	question(&m, "second.test", 16);
	put16(s, (unsigned)m.n);
	put(s, m.b, m.n);
	answer(&m);
	put16(s, (unsigned)m.n);
	put(s, m.b, m.n);
}

static void over_tcp_however_cut(void **state)
{
	(void)state;
	static struct message s;
	s.n = 0;
	stream(&s);
	for (size_t cut = 0; cut < s.n + 4; cut++) {
		struct talk t = { .cut = cut };
		if (cut >= s.n)
			t = (struct talk){ .step = cut - s.n + 1 };
		talk_begin(&t, 53);
		talk_bytes(&t, 1, s.b, s.n);
		talk_open(&t);
		struct strbuf *b = cut ? &got : &want;
		static struct strbuf fields;
		talk_events(&t, b);
		talk_fields(&t, "dns.", false, &fields);
		strbuf_add(b, strbuf_str(&fields), fields.len);
		talk_close(&t);
		if (cut && strcmp(strbuf_str(&got), strbuf_str(&want)))
			fail_msg("cut at %zu:\n%s\nnot\n%s", cut, strbuf_str(&got), strbuf_str(&want));
		strbuf_clear(&fields);
		if (cut == s.n + 3)
			strbuf_free(&fields);
	}
	assert_non_null(strstr(strbuf_str(&want), "dns.length=92\n"));
	assert_non_null(strstr(strbuf_str(&want), "query second.test 16 1a2b 0\nresponse www.lab.test"));
	struct talk t = { .step = 50 };
	talk_begin(&t, 53);
	talk_bytes(&t, 1, s.b, s.n);
	talk_open(&t);
	talk_by_itself(&t, "dns.");
	talk_fields(&t, "dns.length", true, &got);
	assert_string_equal(strbuf_str(&got), "5: dns.length=92\n6: dns.length=29\n8: dns.length=92\n");
	talk_close(&t);
}

static void what_is_no_dns_over_tcp(void **state)
{
	(void)state;
	static struct message m;
	struct talk t = { 0 };
	talk_begin(&t, 53);
	talk_says(&t, 0, "GET / HTTP/1.1\r\n\r\n");	/* 0x4745 bytes are waited for: not DNS */
	m.n = 0;
	stream(&m);
	talk_bytes(&t, 0, m.b, m.n);	/* found again behind it */
	talk_open(&t);
	talk_events(&t, &got);
	assert_non_null(strstr(strbuf_str(&got), "record www.lab.test 5 web.lab.test\n"));
	assert_true(noted(&t, "4 osi.stream_lost\n"));
	talk_close(&t);
}

/* ---- names ---- */

/* Shows a question whose name is the n bytes, at offset 12. */
static void show_name(struct talk *t, const void *bytes, size_t n)
{
	static struct message m;
	header(&m, 0x0100, 1, 0, 0, 0);
	put(&m, bytes, n);
	put16(&m, 1);
	put16(&m, 1);
	tell(t, &m, 53, 0);
}

static void names(void **state)
{
	(void)state;
	struct talk t;
	uint8_t longest[300];
	show_name(&t, "", 1);
	expect(&t, "dns.qry.name", "dns.qry.name=<Root>\ndns.qry.name.len=0\n");
	expect_events(&t, "query  1 1a2b 0\n");
	talk_close(&t);
	show_name(&t, "\4a\\.\n\2\x80 ", 9);
	expect_events(&t, "query a\\092.\\010.\\128\\032 1 1a2b 0\n");
	expect(&t, "dns.count.labels", "dns.count.labels=2\n");
	talk_close(&t);
	/* 255 bytes are allowed (RFC 1035 section 3.1), 256 are not */
	memset(longest, 'a', sizeof longest);
	longest[0] = longest[64] = longest[128] = 63;
	longest[192] = 61;
	longest[254] = 0;
	show_name(&t, longest, 255);
	expect(&t, "dns.qry.name.len", "dns.qry.name.len=253\n");
	assert_false(noted(&t, "osi.malformed"));
	talk_close(&t);
	longest[192] = 62;
	longest[255] = 0;
	show_name(&t, longest, 256);
	expect(&t, "dns.qry.", "dns.qry.name=<Name too long>\ndns.qry.name.len=191\n"
	       "dns.qry.type=1\ndns.qry.class=1\n");
	assert_true(noted(&t, "osi.malformed"));
	talk_close(&t);
}

static void names_that_lie(void **state)
{
	(void)state;
	struct talk t;
	static const struct { const char *bytes; size_t n; } loops[] = {
		{ "\xc0\x0c", 2 },		/* to itself */
		{ "\1a\xc0\x0c", 4 },		/* to its own beginning */
		{ "\xc0\x0e", 2 },		/* forwards */
		{ "\1a\xc0\x10\1b\xc0\x0c", 4 },	/* forwards and back */
		{ "\xff\xff", 2 },		/* out of the message */
	};
	for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
		show_name(&t, loops[i].bytes, loops[i].n);
		talk_fields(&t, "dns.qry.name", false, &got);
		assert_non_null(strstr(strbuf_str(&got), "<Name contains a pointer that loops>\n"));
		assert_true(noted(&t, "osi.dns_pointer"));
		talk_close(&t);
	}
	show_name(&t, "\x41\0", 2);
	expect(&t, "dns.qry.name", "dns.qry.name=<Unknown extended label>\ndns.qry.name.len=0\n");
	talk_close(&t);
	show_name(&t, "\x80", 1);
	expect(&t, "dns.qry.name", "");
	assert_true(noted(&t, "osi.malformed"));
	talk_close(&t);
	show_name(&t, "\x3f" "abc", 4);
	assert_true(noted(&t, "osi.malformed"));
	talk_close(&t);
}

/* ---- counts ---- */

static void counts_that_lie(void **state)
{
	(void)state;
	static struct message m;
	struct talk t;
	header(&m, 0x8180, 65535, 65535, 65535, 65535);
	question(&m, "a.test", 1);
	tell(&t, &m, 53, 1);
	expect(&t, "dns.qry.name", "dns.qry.name=a.test\ndns.qry.name.len=6\n");
	assert_true(noted(&t, "osi.malformed"));
	talk_close(&t);
	for (size_t n = 0; n < 12; n++) {	/* not even a header */
		header(&m, 0x0100, 1, 0, 0, 0);
		m.n = n ? n : 1;
		tell(&t, &m, 53, 0);
		expect_events(&t, "");
		assert_true(noted(&t, "osi.malformed"));
		talk_close(&t);
	}
	answer(&m);
	m.b[m.n - 17] = 255;	/* an address of 255 bytes */
	tell(&t, &m, 53, 1);
	talk_events(&t, &got);
	assert_null(strstr(strbuf_str(&got), "record web.lab.test 28"));
	assert_true(noted(&t, "osi.malformed"));
	talk_close(&t);
	answer(&m);
	put(&m, "rest", 4);
	tell(&t, &m, 53, 1);
	expect(&t, "dns.extraneous", "dns.extraneous.data=72657374\n");
	talk_close(&t);
}

/* Thousands of records that all lead through the same long chain of pointers. */
static void a_chain_of_pointers(void **state)
{
	(void)state;
	static struct message m;
	struct talk t = { 0 };
	header(&m, 0x8180, 1, 3500, 0, 0);
	question(&m, "a", 10);
	pointer(&m, 12);
	record(&m, 10, 1, 0, 2000);
	unsigned at = (unsigned)m.n;
	m.b[m.n++] = 0;
	m.b[m.n++] = 0;
	for (unsigned i = 1; i < 1000; i++)
		pointer(&m, at + 2 * (i - 1));
	for (unsigned i = 0; i < 3499; i++) {
		pointer(&m, at + 1998);
		record(&m, 1, 1, 0, 4);
		put(&m, "\xc0\0\2\1", 4);
	}
	assert_true(m.n < 65536);
	uint8_t length[2] = { (uint8_t)(m.n >> 8), (uint8_t)m.n };
	talk_begin(&t, 53);
	talk_bytes(&t, 1, length, 2);
	talk_bytes(&t, 1, m.b, m.n);
	talk_open(&t);
	assert_true(noted(&t, "osi.dns_pointer"));
	talk_fields(&t, "dns.resp.len", false, &got);	/* MAX_ITEMS is reached, and said */
	assert_true(noted(&t, "osi.limit"));
	talk_close(&t);
}

/* ---- other ports ---- */

static void recognised_on_other_ports(void **state)
{
	(void)state;
	static struct message m;
	struct talk t = { 0 };
	answer(&m);
	tell(&t, &m, 5300, 1);
	expect(&t, "dns.a", "dns.a=203.0.113.80\ndns.aaaa=2001:db8::50\n");
	talk_close(&t);
	uint64_t seed = 1;
	talk_datagrams(&t, 5300);
	for (int i = 0; i < 500; i++) {
		uint8_t noise[40];
		for (size_t k = 0; k < sizeof noise; k++)
			noise[k] = (uint8_t)unit_random(&seed);
		feed_udp(t.side, i & 1, noise, sizeof noise);
	}
	talk_open(&t);
	expect(&t, "dns.", "");
	talk_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question),
		cmocka_unit_test(an_answer_with_an_alias),
		cmocka_unit_test(failures),
		cmocka_unit_test(https_and_edns),
		cmocka_unit_test(multicast),
		cmocka_unit_test(an_update_tells_no_story),
		cmocka_unit_test(over_tcp_however_cut),
		cmocka_unit_test(what_is_no_dns_over_tcp),
		cmocka_unit_test(names),
		cmocka_unit_test(names_that_lie),
		cmocka_unit_test(counts_that_lie),
		cmocka_unit_test(a_chain_of_pointers),
		cmocka_unit_test(recognised_on_other_ports),
	};
	int failed = cmocka_run_group_tests_name("dns", tests, NULL, NULL);
	strbuf_free(&got);
	strbuf_free(&want);
	return failed;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/record/hosts: nsswitch.conf, the hosts file and resolv.conf as glibc reads them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/hosts.h"

static const char *file_of(const char *text)
{
	return unit_file(text, strlen(text));
}

static const char nowhere[] = "/nonexistent/file";

/* ---- nsswitch.conf ---- */

static void check_order(const char *text, const char *expected)
{
	struct system_files files = { .nsswitch = text ? file_of(text) : nowhere, .hosts = nowhere,
				      .resolv = nowhere };
	struct record *r = record_new();
	assert_true(system_hosts(r, &files, "www.example.org"));
	const struct rec_hosts *h = rec_hosts(r, 1);
	assert_string_equal(h->order, expected);
	assert_string_equal(h->host, "www.example.org");
	assert_string_equal(h->file, nowhere);
	assert_int_equal(h->line, 0);
	assert_string_equal(h->text, "");
	assert_string_equal(h->addresses, "");
	assert_true(h->time > INT64_C(1700000000) * 1000000000);
	record_free(r);
}

static void sources_in_their_order(void **state)
{
	(void)state;
	check_order("passwd: files\nhosts:          files dns\nnetworks: files\n", "files dns");
	check_order("hosts: files mdns4_minimal [NOTFOUND=return] dns resolve [!UNAVAIL=return]",
		    "files mdns4_minimal dns resolve");
	check_order("hosts:dns[!UNAVAIL=return]files # files\n", "dns files");
	check_order(" \tHOSTS :\tmymachines\t[ SUCCESS=return  NOTFOUND=continue ]\tdns\r\n", "mymachines dns");
	check_order("hosts: files [NOTFOUND=return", "files");
	check_order("hosts: files\nhosts: dns\n", "dns");
	/* glibc's own, where nothing is said */
	check_order(NULL, "files dns");
	check_order("", "files dns");
	check_order("# hosts: dns\nhostsx: dns\nmyhosts: dns\nhosts dns\n", "files dns");
	check_order("hosts:\n", "files dns");
}

/* ---- the hosts file ---- */

static const char hosts_text[] =
	"# a comment\n"
	"127.0.0.1\tlocalhost\n"
	"::1 localhost ip6-localhost # one more\n"
	"\n"
	"  192.0.2.1   web.example.org\tWWW.example.org   www # the server\r\n"
	"#192.0.2.9 hidden.example.org\n"
	"192.0.2.2 other # www.example.org\n"
	"2001:db8::1 www.example.org\n"
	"nonsense bad.example.org\n"
	"192.0.2.300 bad.example.org\n"
	"fe80::1%eth0 zone.example.org\n"
	"192.0.2.3\n"
	"192.0.2.4 xn--3e0b707e.kr\n"
	"192.0.2.5 last.example.org";

static void check_host(const char *host, uint32_t line, const char *text, const char *addresses)
{
	struct system_files files = { .nsswitch = nowhere, .hosts = file_of(hosts_text),
				      .resolv = nowhere };
	struct record *r = record_new();
	assert_true(system_hosts(r, &files, host));
	const struct rec_hosts *h = rec_hosts(r, 1);
	assert_int_equal(h->line, line);
	assert_string_equal(h->text, text);
	assert_string_equal(h->addresses, addresses);
	assert_string_equal(h->file, files.hosts);
	record_free(r);
}

static void the_line_that_names_a_host(void **state)
{
	(void)state;
	check_host("localhost", 2, "127.0.0.1\tlocalhost", "127.0.0.1,::1");
	check_host("ip6-localhost", 3, "::1 localhost ip6-localhost # one more", "::1");
	check_host("www.example.org", 5,
		   "  192.0.2.1   web.example.org\tWWW.example.org   www # the server",
		   "192.0.2.1,2001:db8::1");
	check_host("Web.Example.ORG", 5,
		   "  192.0.2.1   web.example.org\tWWW.example.org   www # the server", "192.0.2.1");
	check_host("www", 5, "  192.0.2.1   web.example.org\tWWW.example.org   www # the server",
		   "192.0.2.1");
	check_host("xn--3e0b707e.kr", 13, "192.0.2.4 xn--3e0b707e.kr", "192.0.2.4");
	check_host("last.example.org", 14, "192.0.2.5 last.example.org", "192.0.2.5");
	static const char *const none[] = {
		"hidden.example.org", "bad.example.org", "zone.example.org", "example.org", "ww", "wwww",
		"192.0.2.1", "server", "#", "",
	};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		check_host(none[i], 0, "", "");
}

/* ---- files that are not as they should be ---- */

static void any_file_is_read_to_its_end(void **state)
{
	(void)state;
	struct record *r = record_new();
	char folder[] = "/tmp/osiscope-hosts.XXXXXX", pipe[64];
	assert_non_null(mkdtemp(folder));
	snprintf(pipe, sizeof pipe, "%s/pipe", folder);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	const char *const bad[] = { "/dev/zero", folder, pipe, nowhere };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct system_files files = { bad[i], bad[i], bad[i], { bad[i] } };
		assert_true(system_hosts(r, &files, "a"));
		assert_int_equal(rec_hosts(r, (uint32_t)i + 1)->line, 0);
		assert_string_equal(rec_hosts(r, (uint32_t)i + 1)->order, "files dns");
		system_resolver(r, &files);
		assert_string_equal(r->resolver, "127.0.0.1");
		char *upstream = system_upstream(&files);
		assert_string_equal(upstream, "");
		free(upstream);
	}
	unlink(pipe);
	rmdir(folder);
	record_free(r);

	/* bytes of no text, and then a line; a NUL ends its line */
	static const char binary[] = "\0\xff\xfe 192.0.2.1 a\n192.0.2.2\0 a\n\n192.0.2.3 a\0b\n\xff\xff";
	const char *path = unit_file(binary, sizeof binary - 1);
	struct system_files files = { path, path, path, { path } };
	r = record_new();
	assert_true(system_hosts(r, &files, "a"));
	assert_int_equal(rec_hosts(r, 1)->line, 4);
	assert_string_equal(rec_hosts(r, 1)->addresses, "192.0.2.3");
	system_resolver(r, &files);
	record_free(r);
}

static void huge_files_have_an_end(void **state)
{
	(void)state;
	enum { LINES = 200000, LINE = 19 };
	char *text = malloc(LINES * LINE + 64), *at = text;
	assert_non_null(text);
	for (int i = 0; i < LINES; i++)
		at += sprintf(at, "192.0.2.1 www%05d\n", i % 100000);
	sprintf(at, "192.0.2.7 last");
	struct system_files files = { .nsswitch = file_of(text), .hosts = file_of(text), .resolv = nowhere };
	struct record *r = record_new();
	assert_true(system_hosts(r, &files, "last"));
	assert_int_equal(rec_hosts(r, 1)->line, LINES + 1);
	/* one line of megabytes, and a host with very many addresses: all within the record's caps */
	memset(text, 'a', LINES * LINE);
	memcpy(text, "192.0.2.1 x ", 12);
	files.hosts = file_of(text);
	assert_true(system_hosts(r, &files, "x"));
	assert_int_equal(strlen(rec_hosts(r, 2)->text), RECORD_TEXT);
	at = text;
	for (int i = 0; i < LINES; i++)
		at += sprintf(at, "192.0.2.1 x\n");
	files.hosts = file_of(text);
	assert_true(system_hosts(r, &files, "x"));
	assert_true(strlen(rec_hosts(r, 3)->addresses) <= RECORD_TEXT);
	free(text);
	record_free(r);
	/* beyond 32 MiB it is as if there were none */
	char *path = strdup(file_of("192.0.2.1 x\n"));
	assert_int_equal(truncate(path, (32 << 20) + 1), 0);
	files.hosts = path;
	r = record_new();
	assert_true(system_hosts(r, &files, "x"));
	assert_int_equal(rec_hosts(r, 1)->line, 0);
	free(path);
	record_free(r);
}

/* ---- name servers ---- */

static void check_servers(const char *resolv, const char *expected)
{
	struct system_files files = { .resolv = resolv ? file_of(resolv) : nowhere };
	struct record *r = record_new();
	system_resolver(r, &files);
	assert_string_equal(r->resolver, expected);
	record_free(r);
}

static void name_servers_as_glibc_takes_them(void **state)
{
	(void)state;
	check_servers("search example.org\nnameserver 192.0.2.53\noptions edns0\n", "192.0.2.53");
	check_servers("nameserver\t192.0.2.1 # a\r\nnameserver 2001:db8::53\nnameserver fe80::1%eth0\n"
		      "nameserver 192.0.2.4\n", "192.0.2.1,2001:db8::53,fe80::1%eth0");
	check_servers(" nameserver 192.0.2.1\n;nameserver 192.0.2.2\n#nameserver 192.0.2.3\n"
		      "nameservers 192.0.2.4\nnameserver\nnameserver x\nnameserver 192.0.2.5", "192.0.2.5");
	check_servers("search example.org\n", "127.0.0.1");
	check_servers("", "127.0.0.1");
	check_servers(NULL, "127.0.0.1");
}

static void which_are_on_loopback(void **state)
{
	(void)state;
	static const struct { const char *list; bool local; } all[] = {
		{ "127.0.0.53", true }, { "127.0.0.1,::1", true }, { "127.1.2.3, ::ffff:127.0.0.1", true },
		{ "0.0.0.0", true }, { "::", true },
		{ "", false }, { ",", false }, { "192.0.2.1", false }, { "127.0.0.1,192.0.2.1", false },
		{ "2001:db8::1", false }, { "::ffff:192.0.2.1", false }, { "localhost", false },
		{ "fe80::1%lo", false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (resolver_is_local(all[i].list) != all[i].local)
			fail_msg("%s", all[i].list);
}

static void check_upstream(const char *resolv, const char *first, const char *second,
			   const char *expected)
{
	struct system_files files = { .resolv = resolv ? file_of(resolv) : nowhere };
	char *paths[2] = { strdup(first ? file_of(first) : nowhere),
			   strdup(second ? file_of(second) : nowhere) };
	files.upstream[0] = paths[0];
	files.upstream[1] = paths[1];
	char *list = system_upstream(&files);
	assert_string_equal(list, expected);
	free(list);
	free(paths[0]);
	free(paths[1]);
}

static void what_is_behind_a_local_one(void **state)
{
	(void)state;
	static const char stub[] = "nameserver 127.0.0.53\noptions edns0 trust-ad\n";
	check_upstream(stub, "nameserver 192.0.2.1\nnameserver 192.0.2.2\n", NULL, "192.0.2.1,192.0.2.2");
	check_upstream(stub, NULL, "nameserver 192.0.2.3\n", "192.0.2.3");
	check_upstream(stub, stub, "nameserver 192.0.2.3\n", "192.0.2.3");
	check_upstream(stub, "# nothing\n", NULL, "");
	check_upstream(stub, NULL, stub, "");
	check_upstream("", "nameserver 192.0.2.1\n", NULL, "192.0.2.1");
	/* one that is not local has none behind it, whatever lies there */
	check_upstream("nameserver 192.0.2.9\n", "nameserver 192.0.2.1\n", NULL, "");
	check_upstream("nameserver 127.0.0.53\nnameserver 192.0.2.9\n", "nameserver 192.0.2.1\n", NULL, "");
}

static void this_system_answers(void **state)
{
	(void)state;
	struct record *r = record_new();
	assert_true(system_hosts(r, &system_files, "localhost"));
	assert_string_not_equal(rec_hosts(r, 1)->order, "");
	assert_string_equal(rec_hosts(r, 1)->file, "/etc/hosts");
	system_resolver(r, &system_files);
	assert_string_not_equal(r->resolver, "");
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_in_their_order),
		cmocka_unit_test(the_line_that_names_a_host),
		cmocka_unit_test(any_file_is_read_to_its_end),
		cmocka_unit_test(huge_files_have_an_end),
		cmocka_unit_test(name_servers_as_glibc_takes_them),
		cmocka_unit_test(which_are_on_loopback),
		cmocka_unit_test(what_is_behind_a_local_one),
		cmocka_unit_test(this_system_answers),
	};
	return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}

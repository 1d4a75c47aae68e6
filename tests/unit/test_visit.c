/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts a visit: browsers by name, last words, name servers, what forbids a private network. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser/devtools.h"
#include "browser/find.h"
#include "launch/words.h"
#include "visit/folder.h"
#include "visit/place.h"
#include "visit/resolver.h"

static char *folder;

static const char *put(const char *name, const char *text)
{
	static char path[4][512];
	static unsigned turn;
	char *to = path[turn++ % 4];
	snprintf(to, sizeof path[0], "%s/%s", folder, name);
	for (char *slash = to + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(to, 0700);
		*slash = '/';
	}
	FILE *f = fopen(to, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return to;
}

static bool get(const char *name, char *text, size_t size)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, size - 1, f) : 0;
	text[n] = '\0';
	if (f)
		fclose(f);
	return f != NULL;
}

static int set_up(void **state)
{
	struct err err;
	(void)state;
	folder = folder_make(geteuid(), getegid(), &err);
	return folder ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	folder_remove(folder);
	int gone = access(folder, F_OK) != 0;
	free(folder);
	return gone ? 0 : -1;
}

static void a_folder_goes_with_all_that_is_in_it_but_not_with_what_links_lead_to(void **state)
{
	(void)state;
	char link[512];
	const char *outside = unit_file("kept", 4);
	put("profile/deep/er/file", "x");
	snprintf(link, sizeof link, "%s/profile/link", folder);
	assert_int_equal(symlink(outside, link), 0);
	struct stat st;
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(link, sizeof link, "%s/profile", folder);
	folder_remove(link);
	assert_int_not_equal(access(link, F_OK), 0);
	assert_int_equal(access(outside, F_OK), 0);
}

static void browsers_are_known_by_their_names(void **state)
{
	(void)state;
	const struct { const char *program, *kind; } table[] = {
		{ "/usr/lib/chromium/chromium", "chromium" }, { "/opt/google/chrome/chrome", "chrome" },
		{ "/usr/bin/google-chrome-stable", "chrome" }, { "/snap/bin/firefox", "firefox" },
		{ "/home/x/curl-8.9/bin/curl", "curl" }, { "/usr/bin/brave-browser", "chromium" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_string_equal(browser_kind_of(table[i].program)->name, table[i].kind);
	assert_null(browser_kind_of("/usr/bin/lynx"));
	assert_null(browser_kind_of("/opt/chrome/lynx"));
	char program[BROWSER_PATH];
	struct err err = { "" };
	assert_null(browser_find("/no/such/program", program, &err));
	assert_non_null(strstr(err.text, "/no/such/program"));
}

static void the_last_line_that_says_anything_is_taken_and_made_safe(void **state)
{
	(void)state;
	const struct { const char *text, *line; } table[] = {
		{ "", "" }, { "\n\n", "" }, { "one", "one" }, { "one\ntwo\n \n", "two" },
		{ "why\nFailed to send 42 bytes to syslog\n\n", "why" },
		{ "Failed to send 42 bytes to syslog\n", "" },
		{ "curl: option --x: is unknown\ncurl: try 'curl --help' for more information\n",
			"curl: option --x: is unknown" },
		{ "a\x1b[31mb\n", "a\\x1b[31mb" },
	};
	char line[64];
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		last_line(table[i].text, line, sizeof line);
		assert_string_equal(line, table[i].line);
	}
	char *lots = memset(xcalloc(1, 5000), 'x', 4999);
	last_line(lots, line, sizeof line);
	assert_true(strlen(line) < sizeof line);
	free(lots);
}

static void read_resolver(struct resolver *r, const char *resolv, const char *upstream,
	const char *nsswitch)
{
	struct err err;
	struct system_files files = { .nsswitch = put("etc/nsswitch.conf", nsswitch),
		.resolv = put("etc/resolv.conf", resolv), .hosts = "/dev/null" };
	if (upstream)
		files.upstream[0] = put("run/upstream", upstream);
	assert_true(resolver_read(r, &files, folder, &err));
}

static void a_resolver_elsewhere_is_asked_as_it_is(void **state)
{
	(void)state;
	struct resolver r;
	char text[256];
	read_resolver(&r, "nameserver 198.51.100.53\nsearch lab.test\n", NULL, "hosts: files dns\n");
	assert_string_equal(r.servers, "198.51.100.53");
	assert_string_equal(r.relay, "");
	assert_false(r.loopback);
	assert_false(get("resolv.conf", text, sizeof text));
	assert_false(get("nsswitch.conf", text, sizeof text));
}

static void behind_a_resolver_on_loopback_its_own_servers_are_asked(void **state)
{
	(void)state;
	struct resolver r;
	char text[256];
	read_resolver(&r, "nameserver 127.0.0.53\noptions edns0\nsearch lab.test\n",
		"nameserver 198.51.100.53\n", "hosts: files dns\n");
	assert_string_equal(r.servers, "198.51.100.53");
	assert_string_equal(r.relay, "");
	assert_true(get("resolv.conf", text, sizeof text));
	assert_string_equal(text, "nameserver 198.51.100.53\noptions edns0\nsearch lab.test\n");
}

static void where_these_are_not_known_a_relay_is_asked(void **state)
{
	(void)state;
	struct resolver r;
	char text[256];
	read_resolver(&r, "nameserver 127.0.0.53\n", NULL, "hosts: files dns\n");
	assert_string_equal(r.servers, "127.0.0.53");
	assert_string_equal(r.relay, "192.0.2.53");
	assert_true(r.loopback);
	assert_true(get("resolv.conf", text, sizeof text));
	assert_string_equal(text, "nameserver 192.0.2.53\n");
}

static void what_asks_past_the_wire_is_taken_out_of_the_order(void **state)
{
	(void)state;
	struct resolver r;
	char text[256];
	read_resolver(&r, "nameserver 198.51.100.53\n", NULL,
		"passwd: files\nhosts: files mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\n");
	assert_true(get("nsswitch.conf", text, sizeof text));
	assert_string_equal(text, "passwd: files\nhosts: files mdns4_minimal [NOTFOUND=return] dns\n");
	read_resolver(&r, "nameserver 198.51.100.53\n", NULL, "hosts: resolve\n");
	assert_true(get("nsswitch.conf", text, sizeof text));
	assert_string_equal(text, "hosts: dns\n");
}

static void the_setting_that_forbids_private_networks_is_named(void **state)
{
	(void)state;
	struct err err;
	put("dev/net/tun", "");
	place_why_not_private(folder, "its words", &err);
	assert_non_null(strstr(err.text, "its words"));
	const struct { const char *file, *fine, *forbids, *said; } table[] = {
		{ "kernel/unprivileged_userns_clone", "1", "0", "kernel.unprivileged_userns_clone=1" },
		{ "user/max_user_namespaces", "100", "0", "user.max_user_namespaces=" },
		{ "kernel/apparmor_restrict_unprivileged_userns", "0", "1",
			"kernel.apparmor_restrict_unprivileged_userns=0" },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char name[128];
		snprintf(name, sizeof name, "proc/sys/%s", table[i].file);
		put(name, table[i].forbids);
		place_why_not_private(folder, "its words", &err);
		assert_non_null(strstr(err.text, table[i].said));
		put(name, table[i].fine);
		place_why_not_private(folder, "its words", &err);
		assert_non_null(strstr(err.text, "its words"));
	}
	char tun[512];
	snprintf(tun, sizeof tun, "%s/dev/net/tun", folder);
	unlink(tun);
	place_why_not_private(folder, "its words", &err);
	assert_non_null(strstr(err.text, "modprobe tun"));
}

/* ---- DevTools, spoken to by a browser that is none ---- */

static char heard[512];

static void hear(void *of, enum devtools_event what, const char *text)
{
	(void)of;
	size_t n = strlen(heard);
	snprintf(heard + n, sizeof heard - n, "%d%s%s ", (int)what, *text ? ":" : "", text);
}

/* Says it in pieces of `piece` bytes. */
static bool say(struct devtools *d, int to, const char *text, size_t piece)
{
	bool good = true;
	size_t n = strlen(text) + 1;
	for (size_t at = 0; at < n; at += piece) {
		size_t part = n - at < piece ? n - at : piece;
		assert_int_equal(write(to, text + at, part), (ssize_t)part);
		good &= devtools_read(d);
	}
	return good;
}

#define LIFE "{\"method\":\"Page.lifecycleEvent\",\"params\":"
#define CREATED "{\"method\":\"Target.targetCreated\",\"params\":{\"targetInfo\":"

static void devtools_tell_of_the_page_and_of_no_other(void **state)
{
	(void)state;
	static const char *const messages[] = {
		"{\"id\":1,\"result\":{\"product\":\"HeadlessChrome/156.0.1\"}}",
		CREATED "{\"type\":\"other\",\"targetId\":\"X\"}}}",
		CREATED "{\"type\":\"page\",\"targetId\":\"T\"}}}",
		"{\"id\":3,\"result\":{\"sessionId\":\"S\"}}", "not JSON", "[]", "{}", "",
		LIFE "{\"frameId\":\"T\",\"loaderId\":\"old\",\"name\":\"load\"}}",
		"{\"id\":5,\"result\":{}}", "GO",
		LIFE "{\"frameId\":\"T\",\"loaderId\":\"old\",\"name\":\"networkIdle\"}}",
		LIFE "{\"frameId\":\"T\",\"loaderId\":\"new\",\"name\":\"init\"}}",
		LIFE "{\"frameId\":\"inner\",\"loaderId\":\"in\",\"name\":\"load\"}}",
		LIFE "{\"frameId\":\"T\",\"loaderId\":\"new\",\"name\":\"load\"}}",
		"{\"id\":6,\"result\":{\"frameId\":\"T\",\"errorText\":\"net::ERR_X\"}}",
		"{\"method\":\"Target.targetDestroyed\",\"params\":{\"targetId\":\"X\"}}",
		"{\"method\":\"Target.targetDestroyed\",\"params\":{\"targetId\":\"T\"}}",
	};
	for (size_t piece = 1; piece < 200; piece += 66) {
		int to[2], from[2];
		assert_int_equal(pipe(to) | pipe(from), 0);
		*heard = '\0';
		struct devtools *d = devtools_new(to[1], from[0], hear, NULL);
		for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
			if (strcmp(messages[i], "GO") == 0)
				devtools_go(d, "https://www.lab.test/");
			else
				assert_true(say(d, from[1], messages[i], piece));
		assert_string_equal(heard, "0:156.0.1 1 2 3 5:net::ERR_X 6 ");
		char asked[4096];
		ssize_t n = read(to[0], asked, sizeof asked - 1);
		assert_true(n > 0);
		asked[n] = '\0';
		assert_non_null(memmem(asked, (size_t)n, "https://www.lab.test/", 21));
		close(from[1]);
		assert_false(devtools_read(d));
		devtools_free(d);
		close(to[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_folder_goes_with_all_that_is_in_it_but_not_with_what_links_lead_to, set_up, tear_down),
		cmocka_unit_test(browsers_are_known_by_their_names),
		cmocka_unit_test(the_last_line_that_says_anything_is_taken_and_made_safe),
		cmocka_unit_test_setup_teardown(a_resolver_elsewhere_is_asked_as_it_is, set_up, tear_down),
		cmocka_unit_test_setup_teardown(behind_a_resolver_on_loopback_its_own_servers_are_asked,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(where_these_are_not_known_a_relay_is_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_asks_past_the_wire_is_taken_out_of_the_order,
			set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_setting_that_forbids_private_networks_is_named,
			set_up, tear_down),
		cmocka_unit_test(devtools_tell_of_the_page_and_of_no_other),
	};
	return cmocka_run_group_tests_name("visit", tests, NULL, NULL);
}

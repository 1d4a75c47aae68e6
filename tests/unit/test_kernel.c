/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * src/record/kernel: routes and neighbours, in a network namespace of this program's own: two
 * interfaces, "here" and "there", joined by a cable. Needs user namespaces and ip(8).
 */
#include "unit.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "record/kernel.h"

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return good;
}

/* A user and a network namespace of its own, in which this process may do everything. */
static bool alone(void)
{
	char uid[64], gid[64];
	snprintf(uid, sizeof uid, "0 %u 1", (unsigned)geteuid());
	snprintf(gid, sizeof gid, "0 %u 1", (unsigned)getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 && write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/uid_map", uid) && write_file("/proc/self/gid_map", gid);
}

static bool ip(const char *arguments)
{
	char command[256];
	snprintf(command, sizeof command, "PATH=$PATH:/usr/sbin:/sbin ip %s 2> /dev/null", arguments);
	return system(command) == 0;
}

static bool made;	/* the namespace is there */

static int make(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"link set lo up",
		"link add here address 02:00:00:00:00:01 type veth peer name there address 02:00:00:00:00:02",
		"link set here up", "link set there up",
		"addr add 192.0.2.1/24 dev here",
		"addr add 2001:db8::1/64 dev here nodad",
		"route add default via 192.0.2.254",
		"route add 198.51.100.0/24 via 192.0.2.253 src 192.0.2.1",
		"route add unreachable 203.0.113.0/24",
		"-6 route add default via fe80::fe dev here",
		"-6 route add unreachable 2001:db8:dead::/48",
		"route add 203.0.113.128/25 via inet6 fe80::fe dev here",
		"neigh add 192.0.2.254 lladdr 02:00:00:00:00:fe dev here nud permanent",
		"neigh add 192.0.2.253 lladdr 02:00:00:00:00:fd dev here nud stale",
		"neigh add 192.0.2.9 dev here nud failed",
		"neigh add 192.0.2.8 lladdr 02:00:00:00:00:08 dev here nud noarp",
		"-6 neigh add fe80::fe lladdr 02:00:00:00:00:fe dev here nud reachable router",
	};
	made = alone();
	for (size_t i = 0; made && i < sizeof lines / sizeof lines[0]; i++)
		if (!ip(lines[i])) {
			print_message("# ip %s: refused\n", lines[i]);
			made = false;
		}
	return 0;
}

/* Without a namespace there is nothing to see; in CI a skipped test has failed. */
static void needs_namespace(void)
{
	if (!made)
		skip();
}

static void check_route(const char *to, const char *gateway, const char *iface, const char *source)
{
	struct record *r = record_new();
	struct err err = { "" };
	if (!kernel_route(r, to, &err))
		fail_msg("%s: %s", to, err.text);
	assert_int_equal(record_count(r, REC_ROUTE), 1);
	const struct rec_route *route = rec_route(r, 1);
	assert_string_equal(route->to, to);
	assert_string_equal(route->gateway, gateway);
	assert_string_equal(route->iface, iface);
	assert_string_equal(route->source, source);
	assert_true(route->time > INT64_C(1700000000) * 1000000000);
	record_free(r);
}

static void check_no_route(const char *to, const char *why)
{
	struct record *r = record_new();
	struct err err = { "" };
	assert_false(kernel_route(r, to, &err));
	if (!strstr(err.text, why))
		fail_msg("%s: %s", to, err.text);
	assert_int_equal(record_count(r, REC_ROUTE), 0);
	assert_false(kernel_route(r, to, NULL));
	record_free(r);
}

static void routes_to_addresses(void **state)
{
	(void)state;
	needs_namespace();
	check_route("192.0.2.7", "", "here", "192.0.2.1");
	check_route("198.51.100.1", "192.0.2.253", "here", "192.0.2.1");
	check_route("8.8.8.8", "192.0.2.254", "here", "192.0.2.1");
	check_route("203.0.113.200", "fe80::fe", "here", "192.0.2.1");
	check_route("192.0.2.1", "", "lo", "192.0.2.1");
	check_route("127.0.0.1", "", "lo", "127.0.0.1");
	check_route("2001:db8::7", "", "here", "2001:db8::1");
	check_route("2001:db8:1::7", "fe80::fe", "here", "2001:db8::1");
	check_route("::1", "", "lo", "::1");
}

static void no_route_leads_there(void **state)
{
	(void)state;
	needs_namespace();
	check_no_route("203.0.113.1", "no route leads to 203.0.113.1");
	check_no_route("2001:db8:dead::1", "no route leads to 2001:db8:dead::1");
}

static void what_is_no_address(void **state)
{
	(void)state;
	check_no_route("www.example.org", "no IPv4 or IPv6 address");
	check_no_route("", "no IPv4 or IPv6 address");
	check_no_route("192.0.2.256", "no IPv4 or IPv6 address");
	check_no_route("fe80::1%lo", "no IPv4 or IPv6 address");
}

/* The entry of an address; fails when it is not there exactly `times` times. */
static const struct rec_neighbour *entry(const struct record *r, const char *address, unsigned times)
{
	const struct rec_neighbour *found = NULL;
	unsigned n = 0;
	for (uint32_t i = 1; i <= record_count(r, REC_NEIGHBOUR); i++)
		if (strcmp(rec_neighbour(r, i)->address, address) == 0) {
			found = rec_neighbour(r, i);
			n++;
		}
	if (n != times)
		fail_msg("%s: %u entries, not %u", address, n, times);
	return found;
}

static void check_entry(const struct record *r, const char *address, const char *mac, const char *state)
{
	const struct rec_neighbour *n = entry(r, address, 1);
	assert_string_equal(n->mac, mac);
	assert_string_equal(n->state, state);
	assert_string_equal(n->iface, "here");
	assert_true(n->time > INT64_C(1700000000) * 1000000000);
}

static void neighbours_with_their_states(void **state)
{
	(void)state;
	needs_namespace();
	struct record *r = record_new();
	struct err err = { "" };
	if (!kernel_neighbours(r, false, &err))
		fail_msg("%s", err.text);
	check_entry(r, "192.0.2.254", "02:00:00:00:00:fe", "permanent");
	check_entry(r, "192.0.2.253", "02:00:00:00:00:fd", "stale");
	check_entry(r, "192.0.2.9", "", "failed");
	check_entry(r, "fe80::fe", "02:00:00:00:00:fe", "reachable");
	entry(r, "192.0.2.8", 0);	/* noarp */
	for (uint32_t i = 1; i <= record_count(r, REC_NEIGHBOUR); i++) {
		assert_false(rec_neighbour(r, i)->after);
		assert_true(strncmp(rec_neighbour(r, i)->address, "ff02:", 5) != 0);
	}
	/* afterwards there is one more, and it is told from before */
	assert_true(ip("neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev here nud permanent"));
	uint32_t before = record_count(r, REC_NEIGHBOUR);
	assert_true(kernel_neighbours(r, true, &err));
	assert_true(entry(r, "192.0.2.77", 1)->after);
	entry(r, "192.0.2.254", 2);
	assert_true(rec_neighbour(r, before + 1)->after);
	assert_false(rec_neighbour(r, before)->after);
	record_free(r);
}

static void many_neighbours_come_in_parts(void **state)
{
	(void)state;
	needs_namespace();
	const char *path = unit_file("", 0);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	enum { MANY = 400 };
	for (int i = 0; i < MANY; i++)
		fprintf(f, "neigh add 2001:db8::7:%x lladdr 02:00:00:00:07:00 dev here nud permanent\n", i);
	assert_int_equal(fclose(f), 0);
	char line[128];
	snprintf(line, sizeof line, "-batch %s", path);
	assert_true(ip(line));
	struct record *r = record_new();
	assert_true(kernel_neighbours(r, false, NULL));
	for (int i = 0; i < MANY; i++) {
		char address[64];
		snprintf(address, sizeof address, "2001:db8::7:%x", i);
		entry(r, address, 1);
	}
	record_free(r);
}

static void the_interface_that_leads_out(void **state)
{
	(void)state;
	needs_namespace();
	char name[IF_NAMESIZE];
	struct err err = { "" };
	assert_true(kernel_default_iface(name, NULL, &err));
	assert_string_equal(name, "here");
	assert_true(kernel_default_iface(name, "127.0.0.1", &err));
	assert_string_equal(name, "lo");
	assert_true(kernel_default_iface(name, "2001:db8::7", &err));
	assert_string_equal(name, "here");
	assert_false(kernel_default_iface(name, "203.0.113.1", &err));
	assert_non_null(strstr(err.text, "no route leads to 203.0.113.1"));
	assert_false(kernel_default_iface(name, "x", &err));
	/* by IPv6 where there is no IPv4 */
	assert_true(ip("route del default"));
	assert_true(kernel_default_iface(name, NULL, &err));
	assert_string_equal(name, "here");
	assert_true(ip("-6 route del default"));
	assert_false(kernel_default_iface(name, NULL, &err));
	assert_non_null(strstr(err.text, "no route leads out of this host"));
}

static void any_system_answers(void **state)
{
	(void)state;
	struct record *r = record_new();
	struct err err = { "" };
	if (!kernel_neighbours(r, false, &err))
		fail_msg("%s", err.text);
	record_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_to_addresses),
		cmocka_unit_test(no_route_leads_there),
		cmocka_unit_test(what_is_no_address),
		cmocka_unit_test(neighbours_with_their_states),
		cmocka_unit_test(many_neighbours_come_in_parts),
		cmocka_unit_test(the_interface_that_leads_out),
		cmocka_unit_test(any_system_answers),
	};
	return cmocka_run_group_tests_name("kernel", tests, make, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench: how long osiscope takes beside others, in one run, as ratios.
 *
 *	bench OSISCOPE CAPTURE [SLICE]
 *	bench --loop CAPTURE		the bare libpcap loop: reads every packet, does nothing
 *	bench --memory OSISCOPE CAPTURE...	time and memory against size
 *
 * CAPTURE is large (a gigabyte), SLICE small (50 MB), for what is slow. Every contender runs
 * ROUNDS times in turn with the others, so that a machine whose speed drifts is fair to all; the
 * median counts. What is not installed is left out, and named.
 */
#include <pcap/pcap.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, CONTENDERS = 16, ARGS = 8 };

struct contender {
	const char *what;
	const char *argv[ARGS];
	bool slice;		/* runs over the slice */
	bool missing;
	double seconds[ROUNDS];
	long kilobytes;		/* the most it used */
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned long packets_of(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, why);
	struct pcap_pkthdr *h;
	const u_char *bytes;
	unsigned long n = 0, sum = 0;
	if (!p) {
		fprintf(stderr, "bench: %s\n", why);
		exit(1);
	}
	while (pcap_next_ex(p, &h, &bytes) == 1) {
		n++;
		sum += h->caplen ? bytes[0] : 0;
	}
	pcap_close(p);
	return n + (sum == 1);	/* the bytes are touched: nothing is optimised away */
}

/* Runs argv once with its output thrown away; seconds, or -1 when it cannot be run. */
static double run(const char *const *argv, long *kilobytes)
{
	double start = now();
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	int status;
	struct rusage use;
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0)
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -1;
	if (use.ru_maxrss > *kilobytes)
		*kilobytes = use.ru_maxrss;
	return now() - start;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(const double *v)
{
	double copy[ROUNDS];
	memcpy(copy, v, sizeof copy);
	qsort(copy, ROUNDS, sizeof *copy, by_size);
	return copy[ROUNDS / 2];
}

static void race(struct contender *c, unsigned n)
{
	for (int round = -1; round < ROUNDS; round++) {		/* the first warms the cache */
		for (unsigned i = 0; i < n; i++) {
			if (c[i].missing || (round < 0 && i > 1))
				continue;
			double t = run(c[i].argv, &c[i].kilobytes);
			if (t < 0)
				c[i].missing = true;
			else if (round >= 0)
				c[i].seconds[round] = t;
		}
	}
}

static double rate(const struct contender *c, unsigned long all, unsigned long slice)
{
	return (double)(c->slice ? slice : all) / median(c->seconds);
}

static void table(const struct contender *c, unsigned n, unsigned long all, unsigned long slice)
{
	double loop = rate(&c[0], all, slice);
	printf("%-34s %12s %12s %10s\n", "one pass", "packets/s", "x the loop", "peak MB");
	for (unsigned i = 0; i < n; i++) {
		if (c[i].missing) {
			printf("%-34s not installed\n", c[i].what);
			continue;
		}
		double r = rate(&c[i], all, slice);
		printf("%-34s %12.0f %12.2f %10.1f\n", c[i].what, r, loop / r,
		       (double)c[i].kilobytes / 1024);
	}
}

static const struct contender *find(const struct contender *c, unsigned n, const char *what)
{
	for (unsigned i = 0; i < n; i++)
		if (!c[i].missing && !strcmp(c[i].what, what))
			return &c[i];
	return NULL;
}

static void verdict(const struct contender *c, unsigned n, unsigned long all, unsigned long slice)
{
	const struct contender *story = find(c, n, "osiscope print --story");
	const struct contender *line = find(c, n, "osiscope print --packets");
	const struct contender *tshark = find(c, n, "tshark -n");
	if (story) {
		double bytes = (double)story->kilobytes * 1024 - 64.0 * 1024 * 1024;
		printf("story: %.2f times the bare loop (bound 2); %.1f bytes a packet above 64 MiB (bound 64)\n",
		       rate(&c[0], all, slice) / rate(story, all, slice),
		       bytes > 0 ? bytes / (double)all : 0.0);
	}
	if (line && tshark)
		printf("packets: %.1f times as fast as tshark (bound 10)\n",
		       rate(line, all, slice) / rate(tshark, all, slice));
}

static int compare(const char *self, const char *osiscope, const char *big, const char *slice)
{
	unsigned long all = packets_of(big), some = slice ? packets_of(slice) : 0;
	struct contender c[CONTENDERS] = {
		{ "bare libpcap loop", { self, "--loop", big }, .slice = false },
		{ "osiscope print --story", { osiscope, "-q", "print", "--story", big }, .slice = false },
		{ "osiscope print --packets", { osiscope, "-q", "print", "--packets", big }, .slice = false },
		{ "osiscope print --packets --no-steps",
		  { osiscope, "-q", "print", "--packets", "--no-steps", big }, .slice = false },
		{ "tcpdump -nn", { "tcpdump", "-nn", "-r", big }, .slice = false },
		{ "ndpiReader", { "ndpiReader", "-q", "-i", slice }, .slice = true },
		{ "tshark -n", { "tshark", "-n", "-r", slice }, .slice = true },
		{ "osiscope print --json", { osiscope, "-q", "print", "--json", slice }, .slice = true },
	};
	unsigned n = slice ? 8 : 5;
	printf("%lu packets; median of %d runs in turn\n", all, ROUNDS);
	race(c, n);
	table(c, n, all, some);
	verdict(c, n, all, some);
	return 0;
}

static int growth(const char *osiscope, char **captures)
{
	printf("%10s %12s %12s %14s %12s\n", "MB", "packets", "seconds", "ns a packet", "peak MB");
	for (; *captures; captures++) {
		const char *argv[] = { osiscope, "-q", "print", "--story", *captures, NULL };
		unsigned long n = packets_of(*captures);
		long kilobytes = 0;
		double best = run(argv, &kilobytes), again = run(argv, &kilobytes);
		struct stat st;
		if (best < 0 || stat(*captures, &st) < 0)
			return 1;
		best = again < best ? again : best;
		printf("%10.0f %12lu %12.2f %14.0f %12.1f\n", (double)st.st_size / 1e6, n, best,
		       best * 1e9 / (double)n, (double)kilobytes / 1024);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--loop"))
		return packets_of(argv[2]) ? 0 : 1;
	if (argc > 3 && !strcmp(argv[1], "--memory"))
		return growth(argv[2], argv + 3);
	if (argc == 3 || argc == 4)
		return compare(argv[0], argv[1], argv[2], argc == 4 ? argv[3] : NULL);
	fputs("usage: bench OSISCOPE CAPTURE [SLICE]\n", stderr);
	return 2;
}

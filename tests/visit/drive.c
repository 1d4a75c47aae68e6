/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drive [OPTION]... URL [-- WORD...]: makes a visit without a story: prints what the launch reports,
 * a line each, and keeps what came of it.
 *
 *	--private --real --headless --http3 --all --force --keys
 *	--browser B  --iface I  --duration S  --again N  --capture FILE  --route ADDRESS
 *	--keep FOLDER	keys and logs are copied there at the end
 *	--stop EVENT	stops at this event
 */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "visit/launch.h"

static const char *const names[] = {
	[LAUNCH_LISTENING] = "listening", [LAUNCH_BROWSER] = "browser", [LAUNCH_READY] = "ready",
	[LAUNCH_GO] = "go", [LAUNCH_LOADED] = "loaded", [LAUNCH_IDLE] = "idle",
	[LAUNCH_PAGE_ERROR] = "page-error", [LAUNCH_CLOSED] = "closed",
	[LAUNCH_VISITED] = "visited", [LAUNCH_RECORD] = "record", [LAUNCH_ERROR] = "error",
	[LAUNCH_ENDED] = "ended",
};

static volatile sig_atomic_t told_to_stop;

static void stop(int signal)
{
	(void)signal;
	told_to_stop = 1;
}

struct drive { struct visit_plan plan; const char *keep, *stop, *route; };

static void read_options(struct drive *d, int argc, char **argv)
{
	enum { PRIVATE, REAL, HEADLESS, HTTP3, ALL, FORCE, KEYS, BROWSER, IFACE, DURATION, AGAIN,
		CAPTURE, ROUTE, KEEP, STOP };
	static const struct option options[] = {
		{ "private", 0, NULL, PRIVATE }, { "real", 0, NULL, REAL },
		{ "headless", 0, NULL, HEADLESS }, { "http3", 0, NULL, HTTP3 }, { "all", 0, NULL, ALL },
		{ "force", 0, NULL, FORCE }, { "keys", 0, NULL, KEYS }, { "browser", 1, NULL, BROWSER },
		{ "iface", 1, NULL, IFACE }, { "duration", 1, NULL, DURATION },
		{ "again", 1, NULL, AGAIN }, { "capture", 1, NULL, CAPTURE }, { "route", 1, NULL, ROUTE },
		{ "keep", 1, NULL, KEEP }, { "stop", 1, NULL, STOP }, { 0 },
	};
	for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;)
		switch (o) {
		case PRIVATE: d->plan.place = VISIT_PRIVATE; break;
		case REAL: d->plan.place = VISIT_REAL; break;
		case HEADLESS: d->plan.headless = true; break;
		case HTTP3: d->plan.http3 = true; break;
		case ALL: d->plan.all = true; break;
		case FORCE: d->plan.force = true; break;
		case KEYS: d->plan.secrets = true; break;
		case BROWSER: d->plan.browser = optarg; break;
		case IFACE: d->plan.iface = optarg; break;
		case DURATION: d->plan.duration = strtod(optarg, NULL); break;
		case AGAIN: d->plan.again = (unsigned)strtoul(optarg, NULL, 10); break;
		case CAPTURE: d->plan.capture = optarg; break;
		case ROUTE: d->route = optarg; break;
		case KEEP: d->keep = optarg; break;
		case STOP: d->stop = optarg; break;
		default: exit(2);
		}
	if (optind >= argc) {
		fputs("usage: drive [OPTIONS] URL [ARGUMENTS]\n", stderr);
		exit(2);
	}
	d->plan.url = argv[optind++];
	d->plan.more = argv + optind;
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void copy(const char *from, const char *folder, const char *name)
{
	char path[4096], piece[65536];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *in = from ? fopen(from, "r") : NULL, *out = in ? fopen(path, "w") : NULL;
	for (size_t n; out && (n = fread(piece, 1, sizeof piece, in)) > 0;)
		fwrite(piece, 1, n, out);
	if (in)
		fclose(in);
	if (out)
		fclose(out);
}

static int serve(const struct drive *d, struct launch *l, double begun)
{
	struct launch_report r = { 0 };
	int status = 0;
	do {
		struct pollfd fd = { .fd = launch_fd(l), .events = POLLIN };
		if (told_to_stop) {
			launch_stop(l);
			told_to_stop = 0;
		}
		if (!launch_next(l, &r)) {
			poll(&fd, 1, 50);
			continue;
		}
		printf("%.3f %s %u %s\n", seconds() - begun, names[r.what], r.visit, r.text);
		fflush(stdout);
		if (r.what == LAUNCH_ERROR)
			status = 1;
		if (r.what == LAUNCH_GO && d->route)
			launch_route(l, d->route);
		if (d->stop && strcmp(d->stop, names[r.what]) == 0)
			launch_stop(l);
	} while (r.what != LAUNCH_ENDED);
	return status;
}

int main(int argc, char **argv)
{
	struct drive d = { .plan = { .url = NULL } };
	struct err err = { "" };
	double begun = seconds();
	read_options(&d, argc, argv);
	struct launch *l = launch_start(&d.plan, &err);
	if (!l) {
		printf("%.3f refused 0 %s\n", seconds() - begun, err.text);
		return 1;
	}
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	printf("%.3f place 0 %s%s%s\n", seconds() - begun,
		launch_place(l) == VISIT_PRIVATE ? "private" : "real",
		*launch_why_real(l) ? "; " : "", launch_why_real(l));
	int status = serve(&d, l, begun);
	launch_wait(l, 1000);
	if (d.keep) {
		copy(launch_keys(l), d.keep, "keys");
		copy(launch_log(l, 1), d.keep, "log");
		copy(launch_log(l, 2), d.keep, "log.2");
		copy(launch_capture(l), d.keep, "capture.pcapng");
	}
	launch_free(l);
	printf("%.3f over\n", seconds() - begun);
	return status;
}

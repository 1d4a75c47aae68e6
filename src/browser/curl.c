/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl: fetches the page alone, follows redirects, and says all that it does. */
#include <errno.h>
#include <unistd.h>

#include "browser/browser.h"
#include "browser/profile.h"

/* Cookies of an earlier visit are read from here: without the file curl would warn. */
static int prepare(const struct browser_plan *p, struct err *err)
{
	int fd = profile_file(p, "cookies");
	if (fd < 0)
		return errno == EEXIST ? 0 : profile_failed(p, err);
	close(fd);
	return 0;
}

/*
 * The trace and curl's own messages go to one file, in order. The ports that it may bind are those
 * that RFC 6335 leaves free: a curl that is told to choose says which one it took, and no other
 * option of older ones makes them say it. The trace has the time of day only: in UTC.
 */
static void command(const struct browser_plan *p, struct words *argv, struct words *env)
{
	words_add(argv, "%s", p->program);
	words_add(argv, "-q");		/* first: nothing of the user's own ~/.curlrc */
	words_add(argv, "-sSL");
	words_add(argv, "--compressed");
	words_add(argv, "--local-port");
	words_add(argv, "49152-65535");
	words_add(argv, "--hsts");
	words_add(argv, "%s/hsts", p->profile);
	if (p->http3) {			/* an offer, not an order: a curl without HTTP/3 takes it too */
		words_add(argv, "--alt-svc");
		words_add(argv, "%s/altsvc", p->profile);
	}
	words_add(argv, "-b");
	words_add(argv, "%s/cookies", p->profile);
	words_add(argv, "-c");
	words_add(argv, "%s/cookies", p->profile);
	words_add(argv, "-o");
	words_add(argv, "/dev/null");
	words_add(argv, "--stderr");
	words_add(argv, "%s", p->log);
	words_add(argv, "--trace-ascii");
	words_add(argv, "%%");
	words_add(argv, "--trace-time");
	for (char *const *more = p->more; more && *more; more++)
		words_add(argv, "%s", *more);
	words_add(argv, "--url");
	words_add(argv, "%s", p->url);
	words_add(env, "TZ=UTC0");
	words_add(env, "LC_ALL=C.UTF-8");
	if (p->keys)
		words_add(env, "SSLKEYLOGFILE=%s", p->keys);
}

static const char *const programs[] = { "curl", "/usr/bin/curl", NULL };

const struct browser_kind browser_curl = {
	.name = "curl",
	.programs = programs,
	.log = &log_curl,
	.prepare = prepare,
	.command = command,
};

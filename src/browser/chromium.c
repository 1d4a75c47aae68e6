/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chromium and Google Chrome, as quiet as their switches make them. What they still say of
 * themselves (updates, accounts) is told as background.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "browser/browser.h"
#include "fmt/i18n.h"

/*
 * DNS over HTTPS off: else step 2.3 would hide in an encrypted connection. HTTPS upgrades are left
 * as they are: they are what a user of this browser sees.
 */
static const char local_state[] =
	"{\"dns_over_https\":{\"mode\":\"off\",\"templates\":\"\"},"
	"\"user_experience_metrics\":{\"reporting_enabled\":false}}\n";

static int prepare(const struct browser_plan *p, struct err *err)
{
	if (p->again)
		return 0;
	char path[4096];
	if (snprintf(path, sizeof path, "%s/Local State", p->profile) >= (int)sizeof path)
		return err_set(err, _("%s: the path is too long"), p->profile);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n = fd < 0 ? -1 : write(fd, local_state, sizeof local_state - 1);
	if (fd >= 0)
		close(fd);
	if (n != (ssize_t)sizeof local_state - 1)
		return err_set(err, _("%s: %s; the browser needs a profile"), path, strerror(errno));
	return 0;
}

static void command(const struct browser_plan *p, struct words *argv, struct words *env)
{
	static const char *const always[] = {
		"--no-first-run", "--no-default-browser-check", "--disable-background-networking",
		"--disable-component-update", "--disable-default-apps", "--disable-sync",
		"--disable-domain-reliability", "--disable-breakpad", "--metrics-recording-only",
		"--no-pings", "--password-store=basic", "--remote-debugging-pipe",
		"--disable-auto-reload",	/* an error page stays one visit */
		"--net-log-capture-mode=IncludeSensitive",
	};
	words_add(argv, "%s", p->program);
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		words_add(argv, "%s", always[i]);
	words_add(argv, "--user-data-dir=%s", p->profile);
	words_add(argv, "--log-net-log=%s", p->log);
	if (p->headless) {
		words_add(argv, "--headless");
		words_add(argv, "--disable-gpu");
	}
	if (!p->http3)
		words_add(argv, "--disable-quic");
	for (size_t i = 0; p->more && p->more[i]; i++)
		words_add(argv, "%s", p->more[i]);
	/* The page is opened by DevTools when everything listens. */
	words_add(argv, "about:blank");
	if (p->keys)
		words_add(env, "SSLKEYLOGFILE=%s", p->keys);
}

/* Debian's and others' /usr/bin/chromium is a script that adds switches: the program itself. */
static const char *const chromium_programs[] = {
	"/usr/lib/chromium/chromium", "/usr/lib/chromium-browser/chromium-browser",
	"/usr/lib64/chromium-browser/chromium-browser", "chromium", "chromium-browser", NULL,
};

static const char *const chrome_programs[] = {
	"/opt/google/chrome/chrome", "google-chrome-stable", "google-chrome", "chrome", NULL,
};

const struct browser_kind browser_chromium = {
	.name = "chromium", .programs = chromium_programs, .devtools = true, .windows = true,
	.log = &log_netlog, .prepare = prepare, .command = command,
};

const struct browser_kind browser_chrome = {
	.name = "chrome", .programs = chrome_programs, .devtools = true, .windows = true,
	.log = &log_netlog, .prepare = prepare, .command = command,
};

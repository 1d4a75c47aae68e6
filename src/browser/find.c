/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "browser/find.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fmt/i18n.h"

static bool runs(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* `name` in the folders of PATH, as an absolute path. */
static bool in_path(const char *name, char *program)
{
	const char *p = getenv("PATH");
	for (p = p && *p ? p : "/usr/local/bin:/usr/bin:/bin"; *p;) {
		size_t n = strcspn(p, ":");
		int used = snprintf(program, BROWSER_PATH, "%.*s/%s", (int)n, p, name);
		if (*p == '/' && used > 0 && used < BROWSER_PATH && runs(program))
			return true;
		p += n;
		p += *p == ':';
	}
	return false;
}

static bool look(const char *name, char *program)
{
	if (*name != '/')
		return in_path(name, program);
	int used = snprintf(program, BROWSER_PATH, "%s", name);
	return used > 0 && used < BROWSER_PATH && runs(program);
}

static bool kind_is_here(const struct browser_kind *kind, char *program)
{
	for (size_t i = 0; kind->programs[i]; i++)
		if (look(kind->programs[i], program))
			return true;
	return false;
}

const struct browser_kind *browser_kind_named(const char *name)
{
	for (size_t i = 0; browser_kinds[i]; i++)
		if (strcmp(browser_kinds[i]->name, name) == 0)
			return browser_kinds[i];
	return NULL;
}

const struct browser_kind *browser_kind_of(const char *program)
{
	char real[PATH_MAX];
	if (!realpath(program, real))
		snprintf(real, sizeof real, "%s", program);
	/* The name it was called by, then the one that it is: links lead to both. */
	const char *names[] = { strrchr(program, '/'), strrchr(real, '/') };
	static const struct { const char *word, *kind; } table[] = {
		{ "chromium", "chromium" }, { "chrome", "chrome" }, { "headless_shell", "chromium" },
		{ "firefox", "firefox" }, { "curl", "curl" },
		{ "brave", "chromium" }, { "microsoft-edge", "chromium" }, { "msedge", "chromium" },
		{ "vivaldi", "chromium" }, { "opera", "chromium" },
	};
	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; names[n] && i < sizeof table / sizeof *table; i++)
			if (strstr(names[n], table[i].word))
				return browser_kind_named(table[i].kind);
	return NULL;
}

static const struct browser_kind *not_here(const char *wanted, struct err *err)
{
	if (access("/etc/debian_version", F_OK) != 0)
		err_set(err, _("no browser called %s here; install it, or give its path with --browser"),
			wanted);
	else if (strcmp(wanted, "chrome") == 0)
		err_set(err, _("no Google Chrome here; install it, or: sudo apt install chromium"));
	else
		err_set(err, _("no browser called %s here; sudo apt install %s"), wanted,
			strcmp(wanted, "firefox") == 0 ? "firefox-esr" : wanted);
	return NULL;
}

const struct browser_kind *browser_find(const char *wanted, char *program, struct err *err)
{
	if (!wanted || !*wanted) {
		for (size_t i = 0; browser_kinds[i]; i++)
			if (kind_is_here(browser_kinds[i], program))
				return browser_kinds[i];
		err_set(err, "%s", access("/etc/debian_version", F_OK) == 0
			? _("no browser here; sudo apt install chromium")
			: _("no browser here; install Chromium, Firefox or curl"));
		return NULL;
	}
	const struct browser_kind *kind = browser_kind_named(wanted);
	if (kind)
		return kind_is_here(kind, program) ? kind : not_here(wanted, err);
	char full[PATH_MAX];
	if (strchr(wanted, '/') ? !realpath(wanted, full) || !runs(full) : !in_path(wanted, program)) {
		err_set(err, _("%s: no such program; --browser takes chromium, chrome, firefox, curl or a path"),
			wanted);
		return NULL;
	}
	/* Not the resolved path: programs look at the name that they are called by. */
	if (strchr(wanted, '/'))
		snprintf(program, BROWSER_PATH, "%s", *wanted == '/' ? wanted : full);
	kind = browser_kind_of(program);
	if (!kind)
		err_set(err, _("%s is no browser that osiscope knows (chromium, chrome, firefox, curl)"),
			wanted);
	return kind;
}

/* The first line that a program writes to its standard output; "" when it says nothing. */
static void first_line(const char *program, const char *argument, char *text)
{
	int to[2];
	*text = '\0';
	if (pipe2(to, O_CLOEXEC) < 0)
		return;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(to[1], STDOUT_FILENO);
		dup2(null, STDIN_FILENO);
		dup2(null, STDERR_FILENO);
		execl(program, program, argument, (char *)NULL);
		_exit(127);
	}
	close(to[1]);
	struct pollfd fd = { .fd = to[0], .events = POLLIN };
	ssize_t n = poll(&fd, 1, 2000) > 0 ? read(to[0], text, BROWSER_VERSION - 1) : 0;
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	close(to[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
}

/* Firefox has its version in a file beside itself; starting it takes a second. */
static void firefox_version(const char *program, char *text)
{
	char real[PATH_MAX], file[PATH_MAX + 32], line[256];
	if (!realpath(program, real))
		return;
	*strrchr(real, '/') = '\0';
	const char *folders[] = { real, "/usr/lib/firefox-esr", "/usr/lib/firefox" };
	for (size_t i = 0; !*text && i < 3; i++) {
		snprintf(file, sizeof file, "%s/application.ini", folders[i]);
		FILE *f = fopen(file, "re");
		while (f && fgets(line, sizeof line, f))
			if (strncmp(line, "Version=", 8) == 0)
				snprintf(text, BROWSER_VERSION, "Firefox %.*s",
					(int)strcspn(line + 8, "\r\n"), line + 8);
		if (f)
			fclose(f);
	}
}

void browser_version(const struct browser_kind *kind, const char *program, char *text)
{
	*text = '\0';
	if (strcmp(kind->name, "curl") == 0) {
		first_line(program, "--version", text);
		char *second = strchr(text, ' ');
		if (second)
			second[1 + strcspn(second + 1, " ")] = '\0';	/* "curl 7.88.1" of more */
	} else if (strcmp(kind->name, "firefox") == 0) {
		firefox_version(program, text);
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "launch/launch.h"

enum { FAILED = 127, SPARE = 20 };

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return good;
}

/*
 * Inside of a private network everybody is root there. One more user namespace maps this process
 * back to who it is outside: a browser refuses to be root, and needs no such power.
 */
static bool map_back(const struct plan *plan)
{
	char uid[64], gid[64];
	snprintf(uid, sizeof uid, "%u 0 1", (unsigned)plan->user);
	snprintf(gid, sizeof gid, "%u 0 1", (unsigned)plan->group);
	return unshare(CLONE_NEWUSER) == 0 && write_file("/proc/self/setgroups", "deny") &&
		write_file("/proc/self/uid_map", uid) && write_file("/proc/self/gid_map", gid);
}

bool become_user(const struct plan *plan)
{
	if (plan->own_network || geteuid() != 0)
		return true;
	if (setgroups(0, NULL) < 0 || setresgid(plan->group, plan->group, plan->group) < 0 ||
	    setresuid(plan->user, plan->user, plan->user) < 0)
		return false;
	/* Its children are to be found in /proc, and its files to be had, by that user. */
	prctl(PR_SET_DUMPABLE, 1);
	/* Root's home is closed to that user, and so are root's sockets. */
	setenv("HOME", plan->folder, 1);
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_CACHE_HOME");
	unsetenv("DBUS_SESSION_BUS_ADDRESS");
	return true;
}

/* A copy that lies above those that are to be placed; /dev/null for -1. */
static int lift(int fd)
{
	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fcntl(fd, F_DUPFD_CLOEXEC, SPARE);
}

static void place_files(const struct child_plan *c)
{
	int files[] = { lift(c->in), lift(c->out), lift(c->err),
		c->in3 < 0 ? -1 : lift(c->in3), c->out4 < 0 ? -1 : lift(c->out4) };
	for (int at = 0; at < 5; at++)
		if (files[at] >= 0)
			dup2(files[at], at);
}

static _Noreturn void child(const struct child_plan *c, const struct plan *plan)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	place_files(c);
	if (c->as_user && plan->own_network && !map_back(plan)) {
		dprintf(STDERR_FILENO, "cannot become user %u: %s\n", (unsigned)plan->user,
			strerror(errno));
		_exit(FAILED);
	}
	/* After a change of user, which would undo it. */
	prctl(PR_SET_PDEATHSIG, c->end);
	for (size_t i = 0; c->env && c->env[i]; i++)
		putenv(c->env[i]);
	execv(c->program, c->argv);
	dprintf(STDERR_FILENO, "%s: %s\n", c->program, strerror(errno));
	_exit(FAILED);
}

pid_t child_start(const struct child_plan *c, const struct plan *plan)
{
	pid_t pid = fork();
	if (pid == 0)
		child(c, plan);
	return pid;
}

/* ---- the end of all ---- */

static pid_t parent_of(pid_t pid)
{
	char path[64], text[512];
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	/* "PID (NAME) STATE PARENT": the name may hold anything. */
	const char *after = strrchr(text, ')');
	int parent;
	return after && sscanf(after, ") %*c %d", &parent) == 1 ? parent : -1;
}

/* The children of this process: those that it started, and those that were left to it. */
static size_t own_children(pid_t *to, size_t room)
{
	char path[64];
	size_t n = 0;
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	FILE *f = fopen(path, "re");
	for (int pid; f && n < room && fscanf(f, "%d", &pid) == 1;)
		if (parent_of(pid) == getpid())
			to[n++] = pid;
	if (f)
		fclose(f);
	return n;
}

void children_kill(pid_t spared)
{
	/*
	 * A child that is killed leaves its own children to this process (a subreaper), whose turn
	 * comes in the next round. Each is a child that was not waited for: its number is its own.
	 */
	pid_t list[256];
	for (int round = 0; round < 8; round++) {
		size_t n = own_children(list, sizeof list / sizeof *list), killed = 0;
		for (size_t i = 0; i < n; i++)
			if (list[i] != spared) {
				kill(list[i], SIGKILL);
				killed++;
			}
		if (!killed)
			return;
		usleep(2000);
	}
}

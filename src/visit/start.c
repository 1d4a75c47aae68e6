/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting the command: its control, its reports, and the capture file that is handed over. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fmt/i18n.h"
#include "launch/words.h"
#include "visit/own.h"

enum { INSIDE_WITHIN = 5000, STEP = 20 };	/* milliseconds; it takes 50 */

static _Noreturn void child(const struct launch *l, char *const *argv, int control, int reports,
	int words)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();		/* the terminal's keys are for osiscope alone */
	dup2(control, STDIN_FILENO);
	dup2(reports, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	/* pasta would make itself nobody; the launcher needs root for the recorder, not longer. */
	if (l->place == VISIT_PRIVATE && geteuid() == 0 &&
	    (setgroups(0, NULL) < 0 || setresgid(l->group, l->group, l->group) < 0 ||
	     setresuid(l->user, l->user, l->user) < 0 || setenv("HOME", l->folder, 1) < 0))
		_exit(126);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* The capture file goes over the control socket: pasta hands no other files on. */
static bool hand_over(const struct launch *l)
{
	char byte = '\n';
	union { char room[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control = { { 0 } };
	struct iovec text = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = control.room,
		.msg_controllen = sizeof control.room };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &l->capture_fd, sizeof(int));
	return sendmsg(l->control, &m, MSG_NOSIGNAL) == 1;
}

/* It is not waited for yet: what it began is still found by its number. */
static bool has_ended(const struct launch *l)
{
	siginfo_t info = { 0 };
	return waitid(P_PID, (id_t)l->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid;
}

/* Its first line says that the launcher runs. Whoever ends before that has failed. */
static bool came_up(struct launch *l)
{
	struct pollfd fd = { .fd = l->reports, .events = POLLIN };
	char piece[256];
	for (int waited = 0; poll(&fd, 1, STEP) <= 0; waited += STEP)
		if (waited >= INSIDE_WITHIN || has_ended(l))
			return false;
	ssize_t n = read(l->reports, piece, sizeof piece);
	if (n > 0)
		strbuf_add(&l->in, piece, (size_t)n);
	return n > 0;
}

static void give_up(struct launch *l, int words, char *last, size_t n)
{
	char text[4096];
	close(l->control);
	close(l->reports);
	l->control = l->reports = -1;
	/* pasta may leave behind what was to become its command. */
	if (l->pid > 0)
		kill(-l->pid, SIGKILL);
	while (l->pid > 0 && waitpid(l->pid, NULL, 0) < 0 && errno == EINTR)
		;
	l->pid = 0;
	ssize_t got = pread(words, text, sizeof text - 1, 0);
	text[got > 0 ? got : 0] = '\0';
	last_line(text, last, n);
}

bool launch_run(struct launch *l, struct words *argv, struct err *err)
{
	char path[PATH_MAX], last[256];
	int control[2], reports[2];
	snprintf(path, sizeof path, "%s/starting", l->folder);
	int words = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (words < 0 || pipe2(reports, O_CLOEXEC) < 0)
		return err_set(err, "%s: %s", path, strerror(errno)), false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) < 0)
		return err_set(err, "socketpair: %s", strerror(errno)), false;
	l->pid = fork();
	if (l->pid == 0)
		child(l, argv->word, control[1], reports[1], words);
	close(control[1]);
	close(reports[1]);
	l->control = control[0];
	l->reports = reports[0];
	bool good = l->pid > 0 && came_up(l) && hand_over(l);
	if (!good) {
		give_up(l, words, last, sizeof last);
		err_set(err, "%s", *last ? last : _("it ended without a word"));
	}
	close(words);
	return good;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "launch/launch.h"

/* The open capture file, which comes over the control socket; -1. */
static int receive_file(void)
{
	char byte;
	union { char room[CMSG_SPACE(sizeof(int))]; struct cmsghdr align; } control;
	struct iovec text = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = control.room,
		.msg_controllen = sizeof control.room };
	if (recvmsg(STDIN_FILENO, &m, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	const struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return -1;
	int fd;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	return fd;
}

int main(int argc, char **argv)
{
	struct plan plan;
	struct err err;
	lang_start();
	if (!plan_read(&plan, argc, argv, &err)) {
		fprintf(stderr, "osiscope-launch: %s\n", err.text);
		return 2;
	}
	report("inside", 0, "");
	int capture = receive_file();
	if (capture < 0) {
		orphan_clean(plan.folder);
		return 1;
	}
	umask(077);
	/* What a browser leaves behind comes to this process, which can then end it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);
	if (plan.own_network && !room_furnish(&plan, &err)) {
		report_error(err.text);
		return 1;
	}
	return visits_run(&plan, capture);
}

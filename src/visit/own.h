/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own: the inside of a launch. Private to src/visit/. */
#ifndef OSI_VISIT_OWN_H
#define OSI_VISIT_OWN_H

#include <limits.h>
#include <net/if.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "browser/find.h"
#include "record/url.h"
#include "visit/launch.h"
#include "visit/resolver.h"

struct launch {
	struct url url;
	const struct browser_kind *kind;
	char program[BROWSER_PATH], recorder[PATH_MAX], launcher[PATH_MAX];
	char iface[IF_NAMESIZE], pasta[PATH_MAX];
	enum visit_place place;
	struct err why_real;
	struct resolver resolver;
	uid_t user;		/* who the browser runs as */
	gid_t group;
	char *folder;		/* owned */
	char capture[PATH_MAX], keys[PATH_MAX], log[PATH_MAX];
	bool own_capture;	/* the capture lies in the folder */
	int capture_fd;
	pid_t pid;		/* pasta or the launcher; 0: it was waited for */
	int control, reports;	/* -1: closed */
	struct strbuf in;	/* of the reports; from `at` on not yet told */
	size_t at;
	bool came_to_end, ended;
	struct strbuf text;	/* of the report that was told last */
	struct strbuf first;	/* the record's part that is known at the start; told first */
};

/* command.c: the words of the command that starts it all. */
void launch_command(const struct launch *l, const struct visit_plan *plan, const char *host,
	struct words *argv);

/* start.c: runs the command in l->place; false and err. */
bool launch_run(struct launch *l, struct words *argv, struct err *err);

/* reports.c: the parts of the record that are known here. */
void launch_first_record(struct launch *l, const struct visit_plan *plan);

#endif

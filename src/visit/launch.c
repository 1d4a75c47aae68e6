/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visit/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture/privileges.h"
#include "fmt/i18n.h"
#include "fmt/place.h"
#include "record/kernel.h"
#include "visit/folder.h"
#include "visit/own.h"
#include "visit/place.h"

/* ---- what is needed ---- */

/* Who the browser runs as: the user; for root who called sudo, or nobody. */
static void choose_user(struct launch *l)
{
	privileges_owner(&l->user, &l->group);
}

static bool find_programs(struct launch *l, const struct visit_plan *plan, struct err *err)
{
	l->kind = browser_find(plan->browser, l->program, err);
	if (!l->kind)
		return false;
	bool launcher = place_find(PLACE_PROGRAMS, "osiscope-launch", l->launcher);
	if (launcher && (place_find(PLACE_PROGRAMS, "osiscope-capture", l->recorder) ||
			 program_find("osiscope-capture", l->recorder)))
		return true;
	err_set(err, _("%s, which belongs to osiscope, is neither beside it nor installed: run make install"),
		launcher ? "osiscope-capture" : "osiscope-launch");
	return false;
}

static bool choose_iface(struct launch *l, const struct visit_plan *plan, struct err *err)
{
	struct err why;
	if (!plan->iface && *l->url.host && url_is_localhost(l->url.host)) {
		snprintf(l->iface, sizeof l->iface, "lo");
		return true;
	}
	if (!plan->iface) {
		if (kernel_default_iface(l->iface, l->url.literal ? l->url.host : NULL, &why) ||
		    kernel_default_iface(l->iface, NULL, &why))
			return true;
		err_set(err, _("no network: there is no default route; -i names an interface"));
		return false;
	}
	if (!if_nametoindex(plan->iface)) {
		err_set(err, _("no interface called %s; osiscope capture lists them"), plan->iface);
		return false;
	}
	snprintf(l->iface, sizeof l->iface, "%s", plan->iface);
	return true;
}

static bool make_files(struct launch *l, const struct visit_plan *plan, struct err *err)
{
	char profile[PATH_MAX + 16];
	l->folder = folder_make(l->user, l->group, err);
	if (!l->folder)
		return false;
	snprintf(profile, sizeof profile, "%s/profile", l->folder);
	/* the folder is that user's, who may put links into it: root follows none */
	if (mkdir(profile, 0700) < 0 || (geteuid() != l->user && lchown(profile, l->user, l->group) < 0)) {
		err_set(err, "%s: %s", profile, strerror(errno));
		return false;
	}
	if (plan->secrets)
		snprintf(l->keys, sizeof l->keys, "%s/" FOLDER_KEYS, l->folder);
	l->own_capture = !plan->capture;
	if (plan->capture)
		snprintf(l->capture, sizeof l->capture, "%s", plan->capture);
	else
		snprintf(l->capture, sizeof l->capture, "%s/" FOLDER_CAPTURE, l->folder);
	l->capture_fd = open(l->capture, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC |
		(plan->force && plan->capture ? O_TRUNC : O_EXCL), 0600);
	/* who reads it later is that user, not root */
	if (l->capture_fd >= 0 && geteuid() != l->user && fchown(l->capture_fd, l->user, l->group) < 0 &&
	    errno != EINVAL && errno != EPERM)
		return err_set(err, "%s: %s", l->capture, strerror(errno)) == 0;
	if (l->capture_fd >= 0)
		return true;
	if (errno == EEXIST)
		err_set(err, _("%s exists and is kept; --force replaces it"), l->capture);
	else
		err_set(err, _("cannot write %s: %s"), l->capture, strerror(errno));
	return false;
}

/* ---- start ---- */

static bool start_in(struct launch *l, const struct visit_plan *plan, enum visit_place place,
	struct err *err)
{
	struct words argv = { 0 };
	struct visit_plan p = *plan;
	/* Without a display there is no window. */
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
	p.headless |= !(x && *x) && !(wayland && *wayland);
	l->place = place;
	if (!resolver_read(&l->resolver, &system_files, place == VISIT_PRIVATE ? l->folder : NULL, err))
		return false;
	launch_command(l, &p, l->url.host, &argv);
	bool good = launch_run(l, &argv, err);
	words_free(&argv);
	return good;
}

static bool start_private(struct launch *l, const struct visit_plan *plan, struct err *err)
{
	struct err words = { "" };
	if (strcmp(l->iface, "lo") == 0) {
		err_set(err, _("from a private network this host itself is not reached: use --real"));
		return false;
	}
	if (program_find("pasta", l->pasta) && start_in(l, plan, VISIT_PRIVATE, &words))
		return true;
	place_why_not_private("", words.text, err);
	return false;
}

static bool start_real(struct launch *l, const struct visit_plan *plan, struct err *err)
{
	if (!place_may_record(l->recorder)) {
		err_set(err, _("no permission to record on %s: sudo setcap cap_net_raw+ep %s, or run osiscope "
			       "with sudo"), l->iface, l->recorder);
		return false;
	}
	return start_in(l, plan, VISIT_REAL, err);
}

static bool start_somewhere(struct launch *l, const struct visit_plan *plan, struct err *err)
{
	if (plan->place == VISIT_REAL ||
	    (plan->place == VISIT_AUTO && strcmp(l->iface, "lo") == 0))
		return start_real(l, plan, err);
	if (start_private(l, plan, err))
		return true;
	if (plan->place == VISIT_PRIVATE)
		return false;
	l->why_real = *err;
	struct err real;
	if (start_real(l, plan, &real))
		return true;
	if (!place_may_record(l->recorder))
		err_set(err, _("%s; or, for the real interface: sudo setcap cap_net_raw+ep %s"),
			l->why_real.text, l->recorder);
	else
		*err = real;
	return false;
}

struct launch *launch_start(const struct visit_plan *plan, struct err *err)
{
	struct launch *l = xcalloc(1, sizeof *l);
	l->capture_fd = l->control = l->reports = -1;
	choose_user(l);
	if (url_parse(&l->url, plan->url, err) && find_programs(l, plan, err) &&
	    choose_iface(l, plan, err) && make_files(l, plan, err) && start_somewhere(l, plan, err)) {
		launch_first_record(l, plan);
		return l;
	}
	launch_free(l);
	return NULL;
}

/* ---- what it has ---- */

int launch_fd(const struct launch *l)
{
	return l->reports;
}

enum visit_place launch_place(const struct launch *l)
{
	return l->place;
}

const char *launch_why_real(const struct launch *l)
{
	return l->place == VISIT_REAL ? l->why_real.text : "";
}

const struct browser_kind *launch_kind(const struct launch *l)
{
	return l->kind;
}

const char *launch_iface(const struct launch *l)
{
	return l->iface;
}

const char *launch_capture(const struct launch *l)
{
	return l->capture;
}

const char *launch_keys(const struct launch *l)
{
	return *l->keys ? l->keys : NULL;
}

const char *launch_log(struct launch *l, unsigned visit)
{
	if (visit > 1)
		snprintf(l->log, sizeof l->log, "%s/log.%u", l->folder, visit);
	else
		snprintf(l->log, sizeof l->log, "%s/log", l->folder);
	return l->log;
}

/* ---- and its end ---- */

static void tell(struct launch *l, const char *line)
{
	if (l->control >= 0)
		send(l->control, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void launch_route(struct launch *l, const char *address)
{
	char line[128];
	if (snprintf(line, sizeof line, "route %s\n", address) < (int)sizeof line)
		tell(l, line);
}

void launch_stop(struct launch *l)
{
	tell(l, "stop\n");
}

bool launch_wait(struct launch *l, int ms)
{
	for (int i = 0; l->pid > 0; i++) {
		pid_t done = waitpid(l->pid, NULL, WNOHANG);
		if (done == l->pid || (done < 0 && errno != EINTR))
			l->pid = 0;
		else if (i * 5 >= ms)
			return false;
		else
			nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
	return true;
}

void launch_free(struct launch *l)
{
	if (!l)
		return;
	/* With "stop" the folder stays for us; the control's end alone would end everything as well. */
	launch_stop(l);
	if (l->control >= 0)
		close(l->control);
	if (!launch_wait(l, 2000)) {
		kill(-l->pid, SIGKILL);
		launch_wait(l, 200);
	}
	if (l->reports >= 0)
		close(l->reports);
	/* A capture that holds nothing does not stay. */
	remove_empty(l->capture, l->capture_fd);
	if (l->capture_fd >= 0)
		close(l->capture_fd);
	/* A browser that was killed may still write into its profile for a moment. */
	for (int i = 0; l->folder && i < 20 && access(l->folder, F_OK) == 0; i++) {
		if (i)
			nanosleep(&(struct timespec){ .tv_nsec = 25000000 }, NULL);
		folder_remove(l->folder);
	}
	free(l->folder);
	url_free(&l->url);
	strbuf_free(&l->in);
	strbuf_free(&l->text);
	strbuf_free(&l->first);
	free(l);
}

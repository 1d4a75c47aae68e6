/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "recordmain.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/ifaces.h"
#include "capture/privileges.h"
#include "export/export.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "fmt/say.h"
#include "record/url.h"
#include "session.h"
#include "steps/steps.h"
#include "ui/ui.h"
#include "visit/recording.h"

enum { LOOK_MS = 50, END_MS = 2500 };

static volatile sig_atomic_t interrupted;

/*
 * The first one ends the recording in its turn; who sends another will not wait. That a terminal is
 * closed the kernel and the shell both tell: nobody is impatient then.
 */
static void interrupt(int number)
{
	if (interrupted && number == SIGHUP)
		return;
	if (interrupted) {
		signal(number, SIG_DFL);
		raise(number);
	}
	interrupted = number;
}

/* From before anything is started, so that all of it is ended again; nohup's SIGHUP stays as it is. */
static void take_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction on = { .sa_handler = interrupt };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct sigaction now;
		if (signals[i] != SIGHUP || (sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler != SIG_IGN))
			sigaction(signals[i], &on, NULL);
	}
}

/* ---- without a timeline ---- */

/* What goes on, a line when it changes. */
static void progress(const struct recording *r, char said[static 512], bool quiet)
{
	const char *status = recording_status(r);
	/* Why it ended is said at the end, below the story. */
	if (quiet || !*status || !strncmp(said, status, 511) || !strcmp(status, recording_trouble(r)))
		return;
	strncpy(said, status, 511);
	said[511] = '\0';
	say("%s", status);
}

/* Until the recording has ended; its frames are loaded as they come. */
static void follow(struct recording *r, bool quiet)
{
	struct session *s = recording_session(r);
	char said[512] = "";
	uint32_t settled = 0;
	/* The status may be another already, but where it is recorded is always said. */
	if (!quiet) {
		say("%s", recording_where(r));
		snprintf(said, sizeof said, "%s", recording_where(r));
	}
	unsigned news = 0;
	bool stopped = false;
	while (!(news & RECORDING_ENDED)) {
		struct pollfd p = { .fd = recording_fd(r), .events = POLLIN };
		poll(&p, p.fd >= 0, LOOK_MS);
		news = recording_work(r);
		while (session_load(s, UINT32_MAX, 0))
			;
		if (session_n_frames(s) != settled) {
			settled = session_n_frames(s);
			steps_settle(s->steps);
		}
		progress(r, said, quiet);
		if (interrupted && !stopped) {
			recording_stop(r);
			stopped = true;
		}
	}
}

/* What the user left while it went on ends, and what it gave is loaded. */
static void end(struct recording *r)
{
	struct session *s = recording_session(r);
	unsigned news = 0;
	recording_stop(r);
	for (int waited = 0; !recording_over(r) && !(news & RECORDING_ENDED) && waited < END_MS;
	     waited += LOOK_MS) {
		struct pollfd p = { .fd = recording_fd(r), .events = POLLIN };
		poll(&p, p.fd >= 0, waited ? LOOK_MS : 0);
		news = recording_work(r);
	}
	session_complete(s);
	while (session_load(s, UINT32_MAX, 0))
		;
}

/* ---- with one ---- */

struct shown { struct recording *r; const struct options *o; };

static unsigned shown_work(void *arg)
{
	struct shown *k = arg;
	unsigned news = recording_work(k->r);
	return (news & RECORDING_FOUND ? LIVE_FOUND : 0u) | (news & RECORDING_ENDED ? LIVE_ENDED : 0u);
}

static void shown_stop(void *arg)
{
	recording_stop(((struct shown *)arg)->r);
}

/* With -w it will be kept; without packets there is nothing to keep. */
static bool shown_saved(void *arg)
{
	struct shown *k = arg;
	return k->o->write || !session_n_frames(recording_session(k->r));
}

static const char *shown_keys(void *arg)
{
	return recording_keys(((struct shown *)arg)->r);
}

static const char *shown_status(void *arg)
{
	return recording_status(((struct shown *)arg)->r);
}

static int show(struct recording *r, const struct options *o)
{
	struct shown k = { r, o };
	const struct ui_live live = { .arg = &k, .work = shown_work, .stop = shown_stop,
		.saved = shown_saved, .keys = shown_keys, .status = shown_status };
	return ui_run(recording_session(r), &(struct ui_options){ .redact = o->print.redact,
		.no_secrets = o->no_secrets, .live = &live });
}

/* ---- both ---- */

/* Everything into the user's file, which holds the bare packets so far. */
static int keep(struct recording *r, const struct options *o)
{
	const struct export_options how = { .path = o->write, .keys = recording_keys(r), .force = true,
		.no_secrets = o->no_secrets, .quiet = o->print.quiet, .said = true };
	return export_pcapng(recording_session(r), &how);
}

static int run(struct recording *r, const struct options *o)
{
	bool timeline = !o->no_ui && !o->print_chosen && isatty(STDOUT_FILENO);
	struct session *s = recording_session(r);
	int status = STATUS_DONE, kept = STATUS_DONE;
	if (interrupted) {	/* before there was anything to record */
		recording_free(r);
		return STATUS_SIGNAL + interrupted;
	}
	if (timeline)
		status = show(r, o);
	else
		follow(r, o->print.quiet);
	end(r);
	if (o->write)
		kept = keep(r, o);
	if (!timeline)
		status = print_session(s, &o->print);
	if (*recording_trouble(r)) {
		say("%s", recording_trouble(r));
		status = STATUS_FAILED;
	}
	recording_free(r);
	return status != STATUS_DONE ? status : kept;
}

/* The folder of a file takes the file again at the end, from who this process will be then. */
static bool folder_takes(const char *file)
{
	struct stat st;
	char folder[4096];
	uid_t user;
	gid_t group;
	privileges_owner(&user, &group);
	const char *slash = strrchr(file, '/');
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file) + 1 : 1, slash ? file : ".");
	if (stat(folder, &st) < 0 || (st.st_uid == user ? st.st_mode & S_IWUSR :
	    st.st_gid == group ? st.st_mode & S_IWGRP : st.st_mode & S_IWOTH) || getuid() != 0)
		return true;	/* what else may be wrong shows when it is opened */
	say(_("root becomes another user before it reads packets (user %u), who cannot write in %s: call it "
	      "as that user, or choose another folder"), (unsigned)user, folder);
	return false;
}

/* What is there is not written over by chance. */
static bool may_write(const struct options *o)
{
	if (o->write && !folder_takes(o->write))
		return false;
	if (!o->write || o->force || access(o->write, F_OK) != 0)
		return true;
	say(_("%s exists and is kept; --force replaces it"), o->write);
	return false;
}

/*
 * Packets go into the user's file at once, so that it holds them however this ends; but what is there
 * is replaced only when there is something to replace it. NULL: into a file of the recording's own.
 */
static const char *spool(const struct options *o)
{
	return o->write && access(o->write, F_OK) != 0 ? o->write : NULL;
}

int record_visit(const struct options *o)
{
	struct err err;
	struct url u;
	if (!url_parse(&u, o->url, &err)) {
		say("%s", err.text);
		return STATUS_USAGE;
	}
	const struct visit_plan plan = {
		.url = u.normal, .browser = o->browser, .iface = o->iface, .headless = o->headless,
		.place = o->where == WHERE_PRIVATE ? VISIT_PRIVATE :
			o->where == WHERE_REAL ? VISIT_REAL : VISIT_AUTO,
		.http3 = o->http3, .all = o->all, .secrets = !o->no_secrets && !o->no_keys,
		.force = o->force, .duration = o->duration, .again = o->warm - 1, .more = o->more,
		.capture = spool(o), .lang = lang_now(),
	};
	bool may = may_write(o);
	take_interrupts();
	struct recording *r = may ? recording_visit(&plan, o->url, o->filter, &err) : NULL;
	if (may && !r)
		say("%s", err.text);
	int status = r ? run(r, o) : STATUS_FAILED;
	url_free(&u);
	return status;
}

/* The interfaces there are, for who named none: name, addresses, what it is. */
static int list_interfaces(void)
{
	struct ifaces all = { 0 };
	struct err err;
	if (ifaces_read(&all, &err) < 0) {
		say("%s", err.text);
		ifaces_free(&all);
		return STATUS_FAILED;
	}
	for (size_t i = 0; i < all.n; i++) {
		const struct iface *it = &all.list[i];
		printf("%-16s", it->name);
		for (size_t k = 0; k < it->n_addresses; k++) {
			char text[64];
			iface_address_text(&it->addresses[k], text);
			printf("%s%s", k ? ", " : "", text);
		}
		printf("%s%s%s\n", it->up ? "" : _(" (down)"), it->description ? "  " : "",
		       it->description ? it->description : "");
	}
	ifaces_free(&all);
	say(_("choose one of them: osiscope capture -i INTERFACE"));
	return STATUS_DONE;
}

int record_interface(const struct options *o)
{
	struct err err;
	if (!o->iface)
		return list_interfaces();
	const struct interface_plan plan = { .iface = o->iface, .filter = o->filter, .file = spool(o),
		.all = o->all, .force = o->force, .duration = o->duration };
	if (!may_write(o))
		return STATUS_FAILED;
	take_interrupts();
	struct recording *r = recording_interface(&plan, &err);
	if (r)
		return run(r, o);
	say("%s", err.text);
	return STATUS_FAILED;
}

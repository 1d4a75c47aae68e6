/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interface: the recording of an interface, without a browser. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/live.h"
#include "capture/privileges.h"
#include "fmt/i18n.h"
#include "fmt/lang.h"
#include "visit/keeping.h"

enum { STOP_MS = 2000 };

/* The file that is recorded into: the user's, or one that goes when the recording is freed. */
static bool open_spool(struct recording *r, const struct interface_plan *plan, struct err *err)
{
	const char *folder = getenv("TMPDIR");
	if (plan->file) {
		snprintf(r->file, sizeof r->file, "%s", plan->file);
		r->spool = open(r->file, O_WRONLY | O_CREAT | O_CLOEXEC |
				(plan->force ? O_TRUNC : O_EXCL), 0600);
	} else {
		snprintf(r->file, sizeof r->file, "%s/osiscope-XXXXXX",
			 folder && *folder ? folder : "/tmp");
		r->spool = mkostemp(r->file, O_CLOEXEC);
		r->own_file = r->spool >= 0;
	}
	uid_t user;
	gid_t group;
	privileges_owner(&user, &group);
	if (r->spool >= 0 && geteuid() != user && fchown(r->spool, user, group) < 0 && errno != EINVAL &&
	    errno != EPERM)
		return err_set(err, "%s: %s", r->file, strerror(errno)) == 0;
	if (r->spool < 0)
		err_set(err, _("cannot write %s: %s"), r->file, strerror(errno));
	return r->spool >= 0;
}

struct recording *recording_interface(const struct interface_plan *plan, struct err *err)
{
	struct recording *r = recording_new();
	const char *const ifaces[] = { plan->iface };
	const struct live_options live = { .ifaces = ifaces, .n_ifaces = 1, .filter = plan->filter,
		.lang = lang_now(), .all = plan->all };
	if (!open_spool(r, plan, err))
		goto failed;
	r->live = live_start(&live, r->spool, err);
	if (!r->live || !recording_open(r, r->file, r->own_file, NULL, NULL, err))
		goto failed;
	if (plan->duration > 0)
		r->until = recording_ms() + (int64_t)(plan->duration * 1000);
	snprintf(r->where, sizeof r->where, plan->all ? _("recording all packets on %s")
		 : _("recording this host's packets on %s"), plan->iface);
	recording_say(r, "%s", r->where);
	return r;
failed:
	/* What was only just made, and holds nothing, does not stay. */
	if (plan->file && r->spool >= 0 && lseek(r->spool, 0, SEEK_END) == 0)
		unlink(r->file);
	recording_free(r);
	return NULL;
}

unsigned interface_work(struct recording *r)
{
	enum live_state state = live_state(r->live);
	if (state == LIVE_RUNNING && (!r->until || recording_ms() < r->until))
		return 0;
	if (state == LIVE_RUNNING)
		state = live_stop(r->live, STOP_MS);
	if (state == LIVE_FAILED)
		snprintf(r->trouble, sizeof r->trouble, "%s", live_words(r->live));
	recording_say(r, "%s", state == LIVE_FAILED ? r->trouble : _("the recording has ended"));
	return RECORDING_FOUND | RECORDING_ENDED;
}

void interface_stop(struct recording *r)
{
	r->until = 1;	/* the next look ends it */
}

void interface_free(struct recording *r)
{
	live_free(r->live);
	if (r->spool >= 0)
		close(r->spool);
	if (r->own_file)
		unlink(r->file);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interface: the recording of an interface, without a browser. */
#include "visit/keeping.h"

struct recording *recording_interface(const struct interface_plan *plan, struct err *err)
{
	(void)plan;
	err_set(err, "not yet");
	return NULL;
}

unsigned interface_work(struct recording *r)
{
	(void)r;
	return 0;
}

void interface_stop(struct recording *r)
{
	(void)r;
}

void interface_free(struct recording *r)
{
	(void)r;
}

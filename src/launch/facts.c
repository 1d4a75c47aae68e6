/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel and the system know around a visit, as parts of the visit record. */
#include "launch/launch.h"
#include "record/hosts.h"
#include "record/kernel.h"

void facts_before(const struct plan *plan)
{
	struct record *r = record_new();
	struct err err;
	kernel_neighbours(r, false, &err);
	if (*plan->host)
		system_hosts(r, &system_files, plan->host);
	report_record(r);
	record_free(r);
}

void facts_after(void)
{
	struct record *r = record_new();
	struct err err;
	kernel_neighbours(r, true, &err);
	report_record(r);
	record_free(r);
}

void facts_route(const char *address)
{
	struct record *r = record_new();
	struct err err;
	if (kernel_route(r, address, &err))
		report_record(r);
	record_free(r);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel and the system know around a visit, as parts of the visit record. */
#include <stdio.h>
#include <string.h>

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
	/* The first question goes to the name server; the way to the page's server is not known yet. */
	size_t n = strcspn(plan->resolver, ",");
	char server[64];
	snprintf(server, sizeof server, "%.*s", (int)n, plan->resolver);
	if (n && n < sizeof server)
		kernel_route(r, server, &err);
	report_record(r);
	record_free(r);
}

void facts_neighbours(bool after)
{
	struct record *r = record_new();
	struct err err;
	kernel_neighbours(r, after, &err);
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

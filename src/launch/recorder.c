/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "launch/run.h"

void recorder_command(const struct plan *plan, struct words *argv)
{
	words_add(argv, "%s", plan->recorder);
	words_add(argv, "-i");
	words_add(argv, "%s", plan->iface);
	if (strstr(plan->recorder, "tcpdump")) {
		words_add(argv, "-U");
		words_add(argv, "-w");
		words_add(argv, "-");
	}
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "launch/run.h"

void recorder_command(const struct plan *plan, struct words *argv)
{
	words_add(argv, "osiscope-capture");
	words_add(argv, "-i");
	words_add(argv, "%s", plan->iface);
	/* A name server on loopback: of that interface it takes the questions and answers only. */
	if (plan->loopback) {
		words_add(argv, "-i");
		words_add(argv, "lo");
	}
	if (plan->all)
		words_add(argv, "--all");
	words_add(argv, "--lang");
	words_add(argv, "%s", plan->lang);
}

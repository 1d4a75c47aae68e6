/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order: the numbers of the steps are names; the order on the screen is the order in time. */
#include "steps/steps.h"

unsigned steps_order(const struct visit *v, enum step order[STEPS])
{
	static const struct { enum step first, last; } groups[] = {
		{ STEP_1, STEP_1_1 }, { STEP_2, STEP_2_3 }, { STEP_3, STEP_3 },
		{ STEP_4, STEP_4 }, { STEP_5, STEP_5_4 },
	};
	enum { GROUPS = sizeof groups / sizeof *groups };
	int64_t when[GROUPS], last = INT64_MIN;
	bool done[GROUPS] = { false };
	unsigned n = 0;
	for (unsigned g = 0; g < GROUPS; g++) {
		int64_t start = 0;
		for (enum step i = groups[g].first; i <= groups[g].last; i++)
			if (v->step[i].n_frames && (!start || v->step[i].start < start))
				start = v->step[i].start;
		/* What has no time of its own follows all that has a number before it. */
		when[g] = start && g ? start : last;
		last = when[g] > last ? when[g] : last;
	}
	for (unsigned k = 0; k < GROUPS; k++) {
		unsigned next = GROUPS;
		for (unsigned g = 0; g < GROUPS; g++)
			if (!done[g] && (next == GROUPS || when[g] < when[next]))
				next = g;
		done[next] = true;
		for (enum step i = groups[next].first; i <= groups[next].last; i++)
			order[n++] = i;
	}
	return n;
}

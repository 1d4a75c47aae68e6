/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cursor.h"

void cur_fail(struct cursor *c, size_t n)
{
	if (c->bad == CUR_OK)
		c->bad = n <= cur_wire(c) ? CUR_CUT : CUR_PAST;
}

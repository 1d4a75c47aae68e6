/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recordmain: `osiscope visit` and `osiscope capture`: a recording, shown or told, kept or not. */
#ifndef OSI_RECORDMAIN_H
#define OSI_RECORDMAIN_H

#include "cli/options.h"

int record_visit(const struct options *o);	/* the exit status; all has been said */
int record_interface(const struct options *o);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* place: where a visit can be recorded on this system, and what would be needed where it cannot. */
#ifndef OSI_VISIT_PLACE_H
#define OSI_VISIT_PLACE_H

#include <stdbool.h>

#include "base/err.h"

/* The program beside this one, in PATH, and where administrators' programs are; an absolute path in `to` (4096). */
bool program_find(const char *name, char *to);

/*
 * Why pasta gave no private network, as one line with the command that grants it. `words` are its
 * own last words. Looks below `root` ("" for the system itself).
 */
void place_why_not_private(const char *root, const char *words, struct err *err);

/* The recorder may open an interface of the host: by root, or by its capability. */
bool place_may_record(const char *recorder);

/* The largest packet of an interface; 0: there is no such interface. */
unsigned place_iface_mtu(const char *name);

#endif

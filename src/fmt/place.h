/* SPDX-License-Identifier: GPL-3.0-or-later */
/* place: where the files that belong to the program are, installed or in a build folder. */
#ifndef OSI_FMT_PLACE_H
#define OSI_FMT_PLACE_H

#include <stdbool.h>

enum place { PLACE_LOCALE, PLACE_SAMPLES, PLACE_PROGRAMS };

enum { PLACE_MAX = 4096 };

/*
 * Writes to `path` (PLACE_MAX bytes) where `name` is: below the environment's OSISCOPE_LOCALEDIR,
 * OSISCOPE_SAMPLES or OSISCOPE_PROGRAMS; else beside the program, when that stands in a build folder; else where
 * `make install` put it. False when it is in none of these.
 */
bool place_find(enum place which, const char *name, char *path);

/*
 * Where a program that belongs to this one is: in the environment's OSISCOPE_BINDIR; else beside
 * this program, in a build folder as anywhere; else where `make install` put it.
 */
bool place_program(const char *name, char *path);

#endif

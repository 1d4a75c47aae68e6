/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile: files that a browser's profile gets before the browser starts. */
#ifndef OSI_BROWSER_PROFILE_H
#define OSI_BROWSER_PROFILE_H

#include "browser/browser.h"

/*
 * A new file of that name in the profile, open for writing, for nobody but the profile's owner:
 * it is made by root where root starts a user's browser. What a browser left under the name is
 * never followed nor written to: -1 and EEXIST. Other failures: -1 and errno.
 */
int profile_file(const struct browser_plan *p, const char *name);
/* Away with it; that there is none is no failure. */
void profile_remove(const struct browser_plan *p, const char *name);
/* The line for errno, when a file of the profile cannot be made; -1. */
int profile_failed(const struct browser_plan *p, struct err *err);

#endif

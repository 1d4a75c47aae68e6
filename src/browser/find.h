/* SPDX-License-Identifier: GPL-3.0-or-later */
/* find: which browser is on this system. */
#ifndef OSI_BROWSER_FIND_H
#define OSI_BROWSER_FIND_H

#include "browser/browser.h"

enum { BROWSER_PATH = 4096, BROWSER_VERSION = 128 };

/*
 * The kind, and in `program` (BROWSER_PATH bytes) its absolute path, of what --browser says: a
 * kind's name, a path, or NULL for the best there is. NULL and err, which says what to install,
 * when there is none.
 */
const struct browser_kind *browser_find(const char *wanted, char *program, struct err *err);

/* The kind of that name; NULL when there is none. */
const struct browser_kind *browser_kind_named(const char *name);

/* The kind that a program is by its file's name ("/opt/google/chrome/chrome"); NULL: unknown. */
const struct browser_kind *browser_kind_of(const char *program);

/*
 * Writes "curl 7.88.1" to `text` (BROWSER_VERSION bytes) without starting a window; "" when that
 * cannot be known. Chromium and its like say it themselves when they run (devtools.h).
 */
void browser_version(const struct browser_kind *kind, const char *program, char *text);

#endif

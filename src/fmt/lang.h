/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lang: the language that the user reads; chosen at the start, changed at any time.
 *
 * It reads gettext's compiled catalogues (.mo) itself: the C library looks for one only when a
 * locale of that language is installed (since glibc 2.39 not even in C.UTF-8), and a bare system
 * has none. So `--lang ko` works everywhere, and switching is one call.
 *
 * The language belongs to the process, as the locale does. Texts given out by _() stay good for
 * ever: catalogues are kept.
 */
#ifndef OSI_FMT_LANG_H
#define OSI_FMT_LANG_H

#include <stdbool.h>

/*
 * Sets the locale's characters (UTF-8 if there is any way to have it; numbers stay those of C)
 * and the language: of LC_ALL, LC_MESSAGES, LANG and LANGUAGE, as gettext reads them.
 */
void lang_start(void);

/* "en", "ko", ...; false, and nothing changes, when there is no catalogue for it. */
bool lang_set(const char *lang);
const char *lang_now(void);	/* "en", "ko", ... */

/* The terminal shows UTF-8: lines and arrows may be drawn with more than ASCII. */
bool lang_utf8(void);

#endif

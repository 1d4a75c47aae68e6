/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words: the last words of a program that ended. */
#ifndef OSI_LAUNCH_WORDS_H
#define OSI_LAUNCH_WORDS_H

#include <stddef.h>

/* The last line of a text that says anything, made safe to show; n bytes with the NUL. */
void last_line(const char *text, char *to, size_t n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* say: one line for the user on standard error. */
#ifndef OSI_FMT_SAY_H
#define OSI_FMT_SAY_H

/*
 * Writes "osiscope: " and the line. File names and arguments in it are safe: the whole line is
 * escaped as text of packets is.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

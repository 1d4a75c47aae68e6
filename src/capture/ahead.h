/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ahead: a thread that reads the next piece of a file while the one before is looked at. Copying
 * out of the system's cache is a quarter of the time that a large capture takes. (Mapping the file
 * takes as long, and a mapped file that shrinks kills the program.)
 *
 * One piece at a time: ahead_ask() hands the bytes to the thread, ahead_take() waits and hands
 * them back. In between nobody else may touch them. On a busy machine, where the thread has not
 * begun when its result is wanted, ahead_take() reads by itself and nothing is lost.
 */
#ifndef OSI_CAPTURE_AHEAD_H
#define OSI_CAPTURE_AHEAD_H

#include <stddef.h>
#include <stdint.h>

struct ahead;

/* What came of reading: fewer bytes than asked for at the file's end, or with an errno. */
struct reading { size_t got; int error; };

/* Reads n bytes at an offset, here and now. */
struct reading read_at(int fd, uint64_t at, void *bytes, size_t n);

struct ahead *ahead_new(int fd);	/* borrows fd; NULL when there can be no thread */
void ahead_free(struct ahead *a);	/* waits for what is under way; a may be NULL */

void ahead_ask(struct ahead *a, uint64_t at, void *bytes, size_t n);
struct reading ahead_take(struct ahead *a);	/* once for each ahead_ask() */

#endif

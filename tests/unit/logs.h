/* SPDX-License-Identifier: GPL-3.0-or-later */
/* logs: the browser's logs beside the recorded visits, by the visit's name, or by a file's path. */
#ifndef OSI_TESTS_LOGS_H
#define OSI_TESTS_LOGS_H

#include "unit.h"

#include "record/record.h"

/* What a log tells; fails the test when it is not whole. The caller frees it. */
struct record *logs_read(const char *name);
/* Its bytes, unpacked; the caller frees them. */
char *logs_unpacked(const char *name, size_t *n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* logfile: a browser's log that lies in a file, whole, beside a capture that is opened later. */
#ifndef OSI_BROWSER_LOGFILE_H
#define OSI_BROWSER_LOGFILE_H

#include <stdbool.h>

#include "base/err.h"
#include "record/record.h"

/*
 * Reads a log, plain or packed (gzip and the others that captures may be packed with), and adds
 * what it tells to the record. Which kind it is shows in its first bytes. False and err when it
 * cannot be read, is empty or is no log of a browser that is known; what was told until then
 * stays in the record. A log without its end is no failure: record.cut says so.
 */
bool netlog_file(struct record *r, const char *path, struct err *err);

#endif

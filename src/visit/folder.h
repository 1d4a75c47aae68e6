/* SPDX-License-Identifier: GPL-3.0-or-later */
/* folder: the place of one visit's files: its profile, keys, the browser's log. 0700, and removed. */
#ifndef OSI_VISIT_FOLDER_H
#define OSI_VISIT_FOLDER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* The names of the capture and, beside it, of its keys: where they are looked for when it is opened. */
#define FOLDER_CAPTURE "capture.pcapng"
#define FOLDER_KEYS FOLDER_CAPTURE ".keys"

/*
 * A new folder for `user` (chown only when this is root), in XDG_RUNTIME_DIR, TMPDIR or /tmp; its
 * path is to be freed. NULL and err.
 */
char *folder_make(uid_t user, gid_t group, struct err *err);

/* Removes a file or a folder with all that is in it; links are not followed. */
void folder_remove(const char *path);

/* Removes the file that was opened as fd when nothing was written into it. */
void remove_empty(const char *path, int fd);

/* Writes a small file into it. False and err. */
int folder_write(const char *folder, const char *name, const char *text, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privileges: who reads bytes of packets has none; for osiscope-capture and for osiscope itself. */
#ifndef OSI_CAPTURE_PRIVILEGES_H
#define OSI_CAPTURE_PRIVILEGES_H

#include <sys/types.h>

#include "base/err.h"

/*
 * Who a process of root's becomes: the one who called sudo, or nobody. Of another user: that user.
 * What this process will read later must belong to them.
 */
void privileges_owner(uid_t *user, gid_t *group);

/*
 * Gives everything away for good: root becomes privileges_owner(), all capabilities go, and no program
 * that is started can bring any back. -1 and err: not all could go; read nothing then.
 */
int privileges_drop(struct err *err);

#endif

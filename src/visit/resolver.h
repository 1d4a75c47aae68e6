/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolver: which name servers the browser will ask. A private network has a loopback of its own, so
 * a name server on the host's loopback is not there: it gets the servers behind that one, or a relay.
 */
#ifndef OSI_VISIT_RESOLVER_H
#define OSI_VISIT_RESOLVER_H

#include <stdbool.h>

#include "base/err.h"
#include "record/hosts.h"

struct resolver {
	char servers[256];	/* of the host, comma-separated; "" none */
	char relay[64];		/* the address that a private network asks instead; "" none needed */
	bool loopback;		/* one of the servers is on loopback */
};

/*
 * Looks at the system's files. With `folder` it writes there the resolv.conf and nsswitch.conf that a
 * private network is to have, where these must differ from the system's.
 */
bool resolver_read(struct resolver *r, const struct system_files *files, const char *folder,
	struct err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * url: the address that is to be visited, understood as browsers do (WHATWG URL, UTS #46): what
 * was typed becomes scheme, host, port and path. Nothing is asked of any network.
 */
#ifndef OSI_RECORD_URL_H
#define OSI_RECORD_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* All strings are owned by the struct, UTF-8, never NULL after url_parse(). */
struct url {
	char *typed;		/* as it was typed, without blanks around it and without userinfo */
	char *scheme;		/* "http" or "https" */
	char *host;		/* ASCII, lower case: a name (punycode) or an address, IPv6 without brackets */
	char *host_unicode;	/* the same for reading; equal to host where there is nothing to decode */
	char *path;		/* percent-encoded, from its "/" on, with its query, without fragment */
	char *normal;		/* the whole as ASCII, without default port, fragment and userinfo */
	uint16_t port;		/* 1 to 65535, also when it is the scheme's own */
	bool literal;		/* host is an IPv4 or IPv6 address */
	bool guessed;		/* no scheme was typed; it is https */
	bool userinfo;		/* a name or password was typed before "@"; it is kept nowhere */
};

/*
 * False and err (one line) when no browser would visit it: no URL, no host, another scheme than
 * http and https, a port out of range, a host that IDNA refuses or that DNS has no room for, or
 * longer than RECORD_TEXT bytes. *u is then as after url_free(). It need not be set before.
 */
bool url_parse(struct url *u, const char *text, struct err *err);
void url_free(struct url *u);	/* what it holds; *u is zeroed, and may be freed again */

/* The name is this host itself by definition: localhost and all below it (RFC 6761, 6.3). */
bool url_is_localhost(const char *host);

#endif

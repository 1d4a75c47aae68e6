/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * record: what was recorded of a visit besides its packets: the browser's findings (out of its
 * log), the kernel's (route, neighbour table), the system's (hosts file, resolver), and how and
 * where the visit was recorded. Findings only, never the raw log.
 *
 * It travels as JSON in one block of the pcapng file (capture/pcapng.h, PCAPNG_RECORD), and lies in
 * session.record while a capture is open; the steps (src/steps/) read it. Whoever finds something
 * adds it with record_add(); nothing is ever taken away.
 *
 * All strings are UTF-8 as the source gave them (escape before showing), never NULL, "" when not
 * known; they belong to the record. All times are nanoseconds since 1970, 0 not known. Numbers of
 * other items count from 1, 0 is none.
 */
#ifndef OSI_RECORD_RECORD_H
#define OSI_RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Caps: what is beyond is counted in record.left_out. */
enum { RECORD_ITEMS = 1 << 16, RECORD_PAGES = 1 << 10, RECORD_TEXT = 1 << 14, RECORD_JSON = 64 << 20,
	RECORD_VALUES = 1 << 21, RECORD_VERSION = 1 };

/* A page that the browser was told to load: a navigation of its main frame, with redirects. */
struct rec_page {
	const char *url;	/* as it was asked for first, before HSTS or a redirect changed it */
	int64_t start;
	int64_t loaded;		/* when the browser said that it has loaded (load event) */
	const char *error;	/* "ERR_NAME_NOT_RESOLVED", curl's message; "" none */
};

/* One request; a redirect makes another. */
struct rec_request {
	uint32_t page;		/* the page that wanted it; 0: the browser's own, of no page */
	const char *kind;	/* "document", "frame", "part"; "background" when page is 0 */
	const char *method, *url;
	const char *protocol;	/* "http/1.0", "http/1.1", "h2", "h3" */
	uint32_t from;		/* the request whose redirect (or upgrade) led to this one */
	const char *upgraded;	/* that was no server's redirect but "hsts", or "https-first" */
	uint32_t socket;	/* the connection that carried it */
	uint64_t stream;	/* HTTP/2, HTTP/3; also 0 (HTTP/3's first): see protocol */
	int64_t start;		/* it came up */
	int64_t sent;		/* its head began to be sent */
	int64_t head;		/* the response's head was read */
	int64_t end;		/* the last byte of the body was read, or it failed */
	uint16_t status;	/* 0: no response */
	const char *mime, *location, *hsts;	/* of the response: type without parameters, headers */
	const char *cache;	/* "hit": nothing was asked; "validated": 304, the copy was used */
	int64_t body;		/* bytes of the body as transferred; -1 not known */
	const char *error;	/* "ERR_CONNECTION_REFUSED"; "" none */
};

/* A connection as the browser sees it: its ports tie it to the packets. */
struct rec_socket {
	const char *transport;	/* "tcp", "quic" */
	const char *local, *remote;	/* "192.0.2.2:41000", "[2001:db8::2]:41000" */
	int64_t start, connected;
	const char *alpn;	/* "h2"; "" not known or none */
	const char *error;
};

/* A name that was to become an address: one question of the browser to its resolver. */
struct rec_lookup {
	uint32_t page;
	const char *host;
	int64_t start, end;
	const char *how;	/* "hosts", "cache", "dns", "system", "literal" */
	const char *addresses, *aliases;	/* comma-separated */
	bool secure;		/* DNS over HTTPS */
	const char *error;
};

/* The HSTS list was asked about a host. */
struct rec_hsts {
	uint32_t page;
	const char *host;
	int64_t time;
	bool listed, upgraded;	/* on the list; http became https because of it */
	const char *how;	/* why it is listed: "preloaded", "learned" */
};

struct rec_route {		/* the kernel's way to an address */
	const char *to, *gateway, *iface, *source;	/* gateway "": a neighbour */
	int64_t time;
};

struct rec_neighbour {		/* an entry of the kernel's neighbour table */
	const char *address, *mac, *iface;
	const char *state;	/* "reachable", "stale", "permanent", "failed", ... (ip-neighbour(8)) */
	bool after;		/* as it was after the visit, not before */
	int64_t time;
};

/* The system's own name files were looked at for a host. */
struct rec_hosts {
	const char *host;
	const char *order;	/* nsswitch.conf's sources for hosts: "files dns" */
	const char *file;	/* "/etc/hosts" */
	uint32_t line;		/* of the line that names the host; 0: none does */
	const char *text;	/* that line */
	const char *addresses;	/* all that the file has for the host, comma-separated */
	int64_t time;
};

enum rec_kind { REC_PAGE, REC_REQUEST, REC_SOCKET, REC_LOOKUP, REC_HSTS, REC_ROUTE, REC_NEIGHBOUR,
		REC_HOSTS, REC_KINDS };

struct rec_list { void *items; uint32_t n, room; };

struct record {
	const char *url;	/* what was to be visited, as the user gave it; "" for no visit */
	const char *place;	/* "private" (network of its own), "real" (interface of the host) */
	const char *iface;	/* that was recorded */
	const char *browser;	/* "Chromium 156.0.8078.108", "curl 7.88.1" */
	const char *log;	/* whose findings they are: "netlog", "curl", "mozlog", "" none */
	const char *resolver;	/* name servers of the visit, comma-separated */
	const char *relay;	/* name server that the browser asks instead, of a private network */
	const char *doh;	/* DNS over HTTPS: "off", "on", "" not known */
	bool quic;		/* the browser was allowed to use HTTP/3 */
	const char *missing;	/* names that the log's own tables lack, comma-separated */
	bool cut;		/* the log ends without its end: the browser was killed, or still runs */
	const char *words;	/* the browser's last words, when it ended by itself with an error */
	uint64_t left_out;	/* items and bytes of text beyond the caps */
	struct rec_list list[REC_KINDS];
	struct block *arena;
};

struct record *record_new(void);
void record_free(struct record *r);	/* NULL is nothing */

/* Room for one more, zeroed, its strings ""; *number (may be NULL) is its number. NULL at the cap. */
void *record_add(struct record *r, enum rec_kind kind, uint32_t *number);
/* Number n of a kind; NULL when there is none. Pointers hold until the next record_add(). */
void *record_at(const struct record *r, enum rec_kind kind, uint32_t n);
/* A copy of a text (cut at RECORD_TEXT bytes) that lives as long as the record; NULL gives "". */
const char *record_text(struct record *r, const char *s);

static inline uint32_t record_count(const struct record *r, enum rec_kind kind)
{
	return r ? r->list[kind].n : 0;
}
static inline struct rec_page *rec_page(const struct record *r, uint32_t n)
{
	return record_at(r, REC_PAGE, n);
}
static inline struct rec_request *rec_request(const struct record *r, uint32_t n)
{
	return record_at(r, REC_REQUEST, n);
}
static inline struct rec_socket *rec_socket(const struct record *r, uint32_t n)
{
	return record_at(r, REC_SOCKET, n);
}
static inline struct rec_lookup *rec_lookup(const struct record *r, uint32_t n)
{
	return record_at(r, REC_LOOKUP, n);
}
static inline struct rec_hsts *rec_hsts(const struct record *r, uint32_t n)
{
	return record_at(r, REC_HSTS, n);
}
static inline struct rec_route *rec_route(const struct record *r, uint32_t n)
{
	return record_at(r, REC_ROUTE, n);
}
static inline struct rec_neighbour *rec_neighbour(const struct record *r, uint32_t n)
{
	return record_at(r, REC_NEIGHBOUR, n);
}
static inline struct rec_hosts *rec_hosts(const struct record *r, uint32_t n)
{
	return record_at(r, REC_HOSTS, n);
}

/* ---- as JSON (json.c) ---- */

/* The whole record as JSON text, to be freed. What is "" or 0 is left away. */
char *record_to_json(const struct record *r);

/*
 * Adds what a JSON text says (a whole record, or a part of one). False and err when it is no JSON
 * object, or of a version not known; values of the wrong type are as if not there.
 */
bool record_from_json(struct record *r, const char *text, size_t n, struct err *err);

#endif

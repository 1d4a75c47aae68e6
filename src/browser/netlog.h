/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * netlog: the reader of Chromium's NetLog, inside. An event happens to a *source* (a request, a
 * connection, a lookup), and sources depend on each other; names and numbers of both are in the
 * log's own constants. What is told goes straight to the record: a log that is cut has told all
 * that it holds.
 */
#ifndef OSI_BROWSER_NETLOG_H
#define OSI_BROWSER_NETLOG_H

#include <jansson.h>

#include "base/intern.h"
#include "base/strbuf.h"
#include "browser/browser.h"

enum {
	NETLOG_LINE = 16 << 20,		/* the longest line that is read */
	NETLOG_SOURCES = 1 << 16,	/* sources that are known at a time, the latest */
	NETLOG_TYPES = 4096, NETLOG_SOURCE_TYPES = 256,	/* numbers that constants may use */
	NETLOG_LOOK_BACK = 1024,	/* items of the record that are looked at for a match */
	NETLOG_SHARED = 16,		/* questions that wait for one answer of the resolver */
	NETLOG_YOUNG_MS = 500		/* after a page's head, parts of the page before may come */
};

enum netlog_event_type {
	EV_NONE,
#define EVENT(name) EV_##name,
#define OTHER(name) EV_##name,
#include "browser/netlog_events.def"
#undef EVENT
#undef OTHER
	EV_COUNT
};

/* Kinds of sources, in the order in which they lead from a request to its wire. */
enum netlog_source_type {
	SRC_IGNORED, SRC_URL_REQUEST, SRC_CONTROLLER, SRC_STREAM_JOB, SRC_CONNECT_JOB, SRC_QUIC_JOB,
	SRC_SESSION, SRC_QUIC_SESSION, SRC_SOCKET, SRC_UDP_CLIENT, SRC_UDP,
	/* these are on no such way */
	SRC_RESOLVER, SRC_LOOKUP, SRC_DNS, SRC_GLOBAL
};

enum netlog_phase { PHASE_POINT, PHASE_BEGIN, PHASE_END };

/* What is known of a source. Numbers of items are the record's. */
struct netlog_source {
	uint32_t id;			/* 0: this place is free */
	uint8_t type;
	uint32_t next;			/* the source that it uses: a job's session, a session's socket */
	uint32_t owner;			/* the source that uses it */
	/* URL_REQUEST */
	uint32_t leg;			/* its request now, or the last one */
	bool main, running, redirected, filters, read_info, asked, learnt, fetched, upgrade;
	const char *upgraded;		/* why the leg ends with a redirect of the browser's own */
	bool hsts_listed, hsts_upgrade, hsts_waits;
	int64_t hsts_time;
	const char *hsts_host;
	/* SOCKET, UDP, QUIC_SESSION, and the QUIC_JOB that makes the session */
	uint32_t socket;
	bool dns;			/* it belongs to the DNS client */
	const char *local, *remote;
	/* those that look a name up, and RESOLVER */
	uint32_t host, key;		/* interned */
	uint32_t lookup;
	int64_t since;
	bool requesting;
	uint32_t waiting[NETLOG_SHARED], n_waiting;	/* RESOLVER: lookups that get its answer */
	const char *how;
	bool answered;
};

/* One event, its names looked up. */
struct netlog_event {
	enum netlog_event_type type;
	enum netlog_phase phase;
	int64_t time;
	uint32_t id;
	enum netlog_source_type source_type;
	json_t *params;			/* NULL: none */
	uint32_t dep;			/* the source it depends on; 0 none */
	enum netlog_source_type dep_type;
	struct netlog_source *s;
};

struct netlog_names {
	bool known;
	uint8_t event[NETLOG_TYPES], source[NETLOG_SOURCE_TYPES];
	int64_t begin, end, offset;	/* offset: ms */
	int64_t main_frame, prefetch;	/* bits of load_flags */
	int64_t secure_off, secure_on;
	json_t *errors, *quic_errors;	/* owned */
};

/* What the record does not hold of its items, by their number. */
struct netlog_side { uint32_t key, host; };
struct netlog_sides { struct netlog_side *at; uint32_t n, room; };

struct netlog_page_key { uint32_t key, page, leg; };	/* leg: its document's request */
struct netlog_sts { uint32_t host; bool valid, subdomains; };

struct log_reader {
	struct record *r;		/* borrowed */
	struct strbuf line;		/* the line that is not complete yet */
	bool skip;			/* until the next newline: the line is too long */
	bool begun, ended;
	struct netlog_names names;
	struct netlog_source **sources;	/* NETLOG_SOURCES, by id; a later one takes the place */
	struct intern *texts;
	const char **kept;		/* the record's copy of an interned text, NULL none yet */
	uint32_t kept_room;
	struct netlog_sides pages, requests, lookups;
	struct netlog_page_key *page_keys;
	uint32_t n_page_keys, page_keys_room;
	struct netlog_sts *sts;		/* who sent Strict-Transport-Security in this log */
	uint32_t n_sts, sts_room;
};

/* netlog_names.c */
void netlog_names_read(struct log_reader *l, json_t *constants);
void netlog_names_free(struct netlog_names *n);
/* Fills *e from a line's object; false when it is no event that is read. */
bool netlog_event_read(const struct log_reader *l, json_t *object, struct netlog_event *e);
/* The name of an error code, or the number itself; "" for 0. Texts of the record. */
const char *netlog_error(struct log_reader *l, json_t *names, int64_t code);
const char *netlog_net_error(struct log_reader *l, const json_t *params);	/* of "net_error" */
const char *netlog_str(const json_t *object, const char *key);		/* "" when it is not there */
int64_t netlog_num(const json_t *object, const char *key, int64_t otherwise);
bool netlog_is(const json_t *object, const char *key);			/* it is there and true */
void netlog_missing(struct record *r, const char *name);

/* netlog_sources.c */
struct netlog_source *netlog_source(const struct log_reader *l, uint32_t id);	/* NULL: unknown */
void netlog_sources_event(struct log_reader *l, struct netlog_event *e);	/* sets e->s */
/* The record's socket that a source leads to; 0 none. */
uint32_t netlog_socket(const struct log_reader *l, uint32_t id);
void netlog_sockets_event(struct log_reader *l, const struct netlog_event *e);

/* netlog_requests.c, netlog_answers.c */
void netlog_requests_event(struct log_reader *l, const struct netlog_event *e);
void netlog_answers_event(struct log_reader *l, const struct netlog_event *e);
/* The hosts whose answers to an earlier visit with the same profile are in the record. */
void netlog_recall(struct log_reader *l);
bool netlog_learned(const struct log_reader *l, const char *host);

/* netlog_lookups.c */
void netlog_lookups_event(struct log_reader *l, const struct netlog_event *e);
/* A page began: the lookups that were made for it before belong to it. */
void netlog_lookups_adopt(struct log_reader *l, uint32_t page, uint32_t key, uint32_t host);

/* netlog_pages.c */
uint32_t netlog_page_of_key(const struct log_reader *l, uint32_t key);
/* The page of a part that the origin on host `from` wants. */
uint32_t netlog_page_of_part(const struct log_reader *l, uint32_t key, uint32_t from, int64_t time);
/* The page of the latest request to a host that is under way; -1: there is none. */
int64_t netlog_page_asking(const struct log_reader *l, uint32_t key, uint32_t host);
void netlog_page_key_add(struct log_reader *l, uint32_t page, uint32_t key, uint32_t leg);
void netlog_side_set(struct netlog_sides *sides, uint32_t number, uint32_t key, uint32_t host);
struct netlog_side netlog_side(const struct netlog_sides *sides, uint32_t number);
/* The record's one copy of a text. */
const char *netlog_text(struct log_reader *l, const char *s);
uint32_t netlog_url_host(struct log_reader *l, const char *url);	/* interned; 0 none */
/* The first word of a key: the site of the frame on top; 0 for "null". */
uint32_t netlog_site(struct log_reader *l, const char *key);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http1.h: what the HTTP/1 files share: http1.c (messages and bodies), http1_head.c (reading a
 * head), http1_show.c (its fields, Info and events), http1_fields.def (the field table).
 */
#ifndef OSI_HTTP1_H
#define OSI_HTTP1_H

#include "dissect.h"

enum http_field {
#define FIELD(id, name, label, type, mask, names, help) id,
#include "http1_fields.def"
#undef FIELD
	HTTP_FIELDS
};

extern const struct field http_fields[HTTP_FIELDS];

/* Bytes of the packet, borrowed for the call. */
struct slice { const uint8_t *p; size_t n; };

enum http_start { START_NO, START_MORE, START_REQUEST, START_RESPONSE };

/* How a message's body is framed: RFC 9112 section 6.3. */
enum http_body { BODY_NONE, BODY_COUNTED, BODY_CHUNKED, BODY_TO_END, BODY_TUNNEL, BODY_UPGRADE };

enum {
	HTTP_HEAD_MAX = 65536,	/* bytes of a head */
	HTTP_HEADERS_MAX = 10000	/* of them are shown */
};

/* What a head says, as far as it matters for what follows. */
struct http_head {
	bool request;
	bool odd;			/* holds what is no header field, or no length */
	bool has_length, chunked;
	bool coded;			/* the last transfer coding is not chunked */
	bool content_coded;		/* compressed: Content-Encoding */
	uint8_t version;		/* 9, 10, 11 */
	uint16_t status;
	uint64_t length;		/* Content-Length */
	struct slice start;		/* the start line without its line end, and its parts */
	struct slice method, target, version_text, code, reason;
	struct slice host, type;	/* values of header fields */
};

/* A header field that has a field of its own. */
enum header_use {
	USE_NONE, USE_LENGTH, USE_CODING, USE_HOST, USE_TYPE, USE_CONTENT_CODING, USE_COOKIE
};
struct header_kind {
	const char *name;		/* lower case */
	uint8_t field;			/* enum http_field */
	uint8_t tell;			/* enum http_header; 0: not told to the story */
	uint8_t use;			/* enum header_use */
};
const struct header_kind *http_header_kind(struct slice name);	/* NULL: none of them */

/* ---- http1_head.c ---- */

/* The next line with its line end (LF or CR LF); false when it has none yet. */
bool http_line(struct cursor *c, struct cursor *line);
struct slice http_text(struct cursor line);		/* a line without its line end */
struct slice http_trim(struct slice s);			/* without white space around it */
bool http_is(struct slice s, const char *lower_case);	/* compared without case */

/* What a line, or the beginning of one, begins; fills the parts of head. */
enum http_start http_start_line(struct slice line, bool complete, struct http_head *head);
/* The bytes at the cursor, which may begin with empty lines (RFC 9112 section 2.2). */
enum http_start http_begins(struct cursor c);

/*
 * Bytes of the head at the cursor, its last empty line included; 0 when it is not complete. The
 * first `scanned` bytes are known to hold no end; it is moved on.
 */
size_t http_head_find(struct cursor c, uint32_t *scanned);
/* Reads a complete head. False when its first line is none. */
bool http_head_read(struct cursor c, struct http_head *head);
/* The next header field, with the lines that continue it (RFC 9112 section 5.2). */
bool http_header(struct cursor *c, struct cursor *whole, struct slice *name, struct slice *value);

/* ---- http1_show.c ---- */

/* Fields of a head; the cursor ends behind it. */
void http_show(struct dissect *d, struct cursor *c, const struct http_head *head);
void http_show_info(struct dissect *d, const struct http_head *head, bool body);
/* EV_HTTP_HEADER, EV_HTTP_REQUEST or EV_HTTP_RESPONSE, EV_HTTP_HEAD. */
void http_tell(struct dissect *d, struct cursor c, const struct http_head *head);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl_log: what the reader of curl's trace remembers. Private to curl_log.c and curl_info.c. */
#ifndef OSI_BROWSER_CURL_LOG_H
#define OSI_BROWSER_CURL_LOG_H

#include "browser/lines.h"
#include "record/record.h"

enum { CURL_CONNECTIONS = 64 };		/* numbers of connections that are remembered */

enum curl_frame { FRAME_NONE, FRAME_SENT, FRAME_RECEIVED };

struct log_reader {
	struct record *r;		/* borrowed */
	struct lines lines;
	int64_t day, now, head_time;	/* start of the day, time of the last line; 0 not yet known */
	enum curl_frame frame;
	struct strbuf text;		/* of a head */
	unsigned long row_end;		/* the offset behind the last row */
	uint32_t page, request, lookup;
	uint32_t tried, socket;		/* the last that was tried; the one in use */
	uint32_t numbered[CURL_CONNECTIONS];	/* curl's number of a connection: its socket */
	uint64_t tls_of;		/* of these, bit by bit: with TLS */
	uint32_t number;		/* of the connection in use, below CURL_CONNECTIONS */
	bool tls;
	const char *alpn;		/* agreed on in this hop */
	int64_t length;			/* of the response's body, as promised; -1 none */
	bool chunked, head_over;
	bool over, done;		/* it said its last word; the last response is complete */
};

void curl_first(struct log_reader *l);			/* the first line: the visit has begun */
void curl_info(struct log_reader *l, const char *text);	/* a line of curl's own words */

#endif

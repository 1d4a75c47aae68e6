/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mozlog: what the reader of Firefox's log remembers. Private to mozlog*.c. */
#ifndef OSI_BROWSER_MOZLOG_H
#define OSI_BROWSER_MOZLOG_H

#include "base/intern.h"
#include "browser/lines.h"
#include "record/record.h"

/* Firefox names its objects by their addresses; what each kind stands for here. */
enum moz_kind {
	MOZ_CHANNEL = 'c',		/* nsHttpChannel: a number of channels[] */
	MOZ_ICHANNEL = 'i',		/* the same by its other base */
	MOZ_TRANSACTION = 't',		/* a request */
	MOZ_TRANSPORT = 's',		/* nsSocketTransport: a socket */
	MOZ_CONNECTION = 'k',		/* nsHttpConnection: a socket */
	MOZ_STREAM = 'h',		/* Http2Stream: a request */
	MOZ_CACHED = 'a',		/* host: it was told that the cache knew it */
};

struct moz_channel {
	const char *url;
	uint32_t request, from;		/* it became; it follows */
	int64_t asked;			/* the HSTS list; 0 not yet */
	bool listed, preloaded, upgraded;
};

enum moz_block { BLOCK_NONE, BLOCK_REQUEST, BLOCK_RESPONSE };

enum { MOZ_THREADS = 16 };		/* more share the last one's place */

/* Threads write between each other's lines; what belongs together has one thread's name. */
struct moz_thread {
	char name[32];
	enum moz_block block;
	bool first;			/* the block's first line is next */
	uint32_t request;		/* that the block belongs to */
	uint32_t channel, socket, lookup;
	int64_t asked;			/* the resolver's question began; 0: none open */
	bool addresses;			/* the question of now is for addresses */
};

struct log_reader {
	struct record *r;		/* borrowed */
	struct lines lines;
	int64_t now;
	struct intern *names;		/* of a kind and an address */
	uint32_t *values;		/* what it stands for, by the number of its name */
	size_t n_values;
	bool full;			/* no more names are taken */
	struct moz_channel *channels;	/* from 1 */
	uint32_t n_channels, channels_room;
	uint16_t *ports;		/* of sockets, by their number */
	size_t n_ports;
	struct moz_thread threads[MOZ_THREADS];
	struct moz_thread *t;		/* of the line */
	uint32_t page;			/* that is loading or was loaded last */
	bool open;			/* it is loading */
	char hsts_host[256];		/* the list was asked about it */
	bool listed, preloaded;
};

/* What an object stands for; 0 nothing. */
uint32_t moz_get(struct log_reader *l, enum moz_kind kind, const char *name, size_t n);
void moz_set(struct log_reader *l, enum moz_kind kind, const char *name, size_t n, uint32_t value);

/* The same for the object whose address stands behind `key` in a text ("this="); 0 none. */
uint32_t moz_get_in(struct log_reader *l, enum moz_kind kind, const char *text, const char *key);
void moz_set_in(struct log_reader *l, enum moz_kind kind, const char *text, const char *key,
		uint32_t value);

/* The text behind `key` up to one of `ends`, as text of the record; "" when it is not there. */
const char *moz_value(struct log_reader *l, const char *text, const char *key, const char *ends);
/* A copy of n bytes in the record. */
const char *moz_copy(struct log_reader *l, const char *s, size_t n);

/* The name of an error that is given as eight hexadecimal digits, or else these. */
const char *moz_error(struct log_reader *l, const char *code);

void moz_message(struct log_reader *l, const char *module, size_t n, const char *text);
void moz_head_line(struct log_reader *l, const char *text);	/* of a block */

/* The port of a connection over QUIC, which the first URL that is asked for on it tells. */
void moz_port_udp(struct log_reader *l, uint32_t socket, const char *url);

/* What follows the beginnings that the table in mozlog_rules.c has for each. */
void moz_transport_new(struct log_reader *l, const char *rest);
void moz_transport_begins(struct log_reader *l, const char *rest);
void moz_transport_tries(struct log_reader *l, const char *rest);
void moz_transport_status(struct log_reader *l, const char *rest);
void moz_transport_failed(struct log_reader *l, const char *rest);
void moz_connection_new(struct log_reader *l, const char *rest);
void moz_connection_udp(struct log_reader *l, const char *rest);
void moz_session_udp(struct log_reader *l, const char *rest);
void moz_resolve(struct log_reader *l, const char *rest);
void moz_name_cached(struct log_reader *l, const char *rest);
void moz_ask(struct log_reader *l, const char *rest);
void moz_ask_by_type(struct log_reader *l, const char *rest);
void moz_answered(struct log_reader *l, const char *rest);
void moz_address(struct log_reader *l, const char *rest);

#endif

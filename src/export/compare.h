/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compare: two visits side by side; what its text and its JSON share. */
#ifndef OSI_EXPORT_COMPARE_H
#define OSI_EXPORT_COMPARE_H

#include "export/print.h"
#include "steps/steps.h"

enum { SIDE_A, SIDE_B, SIDES };

/* One of the visits, and what is counted of it. Times are nanoseconds; -1 is not known. */
struct side {
	struct session *session;	/* borrowed, as the visit is */
	const struct visit *visit;
	const char *path;	/* of the capture; "-": standard input */
	uint64_t bytes[STEPS];	/* on the wire, of the frames that are listed under the step */
	uint64_t all_bytes;
	uint32_t tcp, quic;	/* connections */
	uint32_t sent_again;	/* packets */
	bool hidden;		/* a connection may carry requests that cannot be read */
	int64_t requests;	/* that could be read; -1: none could, and there may be some */
	int64_t not_modified;	/* of these, answered by 304 */
	int64_t from_cache;	/* answered by the browser's cache without a packet */
	int64_t first_byte, complete;	/* the document's response, after the visit's start */
	char protocols[64];	/* of the requests: "http/1.1, h2"; "" not known */
};

struct compare {
	struct printer *p;
	struct side side[SIDES];
};

void side_count(struct side *x);

/* What a state says, however it is known: it took place, it did not, nobody knows. */
enum presence { PRESENCE_UNKNOWN, PRESENCE_NOT, PRESENCE_YES };
enum presence side_presence(const struct side *x, enum step id);

/* Only this side has the step, the other is known not to; and that is so of no step above it. */
bool side_alone(const struct compare *c, unsigned side, enum step id);

/* The step's fact by its key; NULL when it has none, or an empty one. */
const struct fact *side_fact(const struct side *x, enum step id, const char *key);

/*
 * Both are known and differ as facts do. Durations always do, and a client's port; that counts for
 * nothing. NULL is not known.
 */
bool facts_differ(const struct fact *a, const struct fact *b);
/* Two values that cannot be compared: a gateway's IP address and its MAC address. */
bool facts_unlike(const struct fact *a, const struct fact *b);

/* A key of either visit's facts of the step, one after the other; NULL behind the last. */
const char *fact_key(const struct compare *c, enum step id, unsigned n);

/* The document goes over QUIC ("QUIC") or TCP ("TCP"); "" when there is no such connection. */
const char *side_transport(const struct side *x);

void compare_text(struct compare *c);
void compare_json(struct compare *c);

#endif

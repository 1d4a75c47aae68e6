/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * helper: the inside of osiscope-capture, a program of its own that opens interfaces, gives all
 * privileges away, and copies packets to standard output. It never looks into a packet.
 */
#ifndef OSI_CAPTURE_HELPER_H
#define OSI_CAPTURE_HELPER_H

#include <pcap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "capture/ifaces.h"
#include "capture/privileges.h"

enum {
	HELPER_IFACES = 16,
	HELPER_SNAPLEN = 262144,	/* what tcpdump and dumpcap take */
	HELPER_BUFFER = 64,		/* MiB in the kernel, an interface */
	HELPER_BUFFER_MAX = 2047,	/* libpcap counts bytes in an int */
	/*
	 * Milliseconds until the kernel hands over a block that is not full; and until a packet need
	 * not wait any more for an older one of another interface. Together less than 50.
	 */
	HELPER_BLOCK = 10,
	HELPER_HOLD = 30
};

struct helper_options {
	const char *names[HELPER_IFACES];	/* borrowed */
	size_t n;
	const char *filter;	/* borrowed; NULL none */
	const char *lang;	/* borrowed; NULL: the environment's */
	bool all;		/* not only the own host's packets */
	bool barred;		/* it came with no_new_privs: its file's capability counts for nothing */
	int snaplen, buffer;	/* bytes; MiB */
};

enum { ENDED_WELL, ENDED_FAILED, ENDED_USAGE };	/* exit statuses */

/* Returns the status to end with (all is said, privileges are gone), or -1: go on. */
int helper_options_read(struct helper_options *o, int argc, char *argv[], struct err *err);
/* Gives privileges away; from now on texts are in the user's language. -1: not all could go. */
int helper_drop(const char *lang, struct err *err);
int helper_complain(int status, const struct err *err);	/* says the line, returns the status */

/* One interface that is listened to. */
struct tap {
	const char *name;	/* borrowed */
	pcap_t *pcap;		/* owned; NULL: it is done with */
	bool done;		/* all that was wanted of it came */
	bool nano;		/* its times are nanoseconds, else microseconds */
	int fd;			/* readable when packets wait */
	struct strbuf filter;	/* what is recorded of it; empty: everything */
	const struct pcap_pkthdr *head;	/* its next packet, borrowed of libpcap; NULL: none yet */
	const uint8_t *bytes;
	int64_t time;		/* of that packet */
	uint32_t number;	/* in the file */
	uint32_t last_received, last_dropped;	/* as libpcap counts: it wraps */
	uint64_t received, dropped;
};

/*
 * The only function that needs a privilege: begins to listen. Below 0 it failed, and once
 * privileges are gone tap_trouble() (always -1) says why and what to do.
 */
int tap_open(struct tap *tap, const char *name, const struct helper_options *o);
int tap_trouble(const struct tap *tap, int status, const struct helper_options *o, struct err *err);
/* From now on only what is wanted of it. Every tap is filtered before its first packet is read. */
int tap_filter(struct tap *tap, const struct ifaces *all, const struct helper_options *o,
	struct err *err);
uint16_t tap_link(const struct tap *tap);	/* LINKTYPE_ number */
void tap_count(struct tap *tap);	/* asks the kernel for received and dropped */
void tap_close(struct tap *tap);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* annotate_own: what the parts of the annotated capture share. Private to src/export/annotate*.c. */
#ifndef OSI_EXPORT_ANNOTATE_OWN_H
#define OSI_EXPORT_ANNOTATE_OWN_H

#include "base/strbuf.h"
#include "capture/blocks.h"
#include "capture/write.h"
#include "export/annotate.h"
#include "export/outfile.h"

struct annotate {
	struct session *s;
	const struct export_options *o;
	struct outfile out;
	struct writer *to;	/* owned */
	struct blocks *blocks;	/* owned; NULL: the capture is a pcap */
	struct names *names;	/* owned; NULL until they are written */
	struct strbuf keys;	/* lines of the key log that the capture does not hold already */
	uint64_t front;		/* where the first packet is: keys behind it are moved in front */
	uint32_t frame, frames;	/* the next, and the last: more may be loaded meanwhile */
	bool section;		/* the first section's head is written */
	bool added;		/* what is added to it, too */
	bool record, recorded;	/* the session's visit record replaces the file's; it has */
	bool lost;		/* the capture cannot be read any more */
	struct strbuf block, text;	/* scratch */
	struct annotated what;
};

/* ---- annotate_packet.c ---- */

/* The frame's block as it is, but for its comments: those of an export and the user's are new. */
void annotate_block(struct annotate *a, const struct source_block *k, uint32_t frame);
/* The same for a frame of a pcap file. */
void annotate_frame(struct annotate *a, uint32_t frame);
/* The head of a section; the first one names this program. */
void annotate_section(struct annotate *a, const struct source_block *k);

/* ---- annotate_names.c: who has which address, as the capture's answers of the DNS tell ---- */

struct names;
struct names *names_of(const struct session *s);
void names_free(struct names *n);		/* NULL is nothing */
void names_write(const struct names *n, struct writer *to);
/* Does this block (all of it) say nothing that names_write() does not? */
bool names_have(const struct names *n, const uint8_t *block, size_t size, bool swapped);

/* ---- annotate_keys.c ---- */

/* The lines of a key log that the session's capture does not hold already. -1 and err. */
int keys_read(const struct session *s, const char *path, struct strbuf *to, struct err *err);

#endif

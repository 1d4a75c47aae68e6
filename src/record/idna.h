/* SPDX-License-Identifier: GPL-3.0-or-later */
/* idna: names of all scripts as DNS has them, and back (UTS #46, as browsers). Private to src/record/. */
#ifndef OSI_RECORD_IDNA_H
#define OSI_RECORD_IDNA_H

/*
 * The name in ASCII and lower case, to be freed; NULL when it can be none, *why then says it (in
 * libidn2's words). Names that are ASCII anyway are taken as they are but for their case.
 */
char *idna_ascii(const char *name, const char **why);

/* A name for reading, to be freed: punycode is decoded where it can be. */
char *idna_unicode(const char *host);

#endif

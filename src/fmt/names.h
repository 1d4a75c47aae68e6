/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names: numbers of the model as the words that people and programs know them by. */
#ifndef OSI_FMT_NAMES_H
#define OSI_FMT_NAMES_H

#include <stdint.h>

#include "base/strbuf.h"
#include "session.h"

/* Adds "192.168.0.10:46416" or "[2001:db8::1]:443": an end of a connection. */
void name_endpoint(struct strbuf *to, const struct session *s, const struct conn *c, unsigned side);
/* Adds the address alone. */
void name_address(struct strbuf *to, const struct session *s, uint32_t address);

/* 0x0304: "1.3"; "" when not known. */
const char *name_tls_version(uint16_t version);
/* 0x1301: "TLS_AES_128_GCM_SHA256"; "" when not known. */
const char *name_tls_cipher(uint16_t cipher);

/* A field by its name; NULL when no protocol has it. Looks through all of them. */
const struct field *name_field(const char *name);

#endif

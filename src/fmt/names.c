/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fmt/names.h"

#include <string.h>

#include "fmt/digits.h"

void name_address(struct strbuf *to, const struct session *s, uint32_t address)
{
	char text[DIGITS_IPV6];
	size_t n;
	const char *bytes = session_string(s, address, &n);
	strbuf_add(to, text, (size_t)(digits_address(text, (const uint8_t *)bytes, n) - text));
}

void name_endpoint(struct strbuf *to, const struct session *s, const struct conn *c, unsigned side)
{
	size_t n;
	session_string(s, c->addr[side], &n);
	if (n == 16)
		strbuf_putc(to, '[');
	name_address(to, s, c->addr[side]);
	strbuf_printf(to, n == 16 ? "]:%u" : ":%u", (unsigned)c->port[side]);
}

const char *name_tls_version(uint16_t version)
{
	switch (version) {
	case 0x0300: return "SSL 3.0";
	case 0x0301: return "1.0";
	case 0x0302: return "1.1";
	case 0x0303: return "1.2";
	case 0x0304: return "1.3";
	default: return "";
	}
}

const struct field *name_field(const char *name)
{
	for (size_t i = 0; all_protocols[i]; i++)
		for (unsigned k = 0; k < all_protocols[i]->n_fields; k++) {
			const struct field *f = &all_protocols[i]->fields[k];
			if (f->name && !strcmp(f->name, name))
				return f;
		}
	return NULL;
}

const char *name_tls_cipher(uint16_t cipher)
{
	/* Asked for every visit, found once: the tables of fields never change. */
	static const struct field *f;
	if (!f)
		f = name_field("tls.handshake.ciphersuite");
	const char *name = cipher && f && f->names ? value_name(f->names, cipher) : NULL;
	return name ? name : "";
}

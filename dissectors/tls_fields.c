/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tls_fields: the table of TLS fields, out of tls_fields.def. */
#include "tls.h"

const struct field tls_fields[TLS_FIELDS] = {
#define FIELD(id, name, label, type, mask, names, help) \
	[id] = { name, label, type, mask, names, help },
#include "tls_fields.def"
#undef FIELD
};

bool tls_is_grease(uint32_t value)
{
	return (value & 0x0f0f) == 0x0a0a && (value >> 8 & 0xff) == (value & 0xff);
}

uint16_t tls_plain_version(uint16_t version)
{
	if ((version >= 0x7f0e && version <= 0x7f1c) || version == 0xfb17 || version == 0xfb1a)
		return TLS_1_3;
	return version >= TLS_SSL3 && version <= TLS_1_3 ? version : 0;
}

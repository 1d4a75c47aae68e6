/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns.h: what the DNS files share: dns.c (message), dns_name.c (names), dns_rr.c (resource
 * records), dns_opt.c (EDNS options and service parameters), dns_fields.c (the field table).
 */
#ifndef OSI_DNS_H
#define OSI_DNS_H

#include "dissect.h"

enum dns_field {
#define FIELD(id, name, label, type, mask, names, help) id,
#include "dns_fields.def"
#undef FIELD
	DNS_FIELDS
};

extern const struct field dns_fields[DNS_FIELDS];
extern const struct value_name dns_types[], dns_classes[], dns_opcodes[], dns_rcodes[];

/* RFC 1035, RFC 3596, RFC 2782, RFC 6891, RFC 9460 and others: types whose data is taken apart. */
enum dns_type {
	DNS_TYPE_A = 1, DNS_TYPE_CNAME = 5, DNS_TYPE_AAAA = 28, DNS_TYPE_SRV = 33,
	DNS_TYPE_OPT = 41, DNS_TYPE_SVCB = 64, DNS_TYPE_HTTPS = 65
};

enum { DNS_OPCODE_QUERY = 0, DNS_OPCODE_UPDATE = 5 };

/* What is wrong with a name; it is shown as Wireshark shows it. */
enum dns_name_kind { DNS_NAME_GOOD, DNS_NAME_LOOP, DNS_NAME_LONG, DNS_NAME_EXTENDED };

enum { DNS_NAME_MAX = 255 };		/* bytes on the wire, RFC 1035 section 3.1 */

/* A name without its compression: labels with dots between, any bytes; "" is the root. */
struct dns_name {
	char text[DNS_NAME_MAX + 1];
	uint8_t len;			/* of text */
	uint8_t labels;
	uint8_t kind;			/* enum dns_name_kind */
	struct range range;		/* where it stands in the record */
};

enum dns_flavour { DNS_UNICAST, DNS_MULTICAST, DNS_LLMNR };

/* One message while it is read. */
struct dns_message {
	struct cursor whole;		/* compression pointers count from its first byte */
	enum dns_flavour flavour;
	uint16_t id, flags;
	uint8_t opcode;
	bool response;
	bool answers;			/* the records being read are told to the story */
};

/* The name at the cursor. False when it cannot be read at all: c tells why (cut or malformed). */
bool dns_name_take(struct dissect *d, struct cursor *c, const struct dns_message *m,
		   struct dns_name *name);
void dns_name_put(struct dissect *d, const struct field *f, const struct dns_name *name);
const char *dns_name_text(struct dissect *d, const struct dns_name *name);	/* for Info */
/* For the story: lower case, what is not printable as \DDD (RFC 1035 section 5.1). */
uint32_t dns_name_intern(struct dissect *d, const struct dns_name *name);

/* "HTTPS" or "Unknown (4711)"; "IN". */
const char *dns_type_text(struct dissect *d, uint16_t type);
const char *dns_class_text(struct dissect *d, uint16_t class);

/* One resource record. False: c tells why. */
bool dns_record(struct dissect *d, struct cursor *c, struct dns_message *m);

/* The options of an OPT record; the parameters of SVCB and HTTPS. The cursor is their data. */
void dns_options(struct dissect *d, struct cursor *c);
void dns_service(struct dissect *d, struct cursor *c, const struct dns_message *m, uint32_t owner,
		 uint16_t type);

/* More of the Info column of this message. */
void dns_info(struct dissect *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

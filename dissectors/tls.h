/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls.h: what the files of TLS share (RFC 8446, 5246, 4346, 2246, 6101).
 *
 *   tls.c             the stream: what is plain, what is encrypted, what is whole
 *   tls_record.c      one record by itself
 *   tls_handshake.c   handshake messages, given as a cursor over whole messages: they do not know
 *                     whether the bytes came out of records, out of decryption or out of QUIC
 *   tls_extensions.c  extensions of hellos, certificates and tickets
 *   tls_ssl2.c        the hellos of SSL 2.0
 *   tls_quic.c        QUIC's transport parameters
 *   tls_fields.def    every field
 *   tls_names.c, tls_ciphers.c   numbers and their names
 *   x509.c            certificates
 */
#ifndef OSI_TLS_H
#define OSI_TLS_H

#include "dissect.h"

enum tls_field {
#define FIELD(id, name, label, type, mask, names, help) id,
#include "tls_fields.def"
#undef FIELD
	TLS_FIELDS
};
extern const struct field tls_fields[TLS_FIELDS];
extern const struct protocol proto_tls;

enum {
	TLS_CCS = 20, TLS_ALERT = 21, TLS_HANDSHAKE = 22, TLS_APP_DATA = 23, TLS_HEARTBEAT = 24,
	TLS_HEADER = 5,			/* bytes of a record's header */
	TLS_RECORD_MAX = 16384 + 2048,	/* RFC 5246 section 6.2.3: an encrypted record */
	TLS_TAIL_MAX = 256 * 1024,	/* a handshake message with its records */
	TLS_LIST_MAX = 1024,		/* most items shown of a list */
	TLS_SSL2 = 0x0002, TLS_SSL3 = 0x0300, TLS_1_0 = 0x0301, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304
};

enum tls_message {
	HS_HELLO_REQUEST = 0, HS_CLIENT_HELLO = 1, HS_SERVER_HELLO = 2, HS_NEW_SESSION_TICKET = 4,
	HS_END_OF_EARLY_DATA = 5, HS_HELLO_RETRY_REQUEST = 6, HS_ENCRYPTED_EXTENSIONS = 8,
	HS_CERTIFICATE = 11, HS_SERVER_KEY_EXCHANGE = 12, HS_CERTIFICATE_REQUEST = 13,
	HS_SERVER_HELLO_DONE = 14, HS_CERTIFICATE_VERIFY = 15, HS_CLIENT_KEY_EXCHANGE = 16,
	HS_FINISHED = 20, HS_CERTIFICATE_STATUS = 22, HS_KEY_UPDATE = 24,
	HS_COMPRESSED_CERTIFICATE = 25, HS_NEXT_PROTOCOL = 67
};

/* Of the whole connection: flow_state(), 8 bytes. */
struct tls_flow {
	uint16_t version;	/* agreed; 0 as long as nothing told it. Drafts of 1.3 count as 1.3 */
	uint16_t cipher;	/* agreed; 0 not known */
	uint8_t flags;		/* enum tls_flow_flag */
	uint8_t spare[3];
};
enum tls_flow_flag {
	TLS_SERVER_SPOKE = 1,	/* a ServerHello went by */
	TLS_FULL = 2,		/* since then, something that only a full handshake has */
	TLS_RESUMED = 4		/* an earlier session was taken up again, and that has been told */
};

/* Of one direction: half.state, 16 bytes. */
struct tls_half {
	uint8_t pending;	/* the header of an opaque record is put aside, its end is due */
	uint8_t encrypted;	/* Change Cipher Spec went by: handshake and alerts are encrypted */
	uint8_t searching;	/* the place in the stream is lost: look for a record's beginning */
	uint8_t told;		/* encrypted records told as events */
	uint8_t started;	/* its first bytes were looked at: what came before TLS is behind */
};

/* tls_record.c: a record's header. */
struct tls_record { uint8_t type; uint16_t version, length; };
bool tls_record_peek(const struct cursor *c, struct tls_record *r);	/* false: not five bytes */
bool tls_is_record(const struct tls_record *r);		/* its numbers make sense */
/* Opens the record's tree and takes its header. */
uint32_t tls_header_open(struct dissect *d, const struct tls_flow *flow, struct cursor *c,
			 const struct tls_record *r);
/* Note, event and Info column of a record that cannot be read without keys. */
void tls_tell_encrypted(struct dissect *d, struct tls_half *me, const struct tls_record *r);
/* A record of which all bytes are here; handshake messages in plain sight are not meant. */
void tls_whole_record(struct dissect *d, struct tls_half *me, struct tls_flow *flow,
		      struct cursor *c, const struct tls_record *r);

/* What one hello says, gathered while its extensions are read. */
struct tls_hello {
	uint16_t version;	/* highest offered, or chosen */
	bool psk;		/* pre_shared_key: in a ServerHello an earlier session goes on */
	bool early_data;	/* a ClientHello that data of TLS 1.3 follows at once */
	const uint8_t *sni;	/* bytes of the packet; NULL none */
	size_t sni_len;
	char alpn[128];		/* protocols with commas between */
	size_t alpn_len;
};

/*
 * Handshake messages, one behind the other; c holds whole ones (a message that claims more than
 * there is, is malformed). Emits their events, adds to the Info column, changes *flow.
 */
void tls_messages(struct dissect *d, struct tls_flow *flow, struct cursor *c);

/* An extension block with its length in front, in a message of type `message`. */
void tls_extensions(struct dissect *d, struct cursor *c, uint8_t message, bool retry,
		    struct tls_hello *hello);
/* Signature algorithms: a list with its length (16 bits) in front. */
void tls_signature_algorithms(struct dissect *d, struct cursor *c);
/* Distinguished names: a list with its length (16 bits) in front. */
void tls_distinguished_names(struct dissect *d, struct cursor *c);
/* The value of quic_transport_parameters, also when QUIC itself carries the handshake. */
void tls_quic_parameters(struct dissect *d, struct cursor *c);

/* tls_ssl2.c: is this its ClientHello? A record of it; false when it is not whole. */
bool ssl2_is_hello(const struct cursor *c);
bool ssl2_record(struct dissect *d, struct half *h, struct tls_flow *flow, struct cursor *c);

bool tls_is_grease(uint32_t value);	/* RFC 8701 */
/* A number of the wire as the version it means: drafts of TLS 1.3 are TLS 1.3; 0 none of ours. */
uint16_t tls_plain_version(uint16_t version);

/*
 * x509.c: the certificate that c holds, as fields; and, when emit_as is not negative, the event
 * with that number in its chain. Names are written as "CN=www.lab.test, O=Lab".
 */
void x509_certificate(struct dissect *d, struct cursor *c, int emit_as);
void x509_name(struct dissect *d, struct cursor *c);	/* a DER Name, as fields */

extern const struct value_name tls_content_names[], tls_version_names[], tls_handshake_names[],
	tls_sslv2_names[], tls_alert_level_names[], tls_alert_names[], tls_extension_names[],
	tls_group_names[], tls_signature_names[], tls_hash_names[], tls_sig_names[],
	tls_certificate_type_names[], tls_compression_names[], tls_point_format_names[],
	tls_curve_type_names[], tls_certificate_compression_names[], tls_psk_mode_names[],
	tls_name_type_names[], tls_status_type_names[], tls_key_update_names[],
	tls_heartbeat_names[], tls_heartbeat_mode_names[], tls_max_fragment_names[],
	tls_sct_version_names[], tls_cipher_names[], tls_quic_parameter_names[],
	x509_version_names[];

/* RFC 8701: values that mean nothing, sent so that servers keep ignoring what they do not know. */
#define TLS_GREASE_ROWS \
	{ 0x0a0a, "Reserved (GREASE)" }, { 0x1a1a, "Reserved (GREASE)" }, \
	{ 0x2a2a, "Reserved (GREASE)" }, { 0x3a3a, "Reserved (GREASE)" }, \
	{ 0x4a4a, "Reserved (GREASE)" }, { 0x5a5a, "Reserved (GREASE)" }, \
	{ 0x6a6a, "Reserved (GREASE)" }, { 0x7a7a, "Reserved (GREASE)" }, \
	{ 0x8a8a, "Reserved (GREASE)" }, { 0x9a9a, "Reserved (GREASE)" }, \
	{ 0xaaaa, "Reserved (GREASE)" }, { 0xbaba, "Reserved (GREASE)" }, \
	{ 0xcaca, "Reserved (GREASE)" }, { 0xdada, "Reserved (GREASE)" }, \
	{ 0xeaea, "Reserved (GREASE)" }, { 0xfafa, "Reserved (GREASE)" }

#endif

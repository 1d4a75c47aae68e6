/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_names: the numbers of TLS and their names, as registered at IANA ("Transport Layer Security
 * (TLS) Parameters" and "TLS ExtensionType Values"; RFC 8446 section 11). Cipher suites have a
 * file of their own.
 */
#include "tls.h"

const struct value_name tls_content_names[] = {
	{ 20, "Change Cipher Spec" },
	{ 21, "Alert" },
	{ 22, "Handshake" },
	{ 23, "Application Data" },
	{ 24, "Heartbeat" },
	{ 25, "Connection ID" },
	{ 0, NULL }
};

const struct value_name tls_version_names[] = {
	{ 0x0002, "SSL 2.0" },
	{ 0x0101, "TLCP" },
	{ 0x0300, "SSL 3.0" },
	{ 0x0301, "TLS 1.0" },
	{ 0x0302, "TLS 1.1" },
	{ 0x0303, "TLS 1.2" },
	{ 0x0304, "TLS 1.3" },
	{ 0x7f0e, "TLS 1.3 (draft 14)" },
	{ 0x7f0f, "TLS 1.3 (draft 15)" },
	{ 0x7f10, "TLS 1.3 (draft 16)" },
	{ 0x7f11, "TLS 1.3 (draft 17)" },
	{ 0x7f12, "TLS 1.3 (draft 18)" },
	{ 0x7f13, "TLS 1.3 (draft 19)" },
	{ 0x7f14, "TLS 1.3 (draft 20)" },
	{ 0x7f15, "TLS 1.3 (draft 21)" },
	{ 0x7f16, "TLS 1.3 (draft 22)" },
	{ 0x7f17, "TLS 1.3 (draft 23)" },
	{ 0x7f18, "TLS 1.3 (draft 24)" },
	{ 0x7f19, "TLS 1.3 (draft 25)" },
	{ 0x7f1a, "TLS 1.3 (draft 26)" },
	{ 0x7f1b, "TLS 1.3 (draft 27)" },
	{ 0x7f1c, "TLS 1.3 (draft 28)" },
	{ 0xfb17, "TLS 1.3 (Facebook draft 23)" },
	{ 0xfb1a, "TLS 1.3 (Facebook draft 26)" },
	{ 0xfefc, "DTLS 1.3" },
	{ 0xfefd, "DTLS 1.2" },
	{ 0xfeff, "DTLS 1.0" },
	TLS_GREASE_ROWS,
	{ 0, NULL }
};

const struct value_name tls_handshake_names[] = {
	{ 0, "Hello Request" },
	{ 1, "Client Hello" },
	{ 2, "Server Hello" },
	{ 3, "Hello Verify Request" },
	{ 4, "New Session Ticket" },
	{ 5, "End of Early Data" },
	{ 6, "Hello Retry Request" },
	{ 8, "Encrypted Extensions" },
	{ 11, "Certificate" },
	{ 12, "Server Key Exchange" },
	{ 13, "Certificate Request" },
	{ 14, "Server Hello Done" },
	{ 15, "Certificate Verify" },
	{ 16, "Client Key Exchange" },
	{ 20, "Finished" },
	{ 21, "Client Certificate URL" },
	{ 22, "Certificate Status" },
	{ 23, "Supplemental Data" },
	{ 24, "Key Update" },
	{ 25, "Compressed Certificate" },
	{ 67, "Next Protocol" },
	{ 203, "Encrypted Extensions (Channel ID)" },
	{ 254, "Message Hash" },
	{ 0, NULL }
};

const struct value_name tls_sslv2_names[] = {
	{ 0, "Error" },
	{ 1, "Client Hello" },
	{ 2, "Client Master Key" },
	{ 3, "Client Finished" },
	{ 4, "Server Hello" },
	{ 5, "Server Verify" },
	{ 6, "Server Finished" },
	{ 7, "Request Certificate" },
	{ 8, "Client Certificate" },
	{ 0, NULL }
};

const struct value_name tls_alert_level_names[] = {
	{ 1, "Warning" },
	{ 2, "Fatal" },
	{ 0, NULL }
};

const struct value_name tls_alert_names[] = {
	{ 0, "Close Notify" },
	{ 1, "End of Early Data" },
	{ 10, "Unexpected Message" },
	{ 20, "Bad Record MAC" },
	{ 21, "Decryption Failed" },
	{ 22, "Record Overflow" },
	{ 30, "Decompression Failure" },
	{ 40, "Handshake Failure" },
	{ 41, "No Certificate" },
	{ 42, "Bad Certificate" },
	{ 43, "Unsupported Certificate" },
	{ 44, "Certificate Revoked" },
	{ 45, "Certificate Expired" },
	{ 46, "Certificate Unknown" },
	{ 47, "Illegal Parameter" },
	{ 48, "Unknown CA" },
	{ 49, "Access Denied" },
	{ 50, "Decode Error" },
	{ 51, "Decrypt Error" },
	{ 52, "Too Many CIDs Requested" },
	{ 60, "Export Restriction" },
	{ 70, "Protocol Version" },
	{ 71, "Insufficient Security" },
	{ 80, "Internal Error" },
	{ 86, "Inappropriate Fallback" },
	{ 90, "User Canceled" },
	{ 100, "No Renegotiation" },
	{ 109, "Missing Extension" },
	{ 110, "Unsupported Extension" },
	{ 111, "Certificate Unobtainable" },
	{ 112, "Unrecognized Name" },
	{ 113, "Bad Certificate Status Response" },
	{ 114, "Bad Certificate Hash Value" },
	{ 115, "Unknown PSK Identity" },
	{ 116, "Certificate Required" },
	{ 117, "General Error" },
	{ 120, "No Application Protocol" },
	{ 121, "ECH Required" },
	{ 0, NULL }
};

const struct value_name tls_extension_names[] = {
	{ 0, "server_name" },
	{ 1, "max_fragment_length" },
	{ 2, "client_certificate_url" },
	{ 3, "trusted_ca_keys" },
	{ 4, "truncated_hmac" },
	{ 5, "status_request" },
	{ 6, "user_mapping" },
	{ 7, "client_authz" },
	{ 8, "server_authz" },
	{ 9, "cert_type" },
	{ 10, "supported_groups" },
	{ 11, "ec_point_formats" },
	{ 12, "srp" },
	{ 13, "signature_algorithms" },
	{ 14, "use_srtp" },
	{ 15, "heartbeat" },
	{ 16, "application_layer_protocol_negotiation" },
	{ 17, "status_request_v2" },
	{ 18, "signed_certificate_timestamp" },
	{ 19, "client_certificate_type" },
	{ 20, "server_certificate_type" },
	{ 21, "padding" },
	{ 22, "encrypt_then_mac" },
	{ 23, "extended_master_secret" },
	{ 24, "token_binding" },
	{ 25, "cached_info" },
	{ 27, "compress_certificate" },
	{ 28, "record_size_limit" },
	{ 34, "delegated_credentials" },
	{ 35, "session_ticket" },
	{ 40, "Reserved (key_share)" },
	{ 41, "pre_shared_key" },
	{ 42, "early_data" },
	{ 43, "supported_versions" },
	{ 44, "cookie" },
	{ 45, "psk_key_exchange_modes" },
	{ 46, "Reserved (ticket_early_data_info)" },
	{ 47, "certificate_authorities" },
	{ 48, "oid_filters" },
	{ 49, "post_handshake_auth" },
	{ 50, "signature_algorithms_cert" },
	{ 51, "key_share" },
	{ 52, "transparency_info" },
	{ 54, "connection_id" },
	{ 55, "external_id_hash" },
	{ 56, "external_session_id" },
	{ 57, "quic_transport_parameters" },
	{ 58, "ticket_request" },
	{ 59, "dnssec_chain" },
	{ 13172, "next_protocol_negotiation" },
	{ 17513, "application_settings (draft)" },
	{ 17613, "application_settings" },
	{ 30031, "channel_id_old" },
	{ 30032, "channel_id" },
	{ 51764, "trust_anchors" },
	{ 64768, "ech_outer_extensions" },
	{ 65037, "encrypted_client_hello" },
	{ 65281, "renegotiation_info" },
	{ 65445, "quic_transport_parameters (draft)" },
	{ 65486, "encrypted_server_name" },
	TLS_GREASE_ROWS,
	{ 0, NULL }
};

const struct value_name tls_group_names[] = {
	{ 1, "sect163k1" },
	{ 2, "sect163r1" },
	{ 3, "sect163r2" },
	{ 4, "sect193r1" },
	{ 5, "sect193r2" },
	{ 6, "sect233k1" },
	{ 7, "sect233r1" },
	{ 8, "sect239k1" },
	{ 9, "sect283k1" },
	{ 10, "sect283r1" },
	{ 11, "sect409k1" },
	{ 12, "sect409r1" },
	{ 13, "sect571k1" },
	{ 14, "sect571r1" },
	{ 15, "secp160k1" },
	{ 16, "secp160r1" },
	{ 17, "secp160r2" },
	{ 18, "secp192k1" },
	{ 19, "secp192r1" },
	{ 20, "secp224k1" },
	{ 21, "secp224r1" },
	{ 22, "secp256k1" },
	{ 23, "secp256r1" },
	{ 24, "secp384r1" },
	{ 25, "secp521r1" },
	{ 26, "brainpoolP256r1" },
	{ 27, "brainpoolP384r1" },
	{ 28, "brainpoolP512r1" },
	{ 29, "x25519" },
	{ 30, "x448" },
	{ 31, "brainpoolP256r1tls13" },
	{ 32, "brainpoolP384r1tls13" },
	{ 33, "brainpoolP512r1tls13" },
	{ 41, "curveSM2" },
	{ 0x0100, "ffdhe2048" },
	{ 0x0101, "ffdhe3072" },
	{ 0x0102, "ffdhe4096" },
	{ 0x0103, "ffdhe6144" },
	{ 0x0104, "ffdhe8192" },
	{ 0x0200, "MLKEM512" },
	{ 0x0201, "MLKEM768" },
	{ 0x0202, "MLKEM1024" },
	{ 0x11eb, "SecP256r1MLKEM768" },
	{ 0x11ec, "X25519MLKEM768" },
	{ 0x11ed, "SecP384r1MLKEM1024" },
	{ 0x11ee, "curveSM2MLKEM768" },
	{ 0x4138, "CECPQ2" },
	{ 0x6399, "X25519Kyber768Draft00" },
	{ 0x639a, "SecP256r1Kyber768Draft00" },
	{ 0xff01, "arbitrary_explicit_prime_curves" },
	{ 0xff02, "arbitrary_explicit_char2_curves" },
	TLS_GREASE_ROWS,
	{ 0, NULL }
};

const struct value_name tls_signature_names[] = {
	{ 0x0101, "rsa_pkcs1_md5" },
	{ 0x0201, "rsa_pkcs1_sha1" },
	{ 0x0202, "dsa_sha1" },
	{ 0x0203, "ecdsa_sha1" },
	{ 0x0301, "rsa_pkcs1_sha224" },
	{ 0x0302, "dsa_sha224" },
	{ 0x0303, "ecdsa_sha224" },
	{ 0x0401, "rsa_pkcs1_sha256" },
	{ 0x0402, "dsa_sha256" },
	{ 0x0403, "ecdsa_secp256r1_sha256" },
	{ 0x0420, "rsa_pkcs1_sha256_legacy" },
	{ 0x0501, "rsa_pkcs1_sha384" },
	{ 0x0502, "dsa_sha384" },
	{ 0x0503, "ecdsa_secp384r1_sha384" },
	{ 0x0601, "rsa_pkcs1_sha512" },
	{ 0x0602, "dsa_sha512" },
	{ 0x0603, "ecdsa_secp521r1_sha512" },
	{ 0x0708, "sm2sig_sm3" },
	{ 0x0804, "rsa_pss_rsae_sha256" },
	{ 0x0805, "rsa_pss_rsae_sha384" },
	{ 0x0806, "rsa_pss_rsae_sha512" },
	{ 0x0807, "ed25519" },
	{ 0x0808, "ed448" },
	{ 0x0809, "rsa_pss_pss_sha256" },
	{ 0x080a, "rsa_pss_pss_sha384" },
	{ 0x080b, "rsa_pss_pss_sha512" },
	{ 0x081a, "ecdsa_brainpoolP256r1tls13_sha256" },
	{ 0x081b, "ecdsa_brainpoolP384r1tls13_sha384" },
	{ 0x081c, "ecdsa_brainpoolP512r1tls13_sha512" },
	{ 0x0904, "mldsa44" },
	{ 0x0905, "mldsa65" },
	{ 0x0906, "mldsa87" },
	TLS_GREASE_ROWS,
	{ 0, NULL }
};

const struct value_name tls_hash_names[] = {
	{ 0, "None" }, { 1, "MD5" }, { 2, "SHA1" }, { 3, "SHA224" }, { 4, "SHA256" },
	{ 5, "SHA384" }, { 6, "SHA512" }, { 8, "Intrinsic" }, { 0, NULL }
};

const struct value_name tls_sig_names[] = {
	{ 0, "Anonymous" }, { 1, "RSA" }, { 2, "DSA" }, { 3, "ECDSA" }, { 7, "ED25519" },
	{ 8, "ED448" }, { 0, NULL }
};

const struct value_name tls_certificate_type_names[] = {
	{ 1, "RSA Sign" }, { 2, "DSS Sign" }, { 3, "RSA Fixed DH" }, { 4, "DSS Fixed DH" },
	{ 64, "ECDSA Sign" }, { 65, "RSA Fixed ECDH" }, { 66, "ECDSA Fixed ECDH" }, { 0, NULL }
};

const struct value_name tls_compression_names[] = {
	{ 0, "null" }, { 1, "DEFLATE" }, { 64, "LZS" }, { 0, NULL }
};

const struct value_name tls_point_format_names[] = {
	{ 0, "uncompressed" }, { 1, "ansiX962_compressed_prime" },
	{ 2, "ansiX962_compressed_char2" }, { 0, NULL }
};

const struct value_name tls_curve_type_names[] = {
	{ 1, "explicit_prime" }, { 2, "explicit_char2" }, { 3, "named_curve" }, { 0, NULL }
};

const struct value_name tls_certificate_compression_names[] = {
	{ 1, "zlib" }, { 2, "brotli" }, { 3, "zstd" }, { 0, NULL }
};

const struct value_name tls_psk_mode_names[] = {
	{ 0, "PSK-only key establishment (psk_ke)" },
	{ 1, "PSK with (EC)DHE key establishment (psk_dhe_ke)" }, { 0, NULL }
};

const struct value_name tls_name_type_names[] = { { 0, "host_name" }, { 0, NULL } };
const struct value_name tls_status_type_names[] = {
	{ 1, "OCSP" }, { 2, "OCSP Multi" }, { 0, NULL }
};
const struct value_name tls_key_update_names[] = {
	{ 0, "update_not_requested" }, { 1, "update_requested" }, { 0, NULL }
};
const struct value_name tls_heartbeat_names[] = {
	{ 1, "Request" }, { 2, "Response" }, { 0, NULL }
};
const struct value_name tls_heartbeat_mode_names[] = {
	{ 1, "Peer allowed to send requests" }, { 2, "Peer not allowed to send requests" }, { 0, NULL }
};
const struct value_name tls_max_fragment_names[] = {
	{ 1, "512" }, { 2, "1024" }, { 3, "2048" }, { 4, "4096" }, { 0, NULL }
};
const struct value_name tls_sct_version_names[] = { { 0, "1" }, { 0, NULL } };

/* RFC 9000 section 18.2, and extensions registered at IANA. */
const struct value_name tls_quic_parameter_names[] = {
	{ 0x00, "original_destination_connection_id" },
	{ 0x01, "max_idle_timeout" },
	{ 0x02, "stateless_reset_token" },
	{ 0x03, "max_udp_payload_size" },
	{ 0x04, "initial_max_data" },
	{ 0x05, "initial_max_stream_data_bidi_local" },
	{ 0x06, "initial_max_stream_data_bidi_remote" },
	{ 0x07, "initial_max_stream_data_uni" },
	{ 0x08, "initial_max_streams_bidi" },
	{ 0x09, "initial_max_streams_uni" },
	{ 0x0a, "ack_delay_exponent" },
	{ 0x0b, "max_ack_delay" },
	{ 0x0c, "disable_active_migration" },
	{ 0x0d, "preferred_address" },
	{ 0x0e, "active_connection_id_limit" },
	{ 0x0f, "initial_source_connection_id" },
	{ 0x10, "retry_source_connection_id" },
	{ 0x11, "version_information" },
	{ 0x20, "max_datagram_frame_size" },
	{ 0x2ab2, "grease_quic_bit" },
	{ 0x3127, "google_initial_rtt" },
	{ 0x3128, "google_connection_options" },
	{ 0x3129, "google_user_agent" },
	{ 0x4752, "google_version" },
	{ 0xff73db, "version_information (draft)" },
	{ 0, NULL }
};

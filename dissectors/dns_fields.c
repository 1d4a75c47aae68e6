/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_fields: the fields of DNS, mDNS and LLMNR, and the names of their values (IANA). */
#include "dns.h"

const struct value_name dns_types[] = {
	{ 1, "A" }, { 2, "NS" }, { 3, "MD" }, { 4, "MF" }, { 5, "CNAME" }, { 6, "SOA" },
	{ 7, "MB" }, { 8, "MG" }, { 9, "MR" }, { 10, "NULL" }, { 11, "WKS" }, { 12, "PTR" },
	{ 13, "HINFO" }, { 14, "MINFO" }, { 15, "MX" }, { 16, "TXT" }, { 17, "RP" },
	{ 18, "AFSDB" }, { 19, "X25" }, { 20, "ISDN" }, { 21, "RT" }, { 22, "NSAP" },
	{ 23, "NSAP-PTR" }, { 24, "SIG" }, { 25, "KEY" }, { 26, "PX" }, { 27, "GPOS" },
	{ 28, "AAAA" }, { 29, "LOC" }, { 30, "NXT" }, { 31, "EID" }, { 32, "NIMLOC" },
	{ 33, "SRV" }, { 34, "ATMA" }, { 35, "NAPTR" }, { 36, "KX" }, { 37, "CERT" }, { 38, "A6" },
	{ 39, "DNAME" }, { 40, "SINK" }, { 41, "OPT" }, { 42, "APL" }, { 43, "DS" },
	{ 44, "SSHFP" }, { 45, "IPSECKEY" }, { 46, "RRSIG" }, { 47, "NSEC" }, { 48, "DNSKEY" },
	{ 49, "DHCID" }, { 50, "NSEC3" }, { 51, "NSEC3PARAM" }, { 52, "TLSA" }, { 53, "SMIMEA" },
	{ 55, "HIP" }, { 57, "RKEY" }, { 58, "TALINK" }, { 59, "CDS" }, { 60, "CDNSKEY" },
	{ 61, "OPENPGPKEY" }, { 62, "CSYNC" }, { 63, "ZONEMD" }, { 64, "SVCB" }, { 65, "HTTPS" },
	{ 99, "SPF" }, { 104, "NID" }, { 105, "L32" }, { 106, "L64" }, { 107, "LP" },
	{ 108, "EUI48" }, { 109, "EUI64" }, { 249, "TKEY" }, { 250, "TSIG" }, { 251, "IXFR" },
	{ 252, "AXFR" }, { 253, "MAILB" }, { 254, "MAILA" }, { 255, "ANY" }, { 256, "URI" },
	{ 257, "CAA" }, { 32768, "TA" }, { 32769, "DLV" }, { 65281, "WINS" }, { 65282, "WINS-R" },
	{ 0, NULL }
};

const struct value_name dns_classes[] = {
	{ 1, "IN" }, { 2, "CS" }, { 3, "CH" }, { 4, "HS" }, { 254, "NONE" }, { 255, "ANY" },
	{ 0, NULL }
};

const struct value_name dns_opcodes[] = {
	{ 0, "Standard query" }, { 1, "Inverse query" }, { 2, "Server status request" },
	{ 4, "Zone change notification" }, { 5, "Dynamic update" },
	{ 6, "DNS Stateful operations (DSO)" }, { 0, NULL }
};

const struct value_name dns_rcodes[] = {
	{ 0, "No error" }, { 1, "Format error" }, { 2, "Server failure" }, { 3, "No such name" },
	{ 4, "Not implemented" }, { 5, "Refused" }, { 6, "Name exists" }, { 7, "RRset exists" },
	{ 8, "RRset does not exist" }, { 9, "Not authoritative" }, { 10, "Name out of zone" },
	{ 11, "DSO-Type not implemented" }, { 0, NULL }
};

static const struct value_name algorithms[] = {
	{ 1, "RSA/MD5" }, { 2, "Diffie-Hellman" }, { 3, "DSA" }, { 5, "RSA/SHA-1" },
	{ 6, "DSA-NSEC3-SHA1" }, { 7, "RSA/SHA-1-NSEC3-SHA1" }, { 8, "RSA/SHA-256" },
	{ 10, "RSA/SHA-512" }, { 12, "GOST R 34.10-2001" }, { 13, "ECDSA P-256 with SHA-256" },
	{ 14, "ECDSA P-384 with SHA-384" }, { 15, "Ed25519" }, { 16, "Ed448" }, { 0, NULL }
};

static const struct value_name digests[] = {
	{ 1, "SHA-1" }, { 2, "SHA-256" }, { 3, "GOST R 34.11-94" }, { 4, "SHA-384" }, { 0, NULL }
};

static const struct value_name svc_keys[] = {	/* RFC 9460 section 14.3.2 */
	{ 0, "mandatory" }, { 1, "alpn" }, { 2, "no-default-alpn" }, { 3, "port" },
	{ 4, "ipv4hint" }, { 5, "ech" }, { 6, "ipv6hint" }, { 7, "dohpath" }, { 8, "ohttp" },
	{ 0, NULL }
};

static const struct value_name option_codes[] = {
	{ 1, "LLQ" }, { 2, "Update lease" }, { 3, "NSID" }, { 5, "DAU" }, { 6, "DHU" },
	{ 7, "N3U" }, { 8, "Client subnet" }, { 9, "Expire" }, { 10, "Cookie" },
	{ 11, "TCP keepalive" }, { 12, "Padding" }, { 13, "Chain" }, { 14, "Key tag" },
	{ 15, "Extended DNS error" }, { 18, "Report-Channel" }, { 19, "Zone version" }, { 0, NULL }
};

static const struct value_name families[] = { { 1, "IPv4" }, { 2, "IPv6" }, { 0, NULL } };

static const struct value_name error_codes[] = {	/* RFC 8914 section 5.2 */
	{ 0, "Other error" }, { 1, "Unsupported DNSKEY algorithm" },
	{ 2, "Unsupported DS digest type" }, { 3, "Stale answer" }, { 4, "Forged answer" },
	{ 5, "DNSSEC indeterminate" }, { 6, "DNSSEC bogus" }, { 7, "Signature expired" },
	{ 8, "Signature not yet valid" }, { 9, "DNSKEY missing" }, { 10, "RRSIGs missing" },
	{ 11, "No zone key bit set" }, { 12, "NSEC missing" }, { 13, "Cached error" },
	{ 14, "Not ready" }, { 15, "Blocked" }, { 16, "Censored" }, { 17, "Filtered" },
	{ 18, "Prohibited" }, { 19, "Stale NXDOMAIN answer" }, { 20, "Not authoritative" },
	{ 21, "Not supported" }, { 22, "No reachable authority" }, { 23, "Network error" },
	{ 24, "Invalid data" }, { 0, NULL }
};

const struct field dns_fields[DNS_FIELDS] = {
#define FIELD(id, name, label, type, mask, names, help) \
	[id] = { name, label, type, mask, names, help },
#include "dns_fields.def"
#undef FIELD
};

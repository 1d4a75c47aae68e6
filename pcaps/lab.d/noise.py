#!/usr/bin/env python3
"""noise.py SECONDS: what a modern computer sends that has nothing to do with the page.

mDNS questions (RFC 6762), an LLMNR question (RFC 4795), SSDP searches and NTP requests
(RFC 5905), twice a second. Nobody in the lab answers."""
import socket
import struct
import sys
import time

HERE = "192.168.0.10"


def name(text):
	return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def question(ident, what, kind):
	return struct.pack(">HHHHHH", ident, 0, 1, 0, 0, 0) + name(what) + struct.pack(">HH", kind, 1)


def sender(port, ttl):
	sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	sock.bind((HERE, port))
	sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, ttl)
	sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE))
	return sock


mdns, llmnr, ssdp, ntp = sender(5353, 255), sender(0, 1), sender(0, 2), sender(0, 1)
search = ("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n"
	"MX: 1\r\nST: ssdp:all\r\n\r\n").encode()
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
	mdns.sendto(question(0, "_ipp._tcp.local", 12), ("224.0.0.251", 5353))
	llmnr.sendto(question(0x5a5a, "printer", 1), ("224.0.0.252", 5355))
	ssdp.sendto(search, ("239.255.255.250", 1900))
	ntp.sendto(b"\x23" + bytes(47), ("203.0.113.123", 123))
	time.sleep(0.5)

#!/usr/bin/env python3
"""pcapng.py IN.pcap OUT.pcapng COMMENT: tcpdump's file as pcapng, with a comment that says
what it is, the interface's name, and nothing about the machine that recorded it.

IN.pcap is of nanoseconds and in this machine's byte order, as the lab's tcpdump writes it."""
import struct
import sys

BLOCK_SECTION, BLOCK_INTERFACE, BLOCK_PACKET = 0x0a0d0d0a, 1, 6
OPT_COMMENT, OPT_NAME, OPT_APPLICATION, OPT_RESOLUTION = 1, 2, 4, 9


def padded(data):
	return data + bytes(-len(data) % 4)


def option(code, data):
	return struct.pack("=HH", code, len(data)) + padded(data)


def block(kind, body):
	length = len(body) + 12
	return struct.pack("=II", kind, length) + body + struct.pack("=I", length)


def main():
	source, target, comment = sys.argv[1:4]
	data = open(source, "rb").read()
	magic, _, _, _, _, snaplen, link = struct.unpack_from("=IHHiIII", data)
	if magic != 0xa1b23c4d:
		sys.exit(f"{source}: not a pcap file of nanoseconds")
	with open(target, "wb") as out:
		out.write(block(BLOCK_SECTION, struct.pack("=IHHq", 0x1a2b3c4d, 1, 0, -1) +
			option(OPT_COMMENT, comment.encode()) +
			option(OPT_APPLICATION, b"osiscope lab (tcpdump)") + option(0, b"")))
		out.write(block(BLOCK_INTERFACE, struct.pack("=HHI", link, 0, snaplen) +
			option(OPT_NAME, b"eth0") + option(OPT_RESOLUTION, b"\x09") + option(0, b"")))
		at = 24
		while at + 16 <= len(data):
			sec, nano, caplen, length = struct.unpack_from("=IIII", data, at)
			at += 16
			time = sec * 1000000000 + nano
			out.write(block(BLOCK_PACKET, struct.pack("=IIIII", 0, time >> 32, time & 0xffffffff,
				caplen, length) + padded(data[at:at + caplen])))
			at += caplen


main()

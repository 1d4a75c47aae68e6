#!/usr/bin/env python3
"""capture.py INTERFACE OUT.pcapng COMMENT: record until SIGTERM.

Why not tcpdump: as root it changes to a user of its own, which a user namespace with one user
cannot give it. And the file says here what it is, and nothing about the machine: a comment,
the interface's name, nanoseconds, and for each packet whether it came or went."""
import select
import signal
import socket
import struct
import sys
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4
SO_TIMESTAMPNS = 35
SNAPLEN = 262144
BLOCK_SECTION, BLOCK_INTERFACE, BLOCK_PACKET = 0x0a0d0d0a, 1, 6
OPT_END, OPT_COMMENT, OPT_IF_NAME, OPT_PACKET_FLAGS, OPT_APPLICATION, OPT_IF_RESOLUTION = 0, 1, 2, 2, 4, 9


def padded(data):
	return data + bytes(-len(data) % 4)


def option(code, data):
	return struct.pack("=HH", code, len(data)) + padded(data)


def block(kind, body):
	length = len(body) + 12
	return struct.pack("=II", kind, length) + body + struct.pack("=I", length)


def head(interface, comment):
	return (block(BLOCK_SECTION, struct.pack("=IHHq", 0x1a2b3c4d, 1, 0, -1) +
			option(OPT_COMMENT, comment.encode()) +
			option(OPT_APPLICATION, b"osiscope lab") + option(OPT_END, b"")) +
		block(BLOCK_INTERFACE, struct.pack("=HHI", 1, 0, SNAPLEN) +
			option(OPT_IF_NAME, interface.encode()) +
			option(OPT_IF_RESOLUTION, b"\x09") + option(OPT_END, b"")))


def packet(sock):
	"""The next packet as a block, with the kernel's time of it; None if there is none."""
	try:
		data, extra, _, (_, _, kind, _, _) = sock.recvmsg(SNAPLEN, 256, socket.MSG_DONTWAIT)
	except BlockingIOError:
		return None
	when = time.time_ns()
	for level, what, value in extra:
		if level == socket.SOL_SOCKET and what == SO_TIMESTAMPNS:
			sec, nano = struct.unpack("=qq", value[:16])
			when = sec * 1000000000 + nano
	direction = 2 if kind == PACKET_OUTGOING else 1
	return block(BLOCK_PACKET, struct.pack("=IIIII", 0, when >> 32, when & 0xffffffff,
		len(data), len(data)) + padded(data) +
		option(OPT_PACKET_FLAGS, struct.pack("=I", direction)) + option(OPT_END, b""))


def main():
	interface, target, comment = sys.argv[1:4]
	sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
	sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
	sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
	sock.bind((interface, ETH_P_ALL))
	going = [True]
	signal.signal(signal.SIGTERM, lambda *_: going.clear())
	with open(target, "wb") as out:
		out.write(head(interface, comment))
		print("listening", flush=True)
		while going:
			select.select([sock], [], [], 0.2)
			while (piece := packet(sock)) is not None:
				out.write(piece)


main()

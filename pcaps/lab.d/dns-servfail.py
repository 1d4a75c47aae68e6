#!/usr/bin/env python3
"""dns-servfail.py PORT: a name server behind the name server that can answer nothing.

Every question comes back with response code 2, SERVFAIL (RFC 1035, section 4.1.1)."""
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", int(sys.argv[1])))
while True:
	question, peer = sock.recvfrom(4096)
	if len(question) < 12:
		continue
	end = question.index(0, 12) + 5                 # behind the name: type and class
	flags = bytes([question[2] | 0x80, 0x82])       # a response, recursion available, SERVFAIL
	sock.sendto(question[:2] + flags + b"\0\1\0\0\0\0\0\0" + question[12:end], peer)

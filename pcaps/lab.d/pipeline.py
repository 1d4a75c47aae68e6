#!/usr/bin/env python3
"""pipeline.py HOST PATH...: HTTP/1.1 pipelining (RFC 9112, section 9.3.2): all requests at
once on one connection, then all answers in the same order. No browser does it any more."""
import socket
import sys

host, paths = sys.argv[1], sys.argv[2:]
address = socket.getaddrinfo(host, 80, socket.AF_INET, socket.SOCK_STREAM)[0][4]
with socket.create_connection(address, 10) as sock:
	sock.sendall("".join(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: osiscope-lab\r\n" +
		("Connection: close\r\n" if path is paths[-1] else "") + "\r\n" for path in paths).encode())
	total = 0
	while data := sock.recv(65536):
		total += len(data)
print(f"http://{host}: {len(paths)} requests, {total} bytes")

#!/usr/bin/env python3
"""manifest.py check|manifest VISITS.sh DIR: hold the recorded captures against their
descriptions, with tshark as the judge; or write the descriptions with what was measured."""
import collections
import os
import subprocess
import sys

HEAD = """Captures of real page visits
============================

Recorded in the lab (pcaps/lab): a client, a router, a name server and web servers in network
namespaces, with Chromium and curl. No packet has been changed; the names and the authority
are the lab's own, the addresses and MACs those that are kept for documentation.

  client      192.168.0.10    2001:db8:1::10    00:00:5e:00:53:10
  gateway     192.168.0.1     2001:db8:1::1     00:00:5e:00:53:01
  name server 198.51.100.53   2001:db8:53::53   dnsmasq; one router away
  Caddy       203.0.113.80    www.lab.test (alias of lab.cdn.lab.test, alias of edge7.cdn.lab.test)
              203.0.113.84    h3.lab.test
  nginx       203.0.113.81    2001:db8:80::81   plain, tls12, slow, six, dual .lab.test
              203.0.113.82    strict.lab.test (TLS 1.3 only)
  closed      203.0.113.90    closed.lab.test
  nobody      203.0.113.99    gone.lab.test
  silent      203.0.113.91    2001:db8:80::91   silent.lab.test

The neighbour tables were flushed before each visit, unless it says "warm". Times are of
nanoseconds. Round trips are shorter than in the wild: there is no distance in the lab.
Chromium's own questions (clients2.google.com and others) are real and find no such name.
The page is /, with /style.css, /app.js, /step1.png to /step6.png and /favicon.svg.

A stanza a capture. NAME.pcapng.keys is the key log, NAME.netlog.json.gz Chromium's own log.
"holds" is a Wireshark filter that at least one packet matches, "holds not" one that none
does. The lines behind them are measured, with tshark, and are true of this recording only.

  pcaps/lab all DIR        records all of them again (a few minutes, no root needed)
  pcaps/lab check DIR      holds them against this description
  pcaps/lab manifest DIR   writes this file
  pcaps/lab renew          all three, for the files here

sample.pcapng (and .keys, .netlog.json.gz) is a copy of visits/http-to-https.pcapng.
"""


def stanzas(path):
	"""name -> list of (key, value), from the lines of two hashes"""
	out = collections.OrderedDict()
	for line in open(path, encoding="utf-8"):
		if line.startswith("## visit "):
			name, title = line[9:].split(": ", 1)
			out[name] = [("title", title.strip())]
		elif line.startswith("## ") and out:
			key, value = line[3:].split(": ", 1)
			next(reversed(out.values())).append((key, value.strip()))
	return out


def tshark(capture, *args):
	keys = capture + ".keys"
	command = ["tshark", "-n", "-r", capture, "-o", "tcp.reassemble_out_of_order:TRUE"]
	if os.path.exists(keys):
		command += ["-o", "tls.keylog_file:" + keys]
	return subprocess.run(command + list(args), check=True, text=True,
		stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def counts(capture, filters):
	"""how many packets match each filter, in one pass"""
	if not filters:
		return []
	table = tshark(capture, "-q", "-z", "io,stat,0," + ",".join(filters))
	rows = [line for line in table.splitlines() if "<>" in line]
	if not rows:
		return [0] * len(filters)               # a capture without packets
	row = rows[-1]
	cells = [int(c) for c in row.split("|")[2:] if c.strip()]
	return cells[0::2]


def check(name, lines, capture):
	wanted = [(k, v) for k, v in lines if k in ("holds", "holds not")]
	if not name.startswith("warm"):
		wanted.append(("holds", "frame.number <= 4 && (arp.opcode == 1 || icmpv6.type == 135)"))
	bad = 0
	for (key, rule), seen in zip(wanted, counts(capture, [v for _, v in wanted])):
		if (seen > 0) != (key == "holds"):
			print(f"{name}: {key}: {rule}: {seen} packets")
			bad += 1
	return bad


def measured(capture):
	"""frames, seconds, requests and statuses as tshark sees them"""
	frames = tshark(capture, "-T", "fields", "-e", "frame.time_relative").split()
	yield "frames", f"{len(frames)}, {os.path.getsize(capture)} bytes, {float(frames[-1]):.3f} s"
	methods, statuses = collections.Counter(), collections.Counter()
	for line in tshark(capture, "-T", "fields", "-E", "occurrence=a", "-Y", "http || http2",
			"-e", "http.request.method", "-e", "http.response.code",
			"-e", "http2.headers.method", "-e", "http2.headers.status").splitlines():
		m1, s1, m2, s2 = (line.split("\t") + [""] * 4)[:4]
		for proto, cell, where in (("http/1", m1, methods), ("http/1", s1, statuses),
				("h2", m2, methods), ("h2", s2, statuses)):
			where.update(f"{proto} {value}" for value in cell.split(",") if value)
	for label, where in (("requests", methods), ("statuses", statuses)):
		if where:
			yield label, ", ".join(f"{n} x {what}" for what, n in sorted(where.items()))


def main():
	what, script, folder = sys.argv[1:4]
	bad = 0
	if what == "manifest":
		print(HEAD)
	for name, lines in stanzas(script).items():
		capture = os.path.join(folder, name + ".pcapng")
		if not os.path.exists(capture):
			print(f"{name}: not recorded", file=sys.stderr)
			bad += 1
			continue
		if what == "check":
			bad += check(name, lines, capture)
			continue
		print(f"[{name}]\nfile: visits/{name}.pcapng")
		for end in (".pcapng.keys", ".netlog.json.gz"):
			if os.path.exists(os.path.join(folder, name + end)):
				print(f"{'keys' if 'keys' in end else 'netlog'}: visits/{name}{end}")
		for key, value in lines + list(measured(capture)):
			print(f"{key}: {value}")
		print(f"again: pcaps/lab {name} DIR\n")
	if what == "check":
		print(f"{bad} of the descriptions do not hold" if bad else "all hold")
	sys.exit(1 if bad else 0)


main()

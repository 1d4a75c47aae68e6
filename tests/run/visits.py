#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""visits [FOLDER]: what osiscope tells of each recorded visit is what happened in it.

What happened is said in the lines of two hashes of pcaps/lab.d/visits.sh, by those who wrote the
visit down before it was recorded. Here they are read as claims about `print --visits-json`.
"""
import ipaddress
import json
import os
import re
import subprocess
import sys

SRC, OSISCOPE = os.environ["SRC"], os.environ["OSISCOPE"]
STEPS = "1 1.1 2 2.1 2.2 2.3 3 4 5 5.1 5.2 5.3 5.4".split()
STATES = {"observed", "recorded", "inferred", "absent", "unknown"}
count = 0


def test(good, name, why=""):
	global count
	count += 1
	print("%s %d - %s" % ("ok" if good else "not ok", count, name))
	if not good and why:
		print("# " + str(why)[:400].replace("\n", "\n# "))


def stanzas():
	out = {}
	for line in open(os.path.join(SRC, "pcaps/lab.d/visits.sh"), encoding="utf-8"):
		if line.startswith("## visit "):
			name = line[9:].split(":")[0]
			out[name] = []
		elif line.startswith("## ") and out:
			key, value = line[3:].split(": ", 1)
			out[name].append((key, value.strip()))
	return out


def addresses(text):
	for word in re.findall(r"[0-9a-f.:]+", text):
		try:
			yield str(ipaddress.ip_address(word.rstrip(".,:")))
		except ValueError:
			pass


def same_form(document, visits):
	"""What is so of every visit."""
	for v in visits:
		if [s["id"] for s in v["steps"]] != STEPS:
			return "steps %s" % [s["id"] for s in v["steps"]]
		for s in v["steps"]:
			silent = s["state"] in ("absent", "unknown")	# nothing to explain: `because` says it all
			if s["state"] not in STATES or not s["because"].strip() or not (silent or s.get("explain", "").strip()):
				return "step %s: state %s, because %r, explain %r" % (s["id"], s["state"], s["because"], s.get("explain"))
			if s["state"] == "observed" and not s["frame_count"]:
				return "step %s is observed in no frame" % s["id"]
			if s["frame_count"] > document["capture"]["frames"] or len(s["frames"]) > 64:
				return "step %s: %d frames" % (s["id"], s["frame_count"])
	return ""


def all_of(step):
	"""Everything that is said of a step, as one text."""
	return json.dumps(step, ensure_ascii=False)


def fact(steps, step, key):
	return [s[step]["facts"].get(key) for s in steps]


# What else is claimed of a step: the claim, and what must then be told. The last ones happen inside
# the encryption or inside the browser: packets do not show them, so nothing of them may be observed.
RULES = [
	(r"2\.3 .*response code (\d+)", lambda m, s, c, r: int(m[1]) in fact(s, "2.3", "rcode")),
	(r"2\.3 .*no answer$", lambda m, s, c, r: fact(s, "2.3", "outcome") == ["timeout"]),
	(r"2\.3 .*cut short \(TC\), asked again over TCP: (\d+) addresses", lambda m, s, c, r:
		re.search(r"… and %d more" % (int(m[1]) - len(fact(s, "2.3", "addresses")[0])), all_of(s[0]["2.3"]))),
	(r"2\.3 DNS: A and AAAA in parallel", lambda m, s, c, r: s[0]["2.3"]["frame_count"] == 4),
	(r"2\.3 DNS for (\S+), later for (\S+)", lambda m, s, c, r: fact(s, "2.3", "question") == [m[1], m[2]]),
	(r"2\.1 found in the hosts file", lambda m, s, c, r: s[0]["2.3"]["state"] == "absent"),
	(r"4 ARP for (\S+) and NDP for (\S+)", lambda m, s, c, r: m[1] in all_of(s[0]["4"]) and m[2] in all_of(s[0]["4"])),
	(r"5\.1 SYN to \S+, answered by RST", lambda m, s, c, r: fact(s, "5.1", "outcome") == ["refused"]),
	(r"5\.1 SYN to (\S+) is never answered; .* later TCP to (\S+)", lambda m, s, c, r:
		any(k["server"] == m[1] and k.get("handshake_ms", -1) < 0 for k in c) and fact(s, "5.1", "server") == [m[2]]),
	(r"5\.1 SYN to \S+, sent again every second", lambda m, s, c, r: fact(s, "5.1", "outcome") == ["timeout"]),
	(r"5\.1 .* ICMP from (\S+):", lambda m, s, c, r: m[1] in s[0]["5.1"]["explain"] and "again" in s[0]["5.1"]["because"]),
	(r"5\.2 .*alert from the (?:server|client)", lambda m, s, c, r: fact(s, "5.2", "outcome") == ["alert"]),
	(r"5\.4 closed", lambda m, s, c, r: s[0]["5.4"]["state"] == "observed"),
	(r"5\.4 both close", lambda m, s, c, r: "both have hung up" in s[0]["5.4"]["explain"]),
	(r"5\.4 RST by the browser to what is left", lambda m, s, c, r: "RST" in all_of(s[0]["5.1"])),
	(r"5\.3 GET /cookie 200 with Set-Cookie, then POST /form", lambda m, s, c, r:
		[(x["method"], x["status"]) for x in r] == [("GET", 200), ("POST", 404)]),
	(r"5\.3 GET /, \S+ and \S+ in one segment", lambda m, s, c, r:
		len(r) == 3 and {x["status"] for x in r} == {200} and len({x["request_frame"] for x in r}) == 1),
	(r"5\.3 GET / HTTP/1\.0, 200", lambda m, s, c, r: [(x["protocol"], x["status"]) for x in r] == [("http/1.0", 200)]),
	(r"5\.3 port 80: GET / 301, Location (\S+)", lambda m, s, c, r: r[0]["status"] == 301 and m[1] in all_of(s[0]["5.3"])),
	(r"5\.3 GET / 200 \(gzip\), then", lambda m, s, c, r: len(r) == 10 and {x["status"] for x in r} == {200}),
	(r"5\.3 ten requests on HTTP/1\.1 to", lambda m, s, c, r: len(r) == 10 and s[1]["5.3"]["state"] == "inferred"),
	(r"5\.3 .*(HTTP/2|HTTP/3|HTTP/1\.1, all 200|304|GET / 200)", lambda m, s, c, r:
		s[-1]["5.3"]["state"] == "inferred" if not r else "encrypted" in all_of(s[-1]["5.3"])),
	(r"5\.2 TLS 1\.3 in QUIC", lambda m, s, c, r: fact(s, "5.2", "version") == ["1.3"]),
	(r"1\.1 ", lambda m, s, c, r: s[0]["1.1"]["state"] in ("inferred", "unknown")),
	(r"2\.2 ", lambda m, s, c, r: s[0]["2.3"]["state"] != "observed" and s[0]["2.2"]["state"] in ("inferred", "unknown")),
	(r"5 the connection of the first visit is still open", lambda m, s, c, r: s[0]["5.1"]["state"] == "unknown"),
	(r"0 ", lambda m, s, c, r: len(s) == 1),	# it opens no visit
]


def other_claim(text, steps, connections, requests):
	for pattern, holds in RULES:
		m = re.match(pattern, text)
		if m:
			return bool(holds(m, steps, connections, requests))
	return False


def claims(name, lines, visits):
	"""(what, holds) of every claim that packets can show without keys"""
	steps = [{s["id"]: s for s in v["steps"]} for v in visits]
	connections = [c for v in visits for c in v["connections"]]
	requests = [r for v in visits for r in v["requests"]]
	values = lambda step, key: [s[step]["facts"].get(key) for s in steps]
	flat = lambda rows: [x for row in rows for x in (row if isinstance(row, list) else [row])]
	client = dict(lines).get("client", "")
	middle = "is used again" in str(lines)		# the connection's beginning is not in the capture
	urls = [v for k, v in lines if k == "url"]
	if not middle:
		yield "as many visits as there were", len(visits) == len(urls)
	for url, v in zip(urls, visits):
		url = url.split(",")[0]
		seen = re.sub(r"^(https?:)?//", "", v["url"])
		host = re.sub(r"^https?://", "", url)
		clear = url.startswith("http://") and any(r["url"] == url for r in requests)
		if not middle:
			yield "the visit is one of " + url, seen == host if clear else seen.split("/")[0].split(":")[0] == host.split("/")[0]
	for key, text in lines:
		if key == "expect" and text.startswith("outcome ") and "encrypted" not in str(lines):
			got = flat([s["facts"].get("outcome") for one in steps for s in one.values()])
			yield text, text.split()[1] in got
		if key != "step":
			continue
		step, claim = text.split(" ", 1)
		if claim.startswith("ARP:") or claim.startswith("NDP:"):
			mac = re.search(r"gets (\S+?);?$", claim.split("; ")[0]).group(1)
			yield text, values("4", "protocol") == [claim[:3].lower()] and values("4", "mac") == [mac]
			yield "step 4 is observed", steps[0]["4"]["state"] == "observed"
		elif step in ("4", "2.3") and claim.startswith("absent"):
			yield text, all(s[step]["state"] in ("absent", "inferred", "unknown") for s in steps)
		elif claim.startswith("DNS:") and " -> " in claim:
			first = next(addresses(claim.rsplit(" -> ", 1)[1].split(", from")[0]), "")
			yield text, first in flat(values("2.3", "addresses"))
		elif claim.startswith("absent: QUIC"):
			yield text, steps[0]["5.1"]["state"] != "observed" and any(c["transport"] == "quic" for c in connections)
		elif claim.startswith("never reached"):
			yield text, all(s["5.1"]["state"] in ("absent", "unknown") for s in steps)
		elif claim.startswith("TCP to "):
			yield text, any(c["server"] == claim.split()[2].rstrip(",;") for c in connections)
		elif step == "5.2" and claim.startswith("TLS 1.") or claim.startswith("port 443: TLS 1."):
			version = re.search(r"TLS (1\.\d)", claim).group(1)
			tls = [c["tls"] for c in connections if c.get("tls")]
			if "QUIC" not in claim:
				yield text, any(t.get("version") == version for t in tls)
			sni = re.search(r"server name (\S+?)(,|$)", claim)
			if sni and "QUIC" not in claim:
				yield "server name " + sni.group(1), any(t.get("sni") == sni.group(1) for t in tls)
		elif step == "5.3" and "on HTTP/1.1" in claim and "https:" not in str(urls) and "304" not in claim:
			ten = [r for r in requests if r["protocol"] == "http/1.1" and r["status"] == 200]
			yield text, len(ten) == 10
		elif step == "5.3" and re.match(r"GET \S+ \d+$", claim.split(",")[0]) and "https:" not in str(urls):
			_, path, status = claim.split(",")[0].split()
			yield text, any(r["url"].endswith(path) and r["status"] == int(status) for r in requests)
		else:
			yield text, other_claim(text, steps, connections, requests)


def main():
	folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(SRC, "pcaps/visits")
	if len(sys.argv) == 1:
		os.chdir(SRC)
	for name, lines in stanzas().items():
		capture = os.path.join(folder, name + ".pcapng")
		if not os.path.exists(capture):
			test(False, "%s: recorded" % name, "no " + capture)
			continue
		done = subprocess.run([OSISCOPE, "print", "--visits-json", "--no-keys", capture], stdin=subprocess.DEVNULL,
			stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
		try:
			document = json.loads(done.stdout)
		except ValueError as wrong:
			test(False, "%s: JSON, exit status %d" % (name, done.returncode), "%s %s" % (wrong, done.stderr.decode()[-300:]))
			continue
		visits = document["visits"]
		why = same_form(document, visits)
		test(done.returncode == 0 and visits and not why, "%s: every visit has its steps" % name, why or done.stderr.decode())
		if not visits or why:
			continue
		for what, holds in claims(name, lines, visits):
			brief = {s["id"]: (s["state"], s["facts"]) for v in visits for s in v["steps"] if s["facts"]}
			test(holds, "%s: %s" % (name, what), json.dumps({"urls": [v["url"] for v in visits], "steps": brief,
				"connections": [c["server"] for v in visits for c in v["connections"]]}))
		story = subprocess.run([OSISCOPE, "print", "--story", capture], stdin=subprocess.DEVNULL,
			stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
		test(story.returncode == 0 and len(story.stdout) > 1000, "%s: its story" % name, story.stderr.decode())
	print("1..%d" % count)


main()

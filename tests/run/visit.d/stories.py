# SPDX-License-Identifier: GPL-3.0-or-later
"""What a visit may come upon: HSTS, the hosts file, names of other scripts, IPv6, HTTP/3; and pages
that never come: a failed visit is a story too."""
import json
import os
import subprocess
import time

from harness import LAB, STEPS, step, told
from places import AGENT, CA, SPKI, agrees, servers_saw

CHROMIUM = ("--private", "--headless", "--browser", "chromium")
CURL = ("--private", "--browser", "curl")


def hsts(case):
	"""Two visits with one profile: the second is upgraded, and asks for less."""
	r = case.visit("http://www.lab.test/", *CHROMIUM, "--warm", "2", more=[SPKI, AGENT["chromium"](case.name)], seconds=60)
	case.check(r.status == 0, "the command succeeds", r.err)
	visits = case.document()["visits"]
	if not case.check(len(visits) == 2, "there are two visits", [v["url"] for v in visits]):
		return
	first, second = visits
	case.check(first["url"] == second["url"] == "http://www.lab.test/", "both of the same URL", told(second))
	case.check(any(":80" in c["server"][-3:] for c in first["connections"]), "the first asks on port 80", told(first))
	case.check(not any(c["server"].endswith(":80") for c in second["connections"]), "the second does not", told(second))
	case.check(not any(r["url"].startswith("http:") and r.get("connection") for r in second["requests"]),
		"nor has it a request for http://", told(second))
	saw = servers_saw(case.name)
	case.check(saw[("GET", "http://www.lab.test/", 301)] == 1, "the server saw one request on port 80", dict(saw))
	list_step = step(second, "1.1")
	case.check(list_step["state"] == "recorded" and list_step["facts"].get("upgraded") is True,
		"1.1 says that the list made it https", list_step)
	case.check("an earlier answer of this host" in list_step["explain"], "1.1 says that it was learned", list_step)
	case.check(second["final_url"] == "https://www.lab.test/", "it ends at https", second["final_url"])
	name = step(second, "2.3")
	case.check(name["state"] == "absent" or step(second, "2.2")["state"] == "recorded",
		"the name is not asked for again, or the cache was empty and it is said", name)
	tls = step(second, "5.2")
	statuses = {r.get("status") for r in second["requests"]}
	case.check(tls["facts"].get("resumed") is True or tls["state"] == "absent" or 304 in statuses or any(r.get("from_cache") or r.get("cached") for r in second["requests"]),
		"what was there is not sent again", told(second))
	agrees(case, visits, case.name)
	compared = case.osiscope("compare", case.path("v.pcapng"))
	case.check(compared.status == 0 and "5.2" in compared.out and "1.1" in compared.out,
		"compare sets the two side by side", compared.out[-1500:], compared.err)
	case.nothing_left()


def simple(case, url, *words, more=(), seconds=40, **how):
	r = case.visit(url, *words, more=more, seconds=seconds, **how)
	case.check(r.status == 0, "a visit that fails is no failure of the program", r.status, r.err)
	story = case.story()
	case.check([s["id"] for s in story["steps"]] == STEPS, "there is a story of 13 steps", told(story), r.out[:1000])
	case.nothing_left()
	return r, story


def hosts_file(case):
	_, story = simple(case, "http://friend.lab.test/", *CHROMIUM)
	found = step(story, "2.1")
	case.check(found["state"] == "recorded" and "friend.lab.test" in found["because"] + found["explain"],
		"2.1 says which line was found", found)
	case.check("203.0.113.81" in json.dumps(found), "and its address", found)
	case.check(step(story, "2.3")["state"] == "absent", "2.3 is absent", step(story, "2.3"))
	case.check(len(story["requests"]) >= 10, "the page came", told(story))


def other_scripts(case):
	for typed, host in (("http://그림.lab.test/", "xn--2i0b46t.lab.test"), ("http://BÜCHER.lab.test/", "xn--bcher-kva.lab.test")):
		r = case.visit(typed, *CURL, "--force")
		story = case.story()
		case.check(r.status == 0 and len(story["requests"]) == 1, typed + " is visited", r.err, told(story))
		one = step(story, "1")
		case.check(one["state"] == "recorded" and one["facts"].get("host") == host, "its host is " + host, one)
		case.check(step(story, "2.3")["facts"].get("question") == host, "which is asked for", step(story, "2.3"))
	r = case.visit("http://그림.lab.test/", *CHROMIUM, "--force")
	story = case.story()
	case.check(len(story["requests"]) >= 10, "Chromium opens it", r.err, told(story))
	case.check(step(story, "1")["facts"].get("host") == "xn--2i0b46t.lab.test", "with the same name", step(story, "1"))


def ipv6(case):
	_, story = simple(case, "http://six.lab.test/", *CHROMIUM)
	case.check(story["connections"] and all("[2001:db8:80::81]:80" == c["server"] for c in story["connections"]),
		"all connections go to its IPv6 address", told(story))
	case.check(len(story["requests"]) >= 10, "the page came", told(story))


def http3(case):
	_, story = simple(case, "https://h3.lab.test/", *CHROMIUM, "--http3",
		more=[SPKI, "--origin-to-force-quic-on=h3.lab.test:443", AGENT["chromium"](case.name)])
	case.check(step(story, "5.1")["state"] == "absent", "5.1 is absent: QUIC has no such handshake", told(story))
	case.check(any(c["transport"] == "quic" for c in story["connections"]), "a QUIC connection", told(story))
	case.check({r["protocol"] for r in story["requests"]} == {"h3"}, "all requests are HTTP/3", told(story))
	known = {c["id"] for c in story["connections"]}
	case.check(all(r.get("connection") in known for r in story["requests"]), "all are tied to it", told(story))
	agrees(case, [story], case.name)


def no_such_name(case):
	r, story = simple(case, "http://nobody-knows.lab.test/", *CHROMIUM)
	case.check(story["url"] == "http://nobody-knows.lab.test/", "the story is of what was asked for", told(story))
	case.check(step(story, "2.3")["facts"].get("outcome") == "nxdomain", "2.3: no such name", told(story))
	case.check(step(story, "5.1")["state"] == "absent", "5.1 was never reached", told(story))
	case.check(len(r.out) > 300 and "no such name" in r.out.lower() or "NXDOMAIN" in r.out, "it is told in words", r.out[:800])


def no_such_name_curl(case):
	_, story = simple(case, "http://nobody-knows.lab.test/", *CURL)
	case.check(step(story, "2.3")["facts"].get("outcome") == "nxdomain", "2.3: no such name", told(story))
	case.check(step(story, "1")["state"] == "recorded", "step 1 is recorded all the same", told(story))


def refused(case):
	_, story = simple(case, "http://closed.lab.test/", *CHROMIUM, "--duration", "4")
	case.check(step(story, "5.1")["facts"].get("outcome") == "refused", "5.1: refused", told(story))
	case.check(step(story, "1")["state"] == "recorded", "step 1 is recorded all the same", told(story))


def silent(case):
	"""pasta waits for the server before it answers. (When it is asked again, old versions reset.)"""
	_, story = simple(case, "http://silent.lab.test/", *CHROMIUM, "--duration", "4")
	case.check(step(story, "5.1")["facts"].get("outcome") == "timeout", "5.1: no answer", told(story))


def certificate_refused(case):
	r, story = simple(case, "https://www.lab.test/", *CHROMIUM)
	tls = step(story, "5.2")
	case.check("CERT_AUTHORITY_INVALID" in json.dumps(story) or "certificate" in json.dumps(tls),
		"5.2 says that the certificate was refused", tls, told(story))
	case.check(not any(q.get("status") == 200 for q in story["requests"]), "no page came", told(story))


def certificate_refused_curl(case):
	_, story = simple(case, "https://www.lab.test/", *CURL)
	tls = step(story, "5.2")
	case.check(tls["facts"].get("outcome") == "alert", "5.2: the client's alert", tls)


def not_found(case):
	_, story = simple(case, "http://plain.lab.test/no-such-page", *CURL)
	case.check(step(story, "5.3")["facts"].get("status") == 404, "5.3 says 404", told(story))


def duration(case):
	begin = time.monotonic()
	r = case.visit("http://silent.lab.test/", *CURL, "--duration", "1.5")
	case.check(r.status == 0 and 1 < time.monotonic() - begin < 4.5, "--duration ends it", time.monotonic() - begin, r.err)


def korean(case):
	r = case.visit("http://plain.lab.test/", *CURL, "--lang", "ko", "--force")
	case.check(r.status == 0 and "단계" in r.out + r.err or "방문" in r.out, "told in Korean", r.out[:400], r.err)


# ---- the file ----

def the_file(case):
	"""One file holds all: opened again it tells the same story, and Wireshark reads it."""
	r = case.visit("https://www.lab.test/", *CHROMIUM, more=[SPKI])
	file = case.path("v.pcapng")
	again = case.osiscope("print", file)
	case.check(r.status == 0 and again.status == 0 and r.out == again.out, "opened again it tells the same to the letter",
		*difference(r.out, again.out))
	case.check("holds the keys" in r.err, "it says that it holds keys", r.err)
	case.check(oct(os.stat(file).st_mode & 0o777) == "0o600", "only its owner may read it", oct(os.stat(file).st_mode))
	comments = tshark(case, "-r", file, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment")
	case.check("[5.1]" in comments and "[2.3]" in comments, "tshark shows the comments",
		sorted({line.split()[0] for line in comments.splitlines() if line.startswith("[")}), told(case.story()))
	decrypted = tshark(case, "-r", file, "-Y", "http2.headers.path", "-T", "fields", "-e", "http2.headers.path")
	case.check("/step6.png" in decrypted, "tshark reads the requests by the keys inside", decrypted[:300])
	info = subprocess.run(["capinfos", file], capture_output=True, text=True)
	case.check(info.returncode == 0 and not info.stderr.strip(), "capinfos finds nothing wrong", info.stderr)
	bare = case.osiscope("export", "--no-secrets", file, case.path("bare.pcapng"))
	case.check(bare.status == 0 and b"TRAFFIC_SECRET" not in open(case.path("bare.pcapng"), "rb").read(),
		"--no-secrets takes the keys out", bare.err)


def no_secrets(case):
	r = case.visit("https://www.lab.test/", *CURL, "--no-secrets", more=CA)
	with open(case.path("v.pcapng"), "rb") as f:
		data = f.read()
	case.check(r.status == 0 and b"TRAFFIC_SECRET" not in data and b"KSLT" not in data and b"\x0a\0\0\0" != data[:4],
		"--no-secrets leaves no keys in the file", r.err)
	case.check("holds the keys" not in r.err, "and nothing is said of them", r.err)
	case.check(len(case.story()["requests"]) == 1, "the story is there", r.out[:500])


def tshark(case, *words):
	r = subprocess.run(["tshark", *words], capture_output=True, text=True, timeout=30,
		env=dict(os.environ, HOME=case.folder, XDG_CONFIG_HOME=case.folder))
	return r.stdout or r.stderr


def difference(a, b):
	a, b = a.splitlines(), b.splitlines()
	return ["%s\n%s" % (x, y) for x, y in zip(a + [""] * len(b), b + [""] * len(a)) if x != y][:5]


# ---- a name server on loopback ----

def loopback_resolver(case):
	"""As systemd-resolved: 127.0.0.53 forwards. A private network has another loopback."""
	with open(LAB + "/resolv.conf", encoding="utf-8") as f:
		before = f.read()
	log = case.path("dnsmasq")
	with open(log, "wb") as out:
		server = subprocess.Popen(["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--user=root", "--group=root",
			"--no-resolv", "--no-hosts", "--listen-address=127.0.0.53", "--bind-interfaces", "--cache-size=0",
			"--pid-file=", "--server=198.51.100.53"], stdout=out, stderr=out)
	try:
		with open(LAB + "/resolv.conf", "w", encoding="utf-8") as f:
			f.write("nameserver 127.0.0.53\n")
		time.sleep(0.3)
		for browser in (CHROMIUM, CURL):
			r = case.visit("http://plain.lab.test/", *browser, "--force")
			story = case.story()
			names = step(story, "2.3")
			case.check(r.status == 0 and names["state"] == "observed" and
				names["facts"].get("addresses") == ["203.0.113.81"], "%s: 2.3 is seen on the wire" % browser[-1],
				r.err, names, open(log, encoding="utf-8", errors="replace").read()[-500:])
			case.check(story["requests"], "%s: the page came" % browser[-1], told(story))
		r = case.visit("http://plain.lab.test/", "--real", "--browser", "curl", "--force", user=False)
		names = step(case.story(), "2.3")
		packets = case.osiscope("print", "--packets", case.path("v.pcapng"), user=False).out
		case.check(names["state"] == "observed" and "127.0.0.53" in packets,
			"real: what is asked on lo is recorded too", r.err, names, packets)
	finally:
		with open(LAB + "/resolv.conf", "w", encoding="utf-8") as f:
			f.write(before)
		server.terminate()
		server.wait(5)


CASES = [hsts, silent, the_file, http3, hosts_file, other_scripts, ipv6, no_such_name, refused, certificate_refused,
	no_such_name_curl, certificate_refused_curl, not_found, duration, no_secrets, korean]
ALONE = [loopback_resolver]

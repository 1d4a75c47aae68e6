# SPDX-License-Identifier: GPL-3.0-or-later
"""A complete visit, in both places, with each browser: the story has everything that can be known,
and the servers saw the same requests."""
import collections
import json
import os
import shutil
import subprocess

from harness import AS_ROOT, LAB, PROGRAMS, STEPS, below, spki, status_of, step, told, wait_for

SPKI = "--ignore-certificate-errors-spki-list=" + spki()
CA = ("--cacert", LAB + "/ca.pem")
AGENT = {"chromium": lambda name: "--user-agent=" + name, "curl": lambda name: "-A" + name}


def nginx_log():
	with open(LAB + "/log/nginx-access", encoding="utf-8") as f:
		for line in f:
			r = json.loads(line)
			yield r["agent"], (r["method"], "%s://%s%s" % (r["scheme"], r["host"], r["path"]), r["status"])


def caddy_log():
	for name in os.listdir(LAB + "/log"):
		if not name.startswith("caddy-"):
			continue
		with open(LAB + "/log/" + name, encoding="utf-8") as f:
			for line in f:
				r = json.loads(line)
				q = r["request"]
				url = "%s://%s%s" % ("https" if "tls" in q else "http", q["host"], q["uri"])
				yield "".join(q["headers"].get("User-Agent", [])), (q["method"], url, r["status"])


def servers_saw(agent):
	"""method, URL, status -> how often, of a client that calls itself `agent`, or Mozilla/... agent."""
	return collections.Counter(what for log in (nginx_log, caddy_log) for who, what in log()
		if who == agent or who.startswith("Mozilla/") and agent in who)


def agrees(case, stories, agent):
	saw = servers_saw(agent)
	tells = collections.Counter((r["method"], r["url"], r.get("status"))
		for s in stories for r in s["requests"] if r.get("connection") is not None)
	case.check(saw and saw == tells, "the servers' log and the story agree on every request",
		"servers only: %s" % dict(saw - tells), "story only: %s" % dict(tells - saw))


def complete(case, story, https, private, browser="chromium"):
	"""All that the browser, the kernel or the wire could tell is told by them."""
	state = {s["id"]: s["state"] for s in story["steps"]}
	case.check(list(state) == STEPS, "all 13 steps are there", told(story))
	wanted = {"1": ("recorded",), "1.1": ("recorded",), "2": ("observed",), "2.1": ("recorded",), "2.2": ("recorded",),
		"2.3": ("observed",), "3": ("observed", "recorded"), "4": ("observed", "recorded"), "5": ("observed",),
		"5.1": ("observed",), "5.2": ("observed",) if https else ("absent",), "5.3": ("observed", "recorded"),
		"5.4": ("observed",)}
	if browser == "curl" and https:		# which does not look in its list for https
		wanted["1.1"] = ("absent",)
	for number, states in wanted.items():
		case.check(state.get(number) in states, "step %s is %s" % (number, " or ".join(states)),
			state.get(number), step(story, number)["because"])
	if private:
		case.check(state.get("4") == "observed", "a private network is cold: step 4 is seen on the wire")
		case.check("pasta" in step(story, "5.1").get("remark", ""), "what is not the real wire is said")
	else:
		case.check("pasta" not in json.dumps(story), "the real wire is not called another")
	known = {c["id"] for c in story["connections"]}
	untied = [r["url"] for r in story["requests"] if r.get("connection") not in known]
	case.check(story["requests"] and not untied, "every request is tied to its connection", untied, told(story))
	page = 10 if browser != "curl" else 1
	case.check(len(story["requests"]) >= page, "the page's requests are all there", told(story))


def visit_and_check(case, url, *words, browser, final=None, more=(), private=True, user=True, agent=None):
	more = list(more) + ([AGENT[browser](case.name)] if browser in AGENT else [])
	place = "--private" if private else "--real"
	r = case.visit(url, place, "--headless", "--browser", browser, *words, more=more, user=user)
	case.check(r.status == 0, "the command succeeds", r.err)
	case.check(("private network" in r.err) == private and ("real interface" in r.err) != private,
		"one line says where it is recorded", r.err)
	story = case.story()
	case.check(story["url"] == url, "the visit's URL is what was asked for", told(story))
	case.check(story.get("final_url") == (final or url), "it ends where it should", told(story))
	complete(case, story, (final or url).startswith("https"), private, browser)
	agrees(case, [story], agent or case.name)
	case.nothing_left()
	return r, story


# ---- the private network, an ordinary user ----

def private_chromium_http(case):
	visit_and_check(case, "http://plain.lab.test/", browser="chromium")


def private_chromium_redirect(case):
	_, story = visit_and_check(case, "http://www.lab.test/", browser="chromium", more=[SPKI],
		final="https://www.lab.test/")
	case.check(step(story, "1.1")["facts"].get("upgraded") is False, "a redirect is no upgrade by HSTS", told(story))


def private_chromium_https(case):
	_, story = visit_and_check(case, "https://www.lab.test/", browser="chromium", more=[SPKI])
	case.check({r["protocol"] for r in story["requests"]} == {"h2"}, "all of it is HTTP/2", told(story))


def private_firefox_http(case):
	visit_and_check(case, "http://dual.lab.test/", browser="firefox", agent="Firefox/")


def private_curl_http(case):
	visit_and_check(case, "http://plain.lab.test/", browser="curl")


def private_curl_https(case):
	visit_and_check(case, "https://www.lab.test/", browser="curl", more=CA)


# ---- the real interface ----

def real_root_chromium(case):
	"""By root: the browser is somebody else, and what dissects can do nothing."""
	run = case.start("visit", "--no-ui", "-w", case.path("v.pcapng"), "--real", "--headless", "--browser", "chromium",
		"https://www.lab.test/", "--", SPKI, AGENT["chromium"](case.name), user=False)
	browser = run.named("chromium")
	program = run.program()
	# the first of them becomes somebody else before it becomes the browser
	uids = {pid: status_of(pid).get("Uid", "gone").split()[0] for pid, name in below(os.getpid()).items()
		if name.startswith("chrom")}
	case.check(browser and "0" not in uids.values(), "no process of the browser is root's", uids)
	wait_for(5, lambda: status_of(program).get("NoNewPrivs") == "1")	# before packets are read, not before all
	powerless(case, program, "osiscope, started by root")
	powerless(case, run.named("osiscope-captur"), "the recorder, started by root")
	run.wait()
	case.check(run.status == 0, "the command succeeds", run.err)
	story = case.story()
	complete(case, story, True, False)
	agrees(case, [story], case.name)
	case.nothing_left()


def real_root_curl(case):
	visit_and_check(case, "http://plain.lab.test/", browser="curl", private=False, user=False)


def real_user(case):
	"""By an ordinary user: the recorder has the capability, nothing else has one."""
	programs = case.path("programs")
	shutil.copytree(PROGRAMS, programs)
	recorder = programs + "/osiscope-capture"
	given = subprocess.run(["setcap", "cap_net_raw+ep", recorder], capture_output=True, text=True)
	if given.returncode:
		case.check(not AS_ROOT, "the recorder can be given its capability", given.stderr)
		return
	case.env = lambda **more: dict(type(case).env(case, **more), OSISCOPE_PROGRAMS=programs)
	_, story = visit_and_check(case, "http://www.lab.test/", browser="chromium", more=[SPKI],
		final="https://www.lab.test/", private=False)
	case.check("pasta" not in json.dumps(story), "nothing is said of a private network", told(story))


# ---- what they may do ----

def powerless(case, pid, who):
	"""No capability, also none to get by starting another program; and not root."""
	if pid:		# it gives them away before the first packet, not as it starts
		wait_for(3, lambda: status_of(pid).get("NoNewPrivs") == "1")
	s = status_of(pid) if pid else {}
	case.check(not AS_ROOT or "0" not in s.get("Uid", "0").split(), "%s is not root" % who, s.get("Uid"))
	case.check(s.get("CapEff", "?").strip("0") == "" and s.get("CapPrm", "?").strip("0") == "" and
		s.get("NoNewPrivs") == "1", "%s has no capability and can get none" % who,
		{k: s.get(k) for k in ("Name", "Uid", "CapEff", "CapPrm", "NoNewPrivs")})


def private_powers(case):
	run = case.start("visit", "--no-ui", "-w", case.path("v.pcapng"), "--private", "--browser", "curl",
		"http://silent.lab.test/")
	curl = run.named("curl", "http://silent.lab.test/")
	recorder = run.named("osiscope-captur")
	powerless(case, run.program(), "osiscope")
	powerless(case, recorder, "the recorder")
	s = status_of(curl) if curl else {}
	case.check("0" not in s.get("Uid", "0").split(), "the browser is not root's", s.get("Uid"))
	case.check(s.get("CapEff", "?").strip("0") == "", "the browser has no capability", s.get("CapEff"))
	run.process.terminate()
	run.wait(10)


CASES = [private_chromium_http, private_chromium_redirect, private_chromium_https, private_curl_http, private_curl_https,
	private_powers]
# the real interface shows what all cases do; and Firefox, whose end is guessed by silence, wants a machine at rest
ALONE = [private_firefox_http, real_user]
if AS_ROOT:
	ALONE += [real_root_chromium, real_root_curl]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be: one line on standard error says what is wrong and what to do; nothing is left."""
import os
import shutil
import subprocess
import time

from ends import one_line, opens
from harness import AS_ROOT, LAB, PROGRAMS, below, spki, step, wait_for
from stories import CHROMIUM, CURL


def refuse(case, wanted, *words, status=(1,), what=None, **how):
	"""The command ends at once with a status and one line that holds all of wanted."""
	begin = time.monotonic()
	r = case.osiscope(*words, **how)
	what = what or " ".join(words)[-60:]
	case.check(r.status in status, "%s: exit status %s" % (what, " or ".join(map(str, status))), r.status, r.err)
	case.check(not r.out, what + ": nothing on standard output", r.out[:300])
	lines = r.err.splitlines()
	lines = [line for line in lines if "--help" not in line] or lines	# wrong usage points there
	case.check(len(lines) == 1 and all(w in r.err for w in wanted), what + ": one line says what to do", r.err)
	case.check(time.monotonic() - begin < 8, what + ": at once", time.monotonic() - begin)
	case.check(not below(os.getpid()) and not os.listdir(case.tmp), what + ": nothing is left",
		below(os.getpid()), os.listdir(case.tmp))
	return r


def wrong_urls(case):
	for url, wanted in (("http://", ("host",)), ("ftp://plain.lab.test/", ("http",)), ("file:///etc/passwd", ("http",)),
			("http://a b c/", ()), ("http://plain.lab.test:99999/", ()), ("", ()), ("javascript:alert(1)", ()),
			("http://[::1/", ()), ("http://" + 70 * "x" + ".test/", ())):
		refuse(case, wanted, "visit", "--no-ui", "-w", case.path("v.pcapng"), *CURL, url, status=(1, 2), what=repr(url[:30]))
	case.check(not os.path.exists(case.path("v.pcapng")), "no file was made")


def no_browser(case):
	refuse(case, ("--browser",), "visit", "--no-ui", "-w", case.path("v.pcapng"), "--browser", "nosuchbrowser",
		"http://plain.lab.test/", status=(1, 2))
	refuse(case, ("/no/such",), "visit", "--no-ui", "-w", case.path("v.pcapng"), "--browser", "/no/such/chromium",
		"http://plain.lab.test/", status=(1, 2))
	case.check(not os.path.exists(case.path("v.pcapng")), "no file was made")


def browser_ends_at_once(case):
	"""Its last words are shown."""
	fake = case.path("chromium")
	with open(fake, "w", encoding="utf-8") as f:
		f.write("#!/bin/sh\n[ \"$1\" = --version ] && { echo Chromium 1.2.3; exit; }\necho 'my last words' >&2\nexit 3\n")
	os.chmod(fake, 0o755)
	r = case.osiscope("visit", "--no-ui", "-w", case.path("v.pcapng"), "--private", "--browser", fake,
		"http://plain.lab.test/", seconds=15)
	case.check(r.status == 1 and "my last words" in r.err, "its last words are shown", r.status, r.err)
	case.nothing_left()


def no_interface(case):
	refuse(case, ("nosuch0",), "visit", "--no-ui", *CURL, "-i", "nosuch0", "http://plain.lab.test/")
	refuse(case, ("nosuch0",), "capture", "--no-ui", "-i", "nosuch0", "-w", case.path("c.pcapng"), "--duration", "1", status=(1, 2))
	case.check(not os.path.exists(case.path("c.pcapng")), "no file was made")


def no_pasta(case):
	"""PATH has no pasta, and administrators' folders neither: they are covered."""
	command = ["unshare", "--mount", "sh", "-c", """
		for p in /usr/bin/pasta /bin/pasta /usr/bin/pasta.avx2; do
			[ -e $p ] && mount --bind /dev/null $p
		done
		exec "$@" """, "sh"]
	covered(case, command, ("pasta", "apt install passt"), "pasta is missing")


def no_namespaces(case):
	"""user.max_user_namespaces is 0 in a user namespace of its own, whose user is not root."""
	command = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--keep-caps", "sh", "-c",
		"echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"", "sh",
		"setpriv", "--ambient-caps=-all", "--inh-caps=-all"]
	covered(case, command, ("max_user_namespaces",), "user namespaces are forbidden", prefix=False)


def covered(case, command, wanted, what, prefix=True):
	from harness import user_prefix
	visit = [PROGRAMS + "/osiscope", "visit", "--no-ui", "--private", "--browser", "curl", "http://plain.lab.test/"]
	before, behind = ([], user_prefix(case.folder)) if prefix else (user_prefix(case.folder), [])
	r = subprocess.run(before + command + behind + visit, env=case.env(), cwd=case.folder,
		stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
	case.check(r.returncode == 1, what + ": exit status 1", r.returncode, r.stderr)
	case.check(r.stderr.count("\n") == 1 and all(w in r.stderr for w in wanted), what + ": one line says what grants it",
		r.stderr)
	case.nothing_left(0.5)


def no_permission(case):
	"""The real interface, by a user whose recorder has no capability."""
	refuse(case, ("setcap",), "visit", "--no-ui", "--real", "--browser", "curl", "http://plain.lab.test/")
	refuse(case, ("setcap",), "capture", "--no-ui", "-i", "eth0", "--duration", "1")


def no_network(case):
	"""A network namespace with nothing in it."""
	r = subprocess.run(["unshare", "--net", PROGRAMS + "/osiscope", "visit", "--no-ui", "--browser", "curl",
		"http://plain.lab.test/"], env=case.env(), cwd=case.folder, stdin=subprocess.DEVNULL, capture_output=True,
		text=True, timeout=30)
	case.check(r.returncode == 1 and r.stderr.count("\n") == 1 and "network" in r.stderr, "one line says that there is none",
		r.returncode, r.stderr)
	case.nothing_left(0.5)


def root_and_its_folder(case):
	"""Root becomes somebody else before it reads packets: what that one cannot write is said before."""
	folder = case.path("of-root")
	os.mkdir(folder, 0o755)
	for command in (["visit", "--no-ui", "--browser", "curl", "http://plain.lab.test/"],
			["capture", "--no-ui", "-i", "eth0", "--duration", "1"]):
		refuse(case, (folder,), *command, "-w", folder + "/v.pcapng", user=not AS_ROOT, what=command[0] + " -w")
	case.check(not os.listdir(folder), "no file was made", os.listdir(folder))


# ---- osiscope capture ----

def capture(case):
	"""An interface without a browser, by root."""
	file = case.path("c.pcapng")
	run = case.start("capture", "--no-ui", "-i", "eth0", "-f", "host 203.0.113.81", "-w", file, "--duration", "3", user=False)
	case.check(wait_for(10, lambda: os.path.exists(file) and os.path.getsize(file) > 100), "it begins", "no file")
	for _ in range(3):
		subprocess.run(["curl", "-s", "-o", "/dev/null", "http://plain.lab.test/"], check=False)
	program = run.program()
	from places import powerless
	powerless(case, program, "osiscope capture, by root")
	run.wait(10)
	case.check(run.status == 0, "--duration ends it", run.status, run.err)
	case.check("eth0" in run.err, "it says what it records", run.err)
	document = case.document("c.pcapng")
	case.check(len(document["visits"]) >= 1 and document["visits"][0]["url"] == "http://plain.lab.test/",
		"the story is told of it", document)
	packets = case.osiscope("print", "--packets", file, user=False).out
	case.check("DNS" not in packets and "GET /" in packets, "-f holds", packets[:600])
	case.nothing_left()
	again = case.osiscope("print", file, user=False)
	case.check(again.out == run.out, "opened again it tells the same to the letter", again.out[:400], run.out[:400])


def capture_interrupted(case):
	import signal
	run = case.start("capture", "--no-ui", "-i", "eth0", "-w", case.path("c.pcapng"), user=False)
	wait_for(10, lambda: os.path.exists(case.path("c.pcapng")) and os.path.getsize(case.path("c.pcapng")) > 100)
	subprocess.run(["curl", "-s", "-o", "/dev/null", "http://plain.lab.test/"], check=False)
	time.sleep(0.3)
	begin = time.monotonic()
	os.kill(run.program(), signal.SIGINT)
	run.wait(10)
	case.check(run.status == 0 and time.monotonic() - begin < 2.5, "Ctrl-C ends it within two seconds", run.status, run.err,
		time.monotonic() - begin)
	case.check("plain.lab.test" in run.out, "the story is told", run.out[:400])
	case.nothing_left(0.5)


def capture_killed(case):
	import signal
	run = case.start("capture", "--no-ui", "-i", "eth0", "-w", case.path("c.pcapng"), user=False)
	wait_for(10, lambda: os.path.exists(case.path("c.pcapng")) and os.path.getsize(case.path("c.pcapng")) > 100)
	subprocess.run(["curl", "-s", "-o", "/dev/null", "http://plain.lab.test/"], check=False)
	time.sleep(0.5)
	os.kill(run.program(), signal.SIGKILL)
	case.nothing_left()
	run.wait(5)
	r = case.osiscope("print", case.path("c.pcapng"), user=False)
	case.check(r.status in (0, 3) and "plain.lab.test" in r.out, "what was recorded opens", r.status, r.err, r.out[:300])


def capture_lists(case):
	"""Without -i, or with a wrong one, it says which interfaces there are."""
	r = case.osiscope("capture", "--no-ui", "--duration", "1")
	case.check(r.status in (0, 1, 2) and "eth0" in r.out + r.err, "the interfaces are listed, or the route's is taken",
		r.status, r.out, r.err)
	refuse(case, (), "capture", "--no-ui", "-i", "eth0", "-f", "not a filter (", "--duration", "1", status=(1, 2), user=not AS_ROOT)


CASES = [wrong_urls, no_browser, browser_ends_at_once, no_interface, no_pasta, no_namespaces, no_permission, no_network,
	root_and_its_folder, capture_lists]
ALONE = [capture, capture_interrupted, capture_killed] if AS_ROOT else []

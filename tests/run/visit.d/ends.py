# SPDX-License-Identifier: GPL-3.0-or-later
"""However a visit ends: what was recorded opens, nothing runs on, nothing lies about."""
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

from harness import AS_ROOT, LAB, PROGRAMS, below, step, told, user_prefix, wait_for
from places import CA, SPKI
from stories import CHROMIUM, CURL

SLOW = "http://silent.lab.test/"		# it goes on until somebody ends it


def opens(case, what, file="v.pcapng", packets=1):
	"""The capture written so far can be opened."""
	if not case.check(os.path.exists(case.path(file)), what + ": there is a file"):
		return {"capture": {"frames": 0}, "visits": []}
	r = case.osiscope("print", case.path(file))
	case.check(r.status in (0, 3), what + ": the capture opens", r.status, r.err)
	document = case.document(file)
	case.check(document["capture"]["frames"] >= packets, what + ": it has packets", document["capture"])
	return document


def one_line(case, r, *wanted, what="one line says why"):
	usual = r": (recording with \S+ |the browser |the browser's log breaks off|the page |the visit is recorded)"
	lines = [line for line in r.lines() if not re.search(usual, line)]
	case.check(len(set(r.lines())) == len(r.lines()), "nothing is said twice", r.err)
	case.check(len(lines) == 1 and all(w in lines[0] for w in wanted), what, r.err)


def asked(file):
	"""Waits until the file has the question for the page's address."""
	return wait_for(15, lambda: b"\x06silent\x03lab\x04test" in read_all(file))


def killed(case, after, browser=CHROMIUM):
	run = case.start("visit", "--no-ui", "-w", case.path("v.pcapng"), *browser, SLOW)
	program = run.program()
	if after == "listening":
		wait_for(10, lambda: os.path.exists(case.path("v.pcapng")) and os.path.getsize(case.path("v.pcapng")) > 200)
	else:
		time.sleep(max(0, after - (time.monotonic() - run.started)))
	os.kill(program, signal.SIGKILL)
	case.nothing_left()
	run.wait(5)
	file = case.path("v.pcapng")
	if after != "listening" and after < 1 and not (os.path.exists(file) and os.path.getsize(file)):
		case.check(True, "nothing was recorded yet")
		return
	opens(case, "killed after %s" % after, packets=0 if after != 2 else 1)


def killed_at_0_2(case):
	killed(case, 0.2)


def killed_at_0_6(case):
	killed(case, 0.6)


def killed_at_1(case):
	killed(case, 1)


def killed_at_2(case):
	killed(case, 2)


def killed_listening(case):
	killed(case, "listening", CURL)


def killed_own_capture(case):
	"""Without -w: what was recorded stays in the folder, the profile and the keys' other files do not."""
	run = case.start("visit", "--no-ui", *CHROMIUM, SLOW)
	program = run.program()
	time.sleep(2)
	os.kill(program, signal.SIGKILL)
	case.nothing_left(folder=False)
	run.wait(5)
	left = [os.path.join(a, f) for a, _, files in os.walk(case.tmp) for f in files]
	case.check(all("capture.pcapng" in f for f in left) and left, "only the capture stays", left)


def browser_killed(case):
	run = case.start("visit", "--no-ui", "-w", case.path("v.pcapng"), *CHROMIUM, SLOW)
	file = case.path("v.pcapng")
	browser = run.named("chromium", "--remote-debugging-pipe") or run.named("chrome", "--remote-debugging-pipe")
	asked(file)
	time.sleep(0.5)
	os.kill(browser, signal.SIGKILL)
	begin = time.monotonic()
	run.wait(10)
	case.check(time.monotonic() - begin < 4, "the visit is over soon", time.monotonic() - begin)
	case.check(run.status == 0, "a browser that is killed ends the visit, no more", run.status, run.err)
	document = opens(case, "browser killed")
	case.check(document["visits"] and document["visits"][0]["url"] == SLOW, "its story is told", document["visits"][:1])
	case.nothing_left()


def recorder_killed(case):
	run = case.start("visit", "--no-ui", "-w", case.path("v.pcapng"), *CHROMIUM, SLOW)
	recorder = run.named("osiscope-captur")
	file = case.path("v.pcapng")
	asked(file)
	os.kill(recorder, signal.SIGKILL)
	run.wait(10)
	case.check(run.status == 1, "without a recorder there is no visit: exit status 1", run.status)
	one_line(case, run, "recording ended", "killed")
	opens(case, "recorder killed")
	case.nothing_left()


def launcher_killed(case):
	run = case.start("visit", "--no-ui", "-w", case.path("v.pcapng"), *CHROMIUM, SLOW)
	launcher = run.named("osiscope-launch")
	file = case.path("v.pcapng")
	asked(file)
	os.kill(launcher, signal.SIGKILL)
	run.wait(10)
	case.check(run.status == 1, "exit status 1", run.status)
	one_line(case, run, "cut off")
	opens(case, "launcher killed")
	case.nothing_left()


def interrupted(case):
	run = case.start("visit", "--no-ui", "-w", case.path("v.pcapng"), *CHROMIUM, SLOW)
	program = run.program()
	time.sleep(1.5)
	os.kill(program, signal.SIGINT)
	begin = time.monotonic()
	run.wait(10)
	case.check(time.monotonic() - begin < 3, "Ctrl-C ends it within two seconds", time.monotonic() - begin)
	case.check(run.status == 0 and "Visit 1" in run.out, "and the story is told", run.status, run.err, run.out[:300])
	opens(case, "interrupted")
	case.nothing_left(0.5)


# ---- the file ----

def disk_full(case):
	"""The -w file lies on a place of 16 KB."""
	small = case.path("small")
	os.mkdir(small)
	if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=1777", "small", small]).returncode:
		case.check(False, "a small place can be made")
		return
	try:
		r = case.osiscope("visit", "--no-ui", "-w", small + "/v.pcapng", *CHROMIUM, "http://plain.lab.test/")
		case.check(r.status == 1, "exit status 1", r.status)
		lines = [line for line in r.lines() if "No space left" in line]
		case.check(0 < len(lines) <= 2 and len(set(lines)) == len(lines), "it is said once why, and what is not in the file", r.err)
		again = case.osiscope("print", small + "/v.pcapng")
		case.check(again.status in (0, 3) and "Visit 1" in again.out, "what was recorded opens", again.err, again.out[:300],
			os.listdir(small))
		case.nothing_left()
	finally:
		subprocess.run(["umount", "-l", small])


def exists(case):
	file = case.path("v.pcapng")
	with open(file, "w", encoding="utf-8") as f:
		f.write("mine\n")
	os.chmod(file, 0o666)
	r = case.visit("http://plain.lab.test/", *CURL)
	case.check(r.status == 1, "a file that exists is kept: exit status 1", r.status)
	one_line(case, r, "v.pcapng", "--force")
	case.check(open(file, encoding="utf-8").read() == "mine\n", "it is as it was")
	case.nothing_left(0.5)
	r = case.visit("http://plain.lab.test/", *CURL, "--force")
	case.check(r.status == 0 and case.story()["requests"], "--force replaces it", r.err)


def no_place_to_write(case):
	r = case.osiscope("visit", "--no-ui", "-w", case.path("no/such/v.pcapng"), *CURL, "http://plain.lab.test/")
	case.check(r.status == 1, "a folder that is not there: exit status 1", r.status)
	one_line(case, r, "no/such/v.pcapng")
	case.nothing_left(0.5)


# ---- the timeline ----

class Screen:
	"""The program on a terminal of 80x24; what it writes is thrown together."""

	def __init__(self, case, *words):
		self.pid, self.fd = pty.fork()
		argv = user_prefix(case.folder) + [PROGRAMS + "/osiscope", *words]
		if self.pid == 0:
			os.chdir(case.folder)
			os.execvpe(argv[0], argv, case.env(TERM="xterm-256color"))
		termios.tcsetwinsize(self.fd, (24, 80)) if hasattr(termios, "tcsetwinsize") else \
			subprocess.run(["stty", "rows", "24", "cols", "80"], stdin=self.fd)
		self.text = ""
		self.status = None

	def read(self, seconds, until=None):
		end = time.monotonic() + seconds
		while time.monotonic() < end:
			if select.select([self.fd], [], [], 0.05)[0]:
				try:
					piece = os.read(self.fd, 65536)
				except OSError:
					piece = b""
				if not piece:
					return True
				self.text += re.sub(r"\x1b[\[(][0-9;?]*[A-Za-z]", " ", piece.decode("utf-8", "replace"))
			if until and re.search(until, self.text):
				return True
		return False

	def key(self, k):
		self.text = ""
		os.write(self.fd, k.encode())

	def gone(self, seconds):
		end = time.monotonic() + seconds
		while time.monotonic() < end:
			self.read(0.05)
			pid, status = os.waitpid(self.pid, os.WNOHANG)
			if pid:
				self.status = os.waitstatus_to_exitcode(status)
				return True
		return False


def ended_by_q(case, screen):
	"""The first q ends the visit, all but the timeline itself."""
	screen.key("q")
	begin = time.monotonic()
	alone = wait_for(5, lambda: screen.read(0.02) or set(below(os.getpid()).values()) <= {"osiscope"})
	case.check(alone and time.monotonic() - begin < 2.1, "q ends browser, network and recorder within two seconds",
		time.monotonic() - begin, below(os.getpid()))
	screen.read(0.7)


def left_by_q(case, screen):
	begin = time.monotonic()
	screen.key("q")
	case.check(screen.gone(5), "then q leaves", screen.text[-600:])
	case.check(time.monotonic() - begin < 2, "within two seconds", time.monotonic() - begin)
	case.check(screen.status == 0, "exit status 0", screen.status)
	case.nothing_left(0.5)


def timeline(case):
	"""It fills while the visit goes on; q asks before what was not saved is lost, and ends everything."""
	screen = Screen(case, "visit", *CHROMIUM, SLOW)
	case.check(screen.read(10, r"SYN|DNS"), "packets are seen while they come", screen.text[-600:])
	screen.read(0.5)
	ended_by_q(case, screen)
	screen.key("q")
	asked = screen.read(2, r"q again throws")
	case.check(asked and not screen.gone(0.3), "q asks before it throws away", screen.text[-600:])
	left_by_q(case, screen)


def timeline_interrupted(case):
	"""Ctrl-C does what q does: it ends the visit, then asks, then leaves."""
	screen = Screen(case, "visit", *CHROMIUM, SLOW)
	case.check(screen.read(10, r"SYN|DNS"), "packets are seen while they come", screen.text[-600:])
	screen.key("\x03")
	alone = wait_for(5, lambda: screen.read(0.02) or set(below(os.getpid()).values()) <= {"osiscope"})
	case.check(alone, "Ctrl-C ends the visit", below(os.getpid()))
	screen.read(0.7)
	screen.key("\x03")
	asked = screen.read(2, r"q again throws")
	case.check(asked and not screen.gone(0.3), "Ctrl-C asks before it throws away", screen.text[-600:])
	screen.key("\x03")
	case.check(screen.gone(5), "then it leaves", screen.text[-600:])
	case.nothing_left(0.5)


def timeline_saved(case):
	"""With -w nothing is asked: it is saved."""
	screen = Screen(case, "visit", "-w", case.path("v.pcapng"), *CHROMIUM, SLOW)
	case.check(screen.read(10, r"SYN|DNS"), "packets are seen while they come", screen.text[-600:])
	screen.read(0.5)
	ended_by_q(case, screen)
	left_by_q(case, screen)
	opens(case, "saved")


def hung_up(case):
	"""The terminal goes away: SIGHUP, and it is over."""
	screen = Screen(case, "visit", "-w", case.path("v.pcapng"), *CHROMIUM, SLOW)
	case.check(screen.read(10, r"SYN|DNS"), "packets are seen", screen.text[-600:])
	os.close(screen.fd)
	case.nothing_left(4)
	opens(case, "hung up")


def hung_up_twice(case):
	"""The terminal goes away, and its shell tells it as well: a second SIGHUP is no impatience."""
	screen = Screen(case, "visit", "-w", case.path("v.pcapng"), *CHROMIUM, SLOW)
	case.check(screen.read(10, r"SYN|DNS"), "packets are seen", screen.text[-600:])
	os.kill(screen.pid, signal.SIGHUP)
	time.sleep(0.01)
	os.kill(screen.pid, signal.SIGHUP)
	os.close(screen.fd)
	case.nothing_left(4)
	opens(case, "hung up twice")


# ---- how long it takes ----

def how_soon(case):
	"""From `visit` to the first packet, beside what the browser takes by itself to its first."""
	def first(start, file):
		begin = time.monotonic()
		run = start()
		seen = wait_for(15, lambda: b"\x05plain\x03lab\x04test" in read_all(file))
		took = time.monotonic() - begin
		run.process.terminate()
		run.wait(10)
		return took if seen else 99.0

	# by itself: the servers see its first request, so much later is it at least
	log = LAB + "/log/nginx-access"
	agent = "how-soon-alone"
	argv = ["chromium", "--headless", "--no-first-run", "--disable-gpu", "--user-data-dir=" + case.path("profile"),
		"--user-agent=" + agent, "http://plain.lab.test/"]
	times = []
	for _ in range(2):
		begin = time.monotonic()
		size = read_all(log).count(agent.encode())
		browser = subprocess.Popen(user_prefix(case.folder) + argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL, env=case.env(TMPDIR=case.folder), start_new_session=True)
		wait_for(15, lambda: read_all(log).count(agent.encode()) > size)
		times.append(time.monotonic() - begin)
		os.killpg(browser.pid, signal.SIGKILL)
		browser.wait(5)
		case.end()
	alone = min(times)
	ours = min(first(lambda file=file: case.start("visit", "--no-ui", "-w", file, *CHROMIUM, "http://plain.lab.test/"), file)
		for file in (case.path("1.pcapng"), case.path("2.pcapng")))
	bound = 2.0 if os.environ.get("OSISCOPE_CI") == "1" else 1.0
	print("# how-soon: the browser alone %.2f s, visit %.2f s" % (alone, ours), flush=True)
	case.check(ours - alone < bound, "the first packet comes less than a second later than without osiscope",
		"alone %.2f s, visit %.2f s" % (alone, ours))
	case.nothing_left()


def read_all(path):
	try:
		with open(path, "rb") as f:
			return f.read()
	except OSError:
		return b""


CASES = [killed_at_0_2, killed_at_0_6, killed_at_1, killed_at_2, killed_listening, killed_own_capture, browser_killed,
	recorder_killed, launcher_killed, interrupted, disk_full, exists, no_place_to_write]
ALONE = [timeline, timeline_interrupted, timeline_saved, hung_up, hung_up_twice, how_soon]

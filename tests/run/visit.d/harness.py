# SPDX-License-Identifier: GPL-3.0-or-later
"""What every case has: a user, a folder, the program, its story, and what it left behind.

Runs as root in the lab's client namespace. A case is a process of its own, and all that it starts
stays below it (PR_SET_CHILD_SUBREAPER): so "nothing is left" can be seen, also of what lost its parent."""
import ctypes
import hashlib
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
import traceback

LAB = "/run/lab"
STEPS = "1 1.1 2 2.1 2.2 2.3 3 4 5 5.1 5.2 5.3 5.4".split()
AS_ROOT = os.environ.get("LAB_INSIDE") == "root"
NOBODY = 65534
PROGRAMS = LAB + "/osiscope"		# copies: the checkout may be closed to others
CI = os.environ.get("OSISCOPE_CI") == "1"


def user_prefix(home):
	"""The words that make a command run as somebody who is not root (pcaps/lab.d/base.sh)."""
	if AS_ROOT:
		return ["env", "HOME=" + home, "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
	uid, gid = os.environ["LAB_UID"], os.environ["LAB_GID"]
	return ["env", "HOME=" + home, "unshare", "--user", "--map-user=" + uid, "--map-group=" + gid, "--"]


def spki():
	"""The lab's certificate as --ignore-certificate-errors-spki-list names it."""
	key = subprocess.run(["openssl", "x509", "-in", LAB + "/web.pem", "-pubkey", "-noout"],
		capture_output=True, check=True).stdout
	der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key,
		capture_output=True, check=True).stdout
	return base64.b64encode(hashlib.sha256(der).digest()).decode()


def parents():
	"""pid -> (parent, name) of all processes."""
	out = {}
	for pid in filter(str.isdigit, os.listdir("/proc")):
		try:
			with open("/proc/%s/stat" % pid, encoding="utf-8", errors="replace") as f:
				text = f.read()
		except OSError:
			continue
		name, rest = text[text.index("(") + 1:].rsplit(")", 1)
		state, parent = rest.split()[:2]
		if state != "Z":
			out[int(pid)] = (int(parent), name)
	return out


def below(root):
	"""The processes below one, as pid -> name."""
	table, found = parents(), {root: ""}
	more = True
	while more:
		more = False
		for pid, (parent, name) in table.items():
			if parent in found and pid not in found:
				found[pid] = name
				more = True
	del found[root]
	return found


def wait_for(seconds, what):
	"""The first true answer of what(), or its last."""
	end = time.monotonic() + seconds
	while True:
		answer = what()
		if answer or time.monotonic() > end:
			return answer
		time.sleep(0.02)


def status_of(pid):
	"""The fields of /proc/PID/status; empty when it is gone."""
	try:
		with open("/proc/%d/status" % pid, encoding="utf-8") as f:
			return dict((line.split(":", 1)[0], line.split(":", 1)[1].strip()) for line in f if ":" in line)
	except OSError:
		return {}


def words_of(pid):
	try:
		with open("/proc/%d/cmdline" % pid, encoding="utf-8", errors="replace") as f:
			return f.read().replace("\0", " ")
	except OSError:
		return ""


class Run:
	"""One run of the program, and what came of it."""

	def __init__(self, case, argv, env, user, stdout=subprocess.PIPE):
		self.case = case
		self.started = time.monotonic()
		prefix = user_prefix(case.folder) if user else []
		self.process = subprocess.Popen(prefix + argv, env=env, stdin=subprocess.DEVNULL, stdout=stdout,
			stderr=subprocess.PIPE, cwd=case.folder)
		self.out = self.err = ""
		self.status = None

	def wait(self, seconds=40):
		try:
			out, err = self.process.communicate(timeout=seconds)
		except subprocess.TimeoutExpired:
			self.process.kill()
			out, err = self.process.communicate()
			err += b"\n(it did not end within %d seconds)" % seconds
		self.out = (out or b"").decode("utf-8", "replace")
		self.err = err.decode("utf-8", "replace")
		self.status = self.process.returncode
		self.seconds = time.monotonic() - self.started
		return self

	def program(self):
		"""The process of osiscope itself, behind what changes the user."""
		return self.named("osiscope")

	def named(self, name, word="", seconds=10):
		"""The pid of a process of this run, one of whose words it is; None: it did not come."""
		def look():
			found = below(os.getpid())
			return [pid for pid in sorted(found) if found[pid] == name[:15] and word in words_of(pid)]
		pids = wait_for(seconds, look)
		return pids[0] if pids else None

	def lines(self):
		"""What was said on standard error, without the progress of the visit."""
		return [line for line in self.err.splitlines() if line.strip()]


class Case:
	def __init__(self, name):
		self.name = name
		self.results = []
		self.folder = "%s/out/%s" % (LAB, name)
		self.tmp = self.folder + "/tmp"
		for folder in (self.folder, self.tmp):
			os.makedirs(folder, exist_ok=True)
			if AS_ROOT:
				os.chown(folder, NOBODY, NOBODY)

	# ---- results

	def check(self, good, what, *why):
		self.results.append((bool(good), "%s: %s" % (self.name, what),
			"" if good else "\n".join(str(w)[-3000:] for w in why if w not in ("", None))))
		return bool(good)

	def path(self, name):
		return os.path.join(self.folder, name)

	# ---- running

	def env(self, **more):
		env = dict(os.environ, TMPDIR=self.tmp, HOME=self.folder, OSISCOPE_PROGRAMS=PROGRAMS, LC_ALL="C.UTF-8")
		for name in ("XDG_RUNTIME_DIR", "SSLKEYLOGFILE", "DISPLAY", "WAYLAND_DISPLAY", "SUDO_UID", "SUDO_GID"):
			env.pop(name, None)
		env.update(more)
		return env

	def start(self, *words, user=True, env=None, stdout=subprocess.PIPE):
		return Run(self, [PROGRAMS + "/osiscope", *words], env or self.env(), user, stdout)

	def osiscope(self, *words, seconds=40, **how):
		return self.start(*words, **how).wait(seconds)

	def visit(self, url, *words, more=(), seconds=40, **how):
		"""A visit that is kept in FOLDER/v.pcapng, and its end."""
		return self.osiscope("visit", "--no-ui", "-w", self.path("v.pcapng"), *words, url,
			*(["--", *more] if more else []), seconds=seconds, **how)

	def document(self, file="v.pcapng", *words):
		"""--visits-json of a file; an empty one when there is none."""
		r = self.osiscope("print", "--visits-json", *words, self.path(file))
		try:
			return json.loads(r.out)
		except ValueError:
			self.check(False, "%s can be read" % file, r.err, r.out)
			return {"capture": {"frames": 0}, "visits": []}

	def story(self, file="v.pcapng", n=0):
		"""Visit n of a file; with no such visit, one that says nothing."""
		visits = self.document(file)["visits"]
		return visits[n] if len(visits) > n else {"url": None, "steps": [], "connections": [], "requests": [],
			"summary": ""}

	# ---- the end

	def nothing_left(self, seconds=3, folder=True):
		"""No process of this case runs after so long, and no folder of a visit is there."""
		left = wait_for(seconds, lambda: not below(os.getpid()))
		self.check(left, "no process is left", below(os.getpid()))
		if folder:
			self.check(not os.listdir(self.tmp), "the visit's folder is gone", os.listdir(self.tmp))

	def end(self):
		"""Kills what still runs below this case, by its pid."""
		for _ in range(50):
			found = below(os.getpid())
			if not found:
				break
			for pid in found:
				try:
					os.kill(pid, signal.SIGKILL)
				except OSError:
					pass
			time.sleep(0.02)


def step(story, number):
	for s in story["steps"]:
		if s["id"] == number:
			return s
	return {"state": "(none)", "facts": {}, "because": "", "explain": "", "frame_count": 0}


def told(story):
	"""The story in a few lines, for who reads why something failed."""
	return "\n".join(["%s %s: %s" % (story["url"], story.get("final_url"), story.get("summary"))] +
		["%s %s %s %s" % (s["id"], s["state"], json.dumps(s["facts"]), s["because"][:150]) for s in story["steps"]] +
		["%s %s %s conn %s" % (r["method"], r["url"], r.get("status"), r.get("connection")) for r in story["requests"]])


def keep(case):
	"""OSISCOPE_KEEP names a folder for the captures of cases that failed."""
	to = os.environ.get("OSISCOPE_KEEP")
	for name in os.listdir(case.folder) if to and not all(r[0] for r in case.results) else ():
		if name.endswith(".pcapng"):
			shutil.copy(case.path(name), os.path.join(to, "%s-%s" % (case.name, name)))


# ---- a case in a process of its own ------------------------------------------------------------

def run_case(function, name):
	"""In the child: everything that the case found out, as one JSON document."""
	ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)		# PR_SET_CHILD_SUBREAPER
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
	case = Case(name)
	begin = time.monotonic()
	try:
		function(case)
	except BaseException:				# SystemExit: the time is over
		case.check(False, "it came to its end", traceback.format_exc())
	case.end()
	keep(case)
	shutil.rmtree(case.folder, ignore_errors=True)
	return json.dumps({"results": case.results, "seconds": round(time.monotonic() - begin, 1)}).encode()


class Worker:
	def __init__(self, function, name, limit):
		self.name = name
		self.fd, write = os.pipe()
		self.data = b""
		self.deadline = time.monotonic() + limit
		self.pid = os.fork()
		if self.pid == 0:
			try:
				data = run_case(function, name)
				while data:
					data = data[os.write(write, data):]
			finally:
				os._exit(0)
		os.close(write)

	def results(self):
		try:
			said = json.loads(self.data)
		except ValueError:
			return [(False, self.name + ": it ends in time", "nothing was heard of it")], 0.0
		return said["results"], said["seconds"]


def run_all(cases, jobs, limit=90):
	"""All cases, so many at a time, in any order; yields (name, results, seconds) as they end."""
	waiting, running = list(cases), {}
	while waiting or running:
		while waiting and len(running) < jobs:
			function = waiting.pop(0)
			w = Worker(function, function.__name__.replace("_", "-"), limit)
			running[w.fd] = w
		ready = select.select(list(running), [], [], 0.5)[0]
		for fd in ready:
			w = running[fd]
			piece = os.read(fd, 65536)
			w.data += piece
			if not piece:
				os.waitpid(w.pid, 0)
				os.close(fd)
				del running[fd]
				yield w.name, *w.results()
		for w in running.values():
			if time.monotonic() > w.deadline:
				os.kill(w.pid, signal.SIGTERM)
				w.deadline += 15

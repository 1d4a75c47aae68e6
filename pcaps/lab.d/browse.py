#!/usr/bin/env python3
"""browse.py BROWSER [FLAG...] -- STEP...: drive one Chromium through some pages.

A step is a URL (go there, wait until the page has loaded or failed), wait=SECONDS, or
pause=PATH (make PATH, go on when PATH.go exists). The browser is spoken to over two pipes
(--remote-debugging-pipe): nothing of it shows in the capture. Prints what became of each URL."""
import json
import os
import select
import subprocess
import sys
import time

LOAD_SECONDS = 45


class Browser:
	def __init__(self, argv):
		out_read, self.out = os.pipe()
		self.inp, in_write = os.pipe()

		def place():                            # the browser reads 3 and writes 4
			os.dup2(out_read, 62)
			os.dup2(in_write, 63)
			os.dup2(62, 3)
			os.dup2(63, 4)
			os.close(62)
			os.close(63)

		self.process = subprocess.Popen(argv, preexec_fn=place, close_fds=False)
		os.close(out_read)
		os.close(in_write)
		self.data = b""
		self.number = 0

	def message(self, deadline):
		"""The next message, or None when the time is over or the browser is gone."""
		while b"\0" not in self.data:
			left = deadline - time.monotonic()
			if left <= 0 or not select.select([self.inp], [], [], left)[0]:
				return None
			more = os.read(self.inp, 65536)
			if not more:
				return None
			self.data += more
		text, self.data = self.data.split(b"\0", 1)
		return json.loads(text)

	def call(self, method, session=None, seconds=LOAD_SECONDS, **params):
		"""Ask and wait for the answer; events in between are dropped."""
		self.number += 1
		request = {"id": self.number, "method": method, "params": params}
		if session:
			request["sessionId"] = session
		os.write(self.out, json.dumps(request).encode() + b"\0")
		deadline = time.monotonic() + seconds
		while True:
			answer = self.message(deadline)
			if answer is None:
				return None
			if answer.get("id") == self.number:
				return answer.get("result", {})

	def page(self):
		target = self.call("Target.createTarget", url="about:blank")["targetId"]
		session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
		self.call("Page.enable", session)
		return session

	def visit(self, session, url):
		answer = self.call("Page.navigate", session, url=url)
		if answer is None:
			return "no answer in time"
		if answer.get("errorText"):
			return answer["errorText"]
		deadline = time.monotonic() + LOAD_SECONDS
		while True:
			event = self.message(deadline)
			if event is None:
				return "not loaded in time"
			if event.get("method") == "Page.loadEventFired":
				return "loaded"

	def close(self):
		self.call("Browser.close", seconds=3)
		try:
			self.process.wait(10)
		except subprocess.TimeoutExpired:
			self.process.kill()


def pause(path):
	open(path, "w").close()
	end = time.monotonic() + 60
	while not os.path.exists(path + ".go") and time.monotonic() < end:
		time.sleep(0.02)


def main():
	cut = sys.argv.index("--")
	browser = Browser(sys.argv[1:cut])
	session = browser.page()
	for step in sys.argv[cut + 1:]:
		if step.startswith("wait="):
			time.sleep(float(step[5:]))
		elif step.startswith("pause="):
			pause(step[6:])
		else:
			print(step, browser.visit(session, step), flush=True)
	browser.close()


main()

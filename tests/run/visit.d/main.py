# SPDX-License-Identifier: GPL-3.0-or-later
"""All cases, as TAP. In the lab: pcaps/lab run --root -- python3 main.py [CASE...]"""
import os
import shutil
import sys
import time

import harness


def programs():
	"""Copies that everybody may run."""
	os.makedirs(harness.PROGRAMS)
	os.makedirs(harness.LAB + "/out", exist_ok=True)
	build = os.path.dirname(os.environ["OSISCOPE"])
	for name in ("osiscope", "osiscope-capture", "osiscope-launch"):
		shutil.copy(os.path.join(build, name), harness.PROGRAMS)


def hosts():
	with open(harness.LAB + "/hosts", "a", encoding="utf-8") as f:
		f.write("203.0.113.81 friend.lab.test\n")


def main():
	programs()
	hosts()
	import places
	import stories
	import ends
	import refusals
	parts = (places, stories, ends, refusals)
	together = [c for p in parts for c in p.CASES]
	alone = [c for p in parts for c in p.ALONE]
	wanted = sys.argv[1:]
	count = failed = 0
	for cases, jobs in ((together, 3), (alone, 1)):
		if wanted:
			cases = [c for c in cases if c.__name__.replace("_", "-") in wanted]
		for name, results, seconds in harness.run_all(cases, jobs):
			print("# %s: %.1f s" % (name, seconds))
			for good, what, why in results:
				count += 1
				failed += not good
				print("%s %d - %s" % ("ok" if good else "not ok", count, what))
				for line in why.splitlines()[-40:]:
					print("#   " + line)
			sys.stdout.flush()
	print("# %d failed; %.0f s" % (failed, time.monotonic() - BEGIN))
	print("1..%d" % count)


BEGIN = time.monotonic()
main()

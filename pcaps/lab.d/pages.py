#!/usr/bin/env python3
"""pages.py DIR: the site that the lab's servers serve, the same bytes every time.

One page with a style sheet, a script and six pictures (one for each step), a page of its
own for errors, and a long text and a large picture for transfers that take many packets."""
import pathlib
import struct
import sys
import zlib

STEPS = [
	("1", "URL", "The browser reads the address: which protocol, which name, which port."),
	("2", "DNS", "A name becomes an IP address."),
	("3", "IP", "Packets travel from router to router."),
	("4", "ARP", "The next station's IP address becomes a MAC address."),
	("5", "TCP", "Two programs shake hands."),
	("6", "HTTP", "A copy of the page comes back."),
]

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The lab's page</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
<script src="/app.js" defer></script>
</head>
<body>
<h1>A page is a copy that travels</h1>
<p lang="ko">웹 페이지의 사본이 서버에서 클라이언트로 옵니다.</p>
<p>This page was made for recording one visit. Below is a picture for each step.</p>
<ol>
%s</ol>
<p id="when"></p>
</body>
</html>
"""

STYLE = """body { font: 1.1rem/1.5 sans-serif; max-width: 42rem; margin: 2rem auto; color: #222; }
h1 { font-size: 1.6rem; border-bottom: 3px solid #0072b2; }
ol { list-style: none; padding: 0; display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 1rem; }
li { border: 1px solid #ccc; padding: .5rem; }
img { width: 100%; height: auto; display: block; }
#when { color: #666; }
"""

SCRIPT = """// counts what the page consists of, and says so
"use strict";
document.addEventListener("DOMContentLoaded", () => {
	const parts = document.querySelectorAll("img, script, link[rel=stylesheet]").length;
	document.getElementById("when").textContent = `This page has ${parts} parts besides itself.`;
});
"""

COLOURS = ["e69f00", "56b4e9", "009e73", "f0e442", "0072b2", "d55e00"]


def chunk(kind, data):
	"""A piece of a PNG file: length, kind, data, check value."""
	return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, colour, seed):
	"""Discs of one colour on grey with a little grain, so that it does not shrink to nothing."""
	rgb = bytes.fromhex(colour)
	rows = bytearray()
	state = seed
	for y in range(height):
		rows.append(0)
		for x in range(width):
			state = (state * 1103515245 + 12345) & 0x7fffffff
			grain = (state >> 16) % 12
			near = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height * seed / 16) ** 2
			rows += bytes(max(0, c - grain) for c in (rgb if near else b"\xe8\xe8\xe8"))
	head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
	return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) +
		chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b""))


def main():
	site = pathlib.Path(sys.argv[1])
	items = ""
	for i, (number, name, text) in enumerate(STEPS):
		(site / f"step{number}.png").write_bytes(png(96, 64, COLOURS[i], i + 2))
		items += f'<li><img src="/step{number}.png" alt="{name}">{name}: {text}</li>\n'
	(site / "index.html").write_text(PAGE % items)
	(site / "style.css").write_text(STYLE)
	(site / "app.js").write_text(SCRIPT)
	(site / "favicon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">'
		'<circle cx="4" cy="4" r="4" fill="#0072b2"/></svg>\n')
	(site / "long.txt").write_text("".join(f"{n}: {STEPS[n % 6][2]}\n" for n in range(1, 1501)))
	(site / "long.css").write_text("".join(f"/* {n}: {STEPS[n % 6][2]} */\n" for n in range(1, 1501)))
	(site / "large.png").write_bytes(png(320, 240, COLOURS[4], 9))
	shown = ""
	for i, (number, name, text) in enumerate(STEPS):
		(site / f"photo{number}.png").write_bytes(png(384, 256, COLOURS[i], i + 20))
		shown += f'<li><img src="/photo{number}.png" alt="{name}">{name}: {text}</li>\n'
	(site / "gallery.html").write_text(PAGE % shown)


main()

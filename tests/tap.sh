# SPDX-License-Identifier: GPL-3.0-or-later
# TAP for test scripts: . "$SRC/tests/tap.sh"; ok NAME | not_ok NAME [FILE]...; done_testing
tap_n=0
tap_tmp=$(mktemp -d "${TMPDIR:-/tmp}/osiscope-test.XXXXXX")
trap 'rm -rf "$tap_tmp"' EXIT
trap 'exit 1' HUP INT TERM

ok() {
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

# not_ok NAME [FILE]: FILE, or standard input when it is "-", says why (its first 60 lines).
not_ok() {
	tap_n=$((tap_n + 1))
	echo "not ok $tap_n - $1"
	[ $# -lt 2 ] || head -n 60 "$2" | sed 's/^/# /'
}

# none NAME FILE: passes when FILE is empty; else its lines are what is wrong.
none() {
	if [ -s "$2" ]; then not_ok "$1" "$2"; else ok "$1"; fi
}

# skip_all WHY: nothing can be tested here; in CI that is a failure.
skip_all() {
	if [ "${OSISCOPE_CI:-0}" = 1 ]; then
		not_ok "$1"
		done_testing
	else
		echo "1..0 # SKIP $1"
	fi
	exit 0
}

done_testing() {
	echo "1..$tap_n"
}

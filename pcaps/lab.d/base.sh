# base.sh - messages, the namespaces around everything, and the end of it all

say() {
	printf 'lab: %s\n' "$*" >&2
}

die() {
	say "$*"
	exit 1
}

# need: which programs are missing, and in which Debian package they are; one line
need() {
	local pair missing=
	for pair in ip:iproute2 nft:nftables ethtool:ethtool dnsmasq:dnsmasq-base nginx:nginx-light \
	    caddy:caddy curl:curl openssl:openssl python3:python3 gzip:gzip; do
		PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null ||
			missing+=" ${pair%%:*} (${pair##*:})"
	done
	browser_path >/dev/null || missing+=" chromium (chromium)"
	[ -z "$missing" ] || die "missing:$missing; apt-get install the package in brackets"
}

# browser_path: the browser itself and not Debian's wrapper, which adds flags and API keys
# that have no place in a recording
browser_path() {
	local b
	for b in "${LAB_BROWSER:-}" /usr/lib/chromium/chromium /usr/lib/chromium-browser/chromium-browser; do
		[ -x "$b" ] && { echo "$b"; return; }
	done
	command -v chromium || command -v chromium-browser
}

# inside: run this script again in namespaces of its own; returns only there.
# The process namespace is what makes the end certain: when its first process goes, the
# kernel ends all others, also those that a browser leaves behind.
inside() {
	local own="--net --mount --pid --fork --kill-child --mount-proc"
	if [ -n "${LAB_INSIDE:-}" ]; then
		return
	fi
	need
	if [ "$(id -u)" = 0 ]; then
		export LAB_INSIDE=root
		guard unshare $own -- "$0" "$@"
	fi
	unshare --user --map-root-user $own true 2>/dev/null ||
		die "this kernel gives ordinary users no namespaces (kernel.unprivileged_userns_clone, AppArmor?): run it as root"
	LAB_UID=$(id -u) LAB_GID=$(id -g)
	export LAB_INSIDE=user LAB_UID LAB_GID
	guard unshare --user --map-root-user $own -- "$0" "$@"
}

# guard COMMAND...: unshare does not hear SIGTERM while it waits for its child; this script does.
# Whatever ends it ends everything inside.
guard() {
	"$@" <&0 &
	local child=$!
	trap 'kill -KILL $child; exit 130' INT TERM HUP
	wait $child
	exit
}

# as_user: the words before a command that make it run as somebody who is not root: a browser
# refuses to be root, and should. In a user namespace only one user exists, and that one is
# mapped to root: one more namespace maps it back.
if [ "${LAB_INSIDE:-}" = user ]; then
	as_user=(env HOME=$LAB/home unshare --user --map-user="$LAB_UID" --map-group="$LAB_GID" --)
else
	as_user=(env HOME=$LAB/home setpriv --reuid=nobody --regid=nogroup --clear-groups --)
fi

# for_user PATH...: let that somebody write there
for_user() {
	[ "$LAB_INSIDE" = user ] || chown -R nobody:nogroup "$@"
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# start NAME HOST COMMAND...: in the background on a host, its words in a log, its process id
# in $started (nsenter becomes the command, so it is the command's own)
start() {
	rm -f "$LAB/log/$1"             # or somebody reads the last one's words
	nsenter --net="/run/netns/$2" -- "${@:3}" >"$LAB/log/$1" 2>&1 &
	started=$!
	children+=("$started")
}

# tear_down: only what start() started; the namespaces take the rest with them
tear_down() {
	local pid
	trap - EXIT INT TERM HUP
	for pid in "${children[@]:-}"; do
		[ -z "$pid" ] || kill "$pid" 2>/dev/null
	done
	[ -z "${LAB_VERBOSE:-}" ] || tail -n 20 "$LAB"/log/* >&2
}

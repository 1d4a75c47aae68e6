# record.sh - one visit, one capture

# record NAME OUTDIR: the visit is a function visit_NAME (in visits.sh, with _ for -), its
# description the lines above it. Some need a second try (packets that are dropped by chance).
record() {
	local visit=$1 out=$2 try
	for try in 1 2 3 4 5 6; do
		prepare "$visit"
		capture_start || return 1
		"visit_${visit//-/_}" >"$LAB/log/$visit" 2>&1
		capture_stop
		[ -z "${LAB_VERBOSE:-}" ] || cat "$LAB/log/$visit" >&2
		if worth_keeping "$visit"; then
			keep "$visit" "$out"
			return
		fi
		say "$visit: try $try did not show it, again"
	done
	return 1
}

# prepare: a client that knows nothing, a network without tricks
prepare() {
	rm -rf $LAB/profile $LAB/keys $LAB/netlog* $LAB/capture.pcapng $LAB/pause* $LAB/home
	mkdir -p $LAB/profile $LAB/home
	for_user $LAB/profile $LAB/home
	resolver $DNS4
	hosts ""
	firewall_reset
	offload_all off
	forget
	if [ "$(type -t "before_${1//-/_}")" = function ]; then
		"before_${1//-/_}"
		forget
	fi
}

# resolver ADDRESS, hosts TEXT: the client's /etc/resolv.conf and /etc/hosts
resolver() {
	echo "nameserver $1" >$LAB/resolv.conf
}

hosts() {
	printf '127.0.0.1 localhost\n%s\n' "$1" >$LAB/hosts
}

capture_start() {
	start capture client python3 "$PARTS/capture.py" eth0 $LAB/capture.pcapng \
		"Recorded in the osiscope lab: $visit, $(title "$visit")."
	capture=$started
	wait_for 10 grep -q listening $LAB/log/capture ||
		{ say "cannot record: $(tail -n 1 $LAB/log/capture)"; return 1; }
}

capture_stop() {
	sleep 0.4
	kill "$capture"
	wait "$capture"
}

# worth_keeping NAME: does the capture show what it is for? shows_NAME says so, if there is one
worth_keeping() {
	[ "$(stat -c %s $LAB/capture.pcapng)" -gt 300 ] || return 1
	[ "$(type -t "shows_${1//-/_}")" != function ] || "shows_${1//-/_}"
}

# keep NAME OUTDIR: the capture, the keys and the browser's log, without the machine's name in it
keep() {
	local to=$2/$1
	rm -f "$to".pcapng "$to".pcapng.keys "$to".netlog.json.gz
	cp $LAB/capture.pcapng "$to.pcapng" || return 1
	[ ! -s $LAB/keys ] || cp $LAB/keys "$to.pcapng.keys"
	[ ! -s $LAB/netlog.json ] || sed -E 's/("os_type":")Linux: [^"]*/\1Linux/' $LAB/netlog.json |
		gzip -9n >"$to.netlog.json.gz"
	[ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID:${SUDO_GID:-0}" "$to".*
	say "$1: $(stat -c %s "$to.pcapng") bytes; $(tr '\n' ' ' <"$LAB/log/$1" | cut -c 1-110)"
}

# browse STEP...: what browse.py does, with a fresh profile, keys and log. The browser's own
# sandbox stays on: it runs as an ordinary user. Its noise stays as well; it is part of real life.
browse() {
	local browser
	browser=$(browser_path)
	on client "${as_user[@]}" env SSLKEYLOGFILE=$LAB/out/keys timeout -k 5 "${LIMIT:-90}" \
		python3 $LAB/bin/browse.py "$browser" "${flags[@]}" --user-data-dir=$LAB/profile \
		--ignore-certificate-errors-spki-list="${PIN-$SPKI}" \
		--log-net-log=$LAB/out/netlog.json --net-log-capture-mode=IncludeSensitive \
		--remote-debugging-pipe "${EXTRA[@]}" about:blank -- "$@" 2>$LAB/log/browser
	mv -f $LAB/out/netlog.json $LAB/netlog.json
	cat $LAB/out/keys >>$LAB/keys
	rm -f $LAB/out/keys
}

EXTRA=()
flags=(--headless --no-first-run --no-default-browser-check --disable-background-networking
	--disable-component-update --disable-default-apps --disable-sync --disable-domain-reliability
	--disable-breakpad --metrics-recording-only --no-pings --disable-gpu)

# fetch ARGUMENT...: curl, with keys
fetch() {
	on client "${as_user[@]}" env SSLKEYLOGFILE=$LAB/out/keys curl -sS --max-time 20 -o /dev/null \
		-w '%{url_effective} %{http_code} HTTP/%{http_version}\n' "$@"
	[ ! -e $LAB/out/keys ] || mv -f $LAB/out/keys $LAB/keys
}

# renew: what this folder holds, all of it again. The visit that a newcomer sees first is
# http-to-https: ARP, an alias in DNS, TCP, a redirect, TLS 1.3 and HTTP/2, in this order.
renew() {
	local end
	"$HERE/lab" all "$HERE/visits" && "$HERE/lab" check "$HERE/visits" || return 1
	for end in pcapng pcapng.keys netlog.json.gz; do
		cp "$HERE/visits/http-to-https.$end" "$HERE/sample.$end" || return 1
	done
	"$HERE/lab" manifest "$HERE/visits" >"$HERE/MANIFEST"
}

# visits.sh - the visits
#
# A visit is a function visit_NAME. The lines of two hashes above it describe it and go into
# MANIFEST: "## visit NAME: title", then "step", "expect" and "holds" lines. "holds:" is a filter of
# Wireshark's that at least one packet must match (checked with pcaps/lab check), "holds not:"
# one that none may. before_NAME prepares what is special, shows_NAME says whether the capture
# shows it.

list_visits() {
	sed -n 's/^## visit \([a-z0-9-]*\): /\1\t/p' "$PARTS/visits.sh" | expand -t 20
}

visit_names() {
	sed -n 's/^## visit \([a-z0-9-]*\): .*/\1/p' "$PARTS/visits.sh"
}

title() {
	sed -n "s/^## visit $1: //p" "$PARTS/visits.sh"
}

check_names() {
	local name
	for name in "$@"; do
		[ "$name" = all ] || [ "$(type -t "visit_${name//-/_}")" = function ] ||
			die "no visit is called $name; pcaps/lab list shows them"
	done
}

## visit http-plain: a page with pictures over HTTP/1.1, no encryption
## url: http://plain.lab.test/
## client: chromium
## step: 4 ARP: 192.168.0.10 asks for 192.168.0.1 and gets 00:00:5e:00:53:01
## step: 2.3 DNS: plain.lab.test A -> 203.0.113.81, from 198.51.100.53; no AAAA
## step: 5.1 TCP to 203.0.113.81:80
## step: 5.3 GET / 200 (gzip), then style.css, app.js, step1.png to step6.png, favicon.svg, all 200
## step: 5.4 closed
## holds: arp.opcode == 2 && arp.src.hw_mac == 00:00:5e:00:53:01
## holds: dns.qry.name == "plain.lab.test" && dns.a == 203.0.113.81
## holds: http.response.code == 200 && http.content_encoding == "gzip"
## holds: http.request.uri == "/step6.png"
## holds not: tls
visit_http_plain() {
	browse http://plain.lab.test/ wait=1
}

## visit https-h2: the same page over TLS 1.3 and HTTP/2
## url: https://www.lab.test/
## client: chromium
## step: 2.3 DNS: www.lab.test is an alias of lab.cdn.lab.test, and that of edge7.cdn.lab.test -> 203.0.113.80
## step: 5.1 TCP to 203.0.113.80:443
## step: 5.2 TLS 1.3, server name www.lab.test, ALPN h2
## step: 5.3 ten requests on HTTP/2, all 200, with Strict-Transport-Security
## holds: dns.cname == "edge7.cdn.lab.test"
## holds: tls.handshake.type == 2 && tls.handshake.extensions.supported_version == 0x0304
## holds: tls.handshake.extensions_server_name == "www.lab.test"
## holds: http2.headers.status == 200
## holds: http2.headers.path == "/step6.png"
visit_https_h2() {
	browse https://www.lab.test/ wait=1
}

## visit http-to-https: http:// is sent on to https://, which asks to be used from now on (HSTS)
## url: http://www.lab.test/
## final: https://www.lab.test/
## client: chromium
## step: 1.1 not on the list; the answer's Strict-Transport-Security puts it there
## step: 2.3 DNS: www.lab.test -> lab.cdn.lab.test -> edge7.cdn.lab.test -> 203.0.113.80
## step: 5.3 port 80: GET / 301, Location https://www.lab.test/
## step: 5.2 port 443: TLS 1.3, ALPN h2
## step: 5.3 ten requests on HTTP/2, all 200
## holds: http.response.code == 301 && http.location == "https://www.lab.test/"
## holds: http2.header.name == "strict-transport-security"
## holds: http2.headers.path == "/step6.png"
visit_http_to_https() {
	browse http://www.lab.test/ wait=1
}

## visit nxdomain: a name that does not exist
## url: http://nowhere.lab.test/
## client: chromium
## step: 2.3 DNS: nowhere.lab.test, response code 3 (NXDOMAIN)
## step: 5.1 never reached
## expect: outcome nxdomain
## holds: dns.qry.name == "nowhere.lab.test" && dns.flags.rcode == 3
## holds not: tcp.port == 80
visit_nxdomain() {
	browse http://nowhere.lab.test/ wait=0.5
}

## visit refused: nobody listens on the port
## url: http://closed.lab.test/
## client: chromium
## step: 2.3 DNS: closed.lab.test -> 203.0.113.90
## step: 5.1 SYN to 203.0.113.90:80, answered by RST
## expect: outcome refused
## holds: tcp.flags.reset == 1 && ip.src == 203.0.113.90
## holds not: http
visit_refused() {
	browse http://closed.lab.test/ wait=0.5
}

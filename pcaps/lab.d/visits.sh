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

## visit gallery-http: a page with six large pictures over HTTP/1.1, as heavy as pages are
## url: http://plain.lab.test/gallery.html
## client: chromium
## step: 2.3 DNS: plain.lab.test A -> 203.0.113.81
## step: 5.3 GET /gallery.html 200, then style.css, app.js, photo1.png to photo6.png, all 200
## holds: http.request.uri == "/photo6.png"
## holds: http.response.code == 200 && http.content_type == "image/png"
## holds not: tls
visit_gallery_http() {
	browse http://plain.lab.test/gallery.html wait=1
}

## visit gallery-h2: the same page over TLS 1.3 and HTTP/2
## url: https://www.lab.test/gallery.html
## client: chromium
## step: 2.3 DNS: www.lab.test -> lab.cdn.lab.test -> edge7.cdn.lab.test -> 203.0.113.80
## step: 5.2 TLS 1.3, server name www.lab.test, ALPN h2
## step: 5.3 requests on HTTP/2, all 200
## holds: tls.handshake.extensions_server_name == "www.lab.test"
## holds: http2.headers.path == "/photo6.png"
visit_gallery_h2() {
	browse https://www.lab.test/gallery.html wait=1
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

## visit tls12: a server that knows nothing newer than TLS 1.2
## url: https://tls12.lab.test/
## client: chromium
## step: 5.1 TCP to 203.0.113.81:443, two or more connections (HTTP/1.1)
## step: 5.2 TLS 1.2, server name tls12.lab.test, ALPN http/1.1, ECDHE; the key log has CLIENT_RANDOM
## step: 5.3 ten requests on HTTP/1.1, all 200
## holds: tls.handshake.type == 2 && tls.handshake.version == 0x0303 && !tls.handshake.extensions.supported_version
## holds: tls.handshake.type == 16
## holds: tls && http.request.uri == "/step6.png"
visit_tls12() {
	browse https://tls12.lab.test/ wait=1
}

## visit https-h2-offload: the same visit with segmentation and checksums left to the card
## url: https://www.lab.test/long.txt, then https://www.lab.test/large.png
## client: curl --http2
## step: 5.2 TLS 1.3, ALPN h2
## step: 5.3 two requests on HTTP/2, 200: 70143 and 50931 bytes
## expect: frames longer than 1514 bytes, checksums that are the pseudo-header's sum; no alarm
## holds: frame.len > 1514
## holds: http2.headers.path == "/large.png"
before_https_h2_offload() {
	offload_all on
}
visit_https_h2_offload() {
	fetch --http2 --cacert $LAB/ca.pem https://www.lab.test/long.txt -o /dev/null https://www.lab.test/large.png
}

## visit https-h3: the page over QUIC and HTTP/3, which has no TCP handshake
## url: https://h3.lab.test/
## client: chromium --origin-to-force-quic-on=h3.lab.test:443
## step: 2.3 DNS: h3.lab.test A -> 203.0.113.84; type 65: priority 1, alpn h3,h2
## step: 5.1 absent: QUIC
## step: 5.2 TLS 1.3 in QUIC, server name h3.lab.test, ALPN h3
## step: 5.3 ten requests on HTTP/3, all 200
## holds: quic.long.packet_type == 0 && tls.handshake.extensions_server_name == "h3.lab.test"
## holds: http3.frame_type == 1
## holds: dns.resp.type == 65
## holds not: tcp.port == 80
visit_https_h3() {
	local EXTRA=(--origin-to-force-quic-on=h3.lab.test:443)
	browse https://h3.lab.test/ wait=1
}

## visit ipv6: everything over IPv6, with neighbour discovery in place of ARP
## url: http://six.lab.test/
## client: chromium
## step: 4 NDP: 2001:db8:1::10 asks for 2001:db8:1::1 and gets 00:00:5e:00:53:01; no ARP
## step: 2.3 DNS: six.lab.test AAAA -> 2001:db8:80::81, from 2001:db8:53::53; no A
## step: 5.1 TCP to [2001:db8:80::81]:80
## step: 5.3 ten requests on HTTP/1.1, all 200
## holds: icmpv6.type == 135 && icmpv6.nd.ns.target_address == 2001:db8:1::1
## holds: icmpv6.type == 136 && icmpv6.nd.na.target_address == 2001:db8:1::1
## holds: ipv6.dst == 2001:db8:80::81 && http.request.uri == "/"
## holds not: arp || ip
before_ipv6() {
	resolver $DNS6
}
visit_ipv6() {
	browse http://six.lab.test/ wait=1
}

## visit dual: a host with both kinds of address
## url: http://dual.lab.test/
## client: chromium
## step: 2.3 DNS: dual.lab.test A -> 203.0.113.81, AAAA -> 2001:db8:80::81, over IPv4
## step: 4 ARP for 192.168.0.1 and NDP for 2001:db8:1::1
## step: 5.1 TCP to [2001:db8:80::81]:80
## step: 5.3 ten requests on HTTP/1.1, all 200
## holds: dns.aaaa == 2001:db8:80::81
## holds: ipv6 && http.request.uri == "/"
visit_dual() {
	browse http://dual.lab.test/ wait=1
}

## visit half: the same, but its IPv6 address is silent: happy eyeballs (RFC 8305)
## url: http://half.lab.test/
## client: chromium
## step: 2.3 DNS: half.lab.test A -> 203.0.113.81, AAAA -> 2001:db8:80::91
## step: 5.1 SYN to [2001:db8:80::91]:80 is never answered; about 0.3 s later TCP to 203.0.113.81:80
## step: 5.3 ten requests on HTTP/1.1, all 200
## expect: the IPv6 attempt is a lost race, no error
## holds: ipv6.dst == 2001:db8:80::91 && tcp.flags.syn == 1
## holds: ip.dst == 203.0.113.81 && http.request.uri == "/"
## holds not: ipv6.src == 2001:db8:80::91
visit_half() {
	browse http://half.lab.test/ wait=1
}

## visit silent: nobody answers the first packet
## url: http://silent.lab.test/
## client: curl --connect-timeout 8
## step: 2.3 DNS: silent.lab.test -> 203.0.113.91
## step: 5.1 SYN to 203.0.113.91:80, sent again every second or so, never answered
## expect: outcome timeout
## holds: ip.dst == 203.0.113.91 && tcp.flags.syn == 1
## holds: tcp.analysis.retransmission && ip.dst == 203.0.113.91
## holds not: ip.src == 203.0.113.91
visit_silent() {
	fetch --connect-timeout 8 http://silent.lab.test/
}

## visit unreachable: the last router finds no such host, and says so
## url: http://gone.lab.test/
## client: curl
## step: 2.3 DNS: gone.lab.test -> 203.0.113.99
## step: 5.1 SYN to 203.0.113.99:80, sent again; after about 3 s ICMP from 192.168.0.1: host unreachable
## expect: no connection; curl says "No route to host"
## holds: icmp.type == 3 && icmp.code == 1 && ip.src == 192.168.0.1
## holds not: tcp.flags.ack == 1
visit_unreachable() {
	fetch http://gone.lab.test/
}

## visit servfail: the name server cannot get an answer itself
## url: http://broken.lab.test/
## client: chromium
## step: 2.3 DNS: broken.lab.test, response code 2 (SERVFAIL)
## step: 5.1 never reached
## expect: outcome servfail
## holds: dns.qry.name == "broken.lab.test" && dns.flags.rcode == 2
## holds not: tcp.port == 80
visit_servfail() {
	browse http://broken.lab.test/ wait=0.5
}

## visit alert: the server refuses the client's TLS version, in the clear
## url: https://strict.lab.test/
## client: curl --tls-max 1.2
## step: 2.3 DNS: strict.lab.test -> 203.0.113.82
## step: 5.1 TCP to 203.0.113.82:443
## step: 5.2 ClientHello of TLS 1.2; alert from the server: fatal, protocol version (70)
## expect: outcome alert
## holds: tls.alert_message.desc == 70 && ip.src == 203.0.113.82
visit_alert() {
	fetch --cacert $LAB/ca.pem --tls-max 1.2 https://strict.lab.test/
}

## visit bad-certificate: the client does not trust the server's authority
## url: https://www.lab.test/
## client: curl, without the lab's authority
## step: 5.1 TCP to 203.0.113.80:443
## step: 5.2 TLS 1.3; alert from the client, in the clear: fatal, unknown CA (48)
## expect: outcome alert
## holds: tls.alert_message.desc == 48 && ip.src == 192.168.0.10
visit_bad_certificate() {
	fetch https://www.lab.test/
}

## visit not-found: a page that is not there
## url: http://plain.lab.test/no-such-page
## client: chromium
## step: 5.3 GET /no-such-page 404
## holds: http.request.uri == "/no-such-page"
## holds: http.response.code == 404
visit_not_found() {
	browse http://plain.lab.test/no-such-page wait=0.5
}

## visit server-error: a server that fails
## url: http://plain.lab.test/broken
## client: chromium
## step: 5.3 GET /broken 500
## holds: http.response.code == 500
visit_server_error() {
	browse http://plain.lab.test/broken wait=0.5
}

## visit lossy: the router loses every twelfth packet to and from the web server, the request first
## url: http://plain.lab.test/large.png
## client: curl
## step: 5.1 TCP to 203.0.113.81:80
## step: 5.3 GET /large.png 200, 50931 bytes, in spite of the losses
## expect: retransmissions as notes, no step of their own
## holds: tcp.analysis.retransmission
## holds: http.response.code == 200
# Counted, not at random: the third packet to the server is the request, and what the client sends
# again is seen at the client whatever else is lost.
before_lossy() {
	resent_before=$(resent)
	firewall 'tcp dport 80 numgen inc mod 12 == 2 drop'
	firewall 'tcp sport 80 numgen inc mod 12 == 7 drop'
}
visit_lossy() {
	fetch http://plain.lab.test/large.png
}
# the page came, and the kernels say that something had to be sent again
shows_lossy() {
	grep -q ' 200 ' $LAB/log/lossy && [ "$(resent)" -gt "$resent_before" ]
}
resent() {
	{ on web cat /proc/net/snmp; on client cat /proc/net/snmp; } |
		awk '$1 == "Tcp:" && $2 ~ /[0-9]/ { sum += $13 } END { print sum }'
}

## visit warm: the same page a second time, by a browser that still runs
## url: https://www.lab.test/
## client: chromium; the first visit and 6 s of quiet are not in the capture
## step: 1.1 on the list: learned from the first visit
## step: 2.2 the browser's cache has the address: no DNS question for www.lab.test
## step: 4 absent: the neighbour table has the gateway
## step: 5 the connection of the first visit is still open and is used again: no handshake
## step: 5.3 nine or ten requests on HTTP/2, answered by 304: nothing has changed
## expect: joined in the middle: the key log has the keys, but no ClientHello says whose they are
## expect: the NetLog tells of both visits
## holds: tcp.port == 443
## holds not: dns.qry.name == "www.lab.test"
## holds not: arp.opcode == 1 && arp.src.proto_ipv4 == 192.168.0.10
## holds not: tcp.flags.syn == 1 && ip.dst == 203.0.113.80
visit_warm() {
	recapture_after_pause https://www.lab.test/ wait=6 pause=$LAB/out/pause https://www.lab.test/ wait=1
}

## visit warm-closed: the second visit when the server has closed the first one's connections
## url: https://tls12.lab.test/
## client: chromium; the first visit and 7 s of quiet are not in the capture
## step: 5.4 RST by the browser to what is left of the first visit's connections
## step: 2.2 the browser's cache has the address: no DNS question for tls12.lab.test
## step: 4 absent: the neighbour table has the gateway
## step: 5.1 TCP to 203.0.113.81:443
## step: 5.2 TLS 1.2, resumed: an abbreviated handshake
## step: 5.3 nine or ten requests on HTTP/1.1, answered by 304: nothing has changed
## expect: the NetLog and the key log tell of both visits
## holds: tcp.flags.syn == 1 && ip.dst == 203.0.113.81
## holds: tls.handshake.type == 2
## holds not: dns.qry.name == "tls12.lab.test"
## holds not: tls.handshake.type == 11
visit_warm_closed() {
	recapture_after_pause https://tls12.lab.test/ wait=7 pause=$LAB/out/pause https://tls12.lab.test/ wait=1
}

# recapture_after_pause STEP...: what comes before pause= is not in the capture
recapture_after_pause() {
	browse "$@" &
	local browser=$!
	wait_for 40 test -e $LAB/out/pause || { kill $browser; return 1; }
	capture_stop
	capture_start
	touch $LAB/out/pause.go
	wait $browser
	rm -f $LAB/out/pause*
}

## visit hsts: a second browser run with the same profile, asked for http://
## url: http://www.lab.test/
## final: https://www.lab.test/
## client: chromium; its first run, with https://www.lab.test/long.txt, is not in the capture
## step: 1.1 listed, learned: the browser itself makes it https://
## step: 2.3 DNS: www.lab.test -> 203.0.113.80 (a new process has an empty cache)
## step: 5.1 TCP to 203.0.113.80:443; nothing to port 80
## step: 5.2 TLS 1.3, ALPN h2
## step: 5.3 ten requests on HTTP/2, all 200
## expect: upgraded by HSTS, without a redirect on the wire
## holds: http2.headers.path == "/"
## holds: tcp.dstport == 443 && tcp.flags.syn == 1
## holds not: tcp.port == 80
before_hsts() {
	browse https://www.lab.test/long.txt wait=1 >/dev/null
	rm -f $LAB/keys $LAB/netlog.json
}
visit_hsts() {
	browse http://www.lab.test/ wait=1
}

## visit two-visits: two pages of different hosts, one after the other
## url: http://plain.lab.test/
## url: https://www.lab.test/
## client: chromium
## step: 2.3 DNS for plain.lab.test, later for www.lab.test
## step: 5.3 ten requests on HTTP/1.1 to 203.0.113.81, 2 s later ten on HTTP/2 to 203.0.113.80
## expect: two visits
## holds: http.host == "plain.lab.test"
## holds: http2.headers.authority == "www.lab.test"
visit_two_visits() {
	browse http://plain.lab.test/ wait=2 https://www.lab.test/ wait=1
}

## visit hosts-file: the hosts file knows the address, nobody is asked
## url: http://friend.lab.test/
## client: chromium; /etc/hosts says 203.0.113.81 friend.lab.test
## step: 2.1 found in the hosts file
## step: 2.3 absent
## step: 5.1 TCP to 203.0.113.81:80
## step: 5.3 ten requests on HTTP/1.1, all 200
## holds: http.host == "friend.lab.test"
## holds not: dns.qry.name == "friend.lab.test"
before_hosts_file() {
	hosts "$NGINX4 friend.lab.test"
}
visit_hosts_file() {
	browse http://friend.lab.test/ wait=1
}

## visit dns-timeout: the first questions are lost; asked again, the server answers
## url: http://slow.lab.test/
## client: chromium
## step: 2.3 DNS: slow.lab.test asked without an answer, asked again after a second, -> 203.0.113.81
## step: 5.3 ten requests on HTTP/1.1, all 200
## holds: dns.qry.name == "slow.lab.test" && dns.a == 203.0.113.81
## holds: http.host == "slow.lab.test"
before_dns_timeout() {
	# 20 bytes of UDP and DNS headers, then the name: a length of 4, "slow"
	firewall 'udp dport 53 @th,160,40 0x04736c6f77 quota 200 bytes drop'
}
visit_dns_timeout() {
	browse http://slow.lab.test/ wait=1
}

## visit dns-silent: the name server never answers
## url: http://plain.lab.test/
## client: curl --max-time 12
## step: 2.3 DNS: plain.lab.test asked again and again, no answer
## step: 5.1 never reached
## expect: outcome timeout
## holds: dns.qry.name == "plain.lab.test"
## holds not: dns.flags.response == 1
## holds not: tcp
before_dns_silent() {
	firewall 'udp dport 53 drop'
}
visit_dns_silent() {
	fetch --max-time 12 http://plain.lab.test/
}

## visit dns-tcp: an answer that is too long for UDP comes again over TCP
## url: http://many.lab.test/
## client: chromium
## step: 2.3 DNS: many.lab.test A: cut short (TC), asked again over TCP: 80 addresses, 203.0.113.130 to 203.0.113.209
## step: 5.3 ten requests on HTTP/1.1, all 200
## holds: dns.flags.truncated == 1 && udp
## holds: tcp.port == 53 && dns.a == 203.0.113.209
## holds: http.host == "many.lab.test"
visit_dns_tcp() {
	browse http://many.lab.test/ wait=1
}

## visit curl-http1: a plain fetch, whose answer comes in chunks
## url: http://plain.lab.test/long.css
## client: curl --compressed
## step: 2.3 DNS: A and AAAA in parallel; no type 65
## step: 5.3 GET /long.css 200, Transfer-Encoding: chunked, gzip, 70143 bytes when unpacked
## holds: http.transfer_encoding == "chunked"
## holds not: dns.qry.type == 65
visit_curl_http1() {
	fetch --compressed http://plain.lab.test/long.css
}

## visit curl-https: HTTP/1.1 in TLS 1.3, by curl
## url: https://strict.lab.test/
## client: curl --http1.1
## step: 2.3 DNS: strict.lab.test -> 203.0.113.82
## step: 5.2 TLS 1.3, ALPN http/1.1
## step: 5.3 GET / 200
## holds: tls && http.response.code == 200
visit_curl_https() {
	fetch --http1.1 --cacert $LAB/ca.pem https://strict.lab.test/
}

## visit post: a form is sent, a cookie is set
## url: http://plain.lab.test/cookie
## url: http://plain.lab.test/form
## client: curl --data
## step: 5.3 GET /cookie 200 with Set-Cookie, then POST /form with the cookie, 404
## holds: http.set_cookie
## holds: http.request.method == "POST" && http.cookie
visit_post() {
	fetch -c - http://plain.lab.test/cookie
	fetch -b lesson=5 --data 'name=Kim&question=What+is+ARP%3F' http://plain.lab.test/form
}

## visit pipeline: three requests at once, three answers in the same order
## url: http://plain.lab.test/
## client: pcaps/lab.d/pipeline.py
## step: 5.3 GET /, /style.css and /step1.png in one segment; three answers, all 200
## holds: http.request.uri == "/step1.png"
visit_pipeline() {
	on client "${as_user[@]}" timeout 20 python3 $LAB/bin/pipeline.py plain.lab.test / /style.css /step1.png
}

## visit http10: HTTP/1.0: the answer ends where the connection ends
## url: http://plain.lab.test/
## client: curl --http1.0
## step: 5.3 GET / HTTP/1.0, 200
## step: 5.4 both close
## holds: http.request.version == "HTTP/1.0"
visit_http10() {
	fetch --http1.0 http://plain.lab.test/
}

## visit background: a page in the middle of what a computer sends besides
## url: http://plain.lab.test/
## client: chromium with its background networking on; mDNS, LLMNR, SSDP and NTP from a script
## step: 0 mDNS, LLMNR, SSDP, NTP, the browser's own questions
## step: 5.3 ten requests on HTTP/1.1, all 200
## holds: mdns
## holds: ntp
## holds: ssdp
## holds: llmnr
## holds: http.host == "plain.lab.test"
before_background() {
	on client ip route replace 224.0.0.0/4 dev eth0
}
visit_background() {
	on client timeout 20 python3 "$PARTS/noise.py" 5 &
	local noise=$! flags=(--headless --no-first-run --no-default-browser-check --disable-gpu)
	sleep 1
	browse http://plain.lab.test/ wait=1
	wait $noise
}

# net.sh - the network: four hosts, three wires, no way out

CLIENT4=192.168.0.10            CLIENT6=2001:db8:1::10
GATEWAY4=192.168.0.1            GATEWAY6=2001:db8:1::1
DNS4=198.51.100.53              DNS6=2001:db8:53::53
WEB4=203.0.113.80               WEB6=2001:db8:80::80      # Caddy
NGINX4=203.0.113.81             NGINX6=2001:db8:80::81    # nginx
STRICT4=203.0.113.82                                      # nginx, TLS 1.3 and nothing older
H3WEB4=203.0.113.84                                       # Caddy, HTTP/3 as well
CLOSED4=203.0.113.90                                      # nobody listens
GONE4=203.0.113.99                                        # no such host
SILENT4=203.0.113.91            SILENT6=2001:db8:80::91   # the router drops what goes there
MANY4=203.0.113.128/25                                    # all of it is nginx

# on HOST COMMAND...
on() {
	nsenter --net="/run/netns/$1" -- "${@:2}"
}

# wire HOST IP4 IP6 MAC ROUTERIF ROUTER4 ROUTER6 ROUTERMAC: a cable from a host to the router.
# The MAC addresses are those that RFC 9542 keeps for documentation.
wire() {
	ip netns add "$1"
	ip link add "$5" netns router address "$8" type veth peer name eth0 netns "$1" address "$4"
	on "$1" ip link set lo up
	on "$1" ip addr add "$2" dev eth0
	on "$1" ip addr add "$3" dev eth0 nodad
	on router ip addr add "$6" dev "$5"
	on router ip addr add "$7" dev "$5" nodad
	on "$1" ip link set eth0 up
	on router ip link set "$5" up
	on "$1" ip route add default via "${6%/*}"
	on "$1" ip route add default via "${7%/*}"
}

# tun_open: a private network of a user's own (osiscope visit) wants /dev/net/tun, which some systems
# keep for root; the lab has one that is open
tun_open() {
	[ "$LAB_INSIDE" = root ] && [ -c /dev/net/tun ] || return 0
	[ "$(stat -c %a /dev/net/tun)" = 666 ] || {
		mknod -m 666 $LAB/tun c 10 200 && mount --bind $LAB/tun /dev/net/tun
	} || say "/dev/net/tun stays closed: no private networks here"
}

# offload HOST IFACE on|off: with it, frames are longer than any wire carries and checksums
# are left to a network card that is not there
offload() {
	on "$1" ethtool -K "$2" tso "$3" gso "$3" gro "$3" tx "$3" rx "$3" >/dev/null 2>&1
}

# offload_all on|off: along the whole way, since a frame stays large only until the first
# station that cannot send it so
offload_all() {
	local host
	for host in client:eth0 dns:eth0 web:eth0 router:lan0 router:dns0 router:web0; do
		offload "${host%:*}" "${host#*:}" "$1"
	done
}

net_up() {
	mkdir -p /run/netns
	ip netns add router
	on router ip link set lo up
	wire client $CLIENT4/24 $CLIENT6/64 00:00:5e:00:53:10 lan0 $GATEWAY4/24 $GATEWAY6/64 00:00:5e:00:53:01
	wire dns $DNS4/24 $DNS6/64 00:00:5e:00:53:53 dns0 198.51.100.1/24 2001:db8:53::1/64 00:00:5e:00:53:02
	wire web $WEB4/24 $WEB6/64 00:00:5e:00:53:80 web0 203.0.113.1/24 2001:db8:80::1/64 00:00:5e:00:53:03
	on web ip addr add $NGINX4/24 dev eth0
	on web ip addr add $STRICT4/24 dev eth0
	on web ip addr add $H3WEB4/24 dev eth0
	on web ip addr add $CLOSED4/24 dev eth0
	on web ip addr add $NGINX6/64 dev eth0 nodad
	on web ip route add local $MANY4 dev eth0
	on router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	offload_all off
	firewall_reset
	wait_for 10 link_local_ready
}

# link_local_ready: the kernel has finished asking whether its own addresses are free
link_local_ready() {
	! on client ip -6 addr show tentative | grep -q inet6 &&
	! on router ip -6 addr show tentative | grep -q inet6
}

# firewall_reset: the router forwards everything but what goes to the silent addresses
firewall_reset() {
	on router nft -f - <<-END
	table inet lab
	delete table inet lab
	table inet lab {
		chain forward {
			type filter hook forward priority 0;
			ip daddr $SILENT4 drop
			ip6 daddr $SILENT6 drop
		}
	}
	END
}

# firewall RULE...: one more rule, until the visit is over
firewall() {
	on router nft add rule inet lab forward "$@"
}

# forget: nobody knows anybody's MAC address
forget() {
	on client ip neigh flush all
	on router ip neigh flush all
}

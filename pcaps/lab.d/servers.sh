# servers.sh - names, certificates, pages and the programs that serve them

lab_up() {
	children=()
	trap 'exit 130' INT TERM HUP
	trap tear_down EXIT
	mount -t tmpfs -o mode=755 lab /run || die "cannot mount a tmpfs on /run"
	mkdir -p $LAB/{log,home,profile,page,nginx,caddy,out,bin}
	cp "$PARTS"/*.py $LAB/bin && chmod -R a+rX $LAB/bin	# the checkout may be closed to others
	export PATH=$PATH:/usr/sbin:/sbin
	net_up || die "the network did not come up"
	own_file /etc/resolv.conf "nameserver $DNS4"
	own_file /etc/hosts "127.0.0.1 localhost"
	tun_open
	make_certificates >$LAB/log/openssl 2>&1 || die "openssl failed: $(tail -n 1 $LAB/log/openssl)"
	python3 "$PARTS/pages.py" $LAB/page || die "the pages could not be made"
	dns_up
	web_up
	for_user $LAB/home $LAB/profile $LAB/out
}

# own_file FILE TEXT: FILE says TEXT, in the lab alone. The file may be a link into /run, of
# which the lab has an empty one.
own_file() {
	local real copy=$LAB/${1##*/}
	real=$(readlink -m "$1")
	printf '%s\n' "$2" >"$copy"
	[ -e "$real" ] || install -D /dev/null "$real"
	mountpoint -q "$real" || mount --bind "$copy" "$real" || die "cannot replace $1 in the lab"
}

# make_certificates: an authority and one certificate for all names
make_certificates() {
	local names=DNS:lab.test,DNS:*.lab.test
	openssl ecparam -name prime256v1 -genkey -noout -out $LAB/ca.key &&
	openssl req -x509 -new -key $LAB/ca.key -days 3650 -out $LAB/ca.pem \
		-subj "/O=osiscope lab/CN=osiscope lab test authority" &&
	openssl ecparam -name prime256v1 -genkey -noout -out $LAB/web.key &&
	openssl req -new -key $LAB/web.key -subj "/CN=www.lab.test" -out $LAB/web.csr &&
	openssl x509 -req -in $LAB/web.csr -CA $LAB/ca.pem -CAkey $LAB/ca.key -CAcreateserial -days 398 \
		-out $LAB/web.pem -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' $names) &&
	cat $LAB/ca.pem >>$LAB/web.pem &&
	chmod 644 $LAB/ca.pem &&
	SPKI=$(openssl x509 -in $LAB/web.pem -pubkey -noout | openssl pkey -pubin -outform der |
		openssl dgst -sha256 -binary | base64)
}

dns_up() {
	dns_conf >$LAB/dnsmasq.conf
	start servfail dns python3 "$PARTS/dns-servfail.py" 5301
	start dnsmasq dns dnsmasq --no-daemon --conf-file=$LAB/dnsmasq.conf
	wait_for 10 on dns python3 -c 'import socket; socket.create_connection(("127.0.0.1", 53), 1)' ||
		die "dnsmasq does not answer: $(tail -n 1 $LAB/log/dnsmasq)"
}

# dns_conf: www is an alias of an alias, as with any site behind a distribution network.
# Names outside of the lab do not exist; that is what a browser's own services find here.
dns_conf() {
	cat <<-END
	user=root
	group=root
	no-resolv
	no-hosts
	no-ping
	cache-size=0
	local-ttl=300
	local=/test/
	local=/com/
	local=/net/
	local=/org/
	local=/arpa/
	local=/local/
	server=/broken.lab.test/127.0.0.1#5301
	host-record=edge7.cdn.lab.test,$WEB4
	cname=lab.cdn.lab.test,edge7.cdn.lab.test,60
	cname=www.lab.test,lab.cdn.lab.test
	host-record=h3.lab.test,$H3WEB4
	host-record=plain.lab.test,$NGINX4
	host-record=tls12.lab.test,$NGINX4
	host-record=slow.lab.test,$NGINX4
	host-record=six.lab.test,$NGINX6
	host-record=dual.lab.test,$NGINX4,$NGINX6
	host-record=half.lab.test,$NGINX4,$SILENT6
	host-record=strict.lab.test,$STRICT4
	host-record=closed.lab.test,$CLOSED4
	host-record=gone.lab.test,$GONE4
	host-record=silent.lab.test,$SILENT4
	host-record=xn--2i0b46t.lab.test,$NGINX4
	host-record=xn--bcher-kva.lab.test,$NGINX4
	# alpn h2 and h3, as large sites announce it (RFC 9460)
	dns-rr=h3.lab.test,65,000100000100060268330268320000
	END
	printf 'host-record=many.lab.test,203.0.113.%d\n' {130..209}
}

web_up() {
	nginx_conf >$LAB/nginx/nginx.conf
	caddy_conf >$LAB/caddy/Caddyfile
	start nginx web nginx -p $LAB/nginx -e $LAB/log/nginx-error -c $LAB/nginx/nginx.conf
	start caddy web env XDG_DATA_HOME=$LAB/caddy XDG_CONFIG_HOME=$LAB/caddy HOME=$LAB/caddy \
		caddy run --adapter caddyfile --config $LAB/caddy/Caddyfile
	wait_for 20 on web curl -s -o $LAB/log/probe http://$NGINX4/ ||
		die "nginx does not answer: $(tail -n 1 $LAB/log/nginx-error)"
	wait_for 20 on web curl -s -k -o $LAB/log/probe --resolve www.lab.test:443:$WEB4 https://www.lab.test/ ||
		die "Caddy does not answer: $(tail -n 1 $LAB/log/caddy)"
}

# nginx_conf: one process, nothing outside of its folder. Its keep-alive is short, so that
# the server's side of closing a connection is seen as well.
nginx_conf() {
	cat <<-END
	user root root;
	daemon off;
	master_process off;
	pid $LAB/nginx/pid;
	events { worker_connections 256; }
	http {
		include /etc/nginx/mime.types;
		log_format story escape=json '{"method":"\$request_method","scheme":"\$scheme","host":"\$host",'
			'"path":"\$request_uri","status":\$status,"protocol":"\$server_protocol","agent":"\$http_user_agent"}';
		access_log $LAB/log/nginx-access story;
		client_body_temp_path $LAB/nginx/body;
		proxy_temp_path $LAB/nginx/proxy;
		fastcgi_temp_path $LAB/nginx/fastcgi;
		uwsgi_temp_path $LAB/nginx/uwsgi;
		scgi_temp_path $LAB/nginx/scgi;
		gzip on;
		gzip_types text/css application/javascript image/svg+xml;
		charset utf-8;
		keepalive_timeout 5;
		ssl_certificate $LAB/web.pem;
		ssl_certificate_key $LAB/web.key;
		server { listen $NGINX4:80; listen [$NGINX6]:80; $(printf 'listen 203.0.113.%d:80; ' {130..209}) $(nginx_pages) }
		server { listen $NGINX4:443 ssl; ssl_protocols TLSv1.2; $(nginx_pages) }
		server { listen $STRICT4:443 ssl http2; ssl_protocols TLSv1.3; $(nginx_pages) }
	}
	END
}

# nginx_pages: no-cache means "ask first": a second visit asks for everything again (304)
nginx_pages() {
	cat <<-END
	server_name _;
		root $LAB/page;
		add_header Cache-Control no-cache;
		location = /broken { return 500; }
		location = /moved { return 302 /; }
		location = /cookie { add_header Set-Cookie "lesson=5; Path=/; HttpOnly"; try_files /index.html =404; }
	END
}

caddy_conf() {
	cat <<-END
	{
		admin off
		auto_https off
		servers $WEB4:443 {
			protocols h1 h2
		}
		servers $H3WEB4:443 {
			protocols h1 h2 h3
		}
		log {
			level ERROR
		}
	}
	http://www.lab.test {
		bind $WEB4
		$(caddy_log www-http)
		redir https://www.lab.test{uri} 301
	}
	https://www.lab.test {
		bind $WEB4
		$(caddy_log www)
		$(caddy_pages)
	}
	https://h3.lab.test {
		bind $H3WEB4
		$(caddy_log h3)
		$(caddy_pages)
	}
	END
}

caddy_pages() {
	cat <<-END
		tls $LAB/web.pem $LAB/web.key
		root * $LAB/page
		encode gzip
		header Cache-Control no-cache
		header Strict-Transport-Security "max-age=31536000; includeSubDomains"
		file_server
	END
}

# caddy_log NAME: what was asked for, a line of JSON each
caddy_log() {
	cat <<-END
		log {
			output file $LAB/log/caddy-$1 {
				mode 0644
			}
			format json
		}
	END
}

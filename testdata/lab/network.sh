# The lab's network, sourced by make.sh.
#
#   client eth0 --- lan0 router wan0 --- eth0 net
#   client trunk0 ----------------------- trunk0 net
#   client lossy0 --- left switch right --- lossy0 net
#
# client  a workstation in the private net 10.20.30.0/24, fd00:20:30::/64
# router  its gateway and resolver
# net     everything outside, on documentation addresses (RFC 5737, RFC 3849)
# switch  a cable that loses frames while wire.py joins its ends
#
# Each is a network namespace; a second host name comes from a UTS namespace,
# resolver and hosts file from /etc/netns, so that no program sees this machine.

HOSTS=(client router net switch)

declare -A NAME=(
	[client]=ws17.corp.example
	[router]=gw.corp.example
	[net]=mail.partner.example
	[switch]=sw1.corp.example
)

# at HOST sets AT to the words that run a command on one of the lab's machines.
at() {
	AT=(ip netns exec "sightline-$1" unshare --uts env -i
		PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME="$tmp/home" TMPDIR="$tmp" TZ=UTC LC_ALL=C
		sh -c 'hostname "$0" && exec "$@"' "${NAME[$1]}")
}

# on HOST COMMAND... runs a command on a machine.
on() {
	at "$1"
	"${AT[@]}" "${@:2}"
}

# start HOST COMMAND... starts a program on a machine; cleanup ends it.
# Every word of AT replaces the one before it, so $! is the program itself.
start() {
	at "$1"
	"${AT[@]}" "${@:2}" >>"$tmp/servers.log" 2>&1 &
	pids+=($!)
}

# cable HOST DEV MAC HOST DEV MAC joins two machines with an Ethernet cable.
# Offloads are off: a capture shows the frames and checksums of the wire.
cable() {
	ip link add "$2" netns "sightline-$1" address "$3" type veth \
		peer name "$5" netns "sightline-$4" address "$6"
	local host dev
	for host in "$1 $2" "$4 $5"; do
		dev=${host#* } host=${host% *}
		on "$host" ethtool -K "$dev" tx off tso off gso off gro off >/dev/null
		on "$host" ip link set dev "$dev" up
	done
}

# address HOST DEV ADDRESS... gives a device its addresses.
address() {
	local host=$1 dev=$2 a
	shift 2
	for a; do
		on "$host" ip address add "$a" dev "$dev"
	done
}

# await_device HOST DEV waits until a program has made its device.
await_device() {
	for _ in $(seq 50); do
		on "$1" ip link show "$2" >/dev/null 2>&1 && return
		sleep 0.1
	done
	tail "$tmp/servers.log" >&2
	die "no device $2"
}

network_up() {
	local host
	for host in "${HOSTS[@]}"; do
		mkdir -p "/etc/netns/sightline-$host"
		echo "nameserver 10.20.30.1" >"/etc/netns/sightline-$host/resolv.conf"
		printf '%s\n' "127.0.0.1 ${NAME[$host]} localhost" >"/etc/netns/sightline-$host/hosts"
		ip netns add "sightline-$host"
		on "$host" sysctl -q net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.router_solicitations=0
		on "$host" ip link set lo up
	done
	on router sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	cable client eth0 02:00:5e:20:30:17 router lan0 02:00:5e:20:30:01
	cable router wan0 02:00:5e:00:02:01 net eth0 02:00:5e:00:02:fe
	cable client trunk0 02:00:5e:20:40:01 net trunk0 02:00:5e:20:40:02
	cable client lossy0 02:00:5e:20:70:01 switch left 02:00:5e:20:70:0a
	cable switch right 02:00:5e:20:70:0b net lossy0 02:00:5e:20:70:02
	address client lossy0 10.20.70.1/24
	address net lossy0 10.20.70.2/24
	address client eth0 10.20.30.17/24 fd00:20:30::17/64
	address router lan0 10.20.30.1/24 fd00:20:30::1/64
	address router wan0 192.0.2.1/24 2001:db8:2::1/64
	address net eth0 192.0.2.254/24 192.0.2.25/24 192.0.2.53/24 192.0.2.123/24 \
		198.51.100.44/32 203.0.113.22/32 203.0.113.80/32 203.0.113.81/32 \
		2001:db8:2::fe/64 2001:db8:2::53/64 2001:db8:80::80/128 2001:db8:80::81/128
	on client ip route add default via 10.20.30.1
	on client ip route add default via fd00:20:30::1
	on router ip route add 198.51.100.0/24 via 192.0.2.254
	on router ip route add 203.0.113.0/24 via 192.0.2.254
	on router ip route add unreachable 203.0.113.192/26
	on router ip route add 2001:db8:80::/48 via 2001:db8:2::fe
	on net ip route add 10.20.0.0/16 via 192.0.2.1
	on net ip route add fd00:20::/32 via 2001:db8:2::1
}

network_down() {
	local host p
	for p in "${pids[@]}" "${recorder[@]}"; do
		kill "$p" 2>/dev/null || true
	done
	sleep 1
	for host in "${HOSTS[@]}"; do
		ip netns list | grep -qw "sightline-$host" || continue
		ip netns pids "sightline-$host" | xargs -r kill -9
		ip netns delete "sightline-$host"
	done
	rm -rf /etc/netns/sightline-{client,router,net,switch}
	rmdir /etc/netns "${made[@]}" 2>/dev/null || true
}

package layers

import "github.com/sightline-go/sightline/layers/wire"

// OpenBSD's packet filter log header
// (https://www.tcpdump.org/linktypes/LINKTYPE_PFLOG.html): its length without
// padding to 4 bytes, address family, action, reason, interface, rules. The
// address family of IPv6 depends on the system.
const (
	pflogMinLen = 45 // without the fields since OpenBSD 3.8
	pflogUnit   = 4
)

func stepPFLOG(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < 1 {
		return 1, 0, 0, wire.Short
	}
	if b[0] < pflogMinLen {
		return 0, 0, 0, wire.Malformed
	}
	hdr = (int(b[0]) + pflogUnit - 1) &^ (pflogUnit - 1)
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	switch b[1] {
	case 2:
		next = KindIPv4
	case 10, 24, 28, 30: // Linux, OpenBSD and NetBSD, FreeBSD, Darwin
		next = KindIPv6
	}
	return hdr, len(b), next, 0
}

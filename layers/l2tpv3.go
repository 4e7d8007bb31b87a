package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// L2TP version 3 over IP (RFC 3931 section 4.1.1): a session, which is 0 in
// control messages. A data message has a cookie of 0, 4 or 8 bytes and a
// sublayer of 0 or 4 bytes, and then a frame. The control connection configures
// all of these, so the frame itself must show where it begins.
const (
	l2tpIPLen     = 4
	l2tpV3Unit    = 4
	l2tpV3MaxSkip = 12 // cookie and sublayer
)

func stepL2TPIP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < l2tpIPLen {
		return l2tpIPLen, 0, 0, wire.Short
	}
	hdr = l2tpIPLen
	if binary.BigEndian.Uint32(b) != 0 {
		skip := 0
		skip, next = l2tpV3Frame(b[l2tpIPLen:])
		hdr += skip
	}
	return hdr, len(b), next, 0
}

// l2tpV3Frame returns the kind of the frame in a data message, and the length of
// cookie and sublayer before it.
func l2tpV3Frame(b []byte) (skip int, next Kind) {
	for ; skip <= min(l2tpV3MaxSkip, len(b)); skip += l2tpV3Unit {
		if next = l2tpV3Kind(b[skip:]); next != KindPayload {
			return skip, next
		}
	}
	return 0, KindPayload
}

// l2tpV3Kind returns the kind of a frame whose header is plausible: Ethernet, or
// PPP or Cisco HDLC with their address.
func l2tpV3Kind(b []byte) Kind {
	if looksLikeEthernet(b) && !contradicts(b) {
		return KindEthernet
	}
	if len(b) <= chdlcLen {
		return KindPayload
	}
	switch k := hdlcKind(b); {
	case k == KindCHDLC && (CHDLC{b}).EtherType().kind() != KindPayload:
		return k
	case k == KindPPP && b[0] == pppAddress && b[1] == pppControl && (PPP{b}).Protocol().kind() != KindPayload:
		return k
	}
	return KindPayload
}

// contradicts reports whether the frame b announces a version of IP and has
// another.
func contradicts(b []byte) bool {
	kind := Ethernet{b}.EtherType().kind()
	return (kind == KindIPv4 || kind == KindIPv6) && ipVersion(KindPayload, b[ethernetLen:]) != kind
}

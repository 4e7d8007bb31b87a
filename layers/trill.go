package layers

import "github.com/sightline-go/sightline/layers/wire"

// TRILL header (RFC 6325 section 3.1), after its EtherType: two bits of version,
// four of flags and reserved bits, five of the length of the options in 4-byte
// units, the hop count, the nicknames of egress and ingress. An Ethernet frame
// follows.
const (
	trillLen     = 6
	trillVersion = 0
)

func stepTRILL(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < trillLen {
		return trillLen, 0, 0, wire.Short
	}
	if b[0]>>6 != trillVersion {
		return 0, 0, 0, wire.Malformed
	}
	hdr = trillLen + 4*int(b[0]<<2&0x1c|b[1]>>6)
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	return hdr, len(b), KindEthernet, 0
}

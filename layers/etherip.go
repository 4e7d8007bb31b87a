package layers

import (
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// EtherIP header (RFC 3378 section 3): version 3 and reserved bits, followed by
// an Ethernet frame.
const (
	etherIPLen     = 2
	etherIPVersion = 3
)

// EtherIP is a view of an EtherIP header and its Ethernet frame (RFC 3378
// section 3).
type EtherIP struct{ b []byte }

// ParseEtherIP checks that b begins with an EtherIP header and returns a view
// of it that aliases b. The error is Short or Malformed.
func ParseEtherIP(b []byte) (EtherIP, error) {
	if need, _, _, r := stepEtherIP(b); r != 0 {
		return EtherIP{}, fail(KindEtherIP, r, b, need)
	}
	return EtherIP{cut(b, len(b))}, nil
}

func stepEtherIP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < etherIPLen {
		return etherIPLen, 0, 0, wire.Short
	}
	// Some systems put the version in the other half of the byte.
	if b[0]>>4 != etherIPVersion && b[0]&0x0f != etherIPVersion {
		return 0, 0, 0, wire.Malformed
	}
	return etherIPLen, len(b), KindEthernet, 0
}

// Version returns the first four bits, which should be 3.
func (h EtherIP) Version() uint8 { return h.b[0] >> 4 }

// Bytes returns the header and payload.
func (h EtherIP) Bytes() []byte { return h.b }

// Payload returns the frame.
func (h EtherIP) Payload() []byte { return h.b[etherIPLen:] }

// AppendText appends a short description to dst.
func (h EtherIP) AppendText(dst []byte) ([]byte, error) {
	return strconv.AppendUint(append(dst, "version "...), uint64(h.Version()), 10), nil
}

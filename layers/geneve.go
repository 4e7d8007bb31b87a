package layers

import (
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/layers/wire"
)

// GENEVE header (RFC 8926 section 3.4): version and options length in 4-byte
// units, flags, EtherType, 24-bit network identifier, options.
const (
	geneveMinLen     = 8
	geneveOptionLen  = 4
	geneveLengthMask = 0x3f
)

// GENEVE is a view of a GENEVE header and its payload (RFC 8926 section 3.4).
type GENEVE struct{ b []byte }

// ParseGENEVE checks that b begins with a GENEVE header of version 0 and
// returns a view of it that aliases b. The error is Short or Malformed.
func ParseGENEVE(b []byte) (GENEVE, error) {
	if need, _, _, r := stepGENEVE(b); r != 0 {
		return GENEVE{}, fail(KindGENEVE, r, b, need)
	}
	return GENEVE{cut(b, len(b))}, nil
}

func stepGENEVE(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < geneveMinLen {
		return geneveMinLen, 0, 0, wire.Short
	}
	if b[0]>>6 != 0 {
		return 0, 0, 0, wire.Malformed
	}
	h := GENEVE{b}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	return hdr, len(b), h.EtherType().kind(), 0
}

// HeaderLen returns the length of the header with its options, in bytes.
func (h GENEVE) HeaderLen() int { return geneveMinLen + int(h.b[0]&geneveLengthMask)*4 }

// Control reports whether the packet is a control message (O).
func (h GENEVE) Control() bool { return h.b[1]&0x80 != 0 }

// Critical reports whether an option must be understood (C).
func (h GENEVE) Critical() bool { return h.b[1]&0x40 != 0 }

// EtherType returns the type of the payload.
func (h GENEVE) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[2:])) }

// VNI returns the network identifier.
func (h GENEVE) VNI() uint32 { return binary.BigEndian.Uint32(h.b[4:]) >> 8 }

// A GENEVEOption is an option of a GENEVE header (RFC 8926 section 3.5). Data
// aliases the packet.
type GENEVEOption struct {
	Class uint16
	Type  uint8 // including the critical bit, the highest
	Data  []byte
}

// Options returns the options (RFC 8926 section 3.5), up to the first malformed
// one.
func (h GENEVE) Options() iter.Seq[GENEVEOption] {
	return func(yield func(GENEVEOption) bool) {
		for b := h.b[geneveMinLen:h.HeaderLen()]; len(b) >= geneveOptionLen; {
			end := geneveOptionLen + int(b[3]&0x1f)*4
			if end > len(b) || !yield(GENEVEOption{binary.BigEndian.Uint16(b), b[2], b[geneveOptionLen:end:end]}) {
				return
			}
			b = b[end:]
		}
	}
}

// Bytes returns the header and payload.
func (h GENEVE) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h GENEVE) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h GENEVE) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "vni %d %v", h.VNI(), h.EtherType()), nil
}

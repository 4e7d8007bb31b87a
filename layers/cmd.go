package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Cisco metadata header, after its EtherType: version, number of options,
// options of four bytes, EtherType. In GRE the EtherType comes first.
const (
	cmdMinLen    = 4
	cmdOptionLen = 4
)

// CMD is a view of a Cisco metadata header and its payload.
type CMD struct {
	b   []byte
	gre bool
}

// ParseCMD checks that b begins with a Cisco metadata header and returns a
// view of it that aliases b. The error is Short.
func ParseCMD(b []byte) (CMD, error) { return parseCMD(b, false) }

// ParseCMDGRE is ParseCMD for a header in GRE.
func ParseCMDGRE(b []byte) (CMD, error) { return parseCMD(b, true) }

func parseCMD(b []byte, gre bool) (CMD, error) {
	need, size, _, r := stepCMD(b, gre)
	if r != 0 {
		return CMD{}, fail(KindCMD, r, b, need)
	}
	return CMD{cut(b, size), gre}, nil
}

func stepCMD(b []byte, gre bool) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < cmdMinLen {
		return cmdMinLen, 0, 0, wire.Short
	}
	h := CMD{b, gre}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	size, next = etherPayload(b, hdr, h.EtherType())
	return hdr, size, next, 0
}

// tag returns the offset of version and options.
func (h CMD) tag() int {
	if h.gre {
		return 2
	}
	return 0
}

// HeaderLen returns the length of the header in bytes.
func (h CMD) HeaderLen() int { return cmdMinLen + int(h.b[h.tag()+1])*cmdOptionLen }

// Version returns the version.
func (h CMD) Version() uint8 { return h.b[h.tag()] }

// Options returns the encoded options.
func (h CMD) Options() []byte {
	off := h.tag() + 2
	return cut(h.b[off:], h.HeaderLen()-cmdMinLen)
}

// EtherType returns the type of the payload, or its length if at most 1500.
func (h CMD) EtherType() EtherType {
	if h.gre {
		return EtherType(binary.BigEndian.Uint16(h.b))
	}
	return EtherType(binary.BigEndian.Uint16(h.b[h.HeaderLen()-2:]))
}

// Bytes returns the header and payload.
func (h CMD) Bytes() []byte { return h.b }

// Payload returns the frame's payload.
func (h CMD) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h CMD) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "options %x %v", h.Options(), h.EtherType()), nil
}

package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Logical link control header (IEEE 802.2 clause 3): destination and source
// service access point, and a control field of one byte in unnumbered frames,
// else two. The SNAP access point (IEEE 802 clause 9.5) adds five bytes: an
// organization and its protocol identifier, which is an EtherType for
// organization 0.
const (
	llcMinLen       = 3
	llcControlLen   = 4 // with a two-byte control field
	llcSNAPLen      = 8
	llcUnnumbered   = 0x03
	llcSAPIP        = 0x06
	llcSAPARP       = 0x98
	llcSAPSNAP      = 0xaa
	ouiEthernet     = 0x000000 // RFC 1042
	ouiBridgeTunnel = 0x0000f8 // IEEE 802.1H
	ouiBridged      = 0x0080c2 // IEEE 802.1
)

// Protocol identifiers of ouiBridged (RFC 2684 section 5.2, RFC 2427 section
// 4.2).
const (
	bridgedEthernetFCS = 1
	bridgedEthernet    = 7
	bridgedPad         = 2 // between this header and the frame on ATM
	ethernetFCSLen     = 4
)

// LLC is a view of a logical link control header, with its SNAP extension if
// present, and its payload (IEEE 802.2 clause 3; SNAP: IEEE 802 clause 9.5).
type LLC struct{ b []byte }

// ParseLLC checks that b begins with a logical link control header and returns
// a view of it that aliases b. The error is Short.
func ParseLLC(b []byte) (LLC, error) {
	if need, _, _, r := stepLLC(b); r != 0 {
		return LLC{}, fail(KindLLC, r, b, need)
	}
	return LLC{cut(b, len(b))}, nil
}

func stepLLC(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < llcMinLen {
		return llcMinLen, 0, 0, wire.Short
	}
	h := LLC{b}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	size = len(b)
	switch {
	case h.IsSNAP():
		next, size = snapKind(h.OUI(), h.EtherType(), size)
	case b[2] != llcUnnumbered:
	case b[0] == llcSAPIP:
		next = KindIPv4
	case b[0] == llcSAPARP:
		next = KindARP
	}
	return hdr, max(size, hdr), next, 0
}

// snapKind returns the layer that a SNAP header announces, and size without the
// check sequence of a bridged frame.
func snapKind(oui uint32, pid EtherType, size int) (Kind, int) {
	switch oui {
	case ouiEthernet, ouiBridgeTunnel:
		return pid.kind(), size
	case ouiBridged:
		switch pid {
		case bridgedEthernetFCS:
			return KindEthernet, size - ethernetFCSLen
		case bridgedEthernet:
			return KindEthernet, size
		}
	}
	return KindPayload, size
}

// HeaderLen returns the length of the header in bytes: 3 or 4, 8 with SNAP, and
// 10 with the padding of a bridged frame.
func (h LLC) HeaderLen() int {
	switch {
	case h.IsSNAP() && len(h.b) >= llcSNAPLen && h.OUI() == ouiBridged:
		return llcSNAPLen + bridgedPad
	case h.IsSNAP():
		return llcSNAPLen
	case h.b[2]&llcUnnumbered == llcUnnumbered:
		return llcMinLen
	}
	return llcControlLen
}

// DSAP returns the destination service access point.
func (h LLC) DSAP() uint8 { return h.b[0] }

// SSAP returns the source service access point. Its lowest bit is set in a
// response.
func (h LLC) SSAP() uint8 { return h.b[1] }

// Control returns the first byte of the control field.
func (h LLC) Control() uint8 { return h.b[2] }

// IsSNAP reports whether the header has a SNAP extension.
func (h LLC) IsSNAP() bool {
	return h.b[0] == llcSAPSNAP && h.b[1]&^1 == llcSAPSNAP && h.b[2] == llcUnnumbered
}

// OUI returns the organization of a SNAP extension, 0 if there is none.
func (h LLC) OUI() uint32 {
	if !h.IsSNAP() {
		return 0
	}
	return binary.BigEndian.Uint32(h.b[2:]) & 0xffffff
}

// EtherType returns the protocol identifier of a SNAP extension, 0 if there is
// none. It is an EtherType only for some OUIs, such as 0.
func (h LLC) EtherType() EtherType {
	if !h.IsSNAP() {
		return 0
	}
	return EtherType(binary.BigEndian.Uint16(h.b[6:]))
}

// Bytes returns the header and payload.
func (h LLC) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h LLC) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h LLC) AppendText(dst []byte) ([]byte, error) {
	if h.IsSNAP() {
		return fmt.Appendf(dst, "oui 0x%06x %v", h.OUI(), h.EtherType()), nil
	}
	return fmt.Appendf(dst, "dsap 0x%02x ssap 0x%02x", h.DSAP(), h.SSAP()), nil
}

package layers

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// UDP header (RFC 768): source port, destination port, length, checksum.
const udpLen = 8

// The ports (IANA registry "service-names-port-numbers") whose payload a
// Decoder decodes.
const (
	portDNS       = 53
	portMDNS      = 5353
	portLLMNR     = 5355
	portL2TP      = 1701
	portGTPC      = 2123
	portGTPU      = 2152
	portGTPv0     = 3386
	portTeredo    = 3544
	portGREinUDP  = 4754
	portVXLAN     = 4789
	portVXLANGPE  = 4790
	portAYIYA     = 5072
	portCAPWAP    = 5247 // the data channel
	portGENEVE    = 6081
	portLISP      = 4341
	portSFlow     = 6343
	portMPLSinUDP = 6635
	portVXLANOld  = 8472 // Linux's default, which flannel uses
	portTZSP      = 37008

	portDHCPv4Server = 67
	portDHCPv4Client = 68
	portNTP          = 123
	portNBNS         = 137
	portDHCPv6Client = 546
	portDHCPv6Server = 547
)

// UDP is a view of a UDP datagram, up to the length it states (RFC 768). A
// length of 0 (segmentation offload, jumbograms) means all available bytes.
// [ParseUDP] and [Packet.UDP] return one.
type UDP struct{ b []byte }

// ParseUDP checks that b begins with a UDP header and returns a view of the
// datagram that aliases b. A length beyond b is not an error: see Truncated.
// The error is Short or Malformed.
func ParseUDP(b []byte) (UDP, error) {
	need, size, _, r := stepUDP(b)
	if r != 0 {
		return UDP{}, fail(KindUDP, r, b, need)
	}
	return UDP{cut(b, size)}, nil
}

func stepUDP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < udpLen {
		return udpLen, 0, 0, wire.Short
	}
	size = UDP{b}.Len()
	if size == 0 {
		size = len(b)
	}
	if size < udpLen {
		return 0, 0, 0, wire.Malformed
	}
	next = udpNext(UDP{b}.SrcPort(), UDP{b}.DstPort(), min(size, len(b))-udpLen)
	if next == KindTZSP && !looksLikeTZSP(b[udpLen:]) {
		next = KindPayload
	}
	return udpLen, size, next, 0
}

// udpNext returns the layer that the ports of a datagram with size bytes of
// data announce. The lower port is tried first: clients use high ports.
func udpNext(src, dst uint16, size int) Kind {
	if size == 0 {
		return KindPayload
	}
	if k := udpPortKind(min(src, dst)); k != KindPayload {
		return k
	}
	return udpPortKind(max(src, dst))
}

func udpPortKind(port uint16) Kind {
	switch port {
	case portDNS, portMDNS, portLLMNR:
		return KindDNS
	case portDHCPv4Server, portDHCPv4Client:
		return KindDHCPv4
	case portNTP:
		return KindNTP
	case portNBNS:
		return KindNBNS
	case portDHCPv6Client, portDHCPv6Server:
		return KindDHCPv6
	case portL2TP:
		return KindL2TP
	case portGTPC, portGTPU, portGTPv0:
		return KindGTP
	case portTeredo:
		return KindTeredo
	case portGREinUDP:
		return KindGRE
	case portVXLAN, portVXLANOld:
		return KindVXLAN
	case portVXLANGPE:
		return KindVXLANGPE
	case portAYIYA:
		return KindAYIYA
	case portCAPWAP:
		return KindCAPWAP
	case portGENEVE:
		return KindGENEVE
	case portSFlow:
		return KindSFlow
	case portMPLSinUDP:
		return KindMPLS
	case portLISP:
		return KindLISP
	case portTZSP:
		return KindTZSP
	}
	return KindPayload
}

// SrcPort returns the source port.
func (h UDP) SrcPort() uint16 { return binary.BigEndian.Uint16(h.b) }

// DstPort returns the destination port.
func (h UDP) DstPort() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Len returns the length of header and payload stated by the header, in bytes.
func (h UDP) Len() int { return int(binary.BigEndian.Uint16(h.b[4:])) }

// Checksum returns the checksum field, 0 if the sender computed none.
func (h UDP) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[6:]) }

// Bytes returns the header and payload.
func (h UDP) Bytes() []byte { return h.b }

// Payload returns the datagram's data.
func (h UDP) Payload() []byte { return h.b[udpLen:] }

// Truncated reports whether the header states more bytes than are available.
func (h UDP) Truncated() bool { return len(h.b) < h.Len() }

// AppendText appends a short description to dst.
func (h UDP) AppendText(dst []byte) ([]byte, error) {
	dst = appendPorts(dst, h.SrcPort(), h.DstPort())
	dst = append(dst, " len "...)
	return strconv.AppendInt(dst, int64(len(h.Payload())), 10), nil
}

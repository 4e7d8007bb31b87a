package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// Linux cooked capture headers, https://www.tcpdump.org/linktypes/ pages
// LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2. All fields are big-endian.
const (
	linuxSLLLen  = 16
	linuxSLL2Len = 20
	sllType8022  = 4
)

// Hardware types whose payload the EtherType does not describe.
const (
	arphrdFrameRelay = 770
	arphrdWLAN       = 801
	arphrdRadiotap   = 803
	arphrdNetlink    = 824
)

// Packet types in a cooked capture header.
const (
	SLLHost      = 0 // to us
	SLLBroadcast = 1 // link-layer broadcast
	SLLMulticast = 2 // link-layer multicast
	SLLOtherHost = 3 // from another host to another host
	SLLOutgoing  = 4 // from us
)

// LinuxSLL is a view of a Linux cooked capture header, version 1, and its
// payload (LINKTYPE_LINUX_SLL of https://www.tcpdump.org/linktypes.html).
type LinuxSLL struct{ b []byte }

// ParseLinuxSLL checks that b begins with a Linux cooked capture header and
// returns a view of it that aliases b. The error is Short.
func ParseLinuxSLL(b []byte) (LinuxSLL, error) {
	if len(b) < linuxSLLLen {
		return LinuxSLL{}, fail(KindLinuxSLL, wire.Short, b, linuxSLLLen)
	}
	return LinuxSLL{cut(b, len(b))}, nil
}

func stepLinuxSLL(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < linuxSLLLen {
		return linuxSLLLen, 0, 0, wire.Short
	}
	h := LinuxSLL{b}
	return linuxSLLLen, len(b), sllKind(h.HardwareType(), h.EtherType()), 0
}

// sllKind returns the layer after a cooked header. On some interfaces the
// hardware type determines it, else the EtherType, which is 4 for IEEE 802.2.
func sllKind(hardware uint16, t EtherType) Kind {
	switch hardware {
	case arphrdFrameRelay:
		return KindFrameRelay
	case arphrdWLAN:
		return KindWLAN
	case arphrdRadiotap:
		return KindRadiotap
	case arphrdNetlink:
		return KindPayload // it has families in place of EtherTypes
	}
	if t == sllType8022 {
		return KindLLC
	}
	return t.kind()
}

// PacketType returns the direction or destination of the packet, such as
// SLLHost.
func (h LinuxSLL) PacketType() uint16 { return binary.BigEndian.Uint16(h.b) }

// HardwareType returns the ARPHRD_ number of the interface.
func (h LinuxSLL) HardwareType() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Addr returns the sender's link-layer address, at most eight bytes.
func (h LinuxSLL) Addr() []byte { return cut(h.b[6:14], int(binary.BigEndian.Uint16(h.b[4:]))) }

// EtherType returns the type of the payload.
func (h LinuxSLL) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[14:])) }

// Bytes returns the header and payload.
func (h LinuxSLL) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h LinuxSLL) Payload() []byte { return h.b[linuxSLLLen:] }

// AppendText appends a short description to dst.
func (h LinuxSLL) AppendText(dst []byte) ([]byte, error) {
	return append(dst, h.EtherType().String()...), nil
}

// LinuxSLL2 is a view of a Linux cooked capture header, version 2, and its
// payload (LINKTYPE_LINUX_SLL2 of https://www.tcpdump.org/linktypes.html).
type LinuxSLL2 struct{ b []byte }

// ParseLinuxSLL2 checks that b begins with a Linux cooked capture header,
// version 2, and returns a view of it that aliases b. The error is Short.
func ParseLinuxSLL2(b []byte) (LinuxSLL2, error) {
	if len(b) < linuxSLL2Len {
		return LinuxSLL2{}, fail(KindLinuxSLL2, wire.Short, b, linuxSLL2Len)
	}
	return LinuxSLL2{cut(b, len(b))}, nil
}

func stepLinuxSLL2(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < linuxSLL2Len {
		return linuxSLL2Len, 0, 0, wire.Short
	}
	h := LinuxSLL2{b}
	return linuxSLL2Len, len(b), sllKind(h.HardwareType(), h.EtherType()), 0
}

// EtherType returns the type of the payload.
func (h LinuxSLL2) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b)) }

// InterfaceIndex returns the index of the interface on the capturing host.
func (h LinuxSLL2) InterfaceIndex() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// HardwareType returns the ARPHRD_ number of the interface.
func (h LinuxSLL2) HardwareType() uint16 { return binary.BigEndian.Uint16(h.b[8:]) }

// PacketType returns the direction or destination of the packet, such as
// SLLHost.
func (h LinuxSLL2) PacketType() uint8 { return h.b[10] }

// Addr returns the sender's link-layer address, at most eight bytes.
func (h LinuxSLL2) Addr() []byte { return cut(h.b[12:20], int(h.b[11])) }

// Bytes returns the header and payload.
func (h LinuxSLL2) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h LinuxSLL2) Payload() []byte { return h.b[linuxSLL2Len:] }

// AppendText appends a short description to dst.
func (h LinuxSLL2) AppendText(dst []byte) ([]byte, error) {
	return append(dst, h.EtherType().String()...), nil
}

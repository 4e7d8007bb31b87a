package ng

import "fmt"

// A Packet is the content of a packet block.
type Packet struct {
	Interface int
	Timestamp uint64
	Timed     bool // the block has a time stamp
	Data      []byte
	WireLen   uint32
	Options   []byte
}

// IsPacket reports whether blocks of type typ hold packets.
func IsPacket(typ uint32) bool {
	return typ == TypeEnhancedPacket || typ == TypeSimplePacket || typ == TypePacket
}

// Packet returns the packet in b, a block of a type that holds one.
func (r *Reader) Packet(b *Block) (Packet, error) {
	var p Packet
	head, capLen, iface := 20, uint32(0), uint32(0)
	switch {
	case b.Type == TypeSimplePacket && len(b.Body) >= 4:
		head = 4
		p.WireLen = r.Uint32(b.Body)
		capLen = r.simpleCapLen(p.WireLen, len(b.Body)-head)
	case len(b.Body) < head:
		return p, fmt.Errorf("%w packet block of %d bytes", ErrFormat, len(b.Body))
	default:
		iface = r.Uint32(b.Body)
		if b.Type == TypePacket { // 16-bit interface, 16-bit drop count
			iface = uint32(r.Uint16(b.Body))
		}
		p.Timed = true
		p.Timestamp = uint64(r.Uint32(b.Body[4:]))<<32 | uint64(r.Uint32(b.Body[8:]))
		capLen, p.WireLen = r.Uint32(b.Body[12:]), r.Uint32(b.Body[16:])
	}
	if int64(iface) >= int64(len(r.Ifaces)) {
		return p, fmt.Errorf("%w packet block: interface %d, but the section has %d", ErrFormat, iface, len(r.Ifaces))
	}
	p.Interface = int(iface)
	room := len(b.Body) - head
	if int64(capLen) > int64(room) {
		return p, fmt.Errorf("%w packet block: %d captured bytes, room for %d", ErrFormat, capLen, room)
	}
	p.Data = b.Body[head : head+int(capLen) : head+int(capLen)]
	if padded := (int(capLen) + 3) &^ 3; b.Type != TypeSimplePacket && padded < room {
		p.Options = b.Body[head+padded:]
	}
	return p, nil
}

// simpleCapLen returns the captured length of a simple packet block, which the
// block does not state (section 4.4 of the draft).
func (r *Reader) simpleCapLen(wireLen uint32, room int) uint32 {
	capLen := wireLen
	if len(r.Ifaces) > 0 && r.Ifaces[0].SnapLen > 0 {
		capLen = min(capLen, r.Ifaces[0].SnapLen)
	}
	return uint32(min(int64(capLen), int64(room)))
}

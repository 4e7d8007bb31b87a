package build

import (
	"encoding/binary"
	"time"
)

// A Pcap builds a classic capture file. The zero value is little-endian, with
// microseconds, Ethernet and version 2.4.
type Pcap struct {
	BigEndian   bool
	Nanoseconds bool
	Magic       uint32 // 0: by Nanoseconds
	Minor       uint16 // 0: 4
	LinkType    uint32 // 0: Ethernet; the whole link-type word
	SnapLen     uint32 // 0: 262144

	b []byte
}

func (p *Pcap) order() binary.AppendByteOrder {
	if p.BigEndian {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// Bytes returns the file.
func (p *Pcap) Bytes() []byte {
	p.header()
	return p.b
}

func (p *Pcap) header() {
	if p.b != nil {
		return
	}
	magic, minor, link, snapLen := p.Magic, p.Minor, p.LinkType, p.SnapLen
	if magic == 0 {
		magic = 0xa1b2c3d4
		if p.Nanoseconds {
			magic = 0xa1b23c4d
		}
	}
	if minor == 0 {
		minor = 4
	}
	if link == 0 {
		link = 1
	}
	if snapLen == 0 {
		snapLen = 262144
	}
	o := p.order()
	p.b = o.AppendUint32(p.b, magic)
	p.b = o.AppendUint16(o.AppendUint16(p.b, 2), minor)
	for _, v := range []uint32{0, 0, snapLen, link} {
		p.b = o.AppendUint32(p.b, v)
	}
}

// Add appends a completely captured packet.
func (p *Pcap) Add(t time.Time, data []byte) *Pcap { return p.AddCut(t, data, len(data)) }

// AddCut appends a packet of wireLen bytes of which only data was captured.
func (p *Pcap) AddCut(t time.Time, data []byte, wireLen int) *Pcap {
	fraction := t.Nanosecond()
	if !p.Nanoseconds {
		fraction /= 1000
	}
	return p.AddRaw([]uint32{uint32(t.Unix()), uint32(fraction), uint32(len(data)), uint32(wireLen)}, data)
}

// AddRaw appends the fields of a record header, and data.
func (p *Pcap) AddRaw(header []uint32, data []byte) *Pcap {
	p.header()
	for _, v := range header {
		p.b = p.order().AppendUint32(p.b, v)
	}
	p.b = append(p.b, data...)
	return p
}

// A Pcapng builds a pcapng file, block by block. The zero value is
// little-endian.
type Pcapng struct {
	BigEndian bool

	b []byte
}

// An Option is an option of a block.
type Option struct {
	Code  uint16
	Value []byte
}

func (p *Pcapng) order() binary.AppendByteOrder {
	if p.BigEndian {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// Bytes returns the file.
func (p *Pcapng) Bytes() []byte { return p.b }

// Block appends a block: the numbers of its fixed part, data padded to 32 bits,
// and options.
func (p *Pcapng) Block(typ uint32, fixed []uint32, data []byte, options ...Option) *Pcapng {
	o := p.order()
	var body []byte
	for _, v := range fixed {
		body = o.AppendUint32(body, v)
	}
	body = pad(append(body, data...))
	for _, opt := range options {
		body = o.AppendUint16(o.AppendUint16(body, opt.Code), uint16(len(opt.Value)))
		body = pad(append(body, opt.Value...))
	}
	if len(options) > 0 {
		body = append(body, 0, 0, 0, 0)
	}
	size := uint32(len(body) + 12)
	p.b = o.AppendUint32(o.AppendUint32(p.b, typ), size)
	p.b = o.AppendUint32(append(p.b, body...), size)
	return p
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// Section appends a section header of version 1.0 and unknown length.
func (p *Pcapng) Section(options ...Option) *Pcapng {
	version := uint32(1) // 1.0 as two 16-bit numbers
	if p.BigEndian {
		version = 1 << 16
	}
	return p.Block(0x0a0d0d0a, []uint32{0x1a2b3c4d, version, 0xffffffff, 0xffffffff}, nil, options...)
}

// Interface appends an interface description.
func (p *Pcapng) Interface(link uint16, snapLen uint32, options ...Option) *Pcapng {
	first := uint32(link)
	if p.BigEndian {
		first <<= 16
	}
	return p.Block(1, []uint32{first, snapLen}, nil, options...)
}

// Enhanced appends an enhanced packet block with a completely captured packet.
func (p *Pcapng) Enhanced(iface uint32, ts uint64, data []byte, options ...Option) *Pcapng {
	n := uint32(len(data))
	return p.Block(6, []uint32{iface, uint32(ts >> 32), uint32(ts), n, n}, data, options...)
}

// Simple appends a simple packet block for a packet of wireLen bytes.
func (p *Pcapng) Simple(wireLen uint32, data []byte) *Pcapng {
	return p.Block(3, []uint32{wireLen}, data)
}

package mutate

import (
	"encoding/binary"
	"slices"

	"github.com/sightline-go/sightline/layers"
)

func (c *Capture) decode(i int) []byte {
	rec := &c.Records[i]
	c.decoder.Decode(&c.packet, rec)
	return rec.Data
}

// payload decodes a record and returns its data and where the headers end.
func (c *Capture) payload(i int) (start int, data []byte) {
	data = c.decode(i)
	for l := range c.packet.Layers() {
		switch l.Kind {
		case layers.KindIPv4, layers.KindIPv6, layers.KindTCP, layers.KindUDP:
			start = l.Offset + l.HeaderLen
		}
	}
	return min(start, len(data)), data
}

// replace replaces data[from:to] of the record that was decoded last, and corrects
// the lengths and checksums of the headers before it.
func (c *Capture) replace(i, from, to int, by []byte) {
	rec := &c.Records[i]
	delta := len(by) - (to - from)
	if len(rec.Data)+delta > dataCap {
		return
	}
	truncated := rec.Truncated()
	rec.Data = slices.Replace(slices.Clone(rec.Data), from, to, by...)
	rec.WireLen = max(rec.WireLen+delta, len(rec.Data))
	for l := range c.packet.Layers() {
		if l.Offset+l.HeaderLen > from || truncated {
			continue
		}
		h := rec.Data[l.Offset:]
		switch l.Kind {
		case layers.KindIPv4:
			add(h[2:4], delta)
		case layers.KindIPv6, layers.KindUDP:
			add(h[4:6], delta)
		}
	}
	c.repair(i)
}

// add adds to a length, unless that is 0 and so stands for the rest of the packet.
func add(field []byte, delta int) {
	if n := int(binary.BigEndian.Uint16(field)); n != 0 && n+delta >= 0 && n+delta < 1<<16 {
		binary.BigEndian.PutUint16(field, uint16(n+delta))
	}
}

// repair writes the checksums of a record's headers, the inner ones first.
func (c *Capture) repair(i int) {
	data := c.decode(i)
	all := slices.Collect(c.packet.Layers())
	for k := len(all) - 1; k >= 0; k-- {
		l := all[k]
		b := data[l.Offset:min(l.Offset+len(l.Bytes), len(data))]
		switch l.Kind {
		case layers.KindIPv4:
			put(b, 10, sum(0, clear2(b[:l.HeaderLen], 10)))
		case layers.KindTCP:
			put(b, 16, sum(pseudo(all[:k], 6, len(b)), clear2(b, 16)))
		case layers.KindUDP:
			put(b, 6, sum(pseudo(all[:k], 17, len(b)), clear2(b, 6)))
		}
	}
}

// pseudo returns the sum of the pseudo-header (RFC 9293 section 3.1, RFC 8200 section
// 8.1) for the innermost IP layer.
func pseudo(outer []layers.Layer, proto uint8, length int) uint32 {
	for _, l := range slices.Backward(outer) {
		switch l.Kind {
		case layers.KindIPv4:
			return sum(uint32(proto)+uint32(length), l.Bytes[12:20])
		case layers.KindIPv6:
			return sum(uint32(proto)+uint32(length), l.Bytes[8:40])
		}
	}
	return 0
}

func clear2(b []byte, at int) []byte {
	clear(b[at : at+2])
	return b
}

func put(b []byte, at int, n uint32) {
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	binary.BigEndian.PutUint16(b[at:], ^uint16(n))
}

func sum(n uint32, b []byte) uint32 {
	for ; len(b) > 1; b = b[2:] {
		n += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		n += uint32(b[0]) << 8
	}
	return n
}

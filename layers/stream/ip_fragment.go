package stream

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/sightline-go/sightline/layers"
)

// IP fragments (RFC 791 section 3.1, RFC 8200 section 4.5).
const (
	fragmentUnit   = 8     // offsets, and all lengths but the last, are multiples of it
	maxDatagram    = 65535 // an IPv4 packet, or an IPv6 payload
	ipv6Header     = 40
	fragmentHeader = 8 // of IPv6
)

// A fragmentKey identifies the datagram of a fragment.
type fragmentKey struct {
	src, dst [16]byte
	id       uint32
	proto    layers.IPProto // 0 for IPv6, where the identification alone counts
	version  uint8
}

// A fragment is a layer of a packet that is a fragment.
type fragment struct {
	key    fragmentKey
	head   []byte // the headers before the payload, without the fragment header
	nextAt int    // where in head to write next; 0: head is complete
	next   byte   // the protocol of the payload
	off    int    // of data in the payload
	more   bool
	data   []byte
	cut    bool // by the capture
	stated int  // length of data that the IP header states
}

// A source is the packet that completed some bytes, and the first packet of
// their fragments to arrive.
type source struct{ first, last Ref }

// findFragment returns the outermost fragment in p: inner ones are only
// complete once it is reassembled.
func findFragment(p *layers.Packet) (fragment, bool) {
	var ip layers.Layer // the IPv6 header before the extension headers
	nextAt := 0
	for l := range p.Layers() {
		switch l.Kind {
		case layers.KindIPv4:
			if h, err := layers.ParseIPv4(l.Bytes); err == nil && h.IsFragment() {
				return fragment4(h), true
			}
		case layers.KindIPv6:
			ip, nextAt = l, 6
		case layers.KindIPv6Fragment:
			h, err := layers.ParseIPv6Fragment(l.Bytes) // RFC 6946: it may be atomic
			if err == nil && h.IsFragment() && ip.Bytes != nil {
				return fragment6(ip, l.Offset-ip.Offset, nextAt, h), true
			}
		default:
			nextAt = l.Offset - ip.Offset // of an extension header
		}
	}
	return fragment{}, false
}

func fragment4(h layers.IPv4) fragment {
	b := h.Bytes()
	return fragment{
		key: fragmentKey{
			src: h.Src().As16(), dst: h.Dst().As16(), id: uint32(h.ID()), proto: h.Protocol(), version: 4,
		},
		head: b[:h.HeaderLen()],
		off:  h.FragmentOffset(),
		more: h.MoreFragments(),
		data: h.Payload(),
		cut:  h.Truncated(), stated: h.TotalLen() - h.HeaderLen(),
	}
}

// fragment6 returns the fragment whose fragment header is at offset at of ip.
func fragment6(ip layers.Layer, at, nextAt int, h layers.IPv6Fragment) fragment {
	v6, _ := layers.ParseIPv6(ip.Bytes)
	return fragment{
		key:    fragmentKey{src: v6.Src().As16(), dst: v6.Dst().As16(), id: h.ID(), version: 6},
		head:   ip.Bytes[:at],
		nextAt: nextAt,
		next:   byte(h.NextHeader()),
		off:    h.FragmentOffset(),
		more:   h.MoreFragments(),
		data:   h.Payload(),
		cut:    v6.Truncated(),
		stated: ipv6Header + v6.PayloadLen() - at - fragmentHeader,
	}
}

func (f *fragment) end() int { return f.off + len(f.data) }

// atomic reports whether an IPv6 packet has a fragment header but is not
// fragmented. It is independent of fragments with the same identification (RFC
// 6946).
func (f *fragment) atomic() bool { return f.key.version == 6 && f.off == 0 && !f.more }

// strip returns an atomic fragment without its fragment header. Its length field
// states the original length, even if the capture cut the packet.
func (f *fragment) strip() []byte {
	b := slices.Concat(f.head, f.data)
	b[f.nextAt] = f.next
	if n := binary.BigEndian.Uint16(b[4:]); n >= fragmentHeader {
		binary.BigEndian.PutUint16(b[4:], n-fragmentHeader)
	}
	return b
}

// valid reports whether the fragment can be part of a datagram.
func (f *fragment) valid() bool {
	size := len(f.head) + f.end()
	if f.key.version == 6 {
		size -= ipv6Header
	}
	return size <= maxDatagram && (!f.more || len(f.data) > 0 && len(f.data)%fragmentUnit == 0)
}

// cost returns what g counts as held.
func (g *partial) cost() int {
	n := partialCost + len(g.head) + g.parts.cost
	if g.last != nil {
		n += refCost
	}
	return n
}

// drop drops an IPv6 datagram. Its entry is kept, so that its later fragments
// are recognised.
func (d *Defragmenter) drop(g *partial) {
	d.stats.Dropped++
	g.dead, g.head, g.parts = true, nil, segments{}
}

// add adds a valid fragment.
func (d *Defragmenter) add(g *partial, f fragment) {
	last := !f.more
	if g.size >= 0 && (f.end() > g.size || last && f.end() != g.size) || last && f.end() < g.top {
		d.stats.Malformed++
		if f.key.version == 6 {
			d.drop(g)
		}
		return
	}
	if last {
		g.size = f.end()
	}
	g.top = max(g.top, f.end())
	s := segment{seq: uint32(f.off), data: f.data}
	if w := g.parts.after(s.seq); w != nil && len(s.data) > 0 && w.seq < s.end() {
		if w.seq == s.seq && bytes.Equal(w.data, s.data) {
			return
		}
		d.stats.Overlaps++
		if f.key.version == 6 {
			d.drop(g)
			return
		}
	}
	if f.off == 0 && g.head == nil {
		g.head = bytes.Clone(f.head)
		if f.nextAt > 0 {
			g.head[f.nextAt] = f.next
		}
	}
	g.fill(s)
}

// fill adds the bytes of s that no earlier fragment had.
func (g *partial) fill(s segment) {
	for len(s.data) > 0 {
		free, next := len(s.data), s.end()
		if w := g.parts.after(s.seq); w != nil && w.seq < s.end() {
			free, next = max(int(w.seq)-int(s.seq), 0), w.end()
		}
		if free > 0 {
			g.parts.insert(&segment{seq: s.seq, data: bytes.Clone(s.data[:free]), cost: segmentCost + free})
		}
		s.skipTo(next)
	}
}

// complete reports whether no byte is missing.
func (g *partial) complete() bool { return !g.dead && g.size >= 0 && g.parts.size == g.size }

// assemble returns the datagram as it was before fragmentation.
func (g *partial) assemble(version uint8) []byte {
	b := append(make([]byte, 0, len(g.head)+g.size), g.head...)
	return restore(version, g.parts.root.appendTo(b), len(g.head), g.size)
}

// restore makes b, the headers of a fragment and a payload, the datagram that it was
// before fragmentation. head is the length of the headers, size that of the whole
// payload, of which some may be missing.
func restore(version uint8, b []byte, head, size int) []byte {
	if version == 6 {
		binary.BigEndian.PutUint16(b[4:], uint16(min(head-ipv6Header+size, maxDatagram)))
		return b
	}
	binary.BigEndian.PutUint16(b[2:], uint16(min(head+size, maxDatagram)))
	binary.BigEndian.PutUint16(b[6:], binary.BigEndian.Uint16(b[6:])&0xc000) // all but MF and the offset
	binary.BigEndian.PutUint16(b[10:], 0)
	binary.BigEndian.PutUint16(b[10:], checksum(b[:head]))
	return b
}

// checksum returns the Internet checksum of a header (RFC 1071).
func checksum(b []byte) uint16 {
	var n uint32
	for ; len(b) > 1; b = b[2:] {
		n += uint32(binary.BigEndian.Uint16(b))
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return ^uint16(n)
}

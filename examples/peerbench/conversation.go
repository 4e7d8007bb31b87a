package main

import (
	"fmt"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/internal/build"
)

// A conversation holds the packets of a client, its resolver and a server, in
// capture order.
type conversation struct {
	t                *traffic
	client, server   string // addresses
	resolver         string
	port, serverPort uint16
	vlan             bool
	seq              [2]uint32 // next sequence number, by side
	seen             [2]uint32 // next acknowledgment number, by side
	packets          [][]byte
}

// Sides of a conversation.
const (
	client = 0
	server = 1
)

// newConversation returns a conversation with s: one in seven is over IPv6, one
// in ten has a VLAN tag.
func newConversation(t *traffic, s *site) *conversation {
	port := 49152 + t.IntN(1<<14) // a dynamic port (RFC 6335 section 6)
	c := &conversation{t: t, port: uint16(port), vlan: t.IntN(10) == 0, seq: [2]uint32{t.Uint32(), t.Uint32()}}
	host := t.IntN(600)
	if t.IntN(7) == 0 {
		c.client, c.resolver = fmt.Sprintf("2001:db8:1::%x", 0x100+host), "2001:db8:1::53"
		c.server = s.v6[t.IntN(len(s.v6))]
	} else {
		c.client, c.resolver = fmt.Sprintf("10.1.%d.%d", host/250, 1+host%250), "10.1.255.53"
		c.server = s.v4[t.IntN(len(s.v4))]
	}
	return c
}

func (c *conversation) put(packet []byte) {
	typ := uint16(0x0800)
	if packet[0]>>4 == 6 {
		typ = 0x86dd
	}
	if c.vlan {
		typ, packet = 0x8100, build.VLAN(7, typ, packet)
	}
	c.packets = append(c.packets, build.Ethernet(typ, packet))
}

// lookUp adds a DNS query for the addresses of s and the response.
func (c *conversation) lookUp(s *site, typ dnsmessage.Type) {
	id, addrs := uint16(c.t.Uint32()), []dnsmessage.ResourceBody(nil)
	for i := range s.v4 {
		if typ == dnsmessage.TypeA {
			addrs = append(addrs, &dnsmessage.AResource{A: netip.MustParseAddr(s.v4[i]).As4()})
		} else {
			addrs = append(addrs, &dnsmessage.AAAAResource{AAAA: netip.MustParseAddr(s.v6[i]).As16()})
		}
	}
	c.put(build.UDP(c.client, c.port, c.resolver, 53, dnsQuery(id, s.name, typ)))
	c.put(build.UDP(c.resolver, 53, c.client, c.port, dnsResponse(id, s.name, typ, s.alias, addrs)))
	c.t.want.Questions += 2
	c.t.want.Bytes += 2 * len(s.name)
}

// TCP flags (RFC 9293 section 3.1).
const (
	fin = 0x01
	syn = 0x02
	psh = 0x08
	ack = 0x10
)

// full is the maximum segment data, over IPv6 and with timestamps.
const full = 1500 - 40 - 20 - 12

var (
	synOptions  = []byte{2, 4, 5, 0xa0, 4, 2, 1, 1}           // maximum segment size, SACK permitted
	dataOptions = []byte{1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1} // timestamps
)

// segment returns the next segment that side from sends.
func (c *conversation) segment(from int, flags uint8, options, data []byte) []byte {
	s := build.TCP{
		Src: c.client, Dst: c.server, SrcPort: c.port, DstPort: c.serverPort,
		Seq: c.seq[from], Ack: c.seen[from], Flags: flags, Options: options, Data: string(data),
	}
	if from == server {
		s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, s.DstPort, s.SrcPort
	}
	c.seq[from] += uint32(len(data))
	if flags&(syn|fin) != 0 {
		c.seq[from]++
	}
	return s.Packet()
}

// exchange sends a segment without data, and the other side receives it.
func (c *conversation) exchange(from int, flags uint8, options []byte) {
	c.put(c.segment(from, flags, options, nil))
	c.seen[1-from] = c.seq[from]
}

func (c *conversation) open() {
	c.exchange(client, syn, synOptions)
	c.exchange(server, syn|ack, synOptions)
	c.exchange(client, ack, nil)
}

func (c *conversation) close() {
	c.exchange(client, fin|ack, dataOptions)
	c.exchange(server, fin|ack, dataOptions)
	c.exchange(client, ack, dataOptions)
}

// latest is the most segments that overtake a delayed one.
const latest = 3

// send sends data. About 2 % of the segments are delayed, and 1 % are sent again
// at the end. The other side acknowledges every second segment, once all before
// it have arrived.
func (c *conversation) send(from int, data []byte) {
	var segments, again [][]byte
	var ends []uint32
	for rest := data; len(rest) > 0; {
		n := min(full, len(rest))
		flags := uint8(ack)
		if n == len(rest) {
			flags |= psh
		}
		segments = append(segments, c.segment(from, flags, dataOptions, rest[:n]))
		ends = append(ends, c.seq[from])
		rest = rest[n:]
		if c.t.IntN(100) == 0 {
			again = append(again, segments[len(segments)-1])
		}
	}
	c.delay(segments)
	for i, s := range segments {
		c.put(s)
		if i >= latest && i%2 == 1 {
			c.seen[1-from] = ends[i-latest]
			c.put(c.segment(1-from, ack, dataOptions, nil))
		}
	}
	c.seen[1-from] = c.seq[from]
	c.put(c.segment(1-from, ack, dataOptions, nil))
	for _, s := range again {
		c.put(s)
	}
}

// delay moves one in fifty segments, chosen at random, after up to latest of
// those that follow it.
func (c *conversation) delay(segments [][]byte) {
	for i := 0; i < len(segments)-1; i++ {
		if c.t.IntN(50) > 0 {
			continue
		}
		to := min(i+1+c.t.IntN(latest), len(segments)-1)
		late := segments[i]
		copy(segments[i:to], segments[i+1:])
		segments[to] = late
		i = to
	}
}

// small generates packets of 54 to 200 bytes: DNS, and connections that are
// opened, carry no data and are never closed.
func small(t *traffic, size int) {
	for len(t.memory) < size {
		s := t.popular()
		c := newConversation(t, s)
		if t.IntN(100) < 55 {
			c.lookUp(&site{name: s.name, v4: s.v4[:1], v6: s.v6[:1]}, dnsmessage.TypeA)
		} else {
			c.serverPort = 443
			c.open()
		}
		for _, p := range c.packets {
			t.put(p)
		}
	}
}

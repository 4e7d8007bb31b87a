package stream_test

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A frag is one fragment of a datagram.
type frag struct {
	off  int // in bytes
	more bool
	data string
	id   uint16 // 0 means 7
	df   bool
}

func (f frag) ident() uint16 {
	if f.id == 0 {
		return 7
	}
	return f.id
}

// ipv4 returns the fragment in an IPv4 packet of protocol proto.
func (f frag) ipv4(proto uint8) []byte {
	b := build.IPv4(netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.53"), proto, []byte(f.data))
	word := uint16(f.off / 8)
	if f.more {
		word |= 0x2000
	}
	if f.df {
		word |= 0x4000
	}
	binary.BigEndian.PutUint16(b[4:], f.ident())
	binary.BigEndian.PutUint16(b[6:], word)
	return b
}

// ipv6 returns the fragment in an IPv6 packet, after a destination options
// header.
func (f frag) ipv6(proto uint8) []byte {
	b := []byte{44, 0, 1, 4, 0, 0, 0, 0, proto, 0}
	word := uint16(f.off)
	if f.more {
		word |= 1
	}
	b = binary.BigEndian.AppendUint16(b, word)
	b = binary.BigEndian.AppendUint32(b, uint32(f.ident()))
	return build.IP("2001:db8::1", "2001:db8::53", 60, append(b, f.data...))
}

// defragment pushes packets without link layer, a second apart, and returns the
// payloads after the last IP header of the datagrams that they complete.
func defragment(d *stream.Defragmenter, packets ...[]byte) (payloads []string, refs [][2]int64) {
	var p layers.Packet
	for i, b := range packets {
		rec := &pcap.Record{
			Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw,
			Number: int64(i + 1), Time: start.Add(time.Duration(i) * time.Second),
		}
		new(layers.Decoder).Decode(&p, rec)
		g, ok := d.Push(&p, rec)
		if !ok {
			continue
		}
		refs = append(refs, [2]int64{g.First.Number, g.Last.Number})
		new(layers.Decoder).DecodeBytes(&p, pcap.LinkTypeRaw, g.Data)
		payload := "not decoded"
		for l := range p.Layers() {
			switch l.Kind {
			case layers.KindIPv4, layers.KindIPv6, layers.KindIPv6Destination:
				payload = string(l.Payload())
			}
		}
		payloads = append(payloads, payload)
	}
	return payloads, refs
}

func TestDefragmenter(t *testing.T) {
	type outcome struct {
		datagrams []string
		stats     stream.DefragStats // except Fragments and Datagrams
	}
	eight := func(s string) string { return strings.Repeat(s, 8) }
	a, b, c := frag{more: true, data: eight("a")}, frag{off: 8, more: true, data: eight("b")}, frag{off: 16, data: "ccc"}
	abc := eight("a") + eight("b") + "ccc"
	whole := outcome{datagrams: []string{abc}}
	partly := outcome{stats: stream.DefragStats{Incomplete: 1}}
	without := outcome{[]string{abc}, stream.DefragStats{Malformed: 1}}
	overlap := &outcome{stats: stream.DefragStats{Overlaps: 1, Dropped: 1}}
	contradiction := &outcome{stats: stream.DefragStats{Malformed: 1, Dropped: 1}}
	tests := []struct {
		name  string
		frags []frag
		want  outcome
		want6 *outcome // for IPv6, if different
	}{
		{"in order", []frag{a, b, c}, whole, nil},
		{"backwards", []frag{c, b, a}, whole, nil},
		{"the last first", []frag{c, a, b}, whole, nil},
		{"twice", []frag{a, a, b, b, c}, whole, nil},
		{"one is missing", []frag{a, c}, partly, nil},
		{"the first is missing", []frag{b, c}, partly, nil},
		{"the last is missing", []frag{a, b}, partly, nil},
		{"the last with DF", []frag{{more: true, df: true, data: eight("a")}, {off: 8, df: true, data: "x"}},
			outcome{datagrams: []string{eight("a") + "x"}}, nil},
		{"the last is empty", []frag{a, b, {off: 16}}, outcome{datagrams: []string{eight("a") + eight("b")}}, nil},
		{"an empty one in the middle", []frag{a, {off: 8, more: true}, b, c}, without, nil},
		{"of a length that is not a multiple of 8", []frag{a, {off: 8, more: true, data: "b"}, b, c}, without, nil},
		{"beyond 65,535 bytes", []frag{a, {off: 65528, data: eight("z")}, b, c}, without, nil},
		{"two datagrams interleaved", []frag{a, {id: 9, more: true, data: eight("A")}, b, {id: 9, off: 8, data: "B"}, c},
			outcome{datagrams: []string{eight("A") + "B", abc}}, nil},
		{"overlapping with other bytes", []frag{a, {more: true, data: eight("x") + eight("y")}, c},
			outcome{[]string{eight("a") + eight("y") + "ccc"}, stream.DefragStats{Overlaps: 1}}, overlap},
		{"overlapping with the same bytes", []frag{a, {more: true, data: eight("a") + eight("b")}, c},
			outcome{[]string{abc}, stream.DefragStats{Overlaps: 1}}, overlap},
		{"around an earlier one", []frag{b, {more: true, data: eight("a") + eight("x") + eight("c")}, {off: 24, data: "d"}},
			outcome{[]string{eight("a") + eight("b") + eight("c") + "d"}, stream.DefragStats{Overlaps: 1}}, overlap},
		{"teardrop: the second lies within the first", []frag{{more: true, data: eight("a") + eight("b") + eight("c")}, {off: 8, data: "x"}},
			outcome{stats: stream.DefragStats{Malformed: 1, Incomplete: 1}}, contradiction},
		{"two ends", []frag{a, {off: 16, data: "cc"}, c, b},
			outcome{[]string{eight("a") + eight("b") + "cc"}, stream.DefragStats{Malformed: 1}}, contradiction},
		{"after the end", []frag{a, c, {off: 24, more: true, data: eight("d")}, b}, without, contradiction},
	}
	for _, tt := range tests {
		for _, version := range []int{4, 6} {
			packets := make([][]byte, len(tt.frags))
			for i, f := range tt.frags {
				packets[i] = f.ipv4(253)
				if version == 6 {
					packets[i] = f.ipv6(253)
				}
			}
			want := tt.want
			if version == 6 && tt.want6 != nil {
				want = *tt.want6
			}
			want.stats.Fragments, want.stats.Datagrams = len(tt.frags), len(want.datagrams)
			var d stream.Defragmenter
			var got outcome
			got.datagrams, _ = defragment(&d, packets...)
			d.Flush()
			got.stats = d.Stats()
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("%s, IPv%d (-want +got):\n%s", tt.name, version, diff)
			}
		}
	}
}

// A reassembled datagram is the packet before fragmentation: lengths, checksum,
// the protocol after the headers; and it names its first and last packets.
func TestDatagram(t *testing.T) {
	udp := build.UDP("192.0.2.1", 53, "192.0.2.53", 53, []byte(strings.Repeat("x", 30)))
	want := append([]byte{}, udp...)
	binary.BigEndian.PutUint16(want[4:], 7) // the identification
	binary.BigEndian.PutUint16(want[10:], 0)
	var d stream.Defragmenter
	var p layers.Packet
	fragments := []frag{{off: 16, data: string(udp[36:])}, {more: true, data: string(udp[20:36])}}
	for i, f := range fragments {
		b := build.Ethernet(0x0800, f.ipv4(17))
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeEthernet, Number: int64(i + 5)}
		new(layers.Decoder).Decode(&p, rec)
		g, ok := d.Push(&p, rec)
		if ok != (i == 1) {
			t.Fatalf("fragment %d: complete %v", i, ok)
		}
		if !ok {
			continue
		}
		if g.First.Number != 5 || g.Last.Number != 6 {
			t.Errorf("from packet %d to %d, want 5 and 6", g.First.Number, g.Last.Number)
		}
		sum := binary.BigEndian.Uint16(g.Data[10:])
		binary.BigEndian.PutUint16(g.Data[10:], 0)
		if diff := cmp.Diff(want, g.Data); diff != "" {
			t.Errorf("datagram (-want +got):\n%s", diff)
		}
		binary.BigEndian.PutUint16(g.Data[10:], sum)
		if n := onesSum(g.Data[:20]); n != 0xffff {
			t.Errorf("header checksum: sum %#x, want 0xffff", n)
		}
	}
}

// onesSum adds 16-bit words as RFC 1071 does.
func onesSum(b []byte) uint32 {
	var n uint32
	for i := 0; i < len(b); i += 2 {
		n += uint32(binary.BigEndian.Uint16(b[i:]))
		n = n>>16 + n&0xffff
	}
	return n
}

// A fragment that the capture cut is dropped, and unfragmented packets are
// ignored. An atomic IPv6 fragment is returned without its fragment header,
// independent of other fragments with its identification (RFC 6946).
func TestNoFragments(t *testing.T) {
	var d stream.Defragmenter
	var p layers.Packet
	cut := frag{more: true, data: strings.Repeat("x", 64)}.ipv4(253)
	rec := &pcap.Record{Data: cut[:40], WireLen: len(cut), LinkType: pcap.LinkTypeRaw}
	new(layers.Decoder).Decode(&p, rec)
	d.Push(&p, rec)
	got, _ := defragment(&d,
		frag{more: true, data: "12345678"}.ipv6(253), frag{data: "atomic"}.ipv6(253), frag{off: 8, data: "9"}.ipv6(253),
		build.IP("192.0.2.1", "192.0.2.2", 253, []byte("whole")))
	if diff := cmp.Diff([]string{"123456789"}, got); diff != "" {
		t.Errorf("datagrams (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(stream.DefragStats{Fragments: 3, Datagrams: 1, Cut: 1}, d.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

// The beginning of a datagram whose rest never arrives, or whose first fragment the
// capture cut, is processed as if the capture had cut the datagram.
func TestLostDatagrams(t *testing.T) {
	query := string(build.DNSQuery(1, "www", "example")) + strings.Repeat("x", 100)
	udp4 := string(build.UDP("192.0.2.1", 40000, "192.0.2.53", 53, []byte(query))[20:])
	udp6 := string(build.UDP("2001:db8::1", 40000, "2001:db8::53", 53, []byte(query))[40:])
	part := func(udp string, from, to int) frag { return frag{off: from, more: true, data: udp[from:to]} }
	late := frag{id: 9, more: true, off: 8, data: "another datagram"}.ipv4(253)
	message := func(first, last int64, size int) []got {
		return []got{{stream.DNS, stream.UDP, true, first, last, 0, query[:size-8]}}
	}
	type packet struct {
		b     []byte
		snap  int // bytes captured, 0: all
		later time.Duration
	}
	for _, tt := range []struct {
		name    string
		packets []packet
		flush   bool // only Flush has the message
		want    []got
	}{
		{"cut first fragment", []packet{{part(udp4, 0, 64).ipv4(17), 20 + 40, 0}}, false, message(1, 1, 40)},
		{"cut first fragment of IPv6", []packet{{part(udp6, 0, 64).ipv6(17), 40 + 16 + 40, 0}}, false, message(1, 1, 40)},
		{"both cut", []packet{{part(udp4, 0, 64).ipv4(17), 60, 0}, {part(udp4, 64, 96).ipv4(17), 40, 0}}, false, message(1, 1, 40)},
		{"cut later fragment", []packet{{part(udp4, 0, 64).ipv4(17), 0, 0}, {part(udp4, 64, 96).ipv4(17), 40, 0}}, true, message(1, 1, 64)},
		{"end missing", []packet{{part(udp4, 0, 64).ipv4(17), 0, 0}}, true, message(1, 1, 64)},
		{"end of IPv6 missing", []packet{{part(udp6, 0, 64).ipv6(17), 0, 0}}, true, message(1, 1, 64)},
		{"middle missing", []packet{{part(udp4, 96, 104).ipv4(17), 0, 0}, {part(udp4, 0, 64).ipv4(17), 0, 0}}, true, message(1, 2, 64)},
		{"in order and out of it", []packet{{part(udp4, 64, 96).ipv4(17), 0, 0}, {part(udp4, 0, 64).ipv4(17), 0, 0}}, true, message(1, 2, 96)},
		{"expired", []packet{{part(udp4, 0, 64).ipv4(17), 0, 0}, {late, 0, time.Minute}, {late, 0, 2 * time.Minute}}, false, message(1, 1, 64)},
		{"beginning missing", []packet{{part(udp4, 64, 96).ipv4(17), 0, 0}}, true, nil},
		{"IPv6 with an overlap", []packet{{part(udp6, 0, 64).ipv6(17), 0, 0}, {part(udp6, 56, 96).ipv6(17), 0, 0}}, true, nil},
	} {
		var a stream.Assembler
		var p layers.Packet
		var out []got
		add := func(ms []stream.Message) {
			for _, m := range ms {
				out = append(out, got{m.Proto, m.Via.Innermost(), m.FromClient, m.First.Number, m.Last.Number, m.Gap, string(m.Data)})
			}
		}
		for i, c := range tt.packets {
			rec := &pcap.Record{Data: c.b, WireLen: len(c.b), LinkType: pcap.LinkTypeRaw, Number: int64(i + 1), Time: start.Add(c.later)}
			if c.snap > 0 {
				rec.Data = c.b[:c.snap]
			}
			new(layers.Decoder).Decode(&p, rec)
			add(a.Push(&p, rec))
		}
		if tt.flush && out != nil {
			t.Errorf("%s: before Flush: %v", tt.name, out)
		}
		add(a.Flush())
		if diff := cmp.Diff(tt.want, out); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if s := a.Stats(); s.Defrag.Held != 0 || s.Defrag.Open != 0 {
			t.Errorf("%s: %+v", tt.name, s.Defrag)
		}
	}
}

// Messages in fragments have the first fragment to arrive as First, and the one
// that completed the datagram as Last.
func TestMessagesInFragments(t *testing.T) {
	query := build.DNSQuery(1, "www", "a-name-that-is-long-enough-to-be-cut", "example")
	udp4 := build.UDP("192.0.2.1", 40000, "192.0.2.53", 53, query)[20:]
	udp6 := build.UDP("2001:db8::1", 40000, "2001:db8::53", 53, query)[40:]
	tcp := build.TCP{Src: "192.0.2.1", Dst: "192.0.2.53", SrcPort: 40000, DstPort: 80, Seq: 1, Flags: 0x10, Data: request}.Packet()[20:]
	tunnel := func(b []byte) []byte { return build.IP("203.0.113.1", "203.0.113.2", 4, b) }
	cut := func(b []byte, at int) [2]frag {
		return [2]frag{{more: true, data: string(b[:at])}, {off: at, data: string(b[at:])}}
	}
	u4, u6, t4 := cut(udp4, 16), cut(udp6, 24), cut(tcp, 24)
	inner := [2]frag(cut(udp4, 24))
	outer := cut(inner[0].ipv4(17), 32)
	tests := []struct {
		name    string
		packets [][]byte
		want    []got
	}{
		{"DNS over IPv4", [][]byte{u4[0].ipv4(17), u4[1].ipv4(17)}, []got{{stream.DNS, stream.UDP, true, 1, 2, 0, string(query)}}},
		{"DNS over IPv6, backwards", [][]byte{u6[1].ipv6(17), u6[0].ipv6(17)}, []got{{stream.DNS, stream.UDP, true, 1, 2, 0, string(query)}}},
		{"HTTP over TCP", [][]byte{t4[1].ipv4(6), t4[1].ipv4(6), t4[0].ipv4(6)}, []got{{stream.HTTP1, stream.TCP, true, 1, 3, 0, request}}},
		{"in a tunnel", [][]byte{tunnel(u4[0].ipv4(17)), tunnel(u4[1].ipv4(17))}, []got{{stream.DNS, stream.UDP, true, 1, 2, 0, string(query)}}},
		{"fragments in fragments", [][]byte{outer[0].ipv4(4), inner[1].ipv4(17), outer[1].ipv4(4)}, []got{{stream.DNS, stream.UDP, true, 2, 3, 0, string(query)}}},
		{"DNS in an atomic fragment", [][]byte{frag{data: string(udp6)}.ipv6(17)}, []got{{stream.DNS, stream.UDP, true, 1, 1, 0, string(query)}}},
		{"DNS whose end is missing", [][]byte{u4[0].ipv4(17)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var a stream.Assembler
			var out []got
			var p layers.Packet
			for i, b := range tt.packets {
				rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Number: int64(i + 1), Time: start}
				new(layers.Decoder).Decode(&p, rec)
				for _, m := range a.Push(&p, rec) {
					out = append(out, got{m.Proto, m.Via.Innermost(), m.FromClient, m.First.Number, m.Last.Number, m.Gap, string(m.Data)})
				}
			}
			if diff := cmp.Diff(tt.want, out); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			a.Flush()
			if s := a.Stats(); s.Held != 0 || s.Defrag.Held != 0 || s.Defrag.Open != 0 {
				t.Errorf("after Flush: %+v", s)
			}
		})
	}
}

// A packet may complete a datagram that completes another, in tunnels, up to a
// limit.
func TestNestedFragments(t *testing.T) {
	nested := func(n int) stream.Stats {
		var a stream.Assembler
		var p layers.Packet
		push := func(b []byte) {
			rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw}
			new(layers.Decoder).Decode(&p, rec)
			a.Push(&p, rec)
		}
		inner := build.UDP("192.0.2.1", 40000, "192.0.2.53", 53, build.DNSQuery(1, "example"))
		for id := range uint16(n) {
			push(frag{more: true, data: string(inner[:8]), id: id + 100}.ipv4(4))
			inner = frag{off: 8, data: string(inner[8:]), id: id + 100}.ipv4(4)
		}
		push(inner)
		return a.Stats()
	}
	if s := nested(7); s.Defrag.Datagrams != 7 || s.Defrag.TooDeep != 0 {
		t.Errorf("7 datagrams: %+v", s)
	}
	if s := nested(50); s.Defrag.Datagrams != 8 || s.Defrag.TooDeep != 1 {
		t.Errorf("50 datagrams: %+v", s)
	}
}

// Datagrams are dropped after Idle, and the oldest at the limits.
func TestDefragmenterBounds(t *testing.T) {
	first := func(id uint16) []byte { return frag{id: id, more: true, data: strings.Repeat("x", 64)}.ipv4(253) }
	d := stream.Defragmenter{Idle: 3 * time.Second}
	defragment(&d, first(1), first(2), first(3), first(4), first(5), first(6), first(7))
	if s := d.Stats(); s.Incomplete != 2 || s.Open != 5 { // the clock is one packet late
		t.Errorf("by time: %+v", s)
	}
	d = stream.Defragmenter{MaxDatagrams: 3}
	defragment(&d, first(1), first(2), first(3), first(4), first(5))
	if s := d.Stats(); s.Evicted != 2 || s.Open != 3 {
		t.Errorf("by number: %+v", s)
	}
	d = stream.Defragmenter{MaxBytes: 2000}
	defragment(&d, first(1), first(2), first(3), first(4), first(5))
	if s := d.Stats(); s.Evicted == 0 || s.Held > 2000 || s.Held == 0 {
		t.Errorf("by bytes: %+v", s)
	}
}

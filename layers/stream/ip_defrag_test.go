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
	id   uint16 // 0: 7
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

// ipv6 returns the fragment in an IPv6 packet, behind a destination options
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
// payloads behind the last IP layer of what they complete.
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
		stats     stream.DefragStats // but Fragments and Datagrams
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
		want6 *outcome // of IPv6, where it is another
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
		{"an empty one amid others", []frag{a, {off: 8, more: true}, b, c}, without, nil},
		{"of a length that is no multiple of 8", []frag{a, {off: 8, more: true, data: "b"}, b, c}, without, nil},
		{"beyond 65,535 bytes", []frag{a, {off: 65528, data: eight("z")}, b, c}, without, nil},
		{"two datagrams interleaved", []frag{a, {id: 9, more: true, data: eight("A")}, b, {id: 9, off: 8, data: "B"}, c},
			outcome{datagrams: []string{eight("A") + "B", abc}}, nil},
		{"overlapping with other bytes", []frag{a, {more: true, data: eight("x") + eight("y")}, c},
			outcome{[]string{eight("a") + eight("y") + "ccc"}, stream.DefragStats{Overlaps: 1}}, overlap},
		{"overlapping with the same bytes", []frag{a, {more: true, data: eight("a") + eight("b")}, c},
			outcome{[]string{abc}, stream.DefragStats{Overlaps: 1}}, overlap},
		{"around one that came before", []frag{b, {more: true, data: eight("a") + eight("x") + eight("c")}, {off: 24, data: "d"}},
			outcome{[]string{eight("a") + eight("b") + eight("c") + "d"}, stream.DefragStats{Overlaps: 1}}, overlap},
		{"teardrop: the second lies within the first", []frag{{more: true, data: eight("a") + eight("b") + eight("c")}, {off: 8, data: "x"}},
			outcome{stats: stream.DefragStats{Malformed: 1, Incomplete: 1}}, contradiction},
		{"two ends", []frag{a, {off: 16, data: "cc"}, c, b},
			outcome{[]string{eight("a") + eight("b") + "cc"}, stream.DefragStats{Malformed: 1}}, contradiction},
		{"behind the end", []frag{a, c, {off: 24, more: true, data: eight("d")}, b}, without, contradiction},
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

// What is put together is a packet as it was before it was cut: lengths,
// checksum, the protocol behind the headers, and the places it came from.
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
			t.Errorf("the header with its checksum adds up to %#x, want 0xffff", n)
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

// A fragment that the capture cut is left out, and what is no fragment passed
// over. An IPv6 packet that is whole in spite of its fragment header comes out
// without it, whatever else has its identification (RFC 6946).
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

// Messages in fragments: their First is the first fragment that came, their Last
// the one that completed the datagram.
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
		{"DNS with a fragment header around the whole", [][]byte{frag{data: string(udp6)}.ipv6(17)}, []got{{stream.DNS, stream.UDP, true, 1, 1, 0, string(query)}}},
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

// A packet may complete a datagram that completes another, in tunnels; but not
// without end.
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

// Datagrams are given up when their time is over, and the oldest at the bounds.
func TestDefragmenterBounds(t *testing.T) {
	first := func(id uint16) []byte { return frag{id: id, more: true, data: strings.Repeat("x", 64)}.ipv4(253) }
	d := stream.Defragmenter{Idle: 3 * time.Second}
	defragment(&d, first(1), first(2), first(3), first(4), first(5), first(6), first(7))
	if s := d.Stats(); s.Incomplete != 2 || s.Open != 5 { // the clock is one packet behind
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

package stream

import (
	"encoding/binary"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A feed pushes packets that differ in a few bytes, without building each.
type feed struct {
	a   Assembler
	p   layers.Packet
	d   layers.Decoder
	rec pcap.Record
}

func newFeed(packet []byte) *feed {
	f := &feed{rec: pcap.Record{Data: packet, WireLen: len(packet), LinkType: pcap.LinkTypeRaw, Time: time.Unix(1700000000, 0)}}
	return f
}

func (f *feed) push() []Message {
	f.d.Decode(&f.p, &f.rec)
	return f.a.Push(&f.p, &f.rec)
}

// flushed flushes, and fails if anything is still held.
func (f *feed) flushed(t *testing.T) {
	t.Helper()
	f.a.Flush()
	if s := f.a.Stats(); s.Held != 0 || s.Open != 0 || s.Defrag.Held != 0 || s.Defrag.Open != 0 {
		t.Errorf("after Flush: %+v", s)
	}
}

// Offsets in a packet of rawSegment.
const (
	atID     = 4
	atSource = 12
	atPort   = 20
	atSeq    = 24
)

func TestNoAllocs(t *testing.T) {
	data := strings.Repeat("?", 1000)
	tls := "\x17\x03\x03\x40\x00" + data[5:]
	hello := "\x16\x03\x01\x00\x06\x01\x00\x00\x02\x00\x00"
	for name, texts := range map[string][2]string{
		"unknown protocol":       {data, data},
		"encrypted TLS":          {hello, tls},
		"body":                   {"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", data},
		"no data":                {data, ""},
		"retransmitted, no data": {"", ""},
	} {
		testNoAllocs(t, name, texts, false)
		testNoAllocs(t, name+", connections", texts, true)
	}
}

func testNoAllocs(t *testing.T, name string, texts [2]string, connections bool) {
	f := newFeed(rawSegment{flags: layers.TCPSyn, seq: 0}.packet())
	f.a.Connections = connections
	f.push()
	first := rawSegment{flags: layers.TCPAck, seq: 1, data: texts[0]}.packet()
	f.rec.Data, f.rec.WireLen = first, len(first)
	f.push()
	next := rawSegment{flags: layers.TCPAck, seq: 1 + uint32(len(texts[0])), data: texts[1]}.packet()
	f.rec.Data, f.rec.WireLen = next, len(next)
	seq := uint32(1 + len(texts[0]))
	if n := testing.AllocsPerRun(1000, func() {
		binary.BigEndian.PutUint32(next[atSeq:], seq)
		seq += uint32(len(texts[1]))
		f.push()
	}); n != 0 {
		t.Errorf("%s: %v allocations per packet", name, n)
	}
	if s := f.a.Stats(); s.Missing != 0 || s.Retransmitted != 0 {
		t.Errorf("%s: not in order: %+v", name, s)
	}
}

// Unfragmented packets cost a Defragmenter nothing.
func TestNoAllocsDefragmenter(t *testing.T) {
	var d Defragmenter
	f := newFeed(rawSegment{flags: layers.TCPAck, data: "x"}.packet())
	f.d.Decode(&f.p, &f.rec)
	if n := testing.AllocsPerRun(1000, func() { d.Push(&f.p, &f.rec) }); n != 0 {
		t.Errorf("%v allocations per packet", n)
	}
}

// A connection without data takes as much memory as it counts for.
func TestHandshakeMemory(t *testing.T) {
	const n = 100_000
	f := newFeed(rawSegment{flags: layers.TCPSyn}.packet())
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range uint32(n) {
		binary.BigEndian.PutUint32(f.rec.Data[atSource:], i)
		f.push()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if s := f.a.Stats(); s.Open != n || s.Held != n*tcbCost {
		t.Fatalf("%+v", s)
	}
	if each := float64(after.HeapAlloc-before.HeapAlloc) / n; each > tcbCost+24 {
		t.Errorf("%.0f bytes each, counted %d", each, tcbCost)
	}
	f.flushed(t)
}

// A million half-open connections do not exceed the limit of MaxBytes, nor of
// memory.
func TestHalfOpen(t *testing.T) {
	f := newFeed(rawSegment{flags: layers.TCPSyn}.packet())
	f.a.MaxBytes = 4 << 20
	for i := range uint32(fault.Size(1_000_000, 100_000)) {
		binary.BigEndian.PutUint32(f.rec.Data[atSource:], i)
		f.push()
		if f.a.stats.Held > f.a.MaxBytes {
			t.Fatalf("%d bytes held after %d", f.a.stats.Held, i)
		}
	}
	s := f.a.Stats()
	if want := 4 << 20 / tcbCost; s.Open != want || s.Evicted != s.Conns-want || len(f.a.table.chain) > want {
		t.Errorf("%d open, %d evicted of %d; want %d open", s.Open, s.Evicted, s.Conns, want)
	}
	f.flushed(t)
}

// A million fragments of datagrams that are never completed do not exceed the
// limits.
func TestNeverCompleted(t *testing.T) {
	fragments := fault.Size(1_000_000, 100_000)
	packet := rawSegment{data: strings.Repeat("x", 12)}.packet()
	packet[6] = 0x20 // more fragments
	f := newFeed(packet)
	for i := range uint32(fragments) {
		binary.BigEndian.PutUint32(packet[atSource:], i>>4)
		binary.BigEndian.PutUint16(packet[atID:], uint16(i))
		f.push()
		if g := &f.a.defrag; g.stats.Held > defaultMaxFragments || g.table.Len() > defaultMaxDatagrams {
			t.Fatalf("after %d: %d bytes, %d datagrams", i, g.stats.Held, g.table.Len())
		}
	}
	if s := f.a.Stats().Defrag; s.Evicted != fragments-defaultMaxDatagrams {
		t.Errorf("%+v", s)
	}
	f.flushed(t)
}

// A datagram in 8192 fragments, each sent eight times, is reassembled.
func TestTinyFragments(t *testing.T) {
	packet := append(rawSegment{}.packet()[:20], "12345678"...)
	binary.BigEndian.PutUint16(packet[2:], uint16(len(packet)))
	var d Defragmenter
	f := newFeed(packet)
	const fragments = 8189 // 65,512 bytes and the header
	for i := range 8 * fragments {
		word := 0x2000 | uint16(i/8)
		if i/8 == fragments-1 {
			word &^= 0x2000
		}
		binary.BigEndian.PutUint16(packet[6:], word)
		f.d.Decode(&f.p, &f.rec)
		g, ok := d.Push(&f.p, &f.rec)
		if ok != (i == 8*(fragments-1)) {
			t.Fatalf("fragment %d: complete %v", i, ok)
		}
		if ok && (len(g.Data) != 20+8*fragments || string(g.Data[20:]) != strings.Repeat("12345678", fragments)) {
			t.Errorf("%d bytes reassembled", len(g.Data))
		}
	}
}

// One-byte segments in both orders do not exceed the limit, and every byte is
// delivered or missing.
func TestOneByteSegments(t *testing.T) {
	n := uint32(fault.Size(1<<20, 1<<18))
	for name, at := range map[string]func(i uint32) uint32{
		"in order":        func(i uint32) uint32 { return i },
		"backwards":       func(i uint32) uint32 { return n - i },
		"every other one": func(i uint32) uint32 { return 2 * i },
	} {
		a := new(Assembler)
		r := record(a, [2]uint32{0, 0})
		f := newFeed(rawSegment{flags: layers.TCPAck, data: "x"}.packet())
		for i := range n {
			binary.BigEndian.PutUint32(f.rec.Data[atSeq:], 1+at(i))
			f.d.Decode(&f.p, &f.rec)
			a.Push(&f.p, &f.rec)
			if a.stats.Held > defaultMaxConn+connectionCost+tcbCost {
				t.Fatalf("%s: %d bytes held after %d segments", name, a.stats.Held, i)
			}
		}
		f.a = *a
		f.flushed(t)
		delivered := int64(strings.Count(r.text()[0], "x"))
		s := a.Stats()
		total := int64(n)
		if name == "backwards" {
			total++ // the byte that never comes
		}
		if got := delivered + s.Retransmitted; name != "every other one" && got != int64(n) || delivered+s.Missing < int64(n) {
			t.Errorf("%s: %d delivered, %d repeated, %d missing of %d", name, delivered, s.Retransmitted, s.Missing, total)
		}
	}
}

// Both endpoints have the same address, and in one case the same port.
func TestSameAddress(t *testing.T) {
	for _, port := range []uint16{40000, 80} {
		f := newFeed(nil)
		var got []Message
		for i, s := range []rawSegment{
			{flags: layers.TCPSyn, seq: 0},
			{side: 1, flags: layers.TCPSyn | layers.TCPAck, seq: 0, ack: 1},
			{flags: layers.TCPAck, seq: 1, ack: 1, data: "GET / HTTP/1.1\r\n\r\n"},
		} {
			b := s.packet()
			copy(b[12:16], "\x7f\x00\x00\x01")
			copy(b[16:20], "\x7f\x00\x00\x01")
			binary.BigEndian.PutUint16(b[atPort+2*s.side:], port)
			f.rec.Data, f.rec.WireLen, f.rec.Number = b, len(b), int64(i)
			got = f.push()
		}
		if len(got) != 1 || got[0].Proto != HTTP1 || !got[0].FromClient || got[0].Conn.Flow.Src.Port() != port {
			t.Errorf("port %d: messages %+v", port, got)
		}
		f.flushed(t)
	}
}

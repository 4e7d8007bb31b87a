package extract

import (
	"encoding/binary"
	"math"
	"net/netip"
	"time"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// These functions append what encoded tasks and the items of a state consist of. The
// methods of fields read it back.

// appendRecord appends all of a record in a capture that a task depends on, but its
// data. Unlike a Ref of the record, it has the time if that is far off.
func appendRecord(b []byte, capture int, rec *pcap.Record) []byte {
	b = appendRef(b, stream.Ref{Capture: capture, Offset: rec.Offset, Number: rec.Number, Time: rec.Time})
	b = binary.AppendVarint(b, int64(rec.WireLen))
	b = binary.AppendUvarint(b, uint64(rec.LinkType))
	return binary.AppendVarint(b, int64(rec.FCSLen))
}

func appendRef(b []byte, r stream.Ref) []byte {
	b = binary.AppendVarint(b, int64(r.Capture))
	b = binary.AppendVarint(b, r.Offset)
	b = binary.AppendVarint(b, r.Number)
	return appendTime(b, r.Time)
}

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(t.Nanosecond())+1)
	return binary.AppendVarint(b, t.Unix())
}

func appendFlow(b []byte, f layers.Flow) []byte {
	for _, end := range []netip.AddrPort{f.Src, f.Dst} {
		addr := end.Addr().AsSlice()
		b = append(append(b, byte(len(addr))), addr...)
		b = binary.BigEndian.AppendUint16(b, end.Port())
	}
	return append(b, byte(f.Proto))
}

func appendReading(b []byte, r *clock.Reading) []byte {
	if r == nil {
		return append(b, 0)
	}
	return appendTime(appendTime(appendTime(append(b, 1), r.Zero), r.Now), r.Before)
}

// fields are encoded, and not read yet. When one is missing or invalid, bad is set, and
// all others are zero.
type fields struct {
	b   []byte
	bad bool
}

func (f *fields) fail() { *f = fields{bad: true} }

// bytes returns the next n bytes, none if there are not as many.
func (f *fields) bytes(n uint64) []byte {
	if n > uint64(len(f.b)) {
		f.fail()
		return nil
	}
	b := f.b[:n]
	f.b = f.b[n:]
	return b
}

func (f *fields) byte() byte {
	if b := f.bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (f *fields) uvarint() uint64 {
	v, n := binary.Uvarint(f.b)
	if n <= 0 {
		f.fail()
		return 0
	}
	f.b = f.b[n:]
	return v
}

func (f *fields) varint() int64 {
	v := f.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// longestFCS is the longest frame check sequence that an interface of a pcapng file has.
const longestFCS = math.MaxUint8 / 8

func (f *fields) record() (capture int, rec pcap.Record) {
	ref := f.ref()
	wire, link, fcs := f.varint(), f.uvarint(), f.varint()
	if wire != int64(uint32(wire)) || int(wire) < 0 || link > math.MaxUint32 || fcs < 0 || fcs > longestFCS {
		f.fail()
	}
	return ref.Capture, pcap.Record{
		Offset: ref.Offset, Number: ref.Number, Time: ref.Time,
		WireLen: int(wire), LinkType: pcap.LinkType(link), FCSLen: int(fcs),
	}
}

func (f *fields) ref() stream.Ref {
	r := stream.Ref{Capture: int(f.varint()), Offset: f.varint(), Number: f.varint(), Time: f.time()}
	if r.Capture < 0 {
		f.fail()
	}
	return r
}

func (f *fields) time() time.Time {
	nsec := f.uvarint()
	switch {
	case nsec == 0:
		return time.Time{}
	case nsec > uint64(time.Second):
		f.fail()
		return time.Time{}
	}
	return time.Unix(f.varint(), int64(nsec)-1).UTC()
}

func (f *fields) flow() layers.Flow {
	return layers.Flow{Src: f.end(), Dst: f.end(), Proto: layers.IPProto(f.byte())}
}

func (f *fields) end() netip.AddrPort {
	addr, ok := netip.AddrFromSlice(f.bytes(uint64(f.byte())))
	port := f.bytes(2)
	if !ok || len(port) < 2 {
		f.fail()
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(port))
}

func (f *fields) reading() *clock.Reading {
	if f.byte() == 0 {
		return nil
	}
	return &clock.Reading{Zero: f.time(), Now: f.time(), Before: f.time()}
}

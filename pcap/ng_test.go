package pcap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

func TestSections(t *testing.T) {
	want := []*pcap.Record{
		{Time: time.Unix(1e9, 0).UTC(), Data: packet(1, 41), WireLen: 41, LinkType: 1, Number: 1, Offset: 68},
		{Time: time.Unix(2e9, 0).UTC(), Data: packet(2, 20), WireLen: 20, LinkType: 101, Interface: 1, Number: 2, Offset: 144},
		{Data: packet(3, 50), WireLen: 50, LinkType: 1, Number: 3, Offset: 196},
		{
			Time: time.Unix(3e9, 0).UTC(), Data: packet(4, 33), WireLen: 33, LinkType: 113, Section: 1, Number: 4, Offset: 312,
			Options: []byte("\x00\x01\x00\x05hello\x00\x00\x00\x00\x00\x00\x00"), BigEndian: true,
		},
	}
	if diff := compare(want, all(t, sections())); diff != "" {
		t.Error(diff)
	}
}

// if_tsresol (draft section 4.2, option 9) and if_tsoffset (option 14).
func TestTimeResolution(t *testing.T) {
	for _, test := range []struct {
		name   string
		resol  []byte
		offset int64
		ts     uint64
		want   time.Time
	}{
		{"default", nil, 0, 1_700_000_000_000_001, time.Unix(1_700_000_000, 1000)},
		{"seconds", []byte{0}, 0, 1_700_000_000, time.Unix(1_700_000_000, 0)},
		{"milliseconds", []byte{3}, 0, 1_700_000_000_123, time.Unix(1_700_000_000, 123e6)},
		{"nanoseconds", []byte{9}, 0, 1_700_000_000_123_456_789, time.Unix(1_700_000_000, 123456789)},
		{"picoseconds", []byte{12}, 0, 1_234_567_890_123_456, time.Unix(1234, 567890123)},
		{"10^-19", []byte{19}, 0, 12_345_678_901_234_567_890, time.Unix(1, 234567890)},
		{"10^-20", []byte{20}, 0, 12_345_678_901_234_567_890, time.Unix(0, 123456789)},
		{"10^-127", []byte{127}, 0, 1 << 63, time.Unix(0, 0)},
		{"2^-0", []byte{0x80}, 0, 1_700_000_000, time.Unix(1_700_000_000, 0)},
		{"2^-10", []byte{0x8a}, 0, 1_700_000_000<<10 | 512, time.Unix(1_700_000_000, 5e8)},
		{"2^-32", []byte{0xa0}, 0, 1_700_000_000<<32 | 1<<30, time.Unix(1_700_000_000, 25e7)},
		{"2^-63", []byte{0xbf}, 0, 1<<63 | 1<<62, time.Unix(1, 5e8)},
		{"2^-64", []byte{0xc0}, 0, 1 << 63, time.Unix(0, 5e8)},
		{"2^-66", []byte{0xc2}, 0, 1 << 63, time.Unix(0, 125e6)},
		{"2^-127", []byte{0xff}, 0, 1 << 63, time.Unix(0, 0)},
		{"offset", nil, 1000, 5_000_000, time.Unix(1005, 0)},
		{"negative offset", nil, -10, 5_500_000, time.Unix(-5, 5e8)},
		{"before 1970", []byte{9}, -1_000_000_000, 1, time.Unix(-1_000_000_000, 1)},
	} {
		for _, big := range []bool{false, true} {
			var options []build.Option
			if test.resol != nil {
				options = append(options, build.Option{Code: 9, Value: test.resol})
			}
			if test.offset != 0 {
				value := binary.LittleEndian.AppendUint64(nil, uint64(test.offset))
				if big {
					value = binary.BigEndian.AppendUint64(nil, uint64(test.offset))
				}
				options = append(options, build.Option{Code: 14, Value: value})
			}
			f := build.Pcapng{BigEndian: big}
			f.Section().Interface(1, 0, options...).Enhanced(0, test.ts, nil)
			recs := all(t, f.Bytes())
			if len(recs) != 1 || !recs[0].Time.Equal(test.want) {
				t.Errorf("%s, big-endian %t: %v, want %v", test.name, big, recs[0].Time, test.want.UTC())
			}
		}
	}
}

// A simple packet block states only the length on the wire; the captured length
// is that, or the snapshot length of interface 0 (draft section 4.4).
func TestSimplePacket(t *testing.T) {
	for _, test := range []struct{ snapLen, wireLen, inBlock, want int }{
		{0, 30, 30, 30},
		{0, 31, 31, 31},
		{96, 30, 30, 30},
		{96, 1500, 96, 96},
		{95, 1500, 95, 95},
		{0, 1500, 96, 96}, // no snapshot length, but fewer bytes: all available
	} {
		var f build.Pcapng
		f.Section().Interface(1, uint32(test.snapLen)).Simple(uint32(test.wireLen), packet(1, test.inBlock))
		recs := all(t, f.Bytes())
		want := []*pcap.Record{{Data: packet(1, test.want), WireLen: test.wireLen, LinkType: 1, Number: 1, Offset: 48}}
		if diff := compare(want, recs); diff != "" {
			t.Errorf("%+v:\n%s", test, diff)
		}
		if !recs[0].Time.IsZero() {
			t.Errorf("%+v: time %v of a block that has none", test, recs[0].Time)
		}
	}
}

func TestOnBlock(t *testing.T) {
	var f build.Pcapng
	f.Section().Interface(1, 0).Block(0xbad, []uint32{32473}, []byte("custom")).Enhanced(0, 0, nil)
	f.Block(5, []uint32{0, 0, 0}, nil)
	type event struct {
		Type   uint32
		Body   int
		Record int64
	}
	var got []event
	record := int64(0)
	c := pcap.Config{OnBlock: func(b pcap.RawBlock) {
		got = append(got, event{b.Type, len(b.Body), record})
	}}
	r, err := c.NewReaderBytes(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		record = rec.Number
	}
	want := []event{{0x0a0d0d0a, 16, 0}, {1, 8, 0}, {0xbad, 12, 0}, {5, 12, 1}}
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}

// The section length is advisory: reading does not depend on it, whether
// unknown, right or wrong (draft section 4.1 allows a reader to skip by it).
func TestSectionLength(t *testing.T) {
	for _, length := range [][2]uint32{{0xffffffff, 0xffffffff}, {0, 0}, {60, 0}, {1 << 30, 0}, {7, 1 << 31}} {
		for _, version := range []uint32{1, 1 | 2<<16} { // 1.0 and 1.2
			var f build.Pcapng
			f.Block(0x0a0d0d0a, []uint32{0x1a2b3c4d, version, length[0], length[1]}, nil)
			f.Interface(1, 0).Enhanced(0, 1, packet(1, 20)).Enhanced(0, 2, packet(2, 20))
			if recs := all(t, f.Bytes()); len(recs) != 2 {
				t.Errorf("section length %#x, version %#x: %d records", length, version, len(recs))
			}
		}
	}
}

func TestSectionVersions(t *testing.T) {
	for version, want := range map[uint32]error{
		1: nil, 1 | 2<<16: nil, 1 | 1<<16: pcap.ErrVersion, 1 | 3<<16: pcap.ErrVersion, 2: pcap.ErrVersion, 0: pcap.ErrVersion,
	} {
		var f build.Pcapng
		f.Block(0x0a0d0d0a, []uint32{0x1a2b3c4d, version, 0xffffffff, 0xffffffff}, nil)
		_, err := read(t, pcap.Config{}, f.Bytes())
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("version %d.%d: %v, want %v", version&0xffff, version>>16, err, want)
		}
	}
}

// The packet block of draft appendix A has a 16-bit interface and a 16-bit drop
// count.
func TestObsoletePacketBlock(t *testing.T) {
	for _, big := range []bool{false, true} {
		f := build.Pcapng{BigEndian: big}
		f.Section().Interface(1, 0).Interface(113, 0)
		first := uint32(1 | 5<<16)
		if big {
			first = 1<<16 | 5
		}
		f.Block(2, []uint32{first, 0, 1_000_001, 5, 60}, packet(1, 5), build.Option{Code: 1, Value: []byte("ok")})
		recs := all(t, f.Bytes())
		want := []*pcap.Record{{
			Time: time.Unix(1, 1000).UTC(), Data: packet(1, 5), WireLen: 60, LinkType: 113, Interface: 1, Number: 1, Offset: 68,
			Options: recs[0].Options, BigEndian: big,
		}}
		if diff := compare(want, recs); diff != "" || len(recs[0].Options) != 12 {
			t.Errorf("big-endian %t, %d bytes of options:\n%s", big, len(recs[0].Options), diff)
		}
	}
}

// A thousand interfaces, each described just before its first packet, with
// different link types, resolutions and offsets.
func TestManyInterfaces(t *testing.T) {
	var f build.Pcapng
	f.Section()
	for i := range 1000 {
		offset := binary.LittleEndian.AppendUint64(nil, uint64(int64(-i)))
		resolution := byte(i % 10)
		f.Interface(uint16(i), 0, build.Option{Code: 9, Value: []byte{resolution}}, build.Option{Code: 14, Value: offset}, build.Option{Code: 13, Value: []byte{4}})
		ts := uint64(2000)
		for range resolution {
			ts *= 10
		}
		f.Enhanced(uint32(i), ts, packet(i, 4)).Enhanced(uint32(i/2), 0, nil)
	}
	recs := all(t, f.Bytes())
	if len(recs) != 2000 {
		t.Fatalf("%d records", len(recs))
	}
	for i := range 1000 {
		rec := recs[2*i]
		if rec.Interface != i || rec.LinkType != pcap.LinkType(i) || rec.FCSLen != 4 || !rec.Time.Equal(time.Unix(int64(2000-i), 0)) {
			t.Fatalf("interface %d: %+v", i, rec)
		}
		if rec := recs[2*i+1]; rec.Interface != i/2 || rec.LinkType != pcap.LinkType(i/2) {
			t.Fatalf("interface %d: %+v", i/2, rec)
		}
	}
}

// An unwanted block may be longer than any packet. It is skipped, not read, and
// blocks inside it are not returned.
func TestLongBlocks(t *testing.T) {
	var inner, f build.Pcapng
	inner.Section().Interface(1, 0).Enhanced(0, 1, packet(1, 60))
	f.Section().Interface(1, 0).Enhanced(0, 1, packet(1, 20))
	f.Block(0xbad, []uint32{32473}, bytes.Repeat(inner.Bytes(), 6000)) // about 1 MB
	f.Enhanced(0, 2, packet(2, 20))
	b := f.Bytes()
	recs := all(t, b)
	if len(recs) != 2 || recs[1].Number != 2 {
		t.Fatalf("%d records, want the 2 of the file itself", len(recs))
	}
	if n := fault.Allocated(func() { drainAll(b) }); n > 600<<10 {
		t.Errorf("%d bytes allocated to skip a block of 1 MB", n)
	}
	end := int(recs[1].Offset)
	b[end-1] ^= 1 // the length at its end
	if _, err := read(t, pcap.Config{}, b); !errors.Is(err, pcap.ErrFormat) || err.(*pcap.Error).Offset != recs[0].Offset+52 {
		t.Errorf("a wrong length at its end: %v", err)
	}
	for cut := end - 10; cut < end; cut++ {
		if _, err := read(t, pcap.Config{}, b[:cut]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("truncated %d bytes before its end: %v", end-cut, err)
		}
	}
}

func drainAll(b []byte) {
	r, err := pcap.NewReader(bytes.NewReader(b))
	for err == nil {
		_, err = r.Next()
	}
}

// Section headers of alternating byte order, some of which span chunks in every
// way.
func TestSectionsAcrossChunks(t *testing.T) {
	var b []byte
	for i := range 100_000 {
		f := build.Pcapng{BigEndian: i%2 == 0}
		comment := build.Option{Code: 1, Value: make([]byte, i%13*(i%7))}
		b = append(b, f.Section(comment).Bytes()...)
	}
	sections := 0
	r, err := pcap.Config{OnBlock: func(b pcap.RawBlock) { sections++ }}.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != io.EOF || sections != 100_000 {
		t.Errorf("%d sections, %v", sections, err)
	}
}

// if_fcslen is in bits, but the draft's example is 4 (section 4.2). epb_flags
// has bytes, and overrides it unless 0 (section 4.3.1).
func TestFCSLen(t *testing.T) {
	flags := func(big bool, fcs uint32) build.Option {
		v := make([]byte, 4)
		order(big).PutUint32(v, fcs<<5|1)
		return build.Option{Code: 2, Value: v}
	}
	comment := build.Option{Code: 1, Value: []byte("first")}
	for _, big := range []bool{false, true} {
		f := build.Pcapng{BigEndian: big}
		f.Section()
		for _, n := range []byte{0, 2, 4, 16, 32} {
			f.Interface(1, 0, build.Option{Code: 13, Value: []byte{n}})
		}
		for i := range uint32(5) {
			f.Enhanced(i, 1, packet(1, 60))
		}
		f.Enhanced(4, 1, packet(1, 60), comment, flags(big, 2)).Enhanced(4, 1, packet(1, 60), flags(big, 0)).Enhanced(4, 1, packet(1, 60), comment)
		f.Enhanced(0, 1, packet(1, 60), flags(big, 4)).Enhanced(0, 1, packet(1, 60)).Simple(60, packet(1, 60))
		f.Block(2, []uint32{0, 0, 1, 60, 60}, packet(1, 60), flags(big, 4))
		var got []int
		for _, rec := range all(t, f.Bytes()) {
			got = append(got, rec.FCSLen)
		}
		want := []int{0, 2, 4, 2, 4, 2, 4, 4, 4, 0, 0, 4}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("big-endian %t:\n%s", big, diff)
		}
	}
}

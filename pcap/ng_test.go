package pcap_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
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

// A simple packet block states the length on the wire only; what was captured
// is that, or the snapshot length of interface 0 (draft section 4.4).
func TestSimplePacket(t *testing.T) {
	for _, test := range []struct{ snapLen, wireLen, inBlock, want int }{
		{0, 30, 30, 30},
		{0, 31, 31, 31},
		{96, 30, 30, 30},
		{96, 1500, 96, 96},
		{95, 1500, 95, 95},
		{0, 1500, 96, 96}, // no snapshot length, yet fewer bytes: what there is
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

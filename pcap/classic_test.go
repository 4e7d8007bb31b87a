package pcap_test

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// A hand-made file (draft-ietf-opsawg-pcap, figures 1 and 2): big-endian,
// microseconds, snapshot length 96, Ethernet; one packet, 4 of 60 bytes, at
// 1000000000.000005.
var drafted = []byte{
	0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 96, 0, 0, 0, 1,
	0x3b, 0x9a, 0xca, 0x00, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 60,
	0xde, 0xad, 0xbe, 0xef,
}

func TestClassicByHand(t *testing.T) {
	want := []*pcap.Record{{
		Time: time.Date(2001, 9, 9, 1, 46, 40, 5000, time.UTC), Data: []byte{0xde, 0xad, 0xbe, 0xef},
		WireLen: 60, LinkType: pcap.LinkTypeEthernet, Number: 1, Offset: 24,
	}}
	if diff := compare(want, all(t, drafted)); diff != "" {
		t.Error(diff)
	}
	if !want[0].Truncated() {
		t.Error("4 of 60 bytes are not truncated")
	}
	r, err := pcap.NewReaderBytes(drafted)
	if err != nil {
		t.Fatal(err)
	}
	header := pcap.Header{
		Format: pcap.FormatPcap, BigEndian: true, VersionMajor: 2, VersionMinor: 4,
		LinkType: pcap.LinkTypeEthernet, SnapLen: 96,
	}
	if diff := compare(header, r.Header()); diff != "" {
		t.Error(diff)
	}
}

func TestClassicFlavours(t *testing.T) {
	for _, nanos := range []bool{false, true} {
		for _, big := range []bool{false, true} {
			f := build.Pcap{BigEndian: big, Nanoseconds: nanos}
			f.Add(noon, packet(1, 20)).AddCut(noon.Add(time.Hour), packet(2, 10), 1500)
			at := noon.Truncate(time.Microsecond)
			if nanos {
				at = noon
			}
			want := []*pcap.Record{
				{Time: at, Data: packet(1, 20), WireLen: 20, LinkType: 1, Number: 1, Offset: 24},
				{Time: at.Add(time.Hour), Data: packet(2, 10), WireLen: 1500, LinkType: 1, Number: 2, Offset: 60},
			}
			if diff := compare(want, all(t, f.Bytes())); diff != "" {
				t.Errorf("nanoseconds %t, big-endian %t:\n%s", nanos, big, diff)
			}
		}
	}
}

// The order of the length fields by version, as in libpcap's sf-pcap.c.
func TestVersions(t *testing.T) {
	type lengths struct{ cap, wire int }
	for _, test := range []struct {
		major, minor  uint16
		first, second uint32 // as in the file
		want          lengths
	}{
		{2, 4, 4, 60, lengths{4, 60}},
		{2, 3, 4, 60, lengths{4, 60}},
		{2, 3, 60, 4, lengths{4, 60}},
		{2, 3, 4, 4, lengths{4, 4}},
		{2, 2, 60, 4, lengths{4, 60}},
		{2, 1, 60, 4, lengths{4, 60}},
		{2, 0, 60, 4, lengths{4, 60}},
		{2, 0, 4, 4, lengths{4, 4}},
		{543, 0, 60, 4, lengths{4, 60}},
		{2, 5, 4, 60, lengths{4, 60}},
		{3, 0, 4, 60, lengths{4, 60}},
	} {
		for _, big := range []bool{false, true} {
			f := build.Pcap{BigEndian: big}
			f.AddRaw([]uint32{1, 2, test.first, test.second}, packet(1, 4))
			f.AddRaw([]uint32{2, 2, test.first, test.second}, packet(2, 4))
			b := f.Bytes()
			order(big).PutUint16(b[4:], test.major)
			order(big).PutUint16(b[6:], test.minor)
			recs := all(t, b)
			if len(recs) != 2 {
				t.Errorf("version %d.%d, big-endian %t: %d records", test.major, test.minor, big, len(recs))
				continue
			}
			if got := (lengths{len(recs[1].Data), recs[1].WireLen}); got != test.want {
				t.Errorf("version %d.%d, big-endian %t, %d and %d: %+v, want %+v", test.major, test.minor, big, test.first, test.second, got, test.want)
			}
		}
	}
	old := classic(1)
	old[4] = 1
	if _, err := pcap.NewReaderBytes(old); !errors.Is(err, pcap.ErrVersion) {
		t.Errorf("version 1.4: %v, want ErrVersion", err)
	}
}

// AIX: version 2.2, an ifType, nanoseconds (libpcap_open in Wireshark's
// libpcap.c). Other files of that version are ordinary.
func TestAIX(t *testing.T) {
	for _, test := range []struct {
		minor uint16
		word  uint32
		magic uint32
		link  pcap.LinkType
		nanos int
	}{
		{2, 6, 0, pcap.LinkTypeEthernet, 999_999_999},
		{2, 9, 0, pcap.LinkTypeIEEE802_5, 999_999_999},
		{2, 15, 0, 15, 999_999_999},
		{2, 24, 0, pcap.LinkTypeNull, 999_999_999},
		{2, 1, 0, pcap.LinkTypeEthernet, 999_999_000},
		{2, 10, 0, pcap.LinkTypeFDDI, 999_999_000},
		{4, 6, 0, pcap.LinkTypeIEEE802_5, 999_999_000},
		{3, 9, 0, pcap.LinkTypePPP, 999_999_000},
		{2, 6, 0xa1b23c4d, pcap.LinkTypeIEEE802_5, 999_999_999},
	} {
		for _, big := range []bool{false, true} {
			f := build.Pcap{BigEndian: big, Minor: test.minor, LinkType: test.word, Magic: test.magic}
			fraction := uint32(test.nanos)
			if fraction%1000 == 0 {
				fraction /= 1000
			}
			recs := all(t, f.AddRaw([]uint32{1, fraction, 4, 4}, packet(1, 4)).Bytes())
			if got := recs[0]; got.LinkType != test.link || got.Time.Nanosecond() != test.nanos {
				t.Errorf("2.%d, %d, big-endian %t: %v at %v, want %v and %d ns", test.minor, test.word, big, got.LinkType, got.Time, test.link, test.nanos)
			}
		}
	}
}

func order(big bool) binary.ByteOrder {
	if big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// Records of Alexey Kuznetzov's patch have eight more bytes: interface,
// protocol, packet type.
func TestModified(t *testing.T) {
	for _, big := range []bool{false, true} {
		f := build.Pcap{BigEndian: big, Magic: 0xa1b2cd34}
		for i := range 3 {
			f.AddRaw([]uint32{uint32(i), 5, 4, 60, 3, 0x08000400}, packet(i, 4))
		}
		var want []*pcap.Record
		for i := range 3 {
			want = append(want, &pcap.Record{
				Time: time.Unix(int64(i), 5000).UTC(), Data: packet(i, 4), WireLen: 60,
				LinkType: 1, Number: int64(i) + 1, Offset: 24 + 28*int64(i),
			})
		}
		if diff := compare(want, all(t, f.Bytes())); diff != "" {
			t.Errorf("big-endian %t:\n%s", big, diff)
		}
		r, err := pcap.NewReaderBytes(f.Bytes())
		if err != nil || !r.Header().Modified {
			t.Errorf("%+v, %v", r.Header(), err)
		}
	}
}

// The upper half of the link-type word (draft section 4, figure 1).
func TestFCSBits(t *testing.T) {
	for _, test := range []struct {
		word uint32
		link pcap.LinkType
		fcs  int
	}{
		{1, 1, 0},
		{1 | 1<<26 | 2<<28, 1, 4},
		{1 | 1<<26, 1, 0},
		{276 | 1<<26 | 15<<28, 276, 30},
		{0x30000084, 132, 0}, // a length without the bit that enables it
	} {
		f := build.Pcap{LinkType: test.word}
		recs := all(t, f.Add(noon, packet(1, 60)).Bytes())
		if recs[0].LinkType != test.link || recs[0].FCSLen != test.fcs {
			t.Errorf("%#x: %v with an FCS of %d bytes, want %v with %d", test.word, recs[0].LinkType, recs[0].FCSLen, test.link, test.fcs)
		}
	}
}

// A file has a single header (draft-ietf-opsawg-pcap section 4): a second one,
// from joining files with cat, is not a record.
func TestJoined(t *testing.T) {
	first := classic(3)
	for name, second := range map[string][]byte{
		"the same": classic(3), "big-endian": (&build.Pcap{BigEndian: true}).Add(noon, packet(1, 60)).Bytes(),
		"nanoseconds": (&build.Pcap{Nanoseconds: true}).Add(noon, packet(1, 60)).Bytes(), "empty": classic(0),
	} {
		joined := append(first[:len(first):len(first)], second...)
		recs, err := read(t, pcap.Config{}, joined)
		var at *pcap.Error
		if len(recs) != 3 || !errors.Is(err, pcap.ErrFormat) || !errors.As(err, &at) || at.Offset != int64(len(first)) {
			t.Errorf("%s: %d records, %v", name, len(recs), err)
		}
	}
	r, err := pcap.Config{Resync: true}.NewReaderBytes(append(first[:len(first):len(first)], classic(3)...))
	if err != nil {
		t.Fatal(err)
	}
	n, gaps := 0, []pcap.Gap(nil)
	for _, err := range r.All() {
		var gap *pcap.Gap
		if errors.As(err, &gap) {
			gaps = append(gaps, pcap.Gap{Offset: gap.Offset, Length: gap.Length})
		} else {
			n++
		}
	}
	if diff := cmp.Diff([]pcap.Gap{{Offset: int64(len(first)), Length: 24}}, gaps); diff != "" || n != 6 {
		t.Errorf("%d records\n%s", n, diff)
	}
}

func TestUnsignedSeconds(t *testing.T) {
	var f build.Pcap
	f.AddRaw([]uint32{1<<32 - 1, 999999, 0, 0}, nil)
	want := time.Date(2106, 2, 7, 6, 28, 15, 999999000, time.UTC)
	if got := all(t, f.Bytes())[0].Time; !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Reading does not depend on the snapshot length, nor on lengths of 0.
func TestSnapLenThatLies(t *testing.T) {
	for snapLen, over := range map[uint32]int64{0: 0, 1: 2, 59: 2, 60: 0, 1<<31 - 1: 0, 1 << 31: 0, 1<<32 - 1: 0} {
		var f build.Pcap
		f.AddRaw([]uint32{1, 1, 60, 60}, packet(1, 60)).AddRaw([]uint32{1, 1, 0, 60}, nil)
		f.AddRaw([]uint32{1, 1, 0, 0}, nil).AddRaw([]uint32{1, 1, 60, 0}, packet(2, 60))
		b := f.Bytes()
		binary.LittleEndian.PutUint32(b[16:], snapLen)
		r, err := pcap.NewReaderBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		recs, err := drain(r)
		if err != nil || len(recs) != 4 {
			t.Errorf("snapshot length %d: %d records, %v", snapLen, len(recs), err)
			continue
		}
		for i, want := range []struct{ capLen, wireLen int }{{60, 60}, {0, 60}, {0, 0}, {60, 0}} {
			if rec := recs[i]; len(rec.Data) != want.capLen || rec.WireLen != want.wireLen {
				t.Errorf("snapshot length %d, record %d: %d of %d bytes", snapLen, i+1, len(rec.Data), rec.WireLen)
			}
		}
		if got, want := r.Oddities(), (pcap.Oddities{OverWire: 1, OverSnap: over}); got != want {
			t.Errorf("snapshot length %d: %+v, want %+v", snapLen, got, want)
		}
	}
}

// Odd records are returned unchanged, and counted.
func TestOddities(t *testing.T) {
	var f build.Pcap
	f.SnapLen = 50
	f.AddRaw([]uint32{1, 1, 60, 60}, packet(1, 60))              // over the snapshot length
	f.AddRaw([]uint32{1, 1, 40, 30}, packet(2, 40))              // over the length on the wire
	f.AddRaw([]uint32{1, 1_000_000, 40, 40}, packet(3, 40))      // a second of microseconds
	f.AddRaw([]uint32{1, 4_000_000_000, 40, 1e9}, packet(4, 40)) // more than a second
	f.AddRaw([]uint32{1, 999_999, 50, 50}, packet(5, 50))
	r, err := pcap.NewReaderBytes(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	recs, err := drain(r)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		capLen, wireLen int
		time            time.Time
	}{
		{60, 60, time.Unix(1, 1000)},
		{40, 30, time.Unix(1, 1000)},
		{40, 40, time.Unix(2, 0)},
		{40, 1e9, time.Unix(4001, 0)},
		{50, 50, time.Unix(1, 999999000)},
	} {
		if rec := recs[i]; len(rec.Data) != want.capLen || rec.WireLen != want.wireLen || !rec.Time.Equal(want.time) {
			t.Errorf("record %d: %d of %d bytes at %v, want %+v", i+1, len(rec.Data), rec.WireLen, rec.Time, want)
		}
	}
	if got, want := r.Oddities(), (pcap.Oddities{OverWire: 1, OverSnap: 1, Carried: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

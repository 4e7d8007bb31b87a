package pcap_test

import (
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// A file made by hand from figures 1 and 2 of draft-ietf-opsawg-pcap:
// big-endian, microseconds, snapshot length 96, Ethernet; one packet of 4 of 60
// bytes at 1000000000.000005.
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

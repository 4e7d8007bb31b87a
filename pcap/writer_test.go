package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// Reading a file and writing its records reproduces it.
func TestWriterGivesTheFileAgain(t *testing.T) {
	for _, nanos := range []bool{false, true} {
		for _, big := range []bool{false, true} {
			f := build.Pcap{BigEndian: big, Nanoseconds: nanos, LinkType: 113 | 1<<26 | 2<<28}
			f.Add(noon, packet(1, 60)).AddCut(time.Unix(math.MaxUint32, 999999999), packet(2, 40), 1500)
			f.AddCut(time.Unix(0, 0), packet(3, 40), 20).Add(noon, nil) // more than on the wire, and empty
			recs := all(t, f.Bytes())

			var b bytes.Buffer
			w, err := pcap.WriterConfig{BigEndian: big, Nanoseconds: nanos, FCSLen: 4}.NewWriter(&b, pcap.LinkTypeLinuxSLL)
			if err != nil {
				t.Fatal(err)
			}
			for _, rec := range recs {
				if err := w.Write(rec); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(b.Bytes(), f.Bytes()) {
				t.Errorf("nanoseconds %t, big-endian %t:\n%x\nwant\n%x", nanos, big, b.Bytes(), f.Bytes())
			}
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	var b bytes.Buffer
	w, err := pcap.NewWriter(&b, pcap.LinkTypeEthernet)
	if err != nil {
		t.Fatal(err)
	}
	size := b.Len()
	for _, test := range []struct {
		name string
		rec  pcap.Record
		want error
	}{
		{"link type", pcap.Record{Time: noon, LinkType: pcap.LinkTypeRaw}, pcap.ErrLinkType},
		{"FCS", pcap.Record{Time: noon, LinkType: 1, FCSLen: 4}, pcap.ErrLinkType},
		{"no time", pcap.Record{LinkType: 1}, pcap.ErrTime},
		{"before 1970", pcap.Record{Time: time.Unix(-1, 0), LinkType: 1}, pcap.ErrTime},
		{"after 2106", pcap.Record{Time: time.Unix(1<<32, 0), LinkType: 1}, pcap.ErrTime},
		{"negative length", pcap.Record{Time: noon, LinkType: 1, WireLen: -1}, pcap.ErrTooLarge},
	} {
		if err := w.Write(&test.rec); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	if b.Len() != size {
		t.Error("a rejected record was written")
	}
	if _, err := pcap.NewWriter(io.Discard, 1<<16); !errors.Is(err, pcap.ErrLinkType) {
		t.Errorf("link type of 17 bits: %v", err)
	}
	if _, err := (pcap.WriterConfig{FCSLen: 3}).NewWriter(io.Discard, 1); !errors.Is(err, pcap.ErrFormat) {
		t.Errorf("FCS of 3 bytes: %v", err)
	}
}

func TestWriterAllocatesNothing(t *testing.T) {
	w, err := pcap.NewWriter(io.Discard, 1)
	if err != nil {
		t.Fatal(err)
	}
	rec := &pcap.Record{Time: noon, Data: packet(1, 1500), WireLen: 1500, LinkType: 1}
	if n := testing.AllocsPerRun(100, func() { w.Write(rec) }); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// Only the first beacon is decoded: the second is on another port, the third is
// truncated.
func TestRun(t *testing.T) {
	const a, b = "192.0.2.1", "198.51.100.7"
	var file bytes.Buffer
	w, err := pcap.NewWriter(&file, pcap.LinkTypeRaw)
	if err != nil {
		t.Fatal(err)
	}
	for _, packet := range [][]byte{
		build.UDP(a, 40000, b, 9999, []byte("\x01\x03abc")),
		build.UDP(a, 40000, b, 9998, []byte("\x01\x03abc")),
		build.UDP(a, 40000, b, 9999, []byte("\x01\x03ab")),
	} {
		if err := w.Write(&pcap.Record{Time: time.Unix(0, 0), LinkType: pcap.LinkTypeRaw, Data: packet, WireLen: len(packet)}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := pcap.NewReaderBytes(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(&out, r); err != nil {
		t.Fatal(err)
	}
	if want := "192.0.2.1: version 1, \"abc\"\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

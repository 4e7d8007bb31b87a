package layers

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// captured decodes the packets of the testdata captures that match pattern.
// Each is valid until the next.
func captured(t testing.TB, pattern string, packet func(rec *pcap.Record, p *Packet)) {
	t.Helper()
	files, err := filepath.Glob("../testdata/" + pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no captures ", pattern, err)
	}
	var d Decoder
	var p Packet
	for _, file := range files {
		r, err := pcap.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for rec, err := range r.All() {
			if err != nil {
				t.Fatal(file, err)
			}
			d.Decode(&p, rec)
			packet(rec, &p)
		}
		r.Close()
	}
}

// capturedStacks calls packet with the first testdata packet of each sequence
// of layers.
func capturedStacks(t testing.TB, packet func(rec *pcap.Record)) {
	t.Helper()
	seen := map[string]bool{}
	captured(t, "*.pcap*", func(rec *pcap.Record, p *Packet) {
		stack := fmt.Sprint(rec.LinkType)
		for l := range p.Layers() {
			stack += " " + l.Kind.String()
		}
		if !seen[stack] {
			seen[stack] = true
			packet(rec.Clone())
		}
	})
	if len(seen) < 20 {
		t.Fatalf("%d sequences of layers", len(seen))
	}
}

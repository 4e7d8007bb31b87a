package layers_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/pcap"
)

// Decoding a corpus packet and walking its layers and DNS records does not
// allocate, not even for malformed packets from other projects' fuzzers.
func TestCorpusAllocs(t *testing.T) {
	dir := os.Getenv("SIGHTLINE_CORPUS")
	if dir == "" {
		t.Skip("SIGHTLINE_CORPUS is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "dev", "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no captures in ", dir, err)
	}
	var d layers.Decoder
	var p layers.Packet
	packets, bytes := 0, 0
	for _, file := range files {
		recs := records(file)
		packets += len(recs)
		n := testing.AllocsPerRun(1, func() {
			for _, rec := range recs {
				d.Decode(&p, rec)
				for l := range p.Layers() {
					bytes += l.HeaderLen
				}
				if m, ok := p.DNS(); ok {
					bytes += recordBytes(m)
				}
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations in %d packets", filepath.Base(file), n, len(recs))
		}
	}
	if packets < 10_000 || bytes < 10*packets {
		t.Errorf("the corpus has only %d packets with %d bytes of headers and records", packets, bytes)
	}
}

// recordBytes returns the length of the data of all records. It must be in an
// importing package: only there does the compiler inline the iterator, which
// would allocate otherwise.
func recordBytes(m dns.Message) (n int) {
	for _, rr := range m.Resources() {
		n += len(rr.Data)
	}
	return n
}

// records returns the records of a file, up to the first error.
func records(file string) (recs []*pcap.Record) {
	r, err := pcap.Open(file)
	if err != nil {
		return nil
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			break
		}
		recs = append(recs, rec.Clone())
	}
	return recs
}

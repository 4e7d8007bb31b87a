package pcapng_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// FuzzBlocks reads any input: every method of every block terminates and uses
// memory in proportion to the input, memory and stream agree, the records are
// those of package pcap, and a file that is read to its end is copied byte by
// byte.
func FuzzBlocks(f *testing.F) {
	both(func(big bool) {
		b := everything(big)
		f.Add(b)
		f.Add(b[:len(b)-5])
		blocks, err := read(b)
		if err != nil {
			f.Fatal(err)
		}
		for _, block := range blocks[1:] { // each alone after the section header
			f.Add(append(bytes.Clone(b[:blocks[1].Offset]), b[block.Offset:block.Offset+int64(len(block.Body))+12]...))
		}
	})
	f.Add(append(everything(false), everything(true)...))
	for _, name := range []string{"tls-secrets", "two-interfaces"} {
		b, err := os.ReadFile("../testdata/" + name + ".pcapng")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var n tally
		var err error
		// An interface takes about 400 bytes for a block of 20. The section may
		// have it twice, in the Reader and as an Interface.
		if size := fault.Allocated(func() { n, err = exercise(t, pcapng.NewReaderBytes(b)) }); size > uint64(1<<20+64*len(b)) {
			t.Errorf("%d bytes allocated for an input of %d", size, len(b))
		}
		streamed, streamErr := exercise(t, pcapng.NewReader(bytes.NewReader(b)))
		if n != streamed || (err == nil) != (streamErr == nil) {
			t.Fatalf("memory gives %+v, %v, the stream %+v, %v", n, err, streamed, streamErr)
		}
		if copy, copyErr := copied(b); err == nil && (copyErr != nil || !bytes.Equal(copy, b)) {
			t.Fatalf("the copy differs: %v", copyErr)
		}
		sameRecords(t, b)
	})
}

// sameRecords compares the records with those of package pcap, as far as that
// reads, and writes them to a file that must return them again.
func sameRecords(t *testing.T, b []byte) {
	t.Helper()
	packets, err := pcap.NewReaderBytes(b)
	if err != nil {
		return
	}
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	var written []*pcap.Record
	r := pcapng.NewReaderBytes(b)
	for {
		block, err := r.Next()
		if err != nil {
			break
		}
		if i, ok := block.Interface(); ok {
			if _, err := w.AddInterface(pcapng.Interface{LinkType: i.LinkType, SnapLen: i.SnapLen, FCSLen: i.FCSLen, Resolution: i.Resolution, Offset: i.Offset}); err != nil {
				t.Fatal(err)
			}
		}
		if block.Type == pcapng.SectionHeader {
			if err := w.BeginSection(pcapng.Section{}); err != nil {
				t.Fatal(err)
			}
		}
		rec, ok := r.Record(block)
		if !ok {
			continue
		}
		want, err := packets.Next()
		if err != nil {
			break // package pcap stops at a malformed packet
		}
		if diff := cmp.Diff(want, rec); diff != "" {
			t.Fatalf("record differs (-pcap):\n%s", diff)
		}
		if w.Write(rec) == nil {
			own := rec.Clone()
			if own.WireLen == 0 {
				own.WireLen = len(own.Data)
			}
			written = append(written, own)
		}
	}
	if len(written) > 0 {
		if diff := cmp.Diff(written, records(t, out.Bytes()), ignored); diff != "" {
			t.Fatalf("written, the records differ:\n%s", diff)
		}
	}
}

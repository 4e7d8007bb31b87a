package pcapng_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// eachCapture calls f with every pcapng file of the corpus and the name of its
// expected output.
func eachCapture(t *testing.T, f func(t *testing.T, b []byte, expected string)) {
	corpus := os.Getenv("SIGHTLINE_CORPUS")
	if corpus == "" {
		t.Skip("SIGHTLINE_CORPUS is not set")
	}
	dev, n := filepath.Join(corpus, "dev"), 0
	err := filepath.WalkDir(dev, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b := plain(t, path)
		if !bytes.HasPrefix(b, []byte("\x0a\x0d\x0d\x0a")) {
			return nil
		}
		n++
		name, err := filepath.Rel(dev, path)
		if err != nil {
			return err
		}
		t.Run(name, func(t *testing.T) { f(t, b, filepath.Join(corpus, "expected", name+".ndjson.gz")) })
		return nil
	})
	if err != nil || n == 0 {
		t.Fatalf("%d captures: %v", n, err)
	}
}

// plain returns the content of a file, decompressed if gzipped.
func plain(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return b
	}
	inner, _ := io.ReadAll(zip) // a truncated file is read as far as possible
	return inner
}

// Every block of every capture is decoded or has a named error, and a file that
// is read to its end is copied byte by byte.
func TestCorpusBlocks(t *testing.T) {
	eachCapture(t, func(t *testing.T, b []byte, _ string) {
		n, err := exercise(t, pcapng.NewReaderBytes(b))
		if err != nil {
			for _, named := range []error{pcap.ErrFormat, pcap.ErrVersion, pcap.ErrTooLarge, io.ErrUnexpectedEOF} {
				if errors.Is(err, named) {
					t.Logf("%d blocks, then %v", n.blocks, err)
					return
				}
			}
			t.Fatalf("after %d blocks: %v", n.blocks, err)
		}
		if n.valid != n.blocks {
			t.Logf("%d of %d blocks are not valid", n.blocks-n.valid, n.blocks)
		}
		if got, err := copied(b); err != nil || !bytes.Equal(got, b) {
			t.Errorf("the copy differs: %v", err)
		}
	})
}

// A shown packet is tshark's output; Comment is a string or a list.
type shown struct {
	Number    int64           `json:"frame.number"`
	Interface *int            `json:"frame.interface_id"`
	Comment   json.RawMessage `json:"frame.comment"`
}

// comments returns the comments of a packet in the form of the corpus.
func comments(rec *pcap.Record) (text string) {
	var all []string
	for o := range pcapng.PacketOptions(rec) {
		if o.Code == pcapng.OptComment {
			all = append(all, o.Text())
		}
	}
	var b []byte
	switch len(all) {
	case 0:
		return ""
	case 1:
		b, _ = json.Marshal(all[0])
	default:
		b, _ = json.Marshal(all)
	}
	return string(b)
}

// Interfaces and comments of all packets agree with tshark.
func TestCorpusPackets(t *testing.T) {
	eachCapture(t, func(t *testing.T, b []byte, expected string) {
		lines := json.NewDecoder(bytes.NewReader(plain(t, expected)))
		r := pcapng.NewReaderBytes(b)
		type packet struct {
			Number, Interface int64
			Comments          string
		}
		var want, got []packet
		for {
			var p shown
			if err := lines.Decode(&p); err == io.EOF {
				break
			} else if err != nil || p.Interface == nil {
				t.Fatalf("packet %d: interface %v, %v", p.Number, p.Interface, err)
			}
			want = append(want, packet{p.Number, int64(*p.Interface), string(p.Comment)})
		}
		for b := range r.Blocks() {
			if b == nil {
				break
			}
			if rec, ok := r.Record(b); ok && len(got) < len(want) {
				got = append(got, packet{rec.Number, int64(rec.Interface), comments(rec)})
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

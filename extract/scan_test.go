package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A Scan has the Capture of an Extractor, and ranges that cover the file.
func TestScan(t *testing.T) {
	for _, name := range captures(t) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		scan, err := ScanInput(context.Background(), name, bytes.NewReader(b), 1000, nil)
		if err != nil {
			t.Fatal(err)
		}
		var x Extractor
		if err := x.ReadInput(context.Background(), name, bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		sameText(t, name, jsonText(t, x.Finish().Captures[0]), jsonText(t, scan.Capture))
		at := int64(0)
		for _, r := range scan.Ranges {
			if r.From.Offset != at || r.To < at {
				t.Errorf("%s: a range from %d to %d after one that ends at %d", name, r.From.Offset, r.To, at)
			}
			at = r.To
		}
		if at != int64(len(b)) {
			t.Errorf("%s: the ranges end at %d of %d", name, at, len(b))
		}
	}
	if _, err := ScanInput(context.Background(), "", bytes.NewReader(make([]byte, 100)), 1000, nil); err == nil {
		t.Error("no error for a file that is not a capture")
	}
}

func jsonText(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// All key logs of a capture are kept, those that an Extractor does not use apart.
func TestScanKeys(t *testing.T) {
	r, err := pcap.Open(filepath.Join("..", "testdata", "dns.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rec, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := pcapng.NewWriter(&b)
	if _, err := w.AddInterface(pcapng.Interface{LinkType: rec.LinkType}); err != nil {
		t.Fatal(err)
	}
	for _, log := range []string{"# one\n", "# two\n", "", "# late\n"} {
		if log == "" {
			err = w.Write(rec)
		} else {
			err = w.WriteSecrets(pcapng.Secrets{Type: pcapng.SecretsTLS, Data: []byte(log)})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	scan, err := ScanInput(context.Background(), "", &b, 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{scan.Keys, scan.LateKeys, scan.Unseen.LateSecrets}
	want := []any{[][]byte{[]byte("# one\n"), []byte("# two\n")}, [][]byte{[]byte("# late\n")}, int64(1)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := &Progress{w: &out}
	p.Draw("1 of 2")
	p.Draw("2 of 2")
	p.Clear()
	if got, want := out.String(), "\r\x1b[K\x1b[?7l1 of 2\x1b[?7h\r\x1b[K\x1b[?7l2 of 2\x1b[?7h\r\x1b[K"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Escape sequences are written only to a terminal.
func TestNoProgress(t *testing.T) {
	name := filepath.Join(t.TempDir(), "stderr")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	for _, p := range []*Progress{NewProgress(f), NewProgress(&out)} {
		p.Draw("1 of 2")
		p.Clear()
	}
	if b, err := os.ReadFile(name); err != nil || len(b) > 0 || out.Len() > 0 {
		t.Errorf("%q and %q, %v", b, out.String(), err)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 53_480: "53.5 kB", 4_200_000_000_000_000: "4200.0 TB"} {
		if got := Size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

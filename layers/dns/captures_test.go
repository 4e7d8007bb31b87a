package dns_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/pcap"
)

// All messages of real captures, twice: the second time most names are known.
func TestNameAppenderCaptures(t *testing.T) {
	files, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SIGHTLINE_CORPUS"); dir != "" {
		more, _ := filepath.Glob(filepath.Join(dir, "dev", "*", "*"))
		files = append(files, more...)
	}
	var names dns.NameAppender
	n := 0
	for _, file := range files {
		n += touchNames(t, file, &names)
	}
	if n < 20 {
		t.Errorf("%d names", n)
	}
}

// touchNames appends the names in a capture's messages and returns their
// number.
func touchNames(t *testing.T, file string, names *dns.NameAppender) (n int) {
	same := func(name dns.Name) {
		n++
		for range 2 {
			want := name.AppendTo([]byte("x"))
			if got := names.AppendTo([]byte("x"), name); !bytes.Equal(got, want) {
				t.Errorf("%s: %q, want %q", file, got, want)
			}
		}
	}
	r, err := pcap.Open(file)
	if err != nil {
		return 0
	}
	defer r.Close()
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if err != nil {
			break
		}
		d.Decode(&p, rec)
		if m, ok := p.DNS(); ok {
			names.Reset(m)
			eachName(m, same)
		}
	}
	return n
}

func eachName(m dns.Message, f func(dns.Name)) {
	for q := range m.Questions() {
		f(q.Name)
	}
	for _, rr := range m.Resources() {
		f(rr.Name)
		if target, ok := rr.Target(); ok {
			f(target)
		}
	}
}

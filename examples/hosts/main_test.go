package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/pcap"
)

// dns.pcap holds 32 queries and 32 responses, half of them over IPv6.
func TestRun(t *testing.T) {
	r, err := pcap.Open("../../testdata/dns.pcap")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(&out, r); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		f := strings.Fields(line)
		got = append(got, f[0]+" "+f[1])
	}
	want := []string{"10.20.30.1 16", "10.20.30.17 16", "fd00:20:30::1 16", "fd00:20:30::17 16"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

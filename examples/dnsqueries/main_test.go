package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// testdata/README.md: dns.pcap holds 32 queries of dig.
func TestRun(t *testing.T) {
	r, err := pcap.Open("../../testdata/dns.pcap")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(&out, r); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "\n"); n != 32 {
		t.Errorf("%d queries", n)
	}
	for _, want := range []string{" MX partner.example\n", " SRV _submission._tcp.partner.example\n", " A WwW.nEwS.eXaMpLe\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in %s", want, out.String())
		}
	}
}

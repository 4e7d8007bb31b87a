package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// dns.pcap has 32 queries and 32 responses, half of them over IPv6.
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

// Addresses after the first maxHosts are counted together.
func TestMaxHosts(t *testing.T) {
	var f build.Pcap
	f.LinkType = uint32(pcap.LinkTypeRaw)
	for i := range maxHosts + 5 {
		f.Add(time.Unix(1, 0), build.IP(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), "192.0.2.1", 99, nil))
	}
	r, err := pcap.NewReaderBytes(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(&out, r); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; len(lines) != maxHosts+1 || strings.Join(strings.Fields(last), " ") != "other addresses 5 packets 100 bytes" {
		t.Errorf("%d lines, the last is %q", len(lines), last)
	}
}

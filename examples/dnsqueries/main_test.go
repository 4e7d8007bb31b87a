package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// dns.pcap has 32 queries by dig (testdata/README.md).
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

// A query over TCP after a missing segment that is never acknowledged is printed
// at the end, even if the capture ends with damage.
func TestLostSegment(t *testing.T) {
	query := string(build.DNSQuery(7, "www", "example"))
	tcp := build.TCP{Src: "192.0.2.1", SrcPort: 40000, Dst: "198.51.100.7", DstPort: 53, Seq: 1, Flags: 0x18,
		Data: "\x00" + string(rune(len(query))) + query}
	var file build.Pcap
	for _, seq := range []uint32{1, 1 + 2*uint32(len(tcp.Data))} {
		tcp.Seq = seq
		file.Add(time.Unix(1, 0), build.Ethernet(0x0800, tcp.Packet()))
	}
	for _, tail := range []string{"", "cut"} {
		r, err := pcap.NewReaderBytes(append(file.Bytes(), tail...))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := run(&out, r); (err != nil) != (tail != "") {
			t.Errorf("followed by %q: %v", tail, err)
		}
		if n := strings.Count(out.String(), " A www.example\n"); n != 2 {
			t.Errorf("followed by %q: %d queries", tail, n)
		}
	}
}

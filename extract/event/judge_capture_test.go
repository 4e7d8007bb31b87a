package event

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// wantJudgements fails the test unless the capture has the judgements.
func wantJudgements(t *testing.T, c *capture, want map[string]string) {
	t.Helper()
	all := judgements(c.report(t, extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}}), Options{}, -1)
	for value, judgement := range want {
		if all[value] != judgement {
			t.Errorf("%s: %q, want %q", value, all[value], judgement)
		}
	}
}

// A resolver sets RA in the response to a query with RD (RFC 1035 section 4.1.1).
func (c *capture) resolved(t *testing.T, resolver, name string, record dnsmessage.ResourceBody) {
	t.Helper()
	answer := dns(t, name, record)
	answer[2], answer[3] = answer[2]|1, answer[3]|0x80
	c.add(build.UDP("10.0.0.5", 5000, resolver, 53, dns(t, name)))
	c.add(build.UDP(resolver, 53, "10.0.0.5", 5000, answer))
}

func TestResolver(t *testing.T) {
	const two, one, rogue = "203.0.113.53", "203.0.113.54", "203.0.113.55"
	var c capture
	a := &dnsmessage.AResource{A: [4]byte{203, 0, 113, 9}}
	c.resolved(t, two, "www.shop.example.", a)
	c.resolved(t, two, "www.test.example.", a)
	c.resolved(t, one, "a.shop.example.", a)
	c.resolved(t, one, "b.shop.example.", a)
	c.resolved(t, rogue, "www.shop.example.", a)
	c.resolved(t, rogue, strings.Repeat("0a", 31)+".shop.example.", a) // data in hexadecimal
	c.resolved(t, rogue, "www.test.example.", a)
	c.conversation("203.0.113.9", "GET / HTTP/1.1\r\nHost: www.shop.example\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	wantJudgements(t, &c, map[string]string{
		two: "left out: DNS resolver", one: "context: DNS resolver of one domain", rogue: "detect: contacted address",
		"203.0.113.9": "detect: contacted address", "www.shop.example": "detect: contacted name",
	})
}

// NTP of the modes 3 and 4 keeps the time (RFC 5905 section 3); mode 6 may carry
// anything.
func TestTimeServer(t *testing.T) {
	const clock, control = "203.0.113.123", "203.0.113.124"
	datagram := func(first byte) []byte { return append([]byte{first, 2}, make([]byte, 46)...) }
	var c capture
	for _, server := range []string{clock, control} {
		c.add(build.UDP("10.0.0.5", 5000, server, 123, datagram(0x23)))
		c.add(build.UDP(server, 123, "10.0.0.5", 5000, datagram(0x24)))
	}
	c.add(build.UDP(control, 123, "10.0.0.5", 5000, datagram(0x26)))
	wantJudgements(t, &c, map[string]string{clock: "left out: time server", control: "detect: contacted address"})
}

func TestSweep(t *testing.T) {
	for n, want := range map[int]string{maxSweep: "detect: contacted address", maxSweep + 1: "left out: sweep"} {
		var c capture
		for i := range n {
			c.add(build.TCP{Src: "10.0.0.5", Dst: fmt.Sprintf("198.51.100.%d", i), SrcPort: uint16(40000 + i), DstPort: 22, Flags: 2}.Packet())
		}
		c.conversation("203.0.113.9", "GET / HTTP/1.1\r\nHost: 203.0.113.9\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		wantJudgements(t, &c, map[string]string{"198.51.100.0": want, "203.0.113.9": "detect: contacted address"})
	}
}

func TestManyNamesBelow(t *testing.T) {
	for n, want := range map[int][2]string{
		maxBelow:     {"detect: queried name", ""},
		maxBelow + 1: {"left out: one of many names of a domain", "detect: domain of many queried names"},
	} {
		var c capture
		for i := range n {
			c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(uint16(i), fmt.Sprint("host", i), "shop", "example")))
		}
		c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(99, "www", "test", "example")))
		wantJudgements(t, &c, map[string]string{"host0.shop.example": want[0], "shop.example": want[1], "www.test.example": "detect: queried name"})
	}
}

func TestTrifling(t *testing.T) {
	for n, want := range map[int]string{smallest - 1: "context: trifling content", smallest: "detect: downloaded file"} {
		var c capture
		c.conversation("203.0.113.9", "GET /a.dat HTTP/1.1\r\nHost: www.shop.example\r\n\r\n", fmt.Sprintf(
			"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n%s", n, strings.Repeat("\x01", n)))
		rep := c.report(t, extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}})
		for value, got := range judgements(rep, Options{}, -1) {
			if strings.HasPrefix(value, "a.dat|") && got != want {
				t.Errorf("%d bytes: %q, want %q", n, got, want)
			}
		}
	}
}

// An alias belongs to a well-known service if it is one of such names alone, over any
// number of aliases.
func TestKnownAlias(t *testing.T) {
	chain := func(first string) scene {
		s := scene{}.row("resolutions", `"name":%q,"type":"CNAME","value":"a0.shop.example"`, first)
		return s.times(40, func(s scene, i int) scene {
			return s.row("resolutions", `"name":"a%d.shop.example","type":"CNAME","value":"a%d.shop.example"`, i, i+1)
		})
	}
	ring := chain("dns.google").row("resolutions", `"name":"a40.shop.example","type":"CNAME","value":"a20.shop.example"`)
	for _, tt := range []struct {
		name  string
		scene scene
		o     Options
		alias string
		want  string
	}{
		{"chain", chain("dns.google"), Options{}, "a40.shop.example", "context: well-known service"},
		{"chain of another", chain("www.test.example"), Options{}, "a40.shop.example", "context: alias"},
		{"chain without the table", chain("dns.google"), Options{NoKnown: true}, "a40.shop.example", "context: alias"},
		{"chain of a listed name", chain("www.test.example"), warnedOf("www.test.example"), "a40.shop.example", "context: well-known service"},
		{"before a ring", ring, Options{}, "a19.shop.example", "context: well-known service"},
		{"in a ring", ring, Options{}, "a30.shop.example", "context: alias"},
	} {
		if got := judgements(tt.scene.report(t), tt.o, -1)[tt.alias]; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What captures show together is judged like the whole, in any order and by any number
// of workers: half of the conversations of a capture, merged with the other half.
func TestHalves(t *testing.T) {
	o := extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}}
	for _, name := range captures(t) {
		parallel := o
		parallel.Workers = 4
		want := judgements(readFile(t, name, parallel), Options{Private: true}, -1)
		for _, order := range [][]int{{0, 1}, {1, 0}} {
			sum := new(extract.Report)
			for _, half := range order {
				if err := sum.Merge(readHalf(t, name, half, o)); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(want, judgements(sum, Options{Private: true}, -1)); d != "" {
				t.Errorf("%s, %v (-whole +merged)\n%s", name, order, d)
			}
		}
	}
}

// readHalf returns the Report of half of the address pairs of a capture.
func readHalf(t *testing.T, name string, half int, o extract.Options) *extract.Report {
	t.Helper()
	r, err := pcap.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var d layers.Decoder
	var p layers.Packet
	x := extract.Extractor{Options: o}
	x.Begin(fmt.Sprint(name, half))
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		d.Decode(&p, rec)
		sum := 0
		if src, dst, ok := p.Addrs(); ok {
			for _, b := range slices.Concat(src.AsSlice(), dst.AsSlice()) {
				sum += int(b)
			}
		}
		if sum%2 == half {
			x.Add(&p, rec)
		}
	}
	return x.Finish()
}

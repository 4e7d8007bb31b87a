package event

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

func TestEvent(t *testing.T) {
	const client, server, resolver = "10.0.0.5", "198.51.100.7", "192.0.2.53"
	var c capture
	c.add(build.UDP(client, 5000, resolver, 53, dns(t, "WWW.Badfiles.example.")))
	c.add(build.UDP(resolver, 53, client, 5000, dns(t, "www.badfiles.example.",
		&dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName("cdn.other.example.")},
		&dnsmessage.AResource{A: [4]byte{198, 51, 100, 7}})))
	c.request(client, server, 80, "GET /a.exe HTTP/1.1\r\nHost: www.badfiles.example\r\nUser-Agent: evil/1.0\r\n\r\n")
	rep := c.report(t, extract.Options{})
	want := []string{
		"url http://www.badfiles.example/a.exe 1",
		"hostname www.badfiles.example 3",
		"domain|ip www.badfiles.example|198.51.100.7 1",
		"ip-dst 192.0.2.53 2",
		"ip-dst 198.51.100.7 1",
		"hostname cdn.other.example 1",
		"user-agent evil/1.0 1",
	}
	if diff := cmp.Diff(want, rows(rep, Options{})); diff != "" {
		t.Error(diff)
	}
	out := []string{
		"object-only value: /a.exe",
		"object-only value: GET",
		"private address: 10.0.0.5",
		"MAC address: 02:00:00:00:00:01",
		"common port: 192.0.2.53:53",
		"unanswered or refused connection: 198.51.100.7:80",
	}
	if diff := cmp.Diff(out, leftOut(rep, Options{})); diff != "" {
		t.Error(diff)
	}
	ev := Of(rep, Options{Info: "Case 42"})
	if got := ev.Date.Format(time.DateOnly); got != "2026-03-04" || !ev.Timestamp.Equal(start.Add(2*time.Second)) {
		t.Errorf("date %s, timestamp %v", got, ev.Timestamp)
	}
	for _, a := range ev.Attributes {
		if a.Value != "www.badfiles.example" {
			continue
		}
		if !a.FirstSeen.Equal(start) || !a.LastSeen.Equal(start.Add(2*time.Second)) {
			t.Errorf("%s seen from %v to %v", a.Value, a.FirstSeen, a.LastSeen)
		}
		const want = "HTTP host, DNS query; 3 times, 2026-03-04T05:06:07Z to 2026-03-04T05:06:09Z; first in packet 1; detect: contacted name"
		if diff := cmp.Diff(want, a.Comment); diff != "" {
			t.Error(diff)
		}
	}
	if again := Of(c.report(t, extract.Options{}), Options{Info: "Case 42"}); !cmp.Equal(ev, again) {
		t.Error("same capture, different event")
	}
}

// Contacted hosts are ip-dst, connecting clients ip-src.
func TestRoles(t *testing.T) {
	tcp := func(src, dst string, sp, dp uint16, flags uint8) []byte {
		return build.TCP{Src: src, Dst: dst, SrcPort: sp, DstPort: dp, Seq: 1, Flags: flags}.Packet()
	}
	for _, c := range []struct {
		name    string
		packets [][]byte
		want    []string
	}{
		{"a SYN to a high port", [][]byte{tcp("203.0.113.9", "10.0.0.5", 80, 4444, 2)}, []string{"ip-src 203.0.113.9 1"}},
		{"its answer", [][]byte{tcp("203.0.113.9", "10.0.0.5", 4444, 80, 0x12)}, []string{"ip-dst 203.0.113.9 1"}},
		{"midstream, by the ports", [][]byte{tcp("203.0.113.9", "10.0.0.5", 50000, 22, 0x10)}, []string{"ip-src 203.0.113.9 1"}},
		{"ping from outside", [][]byte{build.IP("203.0.113.9", "10.0.0.5", 1, []byte{8, 0, 0, 0, 0, 1, 0, 1})}, []string{"ip-src 203.0.113.9 1"}},
		{"SYN before ports", [][]byte{
			tcp("203.0.113.9", "10.0.0.5", 20, 4444, 2), tcp("203.0.113.9", "10.0.0.5", 20, 4444, 0x10),
		}, []string{"ip-src 203.0.113.9 2"}},
		{"inside a tunnel", [][]byte{
			build.IP("198.51.100.1", "10.0.0.9", 4, tcp("203.0.113.9", "10.0.0.5", 40000, 80, 2)),
		}, []string{"ip-src 198.51.100.1 1", "ip-src 203.0.113.9 1"}},
	} {
		var cp capture
		for _, p := range c.packets {
			cp.add(p)
		}
		for _, only := range []extract.TopicSet{0, extract.TopicSetOf(extract.IP)} {
			if diff := cmp.Diff(c.want, rows(cp.report(t, extract.Options{Only: only}), Options{})); diff != "" {
				t.Errorf("%s, only %v: %s", c.name, only, diff)
			}
		}
	}
}

func TestRules(t *testing.T) {
	for addr, want := range map[string]Rule{
		"10.1.2.3": PrivateAddr, "172.31.0.1": PrivateAddr, "192.168.1.1": PrivateAddr, "fd00::1": PrivateAddr, "fec0::1": PrivateAddr,
		"100.64.0.1": SharedAddr, "127.0.0.1": LoopbackAddr, "::1": LoopbackAddr,
		"169.254.1.1": LinkLocalAddr, "fe80::1": LinkLocalAddr, "224.0.0.251": MulticastAddr, "ff02::fb": MulticastAddr,
		"255.255.255.255": BroadcastAddr, "0.0.0.0": UnspecifiedAddr, "::": UnspecifiedAddr,
		"::ffff:10.0.0.1": PrivateAddr,
		// Documentation addresses and neighbours of private networks are not excluded.
		"192.0.2.1": "", "198.51.100.1": "", "203.0.113.1": "", "2001:db8::1": "", "172.32.0.1": "", "11.0.0.1": "", "100.128.0.1": "",
	} {
		if got := addrRule(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %q, want %q", addr, got, want)
		}
	}
	for name, want := range map[string]Rule{
		"printer": SingleLabel, "localhost": LocalhostName, "a.localhost": LocalhostName, "printer.local": LocalName,
		"1.2.0.192.in-addr.arpa": ARPAName, ".": SingleLabel, "": SingleLabel,
		"www.example": "", "local.example.org": "", "arpa.org": "",
	} {
		if got := nameRule(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// A registrable name is of type domain, others are hostname (publicsuffix.org).
func TestRegistrable(t *testing.T) {
	for name, want := range map[string]bool{
		"example.org": true, "www.example.org": false, "example.co.uk": true, "www.example.co.uk": false, "co.uk": false,
		"badfiles.example": true, "cdn.badfiles.example": false, "someone.github.io": true,
	} {
		if got := registrable(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHTTPHosts(t *testing.T) {
	for _, c := range []struct {
		name, request string
		port          uint16
		want          []string
	}{
		{"a port", "GET / HTTP/1.1\r\nHost: WWW.Example.org:8080\r\n\r\n", 8080,
			[]string{"url http://WWW.Example.org:8080/ 1", "hostname www.example.org 1"}},
		{"an address", "GET /x HTTP/1.1\r\nHost: 198.51.100.7\r\n\r\n", 80,
			[]string{"url http://198.51.100.7/x 1"}},
		{"none", "GET /x HTTP/1.0\r\n\r\n", 80, []string{"url http://198.51.100.7/x 1"}},
		{"none, another port", "GET /x HTTP/1.0\r\n\r\n", 8000, []string{"url http://198.51.100.7:8000/x 1"}},
		{"a tunnel", "CONNECT www.example.org:443 HTTP/1.1\r\nHost: www.example.org:443\r\n\r\n", 3128,
			[]string{"hostname www.example.org 1"}},
		{"a private address", "GET /x HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n", 80, nil},
		{"a name that MISP refuses", "GET /x HTTP/1.1\r\nHost: a_b.c_d\r\n\r\n", 80,
			[]string{"url http://a_b.c_d/x 1"}},
	} {
		var cp capture
		cp.request("10.0.0.5", "198.51.100.7", c.port, c.request)
		if diff := cmp.Diff(c.want, rows(cp.report(t, extract.Options{}), Options{Only: extract.TopicSetOf(extract.HTTP)})); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// Attributes have no first and last seen if the times cannot be trusted.
func TestTimes(t *testing.T) {
	udp := build.Ethernet(0x0800, build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, []byte("x")))
	for _, c := range []struct {
		name  string
		times []time.Time
		seen  bool
	}{
		{"good", []time.Time{start, start.Add(time.Second)}, true},
		{"out of order by up to a second", []time.Time{start, start.Add(-time.Second)}, true},
		{"backwards", []time.Time{start, start.Add(-2 * time.Hour)}, true},
	} {
		var cp capture
		for _, at := range c.times {
			cp.at(at, udp)
		}
		rep := cp.report(t, extract.Options{})
		if got := strings.Join(Unseen(rep), "; "); c.name == "backwards" && got != "1 packets up to 2h0m0s earlier than others before them: first and last seen are that precise" {
			t.Errorf("%s: %q", c.name, got)
		}
		for _, a := range Of(rep, Options{}).Attributes {
			if a.FirstSeen.IsZero() == c.seen {
				t.Errorf("%s: seen from %v", c.name, a.FirstSeen)
			}
		}
	}
}

// Times that only pcapng can express: none, before 1970, after 9999.
func TestImpossibleTimes(t *testing.T) {
	udp := build.Ethernet(0x0800, build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, []byte("x")))
	offset := func(seconds int64) []build.Option {
		return []build.Option{{Code: 14, Value: []byte{
			byte(seconds), byte(seconds >> 8), byte(seconds >> 16), byte(seconds >> 24),
			byte(seconds >> 32), byte(seconds >> 40), byte(seconds >> 48), byte(seconds >> 56),
		}}}
	}
	for name, file := range map[string][]byte{
		"none":        new(build.Pcapng).Section().Interface(1, 0).Simple(uint32(len(udp)), udp).Bytes(),
		"before 1970": new(build.Pcapng).Section().Interface(1, 0, offset(-1000)...).Enhanced(0, 1, udp).Bytes(),
		"before 0":    new(build.Pcapng).Section().Interface(1, 0, offset(-62167219201)...).Enhanced(0, 1, udp).Bytes(),
		"after 9999":  new(build.Pcapng).Section().Interface(1, 0, offset(253402300800)...).Enhanced(0, 1, udp).Bytes(),
	} {
		r, err := pcap.NewReaderBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := extract.Read(context.Background(), r, extract.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, a := range Select(rep, Options{}).Attributes {
			if _, err := json.Marshal(a); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if !a.FirstSeen.IsZero() || !a.LastSeen.IsZero() {
				t.Errorf("%s: seen from %v to %v", name, a.FirstSeen, a.LastSeen)
			}
		}
	}
}

// A report that is written and read back gives the same event.
func TestKeptReport(t *testing.T) {
	for _, name := range captures(t) {
		rep := readFile(t, name, extract.Options{Stream: stream.Config{Hash: stream.HashAll}})
		var b bytes.Buffer
		if err := rep.WriteJSON(&b, true); err != nil {
			t.Fatal(err)
		}
		back, err := extract.ReadJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Of(rep, Options{}), Of(back, Options{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Several goroutines may select from a Report, each with its own options.
func TestConcurrentSelect(t *testing.T) {
	for _, name := range captures(t) {
		rep := readFile(t, name, extract.Options{})
		var events [4][]string
		var selecting sync.WaitGroup
		for i := range events {
			selecting.Go(func() { events[i] = rows(rep, Options{All: i%2 == 0}) })
		}
		selecting.Wait()
		for i := range 2 {
			if diff := cmp.Diff(events[i], events[i+2]); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

package sightings

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// Every hour has a sighting with the time of its first packet, however many
// observations earlier hours have.
func TestEveryBucket(t *testing.T) {
	var f build.Pcap
	var questions, requests, packets, ports []int64
	first := func(list []int64, at time.Time) []int64 {
		if n := len(list); n > 0 && list[n-1]/3600 == at.Unix()/3600 {
			return list
		}
		return append(list, at.Unix())
	}
	seq := uint32(1)
	for i := range 100 {
		at := start.Add(time.Duration(i)*173*time.Second - 20*time.Minute)
		frame := ask("192.0.2.53", "c2.example")
		switch i % 3 {
		case 0:
			questions = first(questions, at)
		case 1: // one connection across all hours
			frame = get(40001, seq, "www.c2.example", "/poll")
			seq += uint32(len(frame) - 54)
			requests, ports = first(requests, at), first(ports, at)
		case 2:
			frame = build.Ethernet(0x0800, build.TCP{Src: "198.51.100.7", SrcPort: 80, Dst: "10.0.0.5", DstPort: 40001, Flags: 0x10, Ack: seq}.Packet())
			ports = first(ports, at)
		}
		if i%3 != 0 {
			packets = first(packets, at)
		}
		f.Add(at, frame)
	}
	s := newServer(t, "domain c2.example", "url http://www.c2.example/poll", "ip-dst 198.51.100.7", "ip-dst|port 198.51.100.7|80")
	r := attempt(t, s.URL, f.Bytes(), "-")
	for attribute, want := range map[string][]int64{
		"domain c2.example": questions, "url http://www.c2.example/poll": requests,
		"ip-dst 198.51.100.7": packets, "ip-dst|port 198.51.100.7|80": ports,
	} {
		if diff := cmp.Diff(want, s.seen(attribute)); diff != "" || len(want) != 6 {
			t.Errorf("%s: %s%s", attribute, diff, r.stderr)
		}
	}
}

// A late packet, or one with an impossible time, does not affect other packets.
func TestDisorder(t *testing.T) {
	for name, c := range map[string]struct {
		at   []time.Duration
		want []time.Duration
	}{
		"late":      {[]time.Duration{0, 2 * time.Hour, time.Hour, 2*time.Hour - time.Minute}, []time.Duration{0, time.Hour, 2*time.Hour - time.Minute}},
		"backwards": {[]time.Duration{3 * time.Hour, 2 * time.Hour, time.Hour}, []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour}},
		"leap":      {[]time.Duration{0, 70 * 365 * 24 * time.Hour, time.Hour}, []time.Duration{0, time.Hour, 70 * 365 * 24 * time.Hour}},
	} {
		var f build.Pcap
		for _, d := range c.at {
			f.Add(start.Add(d), ask("192.0.2.53", "c2.example"))
		}
		var want []int64
		for _, d := range c.want {
			want = append(want, start.Add(d).Unix())
		}
		for _, attribute := range []string{"domain c2.example", "ip-dst 192.0.2.53"} {
			s := newServer(t, attribute)
			attempt(t, s.URL, f.Bytes(), "-")
			if diff := cmp.Diff(want, s.seen(attribute)); diff != "" {
				t.Errorf("%s, %s: %s", name, attribute, diff)
			}
		}
	}
}

// Packets without a time, such as simple packet blocks, give no sighting.
func TestUntimed(t *testing.T) {
	var f build.Pcapng
	frame := ask("192.0.2.53", "c2.example")
	f.Section().Interface(1, 0).Simple(uint32(len(frame)), frame)
	s := newServer(t, "domain c2.example")
	r := attempt(t, s.URL, f.Bytes(), "-")
	if want := "1 packet of 1 capture: 0 values, 1 skipped, 3 without a time\nMISP knows 0 values in 0 attributes\n0 sightings: 0 new, 0 already there\n"; r.stderr != want {
		t.Errorf("%q, want %q", r.stderr, want)
	}
}

// A capture with packets in very many hours has limited cost. After the limit, only
// the first eight and the last times of the whole capture remain.
func TestBounds(t *testing.T) {
	var f build.Pcap
	for i := range 100 {
		f.Add(time.Unix(int64(i)*3600, 0), build.Ethernet(0x0800, build.UDP("192.0.2.1", 1, "192.0.2.2", 2, nil)))
	}
	for _, c := range []struct{ maxParts, maxTimes, want int }{
		{maxParts, maxTimes, 100},
		{20, maxTimes, 22}, // the first, the 20 after it, and the last
		{maxParts, 80, 42}, // of both addresses
		{20, 4, 9},
	} {
		o := newObserver(&command{types: []misp.Type{misp.IPSrc}, bucket: 3600})
		o.maxParts, o.maxTimes = c.maxParts, c.maxTimes
		values := observe(t, o, f.Bytes())
		if n := len(values[value{address, "192.0.2.1"}]); n != c.want || o.cut != (c.want < 100) {
			t.Errorf("%+v: %d times, cut %t", c, n, o.cut)
		}
	}
}

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		typ    misp.Type
		text   string
		want   string
		terms  []string
		hosts  []string
		unused bool
	}{
		{typ: misp.IPSrc, text: "2001:db8::1", want: "2001:db8::1", terms: []string{"2001:db8::1"}, hosts: []string{"2001:db8::1"}},
		{typ: misp.IPDstPort, text: "2001:db8::1|80", want: "2001:db8::1|80", terms: []string{"2001:db8::1"}, hosts: []string{"2001:db8::1"}},
		{typ: misp.DomainIP, text: "a.example|192.0.2.1", want: "a.example|192.0.2.1", terms: []string{"a.example"}, hosts: []string{"a.example", "192.0.2.1"}},
		{typ: misp.URL, text: "http://a.example", want: "http://a.example/", terms: []string{"http://a.example/", "http://a.example"}, hosts: []string{"a.example"}},
		{typ: misp.URL, text: "http://u@[2001:db8::1]:80/a/", want: "http://u@[2001:db8::1]:80/a/", terms: []string{"http://u@[2001:db8::1]:80/a/"}, hosts: []string{"2001:db8::1"}},
		{typ: misp.URL, text: "http://a.example:80?x=@b/", want: "http://a.example:80?x=@b/", terms: []string{"http://a.example:80?x=@b/"}, hosts: []string{"a.example"}},
		{typ: misp.FilenameSHA256, text: "a.exe|abc", want: "abc", terms: []string{"abc"}},
		{typ: misp.MalwareSample, text: "a.exe|abc", want: "abc", terms: []string{"abc"}},
		{typ: misp.EmailSrc, text: "a@b@c.example", want: "a@b@c.example", terms: []string{"a@b@c.example"}, hosts: []string{"c.example"}},
		{typ: misp.Text, text: "x", unused: true},
	} {
		v, ok := identify(c.typ, c.text)
		if ok == c.unused || ok && v.text != c.want {
			t.Errorf("%s %s: %q, %t", c.typ, c.text, v.text, ok)
			continue
		} else if !ok {
			continue
		}
		if diff := cmp.Diff(c.terms, v.terms()); diff != "" {
			t.Errorf("%s %s: terms: %s", c.typ, c.text, diff)
		}
		if diff := cmp.Diff(c.hosts, v.hosts()); diff != "" {
			t.Errorf("%s %s: hosts: %s", c.typ, c.text, diff)
		}
	}
	for s, want := range map[string]bool{"": false, "a": true, "!a": false, "%a": false, "a%": false, "a%b!": true} {
		if searchable(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}

func TestFilter(t *testing.T) {
	var f filter
	for _, s := range []string{"198.51.100.0/25", "2001:db8::/48", "192.0.2.9", "example.org", "*.Sub.Example.net", ".tail.example."} {
		if err := f.add(s); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []string{"", ".", "10.0.0.0/33", "a b", "http://a.example", "a@b.example"} {
		if f.add(s) == nil {
			t.Errorf("%q is accepted", s)
		}
	}
	own := f
	own.private = true
	for host, want := range map[string][2]bool{ // without and with -private
		"198.51.100.1": {true, true}, "198.51.100.200": {false, false}, "::ffff:198.51.100.1": {true, true},
		"2001:db8::1": {true, true}, "2001:db8:1::1": {false, false}, "192.0.2.9": {true, true}, "192.0.2.90": {false, false},
		"example.org": {true, true}, "a.EXAMPLE.org.": {true, true}, "notexample.org": {false, false}, "example.org.evil": {false, false},
		"sub.example.net": {true, true}, "example.net": {false, false}, "x.tail.example": {true, true},
		"printer": {true, false}, "printer.local": {true, false}, "localhost": {true, false}, "1.2.0.192.in-addr.arpa": {true, false},
		"10.1.2.3": {true, false}, "100.64.0.1": {true, false}, "172.31.0.1": {true, false}, "172.32.0.1": {false, false},
		"255.255.255.255": {true, false}, "0.0.0.0": {true, false}, "169.254.1.1": {true, false}, "239.1.1.1": {true, false},
		"::": {true, false}, "::1": {true, false}, "::2": {false, false}, "fe80::1%eth0": {true, false}, "fd00::1": {true, false},
		"ff02::1": {true, false}, "fec0::1": {true, false}, "2606:4700::1": {false, false},
	} {
		if got := [2]bool{f.skipsHost(host), own.skipsHost(host)}; got != want {
			t.Errorf("%s: %v, want %v", host, got, want)
		}
	}
	for _, p := range special {
		if p != p.Masked() || p == (netip.Prefix{}) {
			t.Errorf("%v", p)
		}
	}
}

func BenchmarkBuckets(b *testing.B) {
	for _, hours := range []int{1, 24} {
		var f build.Pcap
		const n = 24_000
		for i := range n {
			at := start.Truncate(time.Hour).Add(time.Duration(i) * time.Duration(hours) * time.Hour / n)
			f.Add(at, ask("192.0.2.53", fmt.Sprintf("h%d.example", i%500)))
		}
		file := f.Bytes()
		b.Run(fmt.Sprint(hours, "h"), func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				observe(b, newObserver(&command{types: usualTypes(), bucket: 3600}), file)
			}
		})
	}
}

func observe(tb testing.TB, o *observer, file []byte) timeline {
	r, err := pcap.NewReaderBytes(file)
	if err != nil {
		tb.Fatal(err)
	}
	if err := o.read(context.Background(), r); err != nil {
		tb.Fatal(err)
	}
	values, _ := o.finish()
	return values
}

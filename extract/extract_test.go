package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// A capture builds a file whose packets are a second apart.
type capture struct {
	file build.Pcap
	n    int
}

func (c *capture) add(ip []byte) *capture {
	etherType := uint16(0x0800)
	if ip[0]>>4 == 6 {
		etherType = 0x86dd
	}
	return c.at(start.Add(time.Duration(c.n)*time.Second), build.Ethernet(etherType, ip))
}

func (c *capture) at(t time.Time, frame []byte) *capture {
	c.file.Add(t, frame)
	c.n++
	return c
}

// request adds a TCP segment with an HTTP request.
func (c *capture) request(src, dst string, port uint16, data string) *capture {
	return c.add(build.TCP{Src: src, Dst: dst, SrcPort: 40000, DstPort: port, Seq: 1, Flags: 0x18, Data: data}.Packet())
}

func (c *capture) report(t *testing.T, o Options) *Report {
	t.Helper()
	r, err := pcap.NewReaderBytes(c.file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	rep, err := Read(context.Background(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// A packet may be a little earlier than the one before it.
func TestTimes(t *testing.T) {
	udp := build.Ethernet(0x0800, build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, []byte("x")))
	for _, c := range []struct {
		name               string
		times              []time.Time
		untimed, backwards int64
	}{
		{"good", []time.Time{start, start.Add(time.Second)}, 0, 0},
		{"out of order by less than 100 ms", []time.Time{start, start.Add(-50 * time.Millisecond)}, 0, 0},
		{"backwards", []time.Time{start, start.Add(-time.Second)}, 0, 1},
	} {
		var cp capture
		for _, at := range c.times {
			cp.at(at, udp)
		}
		rep := cp.report(t, Options{})
		if rep.Unseen.Untimed != c.untimed || rep.Unseen.Backwards != c.backwards {
			t.Errorf("%s: %d untimed, %d backwards", c.name, rep.Unseen.Untimed, rep.Unseen.Backwards)
		}
	}
}

// hostsOf returns the addresses as "address count".
func hostsOf(rep *Report) (all []string) {
	for h := range rep.Hosts() {
		all = append(all, fmt.Sprintf("%v %d", h.Addr, h.Count))
	}
	return all
}

// Times that only pcapng can tell: none, before 1970, after 9999.
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
		"after 9999":  new(build.Pcapng).Section().Interface(1, 0, offset(253402300800)...).Enhanced(0, 1, udp).Bytes(),
	} {
		r, err := pcap.NewReaderBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := Read(context.Background(), r, Options{})
		if err != nil || rep.Unseen.Untimed != 1 {
			t.Errorf("%s: %d untimed, %v", name, rep.Unseen.Untimed, err)
		}
		for h := range rep.Hosts() {
			if first, last, ok := h.Seen(); ok {
				t.Errorf("%s: seen from %v to %v", name, first, last)
			}
		}
	}
}

// At MaxValues the rows that stay do not depend on the order of packets, their
// counts are exact, and what is left out is counted.
func TestMaxValues(t *testing.T) {
	var addrs []string
	for i := range 60 {
		addrs = append(addrs, fmt.Sprintf("192.0.2.%d", i+1))
	}
	addrs = append(addrs, addrs...)
	read := func() []string {
		var c capture
		for _, h := range addrs {
			c.add(build.UDP("203.0.113.1", 4000, h, 9, []byte("x")))
		}
		rep := c.report(t, Options{MaxValues: 10})
		var kept int64
		for h := range rep.Hosts() {
			kept += h.Count
		}
		if total := int64(2 * len(addrs)); kept+rep.LeftOut()["hosts"] != total {
			t.Errorf("%d kept and %d left out of %d observations", kept, rep.LeftOut()["hosts"], total)
		}
		return hostsOf(rep)
	}
	want := read()
	if len(want) != 10 {
		t.Fatalf("%d rows are kept", len(want))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		rng.Shuffle(len(addrs), func(i, j int) { addrs[i], addrs[j] = addrs[j], addrs[i] })
		if diff := cmp.Diff(want, read()); diff != "" {
			t.Error(diff)
		}
	}
}

// A value that is too long is counted and not cut.
func TestMaxValueLen(t *testing.T) {
	var c capture
	c.request("10.0.0.5", "198.51.100.7", 80, "GET /"+strings.Repeat("a", 100)+" HTTP/1.1\r\nHost: www.example\r\n\r\n")
	rep := c.report(t, Options{MaxValueLen: 50})
	for q := range rep.Requests() {
		t.Errorf("%q is kept", q.URL)
	}
	if rep.Unseen.TooLong != 1 {
		t.Errorf("%d too long", rep.Unseen.TooLong)
	}
}

// What was good before damage is in the report, and so is the error.
func TestReadDamaged(t *testing.T) {
	var c capture
	c.add(build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, nil))
	c.add(build.UDP("10.0.0.5", 4000, "192.0.2.2", 9, nil))
	b := c.file.Bytes()
	r, err := pcap.NewReader(bytes.NewReader(b[:len(b)-1]))
	if err != nil {
		t.Fatal(err)
	}
	rep, err := Read(context.Background(), r, Options{})
	if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(rep.Captures[0].Err, io.ErrUnexpectedEOF) {
		t.Errorf("%v, in the report %v", err, rep.Captures[0].Err)
	}
	if diff := cmp.Diff([]string{"10.0.0.5 1", "192.0.2.1 1"}, hostsOf(rep)); diff != "" {
		t.Error(diff)
	}
}

func TestReadCancelled(t *testing.T) {
	var c capture
	c.add(build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, nil))
	r, _ := pcap.NewReaderBytes(c.file.Bytes())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if rep, err := Read(ctx, r, Options{}); !errors.Is(err, context.Canceled) || rep == nil {
		t.Error(rep, err)
	}
}

// Packets quoted by ICMP errors make no indicator: their addresses are claims.
func TestQuotedIsNoHost(t *testing.T) {
	inner := build.UDP("10.0.0.5", 4000, "203.0.113.66", 9, nil)
	var c capture
	c.add(build.IP("192.0.2.1", "10.0.0.5", 1, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, inner...)))
	if diff := cmp.Diff([]string{"10.0.0.5 1", "192.0.2.1 1"}, hostsOf(c.report(t, Options{}))); diff != "" {
		t.Error(diff)
	}
}

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

// A capture builds a file with one packet per second.
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

// A packet may be a little earlier than those before it.
func TestTimes(t *testing.T) {
	udp := build.Ethernet(0x0800, build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, []byte("x")))
	for _, c := range []struct {
		name             string
		times            []time.Duration
		early, backwards int64
	}{
		{"good", []time.Duration{0, time.Second}, 0, 0},
		{"out of order by up to 100 ms", []time.Duration{0, -maxReordered, 0}, 0, 0},
		{"early", []time.Duration{0, -maxReordered - 1000, 0, -maxEarly}, 2, 0},
		{"backwards", []time.Duration{0, -maxEarly - 1000}, 0, 1},
		{"backwards once", []time.Duration{0, -time.Hour, 1 - time.Hour}, 0, 1},
		{"backwards in small steps", []time.Duration{0, -900 * time.Millisecond, -1800 * time.Millisecond, -2700 * time.Millisecond}, 2, 1},
	} {
		var cp capture
		for _, at := range c.times {
			cp.at(start.Add(at), udp)
		}
		rep := cp.report(t, Options{})
		var step time.Duration // the largest, if it counts
		for i, latest := 0, c.times[0]; i < len(c.times); i++ {
			if latest-c.times[i] > maxReordered {
				step = max(step, latest-c.times[i])
			}
			if latest = max(latest, c.times[i]); latest-c.times[i] > maxEarly {
				latest = c.times[i]
			}
		}
		if rep.Unseen.Step != step {
			t.Errorf("%s: a step of %v, want %v", c.name, rep.Unseen.Step, step)
		}
		if u := rep.Unseen; u.Untimed != 0 || u.Early != c.early || u.Backwards != c.backwards {
			t.Errorf("%s: %d untimed, %d early, %d backwards", c.name, u.Untimed, u.Early, u.Backwards)
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
		"never":       new(build.Pcapng).Section().Interface(1, 0, offset(1<<62)...).Enhanced(0, 1, udp).Bytes(),
	} {
		r, err := pcap.NewReaderBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := Read(context.Background(), r, Options{})
		if err != nil || rep.Unseen.Untimed != 1 {
			t.Errorf("%s: %d untimed, %v", name, rep.Unseen.Untimed, err)
		}
		back, err := ReadJSON(strings.NewReader(jsonOf(t, rep, true)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sameText(t, name, jsonOf(t, rep, true), jsonOf(t, back, true))
		for h := range rep.Hosts() {
			if first, last, ok := h.Seen(); ok {
				t.Errorf("%s: seen from %v to %v", name, first, last)
			}
		}
	}
}

// At MaxValues, the rows kept do not depend on the order of packets, their counts
// are exact, and the observations left out are counted.
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
		t.Fatalf("%d rows kept", len(want))
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
		t.Errorf("%q kept", q.URL)
	}
	if rep.Unseen.TooLong != 1 {
		t.Errorf("%d too long", rep.Unseen.TooLong)
	}
}

// The report holds the packets before damage, and the error.
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

// Addresses of packets quoted in ICMP errors are unproven claims, so they are not
// recorded.
func TestQuotedAddresses(t *testing.T) {
	inner := build.UDP("10.0.0.5", 4000, "203.0.113.66", 9, nil)
	var c capture
	c.add(build.IP("192.0.2.1", "10.0.0.5", 1, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, inner...)))
	if diff := cmp.Diff([]string{"10.0.0.5 1", "192.0.2.1 1"}, hostsOf(c.report(t, Options{}))); diff != "" {
		t.Error(diff)
	}
}

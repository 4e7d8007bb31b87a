package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

// story returns a capture of n packets: DNS queries, and requests in segments.
func story(n int) *build.Pcap {
	f := new(build.Pcap)
	for i := range n {
		dst := fmt.Sprintf("192.0.2.%d", i%200+1)
		ip := build.UDP("10.0.0.5", uint16(4000+i%1000), dst, 53, build.DNSQuery(uint16(i), fmt.Sprint("n", i%500), "example"))
		if i%3 > 0 {
			text := fmt.Sprintf("GET /%05d HTTP/1.1\r\nHost: h.example\r\n\r\n", i/3)
			half := len(text) / 2
			seq, data := uint32(1), text[:half]
			if i%3 == 2 {
				seq, data = uint32(1+half), text[half:]
			}
			ip = build.TCP{Src: "10.0.0.5", Dst: "198.51.100.7", SrcPort: uint16(10_000 + i/3%50_000), DstPort: 80, Seq: seq, Flags: 0x18, Data: data}.Packet()
		}
		f.Add(start.Add(time.Duration(i)*time.Millisecond), build.Ethernet(0x0800, ip))
	}
	return f
}

// firstPackets returns the report of the first n packets of a classic capture.
func firstPackets(t *testing.T, b []byte, n int64) string {
	t.Helper()
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	return jsonOf(t, readBytes(t, b[:r.Place().Offset], Options{}), false)
}

// If a source fails at any byte, the report holds everything before it, the error is
// the source's, and no goroutine leaks.
func TestSourceFailsAtEveryByte(t *testing.T) {
	b := story(9).Bytes()
	before := runtime.NumGoroutine()
	want := map[int64]string{}
	for at := 24; at < len(b); at += fault.Size(1, 7) {
		for _, workers := range []int{1, 4} {
			r, err := pcap.NewReader(io.MultiReader(iotest.OneByteReader(bytes.NewReader(b[:at])), iotest.ErrReader(syscall.EIO)))
			if err != nil {
				t.Fatal(err)
			}
			rep, err := Read(t.Context(), r, Options{Workers: workers})
			if !errors.Is(err, syscall.EIO) || !errors.Is(rep.Captures[0].Err, syscall.EIO) {
				t.Fatalf("failing at %d, %d workers: %v, in the report %v", at, workers, err, rep.Captures[0].Err)
			}
			if want[rep.Packets] == "" {
				want[rep.Packets] = firstPackets(t, b, rep.Packets)
			}
			sameText(t, fmt.Sprintf("failing at %d, %d workers", at, workers), want[rep.Packets], jsonOf(t, rep, false))
		}
	}
	if len(want) != 9 { // of 0 to 8 whole packets
		t.Errorf("%d different reports, want 9", len(want))
	}
	fault.Ended(t, before)
}

// stoppedReport checks the report of a story whose reading was stopped: it is that of
// the packets read. If workers skipped some of them, all others are in it.
func stoppedReport(t *testing.T, name string, b []byte, rep *Report) {
	t.Helper()
	if rep.Unseen.Skipped == 0 {
		sameText(t, name, firstPackets(t, b, rep.Packets), jsonOf(t, rep, false))
		return
	}
	var hosts int64
	for h := range rep.Hosts() {
		hosts += h.Count
	}
	if hosts != 2*(rep.Packets-rep.Unseen.Skipped) {
		t.Errorf("%s: %d packets, %d skipped, but hosts have %d", name, rep.Packets, rep.Unseen.Skipped, hosts)
	}
}

// A countdown is a context that is cancelled after a number of calls of Err.
type countdown struct {
	context.Context
	left atomic.Int64
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// If a context is cancelled at any check, the report is that of the packets read,
// and no goroutine leaks.
func TestCancelledEverywhere(t *testing.T) {
	packets := fault.Size(10_000, 2500)
	b := story(packets).Bytes()
	before := runtime.NumGoroutine()
	// One worker asks for each packet, several for each round.
	for workers, step := range map[int]int64{1: 97, 4: 1} {
		ends := map[int64]bool{}
		for n := int64(0); ; n += step {
			ctx := &countdown{Context: context.Background()}
			ctx.left.Store(n)
			r, err := pcap.NewReaderBytes(b)
			if err != nil {
				t.Fatal(err)
			}
			rep, err := Read(ctx, r, Options{Workers: workers})
			if err != nil && !errors.Is(err, context.Canceled) || rep == nil {
				t.Fatalf("%d workers, asked %d times: %v", workers, n, err)
			}
			ends[rep.Packets] = true
			stoppedReport(t, fmt.Sprintf("%d workers, asked %d times", workers, n), b, rep)
			if err == nil {
				if rep.Packets != int64(packets) {
					t.Errorf("%d workers: %d packets without an error", workers, rep.Packets)
				}
				break
			}
		}
		if len(ends) < packets/2048 {
			t.Errorf("%d workers: stops in only %d places", workers, len(ends))
		}
	}
	fault.Ended(t, before)
}

// A stopper cancels a context after a number of bytes.
type stopper struct {
	io.Reader
	left   int
	cancel context.CancelFunc
}

func (s *stopper) Read(b []byte) (int, error) {
	n, err := s.Reader.Read(b[:min(len(b), 100)])
	if s.left -= n; s.left < 0 {
		s.cancel()
	}
	return n, err
}

// A context may be cancelled while any packet is read.
func TestCancelledAtEveryPacket(t *testing.T) {
	const packets = 60
	b := story(packets).Bytes()
	before := runtime.NumGoroutine()
	for at := 0; at < len(b); at += fault.Size(50, 200) {
		for _, workers := range []int{1, 4} {
			ctx, cancel := context.WithCancel(t.Context())
			r, err := pcap.NewReader(&stopper{Reader: bytes.NewReader(b), left: at, cancel: cancel})
			if err != nil {
				t.Fatal(err)
			}
			rep, err := Read(ctx, r, Options{Workers: workers})
			if err != nil && !errors.Is(err, context.Canceled) || err == nil && rep.Packets != packets {
				t.Fatalf("cancelled at %d, %d workers: %d packets, %v", at, workers, rep.Packets, err)
			}
			stoppedReport(t, fmt.Sprintf("cancelled at %d, %d workers", at, workers), b, rep)
		}
	}
	fault.Ended(t, before)
}

// If clocks jump, no observation of a single packet is lost, open connections end,
// and the report does not depend on the workers.
func TestClocksJump(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for name, clock := range map[string]func(i int) time.Time{
		"stands":         func(int) time.Time { return start },
		"runs backwards": func(i int) time.Time { return start.Add(-time.Duration(i) * time.Minute) },
		"jumps an hour":  func(i int) time.Time { return start.Add(time.Duration(i) * time.Hour) },
		"starts over":    func(i int) time.Time { return start.Add(time.Duration(i%7) * 1000 * time.Hour) },
		"is at random":   func(int) time.Time { return time.Unix(int64(rng.Uint32()), int64(rng.IntN(1e6))*1000) },
		"leaps once":     func(i int) time.Time { return start.Add(time.Duration(i/1000) * 24 * 365 * time.Hour) },
		"one from 1970":  func(i int) time.Time { return start.Add(time.Duration(min(i%1000, 1)-1) * 56 * 365 * 24 * time.Hour) },
		"at both ends":   func(i int) time.Time { return time.Unix(int64(i%2)*(1<<32-1), 0) },
	} {
		packets := int64(fault.Size(3000, 1200)) // the clocks below change at 1000
		f := new(build.Pcap)
		r, err := pcap.NewReaderBytes(story(int(packets)).Bytes())
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for rec := range r.All() {
			f.Add(clock(i), rec.Data)
			i++
		}
		want := readBytes(t, f.Bytes(), Options{})
		var queries, hosts, flows int64
		for q := range want.Queries() {
			queries += q.Count
		}
		for h := range want.Hosts() {
			hosts += h.Count
		}
		for f := range want.Flows() {
			flows += f.Sent.Packets + f.Received.Packets
		}
		if queries != packets/3 || hosts != 2*packets || flows != packets || want.Packets != packets {
			t.Errorf("%s: %d queries, %d packets of hosts, %d of flows", name, queries, hosts, flows)
		}
		if s := want.Unseen.Stream; s.Held != 0 || s.Open != 0 {
			t.Errorf("%s: %+v", name, s)
		}
		sameText(t, name, jsonOf(t, want, true), jsonOf(t, readBytes(t, f.Bytes(), Options{Workers: 4}), true))
	}
}

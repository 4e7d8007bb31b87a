package extract

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// An endless is a capture that continues until its time is over: SYN floods, names
// that are all different, requests in segments, incomplete fragments, unterminated
// mails, hellos without answers. It samples the memory in use and the speed of the
// reader.
type endless struct {
	rng     *rand.Rand
	packets int
	buf     []byte

	begun   time.Time
	until   time.Duration
	samples []sample
	counted int
	at      time.Time
}

// A sample measures one part of the time.
type sample struct {
	heap  uint64
	speed float64 // packets per second
}

// soakParts is the most samples taken.
const soakParts = 40

func (e *endless) Read(b []byte) (int, error) {
	now := time.Now()
	over := now.Sub(e.begun) > e.until
	for !over && len(e.buf) < min(len(b), 64<<10) {
		e.add(e.packet())
	}
	n := copy(b, e.buf)
	e.buf = e.buf[:copy(e.buf, e.buf[n:])]
	if over && n == 0 {
		return 0, io.EOF
	}
	if len(e.samples) < soakParts && now.Sub(e.at) >= e.until/soakParts {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		e.samples = append(e.samples, sample{m.HeapAlloc, float64(e.packets-e.counted) / now.Sub(e.at).Seconds()})
		e.counted, e.at = e.packets, time.Now()
	}
	return n, nil
}

// add appends a record, at a thousand packets per second of capture time.
func (e *endless) add(ip []byte) {
	at := start.Add(time.Duration(e.packets) * time.Millisecond)
	for _, v := range []uint32{uint32(at.Unix()), uint32(at.Nanosecond() / 1000), uint32(len(ip)), uint32(len(ip))} {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, v)
	}
	e.buf = append(e.buf, ip...)
	e.packets++
}

func (e *endless) packet() []byte {
	n, r := e.packets, e.rng
	addr := func(net byte) string { return fmt.Sprintf("%d.%d.%d.%d", net, r.IntN(256), r.IntN(256), r.IntN(256)) }
	tcp := build.TCP{Src: addr(10), Dst: addr(198), SrcPort: uint16(r.Uint32()), DstPort: 80, Seq: 1, Flags: 0x18}
	switch n % 8 {
	case 0:
		tcp.Flags = 2
	case 1:
		return build.UDP(tcp.Src, tcp.SrcPort, "192.0.2.53", 53, build.DNSQuery(uint16(n), fmt.Sprintf("d%x", n*7919), "example"))
	case 2:
		tcp.Data = fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h%d.example\r\nUser-Agent: a%d\r\n\r\n", n, n%5000, n%3000)
	case 3:
		tcp.Data = "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", r.IntN(1200))
	case 4:
		b := build.UDP(tcp.Src, tcp.SrcPort, tcp.Dst, 9, make([]byte, 8*(1+r.IntN(100))))
		binary.BigEndian.PutUint16(b[4:], uint16(n))
		b[6] = 0x20
		return b
	case 5:
		tcp.DstPort, tcp.Data = 25, "EHLO x\r\nMAIL FROM:<a@example>\r\nDATA\r\nSubject: "+strings.Repeat("s", r.IntN(1000))
	case 6:
		tcp.DstPort, tcp.Data = 443, clientHello(fmt.Sprintf("%032d", n))
	default:
		tcp.Seq, tcp.Data = r.Uint32(), strings.Repeat("x", r.IntN(1200)) // after a gap that is never filled
	}
	return tcp.Packet()
}

// With endless traffic for the duration in SIGHTLINE_SOAK (30m), memory stays
// constant within 5 %, and the speed does not drop.
func TestSoak(t *testing.T) {
	soak := os.Getenv("SIGHTLINE_SOAK")
	if soak == "" {
		t.Skip("set SIGHTLINE_SOAK to a duration like 30m")
	}
	until, err := time.ParseDuration(soak)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	e := &endless{rng: rand.New(rand.NewPCG(7, 8)), begun: now, at: now, until: until}
	e.buf = new(build.Pcap).Bytes()
	e.buf[20] = byte(pcap.LinkTypeRaw)
	r, err := pcap.NewReader(e)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		MaxValues: 2000, MaxConns: 2000, MaxLive: 6400,
		Stream: stream.Config{MaxBytes: 8 << 20, MaxSilent: 6400, MaxFragments: 1 << 20, Hash: stream.HashAll},
	}
	rep, err := Read(context.Background(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	u := rep.Unseen
	if u.Stream.Evicted == 0 || u.Parted == 0 || u.Stream.Defrag.Evicted+u.Stream.Defrag.Incomplete == 0 || len(rep.LeftOut()) < 5 {
		t.Errorf("not every limit is reached: %+v, %v", u, rep.LeftOut())
	}
	n := len(e.samples)
	if n < soakParts/2 {
		t.Fatalf("%d samples", n)
	}
	// Tables and buffers fill up during the first half.
	early, late := steady(e.samples[n/2:n*3/4]), steady(e.samples[n*3/4:])
	for i, x := range e.samples {
		t.Logf("%d: %d KiB, %.0f packets per second", i+1, x.heap>>10, x.speed)
	}
	t.Logf("%d packets; heap %d KiB, then %d KiB; %.0f packets per second, then %.0f", e.packets, early.heap>>10, late.heap>>10, early.speed, late.speed)
	if float64(late.heap) > 1.05*float64(early.heap) {
		t.Errorf("memory grew from %d to %d bytes", early.heap, late.heap)
	}
	if late.speed < early.speed/2 {
		t.Errorf("%.0f packets per second, then %.0f", early.speed, late.speed)
	}
}

// steady returns the mean memory of samples, and their best speed, the one least
// disturbed by other programs.
func steady(samples []sample) (s sample) {
	for _, x := range samples {
		s.heap += x.heap / uint64(len(samples))
		s.speed = max(s.speed, x.speed)
	}
	return s
}

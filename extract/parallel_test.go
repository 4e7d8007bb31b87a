package extract

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Rounds of large packets do not exceed roundBytes by more than a batch.
func TestRoundBytes(t *testing.T) {
	count := fault.Size(500, 50)
	large := new(build.Pcap).Add(start, make([]byte, 200_000)).Bytes()
	r, err := pcap.NewReader(bytes.NewReader(append(large[:24:24], bytes.Repeat(large[24:], count)...)))
	if err != nil {
		t.Fatal(err)
	}
	x := Extractor{Options: Options{Workers: 4}}
	x.Begin("")
	d := newDispatcher(&x, r)
	defer d.end()
	for packets := 0; ; {
		next := d.next()
		err := d.fill(next)
		size := 0
		for _, tasks := range next.work {
			for i := range tasks {
				size += len(tasks[i].rec.Data)
				packets++
			}
		}
		d.free <- next
		if size > roundBytes+256<<10 {
			t.Errorf("a round of %d bytes", size)
		}
		if err != nil {
			if packets != count {
				t.Errorf("%d packets", packets)
			}
			return
		}
	}
}

// crowd returns a capture that reaches every limit of small.
func crowd() []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var f build.Pcap
	for i := range fault.Size(12_000, 6000) {
		at := start.Add(time.Duration(i) * 5 * time.Millisecond)
		src := fmt.Sprintf("10.0.%d.%d", rng.IntN(4), rng.IntN(250)+1)
		dst := fmt.Sprintf("192.0.2.%d", rng.IntN(250)+1)
		port := uint16(1024 + rng.IntN(50_000))
		if i%8 < 2 { // a scan
			src, dst = "10.0.0.1", "192.0.2.1"
		}
		var ip []byte
		switch i % 4 {
		case 0:
			ip = build.UDP(src, port, dst, 53, build.DNSQuery(uint16(i), fmt.Sprint("n", rng.IntN(3000)), "example"))
		case 1:
			ip = build.TCP{Src: src, Dst: dst, SrcPort: port, DstPort: 80, Seq: 1, Flags: 2}.Packet()
		case 2:
			ip = build.TCP{Src: src, Dst: dst, SrcPort: port, DstPort: 80, Seq: 1, Flags: 0x18,
				Data: fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h%d.example\r\n\r\n", rng.IntN(500), rng.IntN(50))}.Packet()
		default: // out-of-order data
			ip = build.TCP{Src: src, Dst: dst, SrcPort: port % 200, DstPort: 8080, Seq: uint32(rng.IntN(1 << 20)), Flags: 0x10,
				Data: strings.Repeat("x", 1000)}.Packet()
		}
		f.Add(at, build.Ethernet(0x0800, ip))
	}
	return f.Bytes()
}

var small = Options{
	MaxValues: 100, MaxConns: 150, MaxLive: 100,
	Stream: stream.Config{MaxBytes: 1 << 20, MaxSilent: 100, Hash: stream.HashAll},
}

// The report is the same, byte for byte, for any number of workers, even at limits.
func TestWorkers(t *testing.T) {
	b := crowd()
	want := readBytes(t, b, small)
	if want.Unseen.Parted == 0 || want.Unseen.Crowded == 0 || want.Unseen.Stream.Parted == 0 || want.Unseen.Stream.Evicted == 0 || len(want.LeftOut()) < 4 {
		t.Fatalf("not every limit is reached: %+v, %v", want.Unseen, want.LeftOut())
	}
	for _, workers := range []int{2, 8, 100} {
		o := small
		o.Workers = workers
		sameText(t, fmt.Sprint(workers, " workers"), jsonOf(t, want, true), jsonOf(t, readBytes(t, b, o), true))
	}
	for _, name := range withCorpus(t) {
		o := Options{Stream: stream.Config{Hash: stream.HashAll}}
		want := jsonOf(t, readFile(t, name, o), true)
		for _, o.Workers = range []int{2, 8} {
			sameText(t, name, want, jsonOf(t, readFile(t, name, o), true))
		}
	}
}

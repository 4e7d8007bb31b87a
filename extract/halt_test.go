package extract

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// downloads returns a capture of n downloads, each compressed and from another address.
func downloads(t *testing.T, n int, content string) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(content))
	z.Close()
	body := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", packed.Len(), packed.String())
	get := "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n"
	asked := uint32(1 + len(get))
	var f build.Pcap
	for i := range n {
		server := fmt.Sprintf("192.0.2.%d", 1+i)
		client := build.TCP{Src: "10.0.0.5", Dst: server, SrcPort: 1024, DstPort: 80}
		reply := build.TCP{Src: server, Dst: "10.0.0.5", SrcPort: 80, DstPort: 1024}
		for at, step := range []struct {
			build.TCP
			seq, ack uint32
			flags    byte
			data     string
		}{{client, 0, 0, 2, ""}, {reply, 0, 1, 0x12, ""}, {client, 1, 1, 0x18, get}, {reply, 1, asked, 0x18, body}} {
			step.TCP.Seq, step.TCP.Ack, step.TCP.Flags, step.TCP.Data = step.seq, step.ack, step.flags, step.data
			f.Add(start.Add(time.Duration(at)*time.Millisecond), build.Ethernet(0x0800, step.TCP.Packet()))
		}
	}
	return f.Bytes()
}

// A context that is done stops the decoding of contents, not only after a packet or a
// round of packets.
func TestCancelledWhileDecoding(t *testing.T) {
	const files = 20
	b := downloads(t, files, strings.Repeat("\x00", 8<<20))
	for _, workers := range []int{1, 4} {
		ctx, cancel := context.WithCancel(t.Context())
		var asked atomic.Int64
		o := Options{Workers: workers, Stream: stream.Config{Hash: stream.HashSHA256}}
		o.Stream.Stop = func() bool { // is asked once in 32 KiB
			if asked.Add(1) == 100 {
				cancel()
			}
			return false
		}
		x := Extractor{Options: o}
		err := x.ReadInput(ctx, "", bytes.NewReader(b))
		rep := x.Finish()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%d workers: %v", workers, err)
		}
		var size int64
		for f := range rep.Files() {
			size += f.Size
			if f.SHA256 != "" && f.Size < 8<<20 {
				t.Errorf("%d workers: %d bytes have a hash", workers, f.Size)
			}
		}
		if size == 0 || size > 8<<20 {
			t.Errorf("%d workers: %d bytes were decoded", workers, size)
		}
	}
}

// After a context is done, several workers finish the packets that were read, but take
// no longer than graceTime for them.
func TestGraceTime(t *testing.T) {
	b := story(600).Bytes()
	for _, test := range []struct {
		each    time.Duration // for a packet with data
		skipped bool
	}{{time.Millisecond, false}, {20 * time.Millisecond, true}} {
		synctest.Test(t, func(t *testing.T) {
			o := Options{Workers: 2}
			o.Stream.Detect = func(layers.Flow, []byte, []byte) (stream.Proto, bufio.SplitFunc) {
				time.Sleep(test.each) // in the bubble's time
				return stream.Unknown, nil
			}
			r, err := pcap.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			const budget = 100 * time.Millisecond
			ctx, cancel := context.WithTimeout(t.Context(), budget)
			defer cancel()
			began := time.Now()
			rep, err := Read(ctx, r, o)
			if took := time.Since(began); took > budget+graceTime+test.each {
				t.Errorf("Read took %v", took)
			}
			if rep.Packets != 600 || (rep.Unseen.Skipped > 0) != test.skipped || test.skipped && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%d packets, %d skipped, %v", rep.Packets, rep.Unseen.Skipped, err)
			}
			stoppedReport(t, test.each.String(), b, rep)
		})
	}
}

// A context that is cancelled after Read does not affect Finish.
func TestCancelledBeforeFinish(t *testing.T) {
	b := downloads(t, 1, "hello")
	b = bytes.ReplaceAll(b, []byte("Content-Length"), []byte("Content-Weight")) // ends with the connection
	ctx, cancel := context.WithCancel(t.Context())
	x := Extractor{Options: Options{Stream: stream.Config{Hash: stream.HashSHA256}}}
	if err := x.ReadInput(ctx, "", bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	cancel()
	for f := range x.Finish().Files() {
		if f.Size == 5 {
			return
		}
	}
	t.Error("the body was not decoded")
}

// bomb panics when it sees its text.
func bomb(text string) stream.Detector {
	return func(_ layers.Flow, client, _ []byte) (stream.Proto, bufio.SplitFunc) {
		if bytes.Contains(client, []byte(text)) {
			panic(errBomb)
		}
		return stream.Unknown, nil
	}
}

var errBomb = errors.New("bomb")

// A panic in any worker is an error of Read. The report has what was found before.
func TestPanic(t *testing.T) {
	b := story(9000).Bytes()
	before := runtime.NumGoroutine()
	for _, workers := range []int{1, 2, 4, 64} {
		for _, at := range []string{"/00001", "/01000", "/02998"} {
			o := Options{Workers: workers}
			o.Stream.Detect = bomb(at)
			x := Extractor{Options: o}
			err := x.ReadInput(t.Context(), "", bytes.NewReader(b))
			rep := x.Finish()
			var p *PanicError
			if !errors.As(err, &p) || !errors.Is(err, errBomb) || rep.Captures[0].Err != err {
				t.Fatalf("%d workers: %v, %v", workers, err, rep.Captures[0].Err)
			}
			if p.Packet.Number == 0 || !bytes.Contains(p.Stack, []byte("halt_test.go")) {
				t.Errorf("%d workers: packet %+v, stack %s", workers, p.Packet, p.Stack)
			}
			if at != "/00001" && rep.Packets == 0 || rep.Packets > 9000 || rep.Captures[0].Size == 0 {
				t.Errorf("%d workers: %+v", workers, rep.Captures[0])
			}
		}
	}
	fault.Ended(t, before)
}

// A panic while limits are enforced, or while open connections end, is an error, too.
func TestPanicAtTheEnds(t *testing.T) {
	b := downloads(t, 3, "hello")
	b = bytes.ReplaceAll(b, []byte("Content-Length"), []byte("Content-Weight"))
	for _, workers := range []int{1, 2} {
		o := Options{Workers: workers, Stream: stream.Config{Hash: stream.HashSHA256}}
		o.Stream.Stop = func() bool { panic(errBomb) } // called when the bodies end
		r, err := pcap.NewReaderBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := Read(t.Context(), r, o)
		if !errors.Is(err, errBomb) || rep.Packets != 12 || !errors.Is(rep.Captures[0].Err, errBomb) {
			t.Errorf("at the end, %d workers: %v, %d packets", workers, err, rep.Packets)
		}
	}
	// A body waits in memory until the limit on all shards is reached.
	var f build.Pcap
	head := "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00"
	for i := range 2 * enforceEvery {
		f.Add(start, build.Ethernet(0x0800, build.TCP{Src: fmt.Sprintf("192.0.2.%d", 1+i%200), Dst: "10.0.0.5", SrcPort: 80, DstPort: 1024 + uint16(i/200), Seq: 1, Flags: 0x18,
			Data: head}.Packet()))
	}
	for _, workers := range []int{1, 2, 4} {
		o := Options{Workers: workers, Stream: stream.Config{Hash: stream.HashSHA256, MaxBytes: 1 << 20}}
		o.Stream.Stop = func() bool { panic(errBomb) }
		x := Extractor{Options: o}
		err := x.ReadInput(t.Context(), "", bytes.NewReader(f.Bytes()))
		var p *PanicError
		if rep := x.Finish(); !errors.As(err, &p) || !bytes.Contains(p.Stack, []byte("enforceLimits")) || rep.Packets < enforceEvery {
			t.Errorf("at the limits, %d workers: %v", workers, err)
		}
	}
}

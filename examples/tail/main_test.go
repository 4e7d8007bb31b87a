package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// capture returns a capture of n DNS queries, and the offset where each record
// ends.
func capture(n int) (b []byte, ends []int) {
	var f build.Pcap
	for i := range n {
		query := build.UDP("192.0.2.1", 5000, "192.0.2.53", 53, build.DNSQuery(uint16(i), "q", "example"))
		f.Add(time.Unix(int64(i), 0), build.Ethernet(0x0800, query))
		ends = append(ends, len(f.Bytes()))
	}
	return f.Bytes(), ends
}

// A file grows by a piece each time it is read to its end.
type file struct{ pieces [][]byte }

func (f *file) Read(b []byte) (int, error) {
	if len(f.pieces) == 0 || len(f.pieces[0]) == 0 {
		return 0, io.EOF
	}
	n := copy(b, f.pieces[0])
	f.pieces[0] = f.pieces[0][n:]
	return n, nil
}

// more advances to the next piece.
func (f *file) more() bool {
	if len(f.pieces) == 0 {
		return false
	}
	f.pieces = f.pieces[1:]
	return len(f.pieces) > 0
}

// ids returns the DNS IDs in the lines.
func ids(t *testing.T, out string) (all []string) {
	t.Helper()
	for line := range strings.Lines(out) {
		_, id, ok := strings.Cut(line, "DNS id ")
		if !ok {
			t.Fatalf("line %q", line)
		}
		id, _, _ = strings.Cut(id, " ")
		all = append(all, id)
	}
	return all
}

func TestGrowing(t *testing.T) {
	b, ends := capture(5)
	for n, want := range map[int]string{-1: "0 1 2 3 4", 0: "3 4", 1: "2 3 4", 2: "1 2 3 4", 9: "0 1 2 3 4"} {
		for _, first := range []int{ends[2], ends[2] + 7, ends[3] - 1} { // three packets, or three and a part of the fourth
			var out bytes.Buffer
			f := &file{[][]byte{b[:first], b[first : ends[3]+1], b[ends[3]+1:]}}
			if err := run(context.Background(), &out, f, n, f.more); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Fields(want), ids(t, out.String())); diff != "" {
				t.Errorf("-n %d, %d bytes first:\n%s", n, first, diff)
			}
		}
	}
}

// The file is empty at first, then has part of a header.
func TestEmptyAtFirst(t *testing.T) {
	b, _ := capture(1)
	var out bytes.Buffer
	f := &file{[][]byte{{}, b[:3], b[3:10], b[10:]}}
	if err := run(context.Background(), &out, f, -1, f.more); err != nil {
		t.Fatal(err)
	}
	want := "1 1970-01-01T00:00:00Z 69 Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 IPv4, " +
		"IPv4 192.0.2.1 > 192.0.2.53, UDP 5000 > 53 len 27, DNS id 0 query A q.example\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// A packet is printed before tail waits for more input.
func TestLineBeforeWaiting(t *testing.T) {
	b, ends := capture(2)
	var out bytes.Buffer
	f := &file{[][]byte{b[:ends[0]], b[ends[0]:]}}
	var seen []string
	err := run(context.Background(), &out, f, -1, func() bool {
		seen = append(seen, fmt.Sprint(len(ids(t, out.String()))))
		return f.more()
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1", "2"}, seen); diff != "" {
		t.Error(diff)
	}
}

// An interrupt ends tail without an error; an input that ends inside a packet is
// damaged.
func TestInterrupted(t *testing.T) {
	b, ends := capture(2)
	ctx, cancel := context.WithCancel(context.Background())
	var out bytes.Buffer
	stop := func() bool { cancel(); return pause(ctx) }
	if err := run(ctx, &out, bytes.NewReader(b[:ends[1]-1]), 5, stop); err != nil || len(ids(t, out.String())) != 1 {
		t.Errorf("%v\n%s", err, &out)
	}
	waiting, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	stop = func() bool { interrupt(); return pause(waiting) }
	if err := run(waiting, &out, bytes.NewReader(nil), -1, stop); err != nil {
		t.Errorf("empty input, interrupted: %v", err)
	}
	never := func() bool { return false }
	if err := run(context.Background(), &out, bytes.NewReader(b[:ends[1]-1]), -1, never); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	if err := run(context.Background(), &out, strings.NewReader("no capture"), -1, never); err == nil {
		t.Error("no error for an input that is not a capture")
	}
}

// A write error ends tail, even if the file may grow.
func TestOutputFails(t *testing.T) {
	b, _ := capture(2)
	for _, n := range []int{-1, 1} {
		asked := 0
		more := func() bool { asked++; return asked < 3 }
		if err := run(context.Background(), closed{}, bytes.NewReader(b), n, more); err != io.ErrClosedPipe || asked > 0 {
			t.Errorf("-n %d: %v, more called %d times", n, err, asked)
		}
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A Simple Packet Block has no time (draft-ietf-opsawg-pcapng section 4.4).
func TestWithoutTime(t *testing.T) {
	b := new(build.Pcapng).Section().Interface(101, 0).Simple(20, build.IP("192.0.2.1", "192.0.2.2", 59, nil)).Bytes()
	var out bytes.Buffer
	if err := run(context.Background(), &out, bytes.NewReader(b), -1, func() bool { return false }); err != nil || !strings.HasPrefix(out.String(), "1 - 20 ") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

package stream

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers"
)

// at pushes a segment at a given time after the start of the capture.
func (f *feed) at(d time.Duration, port uint16, s rawSegment) {
	b := s.packet()
	binary.BigEndian.PutUint16(b[atPort+2*s.side:], port)
	f.rec.Data, f.rec.WireLen, f.rec.Time = b, len(b), time.Unix(1700000000, 0).Add(d)
	f.push()
}

func TestIdle(t *testing.T) {
	hello := rawSegment{flags: layers.TCPSyn}
	data := rawSegment{flags: layers.TCPAck, seq: 1, data: "?"}
	tests := []struct {
		name          string
		push          func(f *feed)
		open, expired int
	}{
		{"within its time", func(f *feed) { f.at(0, 1, hello); f.at(5*time.Minute, 2, hello); f.at(5*time.Minute, 2, hello) }, 2, 0},
		{"beyond it", func(f *feed) {
			f.at(0, 1, hello)
			f.at(0, 3, data)
			f.at(301*time.Second, 2, hello)
			f.at(301*time.Second, 2, hello)
		}, 1, 2},
		{"kept up", func(f *feed) {
			for i := range 10 {
				f.at(time.Duration(i)*100*time.Second, 1, data)
			}
		}, 1, 0},
		{"one packet from the far future", func(f *feed) {
			f.at(0, 1, hello)
			f.at(1e9*time.Second, 2, hello)
			f.at(time.Second, 3, hello)
		}, 3, 0},
		{"one packet from the far past", func(f *feed) {
			f.at(0, 1, hello)
			f.at(-1e9*time.Second, 2, hello)
			f.at(time.Second, 3, hello)
			f.at(time.Second, 3, hello)
		}, 3, 0},
		{"a closed one is dropped sooner", func(f *feed) {
			f.at(0, 1, hello)
			f.at(0, 1, rawSegment{flags: layers.TCPRst, seq: 1})
			f.at(0, 2, hello)
			f.at(61*time.Second, 3, hello)
			f.at(61*time.Second, 3, hello)
		}, 2, 0},
	}
	for _, tt := range tests {
		f := newFeed(nil)
		tt.push(f)
		if s := f.a.Stats(); s.Open != tt.open || s.Expired != tt.expired {
			t.Errorf("%s: %d open, %d expired; want %d, %d", tt.name, s.Open, s.Expired, tt.open, tt.expired)
		}
		f.flushed(t)
	}
}

// At the limit a closed connection is evicted first, then one without data,
// then the one idle longest.
func TestEviction(t *testing.T) {
	f := newFeed(nil)
	data := rawSegment{flags: layers.TCPAck, seq: 1, data: "?"}
	f.at(0, 1, data)
	f.at(0, 2, data)
	f.at(0, 3, rawSegment{flags: layers.TCPSyn})
	f.at(0, 4, rawSegment{flags: layers.TCPSyn})
	f.at(0, 4, rawSegment{flags: layers.TCPRst, seq: 1})
	data.seq++
	f.at(0, 1, data)
	var gone []string
	for range 4 {
		before := ports(&f.a)
		f.a.MaxBytes = f.a.stats.Held - 1
		f.a.limit(withDefault(f.a.MaxBytes, defaultMaxBytes))
		for port := range before {
			if !ports(&f.a)[port] {
				gone = append(gone, fmt.Sprint(port))
			}
		}
	}
	if got := strings.Join(gone, " "); got != "4 3 2 1" {
		t.Errorf("evicted: %s", got)
	}
	if s := f.a.Stats(); s.Evicted != 3 || s.Held != 0 {
		t.Errorf("%+v", s)
	}
}

// ports returns the clients' ports of a's connections.
func ports(a *Assembler) map[uint16]bool {
	m := map[uint16]bool{}
	for t := range a.table.all {
		m[binary.BigEndian.Uint16(t.key[32:])] = true
	}
	return m
}

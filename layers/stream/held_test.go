package stream

import (
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// held counts the bytes that a holds of connections whose protocol is unknown.
func (a *Assembler) held() int {
	n := 0
	for t := range a.table.all {
		n += tcbCost
		if t.life != nil {
			n += lifeCost
		}
		if c := t.conn; c != nil {
			n += connectionCost + c.waiting[0].cost + c.waiting[1].cost
			if b := c.stage.buf; b != nil {
				n += cap(b[0].b) + cap(b[1].b) + markCost*(len(b[0].marks)+len(b[1].marks))
			}
		}
	}
	return n
}

// all yields the connections, in no particular order.
func (t *table) all(yield func(*tcb) bool) {
	for _, c := range t.chain {
		for ; c != nil; c = c.chain {
			if !yield(c) {
				return
			}
		}
	}
}

// For segments with any flags, at any time, on a few ports, the count matches
// the memory held, the limits apply, and nothing is held after Flush.
func FuzzSegments(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x00\x13\x00\x01\x00\x00\x10\x01\x01\x05\x00\x11\x06\x01\x00\x00\x15\x01\x06\x00\x00"))
	f.Add([]byte("\x02\x00\x00\x00\x00\x12\x09\x01\x00\x00\x02\x40\x00\x00\x00\x13\x00\x41\x00\x00\x10\x41\x01\x05\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a := &Assembler{Config: Config{MaxBytes: 6000, MaxConn: 600, Idle: 5 * time.Second, Connections: len(b)%2 == 1}}
		var p layers.Packet
		now := time.Unix(1700000000, 0)
		captured := 0
		for ; len(b) >= 5; b = b[5:] {
			s := rawSegment{
				side: int(b[0] >> 5 & 1), flags: layers.TCPFlags(b[0] & 0x17), seq: uint32(b[1]), ack: uint32(b[2]),
				data: strings.Repeat("?", int(b[3]&15)), lost: int(b[3] >> 6),
			}
			now = now.Add(time.Duration(int8(b[4])) * 100 * time.Millisecond)
			packet := s.packet()
			packet[atPort+2*s.side] = b[0] >> 6
			rec := &pcap.Record{Data: packet, WireLen: len(packet) + s.lost, LinkType: pcap.LinkTypeRaw, Time: now}
			new(layers.Decoder).Decode(&p, rec)
			a.Push(&p, rec)
			captured += len(packet)
			withinWork(t, a, captured)
			if s := a.Stats(); s.Held != a.held() || s.Held > a.MaxBytes {
				t.Fatalf("%d bytes counted, %d held, at most %d", s.Held, a.held(), a.MaxBytes)
			}
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 || s.Open != 0 || len(a.table.chain) != 0 {
			t.Fatalf("after Flush: %+v, %d in the table", s, len(a.table.chain))
		}
	})
}

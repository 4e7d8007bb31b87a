package stream

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers"
)

// The download of the tests of resets and FINs. The client's first byte has the
// number 101, the server's 201.
const (
	download  = "GET /evil.bin HTTP/1.1\r\nHost: evil.example\r\n\r\n"
	firstPart = "HTTP/1.1 200 OK\r\n\r\nMZ, the first part" // to the end of the connection
	lastPart  = " and the last part"
)

// A script is a sequence of packets.
type script [][]byte

func (s *script) add(segs ...rawSegment) {
	for _, r := range segs {
		*s = append(*s, r.packet())
	}
}

// withOption returns an IPv4 packet of TCP with an option of a kind and size.
func withOption(packet []byte, kind, size byte) []byte {
	option := append([]byte{kind, size}, make([]byte, (int(size)+3)/4*4-2)...)
	for i := int(size); i < len(option); i++ {
		option[i] = 1
	}
	b := append(append(bytes.Clone(packet[:40]), option...), packet[40:]...)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	b[32] += byte(len(option)/4) << 4
	return b
}

// fetched plays a script, and returns the content of its file, the file's state and
// the end of each connection.
func fetched(packets script) (content, state string, ends []End) {
	f := newFeed(nil)
	f.a.Connections, f.a.Content = true, true
	note := func(ms []Message) {
		for _, m := range ms {
			switch {
			case m.Kind == Closed:
				ends = append(ends, m.Summary.End)
			case m.Kind == FileData:
				content += string(m.Data)
			case m.File != nil:
				state = m.File.State.String()
			}
		}
	}
	for i, b := range packets {
		f.rec.Data, f.rec.WireLen, f.rec.Number = b, len(b), int64(i+1)
		f.rec.Time = time.Unix(1700000000, int64(i)*1e6)
		note(f.push())
	}
	note(f.a.Flush())
	return content, state, ends
}

// A moment is a place in a download at which a forged packet arrives. next is the
// next sequence number of each side, acked what each has acknowledged of the other.
type moment struct {
	name        string
	next, acked [2]uint32
}

var (
	requested = 101 + uint32(len(download))
	halfway   = 201 + uint32(len(firstPart))
	moments   = []moment{
		{"after the handshake", [2]uint32{101, 201}, [2]uint32{201, 101}},
		{"after the request", [2]uint32{requested, 201}, [2]uint32{201, 101}},
		{"in the middle of the response", [2]uint32{requested, halfway}, [2]uint32{201, requested}},
		{"after its acknowledgement", [2]uint32{requested, halfway}, [2]uint32{halfway, requested}},
		{"before the last acknowledgement", [2]uint32{requested, halfway + uint32(len(lastPart))}, [2]uint32{halfway, requested}},
	}
)

// fetch returns a download, with the packets of forge at a moment. If it is over,
// nothing follows them.
func fetch(at int, over bool, forge func(m moment) [][]byte) (s script) {
	s.add(up(synFlag, 100, 0, ""), down(synFlag|ackFlag, 200, 101, ""), up(ackFlag, 101, 201, ""))
	last := halfway + uint32(len(lastPart))
	for i, r := range [][]rawSegment{
		{up(ackFlag, 101, 201, download)},
		{down(ackFlag, 201, requested, firstPart)},
		{up(ackFlag, requested, halfway, "")},
		{down(ackFlag, halfway, requested, lastPart)},
		{up(ackFlag, requested, last, ""), down(ackFlag|finFlag, last, requested, ""), up(ackFlag|finFlag, requested, last+1, ""),
			down(ackFlag, last+1, requested+1, "")},
	} {
		if i == at {
			if s = append(s, forge(moments[at])...); over {
				return s
			}
		}
		s.add(r...)
	}
	return s
}

// A reset that nobody obeyed ends nothing: from either side, at any moment, exactly at
// the next byte, in the window and outside it (RFC 9293 section 3.10.7.4), with and
// without an acknowledgement, with text, repeated, and with another after it.
func TestResetsThatNobodyObeyed(t *testing.T) {
	for at, m := range moments {
		for side := range 2 {
			for name, off := range map[string]uint32{"exact": 0, "in the window": 5, "beyond it": 1 << 20, "before it": 1<<32 - 7, "opposite": 1 << 31} {
				for _, flags := range []layers.TCPFlags{rstFlag, rstFlag | ackFlag} {
					for _, text := range []string{"", "go away"} {
						for count := range 3 {
							forge := func(m moment) (all [][]byte) {
								for range count + 1 {
									all = append(all, rawSegment{side: side, flags: flags, seq: m.next[side] + off, ack: m.acked[side], data: text}.packet())
								}
								return all
							}
							content, state, ends := fetched(fetch(at, false, forge))
							what := fmt.Sprintf("%s, side %d, %s, %v %q %d times", m.name, side, name, flags, text, count+1)
							if !strings.HasSuffix(firstPart+lastPart, content) || len(content) != 36 || state != "complete" || fmt.Sprint(ends) != "[closed]" {
								t.Errorf("%s: %q is %s, %v", what, content, state, ends)
							}
						}
					}
				}
			}
		}
	}
}

// Resets of both sides, and the reset that answers data.
func TestResetsOfBothSides(t *testing.T) {
	for at := range moments {
		content, state, ends := fetched(fetch(at, false, func(m moment) (all [][]byte) {
			for side := range 2 {
				all = append(all, rawSegment{side: side, flags: rstFlag, seq: m.next[side]}.packet())
			}
			return all
		}))
		if content != "MZ, the first part and the last part" || state != "complete" || fmt.Sprint(ends) != "[closed]" {
			t.Errorf("%d: %q is %s, %v", at, content, state, ends)
		}
	}
}

// The end says what was seen: a reset that must be obeyed, if the sender is silent
// after it, whether or not data of the other side was in flight. RFC 5961 section 3:
// one that is not exact is not obeyed.
func TestResetsThatCount(t *testing.T) {
	for at, m := range moments {
		for side := range 2 {
			for off, want := range map[uint32]string{0: "[reset]", 5: "[flushed]", 1 << 20: "[flushed]", 1<<32 - 7: "[flushed]"} {
				forge := func(m moment) [][]byte {
					return [][]byte{rawSegment{side: side, flags: rstFlag, seq: m.next[side] + off}.packet()}
				}
				s := fetch(at, true, forge)
				if _, _, ends := fetched(s); fmt.Sprint(ends) != want {
					t.Errorf("%s, side %d, %d off: %v, want %s", m.name, side, off, ends, want)
				}
				s.add(rawSegment{side: 1 - side, flags: ackFlag, seq: m.next[1-side], ack: m.acked[1-side], data: "in flight"})
				if _, _, ends := fetched(s); fmt.Sprint(ends) != want {
					t.Errorf("%s, side %d, %d off, with data in flight: %v, want %s", m.name, side, off, ends, want)
				}
			}
		}
	}
}

// The receiver of a segment with a signature drops it if the connection has none, and
// one without if the connection is signed (RFC 2385, RFC 5925): resets, FINs, SYNs
// and decoys.
func TestForeignSignatures(t *testing.T) {
	const md5, ao = layers.TCPOptionMD5, layers.TCPOptionAO
	for at, m := range moments {
		for side := range 2 {
			for name, r := range map[string]rawSegment{
				"reset": {flags: rstFlag | ackFlag}, "FIN": {flags: finFlag | ackFlag}, "SYN": {flags: synFlag},
				"decoy": {flags: ackFlag, data: "decoy that is longer than any part of the real data, to be sure"},
			} {
				for _, kind := range []byte{md5, ao} {
					for _, signed := range []bool{false, true} {
						r.side, r.seq, r.ack = side, m.next[side], m.acked[side]
						s := fetch(at, false, func(moment) [][]byte { return [][]byte{r.packet()} })
						for i := range s {
							if forged := i == at+3; forged != signed {
								s[i] = withOption(s[i], kind, 18)
							}
						}
						content, state, ends := fetched(s)
						if content != "MZ, the first part and the last part" || state != "complete" || fmt.Sprint(ends) != "[closed]" {
							t.Errorf("%s, side %d, %s, option %d, connection signed %v: %q is %s, %v", m.name, side, name, kind, signed, content, state, ends)
						}
					}
				}
			}
		}
	}
}

// Before it is known whether a connection is signed, and if both kinds are used, all
// segments count: a forged first segment hides nothing.
func TestSignaturesOfUnknownConnections(t *testing.T) {
	for signed := range 1 << 5 {
		var s script
		for i, r := range []rawSegment{
			up(ackFlag, 101, 201, download), down(ackFlag, 201, requested, firstPart), up(ackFlag, requested, halfway, ""),
			down(ackFlag|finFlag, halfway, requested, lastPart), up(ackFlag|finFlag, requested, halfway+uint32(len(lastPart))+1, ""),
		} {
			b := r.packet()
			if signed>>i&1 != 0 {
				b = withOption(b, layers.TCPOptionMD5, 18)
			}
			s = append(s, b)
		}
		if signed&3 == 0 && signed&8 != 0 || signed&3 == 3 && signed&8 == 0 {
			continue // both sides did the same, then one changed
		}
		if content, _, _ := fetched(s); content != "MZ, the first part and the last part" {
			t.Errorf("%05b: %q", signed, content)
		}
	}
}

// A FIN that nobody acknowledged ends nothing if data continues in its place. One
// that was acknowledged ends its direction.
func TestForgedFINs(t *testing.T) {
	for at, m := range moments {
		for side := range 2 {
			for _, off := range []uint32{0, 5, 1 << 20, 1<<32 - 7} {
				forge := func(m moment) [][]byte {
					return [][]byte{rawSegment{side: side, flags: finFlag | ackFlag, seq: m.next[side] + off, ack: m.acked[side]}.packet()}
				}
				content, state, ends := fetched(fetch(at, false, forge))
				if content != "MZ, the first part and the last part" || state != "complete" || fmt.Sprint(ends) != "[closed]" {
					t.Errorf("%s, side %d, %d off: %q is %s, %v", m.name, side, off, content, state, ends)
				}
			}
		}
	}
	if content, state, _ := fetched(fetch(4, true, func(m moment) [][]byte {
		return [][]byte{down(finFlag|ackFlag, m.next[1], m.acked[1], "").packet()}
	})); content != "MZ, the first part and the last part" || state != "complete" {
		t.Errorf("at the end of the capture: %q is %s", content, state)
	}
	obeyed := func(m moment) [][]byte {
		return [][]byte{
			down(finFlag|ackFlag, m.next[1], m.acked[1], "").packet(), up(ackFlag, m.next[0], m.next[1]+1, "").packet(),
		}
	}
	if content, state, _ := fetched(fetch(3, false, obeyed)); content != "MZ, the first part" || state != "complete" {
		t.Errorf("acknowledged: %q is %s", content, state)
	}
}

// An ended connection is kept for a minute, in case that it continues, whatever Idle
// is, and is evicted before all others.
func TestEndingIsShort(t *testing.T) {
	for name, last := range map[string][]rawSegment{
		"reset": {up(rstFlag, 101, 0, "")},
		"FINs":  {up(finFlag|ackFlag, 101, 201, ""), down(finFlag|ackFlag, 201, 101, "")},
	} {
		f := newFeed(nil)
		for _, s := range append([]rawSegment{up(synFlag, 100, 0, ""), down(synFlag|ackFlag, 200, 101, "")}, last...) {
			f.at(0, 4000, s)
		}
		f.at(61*time.Second, 4001, up(synFlag, 1, 0, ""))
		f.at(61*time.Second, 4002, up(synFlag, 1, 0, ""))
		if s := f.a.Stats(); s.Open != 2 || s.Expired != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	f := newFeed(nil)
	for _, s := range []rawSegment{up(ackFlag, 1, 1, "?"), up(finFlag|ackFlag, 2, 1, ""), down(finFlag|ackFlag, 1, 1, ""), up(ackFlag, 2, 1, "!")} {
		f.at(0, 4000, s)
	}
	f.at(61*time.Second, 4001, up(synFlag, 1, 0, ""))
	f.at(61*time.Second, 4001, up(synFlag, 1, 0, ""))
	if s := f.a.Stats(); s.Open != 2 {
		t.Errorf("forged FINs: %+v", s)
	}
	f = newFeed(nil)
	f.at(0, 4000, up(ackFlag, 1, 1, "?"))
	f.at(0, 4001, up(ackFlag, 1, 1, "?"))
	f.at(0, 4001, up(rstFlag, 2, 0, ""))
	f.a.Shrink(f.a.Held() - 1)
	if s := f.a.Stats(); s.Evicted != 0 || s.Open != 1 {
		t.Errorf("%+v", s)
	}
}

package stream

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

const (
	synFlag = layers.TCPSyn
	ackFlag = layers.TCPAck
	finFlag = layers.TCPFin
	rstFlag = layers.TCPRst
)

// lived pushes segments, one a second, and returns a line for each Opened and
// Closed.
func lived(f *feed, segs ...rawSegment) (lines []string) {
	note := func(ms []Message) {
		for _, m := range ms {
			if m.Kind == Opened || m.Kind == Closed {
				lines = append(lines, lifeLine(m))
			}
		}
	}
	f.a.Connections = true
	for i, s := range segs {
		f.rec.Data = s.packet()
		f.rec.WireLen, f.rec.Number = len(f.rec.Data)+s.lost, int64(i+1)
		f.rec.Time = time.Unix(1700000000+int64(i), 0)
		note(f.push())
	}
	note(f.a.Flush())
	return lines
}

func lifeLine(m Message) string {
	line := fmt.Sprintf("%v %d-%d from %d", m.Kind, m.First.Number, m.Last.Number, m.Conn.Flow.Src.Port())
	if s := m.Summary; s != nil {
		if s.Client.Data > 0 {
			line += " client data"
		}
		if s.Server.Data > 0 {
			line += " server data"
		}
		line += fmt.Sprintf(" %v known %v, %d/%d %v, %d/%d %v %v", s.End, s.ClientKnown,
			s.Client.Packets, s.Client.Bytes, s.Client.Flags, s.Server.Packets, s.Server.Bytes, s.Server.Flags, s.Protos)
	}
	return line
}

// up and down return a segment of the client and of the server.
func up(flags layers.TCPFlags, seq, ack uint32, data string) rawSegment {
	return rawSegment{side: 0, flags: flags, seq: seq, ack: ack, data: data}
}

func down(flags layers.TCPFlags, seq, ack uint32, data string) rawSegment {
	return rawSegment{side: 1, flags: flags, seq: seq, ack: ack, data: data}
}

func TestConnections(t *testing.T) {
	open := []rawSegment{up(synFlag, 100, 0, ""), down(synFlag|ackFlag, 200, 101, ""), up(ackFlag, 101, 201, "")}
	get := "GET / HTTP/1.1\r\nHost: a\r\n\r\n" // 27 bytes
	tests := []struct {
		name string
		segs []rawSegment
		want []string
	}{
		{"closed, with the packets after its end", append(slices.Clone(open),
			up(ackFlag, 101, 201, get), up(ackFlag|finFlag, 128, 201, ""),
			down(ackFlag|finFlag, 201, 129, ""), up(ackFlag, 129, 202, "")), []string{
			"opened 1-1 from 40000", "closed 1-7 from 40000 client data closed known true, 5/227 FS., 2/80 FS. [HTTP/1]"}},
		{"refused", []rawSegment{up(synFlag, 100, 0, ""), down(rstFlag|ackFlag, 0, 101, "")}, []string{
			"opened 1-1 from 40000", "closed 1-2 from 40000 refused known true, 1/40 S, 1/40 R. []"}},
		{"unanswered", []rawSegment{up(synFlag, 100, 0, ""), up(synFlag, 100, 0, "")}, []string{
			"opened 1-1 from 40000", "closed 1-2 from 40000 unanswered known true, 2/80 S, 0/0 none []"}},
		{"reset", append(slices.Clone(open), down(rstFlag, 201, 0, "")), []string{
			"opened 1-1 from 40000", "closed 1-4 from 40000 reset known true, 2/80 S., 2/80 SR. []"}},
		{"a reset that the other side ignores", append(slices.Clone(open), down(rstFlag, 999, 0, "")), []string{
			"opened 1-1 from 40000", "closed 1-4 from 40000 flushed known true, 2/80 S., 2/80 SR. []"}},
		{"both closed, with bytes missing before", append(slices.Clone(open),
			up(ackFlag|finFlag, 128, 201, ""), down(ackFlag|finFlag, 201, 101, "")), []string{
			"opened 1-1 from 40000", "closed 1-5 from 40000 closed known true, 3/120 FS., 2/80 FS. []"}},
		{"the ports are reused", append(slices.Clone(open), down(rstFlag, 201, 0, ""), up(synFlag, 900, 0, "")), []string{
			"opened 1-1 from 40000", "closed 1-4 from 40000 reset known true, 2/80 S., 2/80 SR. []",
			"opened 5-5 from 40000", "closed 5-5 from 40000 unanswered known true, 1/40 S, 0/0 none []"}},
		{"a reset whose sender continues", append(slices.Clone(open), down(rstFlag, 201, 0, ""), down(ackFlag, 201, 101, "?")), []string{
			"opened 1-1 from 40000", "closed 1-5 from 40000 server data flushed known true, 2/80 S., 3/121 SR. []"}},
		{"a reset whose sender acknowledges more", append(slices.Clone(open), up(rstFlag, 101, 0, ""), down(ackFlag, 201, 101, "?"), up(ackFlag, 101, 202, "")), []string{
			"opened 1-1 from 40000", "closed 1-6 from 40000 server data flushed known true, 4/160 SR., 2/81 S. []"}},
		{"a reset after the FIN", append(slices.Clone(open), up(finFlag|ackFlag, 101, 201, ""), up(rstFlag, 102, 0, "")), []string{
			"opened 1-1 from 40000", "closed 1-5 from 40000 reset known true, 4/160 FSR., 1/40 S. []"}},
		{"a reset after both FINs, of which one is not acknowledged", append(slices.Clone(open), down(finFlag|ackFlag, 201, 101, ""),
			up(finFlag|ackFlag, 101, 202, "?"), down(rstFlag, 202, 0, "")), []string{
			"opened 1-1 from 40000", "closed 1-6 from 40000 client data closed known true, 3/121 FS., 3/120 FSR. []"}},
		{"refused, but the server continues", []rawSegment{up(synFlag, 100, 0, ""), down(rstFlag|ackFlag, 0, 101, ""), down(synFlag|ackFlag, 200, 101, "")}, []string{
			"opened 1-1 from 40000", "closed 1-3 from 40000 flushed known true, 1/40 S, 2/80 SR. []"}},
		{"refused, and reset by the client", []rawSegment{up(synFlag, 100, 0, ""), down(rstFlag|ackFlag, 0, 101, ""), up(rstFlag, 101, 0, "")}, []string{
			"opened 1-1 from 40000", "closed 1-3 from 40000 refused known true, 2/80 SR, 1/40 R. []"}},
		{"the ports are reused after a reset with data", append(slices.Clone(open), up(ackFlag, 101, 201, get), down(rstFlag, 201, 0, ""),
			up(synFlag, 900, 0, ""), down(rstFlag|ackFlag, 0, 901, "")), []string{
			"opened 1-1 from 40000", "closed 1-6 from 40000 client data reset known true, 3/147 S., 2/80 SR. [HTTP/1]",
			"opened 6-6 from 40000", "closed 6-7 from 40000 refused known true, 1/40 S, 1/40 R. []"}},
		{"a forged SYN and its refusal in a connection", append(slices.Clone(open), up(ackFlag, 101, 201, get),
			up(synFlag, 900000, 0, ""), down(rstFlag|ackFlag, 0, 900001, ""), up(ackFlag, 128, 201, get)), []string{
			"opened 1-1 from 40000", "closed 1-7 from 40000 client data flushed known true, 5/254 S., 2/80 SR. [HTTP/1]"}},
		{"the ports are reused without a close", append(slices.Clone(open), up(ackFlag, 101, 201, get),
			up(synFlag, 900000, 0, ""), down(synFlag|ackFlag, 700, 900001, "")), []string{
			"opened 1-1 from 40000", "closed 1-5 from 40000 client data replaced known true, 3/147 S., 1/40 S. [HTTP/1]",
			"opened 5-5 from 40000", "closed 5-6 from 40000 flushed known true, 1/40 S, 1/40 S. []"}},
		{"the beginning is missing, the content identifies the client", []rawSegment{down(ackFlag, 5, 5, "HTTP/1.1 200 OK\r\n\r\n"), up(ackFlag, 5, 24, "")}, []string{
			"opened 1-1 from 40000", "closed 1-2 from 40000 server data flushed known true, 1/40 ., 1/59 . [HTTP/1]"}},
		{"only the ports identify the client", []rawSegment{down(ackFlag, 5, 5, ""), up(rstFlag, 5, 5, "")}, []string{
			"opened 1-1 from 40000", "closed 1-2 from 40000 reset known false, 1/40 R, 1/40 . []"}},
		{"a SYN takes precedence over the content", append(slices.Clone(open), down(ackFlag, 201, 101, get)), []string{
			"opened 1-1 from 40000", "closed 1-4 from 40000 server data flushed known true, 2/80 S., 2/107 S. [HTTP/1]"}},
		{"a late SYN", []rawSegment{down(synFlag|ackFlag, 200, 101, ""), up(synFlag, 100, 0, "")}, []string{
			"opened 1-1 from 40000", "closed 1-2 from 40000 flushed known true, 1/40 S, 1/40 S. []"}},
		{"uncaptured bytes count", []rawSegment{{side: 0, flags: ackFlag, seq: 1, data: "?", lost: 99}}, []string{
			"opened 1-1 from 40000", "closed 1-1 from 40000 client data unanswered known false, 1/140 ., 0/0 none []"}},
		{"a protocol that is only recognised", append(slices.Clone(open), up(ackFlag, 101, 201, "\x05\x01\x00"),
			up(ackFlag, 104, 201, get)), []string{
			"opened 1-1 from 40000", "closed 1-5 from 40000 client data flushed known true, 4/190 S., 1/40 S. [HTTP/1 SOCKS]"}},
	}
	for _, tt := range tests {
		f := newFeed(nil)
		if got := lived(f, tt.segs...); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
		f.flushed(t)
	}
}

// Why a connection without an end was dropped.
func TestDropReasons(t *testing.T) {
	both := []rawSegment{up(ackFlag, 1, 1, "?"), down(ackFlag, 1, 2, "?")}
	f := newFeed(nil)
	f.a.Connections = true
	at := func(d time.Duration, port uint16, s rawSegment) (ends []End) {
		b := s.packet()
		binary.BigEndian.PutUint16(b[atPort+2*s.side:], port)
		f.rec.Data, f.rec.WireLen, f.rec.Time = b, len(b), time.Unix(1700000000, 0).Add(d)
		for _, m := range f.push() {
			if m.Kind == Closed {
				ends = append(ends, m.Summary.End)
			}
		}
		return ends
	}
	for _, s := range both {
		at(0, 1, s)
		at(0, 2, s)
	}
	at(4*time.Minute, 2, both[0])
	at(301*time.Second, 3, both[0])
	if ends := at(301*time.Second, 3, both[1]); !slices.Equal(ends, []End{EndIdle}) {
		t.Errorf("idle: %v", ends)
	}
	f.a.MaxBytes = 1
	if ends := at(301*time.Second, 4, both[0]); !slices.Equal(ends, []End{EndEvicted, EndEvicted, EndUnanswered}) {
		t.Errorf("at the limit: %v", ends)
	}
	if s := f.a.Stats(); s.Conns != 4 || s.Expired != 1 || s.Evicted != 3 {
		t.Errorf("%+v", s)
	}
	f.flushed(t)
}

// randomSegments pushes segments with any flags on a few ports. It returns the
// messages as text, except those of connections, and the sum of their packets
// and bytes.
func randomSegments(seed uint64, a *Assembler) (messages []string, opened int, sum Sent) {
	r := rand.New(rand.NewPCG(seed, 1))
	texts := []string{"", "", "?", "GET / HTTP/1.1\r\n\r\n", "220 a ESMTP\r\n", "EHLO a\r\n", "SSH-2.0-a\r\n"}
	note := func(ms []Message) {
		for _, m := range ms {
			switch m.Kind {
			case Opened:
				opened++
			case Closed:
				opened--
				sum.Packets += m.Summary.Client.Packets + m.Summary.Server.Packets
				sum.Bytes += m.Summary.Client.Bytes + m.Summary.Server.Bytes
			default:
				messages = append(messages, fmt.Sprintf("%v %v %v %v %d-%d %q", m.Kind, m.Conn.Flow, m.Conn.Start.Number, m.FromClient, m.First.Number, m.Last.Number, m.Data))
			}
		}
	}
	var p layers.Packet
	now := time.Unix(1700000000, 0)
	for i := range 400 {
		s := rawSegment{side: r.IntN(2), flags: layers.TCPFlags(r.IntN(32)), seq: uint32(r.IntN(60)), ack: uint32(r.IntN(60)), data: texts[r.IntN(len(texts))]}
		if r.IntN(3) > 0 {
			s.flags = ackFlag
		}
		b := s.packet()
		b[atPort+2*s.side] = byte(r.IntN(2))
		now = now.Add(time.Duration(r.IntN(4000)) * time.Millisecond)
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: now, Number: int64(i + 1)}
		new(layers.Decoder).Decode(&p, rec)
		note(a.Push(&p, rec))
	}
	note(a.Flush())
	return messages, opened, sum
}

// Each packet counts for exactly one connection, each connection opens and
// closes once, and Config.Connections changes nothing else.
func TestEveryPacketCounts(t *testing.T) {
	for seed := range uint64(300) {
		want, _, _ := randomSegments(seed, &Assembler{})
		a := &Assembler{Config: Config{Connections: true}}
		got, opened, sum := randomSegments(seed, a)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: %d messages, want %d", seed, len(got), len(want))
		}
		if opened != 0 || sum.Packets != 400 || a.Held() != 0 {
			t.Fatalf("seed %d: %d too many opened, %d packets, %d bytes held", seed, opened, sum.Packets, a.Held())
		}
		small := &Assembler{Config: Config{Connections: true, MaxBytes: 3000, MaxSilent: 2, Idle: 5 * time.Second}}
		if _, opened, again := randomSegments(seed, small); opened != 0 || again != sum {
			t.Fatalf("seed %d, at limits: %d too many opened, %+v, want %+v", seed, opened, again, sum)
		}
	}
}

// The same for captures: the sums of the connections are those of the packets.
func TestConnectionsOfCaptures(t *testing.T) {
	names, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "*.pcap*"))
	if corpus := os.Getenv("SIGHTLINE_CORPUS"); corpus != "" && !testing.Short() {
		more, _ := filepath.Glob(filepath.Join(corpus, "dev", "*", "*"))
		names = append(names, more...)
	}
	for _, name := range names {
		r, err := pcap.Open(name)
		if err != nil {
			continue
		}
		var d layers.Decoder
		var p layers.Packet
		var want, got Sent
		defrag := Defragmenter{}
		a := &Assembler{Config: Config{Connections: true}}
		note := func(ms []Message) {
			for _, m := range ms {
				if m.Kind == Closed {
					got.Packets += m.Summary.Client.Packets + m.Summary.Server.Packets
					got.Bytes += m.Summary.Client.Bytes + m.Summary.Server.Bytes
				}
			}
		}
		for rec, err := range r.All() {
			if err != nil {
				break
			}
			d.Decode(&p, rec)
			whole, first := defrag.Whole(&p, rec)
			if whole != nil {
				if f, ok := whole.Flow(); ok && f.Proto == layers.IPProtoTCP {
					if _, ok := whole.TCP(); ok {
						want.Packets++
						want.Bytes += int64(rec.WireLen)
						if whole != &p {
							want.Bytes += int64(len(whole.Bytes()) - rec.WireLen)
						}
					}
				}
			}
			note(a.PushWhole(whole, first, rec))
		}
		note(a.Flush())
		r.Close()
		if got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// A connection without data, with its life, takes as much memory as it counts
// for.
func TestConnectionsMemory(t *testing.T) {
	const n = 50_000
	f := newFeed(rawSegment{flags: layers.TCPSyn}.packet())
	f.a.Connections = true
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range uint32(n) {
		binary.BigEndian.PutUint32(f.rec.Data[atSource:], i)
		f.push()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if s := f.a.Stats(); s.Held != n*(tcbCost+lifeCost) {
		t.Fatalf("%+v", s)
	}
	if each := float64(after.HeapAlloc-before.HeapAlloc) / n; each > tcbCost+lifeCost {
		t.Errorf("%.0f bytes each, counted %d", each, tcbCost+lifeCost)
	}
	f.flushed(t)
}

func TestEnds(t *testing.T) {
	for e := EndClosed; int(e) < len(endNames); e++ {
		if e.String() == "" || slices.Index(endNames[:], e.String()) != int(e) {
			t.Errorf("End %d is %q", e, e)
		}
	}
	if got := End(0).String() + End(99).String(); got != "End(0)End(99)" {
		t.Error(got)
	}
}

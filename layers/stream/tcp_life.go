package stream

import (
	"math/bits"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/layers"
)

// An End says how a TCP connection ended.
type End uint8

// How a connection ended. EndIdle and the values after it mean that no end was
// captured: they say why the connection was dropped.
const (
	// EndClosed: both sides sent a FIN, and no data after it.
	EndClosed End = iota + 1
	// EndReset: one side sent a RST that the other had to accept, as far as the
	// captured bytes show that, and sent nothing new after it.
	EndReset
	// EndRefused: the other side answered its SYN with a RST.
	EndRefused
	// EndUnanswered: only one side sent packets.
	EndUnanswered
	// EndIdle: it was silent for Config.Idle.
	EndIdle
	// EndEvicted: it was evicted at Config.MaxBytes or MaxSilent, or by Shrink.
	EndEvicted
	// EndReplaced: a new connection reused its ports.
	EndReplaced
	// EndFlushed: Flush was called.
	EndFlushed
)

var endNames = [...]string{
	EndClosed: "closed", EndReset: "reset", EndRefused: "refused", EndUnanswered: "unanswered",
	EndIdle: "idle", EndEvicted: "evicted", EndReplaced: "replaced", EndFlushed: "flushed",
}

// String returns the name of the end.
func (e End) String() string {
	if int(e) < len(endNames) && e != 0 {
		return endNames[e]
	}
	return "End(" + strconv.Itoa(int(e)) + ")"
}

// A Summary describes a TCP connection, from its first packet to its last.
type Summary struct {
	End End

	// ClientKnown reports whether a SYN or the content identified the client.
	// If not, the ports decided.
	ClientKnown bool

	// Client and Server count what each side sent.
	Client, Server Sent

	// Protos are the protocols that the connection and its tunnels were
	// recognised as, and those of its messages, in ascending order.
	Protos []Proto
}

// Sent counts the packets of one side of a connection.
type Sent struct {
	Packets int64
	Bytes   int64           // on the wire, with all headers
	Data    int64           // in the segments, with those retransmitted
	Flags   layers.TCPFlags // those of all packets together
}

// A life holds what the Summary of a TCP connection needs, if Config.Connections
// asks for one. There are as many as connections, so it is small and has no
// pointers: addresses and ports are in the key of the tcb.
type life struct {
	client      uint8 // the side
	known       bool  // that side is the client
	syn         bool  // by a SYN
	end         End   // once one was seen
	first, last packedRef
	sent        [2]Sent
	protos      spokenSet
}

// lifeCost is the memory that a life takes.
const lifeCost = 176

// A spokenSet holds the protocols that a connection spoke.
type spokenSet [4]uint64

func (s *spokenSet) add(p Proto) { s[p/64] |= 1 << (p % 64) }

// list returns the members in ascending order.
func (s *spokenSet) list() (all []Proto) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			all = append(all, Proto(64*i+bits.TrailingZeros64(word)))
		}
	}
	return all
}

// A packedRef is a Ref without pointers, whose time has no zone.
type packedRef struct {
	offset, number, sec int64
	nsec                int32 // noTime: there is no time
	capture             int32
}

const noTime = -1

func packRef(r Ref) packedRef {
	p := packedRef{offset: r.Offset, number: r.Number, nsec: noTime, capture: int32(r.Capture)}
	if !r.Time.IsZero() {
		p.sec, p.nsec = r.Time.Unix(), int32(r.Time.Nanosecond())
	}
	return p
}

func (p *packedRef) unpack() Ref {
	r := Ref{Capture: int(p.capture), Offset: p.offset, Number: p.number}
	if p.nsec != noTime {
		r.Time = time.Unix(p.sec, int64(p.nsec)).UTC()
	}
	return r
}

// A report is the data that an Opened or Closed refers to.
type report struct {
	conn    Conn
	summary Summary
}

// newReport returns a report of a connection. It is reused after the
// Assembler's next call.
func (a *Assembler) newReport(t *tcb) *report {
	var r *report
	if n := len(a.spareReports); n > 0 {
		r = a.spareReports[n-1]
		a.spareReports = a.spareReports[:n-1]
	} else {
		r = new(report)
	}
	a.lentReports = append(a.lentReports, r)
	r.conn = Conn{Flow: t.key.flow(int(t.life.client)), Start: t.life.first.unpack()}
	return r
}

// count counts a packet of a side. The first SYN identifies the client.
func (l *life) count(side int, flags layers.TCPFlags, wire, data int, ref Ref) {
	s := &l.sent[side]
	s.Packets++
	s.Bytes += int64(wire)
	s.Data += int64(data)
	s.Flags |= flags
	l.last = packRef(ref)
	if flags.Has(layers.TCPSyn) && !l.syn {
		if flags.Has(layers.TCPAck) {
			side = 1 - side
		}
		l.client, l.syn, l.known = uint8(side), true, true
	}
}

// uncount subtracts the SYN o, which turned out to have opened another
// connection.
func (l *life) uncount(o *opening) {
	s := &l.sent[o.side]
	s.Packets--
	s.Bytes -= int64(o.wire)
}

// contentSays records the client as the content shows it. A SYN takes
// precedence.
func (l *life) contentSays(side int) {
	if !l.syn {
		l.client, l.known = uint8(side), true
	}
}

// reset notes that a side reset the connection.
func (l *life) reset(side int) {
	l.end = EndReset
	if l.sent[1-side].Flags.Has(layers.TCPSyn) && !l.sent[side].Flags.Has(layers.TCPSyn) {
		l.end = EndRefused
	}
}

// endOf returns how the connection ended, or the reason for which it was
// dropped. The flags decide if no bytes were captured to check a RST against,
// or if bytes before a FIN are missing.
func (l *life) endOf(t *tcb, reason End) End {
	flags := l.sent[0].Flags | l.sent[1].Flags
	switch {
	case l.sent[0].Packets == 0 || l.sent[1].Packets == 0:
		return EndUnanswered
	case l.end != 0:
		return l.end
	case t.bare && flags.Has(layers.TCPRst):
		return EndReset
	case (l.sent[0].Flags & l.sent[1].Flags).Has(layers.TCPFin):
		return EndClosed
	}
	return reason
}

// opened emits the Opened of a connection, whose first packet came from side
// from.
func (a *Assembler) opened(t *tcb, from int) {
	r := a.newReport(t)
	a.out = append(a.out, Message{
		Conn: &r.conn, Proto: TCP, Kind: Opened, FromClient: from == int(t.life.client), First: r.conn.Start, Last: r.conn.Start,
	})
}

// closed emits the Closed of a connection, which is dropped for a reason.
func (a *Assembler) closed(t *tcb, reason End) {
	l, r := t.life, a.newReport(t)
	r.summary = Summary{
		End: l.endOf(t, reason), ClientKnown: l.known, Protos: l.protos.list(),
		Client: l.sent[l.client], Server: l.sent[1-l.client],
	}
	a.out = append(a.out, Message{
		Conn: &r.conn, Proto: TCP, Kind: Closed, First: r.conn.Start, Last: l.last.unpack(), Summary: &r.summary,
	})
}

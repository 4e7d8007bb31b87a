package stream

import (
	"slices"
	"strconv"

	"github.com/sightline-go/sightline/layers"
)

// An End says how a TCP connection ended.
type End uint8

// The ends. Of EndIdle and those after it, no end was seen: they say why the
// connection was forgotten.
const (
	// EndClosed: both sides closed it (FIN).
	EndClosed End = iota + 1
	// EndReset: a side reset it (RST), where the other side had to accept that.
	EndReset
	// EndRefused: the answer to its SYN was a RST.
	EndRefused
	// EndUnanswered: only one side sent packets.
	EndUnanswered
	// EndIdle: it was silent for Config.Idle.
	EndIdle
	// EndEvicted: it was dropped at Config.MaxBytes or MaxSilent, or by Shrink.
	EndEvicted
	// EndReplaced: another connection between the same ports began.
	EndReplaced
	// EndFlushed: Flush was called.
	EndFlushed
)

var endNames = [...]string{
	EndClosed: "closed", EndReset: "reset", EndRefused: "refused", EndUnanswered: "unanswered",
	EndIdle: "idle", EndEvicted: "evicted", EndReplaced: "replaced", EndFlushed: "flushed",
}

// String returns the end's name.
func (e End) String() string {
	if int(e) < len(endNames) && e != 0 {
		return endNames[e]
	}
	return "End(" + strconv.Itoa(int(e)) + ")"
}

// A Summary is what a TCP connection was, from its first packet to its last.
type Summary struct {
	End End

	// ClientKnown reports whether a SYN showed who is the client, or the content
	// did. Otherwise the ports were all there was.
	ClientKnown bool

	// Client and Server count what each side sent.
	Client, Server Sent

	// Protos are the protocols that the connection and the tunnels in it were
	// recognised as, and those of its messages, in ascending order.
	Protos []Proto
}

// Sent is what one side of a connection sent.
type Sent struct {
	Packets int64
	Bytes   int64           // on the wire, all headers included
	Flags   layers.TCPFlags // all that were set in one packet or another
}

// A life is what is kept of a TCP connection for its Summary, if Config.Connections
// asks for one.
type life struct {
	conn   Conn
	client int  // the side from which conn.Flow leads
	known  bool // that side is the client
	syn    bool // by a SYN
	end    End  // as soon as one was seen
	last   Ref  // the last packet
	sent   [2]Sent
	protos []Proto
}

// lifeCost is what a life takes, its protocols included.
const lifeCost = 304

// newLife returns the life of a connection whose first packet is start. f leads
// away from side from, and client is the guess at the client's side.
func newLife(f layers.Flow, from, client int, start Ref) *life {
	l := &life{conn: Conn{Flow: f, Start: start}, client: from, last: start}
	l.turn(client)
	return l
}

// turn turns the flow so that it leads away from side.
func (l *life) turn(side int) {
	if side != l.client {
		l.client = side
		l.conn.Flow = l.conn.Flow.Reverse()
	}
}

// count counts a packet of a side. The first SYN shows who is the client.
func (l *life) count(side int, flags layers.TCPFlags, wire int, ref Ref) {
	s := &l.sent[side]
	s.Packets++
	s.Bytes += int64(wire)
	s.Flags |= flags
	l.last = ref
	if flags.Has(layers.TCPSyn) && !l.syn {
		if flags.Has(layers.TCPAck) {
			side = 1 - side
		}
		l.turn(side)
		l.syn, l.known = true, true
	}
}

// uncount takes back the SYN o, which turned out to have opened another connection.
func (l *life) uncount(o *opening) {
	s := &l.sent[o.side]
	s.Packets--
	s.Bytes -= int64(o.wire)
}

// contentSays notes that the content shows who is the client. A SYN knows better.
func (l *life) contentSays(side int) {
	if !l.syn {
		l.turn(side)
		l.known = true
	}
}

// speaks notes a protocol of the connection.
func (l *life) speaks(p Proto) {
	if i, found := slices.BinarySearch(l.protos, p); !found {
		l.protos = slices.Insert(l.protos, i, p)
	}
}

// reset notes that a side reset the connection.
func (l *life) reset(side int) {
	l.end = EndReset
	if l.sent[1-side].Flags.Has(layers.TCPSyn) && !l.sent[side].Flags.Has(layers.TCPSyn) {
		l.end = EndRefused
	}
}

// endOf returns how the connection ended, which is forgotten for a reason. What
// the flags say counts where no bytes were seen by which to check it, or where
// those before a FIN are missing.
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

// opened reports that a connection opens, with a packet from a side.
func (a *Assembler) opened(l *life, from int) {
	a.out = append(a.out, Message{
		Conn: &l.conn, Proto: TCP, Kind: Opened, FromClient: from == l.client, First: l.conn.Start, Last: l.conn.Start,
	})
}

// closed reports that a connection, which is forgotten for a reason, has ended.
func (a *Assembler) closed(t *tcb, reason End) {
	l := t.life
	a.out = append(a.out, Message{
		Conn: &l.conn, Proto: TCP, Kind: Closed, First: l.conn.Start, Last: l.last,
		Summary: &Summary{
			End: l.endOf(t, reason), ClientKnown: l.known, Protos: l.protos,
			Client: l.sent[l.client], Server: l.sent[1-l.client],
		},
	})
}

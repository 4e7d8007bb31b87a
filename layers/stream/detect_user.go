package stream

import (
	"bufio"

	"github.com/sightline-go/sightline/layers"
)

// A Detector recognises protocols of the caller's own. It is asked before the
// protocols that the package knows, whenever a conversation that is not recognised
// yet goes on. f leads from client to server as far as that is known; client and
// server are what each side begins with, at least 512 bytes where so many have
// come, to be read only during the call. Where more than that was of no known
// protocol, the next segment is taken for a beginning. The inside of a tunnel is a
// conversation too.
//
// It returns Unknown for what is not its own. Else it returns a Proto from
// ProtoUser up and a function that cuts the bytes of either side into messages, as
// [bufio.Scanner] would use it: each token that is not nil is a Message. A message
// may not be longer than Config.MaxMessage. When the function returns an error,
// nothing more of that side comes out. Without a function (nil) the conversation is
// only counted, and its bytes are passed over.
type Detector func(f layers.Flow, client, server []byte) (Proto, bufio.SplitFunc)

// ask asks the caller's Detector about the beginning of a side.
func (f *probe) ask(s sink, side int, head []byte) bool {
	if s.a.Detect == nil {
		return false
	}
	client, server := head, f.buf[1-side].b
	if side != s.c.client {
		client, server = server, client
	}
	proto, split := s.a.Detect(s.c.Flow, client, server)
	if proto < ProtoUser {
		return false
	}
	s.count(proto)
	f.known = proto
	inner := &splitFramer{proto: proto, split: split}
	f.inner, f.heard = [2]framer{inner, inner}, [2]bool{true, true}
	return true
}

// A splitFramer cuts the messages of a caller's protocol.
type splitFramer struct {
	proto Proto
	split bufio.SplitFunc
	side  [2]splitSide
}

type splitSide struct {
	buf    buffer
	last   Ref
	credit int // bytes that split may still look at
	done   bool
}

// splitWork is how often split may look at a byte. Without a bound, a long message
// in small segments would be looked at from its beginning with each of them. When
// it is used up, split is asked again when more bytes have come.
const splitWork = 64

func (f *splitFramer) lost(s sink, side, _ int) { f.side[side].buf.abandon(s) }

func (f *splitFramer) push(s sink, p piece) {
	h := &f.side[p.side]
	if f.split == nil || h.done {
		return
	}
	if len(h.buf.b) == 0 {
		h.buf.first, h.buf.gap, h.credit = p.first(), p.gap, splitWork*splitWork
	}
	h.credit += splitWork * len(p.data)
	h.last = p.ref
	h.buf.add(s, &p, len(p.data))
	if h.credit >= len(h.buf.b) {
		f.cut(s, p.side, false)
	}
	if len(h.buf.b) > withDefault(s.a.MaxMessage, defaultMaxMessage) {
		s.a.stats.TooLong++
		h.stop(s)
	}
}

// cut emits the messages that are there.
func (f *splitFramer) cut(s sink, side int, atEnd bool) {
	h := &f.side[side]
	rest := h.buf.b
	for !h.done && (len(rest) > 0 || atEnd) {
		n, token, err := f.split(rest, atEnd)
		if n < 0 || n > len(rest) || err != nil && err != bufio.ErrFinalToken {
			h.stop(s)
			return
		}
		if token != nil {
			s.emit(Message{
				Proto: f.proto, Kind: UserMessage, FromClient: side == s.c.client,
				First: h.buf.first, Last: h.last, Gap: h.buf.gap, Data: token,
			})
			h.buf.first, h.buf.gap = h.last, 0
		}
		h.done = err != nil
		rest = rest[n:]
		if n == 0 {
			h.credit -= len(rest)
			break
		}
	}
	h.keep(s, rest)
}

// keep drops all but the rest of the buffer, whose messages stay where they are.
func (h *splitSide) keep(s sink, rest []byte) {
	if len(rest) == len(h.buf.b) && !h.done {
		return
	}
	h.buf.drop(s)
	if !h.done && len(rest) > 0 {
		p := piece{data: rest}
		h.buf.add(s, &p, len(rest))
	}
}

func (h *splitSide) stop(s sink) {
	h.done = true
	h.buf.drop(s)
}

func (f *splitFramer) end(s sink, side int) {
	if h := &f.side[side]; f.split != nil && !h.done {
		f.cut(s, side, true)
		h.buf.abandon(s)
		h.done = true
	}
}

func (f *splitFramer) free(s sink) {
	f.side[0].buf.drop(s)
	f.side[1].buf.drop(s)
}

package stream

import (
	"bufio"

	"github.com/sightline-go/sightline/layers"
)

// A Detector recognises the caller's own protocols. It is called before the
// built-in protocols are tried, with each segment of a conversation that is not
// recognised yet; the inside of a tunnel is a conversation too. f leads from
// client to server as far as that is known. client and server are the first
// bytes of each side, at least 512 if that many have arrived, valid only during
// the call. Once 512 bytes match no known protocol, the next segment is treated
// as a beginning.
//
// It returns Unknown for a protocol that is not its own. Otherwise it returns a
// Proto from ProtoUser up and a function that splits the bytes of either side
// into messages, as for a [bufio.Scanner]: each token that is not nil is a
// Message. A message may not be longer than Config.MaxMessage. If the function
// returns an error, that side yields no more messages. If the function is nil,
// the conversation is only counted.
type Detector func(f layers.Flow, client, server []byte) (Proto, bufio.SplitFunc)

// ask calls the caller's Detector with the first bytes of a side.
func (f *probe) ask(s sink, side int, head []byte) bool {
	if s.a.Detect == nil {
		return false
	}
	client, server := head, f.kept(1-side)
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

// A splitFramer splits a caller's protocol into messages.
type splitFramer struct {
	proto Proto
	split bufio.SplitFunc
	side  [2]splitSide
}

type splitSide struct {
	buf    buffer
	last   Ref
	credit int // bytes that split may still be given
	done   bool
}

// splitWork limits how often split is given the same byte. Without a limit, a
// long message in small segments would be scanned from its beginning for each
// segment. Once the credit is used up, split is called again when more bytes
// have arrived.
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

// cut emits the complete messages.
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

// keep drops all of the buffer but rest. Messages may still point into it.
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

package stream

import (
	"bytes"
	"strings"

	"github.com/sightline-go/sightline/layers/grpc"
)

// A grpcBody splits a body into messages of gRPC.
type grpcBody struct {
	from   Message
	format grpc.Format
	coding string          // of compressed messages
	digits transferDecoder // of WebText

	prefix  buffer
	first   Ref    // of the prefix
	packed  bool   // the message is compressed
	within  bool   // the prefix of the message was read
	want    int    // how much of the message is kept
	skip    int64  // bytes after it, that exceed the limit
	message buffer // what has arrived of it
	over    bool   // what follows cannot be split
	bad     bool   // it is not all messages
	many    bool   // there was one
}

func newGRPCBody(from Message, h httpFields, format grpc.Format) *grpcBody {
	coding := strings.ToLower(string(bytes.TrimSpace(h.Get("Grpc-Encoding"))))
	return &grpcBody{from: from, format: format, coding: cut(coding, maxType), digits: transferDecoder{coding: codingBase64}}
}

func (g *grpcBody) write(s sink, data []byte, at Ref) {
	if g.format == grpc.WebText {
		data = g.digits.appendParts(nil, data)
	}
	p := piece{data: data, ref: at}
	for !g.over && (len(p.data) > 0 || g.within && g.want == 0) {
		switch {
		case g.skip > 0 && !g.within:
			n := min(g.skip, int64(len(p.data)))
			p.data, g.skip = p.data[n:], g.skip-n
		case g.within:
			g.payload(s, &p)
		default:
			g.begin(s, &p)
		}
	}
}

// appendParts decodes base64 that consists of parts, each of which may have padding.
func (d *transferDecoder) appendParts(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '=')
		if i < 0 {
			return d.append(dst, src)
		}
		dst = d.lastQuantum(d.append(dst, src[:i]))
		d.bits, d.digits = 0, 0
		src = src[i+1:]
	}
}

// begin reads the prefix of a message.
func (g *grpcBody) begin(s sink, p *piece) {
	b, ok := g.prefix.fill(s, p, grpc.PrefixLen)
	if !ok {
		return
	}
	g.first = g.prefix.first
	prefix, err := grpc.ParsePrefix(b)
	if err != nil || prefix.Trailer() && g.format == grpc.GRPC {
		s.a.stats.Malformed++
		g.over, g.bad = true, true
		g.prefix.drop(s)
		return
	}
	size := int64(prefix.Length())
	g.want = int(min(size, int64(withDefault(s.a.MaxMessage, defaultMaxMessage))))
	g.skip, g.packed, g.within = size-int64(g.want), prefix.Compressed(), true
	if g.skip > 0 {
		s.a.stats.TooLong++
	}
	if prefix.Trailer() {
		g.skip, g.want, g.within = size, 0, false
	}
	g.prefix.done(s, p, grpc.PrefixLen)
}

// payload reads a message.
func (g *grpcBody) payload(s sink, p *piece) {
	b, ok := g.message.fill(s, p, g.want)
	if !ok {
		return
	}
	g.emit(s, b[:len(b):len(b)], p.ref)
	g.message.done(s, p, g.want)
	g.within = false
}

// emit emits a message, whose last byte is in the packet at.
func (g *grpcBody) emit(s sink, data []byte, at Ref) {
	g.many = true
	m := g.from
	m.Proto, m.Kind, m.First, m.Last = GRPC, GRPCMessage, g.first, at
	costly := s.a.stats.TooCostly
	if g.packed {
		data, m.State = s.unpackMessage(data, g.coding)
	}
	switch {
	case g.skip > 0: // it is counted
		m.State = Oversized
	case m.State == Oversized && s.a.stats.TooCostly == costly:
		s.a.stats.TooLong++
	case m.State == Undecodable, m.State == Mislabelled:
		s.a.stats.Malformed++
	}
	m.Data = data
	s.via = s.via.with(g.from.Proto)
	s.emit(m)
	if s.a.GRPCFiles {
		s.messageFile(m)
	}
}

// lose continues after a gap that is inside a message. After any other it is unknown
// where the next message begins.
func (g *grpcBody) lose(s sink, n int) {
	left := g.skip
	if g.within {
		left += int64(g.want - len(g.message.b))
	}
	inside := n > 0 && int64(n) <= left && g.format != grpc.WebText
	if g.within || !inside && !g.over {
		s.a.stats.Incomplete++
	}
	g.message.drop(s)
	g.prefix.drop(s)
	g.within, g.want, g.skip = false, 0, left-int64(n)
	g.over = g.over || !inside
}

// holds allows a message to be incomplete if the body is.
func (g *grpcBody) holds(state Completeness) Kind {
	if !g.many || g.bad || g.digits.other || state.Hashed() && g.partial() {
		return 0
	}
	return GRPCMessage
}

// partial reports whether a message has begun and not ended.
func (g *grpcBody) partial() bool { return g.within || len(g.prefix.b) > 0 || g.skip > 0 }

func (g *grpcBody) end(s sink, _ Message, _ Completeness) {
	if !g.over && (g.within || len(g.prefix.b) > 0) {
		s.a.stats.Incomplete++
	}
}

func (g *grpcBody) drop(s sink) {
	g.prefix.drop(s)
	g.message.drop(s)
}

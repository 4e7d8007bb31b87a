package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/grpc"
)

// A bodyReader reads the messages that the body of an HTTP message consists of, as far
// as its content is decoded. The body is a File as well.
type bodyReader interface {
	// write reads content, which is valid until the Assembler's next call.
	write(s sink, data []byte, at Ref)
	// lose records that n bytes of content are missing; 0: an unknown number.
	lose(s sink, n int)
	// holds returns the kind of the messages if a body that ends in a state has them and
	// nothing else, or else 0. It precedes end.
	holds(state Completeness) Kind
	// end ends the body. from has what its messages have in common.
	end(s sink, from Message, state Completeness)
	// drop releases the memory that the reader holds.
	drop(s sink)
}

// newBodyReader returns the reader of a body of a media type, nil if it has no messages.
// The head before it has the fields h, and from has what its messages have in common.
func newBodyReader(s sink, from Message, h httpFields, typ string) bodyReader {
	switch format := grpc.FormatOf([]byte(typ)); {
	case isDNSMessage(typ):
		return new(dnsBody)
	case format != grpc.None:
		return newGRPCBody(from, h, format)
	case typ == eventStream && !from.FromClient:
		return newEventBody(from)
	}
	return nil
}

// wantsBody reports whether the body after a head with the fields h is read: as a
// file, or because it has messages.
func (s sink) wantsBody(h httpFields) bool {
	if !s.a.NoFiles {
		return true
	}
	if !namesMessages(h.Bytes()) {
		return false
	}
	typ := mediaType(h.Get("Content-Type"))
	return isDNSMessage(typ) || typ == eventStream || grpc.FormatOf([]byte(typ)) != grpc.None
}

// namesMessages reports whether a head may name a media type of messages. It is asked
// about each, and Get takes longer.
func namesMessages(head []byte) bool {
	for _, part := range [...]string{"/dns-", "/DNS-", "/grpc", "/GRPC", "/event-", "/EVENT-"} {
		if bytes.Contains(head, []byte(part)) {
			return true
		}
	}
	return false
}

// messageFile reports a message as a file.
func (s sink) messageFile(m Message) {
	if s.a.NoFiles || len(m.Data) == 0 {
		return
	}
	w := s.beginFile(Message{Proto: m.Proto, Stream: m.Stream, FromClient: m.FromClient, Request: m.Request, First: m.First}, "", "")
	w.spoil(m.State)
	w.write(s, m.Data, m.Last)
	w.end(s, m.Last)
}

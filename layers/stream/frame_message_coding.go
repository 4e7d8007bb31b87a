package stream

import (
	"io"
	"slices"
)

// unpackMessage decodes a single message. The result is valid until the Assembler's next
// call, with a state that says what is wrong with it. The body that holds it may be
// being decoded: together they have at most maxCodings codings.
func (s sink) unpackMessage(packed []byte, coding string) ([]byte, Completeness) {
	u := s.a.unpack()
	codings, known := appendCodings(nil, []byte(coding))
	if !known || len(codings) != 1 || u.used == maxCodings {
		return packed, Encoded
	}
	outer := *u
	z := u.inflater()
	z.src.resetBody(packed, s.a)
	z.reset(codings[0])
	out, err := s.readMessage(s.metered(z, codings[0], true))
	state := messageState(z, out, err)
	z.release()
	u.used, u.stopped, u.exhausted = outer.used, outer.stopped, outer.exhausted
	s.a.lend(out)
	switch state {
	case Encoded, Mislabelled:
		return packed, state
	case Oversized:
		out = out[:min(len(out), withDefault(s.a.MaxMessage, defaultMaxMessage))]
	}
	return out, state
}

// messageState returns the state of a message that was decoded to out.
func messageState(z *inflater, out []byte, err error) Completeness {
	switch {
	case err == errStopped:
		return Unfinished
	case err == errOversized:
		return Oversized
	case unsupported(err):
		return Encoded
	case err == nil && z.unverified:
		return Unverified
	case err == nil && z.format != formatPlain:
		return Complete
	case err == nil || len(out) == 0:
		return Mislabelled
	}
	return Undecodable
}

// readMessage reads a whole message, unless it is too long or costly.
func (s sink) readMessage(r io.Reader) (out []byte, err error) {
	limit := withDefault(s.a.MaxMessage, defaultMaxMessage)
	out = s.a.getSpare()
	for err == nil {
		if s.a.stopped() {
			return out, errStopped
		}
		out = slices.Grow(out, 512)
		room := out[len(out):min(cap(out), len(out)+pieceLen)]
		var n int
		n, err = r.Read(room)
		if out = out[:len(out)+n]; len(out) > limit {
			err = errOversized
		}
	}
	s.a.unpack().exhausted = false // that is about bodies
	if err == io.EOF {
		err = nil
	}
	return out, err
}

// Package sse parses server-sent events, the format text/event-stream (HTML Living
// Standard, section 9.2 "Server-sent events",
// https://html.spec.whatwg.org/multipage/server-sent-events.html).
//
//	var s sse.Splitter
//	for len(body) > 0 {
//		n, _ := s.Next(body)
//		if e, err := sse.ParseEvent(body[:n]); err == nil && e.HasData() {
//			fmt.Printf("%s: %s\n", e.Type(), e.AppendData(nil))
//		}
//		body = body[n:]
//	}
//
// layers/stream splits bodies into events. A stream is UTF-8; AppendUTF8 replaces what is
// not. Views alias the bytes that they were parsed from.
package sse

import (
	"bytes"
	"iter"
	"strconv"
	"unicode/utf8"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// ByteOrderMark may precede the first event of a stream, and is not a part of it.
const ByteOrderMark = "\xef\xbb\xbf"

// A Splitter finds the ends of the events in a stream, which may come in pieces. Its zero
// value is at the start of a stream.
type Splitter struct {
	within bool // the event has begun
	line   bool // the line has begun
	cr     bool // the last byte was a CR, which ended a line
}

// Next returns how many bytes at the start of b belong to the event that begins there,
// or continues there, and whether they end it: its last line is empty. The LF of a CR LF
// whose CR ended an event in an earlier piece is an event of its own, without fields.
func (s *Splitter) Next(b []byte) (n int, ends bool) {
	for i, c := range b {
		second := c == '\n' && s.cr
		s.cr = c == '\r'
		switch {
		case second && s.within:
		case second:
			return i + 1, true
		case c != '\r' && c != '\n':
			s.within, s.line = true, true
		case s.line:
			s.line = false
		default:
			s.within = false
			if s.cr && i+1 < len(b) && b[i+1] == '\n' {
				s.cr = false
				return i + 2, true
			}
			return i + 1, true
		}
	}
	return len(b), false
}

// Event is a view of an event: lines up to an empty one. ParseEvent makes it. It aliases
// the bytes given to ParseEvent, as do the slices that its methods return.
type Event struct{ b []byte }

// ParseEvent returns a view of the event at the start of b, which may lack its end. It
// accepts all bytes, as receivers do. The error is Short if b is empty.
func ParseEvent(b []byte) (Event, error) {
	if len(b) == 0 {
		return Event{}, wire.Fail("server-sent event", wire.Short, 0, 1)
	}
	var s Splitter
	n, _ := s.Next(b)
	return Event{b[:n:n]}, nil
}

// Fields returns the names and values of the lines, in order. Comments are left out; a
// line without a colon is a name with an empty value.
func (e Event) Fields() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for rest := e.b; len(rest) > 0; {
			line := rest
			if i := bytes.IndexAny(rest, "\r\n"); i >= 0 {
				line, rest = rest[:i], rest[i+1:]
			} else {
				rest = nil
			}
			name, value, colon := bytes.Cut(line, []byte{':'})
			if !colon {
				value = line[len(line):]
			}
			if len(name) > 0 && !yield(name, bytes.TrimPrefix(value, []byte{' '})) {
				return
			}
		}
	}
}

// last returns the value of the last field with a name, nil if there is none.
func (e Event) last(want string) (last []byte) {
	for name, value := range e.Fields() {
		if string(name) == want {
			last = value[:len(value):len(value)]
		}
	}
	return last
}

// HasData reports whether there is data. Receivers ignore events without.
func (e Event) HasData() bool { return e.last("data") != nil }

// AppendData appends the data to dst: the values of the lines called data, with LF
// between them.
func (e Event) AppendData(dst []byte) []byte {
	first := true
	for name, value := range e.Fields() {
		if string(name) != "data" {
			continue
		}
		if !first {
			dst = append(dst, '\n')
		}
		dst, first = append(dst, value...), false
	}
	return dst
}

// Type returns the type of the event, nil if it is the default, "message".
func (e Event) Type() []byte {
	if t := e.last("event"); len(t) > 0 {
		return t
	}
	return nil
}

// ID returns the last event ID that the event sets, which remains that of later events
// until one sets another. It reports false if it sets none: an ID with a NUL is ignored.
func (e Event) ID() (id []byte, ok bool) {
	for name, value := range e.Fields() {
		if string(name) == "id" && bytes.IndexByte(value, 0) < 0 {
			id, ok = value, true
		}
	}
	return id, ok
}

// Bytes returns the event with its empty line, if that is there.
func (e Event) Bytes() []byte { return e.b }

// AppendText appends the type to dst, and the number of bytes of the data, as printable
// ASCII. The data, which may hold a password, is left out.
func (e Event) AppendText(dst []byte) ([]byte, error) {
	name := e.Type()
	if name == nil {
		name = []byte("message")
	}
	size, lines := 0, 0
	for name, value := range e.Fields() {
		if string(name) == "data" {
			size, lines = size+len(value), lines+1
		}
	}
	dst = append(text.AppendEscaped(dst, name), " len "...)
	return strconv.AppendInt(dst, int64(size+max(lines-1, 0)), 10), nil
}

// String returns what AppendText appends.
func (e Event) String() string { b, _ := e.AppendText(nil); return string(b) }

// AppendUTF8 appends b to dst, with U+FFFD in place of what is not UTF-8: one for each
// sequence that a character could begin with, as long as it is, and for each other byte
// (Encoding Standard, section 8.1.1, https://encoding.spec.whatwg.org/#utf-8-decoder).
func AppendUTF8(dst, b []byte) []byte {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			n = brokenLen(b)
		}
		dst = utf8.AppendRune(dst, r)
		b = b[n:]
	}
	return dst
}

// brokenLen returns the length of the longest start of a character that b begins with, at
// least 1.
func brokenLen(b []byte) int {
	for n := min(len(b), utf8.UTFMax-1); n > 1; n-- {
		// A start is one if some byte after it does not make it invalid sooner.
		if !utf8.FullRune(b[:n]) {
			return n
		}
	}
	return 1
}

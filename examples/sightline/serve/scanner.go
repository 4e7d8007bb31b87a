package serve

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
)

// A scanner finds the ends of JSON values in a stream. encoding/json then checks each
// value, except data, which is too long. It holds one buffer and one value.
type scanner struct {
	src  io.Reader
	buf  [64 << 10]byte
	r, w int
}

// rest returns the unread bytes of the buffer, at least one.
func (s *scanner) rest() ([]byte, error) {
	for s.r == s.w {
		n, err := s.src.Read(s.buf[:])
		s.r, s.w = 0, n
		if n == 0 && err != nil {
			return nil, err
		}
	}
	return s.buf[s.r:s.w], nil
}

// peek returns the next byte, or errSyntax at the end of the input.
func (s *scanner) peek() (byte, error) {
	b, err := s.rest()
	if err == io.EOF {
		return 0, errSyntax
	}
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// skip skips white space and returns the next byte without reading it.
func (s *scanner) skip() (byte, error) {
	for {
		b, err := s.rest()
		if err != nil {
			return 0, err
		}
		for i, c := range b {
			if !blank(c) {
				s.r += i
				return c, nil
			}
		}
		s.r = s.w
	}
}

// token is skip, but returns errSyntax at the end of the input.
func (s *scanner) token() (byte, error) {
	c, err := s.skip()
	if err == io.EOF {
		err = errSyntax
	}
	return c, err
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// expect skips white space, then reads one of the bytes in set and returns it.
func (s *scanner) expect(set string) (byte, error) {
	c, err := s.token()
	if err == nil && bytes.IndexByte([]byte(set), c) < 0 {
		err = errSyntax
	}
	s.r++
	return c, err
}

// object reads an object. It calls member for each key; member must read the value.
func (s *scanner) object(member func(key string) error) error {
	if _, err := s.expect("{"); err != nil {
		return err
	}
	c, err := s.token()
	if err != nil {
		return err
	}
	if c == '}' {
		s.r++
		return nil
	}
	for c != '}' {
		if err := s.member(member); err != nil {
			return err
		}
		if c, err = s.expect(",}"); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) member(member func(key string) error) error {
	if c, err := s.token(); err != nil || c != '"' {
		return cmp.Or(err, errSyntax)
	}
	raw, err := s.value(maxMember)
	if err != nil {
		return err
	}
	var key string
	if err := json.Unmarshal(raw, &key); err != nil {
		return errSyntax
	}
	if _, err := s.expect(":"); err != nil {
		return err
	}
	return member(key)
}

// end returns nil if only white space is left.
func (s *scanner) end() error {
	_, err := s.skip()
	switch err {
	case io.EOF:
		return nil
	case nil:
		return errSyntax
	}
	return err
}

// starts reports whether the next value starts with c.
func (s *scanner) starts(c byte) bool {
	got, err := s.token()
	return err == nil && got == c
}

// value returns the text of the next value, at most most bytes.
func (s *scanner) value(most int) ([]byte, error) {
	if _, err := s.token(); err != nil {
		return nil, err
	}
	var out []byte
	var in nesting
	for !in.ended {
		c, err := s.peek()
		if err != nil {
			return nil, err
		}
		if in.step(c); in.before {
			break
		}
		switch s.r++; {
		case in.depth > maxDepth:
			return nil, queryError(fmt.Sprintf("The request is nested more than %d levels deep.", maxDepth))
		case len(out) == most:
			return nil, queryError(fmt.Sprintf("A key or value other than \"data\" is longer than %d KiB.", most>>10))
		}
		out = append(out, c)
	}
	if !json.Valid(out) {
		return nil, errSyntax
	}
	return out, nil
}

// A nesting finds the end of a value that it gets byte by byte.
type nesting struct {
	depth  int
	text   bool // inside a string
	escape bool // after a backslash in the string
	ended  bool // the last byte ended the value
	before bool // the value ended before the last byte, as a number does
}

func (n *nesting) step(c byte) {
	switch {
	case n.escape:
		n.escape = false
	case n.text:
		n.escape = c == '\\'
		if n.text = c != '"'; !n.text {
			n.ended = n.depth == 0
		}
	case c == '"':
		n.text = true
	case c == '{' || c == '[':
		n.depth++
	case c == '}' || c == ']':
		n.before = n.depth == 0
		n.depth--
		n.ended = n.depth == 0
	case n.depth == 0:
		n.before = blank(c) || c == ',' || c == ':'
	}
}

// A quoted reads a string piece by piece.
type quoted struct {
	s     *scanner
	begun bool
	err   error
	char  [4]byte // a decoded escape
}

// run returns the next piece of the string with escapes decoded. The piece is valid
// until the next call. At the end of the string the error is io.EOF.
func (q *quoted) run() (piece []byte, err error) {
	if !q.begun {
		q.begun = true
		q.s.r++ // the quote
	}
	if q.err == nil {
		piece, q.err = q.next()
	}
	return piece, q.err
}

func (q *quoted) next() ([]byte, error) {
	b, err := q.s.rest()
	if err == io.EOF {
		err = errSyntax
	}
	if err != nil {
		return nil, err
	}
	first := b[0]
	for _, c := range []byte{'"', '\\', '\n', '\r'} {
		if i := bytes.IndexByte(b, c); i >= 0 {
			b = b[:i]
		}
	}
	q.s.r += len(b)
	switch {
	case len(b) > 0:
		return b, nil
	case first == '"':
		q.s.r++
		return nil, io.EOF
	case first == '\\':
		return q.escape()
	}
	return nil, errSyntax // a line break
}

// escape decodes the next escape.
func (q *quoted) escape() ([]byte, error) {
	escape := []byte{'"'}
	n := 2
	for i := 0; i < n; i++ {
		c, err := q.s.peek()
		if err != nil {
			return nil, err
		}
		q.s.r++
		escape = append(escape, c)
		if i == 1 && c == 'u' {
			n = 6
		}
	}
	var text string
	if json.Unmarshal(append(escape, '"'), &text) != nil {
		return nil, errSyntax
	}
	return append(q.char[:0], text...), nil
}

// skip reads the string to its end.
func (q *quoted) skip() error {
	for {
		_, err := q.run()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

package stream

import "io"

// An input holds the bytes that an inflater decodes: those of a body, or what
// another inflater gives. Package flate reads byte by byte, so ReadByte is short.
type input struct {
	b    []byte // of these, pos bytes are read
	pos  int
	body []byte     // b is its beginning; nil if r is set
	a    *Assembler // decoding a body stops when it does
	r    io.Reader
	buf  []byte // for r
	err  error  // after b
}

// inputLen is the length of the pieces read from another inflater.
const inputLen = 4 << 10

func (in *input) resetBody(body []byte, a *Assembler) {
	*in = input{b: body[:0], body: body, a: a, buf: in.buf}
}

func (in *input) resetReader(r io.Reader) {
	if in.buf == nil {
		in.buf = make([]byte, inputLen)
	}
	*in = input{r: r, buf: in.buf}
}

func (in *input) ReadByte() (byte, error) {
	if in.pos < len(in.b) || in.fill(1) {
		c := in.b[in.pos]
		in.pos++
		return c, nil
	}
	return 0, in.err
}

func (in *input) Read(p []byte) (int, error) {
	if len(p) > 0 && !in.fill(1) {
		return 0, in.err
	}
	n := copy(p, in.b[in.pos:])
	in.pos += n
	return n, nil
}

// peek returns the next n bytes, or those before the end.
func (in *input) peek(n int) []byte {
	in.fill(n)
	return in.b[in.pos:min(in.pos+n, len(in.b))]
}

// skip discards n bytes, or those before the end.
func (in *input) skip(n int) {
	for n > 0 && in.fill(1) {
		k := min(n, len(in.b)-in.pos)
		in.pos += k
		n -= k
	}
}

// fill reports whether n bytes are in b, and reads until they are.
func (in *input) fill(n int) bool {
	for len(in.b)-in.pos < n {
		switch {
		case in.err != nil:
			return false
		case in.r != nil:
			in.read()
		case in.a.stopped():
			in.a.unpack().stopped = true
			in.err = errStopped
		case len(in.b) == len(in.body):
			in.err = io.EOF
		default:
			in.b = in.body[:min(len(in.b)+stopEvery, len(in.body))]
		}
	}
	return true
}

func (in *input) read() {
	rest := copy(in.buf, in.b[in.pos:])
	n, err := in.r.Read(in.buf[rest:])
	in.b, in.pos, in.err = in.buf[:rest+n], 0, err
}

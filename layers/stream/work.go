package stream

import (
	"errors"
	"io"
)

// Work is counted in bytes written by a decompressor, hashes included: a unit is
// about 3 ns of a current processor. It does not depend on time, so neither do the
// files found.
//
// Each byte that a TCP connection delivers pays for workPerByte units of that
// connection. What a connection needs beyond that comes from Config.MaxWork,
// which all connections share. So the total is at most MaxWork plus workPerByte
// for each captured byte. As long as MaxWork is not used up, what is
// decompressed of a connection depends on its own bytes alone.
const (
	workPerByte = 384

	// workOfInput is the work of decompressing a byte, in addition to that of
	// its output: a deflate block without output (RFC 1951 section 3.2.7) of 11
	// bytes or more makes the decompressor build two Huffman tables. The bytes
	// of a body itself are free, as they were captured.
	workOfInput = 192

	// workOfBrotli is the work of a byte of output of brotli, in addition to
	// writing it: commands that copy two bytes may take no bits of input.
	workOfBrotli = 3

	// workOfCoding is the work of beginning to decompress.
	workOfCoding = 8 << 10

	// workOfOverlap is the work of cutting a segment at a waiting one. Nothing
	// limits it, as each cut takes a byte of the segment at least.
	workOfOverlap = 64
)

var errOversized = errors.New("more than Config.MaxDecode or MaxWork")

// affords reports whether c can pay for n units of work, and counts a body that
// it cannot pay for.
func (a *Assembler) affords(c *connection, n int64) bool {
	if a.left(c) >= n {
		return true
	}
	a.stats.TooCostly++
	return false
}

// left returns the units that c can spend, its own and the shared ones.
func (a *Assembler) left(c *connection) int64 {
	return c.work + max(int64(withDefault(a.MaxWork, defaultMaxWork))-a.overdrawn, 0)
}

// spend counts n units of work for c. It returns how many of them are shared.
func (a *Assembler) spend(c *connection, n int64) (shared int64) {
	a.stats.Work += n
	if c.work -= n; c.work < 0 {
		shared, c.work = -c.work, 0
		a.overdrawn += shared
	}
	return shared
}

// refund takes back n units of those that spend counted, the shared ones first.
func (a *Assembler) refund(c *connection, n, shared int64) {
	a.stats.Work -= n
	shared = min(n, shared)
	a.overdrawn -= shared
	c.work += n - shared
}

// A meter counts the bytes read of a decoded body against Config.MaxDecode, and
// their work, and fails at the limits.
type meter struct {
	r     io.Reader
	s     sink
	begun bool
	cost  int64 // of a byte
}

// metered returns a meter of r, which undoes a coding, the last one or one
// before it.
func (s sink) metered(r io.Reader, coding string, last bool) io.Reader {
	m := &meter{r: r, s: s, cost: 1}
	if coding == "br" {
		m.cost += workOfBrotli
	}
	if !last {
		m.cost += workOfInput
	}
	return m
}

func (m *meter) Read(p []byte) (int, error) {
	a, c := m.s.a, m.s.c
	least := m.cost
	if !m.begun {
		least += workOfCoding
	}
	room := withDefault(a.MaxDecode, defaultMaxDecode) - a.decoded
	if room <= 0 || !a.affords(c, least) {
		a.unpack().exhausted = true
		return 0, errOversized
	}
	if !m.begun {
		m.begun = true
		a.spend(c, workOfCoding)
	}
	p = p[:min(int64(len(p)), int64(room), a.left(c)/m.cost)]
	shared := a.spend(c, int64(len(p))*m.cost) // first, because r spends, too
	n, err := m.r.Read(p)
	a.decoded += n
	a.refund(c, int64(len(p)-n)*m.cost, shared)
	return n, err
}

// fill reads until p is full or an error occurs. Each piece becomes a Message,
// and a reader may return single bytes.
func fill(p []byte, r io.Reader) (n int, err error) {
	for n < len(p) && err == nil {
		var more int
		more, err = r.Read(p[n:])
		n += more
	}
	return n, err
}

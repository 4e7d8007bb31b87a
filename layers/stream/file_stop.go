package stream

import (
	"errors"
	"io"
)

// stopEvery is how many encoded bytes are decoded between two calls of
// Config.Stop. Those that cost the most have no content: empty blocks with
// Huffman codes of their own.
const stopEvery = 4 << 10

var errStopped = errors.New("stopped by Config.Stop")

func (a *Assembler) stopped() bool { return a.Stop != nil && a.Stop() }

// A stopper reads until Config.Stop reports true.
type stopper struct {
	io.Reader
	a *Assembler
}

func (s stopper) Read(p []byte) (int, error) {
	if s.a.stopped() {
		s.a.unpack().stopped = true
		return 0, errStopped
	}
	return s.Reader.Read(p)
}

package serve

import (
	"bytes"
	"io"
)

// A kept keeps a copy of what is read from src, up to room bytes: a capture whose
// options may follow it, or an archive whose key logs may follow its captures.
type kept struct {
	src    io.Reader
	room   int64
	chunks [][]byte
	whole  bool // src was read to its end
}

// Read implements io.Reader.
func (k *kept) Read(p []byte) (int, error) {
	n, err := k.src.Read(p)
	if k.room -= int64(n); k.room < 0 {
		k.chunks = nil
		return n, err
	}
	if n > 0 {
		k.chunks = append(k.chunks, bytes.Clone(p[:n]))
	}
	k.whole = k.whole || err == io.EOF
	return n, err
}

// again returns the copy, unless it is incomplete.
func (k *kept) again() (r io.Reader, ok bool) {
	if k == nil || !k.whole {
		return nil, false
	}
	all := make([]io.Reader, len(k.chunks))
	for i, b := range k.chunks {
		all[i] = bytes.NewReader(b)
	}
	return io.MultiReader(all...), true
}

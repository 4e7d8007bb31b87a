package window

import (
	"bytes"
	"testing"
)

// The number of released chunks that are kept is limited.
func TestFreeChunks(t *testing.T) {
	w := OverReader(bytes.NewReader(make([]byte, 40*chunk)), Window{})
	var shares []*Chunk
	for {
		b, _ := w.Peek(chunk)
		if len(b) == 0 {
			break
		}
		shares = append(shares, w.Share())
		w.Advance(len(b))
	}
	for _, c := range shares {
		c.Release()
	}
	if n := len(w.pool.free); n != maxFree || len(shares) < 2*maxFree {
		t.Errorf("%d chunks are kept of %d", n, len(shares))
	}
}

// The number of empty reads is limited.
func TestEmptyReads(t *testing.T) {
	var r empty
	w := OverReader(&r, Window{})
	if _, err := w.Peek(1); err == nil || r != maxEmptyReads {
		t.Errorf("%v after %d reads", err, r)
	}
}

type empty int

func (r *empty) Read([]byte) (int, error) {
	*r++
	return 0, nil
}

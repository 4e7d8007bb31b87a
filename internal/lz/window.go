// Package lz holds what decompressors of the LZ77 family share: a window of the
// bytes they wrote.
package lz

// A Window holds the bytes that a decompressor wrote last: those not yet taken,
// and those before them that later bytes may repeat. Its memory grows with the
// bytes written, to one and a half times its size at most, never because of the
// size alone.
type Window struct {
	b    []byte // written
	base int    // in b, where matches may begin at the earliest
	read int    // of b, taken
	size int
}

const (
	leastRoom = 64 << 10 // of the first memory

	// kept limits the memory that is kept for another stream. The garbage of
	// windows that grow anew for each would cost more.
	kept = 16 << 20
)

// Reset empties w. It keeps memory of up to 16 MiB.
func (w *Window) Reset() {
	if cap(w.b) > kept {
		w.b = nil
	}
	*w = Window{b: w.b[:0]}
}

// Begin starts content of its own, in which matches reach back up to size bytes.
func (w *Window) Begin(size int) { w.base, w.size = len(w.b), size }

// Size returns the size given to Begin.
func (w *Window) Size() int { return w.size }

// Len returns how many bytes a match may reach back.
func (w *Window) Len() int { return min(len(w.b)-w.base, w.size) }

// Pending returns the bytes not yet taken.
func (w *Window) Pending() []byte { return w.b[w.read:] }

// Take copies bytes that were not yet taken, and returns how many.
func (w *Window) Take(p []byte) int {
	n := copy(p, w.b[w.read:])
	w.read += n
	return n
}

// Reserve returns the written bytes in a slice with room for n more. All bytes
// must have been taken, and those written since must be given to Wrote.
func (w *Window) Reserve(n int) []byte {
	if cap(w.b)-len(w.b) < n {
		w.makeRoom(n)
	}
	return w.b
}

// Wrote takes the slice that Reserve returned, with the bytes appended to it.
func (w *Window) Wrote(b []byte) { w.b = b }

// makeRoom moves the bytes that matches can reach to the beginning, of larger
// memory unless that would move each byte more than three times.
func (w *Window) makeRoom(n int) {
	keep := w.b[len(w.b)-w.Len():]
	from := w.b
	if free := cap(from) - len(keep); free < n || free < len(keep)/2 {
		most := w.size + w.size/2 + n
		from = make([]byte, 0, max(min(2*cap(from), most), len(keep)+n, min(leastRoom, most)))
	}
	w.b = append(from[:0], keep...)
	w.base, w.read = 0, len(w.b)
}

// shortCopy is the length of copies that are made byte for byte.
const shortCopy = 8

// Copy appends n bytes, from those dist before the end, to b, which must have
// room for them and as many bytes.
func Copy(b []byte, dist, n int) []byte {
	at := len(b)
	b = b[:at+n]
	to, from := b[at:], b[at-dist:]
	if n <= shortCopy { // a call of copy takes longer
		for i := range to {
			to[i] = from[i]
		}
		return b
	}
	if dist >= n {
		copy(to, from[:n])
		return b
	}
	for done := 0; done < n; {
		done += copy(to[done:], from[:dist+done])
	}
	return b
}

package extract

import (
	"crypto/sha256"
	"hash"
)

// A digest computes the SHA-256 of the bytes written to it. After start, hashing
// runs in a goroutine of its own: the writer only fills buffers, of which there are
// digestBuffers. The zero value is ready to use.
type digest struct {
	hash hash.Hash
	buf  []byte      // being filled, if the digest was started
	full chan []byte // nil if it was not started
	free chan []byte
	done chan struct{}
}

const (
	digestBuffers = 4
	digestSize    = 128 << 10
)

// start starts the goroutine, which runs until end.
func (d *digest) start() {
	d.hash = sha256.New()
	d.full, d.free, d.done = make(chan []byte, digestBuffers), make(chan []byte, digestBuffers), make(chan struct{})
	for range digestBuffers - 1 {
		d.free <- nil
	}
	go func() {
		defer close(d.done)
		for b := range d.full {
			d.hash.Write(b)
			d.free <- b[:0]
		}
	}()
}

// end stops the goroutine after everything written has been hashed.
func (d *digest) end() {
	if d.full == nil {
		return
	}
	close(d.full)
	<-d.done
	d.hash.Write(d.buf)
	d.full, d.buf = nil, nil
}

func (d *digest) write(b []byte) {
	if d.hash == nil {
		d.hash = sha256.New()
	}
	if d.full == nil {
		d.hash.Write(b)
		return
	}
	for len(b) > 0 {
		if d.buf == nil {
			d.buf = make([]byte, 0, digestSize)
		}
		n := min(len(b), digestSize-len(d.buf))
		d.buf = append(d.buf, b[:n]...)
		if b = b[n:]; len(d.buf) == digestSize {
			d.full <- d.buf
			d.buf = <-d.free
		}
	}
}

// sum ends the digest and returns the hash.
func (d *digest) sum() [sha256.Size]byte {
	d.write(nil)
	d.end()
	return [sha256.Size]byte(d.hash.Sum(nil))
}

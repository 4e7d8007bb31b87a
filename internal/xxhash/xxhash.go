// Package xxhash computes XXH64, the checksum of zstd frames (RFC 8878 section
// 3.1.1).
package xxhash

import (
	"encoding/binary"
	"math/bits"
)

const (
	prime1 uint64 = 0x9e3779b185ebca87
	prime2 uint64 = 0xc2b2ae3d27d4eb4f
	prime3 uint64 = 0x165667b19e3779f9
	prime4 uint64 = 0x85ebca77c2b2ae63
	prime5 uint64 = 0x27d4eb2f165667c5
)

// stripe is the number of bytes that the four accumulators take at a time.
const stripe = 32

// A Digest is a checksum in progress, with seed 0. Reset it before its first use.
type Digest struct {
	acc   [4]uint64
	total uint64
	rest  [stripe]byte // less than a stripe
	n     int          // of rest
}

// Reset begins a checksum.
func (d *Digest) Reset() {
	p1, p2 := prime1, prime2 // variables, as the sums overflow
	*d = Digest{acc: [4]uint64{p1 + p2, p2, 0, -p1}}
}

// Write adds p. It never fails.
func (d *Digest) Write(p []byte) (int, error) {
	size := len(p)
	d.total += uint64(size)
	if d.n > 0 {
		k := copy(d.rest[d.n:], p)
		d.n += k
		p = p[k:]
		if d.n < stripe {
			return size, nil
		}
		d.stripes(d.rest[:])
		d.n = 0
	}
	whole := len(p) / stripe * stripe
	d.stripes(p[:whole])
	d.n = copy(d.rest[:], p[whole:])
	return size, nil
}

// stripes adds whole stripes.
func (d *Digest) stripes(p []byte) {
	a, b, c, e := d.acc[0], d.acc[1], d.acc[2], d.acc[3]
	for len(p) >= stripe {
		a = round(a, binary.LittleEndian.Uint64(p[0:8]))
		b = round(b, binary.LittleEndian.Uint64(p[8:16]))
		c = round(c, binary.LittleEndian.Uint64(p[16:24]))
		e = round(e, binary.LittleEndian.Uint64(p[24:32]))
		p = p[stripe:]
	}
	d.acc = [4]uint64{a, b, c, e}
}

func round(sum, v uint64) uint64 {
	return bits.RotateLeft64(sum+v*prime2, 31) * prime1
}

// Sum64 returns the checksum of what was written.
func (d *Digest) Sum64() uint64 {
	h := prime5
	if d.total >= stripe {
		l := &d.acc
		h = bits.RotateLeft64(l[0], 1) + bits.RotateLeft64(l[1], 7) + bits.RotateLeft64(l[2], 12) + bits.RotateLeft64(l[3], 18)
		for _, sum := range l {
			h = (h^round(0, sum))*prime1 + prime4
		}
	}
	h += d.total
	p := d.rest[:d.n]
	for ; len(p) >= 8; p = p[8:] {
		h = bits.RotateLeft64(h^round(0, binary.LittleEndian.Uint64(p)), 27)*prime1 + prime4
	}
	if len(p) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(p))*prime1, 23)*prime2 + prime3
		p = p[4:]
	}
	for _, c := range p {
		h = bits.RotateLeft64(h^uint64(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}

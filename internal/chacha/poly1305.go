package chacha

import (
	"encoding/binary"
	"math/bits"
)

// A mac computes Poly1305 (RFC 8439 section 2.5). Its accumulator h, of 130
// bits, may exceed the prime 2^130-5 until sum.
type mac struct {
	h [3]uint64
	r [2]uint64
	s [2]uint64
}

func newMAC(key []byte) *mac {
	return &mac{
		r: [2]uint64{binary.LittleEndian.Uint64(key) & 0x0ffffffc0fffffff, binary.LittleEndian.Uint64(key[8:]) & 0x0ffffffc0ffffffc},
		s: [2]uint64{binary.LittleEndian.Uint64(key[16:]), binary.LittleEndian.Uint64(key[24:])},
	}
}

// padded adds b, with zeros up to a multiple of 16 bytes.
func (m *mac) padded(b []byte) {
	for len(b) >= 16 {
		m.block(binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), 1)
		b = b[16:]
	}
	if len(b) > 0 {
		var last [16]byte
		copy(last[:], b)
		m.block(binary.LittleEndian.Uint64(last[:]), binary.LittleEndian.Uint64(last[8:]), 1)
	}
}

// block computes h = (h + block) * r, partly reduced.
func (m *mac) block(low, high, top uint64) {
	var c uint64
	h0, h1, h2 := m.h[0], m.h[1], m.h[2]
	h0, c = bits.Add64(h0, low, 0)
	h1, c = bits.Add64(h1, high, c)
	h2 += c + top

	// h2 is less than 8, and the high bits of r are clear, so the sums of products
	// in each column do not overflow 128 bits.
	p00h, p00 := bits.Mul64(h0, m.r[0])
	p01h, p01 := bits.Mul64(h0, m.r[1])
	p10h, p10 := bits.Mul64(h1, m.r[0])
	p11h, p11 := bits.Mul64(h1, m.r[1])
	t0 := p00
	m1, c := bits.Add64(p01, p10, 0)
	m1h, _ := bits.Add64(p01h, p10h, c)
	t1, c := bits.Add64(m1, p00h, 0)
	m2, c2 := bits.Add64(p11, h2*m.r[0], 0)
	t2, c := bits.Add64(m2, m1h, c)
	t3 := p11h + h2*m.r[1] + c + c2

	// The bits from 2^130 up, times 5, are added to the rest: h = low + 4*q + q.
	h0, h1, h2 = t0, t1, t2&3
	q0, q1 := t2&^3, t3
	h0, c = bits.Add64(h0, q0, 0)
	h1, c = bits.Add64(h1, q1, c)
	h2 += c
	q0, q1 = q0>>2|q1<<62, q1>>2
	h0, c = bits.Add64(h0, q0, 0)
	h1, c = bits.Add64(h1, q1, c)
	m.h = [3]uint64{h0, h1, h2 + c}
}

func (m *mac) sum() (tag [Overhead]byte) {
	h0, h1, h2 := m.h[0], m.h[1], m.h[2]
	g0, c := bits.Add64(h0, 5, 0)
	g1, c := bits.Add64(h1, 0, c)
	if h2+c >= 4 { // h is at least the prime
		h0, h1 = g0, g1
	}
	h0, c = bits.Add64(h0, m.s[0], 0)
	h1, _ = bits.Add64(h1, m.s[1], c)
	binary.LittleEndian.PutUint64(tag[:], h0)
	binary.LittleEndian.PutUint64(tag[8:], h1)
	return tag
}

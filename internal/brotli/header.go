package brotli

import (
	"encoding/binary"
	"io"
)

// header reads the size of the window (RFC 7932 section 9.1).
func (r *Reader) header() error {
	bits := 16
	if r.bit() {
		if n := r.bits(3); n > 0 {
			bits = 17 + n
		} else {
			switch n := r.bits(3); n {
			case 0:
				bits = 17
			case 1:
				return ErrUnsupported
			default:
				bits = 8 + n
			}
		}
	}
	r.window = 1<<bits - 16
	r.win.Begin(r.window)
	r.next = (*Reader).metaBlock
	return nil
}

// metaBlock reads the header of a meta-block (RFC 7932 section 9.2).
func (r *Reader) metaBlock() error {
	m := &r.meta
	m.last = r.bit()
	if m.last && r.bit() {
		return r.ended()
	}
	nibbles := r.bits(2) + 4
	if nibbles == 7 {
		return r.skipped()
	}
	m.left = r.bits(uint(4*nibbles)) + 1
	if nibbles > 4 && (m.left-1)>>(4*(nibbles-1)) == 0 {
		return ErrCorrupt
	}
	if !m.last && r.bit() {
		if !r.align() {
			return ErrCorrupt
		}
		r.next = (*Reader).stored
		return nil
	}
	if r.short {
		return nil
	}
	return r.compressed()
}

// ended ends the stream, or a meta-block before others.
func (r *Reader) ended() error {
	if !r.meta.last {
		r.next = (*Reader).metaBlock
		return nil
	}
	if !r.align() {
		return ErrCorrupt
	}
	return io.EOF
}

// skipped skips a meta-block without content.
func (r *Reader) skipped() error {
	m := &r.meta
	if r.bit() { // reserved
		return ErrCorrupt
	}
	m.left = 0
	if size := r.bits(2); size > 0 {
		m.left = r.bits(uint(8*size)) + 1
		if size > 1 && (m.left-1)>>(8*(size-1)) == 0 {
			return ErrCorrupt
		}
	}
	if !r.align() {
		return ErrCorrupt
	}
	for m.left > 0 && !r.short {
		m.left -= len(r.bytes(m.left))
	}
	if r.short {
		return nil
	}
	return r.ended()
}

// bytes returns the next bytes, up to most, when the bits before them end a byte.
// At the end of the input it sets short.
func (r *Reader) bytes(most int) []byte {
	if r.n > 0 {
		n := min(most, int(r.n/8))
		binary.LittleEndian.PutUint64(r.whole[:], r.v)
		r.v >>= 8 * n
		r.n -= uint(8 * n)
		return r.whole[:n]
	}
	r.v = 0 // what is above n is read from buf
	if r.pos == r.end && !r.read() {
		r.short = true
		return nil
	}
	b := r.buf[r.pos:min(r.pos+most, r.end)]
	r.pos += len(b)
	return b
}

// stored copies a piece of an uncompressed meta-block.
func (r *Reader) stored() error {
	m := &r.meta
	b := r.win.Reserve(outputLen)
	for room := min(m.left, outputLen); room > 0 && !r.short; {
		piece := r.bytes(room)
		b = append(b, piece...)
		room -= len(piece)
		m.left -= len(piece)
		r.written += uint64(len(piece))
	}
	r.win.Wrote(b)
	if m.left == 0 {
		r.next = (*Reader).metaBlock
	}
	return nil
}

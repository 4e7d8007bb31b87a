// Package chacha implements ChaCha20 and its AEAD with Poly1305 (RFC 8439),
// which the standard library keeps to itself.
package chacha

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
)

// Sizes in bytes (RFC 8439 sections 2.3 and 2.8).
const (
	KeySize   = 32
	NonceSize = 12
	BlockSize = 64
	Overhead  = 16 // the tag
)

var errOpen = errors.New("chacha: message authentication failed")

// aead is AEAD_CHACHA20_POLY1305 (RFC 8439 section 2.8).
type aead struct{ key [8]uint32 }

// New returns the AEAD of ChaCha20 and Poly1305 with a key of KeySize bytes. It
// may be used concurrently.
func New(key []byte) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, errors.New("chacha: wrong key size")
	}
	return &aead{loadKey(key)}, nil
}

func loadKey(key []byte) (k [8]uint32) {
	for i := range k {
		k[i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	return k
}

func (a *aead) NonceSize() int { return NonceSize }

func (a *aead) Overhead() int { return Overhead }

func (a *aead) Seal(dst, nonce, plaintext, additional []byte) []byte {
	checkNonce(nonce)
	from := len(dst)
	dst = slices.Grow(dst, len(plaintext)+Overhead)[:from+len(plaintext)]
	a.xor(dst[from:], plaintext, nonce)
	tag := a.tag(nonce, dst[from:], additional)
	return append(dst, tag[:]...)
}

func (a *aead) Open(dst, nonce, ciphertext, additional []byte) ([]byte, error) {
	checkNonce(nonce)
	size := len(ciphertext) - Overhead
	if size < 0 {
		return nil, errOpen
	}
	tag := a.tag(nonce, ciphertext[:size], additional)
	if subtle.ConstantTimeCompare(tag[:], ciphertext[size:]) != 1 {
		return nil, errOpen
	}
	from := len(dst)
	dst = slices.Grow(dst, size)[:from+size]
	a.xor(dst[from:], ciphertext[:size], nonce)
	return dst, nil
}

func checkNonce(nonce []byte) {
	if len(nonce) != NonceSize {
		panic("chacha: wrong nonce size")
	}
}

// xor encrypts or decrypts src to dst, which may be the same.
func (a *aead) xor(dst, src, nonce []byte) {
	var stream [BlockSize]byte
	for counter := uint32(1); len(src) > 0; counter++ {
		block(&stream, &a.key, counter, nonce)
		n := subtle.XORBytes(dst, src, stream[:])
		dst, src = dst[n:], src[n:]
	}
}

// tag returns the tag of a ciphertext (RFC 8439 section 2.8.1).
func (a *aead) tag(nonce, ciphertext, additional []byte) [Overhead]byte {
	var once [BlockSize]byte
	block(&once, &a.key, 0, nonce)
	mac := newMAC(once[:])
	mac.padded(additional)
	mac.padded(ciphertext)
	var sizes [16]byte
	binary.LittleEndian.PutUint64(sizes[:], uint64(len(additional)))
	binary.LittleEndian.PutUint64(sizes[8:], uint64(len(ciphertext)))
	mac.padded(sizes[:])
	return mac.sum()
}

// Block writes the block of ChaCha20's key stream with the given counter and
// nonce to dst (RFC 8439 section 2.3). key has KeySize bytes, nonce NonceSize.
func Block(dst *[BlockSize]byte, key []byte, counter uint32, nonce []byte) {
	k := loadKey(key)
	block(dst, &k, counter, nonce)
}

func block(dst *[BlockSize]byte, key *[8]uint32, counter uint32, nonce []byte) {
	in := [16]uint32{
		0x61707865, 0x3320646e, 0x79622d32, 0x6b206574,
		key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7],
		counter, binary.LittleEndian.Uint32(nonce), binary.LittleEndian.Uint32(nonce[4:]), binary.LittleEndian.Uint32(nonce[8:]),
	}
	x0, x1, x2, x3, x4, x5, x6, x7 := in[0], in[1], in[2], in[3], in[4], in[5], in[6], in[7]
	x8, x9, x10, x11, x12, x13, x14, x15 := in[8], in[9], in[10], in[11], in[12], in[13], in[14], in[15]
	for range 10 {
		x0, x4, x8, x12 = quarter(x0, x4, x8, x12)
		x1, x5, x9, x13 = quarter(x1, x5, x9, x13)
		x2, x6, x10, x14 = quarter(x2, x6, x10, x14)
		x3, x7, x11, x15 = quarter(x3, x7, x11, x15)
		x0, x5, x10, x15 = quarter(x0, x5, x10, x15)
		x1, x6, x11, x12 = quarter(x1, x6, x11, x12)
		x2, x7, x8, x13 = quarter(x2, x7, x8, x13)
		x3, x4, x9, x14 = quarter(x3, x4, x9, x14)
	}
	for i, x := range [16]uint32{x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15} {
		binary.LittleEndian.PutUint32(dst[4*i:], x+in[i])
	}
}

// quarter is the quarter round (RFC 8439 section 2.1).
func quarter(a, b, c, d uint32) (uint32, uint32, uint32, uint32) {
	a += b
	d = bits.RotateLeft32(d^a, 16)
	c += d
	b = bits.RotateLeft32(b^c, 12)
	a += b
	d = bits.RotateLeft32(d^a, 8)
	c += d
	b = bits.RotateLeft32(b^c, 7)
	return a, b, c, d
}

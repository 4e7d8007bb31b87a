// Package ccm implements the CCM mode of block ciphers (RFC 3610), which TLS uses
// with AES (RFC 6655) and the standard library does not have.
package ccm

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

const blockSize = 16

var (
	errSize = errors.New("ccm: bad size of block, nonce or tag")
	errOpen = errors.New("ccm: message authentication failed")
)

type ccm struct {
	block      cipher.Block
	nonce, tag int
}

// New returns CCM with a block cipher of 16 bytes, nonces of 7 to 13 bytes, and
// tags of 4 to 16 bytes, an even number. It may be used concurrently.
func New(block cipher.Block, nonce, tag int) (cipher.AEAD, error) {
	if block.BlockSize() != blockSize || nonce < 7 || nonce > 13 || tag < 4 || tag > 16 || tag%2 != 0 {
		return nil, errSize
	}
	return &ccm{block, nonce, tag}, nil
}

func (c *ccm) NonceSize() int { return c.nonce }
func (c *ccm) Overhead() int  { return c.tag }

// Seal implements cipher.AEAD (RFC 3610 sections 2.2 and 2.3). It panics if the
// message is too long for the nonce.
func (c *ccm) Seal(dst, nonce, plaintext, data []byte) []byte {
	if !c.fits(nonce, len(plaintext)) {
		panic(errSize)
	}
	tag := c.mac(nonce, plaintext, data)
	n := len(dst)
	dst = append(dst, plaintext...)
	c.crypt(dst[n:], nonce, &tag)
	return append(dst, tag[:c.tag]...)
}

// Open implements cipher.AEAD (RFC 3610 section 2.5). It overwrites the spare
// capacity of dst even if it returns an error.
func (c *ccm) Open(dst, nonce, ciphertext, data []byte) ([]byte, error) {
	size := len(ciphertext) - c.tag
	if size < 0 || !c.fits(nonce, size) {
		return nil, errOpen
	}
	var tag [blockSize]byte
	copy(tag[:], ciphertext[size:])
	n := len(dst)
	dst = append(dst, ciphertext[:size]...)
	c.crypt(dst[n:], nonce, &tag)
	want := c.mac(nonce, dst[n:], data)
	if subtle.ConstantTimeCompare(want[:c.tag], tag[:c.tag]) == 0 {
		clear(dst[n:])
		return nil, errOpen
	}
	return dst, nil
}

// fits reports whether the nonce has its size, and leaves room for the size of the
// message.
func (c *ccm) fits(nonce []byte, size int) bool {
	l := 15 - c.nonce
	return len(nonce) == c.nonce && (l >= 8 || uint64(size)>>(8*l) == 0)
}

// mac returns the authenticator (RFC 3610 section 2.2), of which the first bytes
// are used.
func (c *ccm) mac(nonce, plaintext, data []byte) (x [blockSize]byte) {
	l := 15 - c.nonce
	x[0] = byte(8*((c.tag-2)/2) + l - 1)
	if len(data) > 0 {
		x[0] |= 1 << 6
	}
	copy(x[1:], nonce)
	for i, n := 0, uint64(len(plaintext)); i < l; i++ {
		x[15-i] = byte(n)
		n >>= 8
	}
	c.block.Encrypt(x[:], x[:])
	if len(data) > 0 {
		c.absorb(&x, data, headOf(len(data)))
	}
	c.absorb(&x, plaintext, nil)
	return x
}

// headOf returns the encoding of the length of the additional data.
func headOf(n int) []byte {
	if n < 0xff00 {
		return binary.BigEndian.AppendUint16(nil, uint16(n))
	}
	return binary.BigEndian.AppendUint32([]byte{0xff, 0xfe}, uint32(n))
}

// absorb adds head and b, padded to blocks.
func (c *ccm) absorb(x *[blockSize]byte, b, head []byte) {
	at := 0
	for _, v := range head {
		x[at] ^= v
		at++
	}
	for len(b) > 0 {
		n := subtle.XORBytes(x[at:], x[at:], b)
		b, at = b[n:], 0
		c.block.Encrypt(x[:], x[:])
	}
}

// crypt applies the key stream to b, from block 1, and to the tag, of block 0.
func (c *ccm) crypt(b, nonce []byte, tag *[blockSize]byte) {
	var counter, key [blockSize]byte
	counter[0] = byte(14 - c.nonce)
	copy(counter[1:], nonce)
	c.block.Encrypt(key[:], counter[:])
	subtle.XORBytes(tag[:c.tag], tag[:c.tag], key[:])
	if len(b) > 0 {
		counter[15] = 1
		cipher.NewCTR(c.block, counter[:]).XORKeyStream(b, b)
	}
}

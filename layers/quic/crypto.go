package quic

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"

	"github.com/sightline-go/sightline/layers/wire"
)

// Packet protection (RFC 9001 section 5).
const (
	nonceLen  = 12
	sampleOff = 4 // from the packet number, as if it had four bytes
	sampleLen = 16
)

// Keys holds the keys of one direction of a connection at one encryption level.
// They may be used concurrently.
type Keys struct {
	payload cipher.AEAD
	header  masker
	iv      [nonceLen]byte

	// Of the secret that they are derived from, for the next keys.
	suite  *suite
	label  string // prefix of the version's labels
	secret []byte // nil for Initial keys
}

// A masker computes the mask of header protection (RFC 9001 section 5.4). It
// replaces the sample, of sampleLen bytes, whose first 5 bytes become the mask.
type masker interface{ mask(sample []byte) }

// blockMasker is that of AES (RFC 9001 section 5.4.3).
type blockMasker struct{ cipher.Block }

func (m blockMasker) mask(sample []byte) { m.Encrypt(sample, sample) }

// InitialKeys returns the keys of Initial packets in one direction (RFC 9001
// section 5.2). They are derived from the Destination Connection ID of the
// client's first Initial packet, or of its first after a Retry. InitialKeys
// returns nil if the version is unknown, or if the standard library rejects
// such keys (GODEBUG fips140=only).
func InitialKeys(v Version, dstID []byte, fromClient bool) *Keys {
	s := v.secrets()
	if s == nil {
		return nil
	}
	initial, err := hkdf.Extract(sha256.New, dstID, unhexKey(s.salt))
	if err != nil {
		return nil
	}
	side := "server in"
	if fromClient {
		side = "client in"
	}
	return newKeys(aes128, s.label, aes128.expandLabel(initial, side, sha256.Size))
}

func unhexKey(s string) []byte {
	b, _ := hex.DecodeString(s)
	return b
}

// A Plaintext is an unprotected packet.
type Plaintext struct {
	b      []byte
	header int

	// Number is the packet number (RFC 9000 section 12.3).
	Number uint64
}

// keyPhase is the bit of a short header that changes with each key update (RFC
// 9001 section 6).
const keyPhase = 0x04

// Header returns the packet's header, including the packet number.
func (p Plaintext) Header() []byte { return p.b[:p.header:p.header] }

// Payload returns the packet's frames. Decode them with [Plaintext.Frames].
func (p Plaintext) Payload() []byte { return p.b[p.header:] }

// Open removes the protection of a packet (RFC 9001 sections 5.3 and 5.4). The
// result is appended to dst, which should have a spare capacity of
// len(p.Bytes())+16; otherwise Open allocates. next is the largest packet
// number received so far in this direction plus 1, or 0 at the start: a packet
// holds only the low bits of its number. The error is Truncated if the capture
// lacks the end of the packet, Short if the packet is too small to be
// protected, and Malformed if packets of its type are not protected or the keys
// do not fit.
func (k *Keys) Open(dst []byte, p Packet, next uint64) (Plaintext, error) {
	if p.Payload() == nil {
		return Plaintext{}, wire.Malformed
	}
	if p.cut {
		return Plaintext{}, wire.Truncated
	}
	m, err := k.unmask(dst, p.b, p.body, next)
	if err != nil {
		return Plaintext{}, err
	}
	return k.open(m)
}

// A masked is a copy of a packet without header protection.
type masked struct {
	b      []byte // has room for a nonce after it
	header int
	number uint64
}

// unmask appends the packet b, whose packet number is at offset body, to dst and
// removes its header protection.
func (k *Keys) unmask(dst, b []byte, body int, next uint64) (masked, error) {
	if len(b)-body < sampleOff+sampleLen {
		return masked{}, wire.Short
	}
	size := len(b)
	from := len(dst)
	// The mask, and then the nonce, are stored after the copy of the packet.
	sample := b[body+sampleOff : body+sampleOff+sampleLen]
	b = append(append(dst, b...), sample...)[from:]
	extra := b[size:]
	k.header.mask(extra)
	bits := byte(0x0f)
	if b[0]&longForm == 0 {
		bits = 0x1f
	}
	b[0] ^= extra[0] & bits
	length := 1 + int(b[0]&3)
	var low uint64
	for i := range length {
		b[body+i] ^= extra[1+i]
		low = low<<8 | uint64(b[body+i])
	}
	return masked{b[:size], body + length, packetNumber(low, length, next)}, nil
}

// open decrypts a packet in place. If that fails, its payload is lost.
func (k *Keys) open(m masked) (Plaintext, error) {
	nonce := m.b[len(m.b):][:nonceLen]
	copy(nonce, k.iv[:])
	for i := range 8 {
		nonce[nonceLen-1-i] ^= byte(m.number >> (8 * i))
	}
	b := m.b[:len(m.b):len(m.b)]
	plain, err := k.payload.Open(b[m.header:m.header], nonce, b[m.header:], b[:m.header])
	if err != nil {
		return Plaintext{}, wire.Malformed
	}
	return Plaintext{b[:m.header+len(plain)], m.header, m.number}, nil
}

// packetNumber returns the number closest to next that ends with the low size
// bytes (RFC 9000 appendix A.3).
func packetNumber(low uint64, size int, next uint64) uint64 {
	window := uint64(1) << (8 * size)
	n := next&^(window-1) | low
	switch {
	case n+window/2 <= next && n < 1<<62-window:
		return n + window
	case n > next+window/2 && n >= window:
		return n - window
	}
	return n
}

// AuthenticRetry reports whether p is a Retry packet with a valid integrity
// tag, sent in reply to a client's packet with Destination Connection ID dstID
// (RFC 9001 section 5.8). Drafts before 25 have no tag, and the tags of
// Google's versions are undocumented.
func (p Packet) AuthenticRetry(dstID []byte) bool {
	s := p.Version().secrets()
	if p.typ != Retry || s.retryKey == "" || len(dstID) > maxID {
		return false
	}
	aead, err := newGCM(unhexKey(s.retryKey))
	if err != nil {
		return false
	}
	pseudo := append([]byte{byte(len(dstID))}, dstID...)
	pseudo = append(pseudo, p.b[:p.body]...)
	_, err = aead.Open(nil, unhexKey(s.retryNonce), p.IntegrityTag(), pseudo)
	return err == nil
}

package quic

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"

	"github.com/sightline-go/sightline/layers/wire"
)

// Packet protection (RFC 9001 section 5). Initial packets use AES-128-GCM.
const (
	keyLen    = 16
	nonceLen  = 12
	sampleOff = 4 // from the packet number, as if that had its full length
	sampleLen = 16
)

// Keys are the keys of one direction of a connection at one encryption
// level. They may be used concurrently.
type Keys struct {
	payload cipher.AEAD
	header  cipher.Block
	iv      [nonceLen]byte
}

// InitialKeys returns the keys of Initial packets (RFC 9001 section 5.2) of
// one direction. They come from the Destination Connection ID of the first
// Initial packet that the client sent, or sent after a Retry. It returns nil
// when the version is not known, or when the standard library may not use such
// keys (GODEBUG fips140=only).
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
	secret := expandLabel(initial, side, sha256.Size)
	header, err := aes.NewCipher(expandLabel(secret, s.label+"hp", keyLen))
	if err != nil {
		return nil
	}
	payload, err := newGCM(expandLabel(secret, s.label+"key", keyLen))
	if err != nil {
		return nil
	}
	k := &Keys{payload: payload, header: header}
	copy(k.iv[:], expandLabel(secret, s.label+"iv", nonceLen))
	return k
}

// unhexKey decodes one of the constants of quicSecrets.
func unhexKey(s string) []byte {
	b, _ := hex.DecodeString(s)
	return b
}

// expandLabel is HKDF-Expand-Label of RFC 8446 section 7.1 without a context.
// When the standard library is told to refuse it, it returns nil, which no
// cipher takes for a key.
func expandLabel(secret []byte, label string, size int) []byte {
	const prefix = "tls13 "
	info := string([]byte{byte(size >> 8), byte(size), byte(len(prefix) + len(label))}) + prefix + label + "\x00"
	b, _ := hkdf.Expand(sha256.New, secret, info, size)
	return b
}

func newGCM(key []byte) (cipher.AEAD, error) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(c)
}

// A Plaintext is a packet without its protection.
type Plaintext struct {
	b      []byte
	header int

	// Number is the packet number (RFC 9000 section 12.3).
	Number uint64
}

// Header returns the packet's header, the packet number included.
func (p Plaintext) Header() []byte { return p.b[:p.header:p.header] }

// Payload returns the packet's frames: see Frames.
func (p Plaintext) Payload() []byte { return p.b[p.header:] }

// Open removes the protection of a packet (RFC 9001 sections 5.3 and 5.4). What
// it returns lies in dst, behind what dst holds; 16 bytes more than p.Bytes()
// are needed, and allocated when dst has not that capacity. next is the packet
// number after the largest that came in this direction, 0 before the first: the
// packet holds only the low bits of its number. The error is Truncated when the
// capture lacks the packet's end, Short when the packet is too small to be
// protected, Malformed when its type is never protected or the keys are not its
// keys.
func (k *Keys) Open(dst []byte, p Packet, next uint64) (Plaintext, error) {
	body := p.Payload()
	switch {
	case body == nil:
		return Plaintext{}, wire.Malformed
	case p.cut:
		return Plaintext{}, wire.Truncated
	case len(body) < sampleOff+sampleLen:
		return Plaintext{}, wire.Short
	}
	// The mask, and then the nonce, lie behind the copy of the packet.
	from := len(dst)
	b := append(append(dst, p.b...), body[sampleOff:sampleOff+sampleLen]...)[from:]
	b, extra := b[:len(p.b):len(p.b)], b[len(p.b):]
	k.header.Encrypt(extra, extra)
	b[0] ^= extra[0] & 0x0f
	size := 1 + int(b[0]&3)
	var low uint64
	for i := range size {
		b[p.body+i] ^= extra[1+i]
		low = low<<8 | uint64(b[p.body+i])
	}
	number := packetNumber(low, size, next)
	nonce := extra[:nonceLen]
	copy(nonce, k.iv[:])
	for i := range 8 {
		nonce[nonceLen-1-i] ^= byte(number >> (8 * i))
	}
	head := p.body + size
	plain, err := k.payload.Open(b[head:head], nonce, b[head:], b[:head])
	if err != nil {
		return Plaintext{}, wire.Malformed
	}
	return Plaintext{b[:head+len(plain)], head, number}, nil
}

// quicPacketNumber returns the number nearest to next that ends with the low
// size bytes (RFC 9000 appendix A.3).
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

// AuthenticRetry reports whether p is a Retry packet that answers the client's
// packet with the Destination Connection ID dstID: whether its tag is right
// (RFC 9001 section 5.8). Drafts before 25 have no such tag, and Google's
// versions none that is documented.
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

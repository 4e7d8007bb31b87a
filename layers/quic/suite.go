package quic

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"

	"github.com/sightline-go/sightline/internal/ccm"
	"github.com/sightline-go/sightline/internal/chacha"
)

// The cipher suites of TLS 1.3 that QUIC uses (RFC 8446 appendix B.4, RFC 9001
// section 5.3).
const (
	aes128GCM        = 0x1301
	aes256GCM        = 0x1302
	chacha20Poly1305 = 0x1303
	aes128CCM        = 0x1304
)

// A suite is what a cipher suite uses.
type suite struct {
	hash    func() hash.Hash
	size    int // of the hash and of the secrets
	key     int // length of the keys
	payload func(key []byte) (cipher.AEAD, error)
	header  func(key []byte) (masker, error)
}

var (
	aes128   = &suite{sha256.New, sha256.Size, 16, newGCM, newBlockMasker}
	aes256   = &suite{sha512.New384, sha512.Size384, 32, newGCM, newBlockMasker}
	aes128C  = &suite{sha256.New, sha256.Size, 16, newCCM, newBlockMasker}
	chacha20 = &suite{sha256.New, sha256.Size, chacha.KeySize, chacha.New, newChachaMasker}
)

func suiteOf(number uint16) *suite {
	switch number {
	case aes128GCM:
		return aes128
	case aes256GCM:
		return aes256
	case chacha20Poly1305:
		return chacha20
	case aes128CCM:
		return aes128C
	}
	return nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(c)
}

func newCCM(key []byte) (cipher.AEAD, error) {
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return ccm.New(c, nonceLen, tagLen)
}

func newBlockMasker(key []byte) (masker, error) {
	c, err := aes.NewCipher(key)
	return blockMasker{c}, err
}

// A chachaMasker is that of ChaCha20 (RFC 9001 section 5.4.4).
type chachaMasker [chacha.KeySize]byte

func newChachaMasker(key []byte) (masker, error) {
	var m chachaMasker
	copy(m[:], key)
	return &m, nil
}

func (m *chachaMasker) mask(sample []byte) {
	var block [chacha.BlockSize]byte
	chacha.Block(&block, m[:], binary.LittleEndian.Uint32(sample), sample[4:sampleLen])
	copy(sample, block[:5])
}

// expandLabel is HKDF-Expand-Label (RFC 8446 section 7.1) without a context. If
// the standard library is configured to reject it, it returns nil, which no
// cipher accepts as a key.
func (s *suite) expandLabel(secret []byte, label string, size int) []byte {
	const prefix = "tls13 "
	info := string([]byte{byte(size >> 8), byte(size), byte(len(prefix) + len(label))}) + prefix + label + "\x00"
	b, _ := hkdf.Expand(s.hash, secret, info, size)
	return b
}

// newKeys derives keys from a secret (RFC 9001 section 5.1). It returns nil if
// the standard library rejects them.
func newKeys(s *suite, label string, secret []byte) *Keys {
	header, err := s.header(s.expandLabel(secret, label+"hp", s.key))
	if err != nil {
		return nil
	}
	return withHeader(s, label, secret, header)
}

func withHeader(s *suite, label string, secret []byte, header masker) *Keys {
	payload, err := s.payload(s.expandLabel(secret, label+"key", s.key))
	if err != nil {
		return nil
	}
	k := &Keys{payload: payload, header: header, suite: s, label: label, secret: secret}
	copy(k.iv[:], s.expandLabel(secret, label+"iv", nonceLen))
	return k
}

// NewKeys returns the keys that are derived from a traffic secret of TLS, for
// the 0-RTT, Handshake or 1-RTT packets of one direction (RFC 9001 section 5.1).
// cipherSuite is that of TLS. NewKeys returns nil if the version or the suite is
// unknown, or the secret does not have its length.
func NewKeys(v Version, cipherSuite uint16, secret []byte) *Keys {
	constants, s := v.secrets(), suiteOf(cipherSuite)
	if constants == nil || s == nil || len(secret) != s.size {
		return nil
	}
	return newKeys(s, constants.label, secret)
}

// next returns the keys after a key update (RFC 9001 section 6.1), nil if the
// standard library rejects them. Header protection does not change.
func (k *Keys) next() *Keys {
	return withHeader(k.suite, k.label, k.suite.expandLabel(k.secret, k.label+"ku", k.suite.size), k.header)
}

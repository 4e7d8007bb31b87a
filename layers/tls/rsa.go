package tls

import (
	"bytes"
	"crypto/rsa"
	"math/big"
)

// maxRSAKeys limits the private keys of Keys.
const maxRSAKeys = 256

// AddRSA adds the private key of a server. It decrypts connections of TLS 1.0 to 1.2
// whose cipher suite has RSA as its key exchange (RFC 5246 section 7.4.7.1). It
// reports false if the key does not have two primes, or if there are too many keys.
// Keys of any size are used.
func (k *Keys) AddRSA(key *rsa.PrivateKey) bool {
	if len(k.rsa) == maxRSAKeys || key.N == nil || key.D == nil || len(key.Primes) != 2 || key.Size() < masterLen+paddingLen {
		return false
	}
	p, q := key.Primes[0], key.Primes[1]
	if p.Cmp(two) <= 0 || q.Cmp(two) <= 0 || new(big.Int).Mul(p, q).Cmp(key.N) != 0 {
		return false
	}
	k.rsa = append(k.rsa, key)
	return true
}

var two = big.NewInt(2)

// paddingLen is the length of the shortest padding (RFC 8017 section 7.2.1).
const paddingLen = 11

// HasRSA reports whether there are private keys.
func (k *Keys) HasRSA() bool { return k != nil && len(k.rsa) > 0 }

// RSA returns the private key that belongs to a certificate in DER, or nil. The
// certificate contains its modulus.
func (k *Keys) RSA(certificate []byte) *rsa.PrivateKey {
	if k == nil {
		return nil
	}
	for _, key := range k.rsa {
		if bytes.Contains(certificate, key.N.Bytes()) {
			return key
		}
	}
	return nil
}

// PremasterCost returns the work of Premaster, in bytes that could be hashed
// meanwhile.
func PremasterCost(key *rsa.PrivateKey) int64 {
	words := int64(key.N.BitLen()/64 + 1)
	return 16 * words * words * words
}

// Premaster decrypts a premaster secret (RFC 5246 section 7.4.7.1), which is padded
// as in RFC 8017 section 7.2. It returns nil if it is not one. It does not take the
// same time for all: use it with captures only.
func Premaster(key *rsa.PrivateKey, encrypted []byte) []byte {
	c := new(big.Int).SetBytes(encrypted)
	if len(encrypted) > key.Size() || c.Cmp(key.N) >= 0 {
		return nil
	}
	m := make([]byte, key.Size())
	crt(key, c).FillBytes(m)
	end := len(m) - masterLen
	if end < paddingLen || m[0] != 0 || m[1] != 2 || m[end-1] != 0 || bytes.IndexByte(m[2:end-1], 0) >= 0 {
		return nil
	}
	return m[end:]
}

// crt returns c to the power of the private exponent, by the Chinese remainder
// theorem (RFC 8017 section 5.1.2).
func crt(key *rsa.PrivateKey, c *big.Int) *big.Int {
	p, q := key.Primes[0], key.Primes[1]
	root := func(prime *big.Int) *big.Int {
		d := new(big.Int).Mod(key.D, new(big.Int).Sub(prime, big.NewInt(1)))
		return new(big.Int).Exp(c, d, prime)
	}
	inverse := new(big.Int).ModInverse(q, p)
	if inverse == nil {
		return new(big.Int)
	}
	m, n := root(p), root(q)
	m.Sub(m, n)
	m.Mul(m, inverse)
	m.Mod(m, p)
	return m.Mul(m, q).Add(m, n)
}

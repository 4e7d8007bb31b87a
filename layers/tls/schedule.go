package tls

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/subtle"
	"hash"
	"slices"
)

// Versions of TLS, as in a ServerHello.
const (
	version10 = 0x0301
	version12 = 0x0303
	version13 = 0x0304
)

const (
	masterLen   = 48 // RFC 5246 section 8.1
	nonceLen    = 12 // RFC 8446 section 5.3
	implicitLen = 4  // RFC 5288 section 3
)

// A Negotiation is what the two hellos of a connection agreed on: all that the
// protection of records depends on, except for the secrets.
type Negotiation struct {
	Version        uint16 // such as 0x0303 for TLS 1.2; that of TLS for DTLS
	Suite          uint16
	ClientRandom   [randomLen]byte
	ServerRandom   [randomLen]byte
	EncryptThenMAC bool // RFC 7366
	ExtendedMaster bool // RFC 7627
}

// The extensions that Negotiate reads.
const (
	extensionEncryptThenMAC = 22
	extensionExtendedMaster = 23
)

// Negotiate returns what a client, whose hello had the given random, and a server
// agreed on. It reports false if records are protected in a way that is not
// implemented: a compression, SSL 3, a draft of TLS 1.3, or an unusual cipher suite.
func Negotiate(clientRandom []byte, s ServerHello) (Negotiation, bool) {
	n := Negotiation{Version: s.SelectedVersion(), Suite: s.CipherSuite()}
	switch n.Version {
	case 0xfeff: // DTLS 1.0 (RFC 4347 section 4.1)
		n.Version = version10 + 1
	case 0xfefd: // DTLS 1.2
		n.Version = version12
	}
	copy(n.ClientRandom[:], clientRandom)
	copy(n.ServerRandom[:], s.Random())
	_, n.EncryptThenMAC = s.Extension(extensionEncryptThenMAC)
	_, n.ExtendedMaster = s.Extension(extensionExtendedMaster)
	_, known := suiteOf(n.Suite)
	ok := known && s.CompressionMethod() == 0 && version10 <= n.Version && n.Version <= version13
	return n, ok && of13(n.Suite) == (n.Version == version13)
}

// Is13 reports whether the version is TLS 1.3.
func (n *Negotiation) Is13() bool { return n.Version == version13 }

// Hash returns the hash function of the handshake, which an extended master secret
// depends on (RFC 7627 section 3), or nil before TLS 1.2: there it is
// MD5 and SHA-1, one after the other.
func (n *Negotiation) Hash() func() hash.Hash {
	s, _ := suiteOf(n.Suite)
	if n.Version < version12 {
		return nil
	}
	return s.prf
}

// MasterSecret returns the master secret of a premaster secret (RFC 5246 section
// 8.1), or nil if the cipher suite is unknown. messages are the handshake messages
// from the ClientHello to the ClientKeyExchange, with their headers. They are used
// if ExtendedMaster is set (RFC 7627 section 4).
func (n *Negotiation) MasterSecret(premaster, messages []byte) []byte {
	if !n.ExtendedMaster {
		return n.prf(premaster, "master secret", slices.Concat(n.ClientRandom[:], n.ServerRandom[:]), masterLen)
	}
	var sum []byte
	if h := n.Hash(); h != nil {
		d := h()
		d.Write(messages)
		sum = d.Sum(nil)
	} else {
		m, s := md5.Sum(messages), sha1.Sum(messages)
		sum = append(m[:], s[:]...)
	}
	return n.prf(premaster, "extended master secret", sum, masterLen)
}

// prf is the pseudorandom function of TLS 1.0 to 1.2 (RFC 2246 section 5, RFC 5246
// section 5).
func (n *Negotiation) prf(secret []byte, label string, seed []byte, size int) []byte {
	seed = append([]byte(label), seed...)
	if h := n.Hash(); h != nil {
		return pHash(h, secret, seed, size)
	}
	half := (len(secret) + 1) / 2
	out := pHash(md5.New, secret[:half], seed, size)
	subtle.XORBytes(out, out, pHash(sha1.New, secret[len(secret)-half:], seed, size))
	return out
}

// pHash is P_hash (RFC 5246 section 5).
func pHash(h func() hash.Hash, secret, seed []byte, size int) (out []byte) {
	mac := hmac.New(h, secret)
	sum := func(parts ...[]byte) []byte {
		mac.Reset()
		for _, p := range parts {
			mac.Write(p)
		}
		return mac.Sum(nil)
	}
	for a := sum(seed); len(out) < size; a = sum(a) {
		out = append(out, sum(a, seed)...)
	}
	return out[:size]
}

// Protections returns the protection of the records that the client and the server
// send after change_cipher_spec, for a master secret of TLS 1.0 to 1.2 (RFC 5246
// section 6.3). It reports false if Negotiate would, or for TLS 1.3.
func (n *Negotiation) Protections(master []byte) (client, server *Protection, ok bool) {
	s, known := suiteOf(n.Suite)
	if !known || n.Version < version10 || n.Version > version12 {
		return nil, nil, false
	}
	macLen := 0
	if s.mac != nil {
		macLen = s.mac().Size()
	}
	keyLen, ivLen := s.bulk.keyLen(), s.bulk.ivLen()
	block := n.prf(master, "key expansion", slices.Concat(n.ServerRandom[:], n.ClientRandom[:]), 2*(macLen+keyLen+ivLen))
	take := func(size int) (part []byte) {
		part, block = block[:size], block[size:]
		return part
	}
	mac := [2][]byte{take(macLen), take(macLen)}
	key := [2][]byte{take(keyLen), take(keyLen)}
	iv := [2][]byte{take(ivLen), take(ivLen)}
	client, ok = newProtection(s, n.Version, n.EncryptThenMAC, mac[0], key[0], iv[0])
	if !ok {
		return nil, nil, false
	}
	server, ok = newProtection(s, n.Version, n.EncryptThenMAC, mac[1], key[1], iv[1])
	return client, server, ok
}

// TrafficProtection returns the protection of records with a traffic secret of TLS
// 1.3 (RFC 8446 section 7.3). It reports false if the cipher suite is not one of TLS
// 1.3, or the secret does not have the length of its hash.
func TrafficProtection(suite uint16, secret []byte) (*Protection, bool) {
	s, known := suiteOf(suite)
	if !known || !of13(suite) || len(secret) != s.prf().Size() {
		return nil, false
	}
	key := expandLabel(s.prf, secret, "key", s.bulk.keyLen())
	iv := expandLabel(s.prf, secret, "iv", nonceLen)
	p, ok := newProtection(s, version13, false, nil, key, iv)
	if ok {
		p.secret = secret
	}
	return p, ok
}

// Next returns the protection after a KeyUpdate (RFC 8446 section 7.2), with
// sequence numbers from 0. It returns nil before TLS 1.3.
func (p *Protection) Next() *Protection {
	if p.secret == nil {
		return nil
	}
	secret := expandLabel(p.suite.prf, p.secret, "traffic upd", len(p.secret))
	key := expandLabel(p.suite.prf, secret, "key", p.suite.bulk.keyLen())
	iv := expandLabel(p.suite.prf, secret, "iv", nonceLen)
	next, ok := newProtection(p.suite, version13, false, nil, key, iv)
	if !ok {
		return nil
	}
	next.secret = secret
	return next
}

// expandLabel is HKDF-Expand-Label (RFC 8446 section 7.1) without a context. It
// returns nil, which no cipher accepts as a key, if the standard library is
// configured to reject it.
func expandLabel(h func() hash.Hash, secret []byte, label string, size int) []byte {
	const prefix = "tls13 "
	info := string([]byte{byte(size >> 8), byte(size), byte(len(prefix) + len(label))}) + prefix + label + "\x00"
	b, _ := hkdf.Expand(h, secret, info, size)
	return b
}

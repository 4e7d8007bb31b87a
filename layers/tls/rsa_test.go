package tls

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"
)

// newRSA returns a private key, also of a size that package rsa refuses.
func newRSA(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	e := big.NewInt(65537)
	for {
		p, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			t.Fatal(err)
		}
		q, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			t.Fatal(err)
		}
		one := big.NewInt(1)
		d := new(big.Int).ModInverse(e, new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)))
		if n := new(big.Int).Mul(p, q); d != nil && p.Cmp(q) != 0 && n.BitLen() == bits {
			return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
		}
	}
}

// encrypt pads and encrypts a message (RFC 8017 section 7.2.1), with padding of 0xff.
func encrypt(key *rsa.PrivateKey, message []byte) []byte {
	m := append([]byte{0, 2}, bytes.Repeat([]byte{0xff}, key.Size()-3-len(message))...)
	m = append(append(m, 0), message...)
	c := new(big.Int).Exp(new(big.Int).SetBytes(m), big.NewInt(int64(key.E)), key.N)
	return c.FillBytes(make([]byte, key.Size()))
}

func TestRSA(t *testing.T) {
	premaster := unhex(t, someMaster)
	for _, bits := range []int{512, 768, 1024} {
		key := newRSA(t, bits)
		var k Keys
		if !k.AddRSA(key) || k.Len() != 1 || k.RSA(append([]byte("certificate"), key.N.Bytes()...)) != key || k.RSA([]byte("certificate")) != nil {
			t.Fatalf("%d bits: not added", bits)
		}
		if got := Premaster(key, encrypt(key, premaster)); !bytes.Equal(got, premaster) {
			t.Errorf("%d bits: %x", bits, got)
		}
		for _, c := range [][]byte{nil, encrypt(key, premaster[1:]), make([]byte, key.Size()+1), key.N.Bytes(), encrypt(newRSA(t, bits), premaster)} {
			if got := Premaster(key, c); got != nil {
				t.Errorf("%d bits, %x: %x", bits, c, got)
			}
		}
	}
	var k Keys
	for _, bad := range []*rsa.PrivateKey{
		{}, {PublicKey: rsa.PublicKey{N: big.NewInt(15)}, D: big.NewInt(3), Primes: []*big.Int{big.NewInt(3), big.NewInt(5)}},
		newRSA(t, 256),
	} {
		if k.AddRSA(bad) {
			t.Errorf("%v is added", bad)
		}
	}
	wrong := newRSA(t, 512)
	wrong.Primes = newRSA(t, 512).Primes
	if k.AddRSA(wrong) {
		t.Error("a key whose primes are not those of its modulus is added")
	}
	key := newRSA(t, 512)
	for range maxRSAKeys {
		k.AddRSA(key)
	}
	if k.AddRSA(key) || k.Len() != maxRSAKeys || k.Clone().Len() != maxRSAKeys {
		t.Errorf("%d keys", k.Len())
	}
}

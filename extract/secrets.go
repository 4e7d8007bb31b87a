package extract

import (
	"bufio"
	"bytes"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"io"
	"math/big"

	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// AddSecrets adds the TLS secrets in a Decryption Secrets Block to k, and reports
// whether b is one. Set it as the pcap.Config.OnBlock of a Reader, with the k of
// Options.Stream, to collect the secrets of a capture before it is decoded:
//
//	k := new(tls.Keys)
//	r, err := pcap.Config{OnBlock: func(b pcap.RawBlock) { extract.AddSecrets(k, b) }}.Open(name)
func AddSecrets(k *tls.Keys, b pcap.RawBlock) bool {
	s, ok := pcapng.Parse(b).Secrets()
	if !ok || s.Type != pcapng.SecretsTLS {
		return false
	}
	k.Read(bytes.NewReader(s.Data)) // which does not fail
	return true
}

// OnBlock uses the TLS secrets in a Decryption Secrets Block, in addition to those
// of Options.Stream. It is for the pcap.Config of a Reader that Read is called with
// next; ReadInput uses it, too. Blocks after the first packet of their
// capture are not used, and counted in Unseen.LateSecrets: which of the packets
// would be decrypted depends on how many are in memory.
func (x *Extractor) OnBlock(b pcap.RawBlock) {
	var k tls.Keys
	if !AddSecrets(&k, b) {
		return
	}
	if x.reading && x.capture().Packets > 0 {
		x.report.Unseen.LateSecrets++
		return
	}
	if !x.collected {
		x.collected, x.given = true, x.Stream.Keys
		x.Stream.Keys = x.Stream.Keys.Clone()
		x.setKeys()
	}
	x.Stream.Keys.Add(&k)
}

// maxPEM limits the size of a file with private keys, in bytes.
const maxPEM = 1 << 20

// ReadKeys adds a key log to k (see tls.Keys.Read), or, if src begins with a PEM block
// (RFC 7468), the RSA private keys in it: PKCS #1 or PKCS #8, without a password.
// The error is that of src, or says that no key in PEM can be used.
func ReadKeys(k *tls.Keys, src io.Reader) error {
	b := bufio.NewReader(src)
	const begin = "-----BEGIN "
	if head, _ := b.Peek(len(begin)); string(head) != begin {
		return k.Read(b)
	}
	text, err := io.ReadAll(io.LimitReader(b, maxPEM))
	if err != nil {
		return err
	}
	used := false
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if key := privateKey(block); key != nil && k.AddRSA(key) {
			used = true
		}
	}
	if !used {
		return errors.New("no RSA private key without a password")
	}
	return nil
}

// privateKey returns the RSA key in a PEM block, or nil. Package x509 refuses small
// keys.
func privateKey(block *pem.Block) *rsa.PrivateKey {
	der := block.Bytes
	if block.Type == "PRIVATE KEY" { // RFC 5208 section 5
		var outer struct {
			Version   int
			Algorithm asn1.RawValue
			Key       []byte
			Rest      asn1.RawValue `asn1:"optional"`
		}
		if _, err := asn1.Unmarshal(der, &outer); err != nil {
			return nil
		}
		der = outer.Key
	} else if block.Type != "RSA PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
		return nil
	}
	var k struct { // RFC 8017 appendix A.1.2
		Version                    int
		N, E, D, P, Q, DP, DQ, Inv *big.Int
		Rest                       asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(der, &k); err != nil {
		return nil
	}
	return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: k.N}, D: k.D, Primes: []*big.Int{k.P, k.Q}}
}

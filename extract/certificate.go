package extract

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A Certificate is an X.509 certificate that a server or a client presented.
type Certificate struct {
	Fact
	SHA256 string `json:"sha256"` // of the DER bytes, in hexadecimal
	SHA1   string `json:"sha1"`
	MD5    string `json:"md5"`

	// The fields of RFC 5280, as far as crypto/x509 accepts the certificate.
	Subject    string    `json:"subject,omitempty"` // as in RFC 2253
	Issuer     string    `json:"issuer,omitempty"`
	CommonName string    `json:"common_name,omitempty"` // of the subject
	Serial     string    `json:"serial,omitempty"`      // decimal
	NotBefore  time.Time `json:"not_before,omitzero"`
	NotAfter   time.Time `json:"not_after,omitzero"`
	Names      []string  `json:"names,omitempty"` // DNS names, IP addresses and mail addresses (section 4.2.1.6)
	KeyType    string    `json:"key_type,omitempty"`
	KeyBits    int       `json:"key_bits,omitempty"`
	Signature  string    `json:"signature,omitempty"` // the signature algorithm
	CA         bool      `json:"ca,omitempty"`
	SelfSigned bool      `json:"self_signed,omitempty"`

	// Unparsed says why fields are empty or Names is incomplete.
	Unparsed string `json:"unparsed,omitempty"`
}

func (c *Certificate) appendKey(dst []byte) []byte { return append(dst, c.SHA256...) }

func (c *Certificate) merge(o *Certificate) { c.Fact.merge(&o.Fact) }

var certificates = handleOf[Certificate]()

// Certificates returns the certificates, in order of SHA-256.
func (r *Report) Certificates() iter.Seq[*Certificate] { return certificates.all(r) }

// A Presented says which side of a connection presented a certificate, and at which
// position of its chain.
type Presented struct {
	Fact
	SHA256   string         `json:"sha256"`
	Server   netip.AddrPort `json:"server"`
	Client   bool           `json:"client,omitempty"` // the client presented it to the server
	Position int            `json:"position"`         // 0: its own certificate; from 1: the issuers'
}

func (p *Presented) appendKey(dst []byte) []byte {
	dst = appendAddrPort(append(dst, p.SHA256...), p.Server)
	dst = append(dst, byte(min(p.Position, maxChain)), 0)
	if p.Client {
		dst[len(dst)-1] = 1
	}
	return dst
}

func (p *Presented) merge(o *Presented) { p.Fact.merge(&o.Fact) }

var presented = handleOf[Presented]()

// Presented returns the servers and clients that presented certificates, in order
// of the certificates' SHA-256.
func (r *Report) Presented() iter.Seq[*Presented] { return presented.all(r) }

// maxChain limits the certificates of a chain that are recorded.
const maxChain = 64

// The limits of a certificate, in bytes. A larger one than maxDER is hashed but not
// parsed, because crypto/x509 takes more than linear time. RFC 5280 section 4.1.2.2
// allows serial numbers of 20 bytes. All Names together may have maxListLen.
const (
	maxDER    = 64 << 10
	maxField  = 4096
	maxSerial = 128
)

func (w *worker) chain(_ *shard, m *stream.Message) {
	c, err := tls.ParseCertificate(m.Data)
	if err != nil {
		return
	}
	e, position := w.byMessage(m), 0
	for der := range c.Chain() {
		if position == maxChain {
			w.report.Unseen.TooLong++
			return
		}
		sum := sha256.Sum256(der)
		id := hex.EncodeToString(sum[:])
		if row := certificates.observe(w, Certificate{SHA256: id}, e); row != nil && row.SHA1 == "" {
			row.parse(der)
		}
		presented.observe(w, Presented{SHA256: id, Server: m.Conn.Flow.Dst, Client: m.FromClient, Position: position}, e)
		position++
	}
}

func (c *Certificate) parse(der []byte) {
	s1, m := sha1.Sum(der), md5.Sum(der)
	c.SHA1, c.MD5 = hex.EncodeToString(s1[:]), hex.EncodeToString(m[:])
	if len(der) > maxDER {
		c.Unparsed = fmt.Sprintf("more than %d bytes", maxDER)
		return
	}
	p, err := x509.ParseCertificate(der)
	if err != nil {
		c.Unparsed = text([]byte(err.Error()))
		return
	}
	c.Subject, c.Issuer, c.CommonName = c.field(p.Subject.String()), c.field(p.Issuer.String()), c.field(p.Subject.CommonName)
	if p.SerialNumber.BitLen() > 8*maxSerial {
		c.Unparsed = "a field is too long"
	} else {
		c.Serial = p.SerialNumber.String()
	}
	c.Signature, c.CA = p.SignatureAlgorithm.String(), p.IsCA
	c.NotBefore, c.NotAfter = p.NotBefore.UTC(), p.NotAfter.UTC()
	c.names(p)
	c.KeyType = p.PublicKeyAlgorithm.String()
	c.KeyBits = keyBits(p.PublicKey)
	c.SelfSigned = selfSigned(p, c.KeyBits)
}

// field returns s as text, or "" if it is too long.
func (c *Certificate) field(s string) string {
	if len(s) > maxField {
		c.Unparsed = "a field is too long"
		return ""
	}
	return text([]byte(s))
}

func (c *Certificate) names(p *x509.Certificate) {
	var ips []string
	for _, ip := range p.IPAddresses {
		ips = append(ips, ip.String())
	}
	size := 0
	for _, n := range slices.Concat(p.DNSNames, ips, p.EmailAddresses) {
		if size += len(n); size > maxListLen {
			c.Unparsed = "too many names"
			return
		}
		c.Names = append(c.Names, text([]byte(n)))
	}
}

func keyBits(key any) int {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen()
	case *ecdsa.PublicKey:
		return k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return 8 * len(k)
	}
	return 0
}

// selfSigned reports whether a certificate is signed with its own key. Keys of more
// than 8192 bits are not tried: verification would take too long.
func selfSigned(p *x509.Certificate, bits int) bool {
	return bytes.Equal(p.RawIssuer, p.RawSubject) && bits <= 8192 &&
		p.CheckSignature(p.SignatureAlgorithm, p.RawTBSCertificate, p.Signature) == nil
}

package extract

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"testing"
	"time"
)

// Only the first maxChain certificates of a chain are recorded.
func TestMaxChain(t *testing.T) {
	list := ""
	for i := range maxChain + 20 {
		der := fmt.Sprintf("%03d", i)
		list += string([]byte{0, 0, byte(len(der))}) + der
	}
	list = string([]byte{0, byte(len(list) >> 8), byte(len(list))}) + list
	var c capture
	c.conversation("203.0.113.1", clientHello(""), record(11, list))
	rep := c.report(t, Options{})
	n := 0
	for range rep.Certificates() {
		n++
	}
	if n != maxChain || rep.Unseen.TooLong != 1 {
		t.Errorf("%d certificates, %d too long", n, rep.Unseen.TooLong)
	}
}

// A certificate with fields as large as a message may be has its hashes recorded,
// and costs little time and memory.
func TestLargeCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range 2000 {
		names = append(names, fmt.Sprintf("host%d.example", i))
	}
	serial := func(bytes uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), 8*bytes-2) }
	for name, test := range map[string]struct {
		certificate x509.Certificate
		unparsed    string
		subject     bool
		names       int
	}{
		"ordinary":              {x509.Certificate{SerialNumber: serial(20), DNSNames: names[:100]}, "", true, 100},
		"a serial number":       {x509.Certificate{SerialNumber: serial(1000)}, "a field is too long", true, 0},
		"a large serial number": {x509.Certificate{SerialNumber: serial(1 << 20)}, "more than 65536 bytes", false, 0},
		"a subject":             {x509.Certificate{SerialNumber: serial(20), Subject: pkix.Name{Organization: names[:1000]}}, "a field is too long", false, 0},
		"names":                 {x509.Certificate{SerialNumber: serial(20), DNSNames: names}, "too many names", true, 0},
	} {
		if len(test.certificate.Subject.Organization) == 0 {
			test.certificate.Subject.CommonName = "x"
		}
		der, err := x509.CreateCertificate(rand.Reader, &test.certificate, &test.certificate, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var c Certificate
		c.parse(der)
		size := len(c.Subject) + len(c.Issuer) + len(c.CommonName) + len(c.Serial)
		for _, n := range c.Names {
			size += len(n)
		}
		if c.SHA1 == "" || c.Unparsed != test.unparsed || (c.Subject != "") != test.subject || test.names > 0 && len(c.Names) != test.names {
			t.Errorf("%s: %.500v", name, c)
		}
		if size > 3*maxField+maxListLen+3*maxSerial {
			t.Errorf("%s: %d bytes kept", name, size)
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

// A certificate that crypto/x509 rejects still has its hashes.
func TestRefusedCertificates(t *testing.T) {
	for _, der := range []string{"", "x", "\x30\x80", "\x30\x03\x02\x01\x01", "\x30\x84\xff\xff\xff\xff\x30"} {
		list := string([]byte{0, 0, byte(len(der) + 3), 0, 0, byte(len(der))}) + der
		var c capture
		c.conversation("203.0.113.1", clientHello(""), record(11, list))
		sum := sha256.Sum256([]byte(der))
		n := 0
		for cert := range c.report(t, Options{}).Certificates() {
			n++
			if cert.SHA256 != hex.EncodeToString(sum[:]) || cert.SHA1 == "" || cert.Unparsed == "" {
				t.Errorf("%q: %+v", der, cert)
			}
		}
		if n != 1 {
			t.Errorf("%q: %d certificates", der, n)
		}
	}
}

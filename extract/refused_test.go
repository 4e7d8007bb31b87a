package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// A certificate that crypto/x509 refuses still has its fingerprints.
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

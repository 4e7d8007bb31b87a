package tls_test

import (
	"bytes"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/tls"
)

// certificateMessage encodes a Certificate message (RFC 5246 section 7.4.2).
func certificateMessage(chain [][]byte) []byte {
	length := func(b []byte, n int) []byte { return append(b, byte(n>>16), byte(n>>8), byte(n)) }
	var list []byte
	for _, der := range chain {
		list = append(length(list, len(der)), der...)
	}
	b := length([]byte{byte(tls.TypeCertificate)}, 3+len(list))
	return append(length(b, len(list)), list...)
}

// FuzzCertificate checks that a message is valid exactly if encoding its
// certificates gives the same bytes, and that the chain holds the certificates
// before a fault.
func FuzzCertificate(f *testing.F) {
	f.Add(certificateMessage(nil))
	f.Add(certificateMessage([][]byte{[]byte("leaf"), []byte("issuer"), nil}))
	f.Add([]byte("\x0b\x00\x00\x09\x00\x00\x06\x00\x00\x02ab\xff\xff\xff"))
	f.Add([]byte("\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff"))
	for _, b := range viewtest.CapturedHandshakes(f, "tls12.pcap") {
		if len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := tls.ParseCertificate(b)
		if err != nil {
			return
		}
		var chain [][]byte
		for der := range c.Chain() {
			chain = append(chain, der)
		}
		again := certificateMessage(chain)
		if valid := bytes.Equal(again, c.Bytes()); valid != (c.Validate() == nil) {
			t.Errorf("%v of %x, encoded again %x", c.Validate(), c.Bytes(), again)
		}
		if len(again) > 7 && !bytes.HasPrefix(c.Bytes()[7:], again[7:]) {
			t.Errorf("%x holds other certificates than %x", again, c.Bytes())
		}
	})
}

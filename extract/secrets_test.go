package extract_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/tls"
)

// Key logs, and private keys in both forms.
func TestReadKeys(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	other, err := x509.MarshalPKCS8PrivateKey(ec)
	if err != nil {
		t.Fatal(err)
	}
	block := func(typ string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der}))
	}
	one := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	for _, tt := range []struct {
		name, text string
		n          int
	}{
		{"nothing", "", 0},
		{"a key log", "CLIENT_RANDOM " + strings.Repeat("0", 64) + " " + strings.Repeat("1", 96), 1},
		{"PKCS #1", one, 1},
		{"PKCS #8", block("PRIVATE KEY", pkcs8), 1},
		{"two", block("PRIVATE KEY", other) + "\n" + one + one, 2},
		{"at the limit", strings.Repeat(one, 1<<20/len(one)) + one, 256},
		{"not RSA", block("PRIVATE KEY", other), -1},
		{"damaged", block("RSA PRIVATE KEY", pkcs8), -1},
		{"short", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)[:100]), -1},
		{"another thing", block("CERTIFICATE", pkcs8), -1},
		{"beyond the limit", block("CERTIFICATE", make([]byte, 1<<20)) + one, -1},
	} {
		k := new(tls.Keys)
		err := extract.ReadKeys(k, bytes.NewReader([]byte(tt.text)))
		if (err != nil) != (tt.n < 0) || k.Len() != max(tt.n, 0) {
			t.Errorf("%s: %d keys, %v", tt.name, k.Len(), err)
		}
	}
}

package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// The ServerHello of RFC 8448 section 3.
const rfcServerHello = `020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb14
	34dac155772ed3e26928 00 1301 00 002e 0033 0024 001d 0020
	c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f 002b 0002 0304`

// serverHelloOf returns a ServerHello of TLS 1.2 with the given hex after its
// random bytes.
func serverHelloOf(t testing.TB, rest string) []byte {
	b := handshakeOf(t, rest)
	b[0], b[5] = byte(TypeServerHello), 3
	return b
}

func mustServerHello(t testing.TB, b []byte) ServerHello {
	t.Helper()
	h, err := ParseServerHello(b)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestServerHelloRFC8448(t *testing.T) {
	b := viewtest.Unhex(t, rfcServerHello)
	h := mustServerHello(t, append(bytes.Clone(b), 1, 2))
	if h.Version() != 0x0303 || h.SelectedVersion() != 0x0304 || h.CipherSuite() != 0x1301 || h.CompressionMethod() != 0 {
		t.Errorf("%#x %#x %#x %d", h.Version(), h.SelectedVersion(), h.CipherSuite(), h.CompressionMethod())
	}
	if !bytes.Equal(h.Random(), b[6:38]) || len(h.SessionID()) != 0 || h.IsRetry() || h.ALPN() != nil || !bytes.Equal(h.Bytes(), b) {
		t.Errorf("random %x", h.Random())
	}
	var types []uint16
	for typ := range h.Extensions() {
		types = append(types, typ)
	}
	if diff := cmp.Diff([]uint16{51, 43}, types); diff != "" || h.Validate() != nil {
		t.Error(diff, h.Validate())
	}
	random := sha256.Sum256([]byte("HelloRetryRequest")) // RFC 8446 section 4.1.3
	copy(b[6:], random[:])
	if !mustServerHello(t, b).IsRetry() {
		t.Error("HelloRetryRequest is not recognized")
	}
}

// The drafts of TLS 1.3 before 22 leave out session ID and compression method
// (draft-ietf-tls-tls13-21 section 4.1.3).
func TestServerHelloDraft(t *testing.T) {
	body := append([]byte{0x7f, 18}, bytes.Repeat([]byte{'r'}, 32)...)
	body = append(body, 0x13, 0x02, 0, 8, 0, 40, 0, 4, 0, 29, 0, 0) // key_share was 40
	h := mustServerHello(t, AppendHandshake(nil, TypeServerHello, body))
	if h.Version() != 0x7f12 || h.SelectedVersion() != 0x7f12 || h.CipherSuite() != 0x1302 || h.SessionID() != nil || h.CompressionMethod() != 0 || h.Validate() != nil {
		t.Errorf("%v %x %d %v", h, h.SessionID(), h.CompressionMethod(), h.Validate())
	}
	if share, ok := h.Extension(40); !ok || len(share) != 4 {
		t.Errorf("key share %x", share)
	}
	if ja3s, text := h.AppendJA3S(nil), h.AppendJA3SText(nil); len(ja3s)+len(text) != 0 {
		t.Errorf("JA3S %q of %q", ja3s, text)
	}
	if _, err := ParseServerHello(AppendHandshake(nil, TypeServerHello, body[:35])); err == nil {
		t.Error("half a cipher suite is accepted")
	}
}

func TestServerHelloDamaged(t *testing.T) {
	const head = "00 c02f 00 "
	for _, tt := range []struct {
		name, rest, alpn string
		version          uint16
		offset           int
		reason           error
	}{
		{"no extensions", head, "", 0x0303, 0, nil},
		{"session and ALPN", "02 abcd c02f 00 0009 0010 0005 0003 02 6832", "h2", 0x0303, 0, nil},
		{"session of 33 bytes", "21" + strings.Repeat("aa", 33) + head[2:], "", 0x0303, 38, wire.Malformed},
		{"extensions beyond the message", head + "0009 002b 0002 0304", "", 0x0304, 42, wire.Malformed},
		{"bytes after the extensions", head + "0000 00", "", 0x0303, 42, wire.Malformed},
		{"half an extension", head + "0002 002b", "", 0x0303, 44, wire.Malformed},
		{"version of 3 bytes", head + "0007 002b 0003 030400", "", 0x0303, 44, wire.Malformed},
		{"truncated ALPN", head + "0009 0010 0005 0003 05 6832", "", 0x0303, 44, wire.Malformed},
	} {
		h, err := ParseServerHello(serverHelloOf(t, tt.rest))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if string(h.ALPN()) != tt.alpn || h.SelectedVersion() != tt.version || h.CipherSuite() != 0xc02f {
			t.Errorf("%s: %q %#x %#x", tt.name, h.ALPN(), h.SelectedVersion(), h.CipherSuite())
		}
		viewtest.Invalid(t, tt.name, h.Validate(), serverHelloLayer, tt.reason, tt.offset, len(h.Bytes()))
	}
	for name, b := range map[string][]byte{
		"ClientHello": viewtest.Unhex(t, rfcClientHello)[5:], "no suite": serverHelloOf(t, "00"), "session": serverHelloOf(t, "02 aa"),
		"random": append([]byte{2, 0, 0, 33}, make([]byte, 33)...),
	} {
		if _, err := ParseServerHello(b); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// certificates is a chain of two certificates, of three bytes and of one.
const certificates = "0b 00000d 00000a 000003 308201 000001 30"

func chainOf(c Certificate) (chain []string) {
	for der := range c.Chain() {
		chain = append(chain, string(der))
	}
	return chain
}

func TestCertificate(t *testing.T) {
	for _, tt := range []struct {
		name, hex string
		want      []string
		offset    int
		reason    error
	}{
		{"two", certificates, []string{"\x30\x82\x01", "\x30"}, 0, nil},
		{"none", "0b 000003 000000", nil, 0, nil},
		{"no list", "0b 000002 0000", nil, 4, wire.Malformed},
		{"list beyond the message", "0b 000007 000005 000001 30", []string{"\x30"}, 4, wire.Malformed},
		{"bytes after the list", "0b 000008 000004 000001 30 00", []string{"\x30"}, 4, wire.Malformed},
		{"certificate beyond the list", "0b 00000a 000007 000001 30 ffffff", []string{"\x30"}, 11, wire.Malformed},
		{"truncated length", "0b 000009 000006 000001 30 0000", []string{"\x30"}, 11, wire.Malformed},
	} {
		c, err := ParseCertificate(viewtest.Unhex(t, tt.hex))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, chainOf(c)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		viewtest.Invalid(t, tt.name, c.Validate(), certificateLayer, tt.reason, tt.offset, len(c.Bytes()))
	}
	if _, err := ParseCertificate(viewtest.Unhex(t, rfcServerHello)); !errors.Is(err, wire.Malformed) {
		t.Errorf("ServerHello: %v", err)
	}
}

func TestTLSServerMessagesTruncated(t *testing.T) {
	for _, s := range []string{rfcServerHello, certificates} {
		whole := viewtest.Unhex(t, s)
		for n := range whole {
			b := bytes.Clone(whole[:n])
			_, err1 := ParseServerHello(b)
			_, err2 := ParseCertificate(b)
			if n == 0 && (!errors.Is(err1, wire.Short) || !errors.Is(err2, wire.Short)) || n > 0 && (err1 == nil || err2 == nil) {
				t.Errorf("%d bytes: %v, %v", n, err1, err2)
			}
			if n >= 4 {
				b[2], b[3] = 0, byte(n-4) // the same with a matching length
			}
			touchTLS(b)
		}
	}
}

// A teeConn keeps the bytes read from a connection.
type teeConn struct {
	net.Conn
	read bytes.Buffer
}

func (c *teeConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read.Write(b[:n])
	return n, err
}

// serverMessages returns the handshake messages of a crypto/tls server with a
// certificate, its client's connection state, and the certificate.
func serverMessages(t *testing.T, version uint16) (messages []Handshake, state tls.ConnectionState, der []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key); err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	defer near.Close()
	go tls.Server(far, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MaxVersion:   version, NextProtos: []string{"h2"},
	}).Handshake()
	tee := &teeConn{Conn: near}
	client := tls.Client(tee, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	for b := tee.read.Bytes(); len(b) > 0; {
		r, err := ParseRecord(b)
		if err != nil || r.Type() != ContentHandshake {
			break
		}
		for p := r.Payload(); len(p) > 0; {
			m, err := ParseHandshake(p)
			if err != nil {
				t.Fatal(err)
			}
			messages, p = append(messages, m), p[len(m.Bytes()):]
		}
		b = b[len(r.Bytes()):]
	}
	return messages, client.ConnectionState(), der
}

func TestServerMessagesCryptoTLS(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		messages, state, der := serverMessages(t, version)
		h := mustServerHello(t, messages[0].Bytes())
		if h.SelectedVersion() != state.Version || h.CipherSuite() != state.CipherSuite || h.Validate() != nil {
			t.Errorf("%#x %#x, want %#x %#x", h.SelectedVersion(), h.CipherSuite(), state.Version, state.CipherSuite)
		}
		if version == tls.VersionTLS13 {
			continue
		}
		c, err := ParseCertificate(messages[1].Bytes())
		if err != nil || c.Validate() != nil {
			t.Fatal(err, c.Validate())
		}
		if diff := cmp.Diff([]string{string(der)}, chainOf(c)); diff != "" || string(h.ALPN()) != state.NegotiatedProtocol {
			t.Errorf("protocol %q, chain %s", h.ALPN(), diff)
		}
	}
}

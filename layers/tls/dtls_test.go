package tls

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// dtlsHello returns the body of RFC 8448's ClientHello as DTLS has it, with a
// cookie (RFC 6347 section 4.2.1), and the message of TLS.
func dtlsHello(t testing.TB, cookie string) (body, tls []byte) {
	tls = viewtest.Unhex(t, rfcClientHello)[5:]
	body = append(body, tls[4:4+35]...) // version, random and an empty session ID
	body = append(append(body, byte(len(cookie))), cookie...)
	return append(body, tls[4+35:]...), tls
}

// dtlsRecord returns a handshake record with a fragment of body.
func dtlsRecord(body []byte, from, to int) []byte {
	n := to - from
	b := []byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 1, 2}
	b = binary.BigEndian.AppendUint16(b, uint16(12+n))
	b = append(b, 1, 0, byte(len(body)>>8), byte(len(body)), 0, 7, 0, byte(from>>8), byte(from), 0, byte(n>>8), byte(n))
	return append(b, body[from:to]...)
}

func TestDTLS(t *testing.T) {
	body, tls := dtlsHello(t, "cookie")
	b := dtlsRecord(body, 0, len(body))
	r, err := ParseDTLSRecord(append(bytes.Clone(b), 1, 2, 3))
	if err != nil || r.Type() != ContentHandshake || r.Version() != 0xfefd || r.Epoch() != 0 || r.Sequence() != 0x0102 || !bytes.Equal(r.Bytes(), b) {
		t.Fatalf("%v, %x", err, r.Bytes())
	}
	m, err := ParseDTLSHandshake(append(bytes.Clone(r.Payload()), 1))
	if err != nil || m.Type() != TypeClientHello || m.Len() != len(body) || m.Message() != 7 || m.Offset() != 0 ||
		!bytes.Equal(m.Body(), body) || len(m.Bytes()) != 12+len(body) {
		t.Fatalf("%v, %x", err, m.Bytes())
	}
	for _, cookie := range []string{"cookie", ""} {
		body, _ := dtlsHello(t, cookie)
		if got := AppendHandshake([]byte("x"), TypeClientHello, body); !bytes.Equal(got[1:], tls) {
			t.Errorf("cookie %q: %x, want %x", cookie, got, tls)
		}
	}
	if got := AppendHandshake(nil, TypeServerHello, body); !bytes.Equal(got[4:], body) || got[0] != 2 || int(got[3]) != len(body)&0xff {
		t.Errorf("ServerHello: %x", got)
	}
	for n := range body { // any ClientHello that is cut keeps its bytes
		if got := AppendHandshake(nil, TypeClientHello, body[:n]); len(got) > 4+n || len(got) < 4+n-7 {
			t.Errorf("%d bytes of ClientHello: %x", n, got)
		}
	}
}

func TestParseDTLS(t *testing.T) {
	for hex, want := range map[string]error{
		"":                             wire.Short,
		"16fefd0000000000000000":       wire.Short,
		"16fefd00000000000000000001":   wire.Short,
		"16fefd0000000000000000000100": nil,
		"16feff00000000000000000000":   nil,
		"16030300000000000000000000":   wire.Malformed,
		"13fefd00000000000000000000":   wire.Malformed,
		"16fefd0000000000000000ffff":   wire.Malformed,
	} {
		if _, err := ParseDTLSRecord(viewtest.Unhex(t, hex)); !errors.Is(err, want) {
			t.Errorf("record %s: %v, want %v", hex, err, want)
		}
	}
	for hex, want := range map[string]error{
		"":                                wire.Short,
		"0100000500000000000000":          wire.Short,
		"010000050000000000000002 61":     wire.Short,
		"010000050000000003000002 6161":   nil,
		"010000050000000003000003 616161": wire.Malformed,
		"01ffffff0000ffffffffffff 61":     wire.Malformed,
	} {
		if _, err := ParseDTLSHandshake(viewtest.Unhex(t, hex)); !errors.Is(err, want) {
			t.Errorf("handshake %s: %v, want %v", hex, err, want)
		}
	}
}

func FuzzDTLS(f *testing.F) {
	body, _ := dtlsHello(f, "cookie")
	f.Add(dtlsRecord(body, 0, len(body)))
	f.Add(dtlsRecord(body, 20, 50))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ParseDTLSRecord(b)
		if err != nil {
			return
		}
		m, err := ParseDTLSHandshake(r.Payload())
		if err != nil {
			return
		}
		if m.Offset()+len(m.Body()) > m.Len() || len(m.Bytes()) > len(r.Payload()) {
			t.Fatalf("fragment %x", m.Bytes())
		}
		if got := AppendHandshake(nil, m.Type(), m.Body()); len(got) > 4+len(m.Body()) {
			t.Fatalf("%x", got)
		}
	})
}

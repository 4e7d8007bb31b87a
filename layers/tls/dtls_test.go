package tls

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// dtlsHello returns the body of RFC 8448's ClientHello in DTLS form, with a
// cookie (RFC 6347 section 4.2.1), and the TLS message.
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
	for n := range body { // a truncated ClientHello keeps its bytes
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

// The header of a record with a connection ID (RFC 9146 section 4).
func TestDTLSCIDRecord(t *testing.T) {
	b := viewtest.Unhex(t, "19 fefd 0001 000000000002 a1a2a3a4 0003 010203 ff")
	r, err := ParseDTLSCIDRecord(b, 4)
	if err != nil || r.Type() != ContentCID || r.Epoch() != 1 || r.Sequence() != 2 || !bytes.Equal(r.ConnectionID(), b[11:15]) ||
		!bytes.Equal(r.Header(), b[:17]) || !bytes.Equal(r.Payload(), b[17:20]) || !bytes.Equal(r.Bytes(), b[:20]) {
		t.Errorf("%v, %v", r, err)
	}
	if r, err := ParseDTLSCIDRecord(viewtest.Unhex(t, "19 fefd 0001 000000000002 0001 ff"), 0); err != nil || r.ConnectionID() != nil || len(r.Payload()) != 1 {
		t.Errorf("%v, %v", r, err)
	}
	for id, want := range map[int]wire.Reason{-1: wire.Malformed, 256: wire.Malformed, 5: wire.Short, 200: wire.Short} {
		if _, err := ParseDTLSCIDRecord(b, id); !errors.Is(err, want) {
			t.Errorf("a connection ID of %d bytes: %v, want %v", id, err, want)
		}
	}
	if _, err := ParseDTLSCIDRecord(viewtest.Unhex(t, "17 fefd 0001 000000000002 0001 ff"), 0); !errors.Is(err, wire.Malformed) {
		t.Errorf("application data: %v", err)
	}
}

// protectCBC protects a content as RFC 9146 sections 5.1 and 5.2 say.
func protectCBC(t *testing.T, etm bool, header, mac, key, inner []byte) []byte {
	t.Helper()
	iv := bytes.Repeat([]byte{0x5a}, 16)
	id := header[11 : len(header)-2]
	sum := func(b []byte) []byte {
		h := hmac.New(sha1.New, mac)
		h.Write(slices.Concat(bytes.Repeat([]byte{0xff}, 8), []byte{25, byte(len(id)), 25}, header[1:11], id))
		h.Write([]byte{byte(len(b) >> 8), byte(len(b))})
		h.Write(b)
		return h.Sum(nil)
	}
	if !etm {
		inner = slices.Concat(inner, sum(inner))
	}
	n := 16 - len(inner)%16
	inner = slices.Concat(inner, bytes.Repeat([]byte{byte(n - 1)}, n))
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(inner, inner)
	body := slices.Concat(iv, inner)
	if etm {
		body = slices.Concat(body, sum(body))
	}
	return body
}

// Records with a connection ID and CBC, in both orders of encryption and MAC.
func TestDTLSCIDBlockCipher(t *testing.T) {
	mac, key := bytes.Repeat([]byte{1}, 20), bytes.Repeat([]byte{2}, 16)
	s, _ := suiteOf(0x002f)
	for _, etm := range []bool{false, true} {
		p, ok := newProtection(s, version12, etm, mac, key, nil)
		if !ok {
			t.Fatal("no protection")
		}
		header := viewtest.Unhex(t, "19 fefd 0001 000000000002 a1a2a3a4 0000")
		body := protectCBC(t, etm, header, mac, key, append([]byte("hello"), 23, 0, 0))
		got, typ, ok := p.Open(nil, header, body, 1<<48|2)
		if !ok || typ != ContentApplicationData || string(got) != "hello" {
			t.Errorf("encrypt then MAC %t: %q, %v, %v", etm, got, typ, ok)
		}
		for i := range header[:15] {
			changed := bytes.Clone(header)
			changed[i] ^= 0x10
			if _, _, ok := p.Open(nil, changed, body, 1<<48|2); ok {
				t.Errorf("encrypt then MAC %t: opened with byte %d of the header changed", etm, i)
			}
		}
		if _, _, ok := p.Open(nil, header[:5], body, 1<<48|2); ok {
			t.Error("opened with half a header")
		}
		if _, _, ok := p.Open(nil, header, protectCBC(t, etm, header, mac, key, make([]byte, 8)), 1<<48|2); ok {
			t.Error("opened a record without a type")
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

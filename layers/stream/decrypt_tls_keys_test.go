package stream_test

import (
	"crypto/rand"
	"crypto/rsa"
	stdtls "crypto/tls"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// The messages of a handshake of TLS 1.2 that the test of the forms of secrets needs.
type keyExchange struct {
	random, session, encrypted []byte
}

func handshakeOf(t *testing.T, st secretTalk) (h keyExchange) {
	t.Helper()
	for _, m := range play(new(stream.Assembler), st.segs(1<<14)...) {
		b := []byte(m.Data)
		if c, err := tls.ParseClientHello(b); err == nil {
			h.random = c.Random()
		}
		if r, err := tls.ParseServerHello(b); err == nil {
			h.session = r.SessionID()
		}
		if b[0] == byte(tls.TypeClientKeyExchange) {
			h.encrypted = b[6:]
		}
	}
	return h
}

// Secrets in the forms of Wireshark and sandboxes: the premaster secret by the
// client's random or by its encrypted form, with and without an extended master
// secret, and the master secret by the session.
func TestDecryptForms(t *testing.T) {
	cert := identity(t, true)
	key := cert.PrivateKey.(*rsa.PrivateKey)
	for _, version := range []uint16{stdtls.VersionTLS11, stdtls.VersionTLS12} {
		suites := []uint16{stdtls.TLS_RSA_WITH_AES_128_CBC_SHA}
		st := converse(t, &stdtls.Config{CipherSuites: suites, MinVersion: version, MaxVersion: version},
			&stdtls.Config{CipherSuites: suites, MinVersion: version, Certificates: []stdtls.Certificate{cert}}, get, response)
		h := handshakeOf(t, st)
		//lint:ignore SA1019 it is how TLS before 1.3 encrypts (RFC 5246 section 7.4.7.1)
		premaster, err := rsa.DecryptPKCS1v15(rand.Reader, key, h.encrypted)
		if err != nil {
			t.Fatal(err)
		}
		for _, log := range []string{
			fmt.Sprintf("PMS_CLIENT_RANDOM %x %x", h.random, premaster),
			fmt.Sprintf("RSA %x %x", h.encrypted[:8], premaster),
		} {
			a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, log)}}
			want := []string{get, respHead, "file ok", stream.Complete.String()}
			if diff := cmp.Diff(want, httpIn(t, a, st.segs(100))); diff != "" {
				t.Errorf("%#x, %.20s (-want +got):\n%s", version, log, diff)
			}
		}
		for _, right := range []bool{true, false} {
			k := new(tls.Keys)
			if other := identity(t, true).PrivateKey.(*rsa.PrivateKey); !k.AddRSA(other) || right && !k.AddRSA(key) {
				t.Fatal("keys are refused")
			}
			a := &stream.Assembler{Config: stream.Config{Keys: k}}
			if got := httpIn(t, a, st.segs(100)); (len(got) == 4) != right {
				t.Errorf("%#x, the private key %t: %q, %+v", version, right, got, a.Stats())
			}
		}
	}
	sessions := 0
	for name, st := range recorded(t) {
		h := handshakeOf(t, st)
		_, master, ok := strings.Cut(st.log, "CLIENT_RANDOM "+hex.EncodeToString(h.random)+" ")
		if !ok || len(h.session) == 0 || strings.Contains(name, "renegotiation") {
			continue
		}
		master, _, _ = strings.Cut(master, "\n")
		a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, fmt.Sprintf("RSA Session-ID:%x Master-Key:%s", h.session, master))}}
		if got := httpIn(t, a, st.segs(1000)); len(got) != 4 {
			t.Errorf("%s: %q", name, got)
		}
		sessions++
	}
	if sessions == 0 {
		t.Error("no conversation has a session identifier")
	}
}

// A mail after STARTTLS is found, and so is what a tunnel through a proxy in TLS
// carries.
func TestDecryptNested(t *testing.T) {
	cert := identity(t, false)
	mail := converse(t, &stdtls.Config{}, &stdtls.Config{Certificates: []stdtls.Certificate{cert}},
		"EHLO a\r\n", "250 b\r\n", "MAIL FROM:<x@a.example>\r\n", "250 ok\r\n", "RCPT TO:<y@b.example>\r\n", "250 ok\r\n", "DATA\r\n", "354 go\r\n", "Subject: s\r\n\r\nb\r\n.\r\n", "250 ok\r\n")
	proxy := converse(t, &stdtls.Config{}, &stdtls.Config{Certificates: []stdtls.Certificate{cert}},
		"CONNECT a.example:80 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", get, response)
	for _, tt := range []struct {
		st   secretTalk
		talk talk
		data string
		kind stream.Kind
		via  string
	}{
		{mail, append(talk{{true, "220 b ESMTP\r\n"}, {false, "EHLO a\r\n"}, {true, "250 STARTTLS\r\n"}, {false, "STARTTLS\r\n"}, {true, "220 go\r\n"}}, mail.talk...),
			"MAIL FROM:<x@a.example>\r\n", stream.Command, "TCP > STARTTLS > TLS"},
		{proxy, proxy.talk, get, stream.HTTPRequest, "TCP > TLS > CONNECT"},
	} {
		for _, size := range segmentSizes[:2] {
			a := &stream.Assembler{Config: stream.Config{Keys: tt.st.keys}}
			found := false
			keep := func(ms []stream.Message) {
				for _, m := range ms {
					found = found || m.Kind == tt.kind && string(m.Data) == tt.data && m.Via.String() == tt.via
				}
			}
			for i, s := range tt.talk.segs(size) {
				push(a, s, int64(i+1), start, keep)
			}
			keep(a.Flush())
			if !found {
				t.Errorf("%q is not found in segments of %d bytes: %+v", tt.data, size, a.Stats())
			}
		}
	}
}

// The master secret of a session decrypts connections that resume it by ticket.
func TestDecryptResumed(t *testing.T) {
	client := &stdtls.Config{MaxVersion: stdtls.VersionTLS12, ServerName: "a.example", ClientSessionCache: stdtls.NewLRUClientSessionCache(1)}
	server := &stdtls.Config{Certificates: []stdtls.Certificate{identity(t, false)}}
	first := converse(t, client, server, get, response)
	second := converse(t, client, server, next, response)
	if second.log != "" { // crypto/tls logs full handshakes only
		t.Fatal(second.log)
	}
	a := &stream.Assembler{Config: stream.Config{Keys: first.keys}}
	var heads []string
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			if m.Proto == stream.HTTP1 && m.File == nil {
				heads = append(heads, string(m.Data))
			}
		}
	}
	for i, st := range []secretTalk{first, second} {
		for j, s := range onPort(uint16(4000+i), st.segs(100)) {
			push(a, s, int64(j+1), start, keep)
		}
	}
	keep(a.Flush())
	if diff := cmp.Diff([]string{get, respHead, next, respHead}, heads); diff != "" || a.Stats().Decrypted != 2 || a.Held() != 0 {
		t.Errorf("(-want +got):\n%s%+v", diff, a.Stats())
	}
}

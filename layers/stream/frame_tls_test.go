package stream_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdtls "crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// clientHello is the record that a client of the standard library sends.
var clientHello = record(&stdtls.Config{ServerName: "c2.example", NextProtos: []string{"h2", "http/1.1"}})

// record returns the first record of a TLS client.
func record(c *stdtls.Config) string {
	near, far := net.Pipe()
	defer far.Close()
	go func() {
		stdtls.Client(near, c).Handshake() // fails, as nobody answers
		near.Close()
	}()
	b := make([]byte, 1<<14)
	n, err := far.Read(b)
	if err != nil {
		panic(err)
	}
	return string(b[:n])
}

func TestTLSHandshake(t *testing.T) {
	hello := clientHello[5:]
	split := "\x16\x03\x01\x00\x09" + hello[:9] + "\x16\x03\x01" + string([]byte{byte((len(hello) - 9) >> 8), byte(len(hello) - 9)}) + hello[9:]
	tests := []struct {
		name string
		data string
		want []string
	}{
		{"one record", clientHello, []string{hello}},
		{"two records", split, []string{hello}},
		{"two messages in a record", "\x16\x03\x03\x00\x09\x02\x00\x00\x01a\x0e\x00\x00\x00", []string{"\x02\x00\x00\x01a", "\x0e\x00\x00\x00"}},
		{"an alert before", clientHello + "\x15\x03\x01\x00\x02\x01\x00" + clientHello, []string{hello, hello}},
		{"encrypted after change_cipher_spec", clientHello + "\x14\x03\x03\x00\x01\x01\x16\x03\x03\x00\x28" + strings.Repeat("\x01\x00", 20) + clientHello, []string{hello}},
		// RFC 8446 section 4.1.2 and appendix D.4.
		{"a hello after a retry", clientHello + "\x14\x03\x03\x00\x01\x01" + clientHello + "\x17\x03\x03\x00\x02ab" + clientHello, []string{hello, hello}},
		{"invalid change_cipher_spec", clientHello + "\x14\x03\x03\x00\x02\x01\x01" + clientHello, []string{hello}},
		{"application data", clientHello + "\x17\x03\x03\x00\x02ab" + clientHello, []string{hello}},
		{"not a record", clientHello + "\x99\x03\x03\x00\x02ab" + clientHello, []string{hello}},
		{"a record too long", clientHello + "\x16\x03\x03\x50\x00ab" + clientHello, []string{hello}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1 << 14, 100, 1} {
				var data []string
				for _, m := range play(new(stream.Assembler), talk{{false, tt.data}}.segs(size)...) {
					data = append(data, m.Data)
				}
				if diff := cmp.Diff(tt.want, data); diff != "" {
					t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// A wire is one end of a connection that records the bytes it sends, and never
// waits for the other end to read.
type wire struct {
	net.Conn
	server  bool
	in, out chan string
	rest    string
	talk    *lockedTalk
}

type lockedTalk struct {
	sync.Mutex
	talk talk
}

func (w *wire) Write(b []byte) (int, error) {
	w.talk.Lock()
	w.talk.talk = append(w.talk.talk, talk{{w.server, string(b)}}...)
	w.talk.Unlock()
	w.out <- string(b)
	return len(b), nil
}

func (w *wire) Read(b []byte) (int, error) {
	if w.rest == "" {
		w.rest = <-w.in
	}
	n := copy(b, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

// A client of the standard library offers no share for the only group that the
// server accepts, so it must try again (RFC 8446 section 4.1.4). Both hellos of
// both sides are returned, and nothing encrypted.
func TestTLSHelloRetry(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	up, down := make(chan string, 100), make(chan string, 100)
	var both lockedTalk
	go stdtls.Server(&wire{server: true, in: up, out: down, talk: &both}, &stdtls.Config{
		Certificates:     []stdtls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		CurvePreferences: []stdtls.CurveID{stdtls.CurveP521},
	}).Handshake()
	if err := stdtls.Client(&wire{in: down, out: up, talk: &both}, &stdtls.Config{InsecureSkipVerify: true}).Handshake(); err != nil {
		t.Fatal(err)
	}
	both.Lock()
	defer both.Unlock()
	for _, size := range segmentSizes {
		var got []tls.HandshakeType
		for _, m := range play(new(stream.Assembler), both.talk.segs(size)...) {
			got = append(got, tls.HandshakeType(m.Data[0]))
		}
		want := []tls.HandshakeType{tls.TypeClientHello, tls.TypeServerHello, tls.TypeClientHello, tls.TypeServerHello}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
	}
}

// The sender of the ClientHello is the client, whatever the ports.
func TestTLSClient(t *testing.T) {
	msgs := play(new(stream.Assembler), seg{server: true, flags: ack, seq: 1, data: clientHello})
	if len(msgs) != 1 || !msgs[0].FromClient {
		t.Fatalf("messages %+v", msgs)
	}
	h, err := tls.ParseClientHello([]byte(msgs[0].Data))
	if err != nil || string(h.ServerName()) != "c2.example" {
		t.Errorf("server name %q, %v", h.ServerName(), err)
	}
}

func TestTLSTooLong(t *testing.T) {
	a := &stream.Assembler{Config: stream.Config{MaxMessage: 1000}}
	certificate := "\x16\x03\x03\x40\x00\x0b\xff\xff\xff"
	msgs := play(a, talk{{false, clientHello + certificate}}.segs(1<<14)...)
	if len(msgs) > 1 || a.Stats().TooLong == 0 {
		t.Errorf("%d messages, %+v", len(msgs), a.Stats())
	}
}

// PostgreSQL asks for TLS, and the server agrees with one byte (documentation
// of PostgreSQL, section "SSL Session Encryption"). The TLS of both sides is
// found.
func TestTLSAfterReply(t *testing.T) {
	got := play(new(stream.Assembler), talk{
		{false, "\x00\x00\x00\x08\x04\xd2\x16\x2f"}, {true, "S"}, {false, clientHello},
		{true, "\x16\x03\x03\x00\x05\x02\x00\x00\x01a"},
	}.segs(1460)...)
	if len(got) != 2 || got[0].Data != clientHello[5:] || got[1].Data != "\x02\x00\x00\x01a" {
		t.Errorf("%+v", got)
	}
}

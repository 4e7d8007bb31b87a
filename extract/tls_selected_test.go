package extract

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdtls "crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A notedConn notes what is written to it.
type notedConn struct {
	net.Conn
	mark string
	mu   *sync.Mutex
	said *[]string
}

func (c notedConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	*c.said = append(*c.said, c.mark+string(b))
	c.mu.Unlock()
	return c.Conn.Write(b)
}

// handshakes returns what a client and a server of the standard library say until the
// client has an answer, and the secrets.
func handshakes(t *testing.T, version uint16, offers, accepts []string) (turns []string, keys *tls.Keys) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	var mu sync.Mutex
	a, b := net.Pipe()
	server := stdtls.Server(notedConn{b, "S", &mu, &turns}, &stdtls.Config{
		Certificates: []stdtls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: accepts,
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Write([]byte("x"))
	}()
	client := stdtls.Client(notedConn{a, "C", &mu, &turns}, &stdtls.Config{
		ServerName: "a.example", MaxVersion: version, InsecureSkipVerify: true, NextProtos: offers, KeyLogWriter: &log,
	})
	if _, err := client.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	<-done
	keys = new(tls.Keys)
	if err := keys.Read(&log); err != nil {
		t.Fatal(err)
	}
	return turns, keys
}

// selected describes the sessions of a report.
func selected(r *Report) (all []string) {
	for s := range r.Sessions() {
		all = append(all, fmt.Sprintf("%v %s %q x%d, %d packets decrypted", s.Proto, s.Version, s.Selected, s.Count, s.Decrypted))
	}
	return all
}

// What the server of TLS 1.3 chose is in its EncryptedExtensions. It is known if they
// are decrypted, and no longer in what Clear returns.
func TestSelectedALPN(t *testing.T) {
	for _, tt := range []struct {
		version uint16
		keys    bool
		want    string
		clear   string
	}{
		{stdtls.VersionTLS13, true, `TLS TLS 1.3 "h2" x1, 0 packets decrypted`, `TLS TLS 1.3 "" x1, 0 packets decrypted`},
		{stdtls.VersionTLS13, false, `TLS TLS 1.3 "" x1, 0 packets decrypted`, `TLS TLS 1.3 "" x1, 0 packets decrypted`},
		{stdtls.VersionTLS12, true, `TLS TLS 1.2 "h2" x1, 0 packets decrypted`, `TLS TLS 1.2 "h2" x1, 0 packets decrypted`},
	} {
		turns, keys := handshakes(t, tt.version, []string{"http/1.1", "h2"}, []string{"h2"})
		o := Options{}
		if tt.keys {
			o.Stream.Keys = keys
		}
		rep := talkOf(443, turns...).pieces(300).readWith(t, o)
		if diff := cmp.Diff([]string{tt.want}, selected(rep)); diff != "" {
			t.Errorf("%#x, keys %t (-want +got):\n%s", tt.version, tt.keys, diff)
		}
		if diff := cmp.Diff([]string{tt.clear}, selected(rep.Clear())); diff != "" {
			t.Errorf("%#x, keys %t, clear (-want +got):\n%s", tt.version, tt.keys, diff)
		}
	}
}

// Sessions that differ in nothing else are one once that is cleared.
func TestSelectedCleared(t *testing.T) {
	turns, keys := handshakes(t, stdtls.VersionTLS13, []string{"h2", "x"}, []string{"h2"})
	more, k := handshakes(t, stdtls.VersionTLS13, []string{"h2", "x"}, []string{"x"})
	keys.Add(k)
	rep := talkOf(443, turns...).readWith(t, Options{Stream: stream.Config{Keys: keys}})
	next := talkOf(443, more...).readWith(t, Options{Stream: stream.Config{Keys: keys}})
	next.Captures[0].Name = "other"
	if err := rep.Merge(next); err != nil {
		t.Fatal(err)
	}
	if got := selected(rep); len(got) != 2 {
		t.Errorf("%q", got)
	}
	for range 2 {
		if diff := cmp.Diff([]string{`TLS TLS 1.3 "" x2, 0 packets decrypted`}, selected(rep.Clear())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := selected(rep); len(got) != 2 {
		t.Errorf("after Clear: %q", got)
	}
}

// recorded returns a conversation over UDP in testdata of package stream, and its
// secrets.
func recorded(t *testing.T, name string) (c capture, keys *tls.Keys) {
	t.Helper()
	file, err := os.ReadFile("../layers/stream/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	keys = new(tls.Keys)
	for line := range strings.Lines(string(file)) {
		mark, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch raw, err := hex.DecodeString(data); {
		case mark == ">" && err == nil:
			c.add(build.UDP("10.0.0.5", 40000, "192.0.2.1", 443, raw))
		case mark == "<" && err == nil:
			c.add(build.UDP("192.0.2.1", 443, "10.0.0.5", 40000, raw))
		default:
			if err := keys.Read(strings.NewReader(line)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return c, keys
}

// The same for QUIC, in a conversation of quic-go.
func TestSelectedQUIC(t *testing.T) {
	c, keys := recorded(t, "quic/v2.txt")
	rep := c.report(t, Options{Stream: stream.Config{Keys: keys}})
	if diff := cmp.Diff([]string{`QUIC TLS 1.3 "h3" x1, 0 packets decrypted`}, selected(rep)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// DNS over DTLS is decrypted, and said to be.
func TestDNSOverDTLS(t *testing.T) {
	c, keys := recorded(t, "dtls/dtls12-gcm.txt")
	for _, k := range []*tls.Keys{keys, nil} {
		rep := c.report(t, Options{Stream: stream.Config{Keys: k}})
		var names []string
		for q := range rep.Queries() {
			names = append(names, q.Name)
			if q.Clear() {
				t.Errorf("%s counts as cleartext: %+v", q.Name, q.Fact)
			}
		}
		want := []string{"q1.example", "q2.example", "q3.example"}
		if k == nil {
			want = nil
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{`DTLS DTLS 1.2 "" x1, 0 packets decrypted`}, selected(rep)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for q := range rep.Clear().Queries() {
			t.Errorf("%s is in what Clear returns", q.Name)
		}
	}
}

// The number of sessions that wait for their EncryptedExtensions is limited. A session
// whose ports are used again, and one without them, is recorded.
func TestSelectedLimit(t *testing.T) {
	keys := new(tls.Keys)
	random := strings.Repeat("72", 32)
	if err := keys.Read(strings.NewReader("SERVER_HANDSHAKE_TRAFFIC_SECRET " + random + " " + random)); err != nil {
		t.Fatal(err)
	}
	var c capture
	const n = fifoMax + 100
	for i := range n {
		src := uint16(10_000 + i)
		to := build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: src, DstPort: 443, Seq: 1, Flags: 0x18, Data: clientHello("")}
		c.add(to.Packet())
		answer := record(2, "\x03\x03"+strings.Repeat("s", 32)+"\x00\x13\x01\x00\x00\x06\x00\x2b\x00\x02\x03\x04")
		c.add(build.TCP{Src: "192.0.2.1", Dst: "10.0.0.5", SrcPort: 443, DstPort: src, Seq: 1, Ack: 1 + uint32(len(to.Data)), Flags: 0x18, Data: answer}.Packet())
	}
	rep := c.report(t, Options{Stream: stream.Config{Keys: keys}})
	if diff := cmp.Diff([]string{fmt.Sprintf(`TLS TLS 1.3 "" x%d, 0 packets decrypted`, n)}, selected(rep)); diff != "" || rep.Unseen.Unpaired != 100 {
		t.Errorf("(-want +got):\n%s%d unpaired", diff, rep.Unseen.Unpaired)
	}
}

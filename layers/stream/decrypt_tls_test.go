package stream_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	stdtls "crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A secretTalk is a conversation in TLS, with its secrets.
type secretTalk struct {
	talk
	log  string
	keys *tls.Keys
}

func keysOf(t testing.TB, log string) *tls.Keys {
	t.Helper()
	k := new(tls.Keys)
	if err := k.Read(strings.NewReader(log)); err != nil || k.Bad() > 0 {
		t.Fatalf("%d bad lines, %v", k.Bad(), err)
	}
	return k
}

// recorded returns the conversations of OpenSSL in testdata.
func recorded(t testing.TB) map[string]secretTalk {
	t.Helper()
	files, err := filepath.Glob("testdata/tls/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string]secretTalk{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var st secretTalk
		for line := range strings.Lines(string(b)) {
			data, server := strings.CutPrefix(line, "< ")
			data, client := strings.CutPrefix(data, "> ")
			if !server && !client {
				st.log += line
				continue
			}
			raw, err := hex.DecodeString(strings.TrimSpace(data))
			if err != nil {
				t.Fatal(err)
			}
			st.talk = append(st.talk, talk{{server, string(raw)}}...)
		}
		st.keys = keysOf(t, st.log)
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = st
	}
	return all
}

// httpIn returns the heads and the content of files that a has found in TLS.
func httpIn(t testing.TB, a *stream.Assembler, segs []seg) (out []string) {
	t.Helper()
	a.Content = true
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			switch m.Kind {
			case stream.HTTPRequest, stream.HTTPResponse:
				out = append(out, string(m.Data))
			case stream.FileData:
				if n := len(out); n > 0 && strings.HasPrefix(out[n-1], "file ") {
					out[n-1] += string(m.Data)
				} else {
					out = append(out, "file "+string(m.Data))
				}
			case stream.FileEnd:
				out = append(out, m.File.State.String())
			default:
				continue
			}
			if !m.Via.Has(stream.TLS) {
				t.Errorf("%v via %v", m.Kind, m.Via)
			}
		}
	}
	for i, s := range segs {
		push(a, s, int64(i+1), start.Add(time.Duration(i)*time.Millisecond), keep)
	}
	keep(a.Flush())
	if s := a.Stats(); s.Held != 0 {
		t.Errorf("%d bytes held at the end", s.Held)
	}
	return out
}

func lines() string {
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}

// What OpenSSL sent in TLS 1.0 to 1.3 is found, however it is cut into segments:
// with CBC, CCM, ChaCha20-Poly1305 and without encryption, after a hello retry, a
// renegotiation and a key update, and with padding.
func TestDecryptOpenSSL(t *testing.T) {
	body := lines()
	want := []string{
		"GET /one HTTP/1.0\r\nHost: keys.example\r\n\r\n",
		fmt.Sprintf("HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n", len(body)),
		"file " + body, stream.Complete.String(),
	}
	for name, st := range recorded(t) {
		t.Run(name, func(t *testing.T) {
			for _, size := range segmentSizes {
				a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
				if diff := cmp.Diff(want, httpIn(t, a, st.segs(size))); diff != "" {
					t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
				}
				if s := a.Stats(); s.Decrypted != 1 || s.Unauthentic+s.Undecrypted+s.Incomplete > 0 || s.Protos[stream.HTTP1] != 1 {
					t.Errorf("segments of %d bytes: %+v", size, s)
				}
			}
		})
	}
}

// The certificate of TLS 1.3 is found, in the form of TLS 1.2, and so are the
// handshake messages of a renegotiation.
func TestDecryptHandshake(t *testing.T) {
	all := recorded(t)
	for name, want := range map[string]int{"tls13-chacha": 1, "tls13-retry": 1, "tls12-renegotiation": 1} {
		st := all[name]
		n := 0
		a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
		for _, m := range play(a, st.segs(1000)...) {
			if m.Via != stream.TLS || len(m.Data) == 0 || m.Data[0] != byte(tls.TypeCertificate) {
				continue
			}
			n++
			c, err := tls.ParseCertificate([]byte(m.Data))
			if err != nil || c.Validate() != nil || m.FromClient {
				t.Fatalf("%s: %v, %v", name, err, c.Validate())
			}
			for der := range c.Chain() {
				if x, err := x509.ParseCertificate(der); err != nil || x.Subject.CommonName != "keys.example" {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d certificates in TLS, want %d", name, n, want)
		}
	}
}

// identity returns a certificate of a kind of key.
func identity(t testing.TB, rsaKey bool) stdtls.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)}
	if rsaKey {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		return stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// converse returns what a client and a server of the standard library say: each
// side's parts, in turn, the client first.
func converse(t testing.TB, client, server *stdtls.Config, parts ...string) secretTalk {
	t.Helper()
	var log bytes.Buffer
	client.KeyLogWriter, client.InsecureSkipVerify = &log, true
	up, down := make(chan string, 10000), make(chan string, 10000)
	var both lockedTalk
	c := stdtls.Client(&wire{in: down, out: up, talk: &both}, client)
	s := stdtls.Server(&wire{server: true, in: up, out: down, talk: &both}, server)
	var done sync.WaitGroup
	run := func(conn *stdtls.Conn, mine int) {
		if err := conn.Handshake(); err != nil {
			t.Error(err)
			return
		}
		for i, part := range parts {
			if i%2 == mine {
				conn.Write([]byte(part))
			} else if _, err := io.ReadFull(conn, make([]byte, len(part))); err != nil {
				t.Error(err)
				return
			}
		}
	}
	done.Go(func() { run(s, 1) })
	run(c, 0)
	done.Wait()
	return secretTalk{both.talk, log.String(), keysOf(t, log.String())}
}

// The cipher suites of the standard library: AES-GCM, AES-CBC, 3DES, RC4 and
// ChaCha20-Poly1305, in the versions that have them.
func TestDecryptSuites(t *testing.T) {
	ec, rs := identity(t, false), identity(t, true)
	for _, suite := range append(stdtls.CipherSuites(), stdtls.InsecureCipherSuites()...) {
		for _, version := range suite.SupportedVersions {
			if testing.Short() && version < stdtls.VersionTLS12 {
				continue
			}
			t.Run(fmt.Sprintf("%s %#x", suite.Name, version), func(t *testing.T) {
				st := converse(t, &stdtls.Config{CipherSuites: []uint16{suite.ID}, MinVersion: version, MaxVersion: version},
					&stdtls.Config{CipherSuites: []uint16{suite.ID}, MinVersion: version, Certificates: []stdtls.Certificate{ec, rs}},
					get, response, next, response)
				a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
				want := []string{get, respHead, "file ok", stream.Complete.String(), next, respHead, "file ok", stream.Complete.String()}
				if diff := cmp.Diff(want, httpIn(t, a, st.segs(700))); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// Without the right secrets, nothing is passed on, and the rest is as without any.
func TestDecryptWrongKeys(t *testing.T) {
	for name, st := range recorded(t) {
		plain := play(new(stream.Assembler), st.segs(1000)...)
		for what, log := range map[string]string{
			"other":   "CLIENT_RANDOM " + strings.Repeat("0", 64) + " " + strings.Repeat("0", 96),
			"changed": changed(st.log),
		} {
			a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, log)}}
			got := play(a, st.segs(1000)...)
			if name == "tls13-early-retry" && what == "changed" {
				got = slices.Delete(got, 2, 3) // the second ClientHello, which is after early data
			}
			if diff := cmp.Diff(plain, got); diff != "" {
				t.Errorf("%s, %s secrets (-without +with):\n%s", name, what, diff)
			}
			s := a.Stats()
			if s.Decrypted > 0 || (s.Unauthentic > 0) != (what == "changed") || s.Held != 0 {
				t.Errorf("%s, %s secrets: %+v", name, what, s)
			}
		}
	}
}

// changed returns a key log with the last digit of all secrets changed.
func changed(log string) string {
	all := strings.Split(strings.TrimSpace(log), "\n")
	for i, line := range all {
		if !strings.HasPrefix(line, "#") {
			all[i] = line[:len(line)-1] + string("fedcba9876543210"[strings.IndexByte("0123456789abcdef", line[len(line)-1])])
		}
	}
	return strings.Join(all, "\n")
}

// If a segment is missing, records after it are found, and the bytes between are
// reported as missing.
func TestDecryptLost(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 1<<14) // 16 records
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(big))
	for _, version := range []uint16{stdtls.VersionTLS12, stdtls.VersionTLS13} {
		st := converse(t, &stdtls.Config{MaxVersion: version}, &stdtls.Config{Certificates: []stdtls.Certificate{identity(t, false)}}, get, head+big, next, response)
		segs := st.segs(1000)
		for _, lose := range []int{len(segs) / 2, len(segs) * 3 / 4} {
			for _, n := range []int{1, 5, 40} {
				part := slices.Delete(slices.Clone(segs), lose, lose+n)
				a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
				got := strings.Join(httpIn(t, a, part), "")
				s := a.Stats()
				if s.Decrypted != 1 || s.Unauthentic > 0 || s.Missing == 0 {
					t.Errorf("%#x, %d segments lost at %d: %+v", version, n, lose, s)
				}
				if !strings.Contains(got, next) || !strings.HasSuffix(got, stream.Complete.String()) {
					t.Errorf("%#x, %d segments lost at %d: what follows is not found: %.200q ... %.200q", version, n, lose, got, got[max(len(got)-200, 0):])
				}
			}
		}
	}
}

// DNS over TLS is found by its ALPN name (RFC 7858), and without it by its content.
func TestDecryptALPN(t *testing.T) {
	const query = "\x00\x1d\x47\x45\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03org\x00\x00\x01\x00\x01"
	for _, alpn := range []string{"dot", "http/1.1"} {
		st := converse(t, &stdtls.Config{NextProtos: []string{alpn}}, &stdtls.Config{NextProtos: []string{alpn}, Certificates: []stdtls.Certificate{identity(t, false)}}, query, query)
		found := 0
		a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
		for _, m := range play(a, st.segs(1000)...) {
			if m.Proto == stream.DNS && m.Data == query[2:] {
				found++
			}
		}
		if found != 2 || a.Stats().Protos[stream.DNS] != 1 {
			t.Errorf("%s: %d messages, %+v", alpn, found, a.Stats())
		}
	}
}

package stream_test

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// compressedCertificates returns what is in testdata/compressed.
func compressedCertificates(t testing.TB) map[string]string {
	t.Helper()
	file, err := os.ReadFile("testdata/compressed/messages.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(file)) {
		name, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		all[name] = string(unhex(data))
	}
	return all
}

// compressed returns a CompressedCertificate message (RFC 8879 section 4).
func compressed(algorithm uint16, size int, data string) string {
	b := binary.BigEndian.AppendUint16(nil, algorithm)
	return message(25, string(append(b, byte(size>>16), byte(size>>8), byte(size)))+vector(3, data))
}

// sealTLS returns the first record of a side in TLS 1.3, with AES-128-GCM and SHA-256 (RFC
// 8446 sections 5.2 and 7.3).
func sealTLS(t testing.TB, secret []byte, content string) string {
	t.Helper()
	expand := func(label string, n int) []byte {
		info := string([]byte{0, byte(n), byte(6 + len(label))}) + "tls13 " + label + "\x00"
		b, err := hkdf.Expand(sha256.New, secret, info, n)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	block, err := aes.NewCipher(expand("key", 16))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	inner := content + "\x16"
	head := binary.BigEndian.AppendUint16([]byte("\x17\x03\x03"), uint16(len(inner)+16))
	return string(aead.Seal(head, expand("iv", 12), []byte(inner), head))
}

// certificatesIn returns the certificates of a conversation in TLS and of one in QUIC,
// whose servers send a message after their hellos.
func certificatesIn(t testing.TB, c stream.Config, m string) (inTLS, inQUIC []string, a [2]*stream.Assembler) {
	t.Helper()
	c.Keys = quicKeys(t)
	for i := range a {
		a[i] = &stream.Assembler{Config: c}
	}
	note := func(all *[]string) func([]stream.Message) {
		return func(ms []stream.Message) {
			for _, m := range ms {
				if m.Kind == stream.Certificate {
					*all = append(*all, fmt.Sprintf("%v %x", m.Via, m.Data))
				}
			}
		}
	}
	record := func(s string) string { return "\x16\x03\x03" + vector(2, s) }
	tk := talk{{false, record(rfcHello)}, {true, record(rfcServerHello) + sealTLS(t, quicSecret[tls.LabelServerHandshake], m)}}
	for i, s := range tk.segs(500) {
		push(a[0], s, int64(i+1), start, note(&inTLS))
	}
	note(&inTLS)(a[0].Flush())
	answer := build.QUICInitial{Server: true, KeyID: rfcID, Dst: clientID, Src: serverID, Frames: build.QUICCrypto(0, rfcServerHello)}.Packet()
	handshake := build.QUICSealed{
		Type: build.QUICHandshake, Dst: clientID, Src: serverID, Secret: quicSecret[tls.LabelServerHandshake], Frames: build.QUICCrypto(0, m),
	}.Packet()
	for i, g := range []gram{initial(0, build.QUICCrypto(0, rfcHello)), {true, append(answer, handshake...)}} {
		note(&inQUIC)(pushUDP(a[1], g.packet(), 0, int64(i+1), start))
	}
	note(&inQUIC)(a[1].Flush())
	return inTLS, inQUIC, a
}

// A certificate that zlib, brotli or zstd compressed is as one that is not.
func TestCompressedCertificate(t *testing.T) {
	all := compressedCertificates(t)
	body := all["certificate"]
	plain := fmt.Sprintf("%x", tls.AppendCertificate(nil, []byte(message(11, body))))
	for name, m := range map[string]string{
		"plain":  message(11, body),
		"zlib":   compressed(1, len(body), all["zlib"]),
		"brotli": compressed(2, len(body), all["brotli"]),
		"zstd":   compressed(3, len(body), all["zstd"]),
	} {
		inTLS, inQUIC, a := certificatesIn(t, stream.Config{MaxWork: -1}, m)
		if diff := cmp.Diff([]string{"TCP > TLS " + plain}, inTLS); diff != "" {
			t.Errorf("%s in TLS (-want +got):\n%s%+v", name, diff, a[0].Stats())
		}
		if diff := cmp.Diff([]string{"UDP > QUIC > TLS " + plain}, inQUIC); diff != "" {
			t.Errorf("%s in QUIC (-want +got):\n%s%+v", name, diff, a[1].Stats())
		}
		if s := a[0].Stats(); s.Malformed+s.TooLong+s.TooCostly+s.Held > 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// What a receiver rejects, and what is beyond a limit, is counted, and not a certificate.
func TestCompressedCertificateRejected(t *testing.T) {
	all := compressedCertificates(t)
	n := len(all["certificate"])
	cut := func(s string) string { return s[:len(s)-1] }
	for name, tt := range map[string]struct {
		m       string
		c       stream.Config
		tooLong bool
	}{
		"too short":               {compressed(1, n+1, all["zlib"]), stream.Config{}, false},
		"too long":                {compressed(2, n-1, all["brotli"]), stream.Config{}, false},
		"of 16 MiB":               {compressed(3, 1<<24-1, all["zstd"]), stream.Config{}, true},
		"beyond MaxMessage":       {compressed(3, n, all["zstd"]), stream.Config{MaxMessage: n - 1}, true},
		"beyond MaxDecode":        {compressed(3, n, all["zstd"]), stream.Config{MaxDecode: n - 1}, true},
		"checksum":                {compressed(1, n, cut(all["zlib"])+"x"), stream.Config{}, false},
		"without a checksum":      {compressed(1, n, cut(all["zlib"])), stream.Config{}, false},
		"truncated brotli":        {compressed(2, n, cut(all["brotli"])), stream.Config{}, false},
		"truncated zstd":          {compressed(3, n, all["zstd"][:200]), stream.Config{}, false},
		"deflate, but not zlib":   {compressed(1, n, all["zlib"][2:]), stream.Config{}, false},
		"zstd called zlib":        {compressed(1, n, all["zstd"]), stream.Config{}, false},
		"not compressed":          {compressed(3, n, all["certificate"]), stream.Config{}, false},
		"unknown algorithm":       {compressed(4, n, all["zlib"]), stream.Config{}, false},
		"reserved algorithm":      {compressed(0, n, all["certificate"]), stream.Config{}, false},
		"a length beyond the end": {message(25, "\x00\x01\x00\x00\x10\x00\x00\xffabc"), stream.Config{}, false},
		"empty":                   {message(25, ""), stream.Config{}, false},
	} {
		inTLS, inQUIC, a := certificatesIn(t, tt.c, tt.m)
		if len(inTLS)+len(inQUIC) > 0 {
			t.Errorf("%s: %.100q", name, append(inTLS, inQUIC...))
		}
		for i := range a {
			if s := a[i].Stats(); (s.TooLong > 0) != tt.tooLong || (s.Malformed > 0) == tt.tooLong || s.Held != 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// A bomb costs no more than its bytes pay for.
func TestCompressedCertificateBomb(t *testing.T) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(make([]byte, 1<<20-1))
	w.Close()
	_, _, a := certificatesIn(t, stream.Config{MaxWork: -1}, compressed(1, 1<<20-1, b.String()))
	for i := range a {
		if s := a[i].Stats(); s.TooCostly != 1 || s.Work > 448*4000 || s.Held != 0 {
			t.Errorf("%+v", s)
		}
	}
	certs := slices.Repeat([]byte{0}, 100)
	b.Reset()
	w = zlib.NewWriter(&b)
	w.Write(certs)
	w.Close()
	_, _, a = certificatesIn(t, stream.Config{Stop: func() bool { return true }}, compressed(1, len(certs), b.String()))
	if s := a[0].Stats(); s.Malformed+s.TooCostly > 0 || s.Held != 0 {
		t.Errorf("stopped: %+v", s)
	}
}

package stream_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A secretGrams is an association of DTLS, with its secrets.
type secretGrams struct {
	grams []gram
	log   string
	key   *rsa.PrivateKey // nil unless the key exchange is RSA
}

// recordedDTLS returns the associations of OpenSSL in testdata.
func recordedDTLS(t testing.TB) map[string]secretGrams {
	t.Helper()
	files, err := filepath.Glob("testdata/dtls/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string]secretGrams{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var st secretGrams
		for line := range strings.Lines(string(b)) {
			mark, data, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch {
			case mark == ">" || mark == "<":
				st.grams = append(st.grams, gram{mark == "<", unhex(data)})
			case strings.HasPrefix(data, "key "):
				if st.key, err = x509.ParsePKCS1PrivateKey(unhex(data[len("key "):])); err != nil {
					t.Fatal(err)
				}
			default:
				st.log += line
			}
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = st
	}
	return all
}

// dnsOf returns what the client sent, and the server, of the messages in DTLS that are
// DNS.
func dnsOf(ms []got) (out []string) {
	for _, m := range ms {
		if m.Proto == stream.DNS && m.Via == stream.DTLS {
			out = append(out, fmt.Sprintf("%t %x", m.FromClient, m.Data))
		}
	}
	return out
}

// wantDNS is what the programs in testdata/dtls sent: queries for A records of
// q1.example, q2.example and q3.example, with their replies.
func wantDNS() (out []string) {
	for n := 1; n <= 3; n++ {
		name := fmt.Sprintf("02713%d076578616d706c650000010001", n)
		out = append(out,
			fmt.Sprintf("true 123%d01000001000000000000%s", n, name),
			fmt.Sprintf("false 123%d81800001000100000000%sc00c000100010000003c0004c00002%02x", n, name, n))
	}
	return out
}

// What OpenSSL sent in DTLS 1.0 and 1.2 is found: with AES-GCM, ChaCha20-Poly1305, CCM,
// CBC in both orders and without encryption, after a HelloVerifyRequest, with fragmented
// messages and a client's certificate, resumed, and after a renegotiation.
func TestDecryptDTLS(t *testing.T) {
	for name, st := range recordedDTLS(t) {
		t.Run(name, func(t *testing.T) {
			a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log)}}
			if diff := cmp.Diff(wantDNS(), dnsOf(sendAll(a, st.grams...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			a.Flush()
			if s := a.Stats(); s.Decrypted != 1 || s.Unauthentic+s.Undecrypted+s.Incomplete+s.TooLong+s.TooCostly > 0 || s.Held != 0 || s.Protos[stream.DNS] != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// Reordered, repeated and lost datagrams change nothing but that what was lost is
// missing, and the order.
func TestDecryptDTLSOrder(t *testing.T) {
	for name, st := range recordedDTLS(t) {
		keys := keysOf(t, st.log)
		for seed := range uint64(20) {
			r := mathrand.New(mathrand.NewPCG(seed, 0))
			grams := slices.Concat(st.grams, st.grams[r.IntN(len(st.grams)):])
			r.Shuffle(len(grams), func(i, j int) { grams[i], grams[j] = grams[j], grams[i] })
			a := &stream.Assembler{Config: stream.Config{Keys: keys}}
			got := dnsOf(sendAll(a, grams...))
			slices.Sort(got)
			want := wantDNS()
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, order %d (-want +got):\n%s", name, seed, diff)
			}
			a.Flush()
			if s := a.Stats(); s.Held != 0 || s.Unauthentic > 0 {
				t.Errorf("%s, order %d: %+v", name, seed, s)
			}
		}
		hellos := 0
		for i, g := range st.grams {
			a := &stream.Assembler{Config: stream.Config{Keys: keys}}
			got := dnsOf(sendAll(a, slices.Delete(slices.Clone(st.grams), i, i+1)...))
			if g.data[0] == 23 && len(got) != len(wantDNS())-1 || len(got) < len(wantDNS())-1 && g.data[0] == 22 && !hasHello(g.data) {
				t.Errorf("%s: %d messages without datagram %d", name, len(got), i+1)
			}
			if hasHello(g.data) {
				hellos++
			}
			a.Flush()
			if a.Stats().Held != 0 {
				t.Errorf("%s: %+v", name, a.Stats())
			}
		}
		if hellos < 2 {
			t.Errorf("%s: %d hellos", name, hellos)
		}
	}
}

// hasHello reports whether keys depend on a datagram: it has a hello or, in a
// renegotiation, may have.
func hasHello(b []byte) bool {
	return b[13] == byte(tls.TypeClientHello) || b[13] == byte(tls.TypeServerHello) || b[4] > 0
}

// Without the right secrets, nothing is passed on, and the rest is as without any.
func TestDecryptDTLSWrongKeys(t *testing.T) {
	for name, st := range recordedDTLS(t) {
		plain := sendAll(new(stream.Assembler), st.grams...)
		for what, log := range map[string]string{
			"other":   "CLIENT_RANDOM " + strings.Repeat("0", 64) + " " + strings.Repeat("0", 96),
			"changed": changed(st.log),
		} {
			a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, log)}}
			if diff := cmp.Diff(plain, sendAll(a, st.grams...)); diff != "" {
				t.Errorf("%s, %s secrets (-without +with):\n%s", name, what, diff)
			}
			a.Flush()
			if s := a.Stats(); s.Decrypted > 0 || (s.Unauthentic > 0) != (what == "changed") || s.Held != 0 {
				t.Errorf("%s, %s secrets: %+v", name, what, s)
			}
		}
		for i, g := range st.grams {
			if g.data[0] != 23 {
				continue
			}
			grams := slices.Clone(st.grams)
			grams[i].data = bytes.Clone(g.data)
			grams[i].data[len(g.data)-1] ^= 1
			a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log)}}
			if got := dnsOf(sendAll(a, grams...)); len(got) != len(wantDNS())-1 || a.Stats().Unauthentic != 1 {
				t.Errorf("%s, datagram %d changed: %q, %+v", name, i+1, got, a.Stats())
			}
		}
	}
}

// The premaster secret opens an association, however its messages are fragmented, and
// so does the private key of the server: the extended master secret depends on the
// messages as if they had not been (RFC 7627, RFC 6347 section 4.2.6).
func TestDecryptDTLSForms(t *testing.T) {
	forms := 0
	for name, st := range recordedDTLS(t) {
		if st.key == nil {
			continue
		}
		random, encrypted := dtlsKeyExchange(t, st)
		//lint:ignore SA1019 it is how TLS before 1.3 encrypts (RFC 5246 section 7.4.7.1)
		premaster, err := rsa.DecryptPKCS1v15(rand.Reader, st.key, encrypted)
		if err != nil {
			t.Fatal(name, err)
		}
		private := new(tls.Keys)
		private.AddRSA(st.key)
		for what, keys := range map[string]*tls.Keys{
			"premaster":           keysOf(t, fmt.Sprintf("PMS_CLIENT_RANDOM %x %x", random, premaster)),
			"encrypted premaster": keysOf(t, fmt.Sprintf("RSA %x %x", encrypted[:8], premaster)),
			"private key":         private,
		} {
			for seed := range uint64(5) {
				grams := slices.Clone(st.grams)
				if r := mathrand.New(mathrand.NewPCG(seed, 0)); seed > 0 {
					r.Shuffle(len(grams), func(i, j int) { grams[i], grams[j] = grams[j], grams[i] })
				}
				a := &stream.Assembler{Config: stream.Config{Keys: keys}}
				if got := dnsOf(sendAll(a, grams...)); len(got) != len(wantDNS()) {
					t.Errorf("%s, %s, order %d: %q, %+v", name, what, seed, got, a.Stats())
				}
			}
		}
		forms++
	}
	if forms < 2 {
		t.Errorf("%d associations with an RSA key exchange", forms)
	}
}

// dtlsKeyExchange returns the client's random and the encrypted premaster secret.
func dtlsKeyExchange(t *testing.T, st secretGrams) (random, encrypted []byte) {
	t.Helper()
	for _, g := range st.grams {
		for b := g.data; len(b) > 0; {
			r, err := tls.ParseDTLSRecord(b)
			if err != nil {
				t.Fatal(err)
			}
			b = b[len(r.Bytes()):]
			for p := r.Payload(); r.Epoch() == 0 && r.Type() == tls.ContentHandshake && len(p) > 0; {
				m, err := tls.ParseDTLSHandshake(p)
				if err != nil {
					t.Fatal(err)
				}
				p = p[len(m.Bytes()):]
				switch m.Type() {
				case tls.TypeClientHello:
					random = m.Body()[2:34]
				case tls.TypeClientKeyExchange:
					encrypted = append(encrypted, m.Body()...)
				}
			}
		}
	}
	return random, encrypted[2:]
}

// The master secret of a session decrypts associations that resume it, by identifier
// and by ticket.
func TestDecryptDTLSResumed(t *testing.T) {
	all := recordedDTLS(t)
	for _, by := range []string{"ticket", "identifier"} {
		first, second := all["dtls12-"+by+"-1"], all["dtls12-"+by+"-2"]
		a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, first.log)}}
		got := dnsOf(sendAll(a, slices.Concat(first.grams, second.grams)...))
		if diff := cmp.Diff(slices.Concat(wantDNS(), wantDNS()), got); diff != "" || a.Stats().Decrypted != 2 {
			t.Errorf("%s (-want +got):\n%s%+v", by, diff, a.Stats())
		}
	}
}

// The encrypted messages of a renegotiation are reported, with the server's certificate.
func TestDecryptDTLSHandshake(t *testing.T) {
	a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, recordedDTLS(t)["dtls12-renegotiation"].log)}}
	types := map[tls.HandshakeType]int{}
	for _, m := range sendAll(a, recordedDTLS(t)["dtls12-renegotiation"].grams...) {
		if m.Proto != stream.DTLS || m.Via != stream.DTLS {
			continue
		}
		types[tls.HandshakeType(m.Data[0])]++
		if c, err := tls.ParseCertificate([]byte(m.Data)); err == nil {
			for der := range c.Chain() {
				if x, err := x509.ParseCertificate(der); err != nil || x.Subject.CommonName != "keys.example" {
					t.Error(err)
				}
			}
		}
	}
	if types[tls.TypeClientHello] != 1 || types[tls.TypeServerHello] != 1 || types[tls.TypeCertificate] != 1 || types[tls.TypeFinished] != 4 {
		t.Errorf("%v", types)
	}
}

// FuzzDTLSRecords checks that associations with known secrets, of which any bytes were
// replaced and datagrams swapped, cost no more than their bytes pay for, leave nothing
// held, and yield nothing that was not sent.
func FuzzDTLSRecords(f *testing.F) {
	all := recordedDTLS(f)
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range names {
		f.Add(uint8(i), uint8(0), uint16(14), []byte{}, uint8(1))
		f.Add(uint8(i), uint8(2), uint16(25), []byte("\x00\x01"), uint8(3))
		f.Add(uint8(i), uint8(9), uint16(0), []byte("\x19\xfe\xfd\x00\x01"), uint8(0))
	}
	f.Fuzz(func(t *testing.T, which, at uint8, off uint16, b []byte, swap uint8) {
		st := all[names[int(which)%len(names)]]
		grams := slices.Clone(st.grams)
		i := int(at) % len(grams)
		d := bytes.Clone(grams[i].data)
		o := min(int(off), len(d))
		grams[i].data = slices.Concat(d[:o], b, d[min(o+len(b), len(d)):])
		j := int(swap) % len(grams)
		grams[i], grams[j] = grams[j], grams[i]
		a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log), MaxWork: 1 << 18}}
		sent, captured := wantDNS(), 0
		for _, m := range dnsOf(sendAll(a, grams...)) {
			k := slices.Index(sent, m)
			if k < 0 {
				t.Errorf("%s was not sent, or is passed on twice", m)
				continue
			}
			sent = slices.Delete(sent, k, k+1)
		}
		for _, g := range grams {
			captured += len(g.packet())
		}
		if work, most := a.Stats().Work, int64(a.MaxWork+448*captured); work > most {
			t.Errorf("work of %d, at most %d", work, most)
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 {
			t.Errorf("%d bytes held at the end", s.Held)
		}
	})
}

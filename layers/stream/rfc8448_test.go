package stream_test

import (
	"bufio"
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A schedule13 is the key schedule of TLS 1.3 with SHA-256 (RFC 8446 section 7.1).
type schedule13 struct {
	t      *testing.T
	secret []byte
	log    strings.Builder
	random []byte
}

func (k *schedule13) extract(input []byte) {
	salt := k.secret
	if salt != nil {
		salt = k.derive("derived", sha256.New().Sum(nil))
	}
	if input == nil {
		input = make([]byte, sha256.Size)
	}
	var err error
	if k.secret, err = hkdf.Extract(sha256.New, input, salt); err != nil {
		k.t.Fatal(err)
	}
}

func (k *schedule13) derive(label string, hash []byte) []byte {
	label = "tls13 " + label
	info := string([]byte{0, sha256.Size, byte(len(label))}) + label + string([]byte{byte(len(hash))}) + string(hash)
	b, err := hkdf.Expand(sha256.New, k.secret, info, sha256.Size)
	if err != nil {
		k.t.Fatal(err)
	}
	return b
}

// note derives a secret and adds it to the key log.
func (k *schedule13) note(name, label string, transcript []byte) []byte {
	hash := sha256.Sum256(transcript)
	secret := k.derive(label, hash[:])
	fmt.Fprintf(&k.log, "%s %x %x\n", name, k.random, secret)
	return secret
}

// share returns the secret that a client and the server of a ServerHello share.
func share(t *testing.T, private []byte, h tls.ServerHello) []byte {
	t.Helper()
	data, ok := h.Extension(51) // key_share (RFC 8446 section 4.2.8)
	if !ok {
		t.Fatal("no share")
	}
	curve := map[byte]ecdh.Curve{0x1d: ecdh.X25519(), 0x17: ecdh.P256()}[data[1]]
	mine, err := curve.NewPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := curve.NewPublicKey(data[4:])
	if err != nil {
		t.Fatal(err)
	}
	secret, err := mine.ECDH(theirs)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// secrets8448 returns the key log of a conversation, from the client's private key.
func secrets8448(t *testing.T, tk talk, private, psk []byte) string {
	t.Helper()
	k := &schedule13{t: t}
	k.extract(psk)
	var transcript []byte
	var server *tls.Protection
	for _, r := range tk {
		head, body := []byte(r.data[:5]), []byte(r.data[5:])
		switch {
		case head[0] == 22 && !r.server:
			h, err := tls.ParseClientHello(body)
			if err != nil {
				t.Fatal(err)
			}
			k.random = h.Random()
			transcript = append(transcript, body...)
			k.note(tls.LabelClientEarly, "c e traffic", transcript)
		case head[0] == 22:
			h, err := tls.ParseServerHello(body)
			if err != nil {
				t.Fatal(err)
			}
			if h.IsRetry() { // RFC 8446 section 4.4.1
				sum := sha256.Sum256(transcript)
				transcript = append([]byte{254, 0, 0, sha256.Size}, sum[:]...)
			}
			if transcript = append(transcript, body...); h.IsRetry() {
				continue
			}
			k.extract(share(t, private, h))
			k.note(tls.LabelClientHandshake, "c hs traffic", transcript)
			var ok bool
			if server, ok = tls.TrafficProtection(h.CipherSuite(), k.note(tls.LabelServerHandshake, "s hs traffic", transcript)); !ok {
				t.Fatal("no protection")
			}
		case head[0] == 23 && r.server && server != nil: // the first one ends with the Finished
			flight, _, ok := server.Open(nil, head, body, 0)
			if !ok {
				t.Fatal("the server's messages do not authenticate")
			}
			server = nil
			transcript = append(transcript, flight...)
			k.extract(nil)
			k.note(tls.LabelClientTraffic, "c ap traffic", transcript)
			k.note(tls.LabelServerTraffic, "s ap traffic", transcript)
		}
	}
	return k.log.String()
}

// All records of RFC 8448 that are protected authenticate, with the secrets that follow
// from the private keys there, and hold the messages that the RFC lists.
func TestRFC8448(t *testing.T) {
	data := make([]byte, 50)
	for i := range data {
		data[i] = byte(i)
	}
	content := []string{fmt.Sprintf("true %x", data), fmt.Sprintf("false %x", data)}
	flight := []string{"S encrypted_extensions", "S certificate", "S certificate_verify", "S finished"}
	want := map[string]struct{ messages, content []string }{
		"section 3, simple 1-RTT":          {append(slices.Clone(flight), "C finished", "S new_session_ticket"), content},
		"section 4, resumed 0-RTT":         {[]string{"S encrypted_extensions", "S finished", "C end_of_early_data", "C finished"}, append([]string{"true 414243444546"}, content...)},
		"section 5, HelloRetryRequest":     {append(slices.Clone(flight), "C finished"), nil},
		"section 6, client authentication": {append(slices.Insert(slices.Clone(flight), 1, "S certificate_request"), "C certificate", "C certificate_verify", "C finished"), nil},
		"section 7, compatibility mode":    {append(slices.Clone(flight), "C finished"), nil},
	}
	for _, v := range rfc8448 {
		t.Run(v.name, func(t *testing.T) {
			var tk talk
			for line := range strings.Lines(strings.TrimSpace(v.records)) {
				tk = append(tk, talk{{line[0] == '<', string(unhex(line[2:]))}}...)
			}
			var psk []byte
			if v.psk != "" {
				psk = unhex(v.psk)
			}
			log := secrets8448(t, tk, unhex(v.private), psk)
			a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, log), Detect: whole(50, 6)}}
			var messages, content []string
			for _, m := range play(a, tk.segs(1<<14)...) {
				switch {
				case m.Proto == stream.ProtoUser:
					content = append(content, fmt.Sprintf("%t %x", m.FromClient, m.Data))
				case m.Via == stream.TLS && m.Proto == stream.TLS:
					side := map[bool]string{true: "C ", false: "S "}[m.FromClient]
					messages = append(messages, side+tls.HandshakeType(m.Data[0]).String())
				}
			}
			if diff := cmp.Diff(want[v.name].messages, messages); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want[v.name].content, content); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
			if s := a.Stats(); s.Decrypted != 1 || s.Unauthentic+s.Undecrypted+s.Incomplete > 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// whole returns a Detector for content that has one of the given lengths.
func whole(sizes ...int) stream.Detector {
	split := func(b []byte, _ bool) (int, []byte, error) {
		if len(b) > 0 && slices.Contains(sizes, len(b)) {
			return len(b), b, nil
		}
		return 0, nil, nil
	}
	return func(_ layers.Flow, client, server []byte) (stream.Proto, bufio.SplitFunc) {
		if bytes.HasPrefix(client, []byte("\x16\x03")) || bytes.HasPrefix(server, []byte("\x16\x03")) {
			return stream.Unknown, nil
		}
		return stream.ProtoUser, split
	}
}

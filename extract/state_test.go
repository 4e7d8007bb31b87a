package extract

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A state has no secrets of TLS: not those of the capture, nor those of the Options.
func TestStateWithoutSecrets(t *testing.T) {
	b, err := os.ReadFile("../testdata/tls-secrets.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	secret := regexp.MustCompile(`(?i)(CLIENT_RANDOM|_SECRET\w*) [0-9a-f]{64} ([0-9a-f]{64,})`).FindSubmatch(b)
	if secret == nil {
		t.Fatal("no secrets in the capture")
	}
	raw, err := hex.DecodeString(string(secret[2]))
	if err != nil {
		t.Fatal(err)
	}
	rep, state := inRun(t, Survey{}, nil, "", b)
	if rep.Unseen.Stream.Decrypted == 0 {
		t.Fatal("nothing was decrypted")
	}
	if bytes.Contains(state, secret[2]) || bytes.Contains(state, raw) {
		t.Error("the state holds a secret")
	}
}

// A state that was changed anywhere is refused, and so is one of other Options.
func TestStateDamaged(t *testing.T) {
	state := stateOf(t, "../testdata/fragments.pcap")
	for _, at := range []int{0, 9, len(state) / 3, len(state) / 2, len(state) - 40, len(state) - 1} {
		bad := bytes.Clone(state)
		bad[at] ^= 0x10
		if err := new(Survey).Resume(bytes.NewReader(bad)); err == nil {
			t.Errorf("changed at %d: no error", at)
		}
		if err := new(Survey).Resume(bytes.NewReader(state[:at])); err == nil {
			t.Errorf("cut at %d: no error", at)
		}
	}
	for what, o := range map[string]Options{"Passwords": {Passwords: true}, "Idle": {Stream: stream.Config{Idle: time.Hour}}} {
		s := Survey{Options: o}
		if err := s.Resume(bytes.NewReader(state)); err == nil || !strings.Contains(err.Error(), "other options") {
			t.Errorf("other %s: %v", what, err)
		}
	}
	s := Survey{Options: Options{Workers: 3, Stream: stream.Config{Keys: new(tls.Keys), Stop: func() bool { return false }}}}
	if err := s.Resume(bytes.NewReader(state)); err != nil {
		t.Errorf("other Workers and Keys: %v", err)
	}
}

// stateOf returns the state after a capture.
func stateOf(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, state := inRun(t, Survey{}, nil, "", b)
	return state
}

// A run that was interrupted has a Report, but no state.
func TestSuspendInterrupted(t *testing.T) {
	b, err := os.ReadFile("../testdata/http.pcap")
	if err != nil {
		t.Fatal(err)
	}
	var s Survey
	r, _ := pcap.NewReader(bytes.NewReader(b))
	if err := s.Read(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	x := s.Extractor()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	x.ReadInput(ctx, "", bytes.NewReader(b))
	var out bytes.Buffer
	rep, err := x.Suspend(&out)
	if rep == nil || !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if _, err := new(Extractor).Suspend(&out); err == nil || out.Len() > 0 {
		t.Error("an Extractor without a Survey wrote a state")
	}
}

// A state whose hash is right, whatever it holds, is refused or read, and its run
// ends.
func FuzzState(f *testing.F) {
	for _, name := range []string{"fragments.pcap", "vxlan.pcap", "ftp.pcap"} {
		state := stateOf(f, "../testdata/"+name)
		f.Add(state[:len(state)-stateEndLen])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var end bytes.Buffer
		sum := sha256.Sum256(b)
		if err := pcapng.NewWriter(&end).WriteCustom(pcapng.CustomData{PEN: statePEN, Data: append([]byte{stateEnd}, sum[:]...)}); err != nil {
			t.Fatal(err)
		}
		var s Survey
		if s.Resume(bytes.NewReader(append(b[:len(b):len(b)], end.Bytes()[end.Len()-stateEndLen:]...))) == nil {
			var out bytes.Buffer
			if _, err := s.Extractor().Suspend(&out); err != nil {
				t.Fatal(err)
			}
			if err := new(Survey).Resume(&out); err != nil {
				t.Fatal(err)
			}
		}
	})
}

package stream_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// recordedQUIC returns the IP packets of a conversation of quic-go in testdata, and its
// secrets.
func recordedQUIC(t testing.TB, name string) (packets [][]byte, k *tls.Keys) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "quic", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	k = new(tls.Keys)
	for line := range strings.Lines(string(b)) {
		mark, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		port := uint16(40000)
		if len(mark) == 2 {
			port = 50000
		}
		raw, err := hex.DecodeString(data)
		switch mark[0] {
		case '>':
			packets = append(packets, build.UDP("192.0.2.1", port, "198.51.100.7", 443, raw))
		case '<':
			packets = append(packets, build.UDP("198.51.100.7", 443, "192.0.2.1", port, raw))
		default:
			err = k.Read(strings.NewReader(line))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return packets, k
}

// The requests and bodies of quic-go are those that it was asked to send: after a Retry,
// in version 2, on a second port, and with key updates.
func TestQUICRecorded(t *testing.T) {
	for name, gets := range map[string]int{"v1-retry": 1, "v2": 1, "v1-migration": 1, "v1-key-update": 110} {
		packets, k := recordedQUIC(t, name)
		a := &stream.Assembler{Config: stream.Config{Keys: k, Hash: stream.HashSHA256}}
		got := map[string]int{}
		note := func(ms []stream.Message) {
			for _, m := range ms {
				switch m.Kind {
				case stream.HTTPRequest, stream.HTTPResponse:
					line, _, _ := strings.Cut(string(m.Data), "\r\n")
					asked, _, _ := strings.Cut(string(m.Request), "\r\n")
					got[line+" "+asked]++
				case stream.FileEnd:
					got[fmt.Sprintf("%v %v %x", m.FromClient, m.File.State, m.File.SHA256[:4])]++
				case stream.Certificate:
					c, err := tls.ParseCertificate(m.Data)
					for der := range c.Chain() {
						if der[0] != 0x30 || c.Validate() != nil {
							t.Errorf("%s: %v, %v", name, c, err)
						}
						got["certificate"]++
					}
				}
			}
		}
		for i, b := range packets {
			note(pushUDP(a, b, 0, int64(i), start))
		}
		note(a.Flush())
		want := map[string]int{
			"certificate": 1, "GET /one HTTP/3 ": gets, "HTTP/3 200 GET /one HTTP/3": gets, "false complete " + sum4("GET /one "): gets,
			"POST /two HTTP/3 ": 1, "HTTP/3 200 POST /two HTTP/3": 1, "true complete " + sum4("upload"): 1, "false complete " + sum4("POST /two upload"): 1,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if s := a.Stats(); s.Decrypted != 1 || s.Unauthentic != 0 || s.Held != 0 || s.Missing != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

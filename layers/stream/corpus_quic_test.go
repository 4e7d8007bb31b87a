package stream_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/quic"
	"github.com/sightline-go/sightline/layers/ssh"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// corpus returns the directory of captures that SIGHTLINE_CORPUS names.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("SIGHTLINE_CORPUS")
	if dir == "" {
		t.Skip("SIGHTLINE_CORPUS is not set to a directory of captures")
	}
	return dir
}

// read calls f with each message of a capture.
func read(t *testing.T, name string, f func(stream.Message)) {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := pcap.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var a stream.Assembler
	var d layers.Decoder
	var p layers.Packet
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		d.Decode(&p, rec)
		for _, m := range a.Push(&p, rec) {
			f(m)
		}
	}
	for _, m := range a.Flush() {
		f(m)
	}
}

// HASSH and host key types are those that tshark 4.0 prints; ja4 and Suricata
// state the same hashes for these captures.
func TestCorpusHASSH(t *testing.T) {
	dir := corpus(t)
	for name, want := range map[string][]string{
		"ja4/ssh2.pcapng": {
			">06046964c022c6407d15a27b12a6a4fb", "<699519fdcc30cbcd093d5cd01e4b1d56", "<ecdsa-sha2-nistp256"},
		"ja4/ssh-scp-1050.pcap": {
			">eb6d4c713c7dcaba7cfd070b095213a9", "<6832f1ce43d4397c2c0a3e2f8c94334e", "<ssh-ed25519"},
		"suricata/ssh-newkeys-input.pcap": {
			"<6832f1ce43d4397c2c0a3e2f8c94334e", ">c8c5fbf80b7b0a1b0e4de5e683f3c5ad", "<ssh-ed25519"},
		"suricata/ssh-hassh-incomplete-input.pcap": {">46c5bd9748882f1a5d75753fb7d47a61"},
		"ja4/ssh2-malformed.pcap": {
			">21b457a327ce7a2d4fce5ef2c42400bd", "<f430cd6761697a6a658ee1d45ed22e49", "<ssh-rsa"},
	} {
		var got []string
		read(t, filepath.Join(dir, "dev", name), func(m stream.Message) {
			if m.Proto != stream.SSH {
				return
			}
			from := []byte("<")
			if m.FromClient {
				from[0] = '>'
			}
			if k, err := ssh.ParseKexInit(m.Data); err == nil {
				got = append(got, string(k.AppendHASSH(from, m.FromClient)))
			} else if r, err := ssh.ParseKexReply(m.Data); err == nil {
				got = append(got, string(append(from, r.KeyType()...)))
			}
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Packet versions and server names are counted as tshark 4.0 prints them:
// versions 1 and 2, drafts 29 and 32, Google's Q050, Retry.
func TestCorpusQUIC(t *testing.T) {
	dir := corpus(t)
	for _, name := range []string{
		"ja4/chrome-cloudflare-quic-with-secrets.pcapng", "ja4/tls3.pcapng", "ja4/tls-handshake.pcapng", "ja4/ssh2.pcapng",
		"ndpi/doq.pcapng", "ndpi/doq_adguard.pcapng", "ndpi/google_meet.pcapng", "ndpi/gquic.pcap",
		"suricata/quic-frag-input.pcap", "suricata/quic-initial-not-first-input.pcap", "suricata/quic-retry-input.pcap",
		"zeek/quic-quicv2-echo-443.pcap", "zeek/quic-quicv2-echo-dpd-custom-port-4433.pcap", "zeek/quic-quicv2-http3-443.pcap",
	} {
		type counts struct {
			Versions map[string]int `json:"quic_version"`
			Names    map[string]int `json:"quic_sni"`
		}
		var want counts
		b, err := os.ReadFile(filepath.Join(dir, "expected", name+".indicators.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &want); err != nil {
			t.Fatal(err)
		}
		got := counts{map[string]int{}, map[string]int{}}
		read(t, filepath.Join(dir, "dev", name), func(m stream.Message) {
			switch {
			case m.Proto == stream.QUIC:
				p, err := quic.ParsePacket(m.Data)
				if err != nil {
					t.Errorf("%s: packet %d: %v", name, m.First.Number, err)
				}
				got.Versions[fmt.Sprintf("0x%08x", uint32(p.Version()))]++
			case m.Via.Innermost() == stream.QUIC && m.Data[0] == byte(tls.TypeClientHello):
				h, err := tls.ParseClientHello(m.Data)
				if err != nil || h.Validate() != nil {
					t.Errorf("%s: packet %d: %v, %v", name, m.First.Number, err, h.Validate())
				}
				if sni := h.ServerName(); sni != nil {
					got.Names[string(sni)]++
				}
			}
		})
		if want.Names == nil {
			want.Names = map[string]int{}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

package pcapng_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// The secrets types are four letters (section 4.7 of the draft).
func TestSecretsTypes(t *testing.T) {
	for letters, want := range map[string]string{
		"SSHK": "SSH key log", "TLSK": "TLS key log", "UAKL": "OPC UA key log", "WGKL": "WireGuard key log",
		"ZNWK": "ZigBee NWK key", "ZAPS": "ZigBee APS key", "ABCD": "0x41424344",
	} {
		f := build.Pcapng{BigEndian: true}
		f.Section().Block(10, nil, append([]byte(letters), 0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'), opt(1, []byte("why")...))
		b := block(t, &f, pcapng.DecryptionSecrets)
		s, ok := b.Secrets()
		if s.Type.String() != want || string(s.Data) != "hello" || !ok {
			t.Errorf("%s: %v %q %t", letters, s.Type, s.Data, ok)
		}
		if opts := collect(b); len(opts) != 1 || opts[0].Text() != "why" {
			t.Errorf("options %v", opts)
		}
	}
}

func TestSecretsDamaged(t *testing.T) {
	for _, fixed := range [][]uint32{{}, {1}, {1, 1}, {1, 1 << 31}, {1, 1<<32 - 1}} {
		b := block(t, new(build.Pcapng).Section().Block(10, fixed, nil), pcapng.DecryptionSecrets)
		if s, ok := b.Secrets(); ok {
			t.Errorf("%v: %v", fixed, s)
		}
		if err := b.Validate(); !errors.Is(err, pcap.ErrFormat) {
			t.Errorf("%v: %v", fixed, err)
		}
		if opts := collect(b); opts != nil {
			t.Errorf("%v: options %v", fixed, opts)
		}
	}
}

func TestWriteSecrets(t *testing.T) {
	both(func(big bool) {
		for _, want := range []pcapng.Secrets{
			{Type: pcapng.SecretsTLS, Data: []byte("CLIENT_RANDOM 00 11\n")}, {Type: pcapng.SecretsZigBeeNWK, Data: []byte{1, 2, 3}}, {Data: []byte{}},
		} {
			var file bytes.Buffer
			w := pcapng.NewWriter(&file)
			err := errors.Join(w.BeginSection(pcapng.Section{BigEndian: big}), w.WriteSecrets(want), w.WriteSecrets(want, pcapng.Comment("again")))
			if err != nil {
				t.Fatal(err)
			}
			blocks, err := read(file.Bytes())
			if err != nil || len(blocks) != 3 {
				t.Fatal(len(blocks), err)
			}
			for _, b := range blocks[1:] {
				got, ok := b.Secrets()
				if diff := cmp.Diff(want, got); diff != "" || !ok || b.Validate() != nil {
					t.Error(ok, b.Validate(), diff)
				}
			}
			if opts := collect(blocks[2]); len(opts) != 1 || opts[0].Text() != "again" {
				t.Errorf("options %v", opts)
			}
		}
	})
}

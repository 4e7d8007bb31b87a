// Package keytest separates captures from their TLS secrets, for tests of key logs.
package keytest

import (
	"bytes"
	"testing"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// Parted returns the packets of a pcapng file as a pcap file, and the key log that
// the pcapng file contains.
func Parted(t testing.TB, name string) (packets, log []byte) {
	t.Helper()
	r, err := pcap.Config{OnBlock: func(raw pcap.RawBlock) {
		if s, ok := pcapng.Parse(raw).Secrets(); ok {
			log = append(log, s.Data...)
		}
	}}.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	w, err := pcap.NewWriter(&b, pcap.LinkTypeEthernet)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range r.All() {
		if err == nil {
			err = w.Write(rec)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(log) == 0 {
		t.Fatalf("%s has no secrets", name)
	}
	return b.Bytes(), log
}

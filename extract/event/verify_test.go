package event

import (
	"context"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Every attribute of the captures of testdata is found again in the packets
// behind it.
func TestVerify(t *testing.T) {
	total := 0
	for _, name := range withCorpus(t) {
		o := extract.Options{Stream: stream.Config{Hash: stream.HashAll}}
		rep := readFile(t, name, o)
		all := Select(rep, Options{All: true, Detail: Indicators}).Attributes
		missing, err := Verify(context.Background(), o, all, func(int) (*pcap.Reader, error) { return pcap.Open(name) })
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		total += len(all)
		for _, a := range missing {
			t.Errorf("%s: %s %q is not found again", name, a.Type, a.Value)
		}
	}
	t.Logf("%d attributes", total)
	if total < 500 {
		t.Errorf("only %d attributes", total)
	}
}

// What is in no packet is not found.
func TestVerifyFindsNothing(t *testing.T) {
	rep := readFile(t, "../../testdata/dns.pcap", extract.Options{})
	all := Select(rep, Options{All: true, Detail: Indicators}).Attributes
	for i := range all {
		all[i].Value += "x"
	}
	missing, err := Verify(context.Background(), extract.Options{}, all, func(int) (*pcap.Reader, error) { return pcap.Open("../../testdata/dns.pcap") })
	if err != nil || len(missing) != len(all) {
		t.Errorf("%d of %d are found, %v", len(all)-len(missing), len(all), err)
	}
}

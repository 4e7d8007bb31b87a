package event

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Every attribute of the captures in testdata is found in its evidence.
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
			t.Errorf("%s: %s %q not found in its evidence", name, a.Type, a.Value)
		}
	}
	t.Logf("%d attributes", total)
	if total < 500 {
		t.Errorf("only %d attributes", total)
	}
}

// Values that no packet holds are not found.
func TestVerifyFindsNothing(t *testing.T) {
	rep := readFile(t, "../../testdata/dns.pcap", extract.Options{})
	all := Select(rep, Options{All: true, Detail: Indicators}).Attributes
	for i := range all {
		all[i].Value += "x"
	}
	missing, err := Verify(context.Background(), extract.Options{}, all, func(int) (*pcap.Reader, error) { return pcap.Open("../../testdata/dns.pcap") })
	if err != nil || len(missing) != len(all) {
		t.Errorf("found %d of %d, %v", len(all)-len(missing), len(all), err)
	}
}

// An attribute is not found in the evidence of another one, although the packets of
// both are read.
func TestVerifyEvidence(t *testing.T) {
	const name = "../../testdata/dns.pcap"
	rep := readFile(t, name, extract.Options{})
	all := Select(rep, Options{All: true, Detail: Indicators}).Attributes
	swapped := 0
	for i := 1; i < len(all); i++ {
		a, b := &all[i-1], &all[i]
		first, _ := a.Evidence.First()
		second, _ := b.Evidence.First()
		if a.Evidence.Len() < 8 && b.Evidence.Len() < 8 && !a.Evidence.Shows(&second) && !b.Evidence.Shows(&first) {
			a.Evidence, b.Evidence = b.Evidence, a.Evidence
			swapped += 2
			i++
		}
	}
	missing, err := Verify(t.Context(), extract.Options{}, all, func(int) (*pcap.Reader, error) { return pcap.Open(name) })
	if err != nil || swapped == 0 || len(missing) < swapped/2 {
		t.Errorf("%d of %d attributes with other evidence are missing, %v", len(missing), swapped, err)
	}
}

// Verifying a connection takes memory in proportion to its messages.
func TestVerifyLinear(t *testing.T) {
	cost := func(requests int) uint64 {
		var c capture
		to := build.TCP{Src: "10.0.0.5", Dst: "198.51.100.7", SrcPort: 40000, DstPort: 80, Seq: 1, Flags: 0x18}
		for i := range requests {
			to.Data = fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: a.example\r\nUser-Agent: agent %d\r\n\r\n", i, i)
			c.add(to.Packet())
			to.Seq += uint32(len(to.Data))
		}
		rep := c.report(t, extract.Options{})
		all := Select(rep, Options{All: true, Detail: Indicators}).Attributes
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		missing, err := Verify(t.Context(), extract.Options{}, all, func(int) (*pcap.Reader, error) { return pcap.NewReaderBytes(c.file.Bytes()) })
		runtime.ReadMemStats(&after)
		if err != nil || len(missing) > 0 || len(all) < 2*requests {
			t.Errorf("%d requests: %d of %d attributes missing, %v", requests, len(missing), len(all), err)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	if few, many := cost(200), cost(1600); many > 12*few {
		t.Errorf("200 requests take %d bytes, 1600 %d", few, many)
	}
}

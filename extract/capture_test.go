package extract

import (
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// Thousands of interfaces, each with a different link type.
func TestManyLinkTypes(t *testing.T) {
	const n = 2000
	f := new(build.Pcapng).Section()
	for i := range n {
		f.Interface(uint16(20_000+i), 0)
	}
	for i := range n {
		f.Enhanced(uint32(i), uint64(start.UnixMicro())+uint64(i), []byte("data"))
	}
	r, err := pcap.NewReaderBytes(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var x Extractor
	if err := x.Read(t.Context(), "", r); err != nil {
		t.Fatal(err)
	}
	if len(x.clocks) > maxClocks {
		t.Errorf("%d clocks", len(x.clocks))
	}
	rep := x.Finish()
	if got := len(rep.Captures[0].LinkTypes); got != maxLinkTypes || len(rep.Unseen.LinkTypes) != n || rep.Unseen.Backwards != 0 {
		t.Errorf("%d link types listed, %d counted, %d backwards", got, len(rep.Unseen.LinkTypes), rep.Unseen.Backwards)
	}
}

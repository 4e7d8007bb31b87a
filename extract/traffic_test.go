package extract

import (
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// At MaxLive, conversations between two addresses are closed early, those idle longest
// first.
func TestMaxLive(t *testing.T) {
	var d layers.Decoder
	var p layers.Packet
	const live = 80
	x := Extractor{Options: Options{MaxLive: live}}
	for i := range 1000 {
		b := build.UDP("10.0.0.5", uint16(4000+i), "192.0.2.1", 9, []byte("x"))
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if n := x.shards[shardOf(&p)].live.table.Len(); n > live {
			t.Fatalf("%d conversations open", n)
		}
	}
	if rep := x.Finish(); rep.Unseen.Parted != (1000-live)/10*10 || rep.Unseen.Crowded != 0 {
		t.Errorf("%d closed early", rep.Unseen.Parted)
	}
}

package extract

import (
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// At MaxLive connections are parted, oldest first, and not more of them followed.
func TestMaxLive(t *testing.T) {
	var d layers.Decoder
	var p layers.Packet
	const live = 10 // of the one shard that the addresses fall in
	x := Extractor{Options: Options{MaxLive: live * shardCount}}
	for i := range 1000 {
		b := build.UDP("10.0.0.5", uint16(4000+i), "192.0.2.1", 9, []byte("x"))
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if n := x.shardOf(&p).live.table.Len(); n > live {
			t.Fatalf("%d are followed", n)
		}
	}
	if rep := x.Finish(); rep.Unseen.Parted != 1000-live {
		t.Errorf("%d are parted", rep.Unseen.Parted)
	}
}

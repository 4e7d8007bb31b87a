package stream_test

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// An Assembler reassembles fragments itself. A Defragmenter is for programs
// that process single packets.
func ExampleDefragmenter() {
	datagram := build.UDP("192.0.2.1", 40000, "192.0.2.2", 9, []byte("cut in the middle"))[20:]
	fragment := func(word uint16, payload []byte) *pcap.Record {
		b := build.IP("192.0.2.1", "192.0.2.2", 17, payload)
		binary.BigEndian.PutUint16(b[6:], word) // flags and offset
		return &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw}
	}
	records := []*pcap.Record{fragment(0x2000, datagram[:16]), fragment(2, datagram[16:])}

	var d layers.Decoder
	var p layers.Packet
	var frags stream.Defragmenter
	for _, rec := range records {
		d.Decode(&p, rec)
		if p.IsFragment() {
			whole, ok := frags.Push(&p, rec)
			if !ok {
				continue // incomplete
			}
			d.DecodeBytes(&p, pcap.LinkTypeRaw, whole.Data)
		}
		udp, _ := p.UDP()
		fmt.Printf("%s\n", udp.Payload())
	}
	// Output: cut in the middle
}

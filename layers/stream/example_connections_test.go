package stream_test

import (
	"fmt"
	"log"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// List the TCP connections of a capture: who opened them, what each side sent,
// and how they ended.
func Example_connections() {
	r, err := pcap.Open("../../testdata/ssh.pcap")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	show := func(messages []stream.Message) {
		for _, m := range messages {
			if m.Kind == stream.Closed {
				s := m.Summary
				fmt.Println(m.Conn.Flow.Src, "->", m.Conn.Flow.Dst, s.Protos, s.End)
				fmt.Println("  sent", s.Client.Packets, "packets,", s.Client.Bytes, "bytes; received", s.Server.Packets, "packets,", s.Server.Bytes, "bytes")
			}
		}
	}
	var d layers.Decoder
	var p layers.Packet
	a := stream.Assembler{Config: stream.Config{Connections: true, NoFiles: true}}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		d.Decode(&p, rec)
		show(a.Push(&p, rec))
	}
	show(a.Flush())
	// Output:
	// 10.20.30.17:38022 -> 203.0.113.22:22 [SSH] closed
	//   sent 15 packets, 3935 bytes; received 12 packets, 3613 bytes
}

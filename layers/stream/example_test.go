package stream_test

import (
	"fmt"
	"log"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Print the files that HTTP servers sent, by hash, with the requested URLs. To
// get the bytes too, set Config.Content.
func ExampleAssembler() {
	r, err := pcap.Open("../../testdata/story.pcapng")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	show := func(messages []stream.Message) {
		for _, m := range messages {
			if m.Proto != stream.HTTP1 || m.Kind != stream.FileEnd {
				continue
			}
			if req, err := http1.ParseRequest(m.Request); err == nil {
				fmt.Printf("%.4x... %d bytes, %v, %s\n", m.File.SHA256, m.File.Size, m.File.State, req.AppendURL(nil))
			}
		}
	}
	var d layers.Decoder
	var p layers.Packet
	a := stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256}}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		d.Decode(&p, rec)
		show(a.Push(&p, rec))
	}
	show(a.Flush())
	// Output:
	// 81873657... 4826 bytes, complete, http://www.news.example/
	// 307f5642... 145 bytes, complete, http://cdn.badfiles.example/get/update.bin
	// b3c3a759... 24061 bytes, complete, http://cdn.badfiles.example/files/9f2c/update.bin
	// 01e597d6... 14 bytes, complete, http://www.news.example/robots.txt
}

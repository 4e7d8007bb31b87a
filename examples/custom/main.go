// Command custom decodes a protocol of its own: a beacon on UDP port 9999,
// whose messages are a version, the length of a name, and the name.
//
//	custom FILE
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

const kindBeacon = layers.KindUser

// A beacon is a message that parseBeacon has accepted.
type beacon []byte

func (b beacon) version() uint8 { return b[0] }
func (b beacon) name() []byte   { return b[2 : 2+int(b[1])] }

func parseBeacon(b []byte) (layers.Step, error) {
	if len(b) < 2 || len(b) < 2+int(b[1]) {
		return layers.Step{}, layers.Short
	}
	return layers.Step{HeaderLen: 2 + int(b[1])}, nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: custom FILE")
	}
	r, err := pcap.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	var d layers.Decoder
	err = d.Register(layers.Protocol{Kind: kindBeacon, Name: "beacon", Parse: parseBeacon}, layers.ByUDPPort(9999))
	if err != nil {
		log.Fatal(err)
	}
	var p layers.Packet
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		d.Decode(&p, rec)
		if l, ok := p.Layer(kindBeacon); ok {
			b := beacon(l.Header())
			src, _, _ := p.Addrs()
			fmt.Printf("%v: version %d, %q\n", src, b.version(), b.name())
		}
	}
}

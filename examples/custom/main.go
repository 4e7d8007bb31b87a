// Command custom registers a protocol with the decoder: a beacon on UDP port
// 9999 whose messages hold a version, the length of a name, and the name.
//
//	custom FILE
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

var beacon = layers.Protocol{Kind: layers.KindUser, Name: "beacon", Parse: parseBeacon}

func parseBeacon(b []byte) (layers.Step, error) {
	if len(b) < 2 || len(b) < 2+int(b[1]) {
		return layers.Step{}, wire.Short
	}
	return layers.Step{HeaderLen: 2 + int(b[1])}, nil
}

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "Usage: custom FILE") }
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	r, err := pcap.Open(flag.Arg(0))
	if err == nil {
		err = run(os.Stdout, r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "custom:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, r *pcap.Reader) error {
	defer r.Close()
	var d layers.Decoder
	if err := d.Register(beacon, layers.ByUDPPort(9999)); err != nil {
		return err
	}
	var p layers.Packet
	for rec, err := range r.All() {
		if err != nil {
			return err
		}
		d.Decode(&p, rec)
		if l, ok := p.Layer(beacon.Kind); ok {
			src, _, _ := p.Addrs()
			fmt.Fprintf(w, "%v: version %d, %q\n", src, l.Header()[0], l.Header()[2:])
		}
	}
	return nil
}

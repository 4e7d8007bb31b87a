// Command httpurls prints the answered HTTP/1 requests in a capture: status,
// method and URL.
//
//	httpurls capture.pcapng
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "Usage: httpurls FILE") }
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
		fmt.Fprintln(os.Stderr, "httpurls:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, r *pcap.Reader) error {
	defer r.Close()
	var d layers.Decoder
	var p layers.Packet
	var a stream.Assembler
	var damage error
	for rec, err := range r.All() {
		if damage = err; err != nil {
			break
		}
		d.Decode(&p, rec)
		show(w, a.Push(&p, rec))
	}
	show(w, a.Flush())
	return damage
}

func show(w io.Writer, messages []stream.Message) {
	for _, m := range messages {
		if m.Kind != stream.HTTPResponse {
			continue
		}
		res, err := http1.ParseResponse(m.Data)
		req, reqErr := http1.ParseRequest(m.Request)
		if err == nil && reqErr == nil {
			fmt.Fprintf(w, "%d %s %q\n", res.Status(), req.Method(), req.AppendURL(nil))
		}
	}
}

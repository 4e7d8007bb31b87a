// Command httpurls prints the URLs that a capture requests over HTTP/1, with the
// status of the response.
//
//	httpurls capture.pcapng
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "Usage: httpurls FILE")
		os.Exit(2)
	}
	r, err := pcap.Open(os.Args[1])
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
	for rec, err := range r.All() {
		if err != nil {
			return err
		}
		d.Decode(&p, rec)
		for _, m := range a.Push(&p, rec) {
			if m.Proto != stream.HTTP1 || m.Part != stream.Whole || m.FromClient {
				continue
			}
			res, err := layers.ParseHTTPResponse(m.Data)
			req, reqErr := layers.ParseHTTPRequest(m.Request)
			if err == nil && reqErr == nil {
				fmt.Fprintf(w, "%d %s %s\n", res.Status(), req.Method(), defuse.Terminal(string(req.AppendURL(nil))))
			}
		}
	}
	return nil
}

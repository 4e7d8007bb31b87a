// Command dnsqueries prints the names that a capture asks for in DNS, over UDP
// and TCP, with the time and who asked.
//
//	dnsqueries capture.pcapng
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "Usage: dnsqueries FILE")
		os.Exit(2)
	}
	r, err := pcap.Open(os.Args[1])
	if err == nil {
		err = run(os.Stdout, r)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "dnsqueries:", err)
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
			msg, err := layers.ParseDNS(m.Data)
			if m.Proto != stream.DNS || !m.FromClient || err != nil {
				continue
			}
			for q := range msg.Questions() {
				fmt.Fprintf(w, "%s %s %s %s\n", m.Last.Time.Format("15:04:05.000000"), m.Conn.Flow.Src.Addr(), q.Type, q.Name)
			}
		}
	}
	return nil
}

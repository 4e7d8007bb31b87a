// Command dnsqueries prints the DNS queries in a capture, over UDP and TCP: time,
// client address, type and name.
//
//	dnsqueries capture.pcapng
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "Usage: dnsqueries FILE") }
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
		fmt.Fprintln(os.Stderr, "dnsqueries:", err)
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
		msg, err := dns.ParseMessage(m.Data)
		if m.Kind != stream.DNSMessage || !m.FromClient || err != nil {
			continue
		}
		for q := range msg.Questions() {
			fmt.Fprintf(w, "%s %s %s %s\n", m.Last.Time.Format("15:04:05.000000"), m.Conn.Flow.Src.Addr(), q.Type, q.Name)
		}
	}
}

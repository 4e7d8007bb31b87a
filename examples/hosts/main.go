// Command hosts prints the addresses of a capture: how many packets each sent,
// and how many bytes they had on the wire.
//
//	hosts capture.pcapng
package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

func main() {
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "Usage: hosts FILE") }
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
		fmt.Fprintln(os.Stderr, "hosts:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, r *pcap.Reader) error {
	defer r.Close()
	type sent struct{ packets, bytes int }
	hosts := map[netip.Addr]sent{}
	var d layers.Decoder
	var p layers.Packet
	var damage error
	for rec, err := range r.All() {
		if damage = err; err != nil {
			break
		}
		d.Decode(&p, rec)
		if src, _, ok := p.Addrs(); ok {
			h := hosts[src]
			hosts[src] = sent{h.packets + 1, h.bytes + rec.WireLen}
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, addr := range slices.SortedFunc(maps.Keys(hosts), netip.Addr.Compare) {
		fmt.Fprintf(table, "%s\t%d packets\t%d bytes\n", addr, hosts[addr].packets, hosts[addr].bytes)
	}
	table.Flush()
	return damage
}

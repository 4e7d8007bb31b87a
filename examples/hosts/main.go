// Command hosts prints the source addresses in a capture, each with the number
// of packets it sent and their bytes on the wire.
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

// maxHosts limits the addresses listed. The packets of the rest are counted together.
const maxHosts = 100_000

func run(w io.Writer, r *pcap.Reader) error {
	defer r.Close()
	type sent struct{ packets, bytes int }
	hosts := map[netip.Addr]sent{}
	var rest sent
	var d layers.Decoder
	var p layers.Packet
	var damage error
	for rec, err := range r.All() {
		if damage = err; err != nil {
			break
		}
		d.Decode(&p, rec)
		if src, _, ok := p.Addrs(); ok {
			h, ok := hosts[src]
			if ok || len(hosts) < maxHosts {
				hosts[src] = sent{h.packets + 1, h.bytes + rec.WireLen}
			} else {
				rest = sent{rest.packets + 1, rest.bytes + rec.WireLen}
			}
		}
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, addr := range slices.SortedFunc(maps.Keys(hosts), netip.Addr.Compare) {
		fmt.Fprintf(table, "%s\t%d packets\t%d bytes\n", addr, hosts[addr].packets, hosts[addr].bytes)
	}
	if rest.packets > 0 {
		fmt.Fprintf(table, "other addresses\t%d packets\t%d bytes\n", rest.packets, rest.bytes)
	}
	table.Flush()
	return damage
}

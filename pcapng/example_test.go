package pcapng_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net/netip"
	"time"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// file returns a small capture: an interface, a name, secrets, a packet with a
// comment, and statistics.
func file() io.Reader {
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	check(w.BeginSection(pcapng.Section{Application: "sensor 7"}))
	uplink, err := w.AddInterface(pcapng.Interface{Name: "eth0", LinkType: pcap.LinkTypeEthernet})
	check(err)
	check(w.WriteNames([]pcapng.NameRecord{pcapng.AddrNames(netip.MustParseAddr("192.0.2.80"), "www.example")}))
	check(w.WriteSecrets(pcapng.Secrets{Type: pcapng.SecretsTLS, Data: []byte("CLIENT_RANDOM 0102 0304\n")}))
	at := time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)
	check(w.Write(&pcap.Record{Time: at, Data: make([]byte, 60), LinkType: pcap.LinkTypeEthernet, Interface: uplink},
		pcapng.Comment("the first beacon"), (pcapng.FlagOutbound | pcapng.FlagUnicast).Option()))
	check(w.WriteStats(pcapng.Stats{Interface: uplink, Received: pcapng.Known(1000), OSDropped: pcapng.Known(12)}))
	return &out
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func Example() {
	r := pcapng.NewReader(file())
	for b, err := range r.Blocks() {
		if err != nil {
			log.Fatal(err)
		}
		if rec, ok := r.Record(b); ok {
			fmt.Println("packet", rec.Number, rec.Time.Format(time.RFC3339Nano), rec.WireLen, "bytes")
		}
		for o := range b.Options() {
			if o.Code == pcapng.OptComment {
				fmt.Println("comment:", o.Text())
			}
		}
		if s, ok := b.Stats(); ok && s.OSDropped.Known {
			fmt.Println(s.OSDropped.N, "packets dropped")
		}
	}
	// Output:
	// packet 1 2026-03-01T12:00:00.123456789Z 60 bytes
	// comment: the first beacon
	// 12 packets dropped
}

// Print the options of a packet read with package pcap.
func ExamplePacketOptions() {
	r, err := pcap.NewReader(file())
	if err != nil {
		log.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		for o := range pcapng.PacketOptions(rec) {
			switch o.Code {
			case pcapng.OptComment:
				fmt.Println(o.Text())
			case pcapng.OptPacketFlags:
				flags, _ := o.Flags()
				fmt.Println(flags)
			}
		}
	}
	// Output:
	// the first beacon
	// outbound, unicast
}

// Print secrets and names while package pcap reads the packets.
func ExampleParse() {
	c := pcap.Config{OnBlock: func(raw pcap.RawBlock) {
		b := pcapng.Parse(raw)
		if s, ok := b.Secrets(); ok {
			fmt.Printf("%s: %s", s.Type, s.Data)
		}
		for r := range b.Names() {
			addr, _ := r.Addr()
			for name := range r.Names() {
				fmt.Println(addr, "is", name)
			}
		}
	}}
	r, err := c.NewReader(file())
	if err != nil {
		log.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("packet", rec.Number)
	}
	// Output:
	// 192.0.2.80 is www.example
	// TLS key log: CLIENT_RANDOM 0102 0304
	// packet 1
}

// Copying all blocks keeps the file unchanged; here, a comment is added to each
// packet.
func ExampleWriter() {
	var out bytes.Buffer
	buffered := bufio.NewWriter(&out)
	w := pcapng.NewWriter(buffered)
	r := pcapng.NewReader(file())
	for b, err := range r.Blocks() {
		if err != nil {
			log.Fatal(err)
		}
		if rec, ok := r.Record(b); ok {
			err = w.Write(rec, pcapng.Comment("seen by me"))
		} else {
			err = w.WriteBlock(b)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	if err := buffered.Flush(); err != nil {
		log.Fatal(err)
	}

	again := pcapng.NewReader(&out)
	for b, err := range again.Blocks() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(b.Type)
		for o := range b.Options() {
			if o.Code == pcapng.OptComment {
				fmt.Printf(", %q", o.Text())
			}
		}
		fmt.Println()
	}
	// Output:
	// section header
	// interface description
	// name resolution
	// decryption secrets
	// enhanced packet, "the first beacon", "seen by me"
	// interface statistics
}

// The timestamps of statistics are in units of their interface.
func ExampleInterface_Time() {
	i := pcapng.Interface{Resolution: pcapng.Milliseconds}
	fmt.Println(i.Time(1_772_366_400_500).Format(time.RFC3339Nano))
	// Output: 2026-03-01T12:00:00.5Z
}

// Damage inside a block does not stop reading.
func ExampleBlock_Validate() {
	b := &pcapng.Block{Type: pcapng.InterfaceStatistics, Body: []byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x02\x00\x01\x02\x00\x00")}
	s, ok := b.Stats()
	fmt.Println(ok, s.Received.Known)
	fmt.Println(b.Validate())
	// Output:
	// true false
	// pcapng: interface statistics block at offset 0: malformed options: option 4 at byte 0 has 2 bytes
}

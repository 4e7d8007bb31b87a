package dump

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// What -o indicators holds is limited, whatever grows. The rest is counted.
func TestIndicatorsBounds(t *testing.T) {
	http := func(i int, data string) []byte {
		return build.TCP{Src: "192.0.2.1", Dst: "192.0.2.2", SrcPort: 4000, DstPort: 80, Seq: uint32(1 + i*len(data)), Flags: 0x18, Data: data}.Packet()
	}
	for name, packet := range map[string]func(i int) []byte{
		"names": func(i int) []byte {
			return build.UDP("192.0.2.1", 5000, "192.0.2.2", 53, build.DNSQuery(1, fmt.Sprint("n", i), "example"))
		},
		"addresses":     func(i int) []byte { return build.IP(fmt.Sprintf("10.0.%d.%d", i>>8, i&255), "192.0.2.2", 99, nil) },
		"conversations": func(i int) []byte { return build.UDP("192.0.2.1", uint16(i), "192.0.2.2", 9, nil) },
		"requests":      func(i int) []byte { return http(i, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n") },
	} {
		var out bytes.Buffer
		w := bufio.NewWriter(&out)
		n := newIndicatorPrinter(w, pcap.Header{}).(*indicatorPrinter)
		n.held = maxHeld - 10_000
		var d layers.Decoder
		var p layers.Packet
		const packets = 1000
		for i := range packets {
			b := packet(i)
			rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
			d.Decode(&p, rec)
			n.packet(&p, rec)
		}
		n.end()
		w.Flush()
		var got struct {
			File    struct{ Packets int }
			LeftOut int `json:"left_out"`
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(name, err)
		}
		if got.File.Packets != packets || got.LeftOut < packets-100 || n.held > maxHeld {
			t.Errorf("%s: %+v, %d bytes held", name, got, n.held)
		}
	}
}

package extract

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
)

// The report does not depend on how unrelated conversations are interleaved.
func TestInterleavedFlows(t *testing.T) {
	read := func(next func(left []int) int) string {
		var flows [][][]byte
		var left []int
		for i := range 30 {
			flows = append(flows, exchange(i))
			left = append(left, i)
		}
		var c capture
		for len(left) > 0 {
			at := next(left)
			flow := left[at]
			c.at(start, build.Ethernet(0x0800, flows[flow][0]))
			if flows[flow] = flows[flow][1:]; len(flows[flow]) == 0 {
				left = append(left[:at], left[at+1:]...)
			}
		}
		return jsonOf(t, c.report(t, Options{}), false)
	}
	want := read(func([]int) int { return 0 }) // one flow at a time
	if !strings.Contains(want, "host29.example") || !strings.Contains(want, "host27.example") {
		t.Fatal("incomplete report")
	}
	rng := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		sameText(t, "interleaved", want, read(func(left []int) int { return rng.IntN(len(left)) }))
	}
}

// exchange returns the packets of one conversation: a request in two segments and
// its response, or a DNS query.
func exchange(i int) [][]byte {
	src, dst := fmt.Sprint("10.0.0.", i+1), fmt.Sprint("198.51.100.", i+1)
	if i%3 == 0 {
		return [][]byte{build.UDP(src, 5000, dst, 53, build.DNSQuery(uint16(i), fmt.Sprint("host", i), "example"))}
	}
	client := func(seq, ack uint32, flags byte, data string) []byte {
		return build.TCP{Src: src, Dst: dst, SrcPort: 40000, DstPort: 80, Seq: seq, Ack: ack, Flags: flags, Data: data}.Packet()
	}
	server := func(seq, ack uint32, flags byte, data string) []byte {
		return build.TCP{Src: dst, Dst: src, SrcPort: 80, DstPort: 40000, Seq: seq, Ack: ack, Flags: flags, Data: data}.Packet()
	}
	first, second := fmt.Sprintf("GET /%d HTTP/1.1\r\n", i), fmt.Sprintf("Host: host%d.example\r\n\r\n", i)
	end := 1 + uint32(len(first)+len(second))
	const response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	return [][]byte{
		client(0, 0, 2, ""), server(0, 1, 0x12, ""), client(1, 1, 0x10, first), client(1+uint32(len(first)), 1, 0x18, second),
		server(1, end, 0x18, response), client(end, 1+uint32(len(response)), 0x11, ""), server(1+uint32(len(response)), end+1, 0x11, ""),
	}
}

package layers_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A frame with a TCP segment that contains "hello".
const frame = "020000000002020000000001" + "0800" +
	"4500002d00004000400688c9c0000201c6336407" +
	"c00001bb0000000100000002501804004ac2000068656c6c6f"

func ExampleDecoder() {
	data, _ := hex.DecodeString(frame)
	var d layers.Decoder
	var p layers.Packet // reused for every packet
	d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
	if tcp, ok := p.TCP(); ok {
		src, dst, _ := p.Addrs()
		fmt.Printf("%v:%d > %v:%d %s\n", src, tcp.SrcPort(), dst, tcp.DstPort(), tcp.Payload())
	}
	// Output:
	// 192.0.2.1:49152 > 198.51.100.7:443 hello
}

func ExamplePacket_Layers() {
	data, _ := hex.DecodeString(frame)
	var d layers.Decoder
	var p layers.Packet
	d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
	for l := range p.Layers() {
		fmt.Printf("%v at %d, header %d, payload %d\n", l.Kind, l.Offset, l.HeaderLen, len(l.Payload()))
	}
	// Output:
	// Ethernet at 0, header 14, payload 45
	// IPv4 at 14, header 20, payload 25
	// TCP at 34, header 20, payload 5
}

// A damaged packet keeps the layers before the damage.
func ExamplePacket_Err() {
	data, _ := hex.DecodeString(frame)
	data[46] = 0x10 // TCP: a header of 4 bytes
	var d layers.Decoder
	var p layers.Packet
	d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
	_, ok := p.IPv4()
	fmt.Println(ok)
	fmt.Println(p.Err())
	fmt.Println(errors.Is(p.Err(), wire.Malformed))
	// Output:
	// true
	// TCP at byte 34: malformed (have 25)
	// true
}

// A conversation has two Flows; Canonical is the same for both.
func ExampleFlow_Canonical() {
	data, _ := hex.DecodeString(frame)
	var d layers.Decoder
	var p layers.Packet
	d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
	f, _ := p.Flow()
	packets := map[layers.Flow]int{}
	packets[f.Canonical()]++
	packets[f.Reverse().Canonical()]++
	fmt.Println(f, packets[f.Canonical()])
	// Output:
	// TCP 192.0.2.1:49152 > 198.51.100.7:443 2
}

func ExampleTCP_Options() {
	syn, _ := hex.DecodeString("c00001bb0102030400000000a002faf09b100000" +
		"020405b40402080a000000010000000001030307")
	tcp, err := layers.ParseTCP(syn)
	if err != nil {
		fmt.Println(err)
		return
	}
	for o := range tcp.Options() {
		fmt.Printf("%d [%x]\n", o.Kind, o.Data)
	}
	mss, _ := tcp.MSS()
	fmt.Println("MSS", mss)
	// Output:
	// 2 [05b4]
	// 4 []
	// 8 [0000000100000000]
	// 1 []
	// 3 [07]
	// MSS 1460
}

// Add a protocol to a Decoder, on a UDP port.
func ExampleDecoder_Register() {
	const kindBeacon = layers.KindUser
	var d layers.Decoder
	err := d.Register(layers.Protocol{
		Kind: kindBeacon,
		Name: "beacon",
		Parse: func(b []byte) (layers.Step, error) {
			if len(b) < 2 {
				return layers.Step{}, wire.Short
			}
			return layers.Step{HeaderLen: 2}, nil // version, flags
		},
	}, layers.ByUDPPort(9))
	if err != nil {
		fmt.Println(err)
		return
	}
	data, _ := hex.DecodeString("450000201234400040110000c0000201c6336407" + "12340009000c0000" + "01806869")
	var p layers.Packet
	d.DecodeBytes(&p, pcap.LinkTypeIPv4, data)
	if l, ok := p.Layer(kindBeacon); ok {
		fmt.Printf("version %d: %s\n", l.Header()[0], l.Payload())
	}
	fmt.Println(&p)
	// Output:
	// version 1: hi
	// IPv4 192.0.2.1 > 198.51.100.7, UDP 4660 > 9 len 4, beacon
}

func ExampleFlow_CommunityID() {
	f := layers.Flow{
		Src:   netip.MustParseAddrPort("192.168.1.52:54585"),
		Dst:   netip.MustParseAddrPort("8.8.8.8:53"),
		Proto: layers.IPProtoUDP,
	}
	fmt.Println(f.CommunityID(0))
	fmt.Println(f.Reverse().CommunityID(0))
	// Output:
	// 1:d/FP5EW3wiY1vCndhwleRRKHowQ=
	// 1:d/FP5EW3wiY1vCndhwleRRKHowQ=
}

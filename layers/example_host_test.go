package layers_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

func ExampleResource_AppendText() {
	b, _ := hex.DecodeString("000084000000000100000000" + // a response with one answer
		"076578616d706c65036e657400" + "00410001" + "0000003c" + "0016" + // example.net HTTPS
		"000100" + "0001000302683200040008c0000201c0000202") // 1 . alpn=h2 ipv4hint=...
	m, err := layers.ParseDNS(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	for rr := range m.Answers() {
		line, _ := rr.AppendText(nil)
		fmt.Printf("%s\n", line)
		service, _ := rr.SVCB()
		for addr := range service.Hints() {
			fmt.Println(addr)
		}
	}
	// Output:
	// example.net 60 IN HTTPS 1 . alpn="h2" ipv4hint="192.0.2.1,192.0.2.2"
	// 192.0.2.1
	// 192.0.2.2
}

func ExampleParseDHCPv4() {
	b := make([]byte, 236, 300)
	b[0], b[1], b[2] = 1, 1, 6                      // a request, Ethernet
	copy(b[28:], "\x00\x00\x5e\x00\x53\x01")        // hardware address
	b = append(b, 0x63, 0x82, 0x53, 0x63, 53, 1, 1) // cookie, DISCOVER
	b = append(b, "\x0c\x06laptop\xff"...)          // host name
	m, err := layers.ParseDHCPv4(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v %v %s\n", m.Type(), layers.MAC(m.CHAddr()), m.HostName())
	// Output: DISCOVER 00:00:5e:00:53:01 laptop
}

func ExampleClientHello_AppendJA4() {
	b, _ := hex.DecodeString("01000048" + "0303" + // handshake, version
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + // random
		"00" + "0004" + "13011302" + "0100" + // session, cipher suites, compression
		"001b" + "0000000e000c000009612e6578616d706c65" + "001000050003026832") // extensions
	h, err := layers.ParseClientHello(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", h.AppendJA4Text(nil, layers.JA4TCP))
	fmt.Printf("%s\n", h.AppendJA4(nil, layers.JA4TCP))
	// Output:
	// t12d0202h2_1301,1302_
	// t12d0202h2_62ed6f6ca7ad_000000000000
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

package tls_test

import (
	"encoding/hex"
	"fmt"

	"github.com/sightline-go/sightline/layers/tls"
)

func ExampleParseClientHello() {
	b, _ := hex.DecodeString("160301004c" + "01000048" + "0303" + // record, handshake, version
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + // random
		"00" + "0004" + "13011302" + "0100" + // session, cipher suites, compression
		"001b" + "0000000e000c000009612e6578616d706c65" + "001000050003026832") // extensions
	r, err := tls.ParseRecord(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := tls.ParseClientHello(r.Payload())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("server %s\n", h.ServerName())
	for name := range h.ALPN() {
		fmt.Printf("offers %s\n", name)
	}
	for suite := range h.CipherSuites() {
		fmt.Printf("suite %#04x\n", suite)
	}
	// Output:
	// server a.example
	// offers h2
	// suite 0x1301
	// suite 0x1302
}

func ExampleClientHello_AppendJA4() {
	b, _ := hex.DecodeString("01000048" + "0303" + // handshake, version
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + // random
		"00" + "0004" + "13011302" + "0100" + // session, cipher suites, compression
		"001b" + "0000000e000c000009612e6578616d706c65" + "001000050003026832") // extensions
	h, err := tls.ParseClientHello(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", h.AppendJA4Text(nil, tls.JA4TCP))
	fmt.Printf("%s\n", h.AppendJA4(nil, tls.JA4TCP))
	// Output:
	// t12d0202h2_1301,1302_
	// t12d0202h2_62ed6f6ca7ad_000000000000
}

package layers_test

import (
	"encoding/hex"
	"fmt"

	"github.com/sightline-go/sightline/layers"
)

func ExampleParseDNS() {
	b, _ := hex.DecodeString("123481800001000200000000" + // header
		"03777777076578616d706c6503636f6d0000010001" + // question
		"c00c000500010000003c0002c010" + // www is an alias
		"c010000100010000003c0004c0000201") // and its address
	m, err := layers.ParseDNS(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	for q := range m.Questions() {
		fmt.Println("?", q.Name, q.Type)
	}
	for rr := range m.Answers() {
		if addr, ok := rr.Addr(); ok {
			fmt.Println(rr.Name, rr.Type, addr)
		}
		if target, ok := rr.Target(); ok {
			fmt.Println(rr.Name, rr.Type, target)
		}
	}
	// Output:
	// ? www.example.com A
	// www.example.com CNAME example.com
	// example.com A 192.0.2.1
}

// A NameAppender beside the buffer of a program that reads many messages.
func ExampleNameAppender() {
	b, _ := hex.DecodeString("123481800001000200000000" + // header
		"03777777076578616d706c6503636f6d0000010001" + // question
		"c00c000100010000003c0004c0000201" + // its first address
		"c00c000100010000003c0004c0000202") // and its second
	var names layers.NameAppender
	var line []byte
	for range 2 { // messages
		m, err := layers.ParseDNS(b)
		if err != nil {
			continue
		}
		names.Reset(m)
		for rr := range m.Answers() {
			if addr, ok := rr.Addr(); ok {
				line = append(names.AppendTo(line[:0], rr.Name), ' ')
				line = addr.AppendTo(line)
				fmt.Println(string(line))
			}
		}
	}
	// Output:
	// www.example.com 192.0.2.1
	// www.example.com 192.0.2.2
	// www.example.com 192.0.2.1
	// www.example.com 192.0.2.2
}

func ExampleDNS_Validate() {
	b, _ := hex.DecodeString("123401000002000000000000" + "01610000010001" + "c0")
	m, _ := layers.ParseDNS(b)
	for q := range m.Questions() {
		fmt.Println(q.Name, q.Type)
	}
	fmt.Println(m.Validate())
	// Output:
	// a A
	// layers: DNS at byte 19: too short (1 bytes there)
}

func ExampleParseHTTPRequest() {
	b := []byte("POST /gate.php?id=7 HTTP/1.1\r\nHost: c2.example:8080\r\nUser-Agent: x\r\nContent-Length: 4\r\n\r\nping")
	r, err := layers.ParseHTTPRequest(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s\n", r.Method(), r.AppendURL(nil))
	for name, value := range r.Fields() {
		fmt.Printf("%s = %s\n", name, value)
	}
	fmt.Printf("body %s\n", b[r.Len():])
	// Output:
	// POST http://c2.example:8080/gate.php?id=7
	// Host = c2.example:8080
	// User-Agent = x
	// Content-Length = 4
	// body ping
}

func ExampleParseHTTPResponse() {
	r, err := layers.ParseHTTPResponse([]byte("HTTP/1.1 302 Found\r\nLocation: http://b.example/\r\n\r\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d to %s\n", r.Status(), r.Get("Location"))
	// Output:
	// 302 to http://b.example/
}

func ExampleParseClientHello() {
	b, _ := hex.DecodeString("160301004c" + "01000048" + "0303" + // record, handshake, version
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + // random
		"00" + "0004" + "13011302" + "0100" + // session, cipher suites, compression
		"001b" + "0000000e000c000009612e6578616d706c65" + "001000050003026832") // extensions
	r, err := layers.ParseTLSRecord(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := layers.ParseClientHello(r.Payload())
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

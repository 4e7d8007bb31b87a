package dns_test

import (
	"encoding/hex"
	"fmt"

	"github.com/sightline-go/sightline/layers/dns"
)

func ExampleParseMessage() {
	b, _ := hex.DecodeString("123481800001000200000000" + // header
		"03777777076578616d706c6503636f6d0000010001" + // question
		"c00c000500010000003c0002c010" + // www is an alias
		"c010000100010000003c0004c0000201") // and its address
	m, err := dns.ParseMessage(b)
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

// A NameAppender, reused for many messages in the same buffer.
func ExampleNameAppender() {
	b, _ := hex.DecodeString("123481800001000200000000" + // header
		"03777777076578616d706c6503636f6d0000010001" + // question
		"c00c000100010000003c0004c0000201" + // its first address
		"c00c000100010000003c0004c0000202") // and its second
	var names dns.NameAppender
	var line []byte
	for range 2 { // messages
		m, err := dns.ParseMessage(b)
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

func ExampleMessage_Validate() {
	b, _ := hex.DecodeString("123401000002000000000000" + "01610000010001" + "c0")
	m, _ := dns.ParseMessage(b)
	for q := range m.Questions() {
		fmt.Println(q.Name, q.Type)
	}
	fmt.Println(m.Validate())
	// Output:
	// a A
	// DNS at byte 19: too short (have 1)
}

func ExampleResource_AppendText() {
	b, _ := hex.DecodeString("000084000000000100000000" + // a response with one answer
		"076578616d706c65036e657400" + "00410001" + "0000003c" + "0016" + // example.net HTTPS
		"000100" + "0001000302683200040008c0000201c0000202") // 1 . alpn=h2 ipv4hint=...
	m, err := dns.ParseMessage(b)
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

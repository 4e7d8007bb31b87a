package mail_test

import (
	"fmt"
	"log"

	"github.com/sightline-go/sightline/layers/mail"
)

// Print the sender, recipients and subject of a mail message.
func ExampleParseHeader() {
	h, err := mail.ParseHeader([]byte("From: =?utf-8?q?Ren=C3=A9?= <rene@a.example>\r\n" +
		"To: Team: ann@b.example, Bob <bob@c.example>;\r\n" +
		"Subject: =?utf-8?b?w6kg?=\r\n =?utf-8?b?eg==?=\r\n\r\n"))
	if err != nil {
		log.Fatal(err)
	}
	for display, addr := range h.Addresses("From") {
		fmt.Printf("from %s, %s\n", mail.Text(display), addr)
	}
	for _, addr := range h.Addresses("To") {
		fmt.Printf("to %s\n", addr)
	}
	fmt.Println(mail.Text(h.Get("Subject")))
	// Output:
	// from René, rene@a.example
	// to ann@b.example
	// to bob@c.example
	// é z
}

// Print the name of an attachment, whatever its encoding.
func ExampleParseParams() {
	p := mail.ParseParams([]byte("attachment; filename*0*=utf-8''rechnung%20;\r\n filename*1=\"2026.exe\""))
	fmt.Printf("%s: %s\n", p.Value(), p.Get("filename"))
	// Output: attachment: rechnung 2026.exe
}

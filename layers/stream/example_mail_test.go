package stream_test

import (
	"fmt"

	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/stream"
)

// Print what a mail server receives: the envelope, the mail, its attachments.
func Example_mail() {
	a := &stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256}}
	print := func(ms []stream.Message) {
		for _, m := range ms {
			switch m.Kind {
			case stream.FileEnd:
				fmt.Printf("file %s, %d bytes, %v, SHA-256 %.4x...\n", m.File.Name, m.File.Size, m.File.State, m.File.SHA256)
			case stream.MailHeader:
				if h, err := mail.ParseHeader(m.Data); err == nil {
					fmt.Println("subject", mail.Text(h.Get("Subject")))
				}
			case stream.Command:
				if c, err := mail.ParseCommand(m.Data); err == nil && c.Path() != nil {
					fmt.Printf("%s %s\n", c.Verb(), c.Mailbox())
				}
			}
		}
	}
	sent := talk{{true, "220 mx.example ESMTP\r\n"}, {false, "MAIL FROM:<a@b.example> SIZE=99\r\nRCPT TO:<c@d.example>\r\nDATA\r\n" +
		"Subject: invoice\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBA==\r\n.\r\n"}}
	for i, s := range sent.segs(10) {
		push(a, s, int64(i+1), start, print)
	}
	// Output:
	// MAIL a@b.example
	// RCPT c@d.example
	// subject invoice
	// file a.zip, 4 bytes, complete, SHA-256 8dcc7e60...
}

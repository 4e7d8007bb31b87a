package stream_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/stream"
)

func TestIMAP(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"RFC 3501 section 8", `S: * OK IMAP4rev1 Service Ready
C: a001 login mrc secret
S: a001 OK LOGIN completed
C: a002 select inbox
S: * 18 EXISTS
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: a002 OK [READ-WRITE] SELECT completed
C: a004 fetch 12 body[header]
S: * 12 FETCH (BODY[HEADER] {342}
S: Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
S: From: Terry Gray <gray@cac.washington.edu>
S: Subject: IMAP4rev1 WG mtg summary and minutes
S: To: imap@cac.washington.edu
S: cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
S: Message-Id: <B27397-0100000@cac.washington.edu>
S: MIME-Version: 1.0
S: Content-Type: TEXT/PLAIN; CHARSET=US-ASCII
S: 
S: )
S: a004 OK FETCH completed
C: a006 logout
S: * BYE IMAP4rev1 server terminating connection
S: a006 OK LOGOUT completed
`, []string{"S: * OK IMAP4rev1 Service Ready", "C: a001 login mrc secret", "S: a001 OK LOGIN completed", "C: a002 select inbox", "S: * 18 EXISTS",
			`S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)`, "S: a002 OK [READ-WRITE] SELECT completed",
			"C: a004 fetch 12 body[header]", "S: * 12 FETCH (BODY[HEADER] {342}",
			`mail "Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\nFrom: Terry Gray <gray@cac.washington.edu>\r\nSubject: IMAP4rev1 WG mtg summary and minutes\r\nTo: imap@cac.washington.edu\r\ncc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\nMessage-Id: <B27397-0100000@cac.washington.edu>\r\nMIME-Version: 1.0\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n"`,
			"S: a004 OK FETCH completed", "C: a006 logout", "S: * BYE IMAP4rev1 server terminating connection", "S: a006 OK LOGOUT completed"}},
		{"RFC 3501 section 6.3.11: APPEND", `S: * OK x
C: A003 APPEND saved-messages (\Seen) {56}
S: + Ready for literal data
C: Subject: afternoon meeting
C: Content-Type: a/b
C: 
C: Hello
C: 
S: A003 OK APPEND completed
C: A004 NOOP
`, []string{"S: * OK x", `C: A003 APPEND saved-messages (\Seen) {56}`, "S: + Ready for literal data",
			`mail "Subject: afternoon meeting\r\nContent-Type: a/b\r\n\r\n"`, `file "" "a/b" complete "Hello\r\n"`, "S: A003 OK APPEND completed", "C: A004 NOOP"}},
		{"a refused APPEND", `S: * OK x
C: A003 APPEND none {310}
S: A003 NO no such mailbox
C: A004 NOOP
`, []string{"S: * OK x", "C: A003 APPEND none {310}", "S: A003 NO no such mailbox", "C: A004 NOOP"}},
		{"RFC 3501 section 6.2.3: literals in a command", `S: * OK x
C: A001 LOGIN {11+}
C: FRED FOOBAR {7+}
C: fat man
S: A001 OK LOGIN completed
`, []string{"S: * OK x", "C: A001 LOGIN {11+}\r\nFRED FOOBAR {7+}\r\nfat man", "S: A001 OK LOGIN completed"}},
		{"a mail and other literals of a response", `S: * OK x
C: 1 FETCH 1 (BODY[1] RFC822)
S: * 1 FETCH (BODY[1] {2000}
` + dots(2000) + `S:  RFC822 {26}
S: Content-Type: a/b
S: 
S: abc
S:  UID 5)
S: 1 OK
`, []string{"S: * OK x", "C: 1 FETCH 1 (BODY[1] RFC822)", "S: * 1 FETCH (BODY[1] {2000}", `mail "Content-Type: a/b\r\n\r\n"`, `file "" "a/b" complete "abc\r\n"`, "S: 1 OK"}},
		{"a mail in pieces", `S: * OK x
C: 1 UID FETCH 1 BODY.PEEK[]<0.22>
S: * 1 FETCH (BODY[]<0> {22}
S: Content-Type: a/b
S: 
S: a)
C: 2 UID FETCH 1 BODY.PEEK[]<22.22>
S: * 1 FETCH (BODY[]<22> {2}
S: bc)
S: 2 OK
`, []string{"S: * OK x", "C: 1 UID FETCH 1 BODY.PEEK[]<0.22>", "S: * 1 FETCH (BODY[]<0> {22}", `mail "Content-Type: a/b\r\n\r\n"`,
			"C: 2 UID FETCH 1 BODY.PEEK[]<22.22>", "S: * 1 FETCH (BODY[]<22> {2}", `file "" "a/b" complete "abc"`, "S: 2 OK"}},
		{"AUTHENTICATE (RFC 9051 section 6.2.2)", `S: * OK x
C: A01 AUTHENTICATE PLAIN
S: + 
C: dGVzdAB0ZXN0AHRlc3Q=
S: A01 OK in
C: A02 COMPRESS DEFLATE
S: A02 OK go
C: A03 NOOP
`, []string{"S: * OK x", "C: A01 AUTHENTICATE PLAIN", "S: + ", "C: dGVzdAB0ZXN0AHRlc3Q=", "S: A01 OK in", "C: A02 COMPRESS DEFLATE", "S: A02 OK go"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkDialogue(t, tt.text, tt.want) })
	}
}

// dots returns lines of the server, n bytes in total.
func dots(n int) (s string) {
	for ; n > 0; n -= 100 {
		s += "S: "
		for range 98 {
			s += "."
		}
		s += "\n"
	}
	return s
}

func TestCutIMAPString(t *testing.T) {
	for _, command := range []string{"a LOGIN SMITH x\r\n", "a login \"SMITH\" x\r\n", "a LOGIN {5}\r\nSMITH x\r\n"} {
		c, err := mail.ParseIMAPCommand([]byte(command))
		user, rest := mail.CutIMAPString(c.Arg())
		if err != nil || string(user) != "SMITH" || string(rest) != "x" || string(c.Tag()) != "a" {
			t.Errorf("%q: user %q of %q, then %q, %v", command, user, c.Tag(), rest, err)
		}
	}
	for _, incomplete := range []string{"", "{6}\r\nSMITH", "{5\r\nSMITH"} {
		if s, rest := mail.CutIMAPString([]byte(incomplete)); s != nil || rest != nil {
			t.Errorf("%q: %q, then %q", incomplete, s, rest)
		}
	}
}

// A gap inside a literal loses only its bytes; after any other gap, the next
// response is found.
func TestIMAPGap(t *testing.T) {
	head := "* OK x\r\n* 1 FETCH (RFC822 {30}\r\nContent-Type: a/b\r\n\r\n12"
	at := 1 + uint32(len(head))
	got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, []seg{
		{server: true, flags: ack, seq: 1, data: head},
		{server: true, flags: ack, seq: at + 3, data: "6789)\r\n* 2 EXISTS\r\n"},
		{server: true, flags: ack, seq: at + 50, data: "* 3 EXISTS\r\n"},
	})
	want := []string{"S: * OK x", "S: * 1 FETCH (RFC822 {30}", `mail "Content-Type: a/b\r\n\r\n"`, `file "" "a/b" bytes missing "126789"`, "S: * 2 EXISTS", "S: * 3 EXISTS"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

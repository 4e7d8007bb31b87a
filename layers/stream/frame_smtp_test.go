package stream_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// RFC 5321 appendix D.1, up to DATA.
const smtpEnvelope = `S: 220 foo.com Simple Mail Transfer Service Ready
C: EHLO bar.com
S: 250-foo.com greets bar.com
S: 250-8BITMIME
S: 250 HELP
C: MAIL FROM:<Smith@bar.com>
S: 250 OK
C: RCPT TO:<Green@foo.com>
S: 550 No such user here
C: RCPT TO:<Brown@foo.com>
S: 250 OK
`

var smtpEnvelopeLines = []string{
	"S: 220 foo.com Simple Mail Transfer Service Ready", "C: EHLO bar.com",
	"S: 250-foo.com greets bar.com\r\n250-8BITMIME\r\n250 HELP",
	"C: MAIL FROM:<Smith@bar.com>", "S: 250 OK", "C: RCPT TO:<Green@foo.com>", "S: 550 No such user here",
	"C: RCPT TO:<Brown@foo.com>", "S: 250 OK",
}

const smtpMail = `C: Content-Type: a/b
C: 
C: Blah blah blah...
C: ....etc. etc. etc.
C: ..
C: .
`

var smtpMailLines = []string{
	`mail "Content-Type: a/b\r\n\r\n"`,
	`file "" "a/b" complete "Blah blah blah...\r\n...etc. etc. etc.\r\n.\r\n"`,
}

func concat(parts ...[]string) []string { return slices.Concat(parts...) }

// RFC 5321 appendix D, RFC 3030 section 4, RFC 2920, and the ways in which DATA
// ends.
func TestSMTP(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"D.1 typical", smtpEnvelope + "C: DATA\nS: 354 Start mail input\n" + smtpMail + "S: 250 OK\nC: QUIT\nS: 221 foo.com bye\n",
			concat(smtpEnvelopeLines, []string{"C: DATA", "S: 354 Start mail input"}, smtpMailLines, []string{"S: 250 OK", "C: QUIT", "S: 221 foo.com bye"})},
		{"D.2 aborted", smtpEnvelope + "C: RSET\nS: 250 OK\nC: QUIT\nS: 221 bye\n",
			concat(smtpEnvelopeLines, []string{"C: RSET", "S: 250 OK", "C: QUIT", "S: 221 bye"})},
		{"D.4 verifying", "S: 220 foo.com\nC: EHLO bar.com\nS: 250 OK\nC: VRFY Crispin\nS: 250 Mark Crispin <Admin.MRC@foo.com>\nC: EXPN Example-People\nS: 250-Jon Postel <Postel@isi.edu>\nS: 250 <b@c>\n",
			[]string{"S: 220 foo.com", "C: EHLO bar.com", "S: 250 OK", "C: VRFY Crispin", "S: 250 Mark Crispin <Admin.MRC@foo.com>",
				"C: EXPN Example-People", "S: 250-Jon Postel <Postel@isi.edu>\r\n250 <b@c>"}},
		{"RFC 3030 section 4.2: chunks", smtpEnvelope + "C: BDAT 27\nC: From: a@b.example\nC: \nC: .\nC: x\nS: 250 27 octets\nC: BDAT 3 LAST\nC: z\nS: 250 OK\nC: QUIT\n",
			concat(smtpEnvelopeLines, []string{"C: BDAT 27", `mail "From: a@b.example\r\n\r\n"`, "S: 250 27 octets", "C: BDAT 3 LAST", "S: 250 OK", "C: QUIT"})},
		{"an empty chunk ends a mail", smtpEnvelope + "C: BDAT 24\nC: Content-Type: a/b\nC: \nC: x\nC: BDAT 0 LAST\nC: QUIT\n",
			concat(smtpEnvelopeLines, []string{"C: BDAT 24", `mail "Content-Type: a/b\r\n\r\n"`, "C: BDAT 0 LAST", `file "" "a/b" complete "x\r\n"`, "C: QUIT"})},
		{"a chunk without a size is a command", smtpEnvelope + "C: BDAT 5 X\nC: NOOP\n",
			concat(smtpEnvelopeLines, []string{"C: BDAT 5 X", "C: NOOP"})},
		{"DATA refused", smtpEnvelope + "C: DATA\nS: 503 no valid recipients\nC: RSET\nS: 250 OK\n",
			concat(smtpEnvelopeLines, []string{"C: DATA", "S: 503 no valid recipients", "C: RSET", "S: 250 OK"})},
		{"AUTH (RFC 4954 section 4.1)", "S: 220 smtp.example.com ESMTP\nC: EHLO client.example.com\nS: 250 AUTH PLAIN LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dGVzdA==\nS: 334 UGFzc3dvcmQ6\nC: MTIzNA==\nS: 235 2.7.0 ok\nC: MAIL FROM:<a@b.example>\n",
			[]string{"S: 220 smtp.example.com ESMTP", "C: EHLO client.example.com", "S: 250 AUTH PLAIN LOGIN", "C: AUTH LOGIN", "S: 334 VXNlcm5hbWU6",
				"C: dGVzdA==", "S: 334 UGFzc3dvcmQ6", "C: MTIzNA==", "S: 235 2.7.0 ok", "C: MAIL FROM:<a@b.example>"}},
		{"LMTP (RFC 2033 section 4.2)", "S: 220 foo.edu LMTP server ready\nC: LHLO foo.edu\nS: 250 HELP\nC: DATA\nS: 354 go\nC: Subject: x\nC: .\nS: 250 OK\nS: 452 full\nC: QUIT\nS: 221 bye\n",
			[]string{"S: 220 foo.edu LMTP server ready", "C: LHLO foo.edu", "S: 250 HELP", "C: DATA", "S: 354 go", `mail "Subject: x\r\n"`, "S: 250 OK", "S: 452 full", "C: QUIT", "S: 221 bye"}},
		{"the client alone", "C: EHLO bar.com\nC: MAIL FROM:<a@b.example>\nC: DATA\n" + smtpMail + "C: QUIT\n",
			concat([]string{"C: EHLO bar.com", "C: MAIL FROM:<a@b.example>", "C: DATA"}, smtpMailLines, []string{"C: QUIT"})},
		{"from the middle", "C: MAIL FROM:<a@b.example>\nS: 250 ok\nC: DATA\nS: 354 go\n" + smtpMail + "S: 250 OK\n",
			concat([]string{"C: MAIL FROM:<a@b.example>", "S: 250 ok", "C: DATA", "S: 354 go"}, smtpMailLines, []string{"S: 250 OK"})},
		{"the end is missing", "C: EHLO bar.com\nC: DATA\nC: Content-Type: a/b\nC: \nC: x\n",
			[]string{"C: EHLO bar.com", "C: DATA", `mail "Content-Type: a/b\r\n\r\n"`, `file "" "a/b" truncated "x\r\n"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkDialogue(t, tt.text, tt.want) })
	}
}

// A client that ends lines with LF alone ends DATA that way too. For one that
// uses CRLF, LF alone does not end DATA (RFC 5321 section 2.3.8).
func TestSMTPLineEnds(t *testing.T) {
	checkTalk(t, talk{{true, "220 x ESMTP\n"}, {false, "EHLO y\nDATA\nSubject: x\n\n..\n.\nQUIT\n"}},
		[]string{"S: 220 x ESMTP", "C: EHLO y", "C: DATA", `mail "Subject: x\n\n"`, "C: QUIT"})
	checkTalk(t, talk{{true, "220 x ESMTP\r\n"}, {false, "EHLO y\r\nDATA\r\nContent-Type: a/b\r\n\r\n.\r.\n.\n.\r\n..\r\n\r\n.\r\nQUIT\r\n"}},
		[]string{"S: 220 x ESMTP", "C: EHLO y", "C: DATA", `mail "Content-Type: a/b\r\n\r\n"`,
			`file "" "a/b" complete "\r.\n.\n.\r\n.\r\n\r\n"`, "C: QUIT"})
}

// After the reply to STARTTLS both sides speak TLS (RFC 3207).
func TestSTARTTLS(t *testing.T) {
	hello := len(clientHello) - 5
	for _, tt := range []struct{ text, want string }{
		{"S: 220 x ESMTP\nC: EHLO y\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n", "S: 220 go"},
		{"S: +OK x\nC: CAPA\nS: +OK list\nS: STLS\nS: .\nC: STLS\nS: +OK go\n", "S: +OK go"},
		{"S: * OK x\nC: a1 CAPABILITY\nS: a1 OK\nC: a2 STARTTLS\nS: a2 OK go\n", "S: a2 OK go"},
		{"S: 220 FTP\nC: AUTH TLS\nS: 234 go\n", "S: 234 go"},
	} {
		for _, size := range segmentSizes {
			tk := append(dialogue(tt.text), talk{{false, clientHello}}...)
			got := transcript(new(stream.Assembler), tk.segs(size))
			want := []string{tt.want, "STARTTLS TLS of " + strconv.Itoa(hello) + " bytes"}
			if len(got) < 2 || !slices.Equal(got[len(got)-2:], want) {
				t.Errorf("segments of %d bytes: %q", size, got)
			}
			// The client's bytes may be captured before the server's.
			tk = append(dialogue(tt.text[:strings.LastIndex(tt.text, "S: ")]), talk{{false, clientHello}}...)
			if got := transcript(new(stream.Assembler), tk.segs(size)); len(got) == 0 || got[len(got)-1] != want[1] {
				t.Errorf("segments of %d bytes, without the reply: %q", size, got)
			}
		}
	}
}

// If a side sends no TLS after STARTTLS, it continues in cleartext: a capture was
// decrypted in place, or the server answered and then did nothing.
func TestSTARTTLSInCleartext(t *testing.T) {
	hello := "STARTTLS TLS of " + strconv.Itoa(len(clientHello)-5) + " bytes"
	for name, tt := range map[string]struct {
		before, after string
		want          []string // what follows
	}{
		"SMTP": {"S: 220 x ESMTP\nC: EHLO y\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n", "C: EHLO z\nS: 250 z\nC: DATA\nS: 354 go\nC: Subject: a\nC: \nC: b\nC: .\nS: 250 ok\n",
			[]string{"C: EHLO z", "S: 250 z", "C: DATA", "S: 354 go", `mail "Subject: a\r\n\r\n"`}},
		"SMTP twice": {"S: 220 x ESMTP\nC: EHLO y\nC: STARTTLS\nS: 250 y\nS: 220 go\n", "C: EHLO z\nC: STARTTLS\nS: 250 z\nS: 220 x ESMTP\n",
			[]string{"C: EHLO z", "C: STARTTLS", "S: 250 z", "S: 220 x ESMTP"}},
		"POP3": {"S: +OK x\nC: STLS\nS: +OK go\n", "C: USER bob\nS: +OK\n", []string{"C: USER bob", "S: +OK"}},
		"IMAP": {"S: * OK x\nC: a1 STARTTLS\nS: a1 OK go\n", "C: a2 LOGIN x y\nS: a2 OK\n", []string{"C: a2 LOGIN x y", "S: a2 OK"}},
		"FTP":  {"S: 220 FTP\nC: AUTH TLS\nS: 234 go\n", "C: USER bob\nS: 331 y\n", []string{"C: USER bob", "S: 331 y"}},
		"IRC":  {"C: STARTTLS\nS: :s 670 * :go\n", "C: NICK bob\nS: :s 001 bob :hi\n", []string{"C: NICK bob", "S: :s 001 bob :hi"}},
	} {
		before, after := dialogue(tt.before), dialogue(tt.after)
		for _, size := range segmentSizes {
			segs := onPort(4000, append(slices.Clone(before), after...).segs(size))
			got := transcript(new(stream.Assembler), segs)
			skip := len(transcript(new(stream.Assembler), onPort(4000, before.segs(size))))
			if got = got[min(skip, len(got)):]; len(got) < len(tt.want) || !slices.Equal(got[:len(tt.want)], tt.want) {
				t.Errorf("%s, segments of %d bytes: %q", name, size, got)
			}
			// TLS may still begin, of either side first.
			for _, server := range []bool{false, true} {
				got := transcript(new(stream.Assembler), onPort(4000, append(slices.Clone(before), talk{{server, clientHello}}...).segs(size)))
				if got[len(got)-1] != hello {
					t.Errorf("%s with TLS, segments of %d bytes: %q", name, size, got)
				}
			}
		}
	}
}

// A lost segment of a mail leaves a hole in one file, and the rest is found.
func TestSMTPGap(t *testing.T) {
	before := "EHLO y\r\nDATA\r\nContent-Type: a/b\r\n\r\n"
	tests := []struct {
		name, after string
		reply       bool
		want        []string
	}{
		{"in the mail", "xyz\r\n.\r\nQUIT\r\n", false, []string{`file "" "a/b" bytes missing "xyz\r\n"`, "C: QUIT"}},
		{"over its end", "QUIT\r\n", true, []string{"S: 250 OK", `file "" "a/b" bytes missing ""`, "C: QUIT"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			segs := []seg{{flags: syn, seq: 0}, {flags: ack, seq: 1, data: before}}
			if tt.reply {
				segs = append(segs,
					seg{server: true, flags: ack, seq: 1, data: "220 x ESMTP\r\n250 y\r\n354 go\r\n"},
					seg{server: true, flags: ack, seq: 29, data: "250 OK\r\n"})
			}
			segs = append(segs, seg{flags: ack, seq: 1 + uint32(len(before)) + 100, data: tt.after})
			segs = append(segs, seg{flags: ack, seq: 1 + uint32(len(before)+len(tt.after)) + 100, data: "NOOP\r\n"})
			got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, segs)
			if tail := got[max(len(got)-len(tt.want)-1, 0):]; !slices.Equal(tail, append(tt.want, "C: NOOP")) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A gap in a chunk of known length loses only its bytes; after a longer one,
// the next command is found.
func TestSMTPGapInChunk(t *testing.T) {
	for skip, want := range map[uint32][]string{
		4:  {`file "" "a/b" bytes missing "1"`, "C: QUIT"},
		40: {`file "" "a/b" bytes missing "1"`, "C: QUIT"},
	} {
		head := "EHLO y\r\nBDAT 26 LAST\r\nContent-Type: a/b\r\n\r\n1"
		got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, []seg{
			{flags: ack, seq: 1, data: head},
			{flags: ack, seq: 1 + uint32(len(head)) + skip, data: "QUIT\r\n"},
		})
		if !slices.Equal(got[3:], want) {
			t.Errorf("%d bytes missing: %q", skip, got)
		}
	}
}

// After a gap on the server's side, replies are found again, and not paired
// wrongly.
func TestSMTPGapInReplies(t *testing.T) {
	for _, after := range []string{"354 go\r\n", "x\r\n354 go\r\n"} {
		got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, []seg{
			{server: true, flags: ack, seq: 1, data: "220 x ESMTP\r\n250-"},
			{flags: ack, seq: 1, data: "EHLO y\r\nDATA\r\n"},
			{server: true, flags: ack, seq: 50, data: after},
			{flags: ack, seq: 15, data: "Subject: x\r\n.\r\n"},
		})
		want := []string{"S: 220 x ESMTP", "C: EHLO y", "C: DATA", "S: 354 go", `mail "Subject: x\r\n"`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("messages (-want +got):\n%s", diff)
		}
	}
}

// After a gap among commands, parsing resumes at a segment that begins with a
// command.
func TestSMTPGapInCommands(t *testing.T) {
	got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, []seg{
		{flags: ack, seq: 1, data: "EHLO y\r\nMAIL"},
		{flags: ack, seq: 100, data: "b.example>\r\nDATA"},
		{flags: ack, seq: 200, data: "RCPT TO:<c@d.example>\r\n"},
	})
	if diff := cmp.Diff([]string{"C: EHLO y", "C: RCPT TO:<c@d.example>"}, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// A line that is too long is skipped and counted.
func TestSMTPTooLong(t *testing.T) {
	a := &stream.Assembler{Config: stream.Config{MaxMessage: 100}}
	got := transcript(a, talk{{false, "EHLO y\r\nNOOP " + strings.Repeat("x", 1000) + "\r\nQUIT\r\n"}}.segs(10))
	if diff := cmp.Diff([]string{"C: EHLO y", "C: QUIT"}, got); diff != "" || a.Stats().TooLong != 1 {
		t.Errorf("%+v, messages (-want +got):\n%s", a.Stats(), diff)
	}
}

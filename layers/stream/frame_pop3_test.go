package stream_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

func TestPOP3(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"RFC 1939 section 10", `S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
S: +OK mrose's maildrop has 2 messages (320 octets)
C: STAT
S: +OK 2 320
C: LIST
S: +OK 2 messages (320 octets)
S: 1 120
S: 2 200
S: .
C: RETR 1
S: +OK 120 octets
S: From: mrose@dbc.mtview.ca.us
S: Content-Type: a/b
S: 
S: ..
S: one
S: .
C: DELE 1
S: +OK message 1 deleted
C: TOP 2 0
S: +OK
S: Subject: two
S: 
S: .
C: QUIT
S: +OK dewey POP3 server signing off (maildrop empty)
`, []string{"S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>", "C: APOP mrose c4c9334bac560ecc979e58001b3e22fb",
			"S: +OK mrose's maildrop has 2 messages (320 octets)", "C: STAT", "S: +OK 2 320", "C: LIST", "S: +OK 2 messages (320 octets)",
			"C: RETR 1", "S: +OK 120 octets", `mail "From: mrose@dbc.mtview.ca.us\r\nContent-Type: a/b\r\n\r\n"`, `file "" "a/b" complete ".\r\none\r\n"`,
			"C: DELE 1", "S: +OK message 1 deleted", "C: TOP 2 0", "S: +OK", `mail "Subject: two\r\n\r\n"`,
			"C: QUIT", "S: +OK dewey POP3 server signing off (maildrop empty)"}},
		{"no such message, pipelined", `S: +OK x
C: USER a
C: PASS b
C: RETR 9
C: RETR 1
S: +OK
S: +OK
S: -ERR no such message
S: +OK
S: Subject: one
S: 
S: .
`, []string{"S: +OK x", "C: USER a", "C: PASS b", "C: RETR 9", "C: RETR 1", "S: +OK", "S: +OK", "S: -ERR no such message", "S: +OK", `mail "Subject: one\r\n\r\n"`}},
		{"AUTH (RFC 5034 section 6)", `S: +OK x
C: AUTH PLAIN
S: + 
C: dGVzdAB0ZXN0AHRlc3Q=
S: +OK in
C: LIST 1
S: +OK 1 120
`, []string{"S: +OK x", "C: AUTH PLAIN", "C: dGVzdAB0ZXN0AHRlc3Q=", "S: +OK in", "C: LIST 1", "S: +OK 1 120"}},
		{"the server alone", "S: +OK x\nS: +OK in\nS: +OK 120 octets\nS: Subject: one\nS: \nS: body\nS: .\nS: +OK bye\n",
			[]string{"S: +OK x", "S: +OK in", "S: +OK 120 octets", `mail "Subject: one\r\n\r\n"`, "S: +OK bye"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkDialogue(t, tt.text, tt.want) })
	}
}

func TestPOP3Gap(t *testing.T) {
	head := "+OK x\r\n+OK 9\r\n"
	mail := "Content-Type: a/b\r\n\r\n1"
	got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, []seg{
		{server: true, flags: ack, seq: 1, data: head[:7]},
		{flags: ack, seq: 1, data: "RETR 1\r\n"},
		{server: true, flags: ack, seq: 8, data: head[7:] + mail},
		{server: true, flags: ack, seq: 8 + 7 + uint32(len(mail)) + 5, data: "2\r\n.\r\n+OK bye\r\n"},
	})
	want := []string{"S: +OK x", "C: RETR 1", "S: +OK 9", `mail "Content-Type: a/b\r\n\r\n"`, `file "" "a/b" bytes missing "12\r\n"`, "S: +OK bye"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// If the end of a mail is missing, the reply to the next command is not part of it,
// but only as the acknowledgements show.
func TestPOP3GapOverEnd(t *testing.T) {
	one, two := "+OK\r\nContent-Type: a/b\r\n\r\n", "+OK\r\nContent-Type: c/d\r\n\r\nx\r\n.\r\n"
	at := 7 + uint32(len(one)) + 100
	for _, seen := range []uint32{at, at - 1} {
		got := transcript(new(stream.Assembler), []seg{
			{flags: syn}, {server: true, flags: syn | ack, ack: 1},
			{server: true, flags: ack, seq: 1, ack: 1, data: "+OK x\r\n"},
			{flags: ack, seq: 1, ack: 8, data: "RETR 1\r\n"},
			{server: true, flags: ack, seq: 8, ack: 9, data: one},
			{flags: ack, seq: 9, ack: seen + 1, data: "RETR 2\r\n"},
			{server: true, flags: ack, seq: at + 1, ack: 17, data: two},
		})
		want := []string{"S: +OK x", "C: RETR 1", "S: +OK", `mail "Content-Type: a/b\r\n\r\n"`, "C: RETR 2",
			`file "" "a/b" bytes missing ""`, "S: +OK", `mail "Content-Type: c/d\r\n\r\n"`, `file "" "c/d" complete "x\r\n"`}
		if seen != at {
			want = append(want[:5:5], `file "" "a/b" bytes missing "`+strings.ReplaceAll(two[:len(two)-3], "\r\n", `\r\n`)+`"`)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("RETR 2 after %d (-want +got):\n%s", seen, diff)
		}
	}
}

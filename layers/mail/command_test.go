package mail_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/wire"
)

func TestCommand(t *testing.T) {
	tests := []struct {
		line, verb, arg, path, mailbox string
	}{
		{"MAIL FROM:<Smith@bar.com> SIZE=500\r\n", "MAIL", "FROM:<Smith@bar.com> SIZE=500", "<Smith@bar.com> SIZE=500", "Smith@bar.com"},
		{"rcpt to: <@hosta.int,@jkl.org:userc@d.bar.org>\r\n", "rcpt", "to: <@hosta.int,@jkl.org:userc@d.bar.org>", "<@hosta.int,@jkl.org:userc@d.bar.org>", "userc@d.bar.org"}, // RFC 5321 section 4.1.1.3
		{"MAIL FROM:<>\n", "MAIL", "FROM:<>", "<>", ""},
		{"MAIL FROM:a@b.example x", "MAIL", "FROM:a@b.example x", "a@b.example x", "a@b.example"},
		{"MAIL a@b.example", "MAIL", "a@b.example", "", ""},
		{"RCPT FROM:<a@b.example>", "RCPT", "FROM:<a@b.example>", "", ""},
		{"  QUIT \r\n", "QUIT", "", "", ""},
	}
	for _, tt := range tests {
		c, err := mail.ParseCommand([]byte(tt.line))
		if err != nil || string(c.Verb()) != tt.verb || string(c.Arg()) != tt.arg || string(c.Path()) != tt.path || string(c.Mailbox()) != tt.mailbox {
			t.Errorf("%q: %q %q, path %q, mailbox %q, %v", tt.line, c.Verb(), c.Arg(), c.Path(), c.Mailbox(), err)
		}
	}
	if _, err := mail.ParseCommand([]byte(" \r\n")); !errors.Is(err, wire.Short) {
		t.Errorf("an empty line: %v", err)
	}
}

func TestReply(t *testing.T) {
	// RFC 959 section 4.2, RFC 5321 section 4.2.1.
	for text, want := range map[string][]string{
		"123-First line\r\nSecond line\r\n  234 A line beginning with numbers\r\n123 The last line\r\n": {"First line", "Second line", "  234 A line beginning with numbers", "The last line"},
		"250 OK\r\n": {"OK"},
		"250\n":      {""},
		"250":        {""},
	} {
		r, err := mail.ParseReply([]byte(text))
		var got []string
		for line := range r.Lines() {
			got = append(got, string(line))
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil || (r.Code() != 250 && r.Code() != 123) || string(r.Bytes()) != text {
			t.Errorf("%q: %d, %v (-want +got):\n%s", text, r.Code(), err, diff)
		}
	}
	for text, want := range map[string]error{"25": wire.Short, "25x": wire.Malformed, "2500": wire.Malformed} {
		if _, err := mail.ParseReply([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

func TestIMAPLiteral(t *testing.T) {
	for line, want := range map[string]int64{
		"a LOGIN {11}\r\n": 11, "x {7+}\r\n": 7, "BINARY[1] ~{310}\n": 310, "{0}": 0,
		"a {b}\r\n": -1, "{5} \r\n": -1, "5}\r\n": -1, "{}": -1, "": -1, "}": -1, "{99999999999999999999}": -1,
	} {
		if n, ok := mail.IMAPLiteral([]byte(line)); ok != (want >= 0) || ok && n != want {
			t.Errorf("%q: %d, %v, want %d", line, n, ok, want)
		}
	}
}

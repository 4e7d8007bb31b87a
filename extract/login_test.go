package extract

import (
	"slices"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// The user names of the examples of RFC 959, RFC 1939 and RFC 3501, and in each form
// that IMAP has for strings.
func TestLogins(t *testing.T) {
	const (
		ftp, pop3, imap = "220 ready\r\n", "+OK POP3 server ready\r\n", "* OK IMAP4rev1 Service Ready\r\n"
	)
	for _, tt := range []struct {
		greeting, command string
		proto             stream.Proto
		want              string
	}{
		{ftp, "USER anonymous\r\n", stream.FTP, "anonymous"},
		{ftp, "PASS secret\r\n", stream.FTP, ""},
		{pop3, "USER mrose\r\n", stream.POP3, "mrose"},
		{pop3, "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n", stream.POP3, ""},
		{imap, "a001 login mrc secret\r\n", stream.IMAP, "mrc"}, // RFC 3501 section 8
		{imap, "a001 LOGIN \"mrc\" \"secret\"\r\n", stream.IMAP, "mrc"},
		{imap, "a001 LOGIN \"EXAMPLE\\\\m \\\"r\\\" c\" secret\r\n", stream.IMAP, `EXAMPLE\m "r" c`},
		{imap, "a001 LOGIN {3+}\r\nmrc {6+}\r\nsecret\r\n", stream.IMAP, "mrc"}, // RFC 7888
		{imap, "a001 LOGIN mrc\\ secret\r\n", stream.IMAP, `mrc\`},
		{imap, "a001 LOGIN \"\" \"\"\r\n", stream.IMAP, ""},
		{imap, "a001 SELECT mrc\r\n", stream.IMAP, ""},
	} {
		var c capture
		c.greeted(tt.greeting, tt.command)
		rep := c.report(t, Options{Only: TopicSetOf(Logins)})
		var got []string
		for g := range rep.Logins() {
			if g.Proto != tt.proto || g.Client.String() != "10.0.0.5" || g.Server.String() != "203.0.113.1:80" || g.Count != 1 {
				t.Errorf("%q: %+v", tt.command, g)
			}
			got = append(got, g.User)
		}
		var want []string
		if tt.want != "" {
			want = []string{tt.want}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: users %q, want %q; %v", tt.command, got, want, rep.Unseen.Stream.Protos)
		}
	}
}

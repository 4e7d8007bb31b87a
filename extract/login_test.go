package extract

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

const (
	ftp, pop3, imap = "220 ready\r\n", "+OK POP3 server ready\r\n", "* OK IMAP4rev1 Service Ready\r\n"
	smtp            = "220 smtp.example.com ESMTP\r\n"
)

// The user names in the examples of RFC 959, RFC 1939 and RFC 3501, and in each form
// of IMAP strings.
func TestLogins(t *testing.T) {
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

// The examples of AUTH and AUTHENTICATE: RFC 4954 section 4.1, RFC 4616 section 4,
// RFC 5034 section 6, RFC 9051 section 6.2.2; the mechanism LOGIN with and without an
// initial response; basic authentication of RFC 7617 section 2. Each is read with
// and without passwords.
func TestPasswords(t *testing.T) {
	const basic = "GET / HTTP/1.1\r\nHost: www.example\r\nAuthorization: Basic "
	for _, tt := range []struct{ greeting, client, user, password string }{
		{smtp, "EHLO x\r\nAUTH PLAIN dGVzdAB0ZXN0ADEyMzQ=\r\n", "test", "1234"},
		{smtp, "EHLO x\r\nAUTH PLAIN\r\ndGVzdAB0ZXN0ADEyMzQ=\r\n", "test", "1234"},
		{smtp, "EHLO x\r\nAUTH PLAIN VXJzZWwAS3VydAB4aXBqM3BsbXE=\r\n", "Kurt", "xipj3plmq"}, // Ursel, acting as Kurt
		{smtp, "EHLO x\r\nAUTH LOGIN\r\ndGVzdA==\r\nMTIzNA==\r\n", "test", "1234"},
		{smtp, "EHLO x\r\nauth login dGVzdA==\r\nMTIzNA==\r\n", "test", "1234"},
		{smtp, "EHLO x\r\nAUTH LOGIN\r\ndGVzdA==\r\n*\r\nQUIT\r\n", "test", ""},
		{smtp, "EHLO x\r\nAUTH LOGIN\r\n*\r\nQUIT\r\n", "", ""},
		{smtp, "EHLO x\r\nAUTH LOGIN =\r\nQUIT\r\n", "", ""},
		{smtp, "EHLO x\r\nAUTH PLAIN dGVzdA==\r\nQUIT\r\n", "", ""},
		{smtp, "EHLO x\r\nAUTH CRAM-MD5\r\ndGVzdA==\r\n", "", ""},
		{pop3, "AUTH PLAIN\r\ndGVzdAB0ZXN0AHRlc3Q=\r\n", "test", "test"},
		{imap, "A01 AUTHENTICATE PLAIN\r\ndGVzdAB0ZXN0AHRlc3Q=\r\n", "test", "test"},
		{imap, "A01 AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=\r\n", "test", "test"},
		{imap, "a001 LOGIN {3+}\r\nmrc {6+}\r\nsecret\r\n", "mrc", "secret"},
		{imap, "a001 LOGIN \"mrc\" \"se\\\"cret\"\r\n", "mrc", `se"cret`},
		{ftp, "USER anonymous\r\nPASS guest@host\r\n", "anonymous", "guest@host"},
		{ftp, "USER anonymous\r\nQUIT\r\n", "anonymous", ""},
		{ftp, "PASS guest@host\r\nQUIT\r\n", "", ""},
		{pop3, "USER mrose\r\nPASS sec ret\r\n", "mrose", "sec ret"},
		{"", basic + "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n", "Aladdin", "open sesame"},
		{"", basic + "!\r\n\r\n", "", ""},
	} {
		var c capture
		if tt.greeting == "" {
			c.request("10.0.0.5", "203.0.113.1", 80, tt.client)
		} else {
			c.greeted(tt.greeting, tt.client)
		}
		for _, with := range []bool{false, true} {
			want, got := "", ""
			if tt.user != "" {
				want = tt.user + ":"
			}
			if with {
				want += tt.password
			}
			for g := range c.report(t, Options{Only: TopicSetOf(Logins), Passwords: with}).Logins() {
				got += g.User + ":" + g.Password
			}
			if got != want {
				t.Errorf("%q, passwords %t: %q, want %q", tt.client, with, got, want)
			}
		}
		secret := strings.Trim(jsonString(t, tt.password), `"`)
		if json := jsonOf(t, c.report(t, Options{}), true); secret != "" && secret != tt.user && strings.Contains(json, secret) {
			t.Errorf("%q: the report holds the password %q", tt.client, secret)
		}
	}
}

// At the limit of waiting logins, the oldest is recorded without its password and
// counted. The limit holds for each shard, so for the pairs of addresses.
func TestUnpairedLogins(t *testing.T) {
	var c capture
	const n = fifoMax + 100
	for i := range n {
		port := uint16(10_000 + i)
		from := build.TCP{Src: "203.0.113.1", Dst: "10.0.0.5", SrcPort: 21, DstPort: port, Seq: 1, Ack: 1, Flags: 0x18, Data: ftp}
		to := build.TCP{Src: "10.0.0.5", Dst: "203.0.113.1", SrcPort: port, DstPort: 21, Seq: 1, Flags: 0x18, Data: "USER anonymous\r\n"}
		c.add(from.Packet()).add(to.Packet())
	}
	rep := c.report(t, Options{Passwords: true})
	for g := range rep.Logins() {
		if g.Count != n || g.User != "anonymous" {
			t.Errorf("%d logins of %s, want %d", g.Count, g.User, n)
		}
	}
	if rep.Unseen.Unpaired != 100 {
		t.Errorf("%d unpaired", rep.Unseen.Unpaired)
	}
}

func jsonString(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

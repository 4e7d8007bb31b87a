package irc_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/irc"
	"github.com/sightline-go/sightline/layers/wire"
)

func ExampleParseMessage() {
	line := "@time=2011-10-19T16:40:51.620Z :Angel!wings@irc.org PRIVMSG Wiz :Are you there?\r\n"
	m, err := irc.ParseMessage([]byte(line))
	if err != nil {
		fmt.Println(err)
		return
	}
	from := m.Source()
	fmt.Printf("%s, user %s at %s, to %s: %s\n", from.Nick(), from.User(), from.Host(), m.Param(0), m.Param(1))
	for key, value := range m.Tags() {
		fmt.Printf("%s is %s\n", key, irc.AppendTagValue(nil, value))
	}
	// Output:
	// Angel, user wings at irc.org, to Wiz: Are you there?
	// time is 2011-10-19T16:40:51.620Z
}

// views has every Parse function of the package: each is cut at every length,
// mutated and fuzzed, with all methods of its view.
var views = []viewtest.View{
	// A numeric reply that is cut is not one.
	viewtest.Of(irc.ParseMessage, viewtest.Text("@a=b\\:c;+d/e;f= :irc.example 353 Wiz = #t :@Wiz Angel\r\n")).MayBeMalformed(),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) { viewtest.Texts(t, views, ":irc.example 353 Wiz = #t :@Wiz Angel") }

func FuzzAccessors(f *testing.F) {
	for _, b := range viewtest.CapturedPayloads(f, "irc.pcap") {
		f.Add(uint8(0), b)
	}
	viewtest.Fuzz(f, views)
}

// split returns the parts of a message: the source, the command, the parameters.
func split(m irc.Message) (parts []string) {
	parts = append(parts, string(m.Source().Bytes()), string(m.Command()))
	for p := range m.Params() {
		parts = append(parts, string(p))
	}
	return parts
}

func TestMessage(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []string
	}{
		// RFC 2812 sections 3.1.2, 3.1.3, 3.1.7, 3.2.1, 3.3.1 and 3.7.2.
		{"NICK Wiz\r\n", []string{"", "NICK", "Wiz"}},
		{":WiZ!jto@tolsun.oulu.fi NICK Kilroy\r\n", []string{"WiZ!jto@tolsun.oulu.fi", "NICK", "Kilroy"}},
		{"USER guest 0 * :Ronnie Reagan\r\n", []string{"", "USER", "guest", "0", "*", "Ronnie Reagan"}},
		{":syrk!kalt@millennium.stealth.net QUIT :Gone to have lunch\r\n", []string{"syrk!kalt@millennium.stealth.net", "QUIT", "Gone to have lunch"}},
		{"JOIN #foo,#bar fubar,foobar\r\n", []string{"", "JOIN", "#foo,#bar", "fubar,foobar"}},
		{"PRIVMSG Angel :yes I'm receiving it !\r\n", []string{"", "PRIVMSG", "Angel", "yes I'm receiving it !"}},
		{"PING :irc.funet.fi\n", []string{"", "PING", "irc.funet.fi"}},
		// modern.ircdocs.horse, "Parameters".
		{":irc.example.com CAP * LIST :", []string{"irc.example.com", "CAP", "*", "LIST", ""}},
		{"CAP * LS :multi-prefix sasl", []string{"", "CAP", "*", "LS", "multi-prefix sasl"}},
		{":dan!d@localhost PRIVMSG #chan :Hey!", []string{"dan!d@localhost", "PRIVMSG", "#chan", "Hey!"}},
		{":dan!d@localhost PRIVMSG #chan Hey!", []string{"dan!d@localhost", "PRIVMSG", "#chan", "Hey!"}},
		{":dan!d@localhost PRIVMSG #chan ::-) :-)", []string{"dan!d@localhost", "PRIVMSG", "#chan", ":-) :-)"}},
		// What clients send, too.
		{"    NICK   brotest  \r\n", []string{"", "NICK", "brotest"}},
		{"join :#a\r\nNICK b\r\n", []string{"", "join", "#a"}},
		{"QUIT", []string{"", "QUIT"}},
	} {
		m, err := irc.ParseMessage([]byte(tt.line))
		if err != nil {
			t.Errorf("%q: %v", tt.line, err)
			continue
		}
		if diff := cmp.Diff(tt.want, split(m)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.line, diff)
		}
		for i, want := range tt.want[2:] {
			if got := m.Param(i); string(got) != want || got == nil {
				t.Errorf("%q: parameter %d is %q, want %q", tt.line, i, got, want)
			}
		}
		if m.Param(len(tt.want)-2) != nil || strings.ContainsAny(string(m.Bytes()), "\r\n") || !m.Is(strings.ToLower(tt.want[1])) {
			t.Errorf("%q: %q", tt.line, m.Bytes())
		}
	}
}

func TestRefused(t *testing.T) {
	for line, want := range map[string]error{
		"": wire.Short, "\r\n": wire.Short, "   ": wire.Short, ":irc.example": wire.Short, "@a=b :irc.example ": wire.Short,
		"01 a": wire.Malformed, "0001 a": wire.Malformed, "NI-CK a": wire.Malformed, "\x16\x03\x01": wire.Malformed, "#a b": wire.Malformed,
	} {
		if _, err := irc.ParseMessage([]byte(line)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", line, err, want)
		}
	}
}

func TestNumeric(t *testing.T) {
	for line, want := range map[string]int{":a 001 b :c": 1, ":a 433 * b": 433, "NICK 001": -1, "ABC": -1} {
		m, err := irc.ParseMessage([]byte(line))
		if n, ok := m.Numeric(); err != nil || ok != (want >= 0) || ok && n != want {
			t.Errorf("%q: %d, %t, %v", line, n, ok, err)
		}
	}
}

// The sources of RFC 2812, and what servers show in their place.
func TestSource(t *testing.T) {
	for source, want := range map[string][3]string{
		"WiZ!jto@tolsun.oulu.fi":     {"WiZ", "jto", "tolsun.oulu.fi"},
		"irc.example":                {"irc.example", "", ""},
		"WiZ@tolsun.oulu.fi":         {"WiZ", "", "tolsun.oulu.fi"},
		"WiZ!~jto@2001:db8::1":       {"WiZ", "~jto", "2001:db8::1"},
		"WiZ!jto@user/WiZ@home":      {"WiZ", "jto", "user/WiZ@home"},
		"WiZ!jto":                    {"WiZ", "jto", ""},
		"!@":                         {"", "", ""},
		"NickServ!NickServ@services": {"NickServ", "NickServ", "services"},
	} {
		m, err := irc.ParseMessage([]byte(":" + source + " PING"))
		s := m.Source()
		if got := [3]string{string(s.Nick()), string(s.User()), string(s.Host())}; err != nil || got != want || s.String() != source {
			t.Errorf("%s: %q, %v", s, got, err)
		}
	}
}

// The examples of ircv3.net/specs/extensions/message-tags, and its rules of escaping.
func TestTags(t *testing.T) {
	for line, want := range map[string][]string{
		":nick!ident@host.com PRIVMSG me :Hello":                                       nil,
		"@aaa=bbb;ccc;example.com/ddd=eee :nick!ident@host.com PRIVMSG me :Hello":      {"aaa=bbb", "ccc=", "example.com/ddd=eee"},
		"@example-tag=example-value PRIVMSG #channel :Message":                         {"example-tag=example-value"},
		"@+icon=https://example.com/favicon.png :url_bot!bot@example.com PRIVMSG #c :": {"+icon=https://example.com/favicon.png"},
		`@a=\:\s\\\r\n;b=x\yz\;;c=d=e NICK x`:                                          {"a=; \\\r\n", "b=xyz", "c=d=e"},
		"@;=; NICK x":                                                                  nil,
	} {
		m, err := irc.ParseMessage([]byte(line))
		var got []string
		for k, v := range m.Tags() {
			got = append(got, string(irc.AppendTagValue(append(k[:len(k):len(k)], '='), v)))
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", line, err, diff)
		}
	}
}

// No text has a password in it, or the key of a channel.
func TestTextHasNoSecret(t *testing.T) {
	for line, want := range map[string]string{
		"PASS secret":                                  "PASS",
		"OPER foo secret":                              "OPER foo",
		"AUTHENTICATE secret":                          "AUTHENTICATE",
		"JOIN #foo,&bar secret,secret":                 "JOIN #foo,&bar",
		"MODE #foo +k secret":                          "MODE #foo",
		":irc.example 324 a #foo +k secret":            ":irc.example 324 a #foo",
		"privmsg NickServ :IDENTIFY secret":            "privmsg NickServ",
		"PRIVMSG Q@CServe.quakenet.org :AUTH u secret": "PRIVMSG Q@CServe.quakenet.org",
		"NickServ IDENTIFY secret":                     "NickServ",
		"NS IDENTIFY secret":                           "NS",
		"SQUERY NickServ :IDENTIFY secret":             "SQUERY NickServ",
		"PRIVMSG #foo :hello there":                    "PRIVMSG #foo :hello there",
		"PRIVMSG #foo :\x02\"\xff":                     `PRIVMSG #foo \002\"\255`,
		"TOPIC #foo :":                                 "TOPIC #foo :",
	} {
		m, err := irc.ParseMessage([]byte(line))
		if got := m.String(); got != want || err != nil {
			t.Errorf("%q: %q, want %q; %v", line, got, want, err)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	line := []byte("@a=b :irc.example 353 Wiz = #t :@Wiz Angel\r\n")
	n := testing.AllocsPerRun(100, func() {
		m, err := irc.ParseMessage(line)
		if err != nil || len(m.Source().Nick()) == 0 || len(m.Param(3)) == 0 {
			t.Error(err)
		}
		for k := range m.Tags() {
			if len(k) == 0 {
				t.Error("a tag without a key")
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

package extract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
)

// ircRows returns the rows of a report without addresses, and how often each was
// observed.
func ircRows(rep *extract.Report) (all []string) {
	for d := range rep.IRCDetails() {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%dx %s %s", d.Count, d.Kind, d.Value)))
	}
	return all
}

// What testdata/README.md says of the capture.
func TestIRCTopic(t *testing.T) {
	rep := observe(t, "irc.pcap", extract.IRC)
	var got []string
	for d := range rep.IRCDetails() {
		if d.Client.String() != "10.20.30.17" || d.Evidence.Len() != int(d.Count) {
			t.Errorf("%+v", d)
		}
		got = append(got, strings.TrimSpace(fmt.Sprint(d.Server, " ", d.Kind, " ", d.Value)))
	}
	same(t, got, []string{
		"203.0.113.80:6667 server irc.badfiles.example", "203.0.113.80:6667 password",
		"203.0.113.80:6667 nick updater", "203.0.113.80:6667 nick updater17",
		"203.0.113.80:6667 user upd", "203.0.113.80:6667 real-name Update Helper",
		"203.0.113.80:6667 channel #updates", "203.0.113.80:6667 channel #spare",
		"198.51.100.44:6667 server irc.badfiles.example",
	})
	if json := jsonOf(t, rep); strings.Contains(json, "-secret") {
		t.Errorf("the report holds a password or a key: %s", json)
	}
}

// The examples of RFC 2812, and what servers of today say.
func TestIRCDetails(t *testing.T) {
	for name, tt := range map[string]struct{ lines, want []string }{
		"section 3.1: registration": {
			[]string{"C PASS secretpasswordhere", "C NICK Wiz", "C USER guest 0 * :Ronnie Reagan"},
			[]string{"1x password", "1x nick Wiz", "1x user guest", "1x real-name Ronnie Reagan"},
		},
		"section 3.2.1: channels, with keys": {
			[]string{"C NICK Wiz", "C JOIN #foobar", "C JOIN &foo fubar", "C JOIN #foo,#bar fubar,foobar", "C JOIN 0", "C JOIN"},
			[]string{"1x nick Wiz", "1x channel #foobar", "1x channel &foo", "1x channel #foo", "1x channel #bar"},
		},
		"section 5.1: the server alone": {
			[]string{
				"S :irc.example 001 Wiz :Welcome to the Internet Relay Network Wiz!guest@host", "S :irc.example 002 Wiz :Your host is irc.example",
				"S :Wiz!guest@host JOIN #foo", "S :irc.example 353 Wiz = #foo :@Angel +Wiz", "S :irc.example 353 Wiz = #bar :@Angel",
				"S :irc.example 353 Wiz * #baz :Wiz!guest@host", "S :other.example 311 Wiz Angel wings irc.org * :Angel",
				"S :Angel!wings@irc.org JOIN #other", "S :Angel!wings@irc.org NICK Devil",
			},
			[]string{"1x nick Wiz", "2x server irc.example", "1x channel #foo", "1x channel #baz"},
		},
		"a server that has not registered the client": {
			[]string{"S :irc.example NOTICE AUTH :*** Looking up your hostname", "S :irc.example 433 * Wiz :Nickname is already in use", "S NOTICE * :hello"},
			[]string{"2x server irc.example"},
		},
		"two servers": {
			[]string{"C PASS moresecret 0210 IRC|", "C SERVER tolsun.oulu.fi 1 :x", "C :Angel NICK Devil", "C :Angel JOIN #foo"},
			[]string{"1x password"},
		},
		"nothing of services, operators and talk": {
			[]string{
				"C NICK Wiz", "C PRIVMSG NickServ :IDENTIFY secret", "C NICKSERV IDENTIFY secret", "C OPER foo secret",
				"C AUTHENTICATE secret", "C MODE #foo +k secret", "C PRIVMSG #foo :secret", "C REGISTER secret a@b.example",
			},
			[]string{"1x nick Wiz"},
		},
	} {
		rep := observeBytes(t, dialogue(6667, tt.lines...), extract.IRC)
		t.Log(name)
		same(t, ircRows(rep), tt.want)
		for _, secret := range []string{"secret", "fubar", "foobar\""} {
			if json := jsonOf(t, rep); strings.Contains(strings.ReplaceAll(json, "#foobar", ""), secret) {
				t.Errorf("%s: the report holds %q", name, secret)
			}
		}
	}
}

// A value that is too long is left out, and counted.
func TestIRCTooLong(t *testing.T) {
	rep := observeBytes(t, dialogue(6667, "C NICK Wiz", "C JOIN #"+strings.Repeat("a", 5000)), extract.IRC)
	same(t, ircRows(rep), []string{"1x nick Wiz"})
	if rep.Unseen.TooLong != 1 {
		t.Errorf("%+v", rep.Unseen)
	}
}

// What tshark shows of captures of Suricata's and Zeek's tests.
func TestIRCCorpus(t *testing.T) {
	corpus := os.Getenv("SIGHTLINE_CORPUS")
	if corpus == "" {
		t.Skip("SIGHTLINE_CORPUS is not set")
	}
	for name, want := range map[string][]string{
		"suricata/irc-input.pcap": {
			"1x password", "2x nick damn-0262937047", "1x user ghmfeirsfnw", "1x real-name damn-0262937047",
			"8x server hunt3d.devilz.net", "4x channel #sl0w3r", "1x channel #s01", "1x channel #s02", "1x channel #s03",
		},
		"zeek/irc-basic.pcap": {
			"2x nick brotest", "1x user brotest", "1x real-name brotest", "11x server leguin.freenode.net", "2x channel #brotest",
		},
	} {
		b, err := os.ReadFile(filepath.Join(corpus, "dev", name))
		if err != nil {
			t.Fatal(err)
		}
		same(t, ircRows(observeBytes(t, b, extract.IRC)), want)
	}
}

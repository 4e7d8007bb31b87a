package stream_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/irc"
	"github.com/sightline-go/sightline/layers/stream"
)

// The commands are those of RFC 2812 sections 3.1 to 3.3, the replies those of
// sections 5.1 and 5.2. Tags are of ircv3.net/specs/extensions/server-time.
const ircTalk = `S: :irc.example NOTICE * :*** Looking up your hostname...
C: PASS secretpasswordhere
C: NICK Wiz
C: USER guest 0 * :Ronnie Reagan
S: :irc.example 433 * Wiz :Nickname is already in use
C: NICK Kilroy
S: PING :4711
C: PONG :4711
S: :irc.example 001 Kilroy :Welcome to the Internet Relay Network Kilroy!guest@host
C: JOIN #foo,&bar fubar
S: @time=2011-10-19T16:40:51.620Z :Kilroy!guest@host JOIN #foo
C: PRIVMSG #foo :Hello: are you there?
C: QUIT :Gone to have lunch
S: ERROR :Closing Link
`

// ircLinesOf returns the lines of a dialogue as transcript prints them.
func ircLinesOf(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

// side returns the lines of a dialogue that begin with prefix.
func side(text, prefix string) (lines string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, prefix) {
			lines += line
		}
	}
	return lines
}

func TestIRC(t *testing.T) {
	_, clientFirst, _ := strings.Cut(ircTalk, "\n")
	_, middle, _ := strings.Cut(ircTalk, "S: PING :4711\n")
	for name, text := range map[string]string{
		"the server first": ircTalk,
		"the client first": clientFirst,
		"the client alone": side(ircTalk, "C: "),
		"the server alone": side(ircTalk, "S: "),
		"from the middle":  middle[strings.Index(middle, "C: JOIN"):],
		"servers":          "C: PASS moresecret 0210 IRC|\nC: SERVER test.oulu.fi 1 :Experimental server\nS: :tolsun.oulu.fi SERVER csd.bu.edu 5 34 :BU Central Server\n",
	} {
		t.Run(name, func(t *testing.T) { checkDialogue(t, text, ircLinesOf(text)) })
	}
}

// Line feeds alone end lines, too, and lines that are not messages are skipped.
func TestIRCLines(t *testing.T) {
	checkTalk(t, talk{{false, "NICK a\n\n\r\nUSER b 0 * :c\n12 x\nJOIN #d\n"}}, []string{"C: NICK a", "C: USER b 0 * :c", "C: JOIN #d"})
}

// After RPL_STARTTLS both sides may speak TLS, after ERR_STARTTLS they do not
// (ircv3.net/specs/deprecated/tls).
func TestIRCStartTLS(t *testing.T) {
	hello := "STARTTLS TLS of " + strconv.Itoa(len(clientHello)-5) + " bytes"
	const ask, good = "C: STARTTLS\n", "S: :irc.example 670 * :STARTTLS successful\n"
	const bad = "S: :irc.example 691 * :STARTTLS failed (Wrong moon phase)\n"
	const plainHello = "\x16\x03\x03\x00\x05\x01\x00\x00\x01\x00" // a random one may hold a line
	const serverHello = "\x16\x03\x03\x00\x05\x02\x00\x00\x01a"
	for name, tt := range map[string]struct {
		before string
		server bool
		after  string
		want   string
	}{
		"granted":                      {"S: :irc.example NOTICE * :hi\n" + ask + good, false, clientHello, hello},
		"the client first":             {ask + good, false, clientHello, hello},
		"the reply was not captured":   {"S: :irc.example NOTICE * :hi\n" + ask, false, clientHello, hello},
		"the server alone":             {good, true, serverHello, "STARTTLS TLS of 5 bytes"},
		"refused":                      {"C: CAP LS\n" + ask + bad, false, "NICK a\r\n", "C: NICK a"},
		"TLS after it was refused":     {"C: CAP LS\n" + ask + bad, false, plainHello, strings.TrimSpace(bad)},
		"granted, but never asked for": {"C: CAP LS\n" + good, false, "NICK a\r\n", "C: NICK a"},
		"no TLS comes then":            {ask + good, false, "NICK a\r\n", "C: NICK a"},
	} {
		for _, size := range segmentSizes {
			tk := append(dialogue(tt.before), talk{{tt.server, tt.after}}...)
			got := transcript(new(stream.Assembler), onPort(4000, tk.segs(size)))
			if len(got) == 0 || got[len(got)-1] != tt.want {
				t.Errorf("%s, segments of %d bytes: %q", name, size, got)
			}
		}
	}
}

// After a gap, a segment that may begin a message does; another is skipped up to the
// next line. A STARTTLS may have been in the gap.
func TestIRCGap(t *testing.T) {
	for name, tt := range map[string]struct{ segs, want []seg }{
		"of the client": {
			[]seg{{data: "NICK a\r\nUSER b 0"}, {data: "lost"}, {data: "real name\r\nJOIN #c\r\nPART"}, {data: "lost"}, {data: "PRIVMSG #c :d\r\n"}},
			[]seg{{data: "NICK a"}, {data: "JOIN #c"}, {data: "PRIVMSG #c :d"}},
		},
		"of the server": {
			[]seg{{server: true, data: ":s NOTICE * :a\r\n:s 001"}, {data: "lost"}, {server: true, data: "come\r\n:s 002 a :b\r\n"}, {data: "lost"}, {server: true, data: ":s 003 a :c\r\n"}},
			[]seg{{server: true, data: ":s NOTICE * :a"}, {server: true, data: ":s 002 a :b"}, {server: true, data: ":s 003 a :c"}},
		},
	} {
		next := uint32(1)
		var segs []seg
		for _, s := range tt.segs {
			if s.data == "lost" {
				next += 100
				continue
			}
			s.seq, s.flags = next, ack
			segs = append(segs, s)
			next += uint32(len(s.data))
		}
		var want []string
		for _, s := range tt.want {
			want = append(want, map[bool]string{false: "C: ", true: "S: "}[s.server]+s.data)
		}
		got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, onPort(4000, segs))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A line that is too long is skipped, and counted.
func TestIRCTooLong(t *testing.T) {
	a := &stream.Assembler{Config: stream.Config{MaxMessage: 100}}
	got := transcript(a, talk{{false, "NICK a\r\nPRIVMSG #b :" + strings.Repeat("x", 1000) + "\r\nQUIT\r\n"}}.segs(10))
	if diff := cmp.Diff([]string{"C: NICK a", "C: QUIT"}, got); diff != "" || a.Stats().TooLong != 1 {
		t.Errorf("%+v, messages (-want +got):\n%s", a.Stats(), diff)
	}
}

// How many messages of each side tshark 4.0 counts. Of the lines that it cuts where
// segments end, those that are one message count once.
func TestIRCCaptures(t *testing.T) {
	counts := map[string][2]int{"../../testdata/irc.pcap": {13, 20}}
	if corpus := os.Getenv("SIGHTLINE_CORPUS"); corpus != "" {
		counts[filepath.Join(corpus, "dev", "suricata", "irc-input.pcap")] = [2]int{21, 49}
		counts[filepath.Join(corpus, "dev", "zeek", "irc-basic.pcap")] = [2]int{5, 59}
		counts[filepath.Join(corpus, "dev", "zeek", "irc-whitespace.pcap")] = [2]int{5, 59}
		counts[filepath.Join(corpus, "dev", "zeek", "irc-dcc-state-growth.pcapng")] = [2]int{32, 0}
	}
	for name, want := range counts {
		var got [2]int
		var tls []stream.Kind
		pushFile(name, func(ms []stream.Message) {
			for i := range ms {
				m := &ms[i]
				if m.Via.Innermost() == stream.StartTLS {
					tls = append(tls, m.Kind)
				}
				if m.Kind != stream.IRCMessage {
					continue
				}
				if _, err := irc.ParseMessage(m.Data); err != nil {
					t.Errorf("%s: %q: %v", name, m.Data, err)
				}
				if m.FromClient {
					got[0]++
				} else {
					got[1]++
				}
			}
		})
		if got != want {
			t.Errorf("%s: %d messages, want %d", name, got, want)
		}
		if strings.HasSuffix(name, "testdata/irc.pcap") && !slices.Equal(tls, []stream.Kind{stream.ClientHello, stream.ServerHello}) {
			t.Errorf("%s: %v after STARTTLS", name, tls)
		}
	}
}

package stream_test

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// protocols returns the protocols that a conversation is recognised as.
func protocols(tk talk, size int, port uint16) map[stream.Proto]int {
	a := new(stream.Assembler)
	play(a, onPort(port, tk.segs(size))...)
	return a.Stats().Protos
}

// The content of a conversation decides its protocol, however it is split.
// Ports only break ties.
func TestDetectLines(t *testing.T) {
	tests := []struct {
		name string
		port uint16
		text string
		want stream.Proto
	}{
		{"SMTP by its greeting", 4000, "S: 220 mail.example ESMTP Postfix\n", stream.SMTP},
		{"FTP by its greeting", 4000, "S: 220 (vsFTPd 3.0.3)\n", stream.FTP},
		{"SMTP by the client", 21, "S: 220 ready\nC: EHLO x\n", stream.SMTP},
		{"FTP by the client", 25, "S: 220 ready\nC: USER x\n", stream.FTP},
		{"FTP by a later command", 4000, "S: 220 ready\nC: QUIT\nC: FEAT\n", stream.FTP},
		{"a mail server with ftp in its name", 4000, "S: 220 ftp.example ESMTP\n", stream.SMTP},
		{"SMTP by the port", 587, "S: 220 ready\n", stream.SMTP},
		{"FTP by the port", 21, "S: 220 ready\n", stream.FTP},
		{"either", 4000, "S: 220 ready\n", stream.Unknown},
		{"POP3", 4000, "S: +OK ready\n", stream.POP3},
		{"POP3 by the client", 4000, "S: +OK\nC: USER x\n", stream.POP3},
		{"replies of Redis", 4000, "C: *1\nS: +OK\nS: +OK\n", stream.Unknown},
		{"USER at POP3's port", 110, "C: USER x\nC: PASS y\n", stream.POP3},
		{"IMAP", 4000, "S: * OK ready\n", stream.IMAP},
		{"IMAP by the client", 4000, "C: a1 LOGIN x y\n", stream.IMAP},
		{"IRC", 4000, "C: NICK x\nC: USER x 0 * :x\n", stream.IRC},
		{"IRC by USER", 4000, "C: USER x 0 * :x\nC: NICK x\n", stream.IRC},
		{"IRC by CAP", 4000, "C: CAP LS 302\n", stream.IRC},
		{"IRC by PASS at its port", 6667, "C: PASS x\n", stream.IRC},
		{"IRC by its server", 4000, "S: :irc.example NOTICE * :*** Looking up your hostname...\n", stream.IRC},
		{"IRC by a server that has no name yet", 4000, "S: NOTICE AUTH :*** Looking up your hostname\n", stream.IRC},
		{"IRC by a numeric reply", 4000, "S: :irc.example 001 x :Welcome\n", stream.IRC},
		{"IRC from the middle", 4000, "S: @time=2026 :a!b@c PRIVMSG #d :e\n", stream.IRC},
		{"IRC between servers", 4000, "C: PASS x 0210 IRC|\nC: SERVER irc.example 1 :x\n", stream.IRC},
		{"IRC by STARTTLS", 4000, "C: STARTTLS\nS: :irc.example 670 * :STARTTLS successful\n", stream.IRC},
		{"SMTP by STARTTLS", 4000, "C: STARTTLS\nS: 220 ready\n", stream.SMTP},
		{"a user of FTP or POP3", 6667, "C: USER x\n", stream.Unknown},
		{"text with colons", 4000, "S: :one 1 two\nC: join us :here\nC: server down\n", stream.Unknown},
		{"text", 4000, "C: Type the list of mail users\nC: quit the port\n", stream.Unknown},
		{"text with numbers", 4000, "S: 220V is what we search\nC: 1 lamp\n", stream.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want map[stream.Proto]int
			if tt.want != stream.Unknown {
				want = map[stream.Proto]int{tt.want: 1}
			}
			for _, size := range segmentSizes {
				if diff := cmp.Diff(want, protocols(dialogue(tt.text), size, tt.port)); diff != "" {
					t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

func TestDetectOther(t *testing.T) {
	tests := []struct {
		name, data string
		want       stream.Proto
	}{
		{"RFC 4253 section 4.2", "SSH-2.0-billsSSH_3.6.3q3\r\n", stream.SSH},
		{"[MS-SMB] section 2.2.3.1", "\x00\x00\x00\x85\xffSMBr\x00\x00\x00\x00", stream.SMB},
		{"[MS-SMB2] section 2.2.1", "\x00\x00\x00\xf8\xfeSMB\x40\x00\x00\x00", stream.SMB},
		{"[MS-RDPBCGR] section 4.1.1", "\x03\x00\x00\x2c\x27\xe0\x00\x00\x00\x00\x00Cookie: mstshash=eltons\r\n\x01\x00\x08\x00\x00\x00\x00\x00", stream.RDP},
		{"RFC 854 and 1091", "\xff\xfd\x18\xff\xfd\x20", stream.Telnet},
		{"MQTT 3.1.1 section 3.1", "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04abcd", stream.MQTT},
		{"RFC 4511 section 4.2", "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00", stream.LDAP},
		{"RFC 4511 section 4.14", "\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037", stream.LDAP},
		{"RFC 1928 section 3", "\x05\x02\x00\x02", stream.SOCKS},
		{"SOCKS 4", "\x04\x01\x00\x50\xc0\x00\x02\x01user\x00", stream.SOCKS},
		{"an unfinished length", "\x10\x80\x80\x80", stream.Unknown},
		{"zeros", "\x00\x00\x00\x00\x00\x00\x00\x00", stream.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want map[stream.Proto]int
			if tt.want != stream.Unknown {
				want = map[stream.Proto]int{tt.want: 1}
			}
			for _, size := range segmentSizes {
				if diff := cmp.Diff(want, protocols(talk{{false, tt.data}}, size, 4000)); diff != "" {
					t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
				}
			}
			for n := range len(tt.data) { // no prefix is recognised as another protocol
				for p := range protocols(talk{{false, tt.data[:n]}}, 1<<14, 4000) {
					if p != tt.want && p != stream.SOCKS {
						t.Errorf("the first %d bytes are %v", n, p)
					}
				}
			}
		})
	}
}

// Bytes through a SOCKS proxy are recognised like a connection's own, and so is
// TLS after RDP's negotiation.
func TestDetectInside(t *testing.T) {
	msgs := play(new(stream.Assembler), talk{{false, "\x05\x01\x00"}, {true, "\x05\x00"}, {false, "\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50"}, {true, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"}, {false, get}}.segs(1<<14)...)
	if len(msgs) != 1 || msgs[0].Via != stream.SOCKS || msgs[0].Data != get {
		t.Errorf("through SOCKS: %+v", msgs)
	}
	msgs = play(new(stream.Assembler), talk{{false, "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"}, {true, "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00"}, {false, clientHello}}.segs(1<<14)...)
	if len(msgs) != 1 || msgs[0].Proto != stream.TLS {
		t.Errorf("after RDP: %+v", msgs)
	}
	// RFC 9293 section 3.8.4: a keep-alive may have a byte of garbage.
	msgs = play(new(stream.Assembler), talk{{false, "\x00"}, {false, get}}.segs(1<<14)...)
	if len(msgs) != 1 || msgs[0].Data != get {
		t.Errorf("after a keep-alive: %+v", msgs)
	}
}

// ProtoBeacon is a caller's own protocol: lines after a magic word.
const ProtoBeacon = stream.ProtoUser

func detectBeacon(_ layers.Flow, client, _ []byte) (stream.Proto, bufio.SplitFunc) {
	if bytes.HasPrefix(client, []byte("BEACON/1\n")) {
		return ProtoBeacon, bufio.ScanLines
	}
	return stream.Unknown, nil
}

// A Detector adds your own protocol to an Assembler.
func ExampleDetector() {
	a := &stream.Assembler{Config: stream.Config{Detect: detectBeacon}}
	print := func(ms []stream.Message) {
		for _, m := range ms {
			fmt.Printf("%v from client %v: %q\n", m.Proto == ProtoBeacon, m.FromClient, m.Data)
		}
	}
	for i, s := range (talk{{false, "BEACON/1\nhello\n"}, {true, "sleep 60\n"}}).segs(4) {
		push(a, s, int64(i+1), start, print)
	}
	// Output:
	// true from client true: "BEACON/1"
	// true from client true: "hello"
	// true from client false: "sleep 60"
}

func TestDetector(t *testing.T) {
	cfg := stream.Config{Detect: detectBeacon, MaxMessage: 1000}
	for _, size := range segmentSizes {
		a := &stream.Assembler{Config: cfg}
		msgs := play(a, talk{{false, "BEACON/1\na\n\n"}, {true, "b"}}.segs(size)...)
		var data []string
		for _, m := range msgs {
			data = append(data, m.Data)
		}
		if diff := cmp.Diff([]string{"BEACON/1", "a", "", "b"}, data); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
		if s := a.Stats(); s.Protos[ProtoBeacon] != 1 || s.Held != 0 {
			t.Errorf("%+v", s)
		}
		// Other protocols are still recognised.
		msgs = play(&stream.Assembler{Config: cfg}, talk{{false, get}}.segs(size)...)
		if len(msgs) != 1 || msgs[0].Proto != stream.HTTP1 {
			t.Errorf("segments of %d bytes: %+v", size, msgs)
		}
	}
	a := &stream.Assembler{Config: cfg}
	msgs := play(a, talk{{false, "BEACON/1\n" + strings.Repeat("x", 3000) + "\n"}}.segs(100)...)
	if len(msgs) != 1 || a.Stats().TooLong != 1 {
		t.Errorf("%d messages, %+v", len(msgs), a.Stats())
	}
}

// The work of a caller's function is proportional to the bytes received.
func TestDetectorWork(t *testing.T) {
	work := 0
	a := &stream.Assembler{Config: stream.Config{Detect: func(layers.Flow, []byte, []byte) (stream.Proto, bufio.SplitFunc) {
		return ProtoBeacon, func(b []byte, atEOF bool) (int, []byte, error) {
			work += len(b)
			return bufio.ScanLines(b, atEOF)
		}
	}}}
	const n = 20000
	if msgs := play(a, talk{{false, strings.Repeat("x", n) + "\n"}}.segs(1)...); len(msgs) != 1 || work > 80*n {
		t.Errorf("%d messages, %d bytes scanned", len(msgs), work)
	}
}

// Changing the returned Stats does not change the Assembler.
func TestStatsProtos(t *testing.T) {
	a := new(stream.Assembler)
	play(a, talk{{false, get}}.segs(1<<14)...)
	s := a.Stats()
	want := maps.Clone(s.Protos)
	play(a, onPort(81, talk{{false, get}}.segs(1<<14))...)
	if diff := cmp.Diff(want, s.Protos); diff != "" || a.Stats().Protos[stream.HTTP1] != 2 {
		t.Errorf("Protos changed (-want +got):\n%s", diff)
	}
}

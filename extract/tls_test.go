package extract

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// record returns a TLS record with a handshake message.
func record(typ byte, body string) string {
	b := append([]byte{typ}, byte(len(body)>>16), byte(len(body)>>8), byte(len(body)))
	b = append(b, body...)
	return "\x16\x03\x03" + string(binary.BigEndian.AppendUint16(nil, uint16(len(b)))) + string(b)
}

// clientHello returns a minimal ClientHello.
func clientHello(session string) string {
	return record(1, "\x03\x03"+strings.Repeat("r", 32)+string([]byte{byte(len(session))})+session+"\x00\x02\x13\x01\x01\x00")
}

// The number of client hellos that wait for an answer is limited. Hellos dropped at
// the limit are recorded and counted.
func TestUnpaired(t *testing.T) {
	var c capture
	const n = fifoMax + 100
	for i := range n {
		src := uint16(10_000 + i)
		c.add(build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: src, DstPort: 443, Seq: 1, Flags: 0x18, Data: clientHello("")}.Packet())
	}
	rep := c.report(t, Options{})
	for s := range rep.Sessions() {
		if s.Count != n {
			t.Errorf("%d sessions of %d", s.Count, n)
		}
	}
	if rep.Unseen.Unpaired != 100 {
		t.Errorf("%d unpaired", rep.Unseen.Unpaired)
	}
}

// The JA4 of DTLS begins with its own letter and version (FoxIO, technical_details/JA4.md).
func TestJA4OfDTLS(t *testing.T) {
	body := "\xfe\xfd" + strings.Repeat("r", 32) + "\x00" + "\x03abc" + "\x00\x02\x13\x01\x01\x00" +
		"\x00\x09" + "\x00\x2b\x00\x05\x04\xfe\xfc\xfe\xfd"
	size := string([]byte{0, 0, byte(len(body))})
	message := "\x01" + size + "\x00\x00" + "\x00\x00\x00" + size + body
	datagram := "\x16\xfe\xfd" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00" + string([]byte{byte(len(message))}) + message
	var c capture
	c.add(build.UDP("10.0.0.5", 5000, "192.0.2.1", 4433, []byte(datagram)))
	n := 0
	for s := range c.report(t, Options{}).Sessions() {
		if n++; !strings.HasPrefix(s.JA4, "dd3i010100_") {
			t.Errorf("JA4 %s", s.JA4)
		}
	}
	if n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// A session's hellos may be captured in either order, or one alone.
func TestSessionsOfEitherSide(t *testing.T) {
	client, server := helloFor("a.example"), tlsAnswer[1:]
	retry := record(2, "\x03\x03\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c\x00\x13\x01\x00")
	for name, tt := range map[string]struct {
		turns []string
		want  string
	}{
		"client first":        {[]string{"C" + client, "S" + server}, "a.example TLS 1.2 both x1;"},
		"server first":        {[]string{"S" + server, "C" + client}, "a.example TLS 1.2 both x1;"},
		"client alone":        {[]string{"C" + client}, "a.example  client x1;"},
		"server alone":        {[]string{"S" + server}, " TLS 1.2 server x1;"},
		"retry":               {[]string{"C" + client, "S" + retry, "C" + client, "S" + server}, "a.example TLS 1.2 both x1;"},
		"retry, server first": {[]string{"S" + retry, "S" + server, "C" + client, "C" + client}, "a.example TLS 1.2 both x1;"},
		"another hello":       {[]string{"S" + server, "C" + client, "C" + helloFor("b.example")}, "a.example TLS 1.2 both x1;b.example  client x1;"},
		"SSL 2 hello":         {[]string{"C\x80\x1f\x01\x03\x01\x00\x06\x00\x00\x00\x10\x00\x00\x2f\x00\x00\x0acccccccccccccccc", "S" + server}, " TLS 1.2 server x1;"},
	} {
		var got string
		for s := range talkOf(443, tt.turns...).read(t).Sessions() {
			sides := map[[2]bool]string{{true, true}: "both", {true, false}: "client", {false, true}: "server"}[[2]bool{s.JA3 != "", s.JA3S != ""}]
			got += fmt.Sprintf("%s %s %s x%d;", s.ServerName, s.Version, sides, s.Count)
			if s.Client.String() != "10.0.0.5" || s.Server.Port() != 443 || s.JA3S != "" && s.JA3S != fmt.Sprintf("%x", md5.Sum([]byte("771,49199,"))) {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// A new connection with the same ports has sessions of its own.
func TestSessionsOfTwoConnections(t *testing.T) {
	var c capture
	segment := func(fromServer bool, seq uint32, flags byte, data string) {
		p := build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: 4000, DstPort: 443, Seq: seq, Ack: seq, Flags: flags, Data: data}
		if fromServer {
			p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
		}
		c.add(p.Packet())
	}
	segment(false, 0, 2, "")
	segment(true, 1, 0x18, tlsAnswer[1:])
	segment(false, 1, 0x14, "")
	segment(false, 90_000, 2, "")
	segment(false, 90_001, 0x18, helloFor("a.example"))
	var got []string
	for s := range c.report(t, Options{}).Sessions() {
		got = append(got, s.ServerName+s.Version)
	}
	if diff := cmp.Diff([]string{"TLS 1.2", "a.example"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

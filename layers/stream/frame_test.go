package stream

import (
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// The beginning of a conversation of each protocol, and a possible
// continuation. Some are truncated, so that a framer is in the middle of
// something.
var beginnings = map[string][2]string{
	"TLS":     {"\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x03\x03", "\x16\x03\x03\x00\x30\x02"},
	"HTTP/1":  {"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc", "HTTP/1.1 200 OK\r\n\r\nabc"},
	"chunks":  {"GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"},
	"tunnel":  {"CONNECT a:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n220 "},
	"HTTP/2":  {h2begin + "\x00\x00\x06\x01\x04\x00\x00\x00\x01\x82\x86\x84\x01\x01a\x00\x00\x09\x01", "\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x01\x01\x04\x00\x00\x00\x01\x88\x00\x00\x09\x00\x00\x00\x00\x00\x01abc"},
	"SSH":     {"SSH-2.0-a\r\n\x00\x00", "SSH-2.0-b"},
	"OpenVPN": {"\x00\x0e\x38abcdefgh\x00\x00\x00\x00\x00", "\x00\x20\x40"},
	"SMTP":    {"EHLO a\r\nMAIL FROM:<a@b>\r\nDATA\r\nSubject: a\r\n\r\nb", "220 a ESMTP\r\n250"},
	"BDAT":    {"EHLO a\r\nBDAT 100\r\nSubject: a\r\n\r\nb", "220 a ESMTP\r\n250"},
	"POP3":    {"CAPA\r\nRETR 1\r\nRE", "+OK a\r\n+OK\r\n+OK\r\nSubject: a\r\n\r\nb"},
	"IMAP":    {"a1 FETCH 1 RFC822\r\na2", "* OK a\r\n* 1 FETCH (RFC822 {100}\r\nSubject: a\r\n\r\nb"},
	"IRC":     {"NICK a\r\nUSER b 0 * :c\r\nJO", ":s NOTICE * :a\r\n:s 001"},
	"FTP":     {"USER a\r\nPASV\r\nRETR", "220 FTP\r\n331"},
	"unknown": {"\x99", "\x98"},
}

// Bytes that are missing at the very end make no framer fail, and nothing
// remains held.
func TestLostAtEnd(t *testing.T) {
	for name, talk := range beginnings {
		for n := range 4 {
			a := &Assembler{}
			isn := [2]uint32{100, 200}
			pushRaw(a, rawSegment{side: 0, flags: layers.TCPSyn, seq: isn[0]})
			pushRaw(a, rawSegment{side: 1, flags: layers.TCPSyn | layers.TCPAck, seq: isn[1], ack: isn[0] + 1})
			for i := range 2 {
				side := (i + n) % 2 // also with the server first
				pushRaw(a, rawSegment{side: side, flags: layers.TCPAck, seq: isn[side] + 1, ack: isn[1-side] + 1, data: talk[side]})
			}
			for i := range 2 {
				side := (i + n/2) % 2
				end := isn[side] + 1 + uint32(len(talk[side])) + 7
				pushRaw(a, rawSegment{side: side, flags: layers.TCPAck | layers.TCPFin, seq: end, ack: isn[1-side] + 1})
				pushRaw(a, rawSegment{side: 1 - side, flags: layers.TCPAck, seq: isn[1-side] + 1, ack: end + 1})
			}
			missing := a.Stats().Missing
			a.Flush()
			if a.Held() != 0 || missing != 14 {
				t.Errorf("%s: %d bytes missing, %d held", name, missing, a.Held())
			}
		}
	}
}

package stream_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers/stream"
)

// FuzzDialogue checks that whatever two sides say, in whatever order, with any
// bytes missing, nothing remains held and nothing panics. Each line of the
// input is a segment: its first byte gives the side, and whether bytes are
// missing before it.
func FuzzDialogue(f *testing.F) {
	for _, text := range []string{
		smtpEnvelope + "C: DATA\nS: 354 go\n" + smtpMail + "C: BDAT 5 LAST\nC: abc\n",
		"S: +OK x\nC: RETR 1\nS: +OK\nS: a: b\nS: \nS: .\nC: STLS\nS: +OK\n",
		"S: * OK x\nC: 1 UID FETCH 1 BODY[]<0.5>\nS: * 1 FETCH (BODY[]<0> {5}\nS: a: b\nS:  UID {3}\nS: x\nC: 2 APPEND {3}\nC: 3 LOGIN {3}\n",
		"S: 220 FTP\nC: PASV\nS: 227 (1,2,3,4,5,6)\nC: RETR x\nC: AUTH TLS\nS: 234 x\n",
		"S: :s NOTICE * :x\nC: STARTTLS\nS: :s 670 * :x\nC: NICK x\nS: :s 001 x :y\n",
		"C: NICK x\nG: USER\nH: 220 x\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := &stream.Assembler{Config: stream.Config{MaxConn: 1, MaxMessage: 2000}}
		next := [2]uint32{1, 1}
		var segs []seg
		for line := range strings.Lines(text) {
			if len(line) < 4 || len(segs) > 500 {
				continue
			}
			side := int(line[0] & 1)
			if line[0]&2 == 0 {
				next[side] += uint32(line[1])
			}
			data := strings.ReplaceAll(line[3:], "\n", "\r\n")
			segs = append(segs, seg{server: side == 1, flags: ack, seq: next[side], ack: next[1-side], data: data, port: uint16(line[2])})
			next[side] += uint32(len(data))
		}
		transcript(a, segs)
		if s := a.Stats(); s.Work > 4<<20+448*int64(2*len(text)) { // see Stats.Work
			t.Errorf("work %d", s.Work)
		}
		if s := a.Stats(); s.Held != 0 || s.Open != 0 {
			t.Errorf("%d bytes held, %d connections open at the end", s.Held, s.Open)
		}
	})
}

// Input designed to be slow is processed in linear time: each is a megabyte in
// small segments.
func TestDialogueLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("less than 1 MiB is too fast to compare")
	}
	mail := "220 x ESMTP\r\nEHLO y\r\nDATA\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: a/b\r\n\r\n"
	tests := []struct{ name, head, unit string }{
		{"a line without end", "EHLO y\r\n", "x"},
		{"a reply without end", "EHLO y\r\n", "250-x\r\n"},
		{"dots", "EHLO y\r\nDATA\r\n", ".\r"},
		{"lines of dots", "EHLO y\r\nDATA\r\n", "\r\n.."},
		{"a header section without end", "EHLO y\r\nDATA\r\n", "X: y\r\n"},
		{"almost delimiters", mail, "--b-\r\n"},
		{"parts", mail, "--b\r\nContent-Type: a/b\r\n\r\n"},
		{"multiparts in multiparts", mail, "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"},
		{"literals", "1 LOGIN x y\r\n", "1 LOGIN {1}\r\n\n{2}\r\n\n{1}\r\n"},
		{"a literal of lines", "1 LOGIN x y\r\n1 LOGIN {900}\r\n", "\n"},
		{"data connections", "220 FTP\r\nUSER x\r\nFEAT\r\n", "PORT 1,2,3,4,5,6\r\n"},
		{"undecided", "", "USER x\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			few, many := dialogueTime(tt.head, tt.unit, 1<<16), dialogueTime(tt.head, tt.unit, 1<<20)
			if many > 10*time.Second && many > 64*few { // a slow machine is slow with few, too
				t.Errorf("64 KiB took %v, 1 MiB %v", few, many)
			}
		})
	}
}

// dialogueTime measures pushing a side that sends head, and then unit up to
// size bytes.
func dialogueTime(head, unit string, size int) time.Duration {
	began := time.Now()
	a := new(stream.Assembler)
	data := head + strings.Repeat(unit, size/len(unit))
	for i, s := range onPort(4000, talk{{false, data}}.segs(61)) {
		push(a, s, int64(i), start, func([]stream.Message) {})
	}
	a.Flush()
	return time.Since(began)
}

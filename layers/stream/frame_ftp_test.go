package stream_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

func TestFTP(t *testing.T) {
	// RFC 959 section 7 and RFC 1123 section 4.1.2.7, with a reply of several lines as in section 4.2.
	checkDialogue(t, `S: 220-Welcome to ftp.example.com
S:     220-lines that look like replies,
S:   234 or do not begin with the code
S: 220 FTP server ready
C: USER Waldo
S: 331 Enter password.
C: PASS secret
S: 230-User logged in.
S: 230 Enjoy.
C: QUIT
S: 221 Goodbye.
`, []string{"S: 220-Welcome to ftp.example.com\r\n    220-lines that look like replies,\r\n  234 or do not begin with the code\r\n220 FTP server ready",
		"C: USER Waldo", "S: 331 Enter password.", "C: PASS secret", "S: 230-User logged in.\r\n230 Enjoy.", "C: QUIT", "S: 221 Goodbye."})
}

// After a gap, FTP continues with the next line.
func TestFTPGap(t *testing.T) {
	got := transcript(&stream.Assembler{Config: stream.Config{MaxConn: 1}}, []seg{
		{server: true, flags: ack, seq: 1, data: "220 FTP\r\n"},
		{flags: ack, seq: 1, data: "US"},
		{flags: ack, seq: 20, data: "cret\r\nCWD /\r\n"},
		{flags: ack, seq: 50, data: "PWD\r\n"},
		{server: true, flags: ack, seq: 50, data: "257 \"/\"\r\n"},
	})
	want := []string{"S: 220 FTP", "C: CWD /", "C: PWD", `S: 257 "/"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// A transfer is the segments of a control connection and a data connection.
func TestFTPData(t *testing.T) {
	login := "220 FTP\r\n"
	control := func(server bool, data string) seg { return seg{server: server, flags: ack, port: 21, data: data} }
	// data is a data connection from or to the server, with one segment and a
	// FIN.
	data := func(clientPort, serverPort uint16, fromServer bool, text string, end bool) []seg {
		s := []seg{
			{server: clientPort != 50000, flags: syn, seq: 9, from: clientPort, port: serverPort},
			{server: fromServer, flags: ack, seq: 10, ack: 1, from: clientPort, port: serverPort, data: text},
		}
		if end {
			s = append(s, seg{server: fromServer, flags: ack | fin, seq: 10 + uint32(len(text)), from: clientPort, port: serverPort})
		}
		return s
	}
	tests := []struct {
		name string
		segs []seg
		want []string
		miss int
	}{
		{"passive", concatSegs(
			[]seg{control(true, login), control(false, "PASV\r\n"), control(true, "227 Entering Passive Mode (198,51,100,7,19,138)\r\n"), control(false, "RETR dir/a.exe\r\n")},
			data(50000, 19*256+138, true, "MZ\x90", true)),
			[]string{`file "dir/a.exe" "" complete "MZ\x90"`}, 0},
		{"passive without parentheses, behind a NAT", concatSegs(
			[]seg{control(true, login), control(false, "PASV\r\n"), control(true, "227 =10,0,0,1,19,138\r\n"), control(false, "STOR a\r\n")},
			data(50000, 19*256+138, false, "up", true)),
			[]string{`file "a" "" complete "up"`}, 0},
		{"RFC 2428 section 3: extended passive", concatSegs(
			[]seg{control(true, login), control(false, "EPSV\r\n"), control(true, "229 Entering Extended Passive Mode (|||6446|)\r\n"), control(false, "RETR a\r\n")},
			data(50000, 6446, true, "x", true)),
			[]string{`file "a" "" complete "x"`}, 0},
		{"active", concatSegs(
			[]seg{control(true, login), control(false, "PORT 192,0,2,1,24,131\r\nRETR a\r\n")},
			data(24*256+131, 20, true, "x", true)),
			[]string{`file "a" "" complete "x"`}, 0},
		{"RFC 2428 section 2: extended active", concatSegs(
			[]seg{control(true, login), control(false, "EPRT |1|192.0.2.1|6275|\r\nSTOR a\r\n")},
			data(6275, 20, false, "x", true)),
			[]string{`file "a" "" complete "x"`}, 0},
		{"a directory", concatSegs(
			[]seg{control(true, login), control(false, "PORT 192,0,2,1,24,131\r\nLIST\r\n")},
			data(24*256+131, 20, true, "x", true)), nil, 0},
		{"not from the beginning", concatSegs(
			[]seg{control(true, login), control(false, "EPRT |1|192.0.2.1|6275|\r\nREST 100\r\nRETR a\r\n")},
			data(6275, 20, true, "x", true)),
			[]string{`file "a" "" part of a file "x"`}, 0},
		{"without an end", concatSegs(
			[]seg{control(true, login), control(false, "EPRT |1|192.0.2.1|6275|\r\nRETR a\r\n")},
			data(6275, 20, true, "x", false)),
			[]string{`file "a" "" truncated "x"`}, 0},
		{"the name arrives late", concatSegs(
			[]seg{control(true, login), control(false, "EPRT |1|192.0.2.1|6275|\r\n")},
			data(6275, 20, true, "x", false), []seg{control(false, "RETR a\r\n"), {server: true, flags: ack | fin, seq: 11, from: 6275, port: 20}}),
			[]string{`file "a" "" complete "x"`}, 0},
		{"never opened", []seg{control(true, login), control(false, "EPRT |1|192.0.2.1|6275|\r\nEPRT |2|1080::8:800:200C:417A|5282|\r\n")}, nil, 2},
		{"no port", []seg{control(true, login), control(false, "PORT 1234\r\nPORT 1,2,3,4,5,256\r\nEPRT |\r\nEPRT\r\nPORT\r\n")}, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := new(stream.Assembler)
			var files []string
			for _, line := range transcript(a, number(tt.segs)) {
				if line[:2] != "C:" && line[:2] != "S:" {
					files = append(files, line)
				}
			}
			if diff := cmp.Diff(tt.want, files); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if s := a.Stats(); s.Unmet != tt.miss || s.Held != 0 {
				t.Errorf("Unmet %d, Held %d", s.Unmet, s.Held)
			}
		})
	}
}

func concatSegs(parts ...[]seg) (out []seg) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// number assigns sequence numbers to the segments of the control connection.
func number(segs []seg) []seg {
	next := map[bool]uint32{false: 1, true: 1}
	for i := range segs {
		if s := &segs[i]; s.port == 21 {
			s.seq, s.ack = next[s.server], next[!s.server]
			next[s.server] += uint32(len(s.data))
		}
	}
	return segs
}

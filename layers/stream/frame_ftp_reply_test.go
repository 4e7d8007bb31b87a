package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// An ftpScript plays lines of a control connection, "C: " and "S: ", and of data
// connections: "> 51201 data" to the server, "< 51201 data" from it; "[" before
// a port opens the connection from the client, "]" from the server's port 20;
// "." ends it, "!" resets it.
type ftpScript struct {
	segs []seg
	next map[uint16][2]uint32 // of each side, by the port of the client
}

func (f *ftpScript) add(client, server uint16, from int, s seg) {
	next := f.next[client]
	s.server, s.from, s.port, s.seq = from == 1, client, server, 100+next[from]
	if s.flags&ack != 0 {
		s.ack = 100 + next[1-from]
	}
	next[from] += uint32(len(s.data))
	if s.flags&(syn|fin) != 0 {
		next[from]++
	}
	f.next[client] = next
	f.segs = append(f.segs, s)
}

func (f *ftpScript) open(client, server uint16, from int) {
	f.add(client, server, from, seg{flags: syn})
	f.add(client, server, 1-from, seg{flags: syn | ack})
	f.add(client, server, from, seg{flags: ack})
}

func playFTP(script string) []seg {
	f := ftpScript{next: map[uint16][2]uint32{}}
	f.open(40000, 21, 0)
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		var port uint16
		var data string
		fmt.Sscanf(line[1:], "%d %s", &port, &data)
		client, server, opener := port-10000, port, 0
		if port < 50000 {
			client, server, opener = port, 20, 1
		}
		side := strings.Index("CS", line[:1])
		switch line[0] {
		case 'C', 'S':
			f.add(40000, 21, side, seg{flags: ack, data: strings.ReplaceAll(line[3:], "|NL|", "\r\n") + "\r\n"})
			f.add(40000, 21, 1-side, seg{flags: ack})
		case '[':
			f.open(client, server, opener)
		case '>':
			f.add(client, server, 0, seg{flags: ack, data: data})
		case '<':
			f.add(client, server, 1, seg{flags: ack, data: data})
		case '.':
			f.add(client, server, 1, seg{flags: ack | fin})
			f.add(client, server, 0, seg{flags: ack | fin})
			f.add(client, server, 1, seg{flags: ack})
		case '!':
			f.add(client, server, 0, seg{flags: ack | rst})
		}
	}
	return f.segs
}

const pasv = "C: PASV\nS: 227 Entering Passive Mode (198,51,100,7,200,1)\n"

// download is a data connection in which the server sends a file.
const download = "[51201\n< 51201 data\n.51201\n"

// The replies decide what a data connection holds (RFC 959 section 5.4).
func TestFTPReplies(t *testing.T) {
	for _, tt := range []struct{ name, script, want string }{
		{"the second of two files exists", pasv + "C: RETR gone\nS: 550 no\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"no directory", pasv + "C: LIST\nS: 550 no\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"no file but a directory", pasv + "C: RETR gone\nS: 450 busy\nC: NLST\nS: 125 go\n" + download + "S: 250 ok", ""},
		{"without waiting", pasv + "C: RETR gone|NL|RETR real\nS: 550 no\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"the connection opens first", pasv + "[51201\nC: RETR gone\nS: 550 no\nC: RETR real\nS: 150 go\n< 51201 data\n.51201\nS: 226 ok", `"real" complete`},
		{"the data comes first", pasv + "C: RETR real\n" + download + "S: 150 go\nS: 226 ok", `"real" complete`},
		{"both replies first", pasv + "C: RETR real\nS: 150 go\nS: 226 ok\n" + download, `"real" complete`},
		{"no reply was captured", pasv + "C: RETR real\n" + download, `"real" complete`},
		{"426", pasv + "C: RETR real\nS: 150 go\n" + download + "S: 426 closed", `"real" truncated`},
		{"426 before the data ends", pasv + "C: RETR real\nS: 150 go\n[51201\n< 51201 data\nS: 426 closed\n.51201", `"real" truncated`},
		{"451", pasv + "C: RETR real\nS: 125 go\n" + download + "S: 451 disk", `"real" truncated`},
		{"552, upload", pasv + "C: STOR real\nS: 150 go\n[51201\n> 51201 data\n.51201\nS: 552 full", `"real" truncated`},
		{"550 after data without 150", pasv + "C: RETR real\n" + download + "S: 550 oh", `"real" truncated`},
		{"426, then again", pasv + "C: RETR real\nS: 150 go\n" + download + "S: 426 closed\n" +
			"C: EPSV\nS: 229 ok (|||51202|)\nC: RETR real\nS: 150 go\n[51202\n< 51202 data\n.51202\nS: 226 ok", `"real" truncated, "real" complete`},
		{"a reset", pasv + "C: RETR real\nS: 150 go\n[51201\n< 51201 data\n!51201\nS: 226 ok", `"real" truncated`},
		{"STOR, APPE", pasv + "C: STOR a\nS: 150 go\n[51201\n> 51201 data\n.51201\nS: 226 ok\nC: EPSV\nS: 229 ok (|||51202|)\nC: APPE b\nS: 150 go\n[51202\n> 51202 data\n.51202\nS: 226 ok",
			`"a" complete, "b" complete`},
		{"RFC 1123 section 4.1.2.9: STOU", pasv + "C: STOU\nS: 150 FILE: unique.1\n[51201\n> 51201 data\n.51201\nS: 226 ok", `"unique.1" complete`},
		{"REST", pasv + "C: REST 5\nS: 350 ok\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" part of a file`},
		{"REST 0", pasv + "C: REST 0\nS: 350 ok\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"REST refused", pasv + "C: REST 5\nS: 502 no\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"REST refused, without waiting", pasv + "C: REST 5|NL|RETR real\nS: 501 no\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"REST before PASV", "C: REST 5\nS: 350 ok\n" + pasv + "C: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" part of a file`},
		{"REST for a missing file", pasv + "C: REST 5\nS: 350 ok\nC: RETR gone\nS: 550 no\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"350 of RNFR", pasv + "C: RNFR a\nS: 350 ok\nC: RNTO b\nS: 250 ok\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"RNTO fails", pasv + "C: RNFR a\nS: 350 ok\nC: RNTO b\nS: 553 no\nC: RETR real\nS: 150 go\n" + download + "S: 226 ok\nC: RNFR a\nS: 550 no", `"real" complete`},
		{"ABOR", pasv + "C: RETR real\nS: 150 go\n[51201\n< 51201 data\nC: ABOR\n.51201\nS: 426 closed\nS: 226 aborted", `"real" truncated`},
		{"ABOR with one reply", pasv + "C: RETR real\nS: 150 go\n[51201\n< 51201 data\nC: ABOR\n.51201\nS: 226 aborted", `"real" truncated`},
		{"ABOR after the end", pasv + "C: RETR real\nS: 150 go\n" + download + "C: ABOR\nS: 226 ok\nS: 225 nothing to abort", `"real" complete`},
		{"STAT meanwhile", pasv + "C: RETR real\nS: 150 go\n[51201\n< 51201 data\nC: STAT\nS: 213 half\n.51201\nS: 426 closed", `"real" truncated`},
		{"active", "C: PORT 192,0,2,1,156,65\nS: 200 ok\nC: RETR gone\nS: 550 no\nC: RETR real\nS: 150 go\n[40001\n< 40001 data\n.40001\nS: 226 ok", `"real" complete`},
		{"active, before any reply", "C: PORT 192,0,2,1,156,65\nC: RETR real\n[40001\n< 40001 data\n.40001\nS: 200 ok\nS: 150 go\nS: 226 ok", `"real" complete`},
		{"active, refused", "C: PORT 192,0,2,1,156,65\nS: 500 no\n" + pasv + "C: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"extended active", "C: EPRT |1|192.0.2.1|40001|\nS: 200 ok\nC: STOR real\nS: 150 go\n[40001\n> 40001 data\n.40001\nS: 226 ok", `"real" complete`},
		{"a port of the client twice", "C: PORT 192,0,2,1,156,65\nS: 200 ok\nC: RETR a\nS: 150 go\n[40001\n< 40001 data\n.40001\nS: 226 ok\nC: RETR b\nS: 150 go\n[40001\n< 40001 data\n.40001\nS: 226 ok",
			`"a" complete, "b" complete`},
		{"a directory, then a file", pasv + "C: LIST\nS: 150 go\n" + download + "S: 226 ok\nC: EPSV\nS: 229 ok (|||51202|)\nC: RETR real\nS: 150 go\n[51202\n< 51202 data\n.51202\nS: 226 ok", `"real" complete`},
		{"no data connection", pasv + "C: RETR gone\nS: 150 go\nS: 425 no\nC: EPSV\nS: 229 ok (|||51202|)\nC: RETR real\nS: 150 go\n[51202\n< 51202 data\n.51202\nS: 226 ok", `"real" complete`},
		{"before any port", "C: RETR gone\nS: 425 no port\n" + pasv + "C: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
		{"MODE Z", "C: MODE Z\nS: 200 ok\n" + pasv + "C: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" unsupported encoding`},
		{"MODE Z refused", "C: MODE Z\nS: 504 no\n" + pasv + "C: RETR real\nS: 150 go\n" + download + "S: 226 ok", `"real" complete`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256}}
			var files []string
			keep := func(ms []stream.Message) {
				for _, m := range ms {
					if m.Kind == stream.FileEnd {
						files = append(files, fmt.Sprintf("%q %s", m.File.Name, m.File.State))
						if (m.File.SHA256 == nil) == m.File.State.Hashed() {
							t.Errorf("%v: SHA-256 %x", m.File.State, m.File.SHA256)
						}
					}
				}
			}
			for i, s := range playFTP("S: 220 FTP\nC: USER a\nS: 331 pw\nC: PASS b\nS: 230 in\n" + tt.script) {
				push(a, s, int64(i+1), start, keep)
			}
			keep(a.Flush())
			if diff := cmp.Diff(tt.want, strings.Join(files, ", ")); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if held := a.Stats().Held; held != 0 {
				t.Errorf("%d bytes held", held)
			}
		})
	}
}

// The port in a 227 or 229, in the forms that servers use.
func TestFTPPorts(t *testing.T) {
	for _, reply := range []string{
		"227 Entering Passive Mode (198,51,100,7,200,1).", "227 Entering Passive Mode (198, 51, 100, 7, 200, 1)", "227 Passive ( 198 , 51 , 100 , 7 , 200 , 1 )",
		"227 =198,51,100,7,200,1", "227 198,51,100,7,200,1", "227 Passive on 2 ports 198,51,100,7,200,1", "227-Entering|NL|227 Passive Mode (198,51,100,7,200,1)",
		"227 Entering Passive Mode (0,0,0,0,200,1)", "227 Entering Passive Mode. 198,51,100,7,200,001",
		"229 Entering Extended Passive Mode (|||51201|)", "229 Extended (!!!51201!)", "229 Extended ( |||51201| )", "229 Extended |||51201|", "229 (|1|198.51.100.7|51201|)",
		"229 Entering Extended Passive Mode (|||51201)", "229 ok, all right... (|||51201|)",
	} {
		files := 0
		a := new(stream.Assembler)
		for i, s := range playFTP("S: 220 FTP\nC: USER a\nS: 331 pw\nC: PASV\nS: " + reply + "\nC: RETR a\nS: 150 go\n" + download + "S: 226 ok\n") {
			push(a, s, int64(i+1), start, func(ms []stream.Message) {
				for _, m := range ms {
					if m.Kind == stream.FileEnd {
						files++
					}
				}
			})
		}
		if files != 1 {
			t.Errorf("%q: %d files", reply, files)
		}
	}
}

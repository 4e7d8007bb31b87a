package extract

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A conversation builds the packets of TCP connections between a client and a
// server, with the acknowledgements of a real one.
type conversation struct {
	file build.Pcap
	n    int
	next map[uint16][2]uint32 // by the client's port
	size int                  // of a segment
	mute bool                 // acknowledgements come with data only
}

func (c *conversation) packet(client, server uint16, from int, flags uint8, data string) {
	if c.next == nil {
		c.next = map[uint16][2]uint32{}
	}
	next, known := c.next[client]
	if !known {
		next = [2]uint32{1000, 5000}
	}
	p := build.TCP{Src: "192.0.2.10", Dst: "198.51.100.20", SrcPort: client, DstPort: server, Seq: next[0], Ack: next[1], Flags: flags, Data: data}
	if from == 1 {
		p.Src, p.Dst, p.SrcPort, p.DstPort, p.Seq, p.Ack = p.Dst, p.Src, p.DstPort, p.SrcPort, p.Ack, p.Seq
	}
	if flags&0x10 == 0 {
		p.Ack = 0
	}
	next[from] += uint32(len(data)) + uint32(flags&1) + uint32(flags>>1&1)
	c.next[client] = next
	c.file.Add(start.Add(time.Duration(c.n)*time.Millisecond), build.Ethernet(0x0800, p.Packet()))
	c.n++
}

func (c *conversation) open(client, server uint16, from int) {
	c.packet(client, server, from, 0x02, "")
	c.packet(client, server, 1-from, 0x12, "")
	c.packet(client, server, from, 0x10, "")
}

// say sends data, which the other side acknowledges.
func (c *conversation) say(client, server uint16, from int, data string) {
	for segment := range slices.Chunk([]byte(data), c.size) {
		c.packet(client, server, from, 0x18, string(segment))
		if !c.mute {
			c.packet(client, server, 1-from, 0x10, "")
		}
	}
}

func (c *conversation) close(client, server uint16, from int) {
	c.packet(client, server, from, 0x11, "")
	c.packet(client, server, 1-from, 0x11, "")
	c.packet(client, server, from, 0x10, "")
}

// talk plays a dialogue, whose lines begin with "C: " or "S: ". Escapes are
// those of Go.
func (c *conversation) talk(client, server uint16, text string) {
	for line := range strings.Lines(text) {
		data := strings.NewReplacer(`\r`, "\r", `\n`, "\n").Replace(strings.TrimSpace(line)[3:])
		c.say(client, server, strings.Index("CS", line[:1]), data)
	}
}

// dialogues are conversations of the protocols that testdata lacks, and of those in
// which clients do not wait, in segments of a size.
func dialogues(size int, mute bool) map[string][]byte {
	out := map[string][]byte{}
	whole := func(name string, port uint16, text string) {
		c := conversation{size: size, mute: mute}
		c.open(40000, port, 0)
		c.talk(40000, port, text)
		c.close(40000, port, 0)
		out[name] = c.file.Bytes()
	}
	ask := func(n int) string { return fmt.Sprintf(`GET /g%d HTTP/1.1\r\nHost: www.site.example\r\n\r\n`, n) }
	res := func(n int) string {
		return fmt.Sprintf(`HTTP/1.1 20%d OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\nMZ g%d`, n, n)
	}
	var http, piped, posts strings.Builder
	for n := range 4 {
		fmt.Fprintf(&http, "C: %s\nS: %s\n", ask(n), res(n))
		fmt.Fprintf(&posts, "C: POST /g%d HTTP/1.1\\r\\nHost: www.site.example\\r\\nExpect: 100-continue\\r\\nContent-Length: 4\\r\\n\\r\\n\n", n)
		fmt.Fprintf(&posts, "S: HTTP/1.1 100 Continue\\r\\n\\r\\n\nC: MZ u\nS: %s\n", res(n))
	}
	fmt.Fprintf(&piped, "C: %s\nS: %s\nS: %s\nC: %s\nS: %s\nS: %s\n", ask(0)+ask(1), res(0), res(1), ask(2)+ask(3), res(2), res(3))
	whole("http", 80, http.String())
	whole("http piped", 80, piped.String())
	whole("http continue", 80, posts.String())
	whole("pop3", 110, `S: +OK hi\r\n
C: USER a\r\n
S: +OK\r\n
C: PASS b\r\n
S: +OK\r\n
C: LIST\r\n
S: +OK\r\n1 50\r\n2 60\r\n.\r\n
C: RETR 1\r\n
S: +OK\r\nFrom: p1@y.example\r\nSubject: p1\r\n\r\nhi\r\n.\r\n
C: RETR 3\r\n
S: -ERR no\r\n
C: RETR 2\r\n
S: +OK\r\nFrom: p2@y.example\r\nSubject: p2\r\n\r\nhi\r\n.\r\n
C: QUIT\r\n
S: +OK\r\n`)
	whole("imap", 143, `S: * OK IMAP4rev1 Service Ready\r\n
C: a1 LOGIN bob pw\r\n
S: a1 OK in\r\n
C: a2 FETCH 1 BODY[]\r\n
S: * 1 FETCH (BODY[] {40}\r\nFrom: i1@y.example\r\nSubject: i1\r\n\r\nhi\r\n)\r\na2 OK done\r\n
C: a3 FETCH 2 BODY[]\r\n
S: * 2 FETCH (BODY[] {40}\r\nFrom: i2@y.example\r\nSubject: i2\r\n\r\nhi\r\n)\r\na3 OK done\r\n
C: a4 LOGOUT\r\n
S: * BYE\r\n`)
	whole("smtp", 25, `S: 220 a ESMTP\r\n
C: EHLO b\r\n
S: 250-a\r\n250 PIPELINING\r\n
C: AUTH LOGIN\r\n
S: 334 VXNlcm5hbWU6\r\n
C: dGVzdA==\r\n
S: 334 UGFzc3dvcmQ6\r\n
C: MTIzNA==\r\n
S: 235 in\r\n
C: MAIL FROM:<m1@y.example>\r\nRCPT TO:<r@y.example>\r\nDATA\r\n
S: 250 ok\r\n250 ok\r\n554 no\r\n
C: MAIL FROM:<m2@y.example>\r\n
S: 250 ok\r\n
C: RCPT TO:<r@y.example>\r\n
S: 250 ok\r\n
C: DATA\r\n
S: 354 go\r\n
C: From: m2@y.example\r\nSubject: m2\r\n\r\nhi\r\n.\r\n
S: 250 ok\r\n
C: QUIT\r\n
S: 221 bye\r\n`)
	out["ftp"] = ftpConversation(size, mute)
	return out
}

func ftpConversation(size int, mute bool) []byte {
	c := conversation{size: size, mute: mute}
	c.open(40000, 21, 0)
	c.talk(40000, 21, `S: 220 ftp\r\n
C: USER bob\r\n
S: 331 pw\r\n
C: PASS pw\r\n
S: 230 ok\r\n
C: PASV\r\n
S: 227 Entering Passive Mode (198,51,100,20,200,1)\r\n
C: RETR gone.exe\r\n
S: 550 no\r\n
C: RETR one.exe\r\n
S: 150 go\r\n`)
	transfer := func(client, server uint16, opener, from int, data string) {
		c.open(client, server, opener)
		c.say(client, server, from, data)
		c.close(client, server, from)
	}
	transfer(41000, 51201, 0, 1, "MZ one")
	c.talk(40000, 21, `S: 226 ok\r\n
C: EPSV\r\n
S: 229 Entering Extended Passive Mode (|||51202|)\r\n
C: STOR two.exe\r\n
S: 150 go\r\n`)
	transfer(41001, 51202, 0, 0, "MZ two")
	c.talk(40000, 21, `S: 226 ok\r\n
C: PORT 192,0,2,10,161,184\r\n
S: 200 ok\r\n
C: RETR three.exe\r\n
S: 150 go\r\n`)
	transfer(41400, 20, 1, 1, "MZ three")
	c.talk(40000, 21, `S: 226 ok\r\n
C: QUIT\r\n
S: 221 bye\r\n`)
	c.close(40000, 21, 0)
	return c.file.Bytes()
}

// A fact is what belongs to a URL or a command.
type fact struct{ what, owner string }

// facts returns those of a report, each as often as it was found.
func facts(rep *Report) (out []fact) {
	add := func(n int64, what, owner string) { out = append(out, slices.Repeat([]fact{{what, owner}}, int(n))...) }
	for f := range rep.Files() {
		if f.SHA256 != "" {
			add(f.Count, "file "+f.SHA256, strings.Trim(f.URL+" "+f.Name+" "+f.Email, " "))
		}
	}
	for r := range rep.Requests() {
		for status, n := range r.Statuses {
			add(n, "status "+strconv.Itoa(status), r.URL)
		}
	}
	for m := range rep.Emails() {
		add(m.Count, "mail "+m.Subject, m.Key())
	}
	for g := range rep.Logins() {
		if g.Password != "" {
			add(g.Count, "login "+g.Password, g.User)
		}
	}
	slices.SortFunc(out, func(a, b fact) int { return cmp.Or(cmp.Compare(a.what, b.what), cmp.Compare(a.owner, b.owner)) })
	return out
}

// A packetList is the packets of a capture in some order.
type packetList []*pcap.Record

func readPackets(t *testing.T, b []byte) (list packetList) {
	t.Helper()
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rec.Clone())
	}
	return list
}

// facts returns those of a capture with the packets in this order, one each
// millisecond.
func (l packetList) facts(t *testing.T) []fact {
	t.Helper()
	var b bytes.Buffer
	w, err := pcap.NewWriter(&b, l[0].LinkType)
	for i, rec := range l {
		moved := *rec
		moved.Time = start.Add(time.Duration(i) * time.Millisecond)
		err = cmp.Or(err, w.Write(&moved))
	}
	if err != nil {
		t.Fatal(err)
	}
	return facts(readBytes(t, b.Bytes(), Options{Passwords: true, Stream: stream.Config{Hash: stream.HashSHA256}}))
}

// directions returns the addresses of each packet with TCP.
func (l packetList) directions() [][2]netip.Addr {
	out := make([][2]netip.Addr, len(l))
	for i, rec := range l {
		var p layers.Packet
		new(layers.Decoder).Decode(&p, rec)
		if _, ok := p.TCP(); ok {
			out[i][0], out[i][1], _ = p.Addrs()
		}
	}
	return out
}

// forCaptures calls f with the packets of testdata and of the dialogues, their facts
// and directions.
func forCaptures(t *testing.T, f func(t *testing.T, list packetList, want []fact, dirs [][2]netip.Addr)) {
	all := map[string][]byte{}
	for _, size := range []int{1460, 30} {
		for _, mute := range []bool{false, true} {
			for name, b := range dialogues(size, mute) {
				all[fmt.Sprintf("%s, segments of %d, mute %t", name, size, mute)] = b
			}
		}
	}
	for _, name := range []string{"http", "upload", "smtp", "ftp", "story", "two-interfaces", "lossy", "irc", "tls-secrets"} {
		path := "../testdata/" + name + ".pcap"
		b, err := os.ReadFile(path)
		if err != nil {
			b, err = os.ReadFile(path + "ng")
		}
		if err != nil {
			t.Fatal(err)
		}
		all["testdata/"+name] = b
	}
	for name, b := range all {
		t.Run(name, func(t *testing.T) {
			list := readPackets(t, b)
			f(t, list, list.facts(t), list.directions())
		})
	}
}

// without returns the elements of a that b does not have as often.
func without(a, b []fact) (out []fact) {
	left := map[fact]int{}
	for _, f := range b {
		left[f]++
	}
	for _, f := range a {
		if left[f]--; left[f] < 0 {
			out = append(out, f)
		}
	}
	return out
}

// moved returns the facts of got that want does not have, and that belong to a URL or
// a command.
func moved(got, want []fact) []fact {
	return slices.DeleteFunc(without(got, want), func(f fact) bool { return f.owner == "" })
}

// Two adjacent packets of opposite directions may be captured in either order: what
// the report says of files, responses, mails and logins stays. Only a retransmission
// that comes after its acknowledgement is too late.
func TestSwapKeepsPairs(t *testing.T) {
	forCaptures(t, func(t *testing.T, list packetList, want []fact, dirs [][2]netip.Addr) {
		for i := range len(list) - 1 {
			if a, b := dirs[i], dirs[i+1]; !a[0].IsValid() || a[0] != b[1] || a[1] != b[0] {
				continue
			}
			list[i], list[i+1] = list[i+1], list[i]
			got := list.facts(t)
			list[i], list[i+1] = list[i+1], list[i]
			if bad := moved(got, want); len(bad) > 0 {
				t.Errorf("packets %d and %d: %q", i+1, i+2, bad)
			}
			if lost := without(want, got); len(lost) > 0 && !strings.HasSuffix(t.Name(), "lossy") {
				t.Errorf("packets %d and %d: lost %q", i+1, i+2, lost)
			}
		}
	})
}

// If all packets of one side are captured before those of the other, nothing belongs
// to another URL or command. Facts may get lost only where a data connection of FTP
// comes before its announcement, where gaps were acknowledged before they were
// filled, and where a capture of two interfaces has each connection twice.
func TestSideFirstKeepsPairs(t *testing.T) {
	forCaptures(t, func(t *testing.T, list packetList, want []fact, dirs [][2]netip.Addr) {
		order := make([]int, len(list))
		for _, sign := range []int{1, -1} {
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(i, j int) int {
				a, b := dirs[i], dirs[j]
				return sign * (a[0].Compare(a[1]) - b[0].Compare(b[1]))
			})
			var sorted packetList
			for _, i := range order {
				sorted = append(sorted, list[i])
			}
			got := sorted.facts(t)
			if bad := moved(got, want); len(bad) > 0 {
				t.Errorf("%d: %q", sign, bad)
			}
			may := regexp.MustCompile("/(testdata/)?(ftp|lossy|two-interfaces)").MatchString(t.Name())
			if lost := without(want, got); len(lost) > 0 && !may {
				t.Errorf("%d: lost %q", sign, lost)
			}
		}
	})
}

// If one packet is lost, or two, nothing belongs to another URL or command.
func TestLossKeepsPairs(t *testing.T) {
	forCaptures(t, func(t *testing.T, list packetList, want []fact, _ [][2]netip.Addr) {
		for i := range list {
			one := slices.Delete(slices.Clone(list), i, i+1)
			if bad := moved(one.facts(t), want); len(bad) > 0 {
				t.Errorf("without packet %d: %q", i+1, bad)
			}
			most := len(one)
			if testing.Short() || len(list) > 80 {
				most = min(i+3, most)
			}
			for j := i; j < most; j++ {
				two := slices.Delete(slices.Clone(one), j, j+1)
				if bad := moved(two.facts(t), want); len(bad) > 0 {
					t.Errorf("without packets %d and %d: %q", i+1, j+2, bad)
				}
			}
		}
	})
}

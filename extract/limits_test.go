package extract

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// greeted adds a TCP connection in which the server speaks first.
func (c *capture) greeted(greeting, client string) {
	c.add(build.TCP{Src: "203.0.113.1", Dst: "10.0.0.5", SrcPort: 80, DstPort: 40000, Seq: 1, Ack: 1, Flags: 0x18, Data: greeting}.Packet())
	to := build.TCP{Src: "10.0.0.5", Dst: "203.0.113.1", SrcPort: 40000, DstPort: 80, Seq: 1, Flags: 0x18}
	for len(client) > 0 {
		n := min(len(client), 1400)
		to.Data, client = client[:n], client[n:]
		c.add(to.Packet())
		to.Seq += uint32(n)
	}
}

// Values that are too long are counted, and no part of them is kept, for each kind.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", defaultMaxValueLen+1)
	for name, talk := range map[string][2]string{
		"method":     {"GET / HTTP/1.1\r\nHost: www.example\r\n\r\n" + long + " / HTTP/1.1\r\nHost: www.example\r\n\r\n", ""},
		"target":     {"GET /" + long + " HTTP/1.1\r\nHost: www.example\r\n\r\n", ""},
		"host":       {"GET / HTTP/1.1\r\nHost: " + long + "\r\n\r\n", ""},
		"user agent": {"GET / HTTP/1.1\r\nHost: www.example\r\nUser-Agent: " + long + "\r\n\r\n", ""},
		"redirect":   {"GET / HTTP/1.1\r\nHost: www.example\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /" + long + "\r\nContent-Length: 0\r\n\r\n"},
		"login":      {"USER " + long + "\r\n", "220 FTP server\r\n"},
		"envelope":   {"EHLO x\r\nMAIL FROM:<" + long + "@example>\r\n", "220 x ESMTP\r\n"},
		"subject":    {"EHLO x\r\nDATA\r\nSubject: " + long + "\r\n\r\ntext\r\n.\r\n", "220 x ESMTP\r\n"},
	} {
		var c capture
		switch {
		case strings.HasPrefix(talk[1], "220"):
			c.greeted(talk[1], talk[0])
		case name == "method": // only recognised as HTTP if its line is complete
			c.request("10.0.0.5", "203.0.113.1", 80, talk[0])
		default:
			c.conversation("203.0.113.1", talk[0], talk[1])
		}
		rep := c.report(t, Options{})
		if rep.Unseen.TooLong != 1 || strings.Contains(jsonOf(t, rep, true), long[:len(long)-1]) {
			t.Errorf("%s: %d too long, %v", name, rep.Unseen.TooLong, rep.Unseen.Stream.Protos)
		}
	}
}

// All shards together hold at most Stream.MaxBytes whenever limits are enforced, and
// pairShares times MaxLive conversations and MaxSilent connections without data.
func TestStreamBounds(t *testing.T) {
	o := Options{Stream: stream.Config{MaxBytes: 4 << 20, MaxSilent: 100}, MaxLive: 100, MaxValues: 100, MaxConns: 100}
	x := Extractor{Options: o}
	var d layers.Decoder
	var p layers.Packet
	syn := build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: 4000, DstPort: 80, Seq: 1, Flags: 2}.Packet()
	head := build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: 4000, DstPort: 80, Seq: 1, Flags: 0x10,
		Data: "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 1000)}.Packet()
	udp := build.UDP("10.0.0.5", 4000, "192.0.2.1", 53, []byte("x"))
	most, live, silent := 0, 0, 0
	for i := range uint32(20 * enforceEvery) {
		b := [][]byte{syn, head, udp}[i%3]
		binary.BigEndian.PutUint32(b[12:], 10<<24+i)
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if x.report.Packets%enforceEvery == 0 {
			held, open, idle := 0, 0, 0
			for _, s := range x.shards {
				held, open, idle = held+s.streams.Held(), open+s.live.table.Len(), idle+s.streams.Silent()
			}
			most, live, silent = max(most, held), max(live, open), max(silent, idle)
		}
	}
	if most > o.Stream.MaxBytes || most == 0 || live > pairShares*o.MaxLive || live == 0 || silent > pairShares*o.Stream.MaxSilent || silent == 0 {
		t.Errorf("%d bytes held, %d conversations, %d connections without data", most, live, silent)
	}
	if rep := x.Finish(); rep.Unseen.Stream.Evicted == 0 || rep.Unseen.Stream.Full == 0 || rep.Unseen.Crowded == 0 || rep.Unseen.Stream.Held != 0 {
		t.Errorf("%+v", rep.Unseen.Stream)
	}
}

// The workers' tables together end with the rows that one table would keep, and never
// have many more.
func TestPrune(t *testing.T) {
	const most = 100
	x := Extractor{Options: Options{MaxValues: most, MaxConns: most, Workers: 8}}
	var d layers.Decoder
	var p layers.Packet
	for i := range uint32(4 * enforceEvery) {
		src := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		b := build.UDP(src.String(), 4000, "192.0.2.1", 9, []byte("x"))
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if x.report.Packets%enforceEvery == 0 {
			rows := 0
			for _, l := range x.workers {
				rows += hosts.of(&l.report).len()
			}
			if rows > most+most/10 {
				t.Errorf("workers have %d rows together", rows)
			}
		}
	}
	rep := x.Finish()
	if hosts.of(rep).len() != most || rep.LeftOut()["hosts"] == 0 {
		t.Errorf("%d rows, %v left out", hosts.of(rep).len(), rep.LeftOut())
	}
}

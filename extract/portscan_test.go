package extract

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A scan is a port scan: probes, and the reply to each, or nil.
type scan struct {
	name  string
	proto byte
	probe func(from, port uint16) []byte
	reply func(from, port uint16) []byte
	want  Ended // of each connection
}

const scanner, target = "203.0.113.5", "198.51.100.7"

func probeTCP(flags byte) func(from, port uint16) []byte {
	return func(from, port uint16) []byte {
		return build.TCP{Src: scanner, Dst: target, SrcPort: from, DstPort: port, Seq: 100, Flags: flags}.Packet()
	}
}

func replyTCP(flags byte) func(from, port uint16) []byte {
	return func(from, port uint16) []byte {
		return build.TCP{Src: target, Dst: scanner, SrcPort: port, DstPort: from, Ack: 101, Flags: flags}.Packet()
	}
}

func probeUDP(from, port uint16) []byte {
	return build.UDP(scanner, from, target, port, []byte("probe"))
}

func replyUDP(from, port uint16) []byte {
	return build.UDP(target, port, scanner, from, []byte("reply"))
}

// unreachable replies with an ICMP message, port unreachable (RFC 792).
func unreachable(probe func(from, port uint16) []byte) func(from, port uint16) []byte {
	return func(from, port uint16) []byte {
		return build.IP(target, scanner, 1, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, probe(from, port)[:28]...))
	}
}

const (
	tcpSYN, tcpFIN, tcpNull, tcpXmas = 2, 1, 0, 0x29
	tcpRSTACK, tcpSYNACK             = 0x14, 0x12
)

var scans = []scan{
	{"SYN, refused", 6, probeTCP(tcpSYN), replyTCP(tcpRSTACK), Ended{Refused: 1, Opened: 1}},
	{"SYN, open", 6, probeTCP(tcpSYN), replyTCP(tcpSYNACK), Ended{Open: 1, Opened: 1}},
	{"SYN, filtered", 6, probeTCP(tcpSYN), nil, Ended{Unanswered: 1, Opened: 1}},
	{"SYN, unreachable", 6, probeTCP(tcpSYN), unreachable(probeTCP(tcpSYN)), Ended{Unanswered: 1, Opened: 1}},
	{"FIN, refused", 6, probeTCP(tcpFIN), replyTCP(tcpRSTACK), Ended{Reset: 1, Bare: 1}},
	{"FIN, filtered", 6, probeTCP(tcpFIN), nil, Ended{Unanswered: 1, Bare: 1}},
	{"null, refused", 6, probeTCP(tcpNull), replyTCP(tcpRSTACK), Ended{Reset: 1, Bare: 1}},
	{"Xmas, refused", 6, probeTCP(tcpXmas), replyTCP(tcpRSTACK), Ended{Reset: 1, Bare: 1}},
	{"UDP, filtered", 17, probeUDP, nil, Ended{Unanswered: 1}},
	{"UDP, unreachable", 17, probeUDP, unreachable(probeUDP), Ended{Unanswered: 1}},
	{"UDP, open", 17, probeUDP, replyUDP, Ended{Open: 1}},
}

// play adds the scan of a number of ports, with so many probes in flight.
func (s *scan) play(c *capture, from, first uint16, ports, flight int) {
	at := func(ip []byte) { c.at(start.Add(time.Duration(c.n)*time.Microsecond), build.Ethernet(0x0800, ip)) }
	for i := range ports + flight {
		if i < ports {
			at(s.probe(from, first+uint16(i)))
		}
		if i >= flight && s.reply != nil {
			at(s.reply(from, first+uint16(i-flight)))
		}
	}
}

// Every probe of a port scan is one connection of the scanner to the target, however
// many are in flight.
func TestPortScans(t *testing.T) {
	const ports = 6000
	for _, s := range scans {
		for flight, at := range map[int][2]uint16{50: {40000, 1000}, 500: {2500, 50000}, 5000: {40000, 1}} {
			for _, workers := range []int{1, 2} {
				var c capture
				s.play(&c, at[0], at[1], ports, flight)
				rep := c.report(t, Options{Workers: workers, Only: TopicSetOf(Connections)})
				right := 0
				for row := range rep.Connections() {
					if row.Client == netip.MustParseAddr(scanner) && row.Server.Addr() == netip.MustParseAddr(target) &&
						row.Count == 1 && row.Sent.Packets == 1 && row.Ended == s.want && byte(row.Proto) == s.proto {
						right++
					} else if row.Proto != 1 && right > 0 {
						t.Errorf("%s, %d in flight: %+v", s.name, flight, row)
						break
					}
				}
				if u := rep.Unseen; right != ports || u.Parted+u.Crowded != 0 || u.Stream.Evicted+u.Stream.Parted+u.Stream.Full != 0 {
					t.Errorf("%s, %d in flight: %d of %d are right, %+v", s.name, flight, right, ports, u)
				}
			}
		}
	}
}

// 1,000 connections at once, whose packets alternate, are counted as one after the
// other.
func TestParallelConnections(t *testing.T) {
	const n, rounds = 1000, 10
	var c capture
	for step := range 2 + 2*rounds {
		for i := range n {
			up := build.TCP{Src: scanner, Dst: target, SrcPort: uint16(20000 + i), DstPort: 4444, Seq: 100, Flags: tcpSYN}
			down := build.TCP{Src: target, Dst: scanner, SrcPort: 4444, DstPort: uint16(20000 + i), Seq: 200, Ack: 101, Flags: tcpSYNACK}
			switch {
			case step == 1:
				up = down
			case step > 1 && step%2 == 0:
				up.Seq, up.Ack, up.Flags, up.Data = 101+uint32(step-2)/2*4, 201+uint32(step-2)/2*4, 0x18, "ping"
			case step > 1:
				up = down
				up.Seq, up.Ack, up.Flags, up.Data = 201+uint32(step-3)/2*4, 105+uint32(step-3)/2*4, 0x18, "pong"
			}
			c.at(start.Add(time.Duration(c.n)*10*time.Microsecond), build.Ethernet(0x0800, up.Packet()))
		}
	}
	rep := c.report(t, Options{})
	for row := range rep.Connections() {
		got := fmt.Sprint(row.Client, " ", row.Server, " ", row.Count, row.Sent.Packets, row.Received.Packets, row.Ended, row.Answered)
		if want := fmt.Sprint(scanner+" "+target+":4444 ", n, n*(1+rounds), n*(1+rounds), Ended{Open: n, Opened: n}, n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	flows := slices.Collect(rep.Flows())
	if len(flows) != n || slices.ContainsFunc(flows, func(f *Flow) bool { return f.Count != 1 || f.Sent.Packets != 1+rounds }) {
		t.Errorf("%d flows", len(flows))
	}
}

// The limits of conversations are those of a pair of addresses: what a pair loses at
// them does not depend on the other pairs in the capture, even those of its shard.
func TestLimitsOfPairs(t *testing.T) {
	o := Options{MaxLive: 80, Stream: stream.Config{MaxSilent: 80}}
	pairs := ofOneShard(2)
	report := func(from, to int) *Report {
		var c capture
		rng := rand.New(rand.NewPCG(5, 6))
		for range 4000 {
			j := rng.IntN(len(pairs))
			j = min(j, rng.IntN(len(pairs)))
			port := uint16(1000 + rng.IntN(60+30*j))
			for _, b := range [][]byte{probeUDP(40000, port), probeTCP(tcpSYN)(40000, port)} {
				b[15] = pairs[j]
				if c.n++; from <= j && j < to {
					c.file.Add(start.Add(time.Duration(c.n)*time.Microsecond), build.Ethernet(0x0800, b))
				}
			}
		}
		return c.report(t, o)
	}
	rows := func(rep *Report) string {
		var lines []string
		for row := range rep.Flows() {
			lines = append(lines, fmt.Sprint(row.Client, row.Server, row.Proto, row.Count, row.First, row.Last, row.Exchange))
		}
		return strings.Join(lines, "\n")
	}
	whole, parts := report(0, 2), report(0, 1)
	if u := whole.Unseen; u.Parted == 0 || u.Stream.Parted == 0 || u.Crowded+int64(u.Stream.Full) != 0 {
		t.Fatalf("%+v", u)
	}
	if err := parts.Merge(report(1, 2)); err != nil {
		t.Fatal(err)
	}
	sameText(t, "split by pairs", rows(whole), rows(parts))
	if w, p := whole.Unseen, parts.Unseen; w.Parted != p.Parted || w.Stream.Parted != p.Stream.Parted {
		t.Errorf("%+v, in parts %+v", w, p)
	}
}

// ofOneShard returns the last bytes of n scanners whose packets to the target belong to
// the same shard.
func ofOneShard(n int) (addrs []byte) {
	x := Extractor{}
	x.Begin("")
	var d layers.Decoder
	var p layers.Packet
	var first *shard
	for addr := byte(1); len(addrs) < n; addr++ {
		b := probeUDP(40000, 9)
		b[15] = addr
		d.DecodeBytes(&p, pcap.LinkTypeRaw, b)
		s := x.shards[shardOf(&p)]
		if first == nil {
			first = s
		}
		if s == first {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}

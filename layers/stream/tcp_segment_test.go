package stream_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

const (
	syn = layers.TCPSyn
	ack = layers.TCPAck
	fin = layers.TCPFin
	rst = layers.TCPRst
)

// A seg is a TCP segment of the connection between client and server.
type seg struct {
	server bool // sent by the server
	flags  layers.TCPFlags
	seq    uint32
	ack    uint32
	data   string
	port   uint16 // of the server, 0 means 80
	from   uint16 // of the client, 0 means 40000
}

var (
	clientAddr = netip.MustParseAddr("192.0.2.1")
	serverAddr = netip.MustParseAddr("198.51.100.7")
	start      = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// bytes returns the segment in an IPv4 packet without link layer.
func (s seg) bytes() []byte {
	src, dst, sp, dp := clientAddr, serverAddr, uint16(40000), uint16(80)
	if s.port != 0 {
		dp = s.port
	}
	if s.from != 0 {
		sp = s.from
	}
	if s.server {
		src, dst, sp, dp = dst, src, dp, sp
	}
	b := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, byte(layers.IPProtoTCP), 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(40+len(s.data)))
	b = append(append(b, src.AsSlice()...), dst.AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, sp)
	b = binary.BigEndian.AppendUint16(b, dp)
	b = binary.BigEndian.AppendUint32(b, s.seq)
	b = binary.BigEndian.AppendUint32(b, s.ack)
	b = binary.BigEndian.AppendUint16(b, 5<<12|uint16(s.flags))
	b = append(b, 0xff, 0xff, 0, 0, 0, 0)
	return append(b, s.data...)
}

// A got is the part of a message that tests compare.
type got struct {
	Proto       stream.Proto
	Via         stream.Proto
	FromClient  bool
	First, Last int64 // record numbers
	Gap         int
	Data        string
}

// play pushes the segments, a millisecond apart, flushes, and returns the
// messages.
func play(a *stream.Assembler, segs ...seg) []got {
	var out []got
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			if m.File != nil {
				continue
			}
			out = append(out, got{m.Proto, m.Via.Innermost(), m.FromClient, m.First.Number, m.Last.Number, m.Gap, string(m.Data)})
		}
	}
	for i, s := range segs {
		push(a, s, int64(i+1), start.Add(time.Duration(i)*time.Millisecond), keep)
	}
	keep(a.Flush())
	return out
}

func push(a *stream.Assembler, s seg, number int64, t time.Time, keep func([]stream.Message)) {
	var d layers.Decoder
	var p layers.Packet
	rec := &pcap.Record{Data: s.bytes(), LinkType: pcap.LinkTypeRaw, Number: number, Time: t}
	rec.WireLen = len(rec.Data)
	d.Decode(&p, rec)
	keep(a.Push(&p, rec))
}

const (
	request  = "GET /a HTTP/1.1\r\nHost: www.example\r\n\r\n"
	response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	respHead = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
)

func TestSegments(t *testing.T) {
	handshake := []seg{
		{flags: syn, seq: 99},
		{server: true, flags: syn | ack, seq: 499, ack: 100},
		{flags: ack, seq: 100, ack: 500},
	}
	c := func(seq uint32, data string) seg { return seg{flags: ack, seq: seq, data: data} }
	s := func(seq uint32, data string) seg { return seg{server: true, flags: ack, seq: seq, data: data} }
	one := func(first, last int64) []got {
		return []got{{stream.HTTP1, stream.TCP, true, first, last, 0, request}}
	}
	tests := []struct {
		name string
		segs []seg
		want []got
	}{
		{"in one segment", append(handshake, c(100, request)), one(4, 4)},
		{"split in two", append(handshake, c(100, request[:9]), c(109, request[9:])), one(4, 5)},
		{"out of order", append(handshake, c(109, request[9:]), c(100, request[:9])), one(5, 4)},
		{"sent twice", append(handshake, c(100, request), c(100, request)), one(4, 4)},
		{"overlapping", append(handshake, c(100, request[:20]), c(110, request[10:])), one(4, 5)},
		{"overlap waits, the first bytes win", append(handshake,
			c(130, request[30:]), c(125, "XXXXX"+request[30:32]+"YYYY"), c(100, request[:25]), c(125, "ZZZZZ")),
			[]got{{stream.HTTP1, stream.TCP, true, 6, 4, 0, request[:25] + "XXXXX" + request[30:]}}},
		{"keep-alive probe", append(handshake, c(100, request[:9]), c(108, "?"), c(109, request[9:])), one(4, 6)},
		{"without handshake", []seg{c(100, request)}, one(1, 1)},
		{"data in the SYN", []seg{{flags: syn, seq: 99, data: request}}, one(1, 1)},
		{"captured after the SYN-ACK, out of order",
			[]seg{handshake[1], c(109, request[9:]), c(100, request[:9])}, one(3, 2)},
		{"the SYN that is acknowledged counts", []seg{
			{flags: syn, seq: 7}, {flags: syn, seq: 99}, {flags: syn, seq: 8000}, handshake[1], c(100, request)}, one(5, 5)},
		{"sequence numbers wrap", []seg{{flags: syn, seq: 1<<32 - 10}, c(1<<32-9, request[:20]), c(11, request[20:])}, one(2, 3)},
		{"another connection on the same ports", append(handshake, c(100, request),
			seg{flags: syn, seq: 7000}, c(7001, request)), append(one(4, 4), one(6, 6)...)},
		{"data after a reset", append(handshake, c(100, request[:9]),
			seg{flags: rst, seq: 109}, c(109, request[9:])), one(4, 6)},
		{"a reset out of window", append(handshake, c(100, request[:9]),
			seg{flags: rst, seq: 77}, c(109, request[9:])), one(4, 6)},
		{"retransmitted after the end", append(handshake,
			seg{flags: ack | fin, seq: 100, data: request}, seg{server: true, flags: ack | fin, seq: 500}, c(100, request)), one(4, 4)},
		{"both directions", append(handshake, c(100, request), s(500, response)),
			append(one(4, 4), got{stream.HTTP1, stream.TCP, false, 5, 5, 0, respHead})},
		{"the response alone", []seg{s(500, response)},
			[]got{{stream.HTTP1, stream.TCP, false, 1, 1, 0, respHead}}},
		{"a request is missing", append(handshake, c(100, request), c(100+2*uint32(len(request)), request)),
			append(one(4, 4), got{stream.HTTP1, stream.TCP, true, 5, 5, len(request), request})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, play(new(stream.Assembler), tt.segs...)); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
		})
	}
}

// Every order of six segments gives the same messages.
func TestPermutations(t *testing.T) {
	text := request + request
	var segs []seg
	for i := range 6 {
		from, to := i*len(text)/6, (i+1)*len(text)/6
		segs = append(segs, seg{flags: ack, seq: 1 + uint32(from), data: text[from:to]})
	}
	permute(segs, func(order []seg) {
		all := append([]seg{{flags: syn, seq: 0}}, order...)
		var data []string
		for _, m := range play(new(stream.Assembler), all...) {
			data = append(data, m.Data)
		}
		if want := []string{request, request}; !slices.Equal(data, want) {
			t.Fatalf("order %v: messages %q", order, data)
		}
	})
}

// permute calls f with every order of s.
func permute[T any](s []T, f func([]T)) {
	var walk func(int)
	walk = func(n int) {
		if n == len(s) {
			f(s)
			return
		}
		for i := n; i < len(s); i++ {
			s[n], s[i] = s[i], s[n]
			walk(n + 1)
			s[n], s[i] = s[i], s[n]
		}
	}
	walk(0)
}

// Random segments, orders, repetitions and overlaps of the same data yield its
// messages.
func TestShuffled(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 500 {
		var text string
		var want []string
		for i := range 1 + rnd.IntN(4) {
			r := fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h%d.example\r\n\r\n", i, round)
			want = append(want, r)
			text += r
		}
		var segs []seg
		for at := 0; at < len(text); {
			n := min(1+rnd.IntN(40), len(text)-at)
			from := max(at-rnd.IntN(10), 0)
			segs = append(segs, seg{flags: ack, seq: 1 + uint32(from), data: text[from : at+n]})
			at += n
		}
		segs = append(segs, segs[rnd.IntN(len(segs))])
		rnd.Shuffle(len(segs), func(i, j int) { segs[i], segs[j] = segs[j], segs[i] })
		var data []string
		for _, m := range play(new(stream.Assembler), append([]seg{{flags: syn, seq: 0}}, segs...)...) {
			data = append(data, m.Data)
		}
		if diff := cmp.Diff(want, data); diff != "" {
			t.Fatalf("round %d (-want +got):\n%s", round, diff)
		}
	}
}

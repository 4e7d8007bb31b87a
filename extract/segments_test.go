package extract

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A turn is what a side sends before the other side answers.
type turn struct {
	server bool
	data   string
}

// A talk is a TCP connection from its beginning to its end.
type talk struct {
	client, server netip.AddrPort
	turns          []turn
	late           bool // the capture begins after the SYN of both sides
}

// talkOf returns a talk whose turns begin with "C" or "S".
func talkOf(port uint16, turns ...string) talk {
	t := talk{client: netip.MustParseAddrPort("10.0.0.5:40000"), server: netip.AddrPortFrom(netip.MustParseAddr("192.0.2.110"), port)}
	for _, s := range turns {
		t.turns = append(t.turns, turn{s[0] == 'S', s[1:]})
	}
	return t
}

func (t talk) size() (n int) {
	for _, turn := range t.turns {
		n += len(turn.data)
	}
	return n
}

// pieces returns the talk with every turn cut into pieces of at most size bytes.
func (t talk) pieces(size int) talk {
	var out []turn
	for _, turn := range t.turns {
		for len(turn.data) > size {
			out = append(out, turn)
			out[len(out)-1].data = turn.data[:size]
			turn.data = turn.data[size:]
		}
		out = append(out, turn)
	}
	t.turns = out
	return t
}

// cutAt returns the talk with a cut before byte n of both sides together.
func (t talk) cutAt(n int) talk {
	var out []turn
	for _, one := range t.turns {
		if 0 < n && n < len(one.data) {
			out = append(out, turn{one.server, one.data[:n]}, turn{one.server, one.data[n:]})
		} else {
			out = append(out, one)
		}
		n -= len(one.data)
	}
	t.turns = out
	return t
}

// report returns the JSON of the talk's report without what depends on the
// packets: where and when they were, their number and their size.
func (t talk) report(tb testing.TB) string { return withoutPackets(tb, t.read(tb)) }

// read reads a capture of the talk, one packet a turn.
func (t talk) read(tb testing.TB) *Report {
	tb.Helper()
	return t.readWith(tb, Options{})
}

func (t talk) readWith(tb testing.TB, o Options) *Report {
	tb.Helper()
	var file build.Pcap
	next, n := [2]uint32{1000, 2000}, 0
	send := func(side int, flags uint8, data string) {
		from, to := t.client, t.server
		if side == 1 {
			from, to = to, from
		}
		p := build.TCP{
			Src: from.Addr().String(), SrcPort: from.Port(), Dst: to.Addr().String(), DstPort: to.Port(),
			Seq: next[side], Ack: next[1-side], Flags: flags, Data: data,
		}.Packet()
		etherType := uint16(0x0800)
		if from.Addr().Is6() {
			etherType = 0x86dd
		}
		file.Add(start.Add(time.Duration(n)*time.Millisecond), build.Ethernet(etherType, p))
		n++
		next[side] += uint32(len(data))
		if flags&3 != 0 { // FIN and SYN count
			next[side]++
		}
	}
	if !t.late {
		send(0, 2, "")
		send(1, 0x12, "")
	}
	for _, turn := range t.turns {
		side := 0
		if turn.server {
			side = 1
		}
		send(side, 0x18, turn.data)
	}
	send(0, 0x11, "")
	send(1, 0x11, "")
	o.Workers = 1
	return readBytes(tb, file.Bytes(), o)
}

func withoutPackets(tb testing.TB, r *Report) string {
	var b strings.Builder
	if err := r.WriteJSON(&b, true); err != nil {
		tb.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(b.String()), &v); err != nil {
		tb.Fatal(err)
	}
	forget(v)
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(out)
}

// forget removes what depends on the packets of a capture.
func forget(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			forget(item)
		}
	case map[string]any:
		for _, key := range []string{
			"captures", "packets", "bytes", "evidence", "first_seen", "last_seen", "first", "last", "sent", "received", "start", "time", "bare",
		} {
			delete(v, key)
		}
		for _, key := range []string{"hosts", "links"} { // they count packets
			rows, _ := v[key].([]any)
			for _, row := range rows {
				delete(row.(map[string]any), "count")
			}
		}
		for _, item := range v {
			forget(item)
		}
	}
}

// checkCuts compares the report of the talk as it is with those of other
// segments: of a byte each, and of all that a single cut makes, but not many
// more than limit of them.
func checkCuts(t *testing.T, tk talk, limit int) {
	t.Helper()
	want := tk.report(t)
	check := func(name string, cut talk) {
		if got := cut.report(t); got != want {
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")))
		}
	}
	for _, size := range []int{1, 2, 3, 7, 100, 536} {
		check(fmt.Sprint("segments of ", size), tk.pieces(size))
	}
	for at := 1; at < tk.size() && !t.Failed(); at += 1 + tk.size()/limit {
		check(fmt.Sprint("cut at ", at), tk.cutAt(at))
	}
}

// The report does not depend on how the bytes of a connection are cut into
// segments, whatever its protocol and whatever precedes it.
func TestSegments(t *testing.T) {
	limit := 5000
	if testing.Short() {
		limit = 60
	}
	for _, tt := range segmented {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.talk.report(t); !strings.Contains(got, tt.want) {
				t.Fatalf("no %s in %s", tt.want, got)
			}
			checkCuts(t, tt.talk, limit)
		})
	}
}

// The same holds if the SYN was not captured.
func TestSegmentsWithoutSYN(t *testing.T) {
	limit := 1000
	if testing.Short() {
		limit = 20
	}
	for _, tt := range segmented {
		t.Run(tt.name, func(t *testing.T) {
			if strings.HasSuffix(tt.name, misleading) {
				t.Skip("each segment may begin a protocol then")
			}
			tk := tt.talk
			tk.late = true
			checkCuts(t, tk, limit)
		})
	}
}

// The same holds if the sides continue with bytes of no protocol.
func TestSegmentsBeforeGarbage(t *testing.T) {
	limit := 1000
	if testing.Short() {
		limit = 20
	}
	var all strings.Builder
	for c := range 512 {
		all.WriteByte(byte(c * 151))
	}
	for _, tt := range segmented {
		t.Run(tt.name, func(t *testing.T) {
			tk := tt.talk
			tk.turns = append(slices.Clone(tk.turns), turn{false, all.String()}, turn{true, "\x99\nNo more\r\n" + all.String()})
			checkCuts(t, tk, limit)
		})
	}
}

// The same holds for the connections of the captures in testdata.
func TestSegmentsOfCaptures(t *testing.T) {
	limit := 300
	if testing.Short() {
		limit = 10
	}
	names, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			for _, tk := range talksIn(t, name) {
				checkCuts(t, tk, limit)
			}
		})
	}
}

// talksIn returns the TCP connections of a capture, as far as their bytes are in
// order.
func talksIn(t *testing.T, name string) []talk {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	var talks []*talk
	byFlow, next := map[layers.Flow]*talk{}, map[layers.Flow]uint32{}
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if err != nil {
			break
		}
		d.Decode(&p, rec)
		flow, _ := p.Flow()
		tcp, ok := p.TCP()
		if !ok {
			continue
		}
		if tcp.Flags().Has(layers.TCPSyn) {
			next[flow] = tcp.Seq() + 1
			if !tcp.Flags().Has(layers.TCPAck) {
				tk := &talk{client: flow.Src, server: flow.Dst}
				byFlow[flow.Canonical()] = tk
				talks = append(talks, tk)
			}
		}
		tk, data := byFlow[flow.Canonical()], tcp.Payload()
		if tk == nil || len(data) == 0 || tcp.Seq() != next[flow] {
			continue
		}
		next[flow] += uint32(len(data))
		server := flow.Src == tk.server
		if n := len(tk.turns); n > 0 && tk.turns[n-1].server == server {
			tk.turns[n-1].data += string(data)
		} else {
			tk.turns = append(tk.turns, turn{server, string(data)})
		}
	}
	var out []talk
	for _, tk := range talks {
		if tk.size() > 0 && tk.size() < 60_000 {
			out = append(out, *tk)
		}
	}
	return out
}

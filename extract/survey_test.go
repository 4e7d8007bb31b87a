package extract

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

func inOneGo(t testing.TB, files [][]byte, o Options) string {
	x := Extractor{Options: o}
	for i, f := range files {
		if err := x.ReadInput(context.Background(), fmt.Sprint(i), bytes.NewReader(f)); err != nil {
			t.Fatal(err)
		}
	}
	return jsonOf(t, x.Finish(), true)
}

// inRuns reads each file in a run of its own.
func inRuns(t testing.TB, files [][]byte, o Options) string {
	var state []byte
	var rep *Report
	for i, f := range files {
		rep, state = inRun(t, Survey{Options: o}, state, fmt.Sprint(i), f)
	}
	return jsonOf(t, rep, true)
}

// inRun reads a file in a run of s after that of the state, if there is one, and returns
// the Report and the next state.
func inRun(t testing.TB, s Survey, state []byte, name string, file []byte) (*Report, []byte) {
	t.Helper()
	if state != nil {
		if err := s.Resume(bytes.NewReader(state)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := pcap.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Read(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	x := s.Extractor()
	if err := x.ReadInput(context.Background(), name, bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	var next bytes.Buffer
	rep, err := x.Suspend(&next)
	if err != nil {
		t.Fatal(err)
	}
	return rep, next.Bytes()
}

// Reading the files of a capture in runs of their own gives the Report of one go, wherever
// it was cut, and however long the silences are. The story is cut at every packet.
func TestSurveyCuts(t *testing.T) {
	names, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, factor := range []int{1, 60, 1000, 20000} {
			t.Run(fmt.Sprint(filepath.Base(name), " ", factor), func(t *testing.T) {
				c := newCutter(t, name)
				c.stretch(factor)
				step := max(len(c.recs)/12, 1)
				switch {
				case testing.Short():
					step = max(len(c.recs)/2, 1)
				case factor == 1 && filepath.Base(name) == "story.pcapng":
					step = 1
				}
				for at := step; at < len(c.recs) && !t.Failed(); at += step {
					files := c.cut(t, at)
					got := inRuns(t, files, Options{})
					sameText(t, fmt.Sprint("cut at ", at), inOneGo(t, files, Options{}), got)
				}
			})
		}
	}
}

// The story is cut at two borders and read in three runs, also where the middle one is of
// a single packet. Of its 20,706 pairs of borders, one in 31 is tried.
func TestSurveyPairs(t *testing.T) {
	c := newCutter(t, "../testdata/story.pcapng")
	every := 31
	if testing.Short() {
		every = 701
	}
	pairs := 0
	for i := 1; i < len(c.recs); i++ {
		var first []byte // the state at border i
		for j := i + 1; j < len(c.recs) && !t.Failed(); j++ {
			if pairs++; pairs%every > 0 {
				continue
			}
			files := c.cut(t, i, j)
			if first == nil {
				_, first = inRun(t, Survey{}, nil, "0", files[0])
			}
			_, second := inRun(t, Survey{}, first, "1", files[1])
			rep, _ := inRun(t, Survey{}, second, "2", files[2])
			sameText(t, fmt.Sprint("cut at ", i, " and ", j), inOneGo(t, files, Options{}), jsonOf(t, rep, true))
		}
	}
}

// The same holds of all captures at once, in many runs, also if they are damaged.
func TestSurveyRuns(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 40
	if testing.Short() {
		rounds = 8
	}
	for round := range rounds {
		c := together(t)
		factor := []int{1, 30, 1000, 30_000}[round%4]
		c.stretch(factor)
		if round%8 >= 4 {
			c.damage(rng)
		}
		var cuts []int
		for range 1 + rng.IntN(6) {
			cuts = append(cuts, rng.IntN(len(c.recs)))
		}
		slices.Sort(cuts)
		files := c.cut(t, cuts...)
		o := Options{Workers: rng.IntN(4)}
		got := inRuns(t, files, o)
		sameText(t, fmt.Sprint("round ", round, ", factor ", factor, ", cut at ", cuts), inOneGo(t, files, o), got)
	}
}

// pairsOfShard returns n addresses whose conversations with a are in a shard.
func pairsOfShard(shard int, a string, n int) (all []string) {
	from := netip.MustParseAddr(a)
	for i := 1; len(all) < n; i++ {
		to := netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)})
		if shardOfPair(from, to) == shard {
			all = append(all, to.String())
		}
	}
	return all
}

// A connection that was closed is kept for a minute, also if only packets that are not
// kept show that the minute is over: the same ports are then of another connection.
func TestSurveyClocks(t *testing.T) {
	const a = "10.0.0.1"
	peers := pairsOfShard(7, a, 2)
	var c capture
	at := func(second int, p build.TCP) {
		c.at(start.Add(time.Duration(second)*time.Second), build.Ethernet(0x0800, p.Packet()))
	}
	segment := func(peer string, port uint16, seq uint32, flags uint8, data string) build.TCP {
		return build.TCP{Src: a, SrcPort: port, Dst: peer, DstPort: 9999, Seq: seq, Ack: 1, Flags: flags, Data: data}
	}
	at(0, segment(peers[0], 1000, 0, 0x02, ""))
	at(0, build.TCP{Src: peers[0], SrcPort: 9999, Dst: a, DstPort: 1000, Seq: 0, Ack: 1, Flags: 0x12})
	at(0, segment(peers[0], 1000, 1, 0x18, "one"))
	at(0, segment(peers[0], 1000, 4, 0x11, ""))
	at(0, build.TCP{Src: peers[0], SrcPort: 9999, Dst: a, DstPort: 1000, Seq: 1, Ack: 5, Flags: 0x11})
	for second := 1; second < 90; second += 5 {
		at(second, segment(peers[1], 3000, uint32(second), 0x18, "other"))
	}
	at(100, segment(peers[0], 1000, 1, 0x18, "one"))
	for second := 200; second < 600; second += 50 {
		at(second, segment(peers[0], 2000, uint32(second), 0x18, "two"))
	}
	border := c.n
	at(600, segment(peers[0], 2000, 600, 0x18, "two"))
	files := newCutterOf(t, c.file.Bytes()).cut(t, border)
	want := inOneGo(t, files, Options{})
	if !strings.Contains(want, `"Conns":4`) {
		t.Fatal("the minute is not over")
	}
	got := inRuns(t, files, Options{})
	sameText(t, "two runs", want, got)
}

// Packets without addresses, which are not kept, advance the clock of their shard, which
// does not go back in the next run: earlier packets there do not advance it.
func TestSurveyClockAlone(t *testing.T) {
	const a = "10.0.0.1"
	peer := pairsOfShard(0, a, 1)[0]
	var c capture
	at := func(second float64, frame []byte) {
		c.at(start.Add(time.Duration(second*float64(time.Second))), frame)
	}
	data := func(seq uint32) []byte {
		return build.Ethernet(0x0800, build.TCP{Src: a, SrcPort: 1000, Dst: peer, DstPort: 9999, Seq: seq, Ack: 1, Flags: 0x18, Data: "data"}.Packet())
	}
	arp := build.Ethernet(0x0806, make([]byte, 28))
	at(100, arp)
	at(100, arp)
	border := c.n
	at(99, data(1))
	at(99.5, arp)
	at(99.5, arp)
	at(399.8, arp)
	at(399.8, arp)
	at(399.8, data(5))
	files := newCutterOf(t, c.file.Bytes()).cut(t, border)
	want := inOneGo(t, files, Options{})
	if !strings.Contains(want, `"Conns":1`) {
		t.Fatal("the connection ended")
	}
	sameText(t, "two runs", want, inRuns(t, files, Options{}))
}

// A pair of addresses whose packets exceed MaxBytes has ended after a run, which
// Severed counts. Others are not affected.
func TestSurveyMaxBytes(t *testing.T) {
	c := together(t)
	files := c.cut(t, len(c.recs)/2)
	for _, most := range []int64{1, 100_000, 0} {
		rep, state := inRun(t, Survey{MaxBytes: most}, nil, "", files[0])
		if rep.Unseen.Severed > 0 != (most > 0) {
			t.Errorf("MaxBytes %d: severed %d", most, rep.Unseen.Severed)
		}
		kept := int64(0)
		v := Survey{}
		if err := v.Resume(bytes.NewReader(state)); err != nil {
			t.Fatal(err)
		}
		for _, it := range slices.Concat(v.state.items, v.state.fragments) {
			kept += it.cost()
		}
		if most > 0 && (kept > 2*most || most > 1 && kept < most/2) {
			t.Errorf("MaxBytes %d: %d bytes are kept", most, kept)
		}
	}
}

// Fragments of incomplete datagrams that exceed MaxBytes are dropped, which Severed
// counts, and the others are kept.
func TestSurveyMaxFragments(t *testing.T) {
	var c capture
	for i := range 100 {
		p := build.UDP("10.0.0.1", 1000, "198.51.100.1", 2000, make([]byte, 1200))[:20+600]
		p[2], p[3], p[5], p[6] = 620>>8, 620&0xff, byte(i), 0x20 // length, identification, more fragments
		c.add(p)
	}
	for most, want := range map[int64]int64{10_000: 60, 0: 0} {
		rep, _ := inRun(t, Survey{MaxBytes: most}, nil, "", c.file.Bytes())
		if rep.Unseen.Severed < want || want == 0 && rep.Unseen.Severed > 0 || rep.Unseen.Stream.Defrag.Incomplete != 100 {
			t.Errorf("MaxBytes %d: severed %d, incomplete %d", most, rep.Unseen.Severed, rep.Unseen.Stream.Defrag.Incomplete)
		}
	}
}

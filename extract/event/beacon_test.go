package event

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// after returns the times that follow start at the given intervals, in seconds.
func after(gaps ...float64) []time.Time {
	times := []time.Time{start}
	for _, g := range gaps {
		times = append(times, times[len(times)-1].Add(time.Duration(g*float64(time.Second))))
	}
	return times
}

// sleeps returns n intervals of a program that sleeps as Cobalt Strike does: up to
// jitter percent less than period, chosen at random each time, and a little for the
// connection itself.
func sleeps(rnd *rand.Rand, n int, period, jitter float64) (gaps []float64) {
	for range n {
		gaps = append(gaps, period*(1-rnd.Float64()*jitter/100)+0.05*rnd.Float64())
	}
	return gaps
}

func TestRhythm(t *testing.T) {
	same := func(n int, gap float64) []float64 { return slices.Repeat([]float64{gap}, n) }
	for _, test := range []struct {
		name string
		gaps []float64
		want string
	}{
		{"perfect", same(5, 120), "beacon every 120 s, 6 times, jitter 0 %"},
		{"five", same(4, 120), ""},
		{"short", same(9, 3.5), "beacon every 3.5 s, 10 times, jitter 0 %"},
		{"jitter of 10 %", []float64{60, 54, 66, 63, 57, 60, 62, 58}, "beacon every 60 s, 9 times, jitter 6 %"},
		{"jitter of 20 % from 80 to 120", []float64{80, 85, 90, 95, 100, 105, 110, 115, 120}, "beacon every 100 s, 10 times, jitter 20 %"},
		{"that jitter, of few", []float64{80, 90, 100, 110, 120}, ""},
		{"missed beats", []float64{60, 120, 60, 180, 60, 60, 120}, "beacon every 60 s, 8 times, jitter 0 %"},
		{"many missed beats", []float64{60, 240, 60, 300, 60, 240}, ""},
		{"after a burst", append([]float64{6.5, 6.4, 20.6}, same(10, 60)...), "beacon every 60 s, 14 times, jitter 0 %"},
		{"three connections at once", []float64{.1, .1, 59.8, .1, .1, 59.8, .1, .1, 59.8, .1, .1, 59.8, .1, .1, 59.8, .1, .1}, "beacon every 60 s, 6 times, jitter 0 %"},
		{"retries", []float64{.5, .5, 5, .5, .5, 5, .5, .5, 5, .5, .5, 5, .5, .5, 5, .5, .5}, "beacon every 6 s, 6 times, jitter 0 %"},
		{"a request and two that follow", []float64{3, 3, 114, 3, 3, 114, 3, 3, 114, 3, 3, 114, 3, 3, 114, 3, 3}, "beacon every 120 s, 6 times, jitter 0 %"},
		{"page loads", []float64{.1, .1, .2, .1, 14, .1, .2, .1, 95, .2, .1, 31, .1, .1, 240, .1, .3, 62, .1}, ""},
		{"exponential backoff", []float64{1, 2, 4, 8, 16, 32, 64, 128}, ""},
		{"a stream", same(100, .2), ""},
		{"daily", same(5, 86400), "beacon every 86400 s, 6 times, jitter 0 %"},
		{"weekly", same(5, 7*86400), ""},
		{"at once", same(9, 0), ""},
		{"centuries", []float64{60, 60, 60, 1e10, 1e10, 60}, ""},
	} {
		got := ""
		if r, ok := rhythmOf(after(test.gaps...)); ok {
			got = r.String()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Most programs that sleep with a jitter of up to 50 % are found, with enough beats.
func TestJitter(t *testing.T) {
	for _, test := range []struct {
		beats           int
		jitter          float64
		found, reported int // percent of the series at least; the mean of Jitter is within 5 of it
	}{
		{6, 0, 100, 0},
		{6, 10, 100, 5},
		{10, 30, 95, 18},
		{20, 30, 100, 18},
		{20, 50, 80, 33},
		{60, 50, 95, 33},
	} {
		rnd := rand.New(rand.NewPCG(1, 2))
		const series = 500
		found, sum := 0, 0
		for range series {
			if r, ok := rhythmOf(after(sleeps(rnd, test.beats-1, 60, test.jitter)...)); ok {
				found++
				sum += r.Jitter
			}
		}
		if found*100 < test.found*series {
			t.Errorf("%d beats with a jitter of %v: %d of %d found", test.beats, test.jitter, found, series)
		}
		if mean := sum / found; mean < test.reported-5 || mean > test.reported+5 {
			t.Errorf("%d beats with a jitter of %v: reported as %d", test.beats, test.jitter, mean)
		}
	}
}

// Connections at random times rarely look like a beacon.
func TestRandomTimes(t *testing.T) {
	kinds := map[string]func(*rand.Rand) float64{
		"exponential": (*rand.Rand).ExpFloat64,
		"log-normal":  func(rnd *rand.Rand) float64 { return math.Exp(rnd.NormFloat64()) },
	}
	for name, draw := range kinds {
		for _, mean := range []float64{.1, 1, 3, 10, 30, 300} {
			for _, n := range []int{6, 8, 12, 30, 200} {
				rnd := rand.New(rand.NewPCG(3, 4))
				const series = 1000
				found := 0
				for range series {
					gaps := make([]float64, n-1)
					for i := range gaps {
						gaps[i] = mean * draw(rnd)
					}
					if _, ok := rhythmOf(after(gaps...)); ok {
						found++
					}
				}
				if found > series*4/100 {
					t.Errorf("%s, mean of %v s, %d connections: %d of %d are beacons", name, mean, n, found, series)
				}
			}
		}
	}
}

// The order of the times does not matter.
func TestRhythmOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	times := after(sleeps(rnd, 30, 60, 30)...)
	want, ok := rhythmOf(slices.Clone(times))
	for range 20 {
		rnd.Shuffle(len(times), func(i, j int) { times[i], times[j] = times[j], times[i] })
		if got, found := rhythmOf(slices.Clone(times)); got != want || !found || !ok {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// beats adds n exchanges with a server, from the given port or, if that is 0, from a
// port of their own. Pings before each let the idle ones end.
func (c *capture) beats(server string, n int, every time.Duration, port uint16) *capture {
	for i := range n {
		at := start.Add(time.Duration(i) * every)
		from := uint16(40000 + i)
		if port != 0 {
			from = port
		}
		for range 2 {
			c.at(at, build.Ethernet(0x0800, build.IP("10.0.0.5", server, 1, []byte{8, 0, 0, 0, 0, 1, 0, 1})))
		}
		c.at(at, build.Ethernet(0x0800, build.UDP("10.0.0.5", from, server, 4444, []byte("ping"))))
		c.at(at.Add(time.Millisecond), build.Ethernet(0x0800, build.UDP(server, 4444, "10.0.0.5", from, []byte("pong"))))
	}
	return c
}

func beaconTexts(s *Selection) (texts []string) {
	for _, b := range s.Beacons {
		texts = append(texts, fmt.Sprint(b.Client, " ", b.Server, " ", b.Proto, " ", b.Rhythm))
	}
	return texts
}

// A beacon is in the comments of the address, the port and the connection.
func TestBeaconComments(t *testing.T) {
	var c capture
	c.beats("198.51.100.7", 6, 2*time.Minute, 0)
	s := Select(c.report(t, extract.Options{}), Options{})
	const text = "beacon every 120 s, 6 times, jitter 0 %"
	if got := beaconTexts(s); !slices.Equal(got, []string{"10.0.0.5 198.51.100.7:4444 UDP " + text}) {
		t.Errorf("%q", got)
	}
	comments := map[string]string{}
	for _, a := range s.Attributes {
		comments[a.Value] = a.Comment
	}
	for i := range s.Objects {
		comments[s.Objects[i].Template.Name] = s.Objects[i].Comment
	}
	for _, at := range []string{"198.51.100.7", "198.51.100.7|4444", "network-connection"} {
		if !strings.Contains(comments[at], "; "+text) {
			t.Errorf("%s: %q", at, comments[at])
		}
	}
}

// Services of every network are as regular as a beacon; so are multicast groups and
// hosts inside.
func TestBeaconHosts(t *testing.T) {
	for _, test := range []struct {
		server  string
		options Options
		want    int
	}{
		{"198.51.100.7", Options{}, 1},
		{"192.168.1.1", Options{}, 0},
		{"192.168.1.1", Options{Private: true}, 1},
		{"239.255.255.250", Options{All: true}, 0},
		{"198.51.100.7", Options{Warned: func(string, string) []Warning { return []Warning{{List: "safe", Harmless: true}} }}, 0},
	} {
		var c capture
		c.beats(test.server, 6, time.Minute+time.Second, 0)
		if s := Select(c.report(t, extract.Options{}), test.options); len(s.Beacons) != test.want {
			t.Errorf("%s: %q", test.server, beaconTexts(s))
		}
	}
}

// Of a five-tuple that is used again, a Report has the first eight times; of
// connections beyond its limit, none. If one is missing, nothing is said.
func TestBeaconMissing(t *testing.T) {
	for _, test := range []struct {
		beats   int
		port    uint16
		options extract.Options
		want    int
	}{
		{8, 40000, extract.Options{}, 1},
		{9, 40000, extract.Options{}, 0},
		{9, 0, extract.Options{}, 1},
		{9, 0, extract.Options{MaxConns: 8}, 0},
	} {
		var c capture
		c.beats("198.51.100.7", test.beats, 2*time.Minute, test.port)
		if s := Select(c.report(t, test.options), Options{}); len(s.Beacons) != test.want {
			t.Errorf("%+v: %q", test, beaconTexts(s))
		}
	}
	var c capture
	c.beats("198.51.100.7", 9, 2*time.Minute, 0)
	c.at(start.Add(-time.Hour), build.Ethernet(0x0800, build.UDP("10.0.0.5", 1, "198.51.100.8", 2, []byte("late"))))
	if s := Select(c.report(t, extract.Options{}), Options{}); len(s.Beacons) != 0 {
		t.Errorf("times run backwards: %q", beaconTexts(s))
	}
}

// A TCP connection begins with its SYN: data after a silence is not a beat.
func TestBeaconTCP(t *testing.T) {
	var c capture
	tcp := func(at time.Duration, from uint16, flags uint8, data string) {
		c.at(start.Add(at), build.Ethernet(0x0800, build.TCP{Src: "10.0.0.5", Dst: "198.51.100.7", SrcPort: from, DstPort: 4444, Seq: 1, Flags: flags, Data: data}.Packet()))
	}
	for i := range 6 {
		at := time.Duration(i) * time.Hour
		tcp(at, uint16(40000+i), 2, "")
		for range 2 { // let the first end
			tcp(at+7*time.Minute, 39999, 0x18, "other")
		}
		tcp(at+7*time.Minute, uint16(40000+i), 0x18, "late")
	}
	rep := c.report(t, extract.Options{Stream: stream.Config{Idle: time.Minute}})
	want := []string{"10.0.0.5 198.51.100.7:4444 TCP beacon every 3600 s, 6 times, jitter 0 %"}
	if got := beaconTexts(Select(rep, Options{})); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for x := range rep.Connections() {
		if x.Count != 18 || x.Ended.Opened != 6 {
			t.Errorf("%d connections, %d opened", x.Count, x.Ended.Opened)
		}
	}
}

// A host that receives beacons comes before others.
func TestBeaconFirst(t *testing.T) {
	var c capture
	c.at(start.Add(-time.Second), build.Ethernet(0x0800, build.UDP("10.0.0.5", 5, "203.0.113.1", 4444, []byte("ping"))))
	c.at(start.Add(-time.Second), build.Ethernet(0x0800, build.UDP("203.0.113.1", 4444, "10.0.0.5", 5, []byte("pong"))))
	c.beats("198.51.100.7", 6, 2*time.Minute, 0)
	s := Select(c.report(t, extract.Options{}), Options{})
	if len(s.Attributes) == 0 || !strings.HasPrefix(s.Attributes[0].Value, "198.51.100.7") {
		t.Errorf("%q", rows(c.report(t, extract.Options{}), Options{}))
	}
}

package event

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
)

// A Beacon is a client that connects to one port of a server at regular intervals,
// as programs do and people do not.
//
// It is recognised by when connections begin. What repeats within a connection is
// not visible there: keep-alives of TCP, HTTP requests over one connection, and UDP
// datagrams less than a minute apart from the same port.
type Beacon struct {
	Client netip.Addr
	Server netip.AddrPort
	Proto  layers.IPProto
	Rhythm
}

// A Rhythm describes beats at regular intervals. A beat is a connection, or several
// in quick succession.
type Rhythm struct {
	Period time.Duration // the median interval
	Beats  int

	// Jitter is the range of the intervals around Period, in percent of it: twice
	// the median deviation. Intervals evenly distributed from 80 to 120 seconds have
	// a jitter of 20 %.
	Jitter int
}

// String returns a text like "beacon every 120 s, 6 times, jitter 2 %".
func (r Rhythm) String() string {
	return "beacon every " + seconds(r.Period) + " s, " + strconv.Itoa(r.Beats) + " times, jitter " + strconv.Itoa(r.Jitter) + " %"
}

// seconds rounds a duration to seconds, or tenths of seconds if it is short.
func seconds(d time.Duration) string {
	if d >= 10*time.Second {
		return strconv.FormatInt(int64((d+time.Second/2)/time.Second), 10)
	}
	tenths := int64((d + 50*time.Millisecond) / (100 * time.Millisecond))
	text := strconv.FormatInt(tenths/10, 10)
	if tenths%10 != 0 {
		text += "." + strconv.FormatInt(tenths%10, 10)
	}
	return text
}

// The limits of a rhythm. With them, at most 4 in 100 series of random times have one
// (exponential and log-normal intervals, 6 and more beats).
const (
	minBeats  = 6
	minPeriod = time.Second
	maxPeriod = 24 * time.Hour

	// An interval fits if it differs by at most offBeat percent of the period from
	// the period, or from a multiple of it, when up to maxMissed beats are missing.
	// fitting percent of the intervals must, as programs often start with a burst.
	offBeat   = 30
	maxMissed = 2
	fitting   = 75

	// The most jitter of minBeats, in percent, how much each further beat adds, and
	// the most of any number. Cobalt Strike with a jitter of 50 % has 33 % here.
	fewJitter  = 10
	moreJitter = 5
	maxJitter  = 40
)

// withins are the times within which connections belong to one beat, the strictest
// first: connections at once, retries, and a request followed by others. A period
// must be several times as long, since any connections look regular when close ones
// are united.
var withins = [...]time.Duration{300 * time.Millisecond, time.Second, 10 * time.Second}

const severalTimes = 3

// rhythmOf returns the rhythm of connections that began at the given times, which it
// sorts.
func rhythmOf(starts []time.Time) (Rhythm, bool) {
	slices.SortFunc(starts, time.Time.Compare)
	for _, within := range withins {
		list := intervals(starts, within)
		if len(list)+1 < minBeats {
			break
		}
		if r, ok := regular(list); ok && r.Period >= severalTimes*within {
			return r, true
		}
	}
	return Rhythm{}, false
}

// intervals returns the times between beats. A start belongs to the beat of the one
// before it unless it is later by at least within.
func intervals(starts []time.Time, within time.Duration) (list []time.Duration) {
	for i, beat := 1, 0; i < len(starts); i++ {
		if starts[i].Sub(starts[i-1]) >= within {
			list = append(list, starts[i].Sub(starts[beat]))
			beat = i
		}
	}
	return list
}

// regular returns the rhythm of the intervals, if they have one. Medians, rather than
// means, keep the result independent of outliers.
func regular(list []time.Duration) (Rhythm, bool) {
	period := median(slices.Clone(list))
	if period < minPeriod || period > maxPeriod {
		return Rhythm{}, false
	}
	fit, off := 0, make([]time.Duration, len(list))
	for i, d := range list {
		if off[i] = deviation(d, period); off[i]*100 <= period*offBeat {
			fit++
		}
	}
	r := Rhythm{Period: period, Beats: len(list) + 1, Jitter: int(200 * median(off) / period)}
	most := min(fewJitter+moreJitter*(r.Beats-minBeats), maxJitter)
	return r, fit*100 >= len(list)*fitting && r.Jitter <= most
}

// deviation returns how much an interval differs from the nearest multiple of the
// period, when beats may be missing.
func deviation(d, period time.Duration) time.Duration {
	if d > (maxMissed+2)*period {
		return period // fits nothing
	}
	n := min(max((d+period/2)/period, 1), maxMissed+1)
	return min((d - n*period).Abs(), period)
}

// median sorts the list and returns its median, the lower one of two: missed beats
// make intervals longer, not shorter.
func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[(len(list)-1)/2]
}

// A series collects when the connections of one client to one port of a server began.
type series struct {
	starts  []time.Time
	missing int64 // connections whose beginning is not known
}

// add adds the connections of one five-tuple. Those whose opening is not in the
// capture are the rest of others.
func (s *series) add(f *extract.Flow) {
	began := f.Count
	if f.Proto == layers.IPProtoTCP {
		began = f.Ended.Opened
	}
	first, _, timed := f.Seen()
	switch {
	case began <= 0:
	case !timed:
		return
	case began == 1:
		s.starts = append(s.starts, first)
	case began > int64(f.Evidence.Len()):
		return // the Report does not have the times of all
	default:
		for _, e := range f.Evidence.List()[:began] {
			s.starts = append(s.starts, e.First.Time)
		}
	}
	s.missing -= f.Count
}

// beacons are the beacons to hosts that are for detection. Systems contact their
// services just as regularly.
type beacons struct {
	list []Beacon
	of   map[connection]Rhythm
	to   map[netip.AddrPort]Rhythm // of most beats; port 0 stands for all
}

func (s *selector) findBeacons() {
	all := map[connection]*series{}
	for c := range s.report.Connections() {
		if s.mayBeacon(c) {
			all[keyOf(c)] = &series{missing: c.Count}
		}
	}
	if len(all) == 0 || s.report.Unseen.Backwards > 0 {
		return
	}
	for f := range s.report.Flows() {
		if x := all[connection{pair{f.Client.Addr(), f.Server}, f.Proto}]; x != nil {
			x.add(f)
		}
	}
	s.beacons = beacons{of: map[connection]Rhythm{}, to: map[netip.AddrPort]Rhythm{}}
	for c := range s.report.Connections() {
		if x := all[keyOf(c)]; x != nil && x.missing == 0 {
			if r, ok := rhythmOf(x.starts); ok {
				s.beacons.add(c, r)
				s.receivesBeacons(c.Server.Addr())
			}
		}
	}
}

// mayBeacon reports whether a connection is repeated, and to a host for detection.
func (s *selector) mayBeacon(c *extract.Connection) bool {
	to := c.Server.Addr()
	if c.Count < minBeats || c.Server.Port() == 0 || c.Proto != layers.IPProtoTCP && c.Proto != layers.IPProtoUDP ||
		to.IsMulticast() || to == broadcast || s.excludes(s.addrRule(to)) {
		return false
	}
	return s.detects(misp.IPDst, to.String())
}

func (b *beacons) add(c *extract.Connection, r Rhythm) {
	b.list = append(b.list, Beacon{c.Client, c.Server, c.Proto, r})
	b.of[keyOf(c)] = r
	for _, to := range []netip.AddrPort{c.Server, netip.AddrPortFrom(c.Server.Addr(), 0)} {
		if r.Beats > b.to[to].Beats {
			b.to[to] = r
		}
	}
}

// about returns the rhythm of the beacon to an address, or to a port of it, that is
// an indicator.
func (b *beacons) about(i *indicator) (Rhythm, bool) {
	addr, port, _ := strings.Cut(i.value, "|")
	a, err := netip.ParseAddr(addr)
	if err != nil || i.typ != misp.IPDst && i.typ != misp.IPDstPort {
		return Rhythm{}, false
	}
	n, _ := strconv.ParseUint(port, 10, 16) // 0 for an address alone
	r, ok := b.to[netip.AddrPortFrom(a, uint16(n))]
	return r, ok
}

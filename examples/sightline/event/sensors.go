package event

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/pcap"
)

// A source is a capture file, as far as its sensor depends on it.
type source struct {
	name        string
	first, last time.Time // of its packets; zero: unknown
	link        pcap.LinkType
}

// bySensor divides files among sensors and puts those of each in order of time, then
// of name. The files of a sensor have the same directory, link type and series, and do
// not overlap in time: what starts more than a second before another ends is of a
// sensor of its own, unless overlaps reports that both have the same packets.
func bySensor(files []source, overlaps func(a, b source) bool) (sensors [][]source) {
	type key struct {
		dir, series string
		link        pcap.LinkType
	}
	chains := map[key][]int{}
	for _, f := range inOrder(files) {
		k := key{filepath.Dir(f.name), series(filepath.Base(f.name)), f.link}
		at := slices.IndexFunc(chains[k], func(i int) bool {
			last := sensors[i][len(sensors[i])-1]
			return f.first.IsZero() || !last.last.After(f.first.Add(maxEarly)) || overlaps(last, f)
		})
		if at >= 0 {
			i := chains[k][at]
			sensors[i] = append(sensors[i], f)
			continue
		}
		chains[k] = append(chains[k], len(sensors))
		sensors = append(sensors, []source{f})
	}
	return sensors
}

// maxEarly is how much earlier than the end of a file the next one of its sensor may
// begin, because packets are written slightly out of order.
const maxEarly = time.Second

// inOrder sorts files by their first packet. A file without a known time stays after
// its predecessor.
func inOrder(files []source) []source {
	type placed struct {
		source
		at time.Time
	}
	all := make([]placed, len(files))
	var at time.Time
	for i, f := range files {
		if !f.first.IsZero() {
			at = f.first
		}
		all[i] = placed{f, at}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return a.at.Compare(b.at) })
	sorted := make([]source, len(all))
	for i, f := range all {
		sorted[i] = f.source
	}
	return sorted
}

var (
	// suffix is what follows the name of a capture: .pcap, .pcapng.gz, and what tcpdump
	// -C appends to it.
	suffix = regexp.MustCompile(`(?i)(\.(pcap|pcapng|cap|ntar|dmp|trc|gz|zst|bz2)\d*)+$`)

	// counters are the counter and the time at the end of a name, after a separator,
	// such as _00001_20260102030405 of dumpcap -b, -1767322800 of netsniff-ng,
	// -260102-00000001 of Arkime, and what strftime writes for tcpdump -G.
	counters = regexp.MustCompile(`([-_.:T+Z]+\d+)+Z?$`)

	// stamp is a time before the rest of a name.
	stamp = regexp.MustCompile(`^\d{4,}([-_.:T]\d+)*[-_.:Z]*`)

	// digits are a counter that directly follows the name.
	digits = regexp.MustCompile(`\d+$`)
)

// series returns what the names of one sensor's rotating files have in common.
func series(base string) string {
	name := suffix.ReplaceAllString(base, "")
	for _, varying := range []*regexp.Regexp{counters, stamp, digits} {
		if rest := varying.ReplaceAllString(name, ""); rest != name {
			return strings.ToLower(rest)
		}
	}
	return strings.ToLower(name)
}

// eachAlone returns a sensor for each file.
func eachAlone(files []source) (sensors [][]source) {
	for _, f := range inOrder(files) {
		sensors = append(sensors, []source{f})
	}
	return sensors
}

// compareSources orders files of a directory as their counters do, if they are of
// the same length or only appended.
func compareSources(a, b source) int {
	return cmp.Or(cmp.Compare(len(a.name), len(b.name)), strings.Compare(a.name, b.name))
}

package event

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/pcap"
)

// The names that programs give to the files of one capture, in order of time. Each
// file follows the one before.
var rotations = map[string][]string{
	"tcpdump -C":       {"day.pcap", "day.pcap1", "day.pcap2", "day.pcap10"},
	"tcpdump -C -W":    {"ring00.pcap", "ring01.pcap", "ring02.pcap"},
	"tcpdump -G":       {"eth0-2026-01-02_23:00:00.pcap", "eth0-2026-01-03_00:00:00.pcap"},
	"tcpdump -G, zone": {"dmz.20260102T230000Z.pcap.gz", "dmz.20260103T000000Z.pcap.gz"},
	"time first":       {"2026-01-02-2300.uplink.pcap", "2026-01-03-0000.uplink.pcap"},
	"dumpcap -b":       {"lan_00001_20260102030405.pcapng", "lan_00002_20260102040405.pcapng", "lan_00010_20260102050405.pcapng"},
	"dumpcap nametime": {"lan_20260102030405_00001.pcapng", "lan_20260102040405_00002.pcapng"},
	"netsniff-ng":      {"dump-1767322800.pcap", "dump-1767326400.pcap"},
	"stenographer":     {"1767322800000000", "1767322860000000"},
	"Arkime":           {"node-260102-00000001.pcap", "node-260102-00000002.pcap"},
}

// sourcesOf returns files of an hour each, one after the other.
func sourcesOf(dir string, names []string) (files []source) {
	for i, name := range names {
		first := start.Add(time.Duration(i) * time.Hour)
		files = append(files, source{dir + "/" + name, first, first.Add(time.Hour), pcap.LinkTypeEthernet})
	}
	return files
}

func noOverlap(a, b source) bool { return false }

func namesOf(sensors [][]source) string {
	var all []string
	for _, files := range sensors {
		var names []string
		for _, f := range files {
			names = append(names, f.name)
		}
		all = append(all, strings.Join(names, " "))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// The files of each program are of one sensor, in order of time, in whatever order and
// among whatever others they are listed.
func TestRotations(t *testing.T) {
	var all []source
	var want [][]source
	for program, names := range rotations {
		files := sourcesOf("/"+program, names)
		want = append(want, files)
		all = append(all, files...)
		reversed := slices.Clone(files)
		slices.Reverse(reversed)
		if got := namesOf(bySensor(reversed, noOverlap)); got != namesOf([][]source{files}) {
			t.Errorf("%s: %s", program, got)
		}
	}
	if got := namesOf(bySensor(all, noOverlap)); got != namesOf(want) {
		t.Errorf("all:\n%s\nwant\n%s", got, namesOf(want))
	}
}

func TestSensors(t *testing.T) {
	hour := func(name string, n int, link pcap.LinkType) source {
		first := start.Add(time.Duration(n) * time.Hour)
		return source{name, first, first.Add(time.Hour), link}
	}
	const eth, raw = pcap.LinkTypeEthernet, pcap.LinkTypeRaw
	always := func(a, b source) bool { return true }
	for _, c := range []struct {
		what     string
		files    []source
		overlaps func(a, b source) bool
		want     string
	}{
		{"two names", []source{hour("d/a-1.pcap", 0, eth), hour("d/b-1.pcap", 1, eth), hour("d/a-2.pcap", 2, eth)}, noOverlap, "d/a-1.pcap d/a-2.pcap\nd/b-1.pcap"},
		{"two directories", []source{hour("x/a-1.pcap", 0, eth), hour("y/a-2.pcap", 1, eth)}, noOverlap, "x/a-1.pcap\ny/a-2.pcap"},
		{"two link types", []source{hour("a-1.pcap", 0, eth), hour("a-2.pcap", 1, raw), hour("a-3.pcap", 2, eth)}, noOverlap, "a-1.pcap a-3.pcap\na-2.pcap"},
		{"two interfaces at once", []source{hour("eth0.pcap", 0, eth), hour("eth1.pcap", 0, eth)}, noOverlap, "eth0.pcap\neth1.pcap"},
		{"two writers of Arkime", []source{hour("n-260102-01.pcap", 0, eth), hour("n-260102-02.pcap", 0, eth), hour("n-260102-03.pcap", 1, eth), hour("n-260102-04.pcap", 1, eth)},
			noOverlap, "n-260102-01.pcap n-260102-03.pcap\nn-260102-02.pcap n-260102-04.pcap"},
		{"common packets", []source{hour("a_00001.pcap", 0, eth), hour("a_00002.pcap", 0, eth)}, always, "a_00001.pcap a_00002.pcap"},
		{"unknown times", []source{{name: "a-1.pcap", link: eth}, {name: "a-2.pcap", link: eth}}, noOverlap, "a-1.pcap a-2.pcap"},
	} {
		if got := namesOf(bySensor(c.files, c.overlaps)); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

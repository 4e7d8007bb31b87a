package extract

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// A tally sums up the connections with the same endpoints.
type tally struct {
	Rows                             int
	Sent, Received                   int64 // packets
	Closed, Reset, Refused, OneSided int
}

// Zeek writes these logs with scripts that change what a connection is.
var otherConnLogs = map[string]string{
	"core.pcap.dynamic-filter":                                 "packets are filtered",
	"core.pcap.read-trace-with-filter":                         "packets are filtered",
	"scripts.base.frameworks.analyzer.request-analyzer":        "packets are not counted",
	"scripts.base.frameworks.logging.field-extension":          "connections are not turned by their ports",
	"scripts.base.frameworks.logging.field-extension-complex":  "connections are not turned by their ports",
	"scripts.base.frameworks.logging.field-extension-optional": "connections are not turned by their ports",
}

// The rows of Zeek in which a Report differs, and why.
var otherRows = map[string]string{
	"udp fe80::c801:eff:fe88:8:547 fe80::ce05:eff:fe88:0:546": "the server of DHCPv6 sends first (RFC 9915 section 7.2): Report has its client",
	"tcp 157.240.18.16:443 149.159.130.184:49392":             "port 443 sends first; and the second frame of an A-MSDU is not decoded",
}

// readConnLog returns the rows of TCP, UDP and ICMP in a conn.log of Zeek, nil if it
// lacks columns. The ports of ICMP, which are types and codes, are left out.
func readConnLog(t *testing.T, name string) map[string]tally {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	tallies := map[string]tally{}
	for line := range strings.Lines(string(b)) {
		values := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if values[0] == "#fields" {
			fields = values[1:]
		}
		if strings.HasPrefix(line, "#") || fields == nil {
			continue
		}
		row := map[string]string{}
		for i, name := range fields {
			row[name] = values[i]
		}
		if row["conn_state"] == "" || row["id.orig_h"] == "" {
			return nil
		}
		addTally(tallies, row)
	}
	return tallies
}

func addTally(tallies map[string]tally, row map[string]string) {
	key := ""
	switch row["proto"] {
	case "tcp", "udp":
		key = fmt.Sprintf("%s %s:%s %s:%s", row["proto"], row["id.orig_h"], row["id.orig_p"], row["id.resp_h"], row["id.resp_p"])
	case "icmp":
		key = fmt.Sprintf("icmp %s %s", row["id.orig_h"], row["id.resp_h"])
	default:
		return
	}
	sent, _ := strconv.ParseInt(row["orig_pkts"], 10, 64)
	received, _ := strconv.ParseInt(row["resp_pkts"], 10, 64)
	x := tallies[key]
	x.Rows++
	x.Sent += sent
	x.Received += received
	switch state := row["conn_state"]; {
	case sent == 0 || received == 0:
		x.OneSided++
	case state == "REJ":
		x.Refused++
	case strings.HasPrefix(state, "RST"):
		x.Reset++
	case state == "SF" && row["proto"] == "tcp":
		x.Closed++
	}
	tallies[key] = x
}

// tallied returns the same of a Report.
func tallied(rep *Report) map[string]tally {
	tallies := map[string]tally{}
	for f := range rep.Flows() {
		key := fmt.Sprintf("icmp %v %v", f.Client.Addr(), f.Server.Addr())
		switch ends := fmt.Sprintf("%v:%d %v:%d", f.Client.Addr(), f.Client.Port(), f.Server.Addr(), f.Server.Port()); f.Proto {
		case layers.IPProtoTCP:
			key = "tcp " + ends
		case layers.IPProtoUDP:
			key = "udp " + ends
		case layers.IPProtoICMPv4, layers.IPProtoICMPv6:
		default:
			continue
		}
		tallies[key] = tally{
			int(f.Count), f.Sent.Packets, f.Received.Packets,
			int(f.Ended.Closed), int(f.Ended.Reset), int(f.Ended.Refused), int(f.Ended.Unanswered),
		}
	}
	return tallies
}

// Connections have the endpoints, the direction, the packets and the end that Zeek's
// conn.log has. Both end a silent connection of TCP after five minutes, others after
// one.
func TestConnLogs(t *testing.T) {
	corpus := os.Getenv("SIGHTLINE_CORPUS")
	if corpus == "" {
		t.Skip("set SIGHTLINE_CORPUS")
	}
	truth, err := os.ReadFile(filepath.Join(corpus, "groundtruth.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(truth)) {
		f := strings.Split(line, "\t")
		if f[2] != "zeek:conn.log" || f[4] == "-" || otherConnLogs[filepath.Base(filepath.Dir(f[4]))] != "" {
			continue
		}
		want := readConnLog(t, filepath.Join(corpus, f[4]))
		if want == nil {
			continue
		}
		got := tallied(readFile(t, filepath.Join(corpus, "dev", f[0]), Options{}))
		for _, key := range slices.Sorted(maps.Keys(want)) {
			rows += want[key].Rows
			if got[key] != want[key] && otherRows[key] == "" {
				t.Errorf("%s: %s: %+v, Zeek has %+v", f[0], key, got[key], want[key])
			}
		}
	}
	if rows < 140 {
		t.Errorf("%d rows compared", rows)
	}
}

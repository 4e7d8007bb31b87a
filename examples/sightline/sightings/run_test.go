package sightings

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/cli"
)

var start = time.Date(2026, 3, 4, 5, 58, 30, 0, time.UTC)

// A trial is the outcome of one run of the command.
type trial struct {
	status         int
	stdout, stderr string
	waits          []time.Duration
}

// attempt runs the command against a server, with a clock that stands still.
func attempt(t *testing.T, url string, stdin []byte, args ...string) (r trial) {
	t.Helper()
	return attemptUntil(t, context.Background(), url, stdin, args...)
}

func attemptUntil(t *testing.T, ctx context.Context, url string, stdin []byte, args ...string) (r trial) {
	t.Helper()
	var out, errs bytes.Buffer
	w := world{
		stdin: bytes.NewReader(stdin), stdout: &out, stderr: &errs,
		getenv: func(name string) string { return map[string]string{"MISP_KEY": testKey, "MISP_URL": url}[name] },
		now:    func() time.Time { return start },
		sleep:  func(_ context.Context, d time.Duration) error { r.waits = append(r.waits, d); return nil },
		random: func() float64 { return 1 },
	}
	r.status = w.run(ctx, args)
	r.stdout, r.stderr = out.String(), errs.String()
	if strings.Contains(r.stdout+r.stderr, testKey) {
		t.Errorf("the key is in the output: %s%s", r.stdout, r.stderr)
	}
	return r
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ask returns a frame with a DNS question for name.
func ask(server, name string) []byte {
	return build.Ethernet(0x0800, build.UDP("10.0.0.5", 40000, server, 53, build.DNSQuery(1, strings.Split(name, ".")...)))
}

// get returns a frame with an HTTP request.
func get(port uint16, seq uint32, host, target string) []byte {
	return build.Ethernet(0x0800, build.TCP{
		Src: "10.0.0.5", SrcPort: port, Dst: "198.51.100.7", DstPort: 80, Seq: seq, Flags: 0x18,
		Data: "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
	}.Packet())
}

// small is a capture with one question and one request.
func small() []byte {
	var f build.Pcap
	f.Add(start, ask("192.0.2.53", "c2.example"))
	f.Add(start.Add(1500*time.Millisecond), get(40001, 1, "www.c2.example", "/a"))
	return f.Bytes()
}

func TestUsage(t *testing.T) {
	good := []string{"-url", "https://misp.example", "a.pcap"}
	for _, args := range [][]string{
		{}, good[:2], append([]string{"-batch", "0"}, good...), append([]string{"-batch", "5001"}, good...),
		append([]string{"-bucket", "0s"}, good...), append([]string{"-bucket", "1500ms"}, good...),
		append([]string{"-type", "domain,btc"}, good...), append([]string{"-skip", "10.0.0.0/40"}, good...),
		append([]string{"-source", strings.Repeat("é", 256)}, good...), append([]string{"-timeout", "0s"}, good...),
		append([]string{"-ca", "run.go"}, good...), append([]string{"-key-file", "no-such-file"}, good...),
		append([]string{"-key", testKey}, good...), {"-url", "http://misp.example", "a.pcap"},
		{"-url", "http://127.0.0.1.example", "a.pcap"}, {"-url", "https://user:pass@misp.example", "a.pcap"},
		{"-url", "misp.example", "a.pcap"}, {"-url", "ftp://misp.example", "a.pcap"}, {"-url", "https://misp.example?x=1", "a.pcap"}, {"a.pcap"},
	} {
		if r := attempt(t, "", nil, args...); r.status != 2 || r.stdout != "" || !strings.Contains(r.stderr, "sightline sightings -h") {
			t.Errorf("%q: status %d, %q on stdout, %q on stderr", args, r.status, r.stdout, r.stderr)
		}
	}
	if r := attempt(t, "", nil, "-h"); r.status != 0 || r.stdout != usage {
		t.Errorf("-h: status %d, %q", r.status, r.stdout)
	}
}

// Only known values are sent, and a second run adds nothing.
func TestTwice(t *testing.T) {
	s := newServer(t, "domain c2.example", "hostname www.c2.example", "url http://www.c2.example/a", "ip-dst 198.51.100.7", "ip-dst 198.51.100.8")
	path := write(t, "day.pcap", small())
	first := attempt(t, s.URL, nil, path)
	want := "2 packets of 1 capture: 7 values, 1 skipped\nMISP knows 4 values in 4 attributes\n4 sightings: 4 new, 0 already there\n"
	if first.status != 0 || first.stderr != want || first.stdout != "" {
		t.Errorf("status %d, %q, want %q", first.status, first.stderr, want)
	}
	for attribute, at := range map[string][]int64{
		"domain c2.example": {start.Unix()}, "hostname www.c2.example": {start.Unix() + 1},
		"url http://www.c2.example/a": {start.Unix() + 1}, "ip-dst 198.51.100.7": {start.Unix() + 1}, "ip-dst 198.51.100.8": nil,
	} {
		if diff := cmp.Diff(at, s.seen(attribute)); diff != "" {
			t.Errorf("%s: %s", attribute, diff)
		}
	}
	// The UUID is derived from the attribute, the file and the hour.
	id := misp.NewSighting(s.attributes[0].UUID, fmt.Sprintf("%x", sha256.Sum256(small())), start.Truncate(time.Hour)).UUID.String()
	if g := s.sightings[0]; g.Source != "pcap:day.pcap" || g.Type != "0" || g.UUID != id {
		t.Errorf("%+v, want the UUID %s", g, id)
	}
	// From standard input, without a file name, with another source.
	second := attempt(t, s.URL, small(), "-source", "sensor 3", "-")
	if second.status != 0 || len(s.sightings) != 4 || !strings.Contains(second.stderr, "4 sightings: 0 new, 4 already there\n") {
		t.Errorf("status %d, %d sightings, %s", second.status, len(s.sightings), second.stderr)
	}
	// False positives are sightings of their own.
	third := attempt(t, s.URL, small(), "-false-positive", "-source", "sensor 3", "-")
	if g := s.sightings[len(s.sightings)-1]; third.status != 0 || len(s.sightings) != 8 || g.Type != "1" || g.Source != "sensor 3" {
		t.Errorf("status %d, %d sightings, %+v", third.status, len(s.sightings), g)
	}
}

func TestSameCaptureTwice(t *testing.T) {
	s := newServer(t, "domain c2.example")
	r := attempt(t, s.URL, nil, write(t, "a.pcap", small()), write(t, "b.pcap", small()))
	if r.status != 0 || !strings.Contains(r.stderr, "b.pcap is the same capture as a.pcap") || !strings.Contains(r.stderr, "1 sighting: 1 new, 0 already") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
}

// A search for one pair also finds others, but each is counted once.
func TestPairs(t *testing.T) {
	s := newServer(t, "ip-dst|port 198.51.100.7|80", "ip-dst|port 198.51.100.7|81")
	var other build.Pcap
	for i, port := range []uint16{80, 81} {
		other.Add(start.Add(time.Duration(i)*time.Minute), build.Ethernet(0x0800, build.UDP("10.0.0.5", 40000, "198.51.100.7", port, []byte("x"))))
	}
	r := attempt(t, s.URL, nil, write(t, "a.pcap", small()), write(t, "b.pcap", other.Bytes()))
	if r.status != 0 || !strings.Contains(r.stderr, "MISP knows 2 values in 2 attributes\n3 sightings: 3 new, 0 already there") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
}

// Values of an earlier capture are not searched for again.
func TestSeveralCaptures(t *testing.T) {
	s := newServer(t, "domain c2.example")
	var other build.Pcap
	other.Add(start.Add(time.Minute), ask("192.0.2.53", "c2.example"))
	r := attempt(t, s.URL, nil, write(t, "a.pcap", small()), write(t, "b.pcap", other.Bytes()))
	if r.status != 0 || !strings.Contains(r.stderr, "2 sightings: 2 new") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	asked := 0
	for _, q := range s.queries {
		if !slices.Equal(q.Type, []misp.Type{misp.SHA256}) { // else it is for the capture itself: see disown
			asked += len(q.Value)
		}
	}
	if asked != 7 {
		t.Errorf("%d values were searched for", asked)
	}
}

func TestDryRun(t *testing.T) {
	s := newServer(t, "domain c2.example")
	r := attempt(t, s.URL, small(), "-dry-run", "-")
	lines := strings.Split(r.stdout, "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "2026-03-04T05:58:30Z  domain  c2.example  1 ") || len(s.sightings) != 0 ||
		!strings.Contains(r.stderr, "1 sighting would be sent\n") || r.status != 0 {
		t.Errorf("%+v, %d sightings", r, len(s.sightings))
	}
}

// The times agree with tshark's.
func TestTimesAreThoseOfPackets(t *testing.T) {
	golden, err := os.Open("../../../testdata/golden/story.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer golden.Close()
	in := csv.NewReader(golden)
	in.Comma, in.LazyQuotes = '\t', true
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(rows[0], name) }
	const bucket = 5
	for attribute, columns := range map[string][]string{
		"ip-src 198.51.100.44":                  {"ip.src", "ip.dst"},
		"ip-dst 10.20.30.17":                    {"ip.src", "ip.dst"},
		"ip-dst fd00:20:30::17":                 {"ipv6.src", "ipv6.dst"},
		"hostname cdn.badfiles.example":         {"dns.qry.name", "http.host"},
		"hostname telemetry.quietpanel.example": {"dns.qry.name", "tls.handshake.extensions_server_name"},
	} {
		s := newServer(t, attribute)
		r := attempt(t, s.URL, nil, "-private", "-bucket", "5s", "../../../testdata/story.pcapng")
		_, text, _ := strings.Cut(attribute, " ")
		var want []int64
		for _, row := range rows[1:] {
			has := func(c string) bool { return slices.Contains(strings.Split(row[column(c)], ","), text) }
			if !slices.ContainsFunc(columns, has) {
				continue
			}
			second, err := strconv.ParseFloat(row[column("frame.time_epoch")], 64)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(want); n == 0 || want[n-1]/bucket != int64(second)/bucket {
				want = append(want, int64(second))
			}
		}
		if diff := cmp.Diff(want, s.seen(attribute)); diff != "" || len(want) == 0 {
			t.Errorf("%s: %s%s", attribute, diff, r.stderr)
		}
	}
}

// A known value is found in any form that the server stores it in.
func TestForms(t *testing.T) {
	const update = "b3c3a7598f4d0a06fde1b83dd8f16a7d22c10d25e850df8f4e29460f291e2dc7" // of testdata/README.md
	for _, c := range []struct {
		file      string
		known     []string
		unrelated []string
	}{
		{"story.pcapng",
			[]string{
				"domain|ip telemetry.quietpanel.example|198.51.100.44", "domain|ip web1.hosting.example|2001:db8:80::81",
				"url http://www.news.example", "url http://www.news.example/", "domain telemetry.quietpanel.example",
				"filename|sha256 malware.exe|" + update, "sha256 " + update, "ip-src 203.0.113.80", "hostname CDN.badfiles.example",
				"ip-dst|port 198.51.100.44|443", "ja3-fingerprint-md5 89dfc51e72bdcb94e4ba4622588002b1",
			},
			[]string{
				"domain|ip telemetry.quietpanel.example|203.0.113.80", "domain|ip other.example|198.51.100.44", "url http://WWW.news.example/ROBOTS.txt",
				"ip-dst|port 198.51.100.44|80", "user-agent UpdateHelper/1.3", "domain quietpanel.example",
			}},
		{"smtp.pcap", []string{"email-src billing@badfiles.example", "email-dst billing@badfiles.example", "email alice@partner.example"}, nil},
	} {
		s := newServer(t, append(slices.Clone(c.known), c.unrelated...)...)
		r := attempt(t, s.URL, nil, "../../../testdata/"+c.file)
		for _, a := range c.known {
			if len(s.seen(a)) != 1 {
				t.Errorf("%s: %s is seen at %v", c.file, a, s.seen(a))
			}
		}
		for _, a := range c.unrelated {
			if len(s.seen(a)) != 0 {
				t.Errorf("%s: %s is seen but not in the capture", c.file, a)
			}
		}
		if r.status != 0 {
			t.Errorf("%s: status %d, %s", c.file, r.status, r.stderr)
		}
	}
}

// IPv6 addresses are sent in the form that the server stores.
func TestIPv6(t *testing.T) {
	var f build.Pcap
	f.Add(start, build.Ethernet(0x86dd, build.UDP("2001:DB8:0:0:1:0:0:1", 1000, "2001:db8::53", 53, build.DNSQuery(1, "a", "example"))))
	s := newServer(t, "ip-src 2001:db8::1:0:0:1")
	if r := attempt(t, s.URL, f.Bytes(), "-type", "ip-src", "-"); r.status != 0 || len(s.seen("ip-src 2001:db8::1:0:0:1")) != 1 {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	if diff := cmp.Diff([]string{"2001:db8::1:0:0:1", "2001:db8::53"}, s.queries[0].Value); diff != "" {
		t.Error(diff)
	}
}

func TestQueries(t *testing.T) {
	s := newServer(t, "domain c2.example", "hostname c2.example", "ip-dst 198.51.100.7")
	s.attributes[0].ToIDS, s.attributes[1].published = false, false
	r := attempt(t, s.URL, small(), "-to-ids", "-published", "-tag", "tlp:amber", "-tag", "x", "-type", "domain,hostname", "-")
	want := []query{{"json", []misp.Type{"domain", "hostname"}, []string{"c2.example", "www.c2.example"}, 1, 1, []string{"tlp:amber", "x"}, 1000, 1}}
	if diff := cmp.Diff(want, s.queries); diff != "" {
		t.Error(diff)
	}
	if len(s.sightings) != 0 || r.status != 0 {
		t.Errorf("status %d, %v", r.status, s.sightings)
	}
}

// Responses come in pages, and the server does not report how many.
func TestPages(t *testing.T) {
	s := newServer(t)
	for event := range 7 {
		s.add(strconv.Itoa(event), "domain c2.example")
	}
	r := attempt(t, s.URL, small(), "-batch", "2", "-")
	if r.status != 0 || len(s.sightings) != 7 || !strings.Contains(r.stderr, "MISP knows 1 value in 7 attributes\n7 sightings: 7 new") {
		t.Errorf("status %d, %d sightings, %s", r.status, len(s.sightings), r.stderr)
	}
	for _, q := range s.queries {
		if len(q.Value) > 2 {
			t.Errorf("%d values in a batch of 2", len(q.Value))
		}
	}
	// A server that ignores page numbers must not cause an endless loop.
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		s.answer(w, 200, map[string]any{"response": map[string]any{"Attribute": s.attributes[:2]}})
		return true
	}
	if r = attempt(t, s.URL, small(), "-batch", "2", "-"); r.status != 1 || !strings.Contains(r.stderr, "page 2") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
}

func TestSkip(t *testing.T) {
	s := newServer(t, "domain c2.example", "hostname www.c2.example", "ip-dst 198.51.100.7", "ip-dst 10.0.0.5", "ip-dst 192.0.2.53")
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "4 sightings"},
		{[]string{"-skip", "198.51.100.0/24,www.c2.example"}, "2 sightings"},
		{[]string{"-skip", "c2.example", "-skip", "192.0.2.53"}, "1 sighting"},
		{[]string{"-private"}, "5 sightings"},
		{[]string{"-private", "-skip", "10.0.0.0/8"}, "4 sightings"},
	} {
		if r := attempt(t, s.URL, small(), append(c.args, "-dry-run", "-")...); !strings.Contains(r.stderr, "\n"+c.want+" would be sent") {
			t.Errorf("%q: %s, want %s", c.args, r.stderr, c.want)
		}
	}
}

// A damaged capture gives the sightings before the damage, and status 1.
func TestDamaged(t *testing.T) {
	s := newServer(t, "domain c2.example", "url http://www.c2.example/a")
	file := small()
	r := attempt(t, s.URL, file[:len(file)-1], "-")
	if r.status != 1 || len(s.sightings) != 1 || !strings.Contains(r.stderr, "offset") || !strings.Contains(r.stderr, "1 sighting: 1 new") {
		t.Errorf("status %d, %d sightings, %s", r.status, len(s.sightings), r.stderr)
	}
	good := write(t, "good.pcap", file)
	r = attempt(t, s.URL, nil, "no\x1b[2Jsuch.pcap", good)
	if r.status != 1 || len(s.sightings) != 3 || strings.Contains(r.stderr, "\x1b") {
		t.Errorf("status %d, %d sightings, %q", r.status, len(s.sightings), r.stderr)
	}
}

func TestQuiet(t *testing.T) {
	s := newServer(t, "domain c2.example")
	if r := attempt(t, s.URL, small(), "-q", "-"); r.status != 0 || r.stderr != "" || r.stdout != "" || len(s.sightings) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestProgressLine(t *testing.T) {
	p := &progress{now: time.Now}
	p.begin("reading a\x1b.pcap", 200_000_000, cli.Size)
	p.step(50_000_000)
	if got, want := p.text(), `reading a\x1b.pcap: 50.0 MB of 200.0 MB, 25 %`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.begin("sending sightings", 0, number)
	p.step(7)
	if got, want := p.text(), "sending sightings: 7"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// The README shows the program's summary and limits.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(t, "ip-dst 198.51.100.44", "hostname cdn.badfiles.example", "url http://cdn.badfiles.example/get/update.bin",
		"domain|ip telemetry.quietpanel.example|198.51.100.44")
	r := attempt(t, s.URL, nil, "../../../testdata/story.pcapng")
	if shown := "    " + strings.ReplaceAll(strings.TrimSpace(r.stderr), "\n", "\n    ") + "\n"; !strings.Contains(string(readme), shown) {
		t.Errorf("the README does not show\n%s", shown)
	}
	for _, limit := range []int{maxParts, maxTimes} {
		text := fmt.Sprint(limit)
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
		if !strings.Contains(string(readme), text) {
			t.Errorf("the README does not name the limit %s", text)
		}
	}
}

package event

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// capture returns a file with one HTTP request per host, the first at start plus
// delay.
func capture(delay time.Duration, agent string, hosts ...string) []byte {
	var f build.Pcap
	for i, host := range hosts {
		f.Add(start.Add(delay+time.Duration(i)*time.Second), build.Ethernet(0x0800, build.TCP{
			Src: "10.0.0.5", SrcPort: 40000 + uint16(i), Dst: "198.51.100.7", DstPort: 80, Seq: 1, Flags: 0x18,
			Data: "GET /a HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: " + agent + "\r\n\r\n",
		}.Packet()))
	}
	return f.Bytes()
}

// run1 runs the command.
func run1(t *testing.T, stdin []byte, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), args, bytes.NewReader(stdin), &out, &errs)
	return status, out.String(), errs.String()
}

func write(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{}, {"-o", "xml", "a"}, {"-only", "dns,smtp", "a"}, {"-distribution", "7", "a"}, {"-threat-level", "5", "a"},
		{"-analysis", "x", "a"}, {"-no-such-flag", "a"},
	} {
		status, stdout, stderr := run1(t, nil, args...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, "sightline event -h") {
			t.Errorf("%q: status %d, %q on stdout, %q on stderr", args, status, stdout, stderr)
		}
	}
	if status, stdout, _ := run1(t, nil, "-h"); status != 0 || stdout != usage {
		t.Errorf("-h: status %d, %q", status, stdout)
	}
}

// written is the part of the output that these tests read.
type written struct {
	Event struct {
		Info        string
		Tag         []struct{ Name string }
		Attribute   []struct{ Type, Value string }
		EventReport []struct{ Name, Content string }
	}
}

func TestEvent(t *testing.T) {
	path := write(t, "laptop.pcap", capture(0, "a", "www.example"))
	status, stdout, stderr := run1(t, nil, "-tag", "tlp:amber", "-tag", "case:42", path)
	if status != 0 || !strings.Contains(stderr, "4 attributes: 1 domain, 1 ip-dst, 1 url, 1 user-agent") ||
		!strings.Contains(stderr, "private address (1)") {
		t.Fatalf("status %d, %s", status, stderr)
	}
	var e written
	if err := json.Unmarshal([]byte(stdout), &e); err != nil {
		t.Fatal(err)
	}
	if n := len(e.Event.EventReport); n != 1 {
		t.Errorf("%d reports", n)
	}
	if _, without, _ := run1(t, nil, "-no-report", path); strings.Contains(without, "EventReport") {
		t.Error("a report with -no-report")
	}
	if e.Event.Info != "Indicators from laptop.pcap" || len(e.Event.Tag) != 2 || len(e.Event.Attribute) != 4 {
		t.Errorf("%+v", e.Event)
	}
}

func TestStdin(t *testing.T) {
	status, stdout, stderr := run1(t, capture(0, "a", "www.example"), "-q", "-o", "ndjson", "-only", "http", "-")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, %s", status, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines: %s", len(lines), stdout)
	}
	var a struct {
		Type, Value string
		Count       int
		Evidence    []struct{ First struct{ Number int64 } }
	}
	if err := json.Unmarshal([]byte(lines[0]), &a); err != nil {
		t.Fatal(err)
	}
	if a.Type != "url" || a.Value != "http://www.example/a" || a.Count != 1 || a.Evidence[0].First.Number != 1 {
		t.Errorf("%+v", a)
	}
}

// Complete files without a hash are not reported as incomplete: the story has no
// truncated file (testdata/README.md).
func TestUnhashed(t *testing.T) {
	_, _, stderr := run1(t, nil, "-hash", "none", "../../../testdata/story.pcapng")
	if !strings.Contains(stderr, "file without a hash (2)") || strings.Contains(stderr, "incomplete") {
		t.Error(stderr)
	}
}

// The program prints the lines that the README shows, in the same order. A line
// there may lack words, such as the times, and "..." stands for the rest.
func TestREADME(t *testing.T) {
	t.Chdir("../../..")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const prompt = "    $ go run ./examples/sightline event "
	shown := strings.Split(strings.ReplaceAll(string(readme), "\r\n", "\n"), prompt)[1:]
	for _, text := range shown {
		text, _, _ = strings.Cut(text, "\n\n")
		lines := strings.Split(text, "\n")
		args, _, redirected := strings.Cut(lines[0], " > ")
		status, stdout, stderr := run1(t, nil, strings.Fields(args)...)
		if status != 0 {
			t.Errorf("%s: status %d", args, status)
		}
		if redirected {
			stdout = ""
		}
		printed := strings.Split(stdout+stderr, "\n")
		for _, line := range lines[1:] {
			words, cut := strings.CutSuffix(line, "...")
			at := slices.IndexFunc(printed, func(p string) bool { return shows(strings.Fields(words), strings.Fields(p), cut) })
			if at < 0 {
				t.Errorf("%s: does not print %q of the README", args, line)
				break
			}
			if strings.TrimSpace(line) != "..." {
				printed = printed[at+1:]
			}
		}
	}
	if len(shown) != 2 {
		t.Errorf("%d commands", len(shown))
	}
}

// shows reports whether a printed line contains words in this order and starts with
// the first. Unless the line is cut, it must also end with the last.
func shows(words, printed []string, cut bool) bool {
	if len(words) == 0 {
		return cut
	}
	if len(printed) < len(words) || words[0] != printed[0] || !cut && words[len(words)-1] != printed[len(printed)-1] {
		return false
	}
	for _, p := range printed {
		if len(words) > 0 && words[0] == p {
			words = words[1:]
		}
	}
	return len(words) == 0
}

// All formats hold the same values.
func TestFormats(t *testing.T) {
	file := capture(0, "a", "www.example")
	_, stdout, _ := run1(t, file, "-o", "csv", "-")
	table, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, row := range table[1:] {
		want = append(want, row[2])
	}
	var got []string
	_, stdout, _ = run1(t, file, "-o", "text", "-")
	for i, line := range strings.Split(strings.TrimSpace(stdout), "\n")[1:] {
		row := strings.Fields(line)
		got = append(got, row[1])
		if detect := row[2] == "detect"; strconv.FormatBool(detect) != table[1+i][3] {
			t.Errorf("text: %s is for %s", row[1], row[2])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("text:", diff)
	}
	var answer struct {
		Results struct {
			Attribute   []struct{ Value string }
			EventReport []struct{ Content string }
		}
	}
	_, stdout, _ = run1(t, file, "-o", "module", "-")
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatal(err)
	}
	got = nil
	for _, a := range answer.Results.Attribute {
		got = append(got, a.Value)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("module:", diff)
	}
	if r := answer.Results.EventReport; len(r) != 1 || !strings.Contains(r[0].Content, "GET http://www.example/a") {
		t.Errorf("module: reports %+v", r)
	}
}

// An attacker's text is harmless on a terminal and in a spreadsheet.
func TestDefused(t *testing.T) {
	file := capture(0, "=HYPERLINK(\"http://a\")", "www.example")
	if _, stdout, _ := run1(t, file, "-o", "csv", "-"); !strings.Contains(stdout, `"'=HYPERLINK(`) {
		t.Error(stdout)
	}
	hostile := "a\x1b[2J\x9b31m\u009b31m\u202e"
	var f build.Pcap
	f.Add(start, build.Ethernet(0x0800, build.TCP{
		Src: "10.0.0.5", SrcPort: 40000, Dst: "198.51.100.7", DstPort: 80, Seq: 1, Flags: 0x18,
		Data: "GET /" + hostile + " HTTP/1.1\r\nHost: www.example\r\nUser-Agent: " + hostile + "\r\n\r\n",
	}.Packet()))
	file = f.Bytes()
	for format := range formats {
		_, stdout, _ := run1(t, file, "-o", format, "-")
		if !strings.Contains(stdout, "31m") || strings.ContainsAny(stdout, "\x1b\u009b\u202e") || !utf8.ValidString(stdout) {
			t.Errorf("-o %s: %q", format, stdout)
		}
	}
	if _, _, stderr := run1(t, nil, "no\x1b[2Jfile"); strings.Contains(stderr, "\x1b") {
		t.Errorf("%q", stderr)
	}
}

// A damaged input gives the indicators before the damage, status 1 and the offset.
func TestDamaged(t *testing.T) {
	file := capture(0, "a", "www.example", "two.example")
	cut := len(file) - 1
	status, stdout, stderr := run1(t, file[:cut], "-")
	var e written
	if err := json.Unmarshal([]byte(stdout), &e); err != nil {
		t.Fatal(err)
	}
	if status != 1 || len(e.Event.Attribute) != 4 || !strings.Contains(stderr, "offset") {
		t.Errorf("status %d, %d attributes, %s", status, len(e.Event.Attribute), stderr)
	}
	for name, b := range map[string][]byte{
		"empty":      {},
		"GIF":        []byte("GIF89a, and so on"),
		"zstd":       {0x28, 0xb5, 0x2f, 0xfd, 0, 0},
		"header cut": file[:10],
		"1 GiB":      append(append([]byte{}, file[:24]...), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0x40),
	} {
		status, _, stderr := run1(t, b, "-")
		if status != 1 || !strings.Contains(stderr, "offset") {
			t.Errorf("%s: status %d, %s", name, status, stderr)
		}
	}
	if status, _, stderr := run1(t, nil, filepath.Join(t.TempDir(), "missing.pcap")); status != 1 || stderr == "" {
		t.Errorf("a missing file: status %d, %s", status, stderr)
	}
}

// Files are read in the order of their times: a request that spans two files is
// found, and a damaged file does not affect the others.
func TestSeveralFiles(t *testing.T) {
	var first, second build.Pcap
	tcp := build.TCP{Src: "10.0.0.5", SrcPort: 40000, Dst: "198.51.100.7", DstPort: 80, Seq: 1, Flags: 0x18, Data: "GET /a HTTP/1.1\r\nHo"}
	first.Add(start, build.Ethernet(0x0800, tcp.Packet()))
	tcp.Seq, tcp.Data = tcp.Seq+uint32(len(tcp.Data)), "st: www.example\r\n\r\n"
	second.Add(start.Add(time.Second), build.Ethernet(0x0800, tcp.Packet()))
	a, b := write(t, "a.pcap", first.Bytes()), write(t, "b.pcap", second.Bytes())
	bad := write(t, "bad.pcap", []byte("not a capture"))
	status, stdout, stderr := run1(t, nil, "-q", "-o", "ndjson", "-only", "http", b, bad, a)
	if status != 1 || !strings.Contains(stdout, `"value":"http://www.example/a"`) || !strings.Contains(stderr, "bad.pcap") {
		t.Errorf("status %d, %s%s", status, stdout, stderr)
	}
}

// The event's UUID depends on the captures' bytes, not on their order or names.
func TestSameCaptureSameEvent(t *testing.T) {
	a, b := capture(0, "a", "www.example"), capture(time.Hour, "a", "two.example")
	_, one, _ := run1(t, nil, "-info", "x", write(t, "1.pcap", a), write(t, "2.pcap", b))
	_, two, _ := run1(t, nil, "-info", "x", write(t, "4.pcap", b), write(t, "3.pcap", a))
	uuid := func(s string) string { return s[:strings.Index(s, `"info"`)] }
	if uuid(one) != uuid(two) {
		t.Errorf("%s and %s", uuid(one), uuid(two))
	}
	_, other, _ := run1(t, nil, "-info", "x", write(t, "1.pcap", a))
	if uuid(one) == uuid(other) {
		t.Error("different captures give the same UUID")
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	status := run(ctx, []string{"-q", "-"}, bytes.NewReader(capture(0, "a", "www.example")), &out, &errs)
	if status != 1 || errs.String() != "sightline event: interrupted\n" {
		t.Errorf("status %d, %s", status, errs.String())
	}
}

func TestProgressLine(t *testing.T) {
	p := &progress{total: 200_000_000}
	p.done.Store(50_000_000)
	if got, want := p.text(time.Second), "[#######                       ]  25 %  50.0 MB of 200.0 MB, 50.0 MB/s, 3s left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.total = 0
	if got, want := p.text(2*time.Second), "50.0 MB read, 25.0 MB/s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// All processors are used if files are hashed, unless -j is set.
func TestWorkers(t *testing.T) {
	all := runtime.GOMAXPROCS(0)
	for args, want := range map[string]int{
		"x": all, "-hash sha256 x": all, "-only files,dns x": all, "-hash none x": 0, "-only dns x": 0, "-j 3 -hash none x": 3,
	} {
		c, err := parse(strings.Fields(args))
		if err != nil || c.options.Workers != want {
			t.Errorf("%s: %d workers, %v", args, c.options.Workers, err)
		}
	}
}

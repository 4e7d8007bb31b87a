package event

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

var (
	badges      = regexp.MustCompile(`@\[(attribute|object)\]\(([0-9a-f-]{36})\)`)
	codeSpans   = regexp.MustCompile("`[^`]+`")
	ownText     = regexp.MustCompile(`^[A-Za-z0-9_ .,:;()'/+-]*$`)
	diagramLine = regexp.MustCompile("^    (participant h[0-9]+ as|h[0-9]+-?->>h[0-9]+:) [^#;%{}<>`|\"\\\\&$]+$")
)

// checkReport asserts that nothing in a report is markup of Markdown, HTML or mermaid
// except its own, and that its badges are of the event.
func checkReport(t *testing.T, ev *misp.Event, content string) {
	t.Helper()
	if len(content) > 65535-2 {
		t.Errorf("%d bytes", len(content))
	}
	checkBadges(t, ev, content)
	columns, inDiagram, fences := 0, false, 0
	for line := range strings.Lines(content) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			inDiagram = !inDiagram
			fences++
		case inDiagram:
			if line != "sequenceDiagram" && !diagramLine.MatchString(line) {
				t.Errorf("diagram: %q", line)
			}
		case strings.HasPrefix(line, "|"):
			if columns == 0 {
				columns = strings.Count(line, "|")
			} else if n := strings.Count(line, "|"); n != columns {
				t.Errorf("%d instead of %d columns: %q", n-1, columns-1, line)
			}
			checkLine(t, strings.ReplaceAll(line, "|", ""))
		default:
			columns = 0
			checkLine(t, strings.TrimLeft(line, "#"))
		}
	}
	if fences != 0 && fences != 2 {
		t.Errorf("%d fences", fences)
	}
}

func checkLine(t *testing.T, line string) {
	t.Helper()
	rest := badges.ReplaceAllString(codeSpans.ReplaceAllString(line, ""), "")
	if !ownText.MatchString(rest) {
		t.Errorf("markup outside of code: %q", rest)
	}
}

func checkBadges(t *testing.T, ev *misp.Event, content string) {
	t.Helper()
	known := map[string]bool{}
	for i := range ev.Attributes {
		known["attribute "+ev.Attributes[i].UUID.String()] = true
	}
	for i := range ev.Objects {
		known["object "+ev.Objects[i].UUID.String()] = true
	}
	all := badges.FindAllStringSubmatch(content, -1)
	for _, b := range all {
		if !known[b[1]+" "+b[2]] {
			t.Errorf("a badge of %s %s, which is not in the event", b[1], b[2])
		}
	}
	if n := strings.Count(content, "@["); n != len(all) {
		t.Errorf("%d badges, and %d that look alike", len(all), n)
	}
}

// story returns the report on a capture of testdata, with its hash.
func story(t *testing.T, workers int) *extract.Report {
	t.Helper()
	f, err := os.Open("../../testdata/story.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x := extract.Extractor{Options: extract.Options{Workers: workers, Stream: stream.Config{Hash: stream.HashAll}}}
	if err := x.ReadInput(context.Background(), "story.pcapng", f); err != nil {
		t.Fatal(err)
	}
	return x.Finish()
}

// The report on story.pcapng, which a person has compared with the description of the
// capture in testdata/README.md. UPDATE_REPORT=1 rewrites it.
func TestReportOfStory(t *testing.T) {
	const golden = "testdata/story.md"
	got := Of(story(t, 1), Options{}).Reports[0]
	if os.Getenv("UPDATE_REPORT") == "1" {
		if err := os.WriteFile(golden, []byte(got.Content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.Content, "\n")); diff != "" {
		t.Errorf("UPDATE_REPORT=1 go test ./extract/event rewrites %s: -want +got\n%s", golden, diff)
	}
	if got.Name != "Report on story.pcapng" {
		t.Errorf("name %q", got.Name)
	}
	if again := Of(story(t, 4), Options{}).Reports[0]; again != got {
		t.Error("four workers give another report")
	}
}

// The timeline has the requests that tshark finds, in the same packets, and the times
// that tshark shows for the packets.
func TestTimeline(t *testing.T) {
	columns := golden(t, "story.pcapng")
	_, content, _ := strings.Cut(Of(story(t, 1), Options{}).Reports[0].Content, "## Timeline")
	row := regexp.MustCompile(`(?m)^\| ([-0-9]{10} [:.0-9]{12}) \| ([0-9]+) \| (.*)$`)
	request := regexp.MustCompile("^[0-9.]+ requests `GET ([^`]+)`")
	have := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(content, -1) {
		packet, _ := strconv.Atoi(m[2])
		seconds, _ := strconv.ParseFloat(columns["frame.time_epoch"][packet-1], 64)
		if want := time.UnixMicro(int64(seconds * 1e6)).UTC().Format("2006-01-02 15:04:05.000"); want != m[1] {
			t.Errorf("packet %d: %s, tshark shows %s", packet, m[1], want)
		}
		if uri := request.FindStringSubmatch(m[3]); uri != nil {
			have[m[2]+" "+uri[1]] = true
		}
	}
	want := map[string]bool{}
	for i, uri := range columns["http.request.full_uri"] {
		if uri != "" {
			want[strconv.Itoa(i+1)+" "+uri] = true
		}
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("-tshark +timeline\n%s", diff)
	}
}

// Captured text is never markup.
func TestReportOfHostileNames(t *testing.T) {
	for _, evil := range []string{
		"`x`", "a|b|c", "-->", "->>h1: x", "%%{init: {\"theme\":\"dark\"}}%%", "end", "a;b", "#35;", "# heading", "\n\n# b", "<img src=x onerror=1>",
		"</td></table>", "\u202egnp.exe", "```", "~~~", "![a](http://x.example/a.png)", "[a](javascript:1)", "\\", "\\|", "$$x$$", "&lt;",
		"@[attribute](966414aa-95e9-542d-a29d-61dafe2e9870)", "@![attribute](966414aa-95e9-542d-a29d-61dafe2e9870)", "@[tag](tlp:clear)",
		"http://www.example", "\x1b[2J", "\x00", "\xff", "😀", strings.Repeat("a|`", 1365),
	} {
		var c capture
		c.conversation("203.0.113.1", "GET /"+evil+" HTTP/1.1\r\nHost: "+evil+"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\""+
			evil+"\"\r\nContent-Type: application/"+evil+"\r\nContent-Length: 2\r\n\r\nMZ")
		c.conversation("203.0.113.1", "GET /r HTTP/1.1\r\nHost: a.example\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://"+evil+"/\r\nContent-Length: 0\r\n\r\n")
		c.conversation("203.0.113.2", "USER "+evil+"\r\n", "220 ftp\r\n331 more\r\n")
		c.conversation("203.0.113.3", "EHLO a\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\nFrom: "+evil+" <a@"+evil+
			">\r\nSubject: "+evil+"\r\n\r\nx\r\n.\r\n", "220 a ESMTP\r\n250 a\r\n250 a\r\n250 a\r\n354 a\r\n250 a\r\n")
		c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(1, evil[:min(len(evil), 63)], "example")))
		rep := c.named(t, evil)
		for _, o := range []Options{{Info: evil}, {All: true, Warned: func(_, _ string) []Warning { return []Warning{{List: evil}} }}} {
			ev := Of(rep, o)
			acceptable(t, ev)
			if len(ev.Reports) != 1 {
				t.Fatalf("%d reports", len(ev.Reports))
			}
		}
	}
}

// A Report that was written, changed and read back holds any text in any field.
func TestReportOfTamperedFields(t *testing.T) {
	const evil = "`|<b>@[tag](x)\n```\n%%{init}%%;#end"
	text := regexp.MustCompile(`"([a-z_0-9]+)":"(?:[^"\\]|\\.)*"`)
	changed := 0
	for _, name := range []string{"story.pcapng", "smtp.pcap", "ftp.pcap", "irc.pcap", "snaplen.pcap"} {
		var b bytes.Buffer
		if err := readFile(t, "../../testdata/"+name, extract.Options{Stream: stream.Config{Hash: stream.HashAll}}).WriteJSON(&b, true); err != nil {
			t.Fatal(err)
		}
		fields := map[string]bool{}
		for _, m := range text.FindAllStringSubmatch(b.String(), -1) {
			fields[m[1]] = true
		}
		for field := range fields {
			quoted, _ := json.Marshal(evil)
			value := regexp.MustCompile(`"` + field + `":"(?:[^"\\]|\\.)*"`)
			tampered := value.ReplaceAllLiteralString(b.String(), `"`+field+`":`+string(quoted))
			rep, err := extract.ReadJSON(strings.NewReader(tampered))
			if err != nil {
				continue // an address or a hash
			}
			changed++
			for _, o := range []Options{{}, {All: true}} {
				ev := Of(rep, o)
				checkReport(t, ev, ev.Reports[0].Content)
			}
		}
	}
	if changed < 20 {
		t.Errorf("%d fields can be changed", changed)
	}
}

// A report of far more than it can show says how much is missing, and fits into MISP.
func TestReportBounds(t *testing.T) {
	var c capture
	long := strings.Repeat("|", 2000)
	for i := range 1500 {
		server := fmt.Sprintf("198.51.%d.%d", 100+i/250, i%250+1)
		c.conversation(server, fmt.Sprintf("GET /%d%s HTTP/1.1\r\nHost: h%d.example\r\n\r\n", i, long, i),
			"HTTP/1.1 200 OK\r\nContent-Type: application/x-a"+long[:100]+"\r\nContent-Length: 2\r\n\r\nM"+string(rune('A'+i%20)))
		c.add(build.TCP{Src: fmt.Sprintf("10.0.1.%d", i%250+1), Dst: server, SrcPort: 40000, DstPort: uint16(i + 1), Seq: 1, Flags: 2}.Packet())
	}
	rep := c.named(t, long)
	ev := Of(rep, Options{})
	acceptable(t, ev)
	content := ev.Reports[0].Content
	for _, want := range []string{"more hosts.", "more servers.", "more lines.", "more attributes.", "Not in the timeline: ", "Not in the diagram", "HTTP requests", "connection."} {
		if !strings.Contains(content, want) {
			t.Errorf("no %q in the report", want)
		}
	}
	if n := strings.Count(content, "participant"); n > maxParticipants {
		t.Errorf("%d participants", n)
	}
	if n := strings.Count(content, ">>h"); n > maxSteps {
		t.Errorf("%d arrows", n)
	}
}

// The report says what is left out, and why reading stopped.
func TestReportOfDamage(t *testing.T) {
	rep := story(t, 1)
	rep.Captures[0].Err = errors.New("unexpected | EOF")
	rep.Unseen.Damaged = map[string]int64{"TCP|": 7}
	rep.Unseen.Parted = 3
	s := Select(rep, Options{MaxObjects: 3})
	ev := s.Event()
	acceptable(t, ev)
	for _, want := range []string{
		"| `story.pcapng was read only up to packet 205: unexpected \\x7c EOF` |",
		"| `malformed or truncated packets by layer: 7 TCP\\x7c` |",
		"| `3 connections closed early because too many were open at once` |",
		decimal(s.ObjectsLeftOut) + " objects left out at the limit of the event.",
		"| private address | 5 | 254 | `10.20.30.1`, `10.20.30.17`, `fd00:20:30::1` |",
	} {
		if !strings.Contains(ev.Reports[0].Content, want) {
			t.Errorf("the report has no %q", want)
		}
	}
}

// Options.Only and NoReport hold for the report.
func TestReportOptions(t *testing.T) {
	rep := story(t, 1)
	if n := len(Of(rep, Options{NoReport: true}).Reports); n != 0 {
		t.Errorf("%d reports with NoReport", n)
	}
	ev := Of(rep, Options{Only: extract.TopicSetOf(extract.DNS), Detail: Indicators})
	acceptable(t, ev)
	content := ev.Reports[0].Content
	if strings.Contains(content, "requests") || !strings.Contains(content, "DNS query") || strings.Contains(content, "@[object]") {
		t.Errorf("a report on DNS without objects:\n%s", content)
	}
}

// A capture without packets, and one that never leaves a local network, have a report.
func TestReportOfLittle(t *testing.T) {
	var empty, local capture
	acceptable(t, Of(empty.named(t, "empty.pcap"), Options{}))
	local.conversation("10.0.0.9", "GET /a HTTP/1.1\r\nHost: intranet\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	content := Of(local.named(t, "local.pcap"), Options{}).Reports[0].Content
	if !strings.Contains(content, "10.0.0.5 requests `GET http://intranet/a` from 10.0.0.9: status 200") {
		t.Errorf("no request in the local network:\n%s", content)
	}
	// capture_dhcp in testdata/lab/captures.sh runs a client with this name.
	content = Of(readFile(t, "../../testdata/dhcp.pcap", extract.Options{}), Options{}).Reports[0].Content
	if !strings.Contains(content, "| 10.20.30.104 | `ws17` |") {
		t.Errorf("no name of the client:\n%s", content)
	}
}

// The tables, full of the longest rows, and the diagram fit into MISP together, so that
// the end of a report is never cut.
func TestLongestReport(t *testing.T) {
	rep := story(t, 1)
	rep.Captures[0].Name = strings.Repeat("\u202e", 200)
	s := Select(rep, Options{Private: true, All: true})
	why := strings.Repeat("x", 150)
	for len(s.Attributes) < 1000 {
		a := s.Attributes[len(s.Attributes)%20]
		a.Rule, a.Verdict = Rule(why), Verdict(len(s.Attributes)%2)
		s.Attributes = append(s.Attributes, a)
	}
	for i := range 100 {
		s.LeftOut = append(s.LeftOut, LeftOut{Rule: Rule(fmt.Sprint(why, i)), Value: rep.Captures[0].Name, Count: 1})
		rep.Captures = append(rep.Captures, rep.Captures[0])
		rep.Captures[i+1].Err = errors.New(rep.Captures[0].Name)
	}
	content := s.Event().Reports[0].Content
	before, rest, _ := strings.Cut(content, "## Inside hosts")
	_, after, _ := strings.Cut(rest, "## For detection")
	between := 4000 + 6000 + 8500 + 1500 // what this capture does not fill: clients, servers, steps, heads
	diagram := (maxParticipants + maxSteps) * (len("    participant h12 as  (ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff)") + 3*(maxLabel+1))
	if n := len(before) + between + diagram + len(after); n > 65533 || n < 60_000 || !strings.HasSuffix(content, "more lines.\n\n") {
		t.Errorf("%d bytes, %d at most; it ends %q", len(content), n, content[len(content)-100:])
	}
}

// insert keeps the first of a list in order.
func TestInsert(t *testing.T) {
	var list []int
	for _, v := range []int{5, 3, 9, 1, 3, 7, 0, 8} {
		list = insert(list, 4, v, func(a, b *int) bool { return *a < *b })
	}
	if want := []int{0, 1, 3, 3}; !slices.Equal(list, want) {
		t.Errorf("%v, want %v", list, want)
	}
}

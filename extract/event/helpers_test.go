package event

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// A capture builds a capture file whose packets are one second apart.
type capture struct {
	file build.Pcap
	n    int
}

func (c *capture) add(ip []byte) *capture {
	etherType := uint16(0x0800)
	if ip[0]>>4 == 6 {
		etherType = 0x86dd
	}
	return c.at(start.Add(time.Duration(c.n)*time.Second), build.Ethernet(etherType, ip))
}

func (c *capture) at(t time.Time, frame []byte) *capture {
	c.file.Add(t, frame)
	c.n++
	return c
}

// request adds a TCP segment with an HTTP request.
func (c *capture) request(src, dst string, port uint16, data string) *capture {
	return c.add(build.TCP{Src: src, Dst: dst, SrcPort: 40000, DstPort: port, Seq: 1, Flags: 0x18, Data: data}.Packet())
}

func (c *capture) report(t *testing.T, o extract.Options) *extract.Report {
	t.Helper()
	r, err := pcap.NewReaderBytes(c.file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	rep, err := extract.Read(context.Background(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// rows returns the attributes as "type value count".
func rows(rep *extract.Report, o Options) []string {
	var out []string
	for _, a := range Select(rep, o).Attributes {
		out = append(out, fmt.Sprintf("%s %s %d", a.Type, a.Value, a.Count))
	}
	return out
}

func leftOut(rep *extract.Report, o Options) []string {
	var out []string
	for _, l := range Select(rep, o).LeftOut {
		out = append(out, fmt.Sprintf("%s: %s", l.Rule, l.Value))
	}
	return out
}

// dns returns a response with the given records, or a query if there are none.
func dns(t *testing.T, question string, records ...dnsmessage.ResourceBody) []byte {
	t.Helper()
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: 1, Response: len(records) > 0})
	name := dnsmessage.MustNewName(question)
	b.StartQuestions()
	b.Question(dnsmessage.Question{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET})
	b.StartAnswers()
	for _, r := range records {
		h := dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET, TTL: 60}
		switch r := r.(type) {
		case *dnsmessage.AResource:
			b.AResource(h, *r)
		case *dnsmessage.AAAAResource:
			b.AAAAResource(h, *r)
		case *dnsmessage.CNAMEResource:
			b.CNAMEResource(h, *r)
			name = r.CNAME
		}
	}
	out, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// answered adds a request and its response.
func (c *capture) answered(src, dst string, port uint16, request, response string) *capture {
	const here = 40000
	c.request(src, dst, port, request)
	return c.add(build.TCP{
		Src: dst, Dst: src, SrcPort: port, DstPort: here, Seq: 1, Ack: 1 + uint32(len(request)), Flags: 0x18, Data: response,
	}.Packet())
}

// conversation adds a TCP connection in which each side sends one message.
func (c *capture) conversation(server, client, answer string) {
	c.n++
	src := uint16(40000 + c.n)
	to := build.TCP{Src: "10.0.0.5", Dst: server, SrcPort: src, DstPort: 80, Seq: 1, Flags: 2}
	back := build.TCP{Src: server, Dst: "10.0.0.5", SrcPort: 80, DstPort: src, Seq: 1, Ack: 2, Flags: 0x12}
	c.add(to.Packet())
	c.add(back.Packet())
	to.Seq, back.Seq, to.Flags, back.Flags = 2, 2, 0x18, 0x18
	for len(client) > 0 {
		n := min(len(client), 1400)
		to.Data = client[:n]
		c.add(to.Packet())
		to.Seq, client = to.Seq+uint32(n), client[n:]
	}
	back.Ack = to.Seq
	for len(answer) > 0 {
		n := min(len(answer), 1400)
		back.Data = answer[:n]
		c.add(back.Packet())
		back.Seq, answer = back.Seq+uint32(n), answer[n:]
	}
}

// acceptable fails the test if MISP would not store the event unchanged.
func acceptable(t *testing.T, ev *misp.Event) {
	t.Helper()
	seen := map[misp.UUID]bool{}
	once := func(id misp.UUID) {
		if seen[id] {
			t.Errorf("UUID %v used twice", id)
		}
		seen[id] = true
	}
	check := func(a *misp.Attribute) {
		once(a.UUID)
		if v, err := misp.Accept(a.Type, a.Value); err != nil || v != a.Value {
			t.Errorf("%s %q: %q, %v", a.Type, a.Value, v, err)
		}
	}
	for i := range ev.Attributes {
		check(&ev.Attributes[i])
	}
	for i := range ev.Objects {
		o := &ev.Objects[i]
		once(o.UUID)
		if err := o.Check(); err != nil {
			t.Errorf("%s: %v", o.Template.Name, err)
		}
		for j := range o.Attributes {
			check(&o.Attributes[j])
		}
	}
	for i := range ev.Objects {
		for _, r := range ev.Objects[i].References {
			once(r.UUID)
			if !seen[r.To] {
				t.Errorf("dangling reference to %v", r.To)
			}
		}
	}
	for i := range ev.Reports {
		once(ev.Reports[i].UUID)
		checkReport(t, ev, ev.Reports[i].Content)
	}
	if out, err := json.Marshal(ev); err != nil || !utf8.Valid(out) {
		t.Errorf("%v: %.200q", err, out)
	}
}

// captures returns the names of the captures in testdata.
func captures(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal("no captures", err)
	}
	return names
}

// withCorpus returns the captures in testdata and the readable ones of the
// development corpus, if it is set.
func withCorpus(t testing.TB) []string {
	t.Helper()
	names := captures(t)
	corpus := os.Getenv("SIGHTLINE_CORPUS")
	if corpus == "" {
		return names
	}
	more, err := filepath.Glob(filepath.Join(corpus, "dev", "*", "*"))
	if err != nil || len(more) == 0 {
		t.Fatalf("no captures in SIGHTLINE_CORPUS: %v", err)
	}
	for _, name := range more {
		if r, err := pcap.Open(name); err == nil {
			r.Close()
			names = append(names, name)
		}
	}
	return names
}

// readFile returns the report of a file and ignores damage.
func readFile(t testing.TB, name string, o extract.Options) *extract.Report {
	t.Helper()
	r, err := pcap.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := extract.Extractor{Options: o}
	x.Read(context.Background(), filepath.Base(name), r)
	return x.Finish()
}

// named returns the report of the capture, read under the given name.
func (c *capture) named(t *testing.T, name string) *extract.Report {
	t.Helper()
	var x extract.Extractor
	if err := x.ReadInput(t.Context(), name, bytes.NewReader(c.file.Bytes())); err != nil {
		t.Fatal(err)
	}
	return x.Finish()
}

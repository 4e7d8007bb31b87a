package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// captures returns the names of the captures of testdata.
func captures(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal("no captures", err)
	}
	return names
}

// withCorpus returns the captures of testdata, and those of the development
// corpus if there is one, as far as they can be opened.
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

// readFile reports on a file, whose damage is no failure.
func readFile(t testing.TB, name string, o Options) *Report {
	t.Helper()
	r, err := pcap.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := Extractor{Options: o}
	x.Read(context.Background(), filepath.Base(name), r)
	return x.Finish()
}

func jsonOf(t testing.TB, r *Report, provenance bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSON(&b, provenance); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sameText(t *testing.T, name, a, b string) {
	t.Helper()
	if a != b {
		t.Errorf("%s: %s", name, cmp.Diff(strings.Split(a, "\n"), strings.Split(b, "\n")))
	}
}

// crowd is a capture in which every bound of small is reached.
func crowd() []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var f build.Pcap
	for i := range fault.Size(12_000, 6000) {
		at := start.Add(time.Duration(i) * 5 * time.Millisecond)
		src := fmt.Sprintf("10.0.%d.%d", rng.IntN(4), rng.IntN(250)+1)
		dst := fmt.Sprintf("192.0.2.%d", rng.IntN(250)+1)
		port := uint16(1024 + rng.IntN(50_000))
		var ip []byte
		switch i % 4 {
		case 0:
			ip = build.UDP(src, port, dst, 53, build.DNSQuery(uint16(i), fmt.Sprint("n", rng.IntN(3000)), "example"))
		case 1:
			ip = build.TCP{Src: src, Dst: dst, SrcPort: port, DstPort: 80, Seq: 1, Flags: 2}.Packet()
		case 2:
			ip = build.TCP{Src: src, Dst: dst, SrcPort: port, DstPort: 80, Seq: 1, Flags: 0x18,
				Data: fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h%d.example\r\n\r\n", rng.IntN(500), rng.IntN(50))}.Packet()
		default: // bytes that wait for others
			ip = build.TCP{Src: src, Dst: dst, SrcPort: port % 200, DstPort: 8080, Seq: uint32(rng.IntN(1 << 20)), Flags: 0x10,
				Data: strings.Repeat("x", 1000)}.Packet()
		}
		f.Add(at, build.Ethernet(0x0800, ip))
	}
	return f.Bytes()
}

var small = Options{
	MaxValues: 100, MaxConns: 150, MaxLive: 640,
	Stream: stream.Config{MaxBytes: 1 << 20, MaxSilent: 640, Hash: stream.HashAll},
}

func readBytes(t testing.TB, b []byte, o Options) *Report {
	t.Helper()
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	rep, _ := Read(context.Background(), r, o)
	return rep
}

// The report is the same, byte for byte, for any number of workers, at the
// bounds too.
func TestWorkers(t *testing.T) {
	b := crowd()
	want := readBytes(t, b, small)
	if want.Unseen.Parted == 0 || want.Unseen.Stream.Evicted == 0 || len(want.LeftOut()) < 4 {
		t.Fatalf("not every bound is reached: %+v, %v", want.Unseen, want.LeftOut())
	}
	for _, workers := range []int{2, 8, 100} {
		o := small
		o.Workers = workers
		sameText(t, fmt.Sprint(workers, " workers"), jsonOf(t, want, true), jsonOf(t, readBytes(t, b, o), true))
	}
	for _, name := range withCorpus(t) {
		o := Options{Stream: stream.Config{Hash: stream.HashAll}}
		want := jsonOf(t, readFile(t, name, o), true)
		for _, o.Workers = range []int{2, 8} {
			sameText(t, name, want, jsonOf(t, readFile(t, name, o), true))
		}
	}
}

// A report that is written is read back without loss.
func TestJSON(t *testing.T) {
	reports := []*Report{new(Report), readBytes(t, crowd(), small)}
	for _, name := range captures(t) {
		reports = append(reports, readFile(t, name, Options{Stream: stream.Config{Hash: stream.HashAll}}))
	}
	for i, r := range reports {
		want := jsonOf(t, r, true)
		back, err := ReadJSON(strings.NewReader(want))
		if err != nil {
			t.Fatal(i, err)
		}
		sameText(t, fmt.Sprint("report ", i), want, jsonOf(t, back, true))
		if diff := cmp.Diff(r.Event(EventOptions{}), back.Event(EventOptions{})); diff != "" {
			t.Errorf("report %d gives another event: %s", i, diff)
		}
	}
}

// parts returns the packets of a capture in n captures.
func parts(b []byte, n int) [][]byte {
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		panic(err)
	}
	files := make([]bytes.Buffer, n)
	writers := make([]*pcap.Writer, n)
	for i := range files {
		if writers[i], err = pcap.NewWriter(&files[i], r.Header().LinkType); err != nil {
			panic(err)
		}
	}
	var all []*pcap.Record
	for rec, err := range r.All() {
		if err != nil {
			panic(err)
		}
		all = append(all, rec.Clone())
	}
	out := make([][]byte, n)
	for i, rec := range all {
		writers[i*n/len(all)].Write(rec)
	}
	for i := range out {
		out[i] = files[i].Bytes()
	}
	return out
}

// Reports can be merged in any order and grouping, and nothing changes by
// merging with an empty one.
func TestMergeIsMonoid(t *testing.T) {
	read := func() []*Report {
		var reports []*Report
		for i, b := range parts(crowd(), 3) {
			r, _ := pcap.NewReaderBytes(b)
			x := Extractor{Options: small}
			x.Read(context.Background(), fmt.Sprint("part ", i), r)
			reports = append(reports, x.Finish())
		}
		return reports
	}
	merge := func(into *Report, others ...*Report) *Report {
		for _, o := range others {
			if err := into.Merge(o); err != nil {
				t.Fatal(err)
			}
		}
		return into
	}
	p := read()
	want := jsonOf(t, merge(p[0], p[1], p[2]), true)
	p = read()
	sameText(t, "another grouping", want, jsonOf(t, merge(p[0], merge(p[1], p[2])), true))
	p = read()
	sameText(t, "another order", want, jsonOf(t, merge(p[2], p[0], p[1]), true))
	p = read()
	sameText(t, "with empty ones", want, jsonOf(t, merge(new(Report), p[1], new(Report), p[2], p[0]), true))
}

// What single packets show is the same in a capture and in its parts.
func TestPartsAndWhole(t *testing.T) {
	b := crowd()
	o := small
	o.Only = []Topic{DNS, DHCP}
	whole := readBytes(t, b, o)
	for _, n := range []int{2, 5, 20} {
		sum := new(Report)
		for i, part := range parts(b, n) {
			r, _ := pcap.NewReaderBytes(part)
			x := Extractor{Options: o}
			x.Read(context.Background(), fmt.Sprint(i), r)
			if err := sum.Merge(x.Finish()); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range []*Report{whole, sum} {
			r.Unseen.Stream = stream.Stats{} // counts connections, which parts cut
		}
		sameText(t, fmt.Sprint(n, " parts"), jsonOf(t, whole, false), jsonOf(t, sum, false))
	}
}

func TestMergeTwice(t *testing.T) {
	b := crowd()
	r := readBytes(t, b, small)
	want := jsonOf(t, r, true)
	if err := r.Merge(readBytes(t, b, small)); err == nil {
		t.Error("the same capture can be merged twice")
	}
	sameText(t, "after the refusal", want, jsonOf(t, r, true))
}

// The same packets in another container, or compressed, give the same report
// but for where they lie.
func TestContainers(t *testing.T) {
	plain := jsonOf(t, readFile(t, "../testdata/http.pcap", Options{}), false)
	b, err := os.ReadFile("../testdata/http.pcap")
	if err != nil {
		t.Fatal(err)
	}
	r, _ := pcap.NewReaderBytes(b)
	ng := new(build.Pcapng).Section().Interface(uint16(r.Header().LinkType), 0)
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		ng.Enhanced(0, uint64(rec.Time.UnixMicro()), rec.Data)
	}
	sameText(t, "pcapng", plain, jsonOf(t, readBytes(t, ng.Bytes(), Options{}), false))
	sameText(t, "gzip", plain, jsonOf(t, readBytes(t, gzipped(t, b), Options{}), false))
}

// Every attribute of the captures of testdata is found again in the packets
// behind it.
func TestVerify(t *testing.T) {
	total := 0
	for _, name := range withCorpus(t) {
		o := Options{Stream: stream.Config{Hash: stream.HashAll}}
		rep := readFile(t, name, o)
		all := rep.Select(EventOptions{All: true, Detail: Indicators}).Attributes
		missing, err := Verify(context.Background(), o, all, func(int) (*pcap.Reader, error) { return pcap.Open(name) })
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		total += len(all)
		for _, a := range missing {
			t.Errorf("%s: %s %q is not found again", name, a.Type, a.Value)
		}
	}
	t.Logf("%d attributes", total)
	if total < 500 {
		t.Errorf("only %d attributes", total)
	}
}

// What is in no packet is not found.
func TestVerifyFindsNothing(t *testing.T) {
	rep := readFile(t, "../testdata/dns.pcap", Options{})
	all := rep.Select(EventOptions{All: true, Detail: Indicators}).Attributes
	for i := range all {
		all[i].Value += "x"
	}
	missing, err := Verify(context.Background(), Options{}, all, func(int) (*pcap.Reader, error) { return pcap.Open("../testdata/dns.pcap") })
	if err != nil || len(missing) != len(all) {
		t.Errorf("%d of %d are found, %v", len(all)-len(missing), len(all), err)
	}
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

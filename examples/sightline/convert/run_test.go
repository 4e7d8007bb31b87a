package convert

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC)

// converted runs the command on standard input and output.
func converted(t *testing.T, file []byte, args ...string) (status int, out []byte, stderr string) {
	t.Helper()
	var stdout, errs bytes.Buffer
	status = run(context.Background(), append(args, "-", "-"), bytes.NewReader(file), &stdout, &errs)
	return status, stdout.Bytes(), errs.String()
}

// must is like converted but fails the test on an error.
func must(t *testing.T, file []byte, args ...string) []byte {
	t.Helper()
	status, out, stderr := converted(t, file, args...)
	if status != 0 || stderr != "" {
		t.Fatalf("%v: status %d: %s", args, status, stderr)
	}
	return out
}

func records(t *testing.T, b []byte) (recs []*pcap.Record, h pcap.Header) {
	t.Helper()
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, rec.Clone())
	}
	return recs, r.Header()
}

var (
	ignored = cmpopts.IgnoreFields(pcap.Record{}, "Number", "Offset", "BigEndian", "Options")

	query  = build.Ethernet(0x0800, build.UDP("192.0.2.1", 5000, "192.0.2.53", 53, build.DNSQuery(7, "www", "example")))
	web    = build.Ethernet(0x86dd, build.TCP{Src: "2001:db8::1", Dst: "2001:db8::2", SrcPort: 4000, DstPort: 80}.Packet())
	tunnel = build.Ethernet(0x0800, build.IP("198.51.100.1", "198.51.100.2", 4, build.UDP("192.0.2.1", 5001, "192.0.2.54", 53, nil)))
	arp    = build.Ethernet(0x0806, make([]byte, 28))
)

// classic returns a capture of these packets, a second apart.
func classic(nanos bool, packets ...[]byte) []byte {
	f := build.Pcap{Nanoseconds: nanos}
	for i, p := range packets {
		f.AddCut(start.Add(time.Duration(i)*time.Second), p, len(p)+i)
	}
	return f.Bytes()
}

func TestFormats(t *testing.T) {
	file := classic(true, query, web, arp)
	want, _ := records(t, file)
	for _, way := range [][]string{{}, {"pcapng"}, {"nspcap"}, {"pcapng", "nspcap"}, {"nspcap", "pcapng", "pcapng"}} {
		b := file
		for _, format := range way {
			b = must(t, b, "-F", format)
		}
		got, h := records(t, b)
		if diff := cmp.Diff(want, got, ignored); diff != "" {
			t.Errorf("%v:\n%s", way, diff)
		}
		if len(way) > 0 && h.Format.String() != strings.TrimPrefix(way[len(way)-1], "ns") {
			t.Errorf("%v: the format is %v", way, h.Format)
		}
	}
	for _, rec := range want {
		rec.Time = rec.Time.Truncate(time.Microsecond)
	}
	got, h := records(t, must(t, file, "-F", "pcap"))
	if diff := cmp.Diff(want, got, ignored); diff != "" || h.Nanoseconds {
		t.Errorf("pcap, nanoseconds %t:\n%s", h.Nanoseconds, diff)
	}
}

func TestFilters(t *testing.T) {
	file := classic(true, query, web, tunnel, arp)
	at := func(i int) string { return start.Add(time.Duration(i) * time.Second).Format(time.RFC3339Nano) }
	for _, test := range []struct {
		args string
		want []int // wire length minus captured length identifies the packet
	}{
		{"", []int{0, 1, 2, 3}},
		{"-host 192.0.2.53", []int{0}},
		{"-host 192.0.2.1", []int{0, 2}},
		{"-host 192.0.2.0/24", []int{0, 2}},
		{"-host 198.51.100.2", []int{2}},
		{"-host 2001:db8::/32", []int{1}},
		{"-host 203.0.113.1", nil},
		{"-port 53", []int{0, 2}},
		{"-port 4000", []int{1}},
		{"-port 53 -host 192.0.2.54", []int{2}},
		{"-from " + at(1), []int{1, 2, 3}},
		{"-to " + at(1), []int{0}},
		{"-from " + at(1) + " -to " + at(3), []int{1, 2}},
	} {
		for _, format := range []string{"pcapng", "pcap"} {
			got, _ := records(t, must(t, file, append(strings.Fields(test.args), "-F", format)...))
			var which []int
			for _, rec := range got {
				which = append(which, rec.WireLen-len(rec.Data))
			}
			if diff := cmp.Diff(test.want, which); diff != "" {
				t.Errorf("%s %s:\n%s", format, test.args, diff)
			}
		}
	}
	untimed := new(build.Pcapng).Section().Interface(1, 0).Simple(uint32(len(query)), query).Bytes()
	if got, _ := records(t, must(t, untimed, "-from", at(0))); got != nil {
		t.Error("a packet without a time matches -from")
	}
}

// full returns a pcapng file with options and with blocks of several types.
func full() *build.Pcapng {
	return new(build.Pcapng).Section(build.Option{Code: 4, Value: []byte("sensor")}).
		Interface(1, 0, build.Option{Code: 2, Value: []byte("eth0")}).
		Block(10, []uint32{0x544c534b, 4}, []byte("keys")).
		Enhanced(0, 1e15, query, build.Option{Code: 1, Value: []byte("look")}).
		Block(0xbad, []uint32{32473}, nil).Block(0x40000bad, []uint32{32473}, nil).
		Simple(uint32(len(web)), web)
}

// types returns the types of a file's blocks, and its comments.
func types(t *testing.T, b []byte) (all []string) {
	t.Helper()
	for b, err := range pcapng.NewReaderBytes(b).Blocks() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b.Type.String())
		for o := range b.Options() {
			all = append(all, o.Text())
		}
	}
	return all
}

func TestPcapngKeepsEverything(t *testing.T) {
	file := full().Bytes()
	copy(file[16:], "\x00\x01\x00\x00\x00\x00\x00\x00") // a section length
	got := must(t, file, "-with-keys")
	for b := range pcapng.NewReaderBytes(got).Blocks() {
		if s, ok := b.Header(); ok && s.Length != -1 {
			t.Errorf("section length %d", s.Length)
		}
	}
	copy(got[16:], file[16:24])
	if !bytes.Equal(got, file) {
		t.Error(cmp.Diff(file, got))
	}
	// A custom block marked not to be copied is left out of a changed file.
	want := []string{"section header", "sensor", "interface description", "eth0", "decryption secrets", "enhanced packet", "look", "custom"}
	if diff := cmp.Diff(want, types(t, must(t, file, "-port", "53", "-with-keys"))); diff != "" {
		t.Error(diff)
	}
}

// Secrets are only copied with -with-keys.
func TestSecretsStay(t *testing.T) {
	file := full().Bytes()
	for _, args := range [][]string{nil, {"-port", "53"}, {"-F", "pcap"}} {
		if out := must(t, file, args...); bytes.Contains(out, []byte("keys")) {
			t.Errorf("%v: the secrets are in the output", args)
		}
	}
}

func TestOneLinkType(t *testing.T) {
	file := new(build.Pcapng).Section().Interface(1, 0).Interface(101, 0).Enhanced(0, 1, query).Enhanced(1, 2, query[14:]).Enhanced(0, 3, query).Bytes()
	status, out, stderr := converted(t, file, "-F", "pcap")
	want := "sightline convert: packet 2: link type RAW after link type ETHERNET, and a pcap file holds only one: write pcapng (-F pcapng), or filter\n"
	if recs, _ := records(t, out); status != 1 || stderr != want || len(recs) != 1 {
		t.Errorf("status %d, %d packets, %s", status, len(recs), stderr)
	}
	if recs, _ := records(t, must(t, file)); len(recs) != 3 {
		t.Errorf("%d packets as pcapng", len(recs))
	}
}

// The length of the frame check sequence survives conversion.
func TestCheckSequence(t *testing.T) {
	fcs := build.Pcap{LinkType: 1 | 1<<26 | 2<<28}
	file := fcs.Add(start, append(query, 1, 2, 3, 4)).Bytes()
	for _, way := range [][]string{{"pcap"}, {"nspcap"}, {"pcapng"}, {"pcapng", "pcap"}, {"pcapng", "pcapng"}} {
		b := file
		for _, format := range way {
			b = must(t, b, "-F", format)
		}
		if recs, _ := records(t, b); recs[0].FCSLen != 4 {
			t.Errorf("%v: check sequence of %d bytes, want 4", way, recs[0].FCSLen)
		}
	}
	bits := build.Option{Code: 13, Value: []byte{32}}
	mixed := new(build.Pcapng).Section().Interface(1, 0, bits).Interface(1, 0).Enhanced(0, 1, query).Enhanced(1, 2, query).Bytes()
	status, out, stderr := converted(t, mixed, "-F", "pcap")
	want := "sightline convert: packet 2: check sequence of 0 bytes after 4 bytes, and a pcap file holds only one length: write pcapng (-F pcapng), or filter\n"
	if recs, _ := records(t, out); status != 1 || stderr != want || len(recs) != 1 {
		t.Errorf("status %d, %d packets, %s", status, len(recs), stderr)
	}
}

// An input without packets gives a file without packets.
func TestNoPackets(t *testing.T) {
	link := build.Pcap{LinkType: 113}
	for name, file := range map[string][]byte{"pcap": link.Bytes(), "pcapng": new(build.Pcapng).Section().Bytes()} {
		for _, format := range []string{"pcap", "pcapng"} {
			recs, h := records(t, must(t, file, "-F", format))
			if len(recs) != 0 || name == "pcap" && format == "pcap" && h.LinkType != 113 {
				t.Errorf("%s to %s: %d packets of %v", name, format, len(recs), h.LinkType)
			}
		}
	}
}

func TestDamage(t *testing.T) {
	file := classic(false, query, web)
	for _, format := range []string{"pcap", "pcapng"} {
		status, out, stderr := converted(t, file[:len(file)-1], "-F", format)
		recs, _ := records(t, out)
		if status != 1 || len(recs) != 1 || !strings.Contains(stderr, "unexpected EOF") {
			t.Errorf("%s: status %d, %d packets, %s", format, status, len(recs), stderr)
		}
	}
	bad := new(build.Pcapng).Section().Interface(1, 0).Block(6, []uint32{0, 0, 1, 0, 0}, []byte("\x01\x00\x99\x00")).Enhanced(0, 1, query).Bytes()
	status, out, stderr := converted(t, bad)
	if recs, _ := records(t, out); status != 1 || len(recs) != 2 || !strings.Contains(stderr, "1 packets written without their malformed options") {
		t.Errorf("status %d, %d packets, %s", status, len(recs), stderr)
	}
}

// A packet with a time that the output cannot hold does not hide those after it.
func TestFarTimes(t *testing.T) {
	option := func(code uint16, value string) build.Option { return build.Option{Code: code, Value: []byte(value)} }
	seconds, before, after := option(9, "\x00"), option(14, "\x00\x00\x00\x00\x00\x00\x00\xff"), option(14, "\x00\x00\x00\x00\x01\x00\x00\x00")
	for _, test := range []struct {
		name   string
		time   uint64
		option []build.Option
		pcapng bool // holds the time
	}{
		{"before 1970", 1, []build.Option{before}, true},
		{"after 2106", 1, []build.Option{after}, true},
		{"after 9999", 300_000_000_000, []build.Option{seconds}, true},
		{"after 2^63 seconds", 1<<63 + 5, []build.Option{seconds}, false},
	} {
		file := new(build.Pcapng).Section().Interface(1, 0, test.option...).Interface(1, 0).
			Enhanced(0, test.time, query).Enhanced(1, 1e15, query).Bytes()
		for _, format := range []string{"pcap", "pcapng"} {
			status, out, stderr := converted(t, file, "-F", format)
			recs, _ := records(t, out)
			kept := format == "pcapng" && test.pcapng
			if len(recs) != 2 || kept != (status == 0) || kept == strings.Contains(stderr, "1 packets written with the time 1970-01-01") {
				t.Errorf("%s, %s: status %d, %d packets, %s", test.name, format, status, len(recs), stderr)
			} else if !kept && !recs[0].Time.Equal(epoch) || !recs[1].Time.Equal(time.Unix(1e9, 0)) {
				t.Errorf("%s, %s: %v, %v", test.name, format, recs[0].Time, recs[1].Time)
			}
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.cap"), filepath.Join(dir, "out.PCAPNG")
	if err := os.WriteFile(in, classic(false, query), 0o600); err != nil {
		t.Fatal(err)
	}
	call := func(args ...string) (int, string) {
		var stderr bytes.Buffer
		return run(context.Background(), args, nil, nil, &stderr), stderr.String()
	}
	if status, stderr := call(in, out); status != 0 {
		t.Fatal(stderr)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if recs, h := records(t, b); len(recs) != 1 || h.Format != pcap.FormatPcapng {
		t.Errorf("%d packets as %v", len(recs), h.Format)
	}
	none := filepath.Join(dir, "none.pcap")
	if status, _ := call(filepath.Join(dir, "absent"), none); status != 1 {
		t.Errorf("no input: status %d", status)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("an output file was created without input")
	}
	if status, stderr := call(in, filepath.Join(dir, "no", "such", "dir.pcap")); status != 1 || stderr == "" {
		t.Errorf("no output: status %d, %s", status, stderr)
	}
	if status, stderr := call("-F", "pcap", in, in); status != 2 || !strings.Contains(stderr, "same file") {
		t.Errorf("onto itself: status %d, %s", status, stderr)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range []string{"", "-", "- - -", "- out.txt", "-F zip - -", "-host x - -", "-port 0 - -", "-port 65536 - -", "-from yesterday - -", "-x - -"} {
		var stdout, stderr bytes.Buffer
		if status := run(context.Background(), strings.Fields(args), nil, &stdout, &stderr); status != 2 || !strings.Contains(stderr.String(), "convert -h") || stdout.Len() > 0 {
			t.Errorf("%q: status %d, %s", args, status, &stderr)
		}
	}
	var stdout bytes.Buffer
	if status := run(context.Background(), []string{"-h"}, nil, &stdout, nil); status != 0 || stdout.String() != usage {
		t.Errorf("-h: status %d", status)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	if status := run(ctx, []string{"-", "-"}, bytes.NewReader(classic(false, query)), &stdout, &stderr); status != 1 || stderr.String() != "sightline convert: interrupted\n" {
		t.Errorf("status %d, %s", status, &stderr)
	}
}

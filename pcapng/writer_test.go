package pcapng_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// copied copies a file block by block.
func copied(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	r := pcapng.NewReaderBytes(b)
	for b, err := range r.Blocks() {
		if err == nil {
			err = w.WriteBlock(b)
		}
		if err != nil {
			return out.Bytes(), err
		}
	}
	return out.Bytes(), nil
}

// Copying block by block reproduces the bytes, of odd but valid files too.
func TestCopyIsIdentical(t *testing.T) {
	section := "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"
	for name, b := range map[string][]byte{
		"little-endian":          everything(false),
		"big-endian":             everything(true),
		"several sections":       slices.Concat(everything(false), everything(true), everything(false)),
		"minor version 2":        unhex(t, "0a0d0d0a 1c000000 4d3c2b1a 0100 0200 ffffffffffffffff 1c000000"),
		"section length":         unhex(t, "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 0c00000000000000 1c000000 01000080 0c000000 0c000000"),
		"length without padding": unhex(t, section+"ad0b0000 11000000 d97e0000 61abcdef 11000000"),
		"padding that is not 0":  unhex(t, section+"01000000 14000000 0100 abcd 00000000 14000000 06000000 24000000 00000000 0000000000000000 01000000 01000000 61abcdef 24000000"),
		"options without end":    unhex(t, section+"05000000 20000000 00000000 0000000000000000 0100 0100 61abcdef 20000000"),
		"empty":                  nil,
	} {
		got, err := copied(b)
		if err != nil || !bytes.Equal(got, b) {
			t.Errorf("%s: %v\n%s", name, err, cmp.Diff(b, got))
		}
	}
}

// A copied block states its length only as long as it is right.
func TestCopyOfChangedBlock(t *testing.T) {
	b := unhex(t, "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000 ad0b0000 11000000 d97e0000 61abcdef 11000000")
	blocks, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	blocks[1].Body = append(bytes.Clone(blocks[1].Body), 1, 2, 3)
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	if err := errors.Join(w.WriteBlock(blocks[0]), w.WriteBlock(blocks[1])); err != nil {
		t.Fatal(err)
	}
	want := unhex(t, "ad0b0000 18000000 d97e0000 61abcdef 01020300 18000000")
	if diff := cmp.Diff(want, out.Bytes()[28:]); diff != "" {
		t.Error(diff)
	}
}

func TestWriteBlockRefuses(t *testing.T) {
	little, err := read(everything(false))
	if err != nil {
		t.Fatal(err)
	}
	big, err := read(everything(true))
	if err != nil {
		t.Fatal(err)
	}
	wrong := *little[0]
	wrong.BigEndian = true
	for name, b := range map[string]*pcapng.Block{
		"other byte order":         big[5],
		"section of two orders":    &wrong,
		"short section":            {Type: pcapng.SectionHeader, Body: make([]byte, 8)},
		"short interface":          {Type: pcapng.InterfaceDescription, Body: make([]byte, 4)},
		"larger than readers take": {Type: pcapng.Custom, Body: make([]byte, 16<<20-11)},
		"far larger":               {Type: pcapng.Custom, Body: make([]byte, 16<<20+1)},
	} {
		var out bytes.Buffer
		w := pcapng.NewWriter(&out)
		if err := w.WriteBlock(little[0]); err != nil {
			t.Fatal(err)
		}
		before := out.Len()
		if err := w.WriteBlock(b); err == nil || out.Len() != before {
			t.Errorf("%s: %v, %d bytes written", name, err, out.Len()-before)
		}
		if err := w.WriteBlock(little[1]); err != nil {
			t.Errorf("%s: the Writer does not continue: %v", name, err)
		}
	}
}

// A block without a section gets one in its byte order.
func TestWriteBlockBegins(t *testing.T) {
	both(func(big bool) {
		var out bytes.Buffer
		if err := pcapng.NewWriter(&out).WriteBlock(&pcapng.Block{Type: 0x80000001, BigEndian: big, Body: []byte("odd")}); err != nil {
			t.Fatal(err)
		}
		blocks, err := read(out.Bytes())
		if err != nil || len(blocks) != 2 || blocks[1].BigEndian != big || string(blocks[1].Body) != "odd\x00" {
			t.Error(blocks, err)
		}
	})
}

// records returns the records that package pcap reads.
func records(t *testing.T, b []byte) (recs []*pcap.Record) {
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
	return recs
}

// ignored lists the fields of a record that depend on the file, not on the
// packet.
var ignored = cmpopts.IgnoreFields(pcap.Record{}, "Number", "Offset", "BigEndian", "Options")

// Package pcap reads what Write writes, in each resolution to the last
// nanosecond it can represent.
func TestWrite(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC)
	early := time.Unix(0, 123456789).UTC()
	for _, test := range []struct {
		name string
		i    pcapng.Interface
		at   time.Time
		want time.Time
	}{
		{"default", pcapng.Interface{}, at, at},
		{"offset", pcapng.Interface{Offset: at.Unix()}, at, at},
		{"negative offset", pcapng.Interface{Offset: -1e6}, at, at},
		{"before 1970", pcapng.Interface{Offset: -1e6}, time.Unix(-5, 7).UTC(), time.Unix(-5, 7).UTC()},
		{"microseconds", pcapng.Interface{Resolution: pcapng.Microseconds}, at, at.Truncate(time.Microsecond)},
		{"milliseconds", pcapng.Interface{Resolution: pcapng.Milliseconds}, at, at.Truncate(time.Millisecond)},
		{"seconds", pcapng.Interface{Resolution: pcapng.Seconds}, at, at.Truncate(time.Second)},
		{"2^-30", pcapng.Interface{Resolution: 0x80 | 30}, at, at},
		{"2^-1", pcapng.Interface{Resolution: 0x81}, at, at.Truncate(time.Second / 2)},
		{"10^-18", pcapng.Interface{Resolution: 18}, early, early},
		{"2^-63", pcapng.Interface{Resolution: 0x80 | 63}, early, early},
	} {
		both(func(big bool) {
			test.i.LinkType, test.i.FCSLen = pcap.LinkTypeRaw, 4
			var out bytes.Buffer
			w := pcapng.NewWriter(&out)
			err := w.BeginSection(pcapng.Section{BigEndian: big})
			n, addErr := w.AddInterface(test.i)
			rec := &pcap.Record{Time: test.at, Data: []byte("data!"), WireLen: 1500, LinkType: pcap.LinkTypeRaw, FCSLen: 4, Interface: n}
			if err := errors.Join(err, addErr, w.Write(rec, pcapng.Comment("hi"))); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			want := *rec
			want.Time = test.want
			recs := records(t, out.Bytes())
			if diff := cmp.Diff([]*pcap.Record{&want}, recs, ignored); diff != "" {
				t.Errorf("%s:\n%s", test.name, diff)
			}
			for o := range pcapng.PacketOptions(recs[0]) {
				if o.Code != pcapng.OptComment || o.Text() != "hi" {
					t.Errorf("%s: option %d %q", test.name, o.Code, o.Value)
				}
			}
		})
	}
}

// Packets are copied to a file of the other byte order, via its other blocks,
// without changing a number in their options. Custom options that must not be
// copied are dropped.
func TestWriteTurnsByteOrder(t *testing.T) {
	want := options(t, everything(false))
	both(func(big bool) {
		var out bytes.Buffer
		w := pcapng.NewWriter(&out)
		err := w.BeginSection(pcapng.Section{BigEndian: !big})
		r := pcapng.NewReaderBytes(everything(big))
		for b := range r.Blocks() {
			if i, ok := b.Interface(); ok {
				_, e := w.AddInterface(i)
				err = errors.Join(err, e)
			}
			if rec, ok := r.Record(b); ok {
				err = errors.Join(err, w.Write(rec))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(records(t, everything(big)), records(t, out.Bytes()), ignored); diff != "" {
			t.Error(diff)
		}
		noCopy := func(text string) bool { return strings.HasPrefix(text, "19372 ") }
		if diff := cmp.Diff(slices.DeleteFunc(slices.Clone(want), noCopy), options(t, out.Bytes())); diff != "" {
			t.Error(diff)
		}
	})
}

// options describes all options of the packets in a file.
func options(t *testing.T, b []byte) (texts []string) {
	for _, rec := range records(t, b) {
		for o := range pcapng.PacketOptions(rec) {
			text := strconv.Itoa(int(o.Code)) + " "
			n64, is64 := o.Uint64()
			n32, is32 := o.Uint32()
			verdict, _ := o.Verdict()
			custom, isCustom := o.Custom()
			process, thread, _ := o.ProcessThread()
			switch {
			case o.Code == pcapng.OptPacketVerdict:
				text += verdict.String()
			case o.Code == pcapng.OptPacketProcessThread:
				text += strconv.Itoa(int(process)) + "/" + strconv.Itoa(int(thread))
			case isCustom:
				text += strconv.Itoa(int(custom.PEN)) + string(custom.Data)
			case is64:
				text += strconv.FormatUint(n64, 10)
			case is32 && o.Code < 0x8000:
				text += strconv.FormatUint(uint64(n32), 10)
			default:
				text += string(o.Value)
			}
			texts = append(texts, text)
		}
	}
	return texts
}

// All options of an interface, and additional ones.
func TestAddInterface(t *testing.T) {
	both(func(big bool) {
		var out bytes.Buffer
		w := pcapng.NewWriter(&out)
		if err := w.BeginSection(pcapng.Section{BigEndian: big}); err != nil {
			t.Fatal(err)
		}
		many := []pcapng.Interface{uplink, {LinkType: 276}, {SnapLen: 96, Resolution: pcapng.Seconds, Name: "bad \xff UTF-8"}}
		for want, i := range many {
			if n, err := w.AddInterface(i, pcapng.Uint32Option(0x8001, 7)); n != want || err != nil {
				t.Fatalf("interface %d: %v", n, err)
			}
		}
		many[1].Resolution = pcapng.Nanoseconds
		many[2].Name = "bad \uFFFD UTF-8"
		r := pcapng.NewReaderBytes(out.Bytes())
		for b, err := range r.Blocks() {
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Validate(); err != nil {
				t.Error(err)
			}
			if opts := collect(b); b.Type == pcapng.InterfaceDescription && opts[len(opts)-1].Code != 0x8001 {
				t.Errorf("options %v", opts)
			}
		}
		if diff := cmp.Diff(many, r.Interfaces(), sameNet); diff != "" {
			t.Error(diff)
		}
	})
	w := pcapng.NewWriter(io.Discard)
	for _, i := range []pcapng.Interface{
		{LinkType: 1 << 16}, {FCSLen: -1}, {FCSLen: 32}, {Name: strings.Repeat("x", 1<<16)},
		{Addrs: []netip.Prefix{{}}}, {Addrs: []netip.Prefix{netip.PrefixFrom(netip.MustParseAddr("192.0.2.1"), 33)}},
	} {
		if n, err := w.AddInterface(i); err == nil {
			t.Errorf("%+v is interface %d", i, n)
		}
	}
	if n, err := w.AddInterface(pcapng.Interface{}); n != 0 || err != nil {
		t.Errorf("the first interface is %d: %v", n, err)
	}
}

func TestBeginSection(t *testing.T) {
	both(func(big bool) {
		var out bytes.Buffer
		w := pcapng.NewWriter(&out)
		s := pcapng.Section{BigEndian: big, Hardware: "hand", OS: "none", Application: "test", Comments: []string{"a", "b"}}
		if err := errors.Join(w.BeginSection(s, pcapng.CustomData{PEN: 32473}.Option()), w.BeginSection(pcapng.Section{BigEndian: !big, VersionMajor: 7, Length: 100})); err != nil {
			t.Fatal(err)
		}
		blocks, err := read(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		s.VersionMajor, s.Length = 1, -1
		for i, want := range []pcapng.Section{s, {BigEndian: !big, VersionMajor: 1, Length: -1}} {
			got, _ := blocks[i].Header()
			if diff := cmp.Diff(want, got); diff != "" || blocks[i].Section != i || blocks[i].Validate() != nil {
				t.Errorf("section %d:\n%s", blocks[i].Section, diff)
			}
		}
		if opts := collect(blocks[0]); len(opts) != 6 || opts[5].Code != pcapng.OptCustomBinary {
			t.Errorf("options %v", opts)
		}
	})
}

// A rejected section leaves the previous one unchanged.
func TestBeginSectionRefused(t *testing.T) {
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	n, err := w.AddInterface(pcapng.Interface{LinkType: pcap.LinkTypeRaw})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		w.BeginSection(pcapng.Section{BigEndian: true, OS: strings.Repeat("x", 1<<16)}),
		w.WriteBlock(&pcapng.Block{Type: pcapng.SectionHeader, BigEndian: true, Body: append([]byte{0x1a, 0x2b, 0x3c, 0x4d}, make([]byte, 16<<20)...)}),
	} {
		if err == nil {
			t.Error("wrote a section that is too long")
		}
	}
	rec := &pcap.Record{Time: time.Unix(1, 2).UTC(), Data: []byte("ab"), WireLen: 2, LinkType: pcap.LinkTypeRaw, Interface: n}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*pcap.Record{rec}, records(t, out.Bytes()), ignored); diff != "" {
		t.Error(diff)
	}
}

// Simple packet blocks: packets without time.
func TestWriteSimple(t *testing.T) {
	for _, test := range []struct {
		snapLen, wireLen, captured int
		ok                         bool
	}{
		{0, 5, 5, true}, {0, 8, 8, true}, {5, 60, 5, true}, {96, 5, 5, true}, {0, 60, 8, true},
		{0, 60, 5, false}, {96, 60, 5, false}, {4, 60, 5, false}, {0, 3, 5, false},
	} {
		var out bytes.Buffer
		w := pcapng.NewWriter(&out)
		if _, err := w.AddInterface(pcapng.Interface{LinkType: 1, SnapLen: test.snapLen}); err != nil {
			t.Fatal(err)
		}
		rec := &pcap.Record{Data: []byte("12345678")[:test.captured], WireLen: test.wireLen, LinkType: 1}
		if err := w.Write(rec); (err == nil) != test.ok {
			t.Errorf("%+v: %v", test, err)
		}
		if !test.ok {
			continue
		}
		if diff := cmp.Diff([]*pcap.Record{rec}, records(t, out.Bytes()), ignored); diff != "" {
			t.Errorf("%+v:\n%s", test, diff)
		}
		if err := w.Write(rec, pcapng.Comment("no room for it")); err == nil {
			t.Error("wrote a simple packet block with options")
		}
	}
}

// Without AddInterface, the first packet determines the interface.
func TestWriteFirst(t *testing.T) {
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	rec := &pcap.Record{Time: time.Unix(1, 2), Data: []byte("ab"), LinkType: pcap.LinkTypeEthernet, FCSLen: 4}
	if err := w.Write(rec); err != nil {
		t.Fatal(err)
	}
	want := &pcap.Record{Time: time.Unix(1, 2).UTC(), Data: []byte("ab"), WireLen: 2, LinkType: pcap.LinkTypeEthernet, FCSLen: 4}
	if diff := cmp.Diff([]*pcap.Record{want}, records(t, out.Bytes()), ignored); diff != "" {
		t.Error(diff)
	}
	before := out.Len()
	for name, rec := range map[string]*pcap.Record{
		"link type":      {Time: time.Unix(1, 0), LinkType: pcap.LinkTypeRaw},
		"interface":      {Time: time.Unix(1, 0), LinkType: pcap.LinkTypeEthernet, Interface: 1},
		"no interface":   {Time: time.Unix(1, 0), LinkType: pcap.LinkTypeEthernet, Interface: -1},
		"wire length":    {Time: time.Unix(1, 0), LinkType: pcap.LinkTypeEthernet, WireLen: -1},
		"time":           {Time: time.Unix(-1, 0), LinkType: pcap.LinkTypeEthernet},
		"options":        {Time: time.Unix(1, 0), LinkType: pcap.LinkTypeEthernet, Options: []byte{1, 0, 9, 0}},
		"data":           {Time: time.Unix(1, 0), LinkType: pcap.LinkTypeEthernet, Data: make([]byte, 16<<20)},
		"no time":        {LinkType: pcap.LinkTypeEthernet, Options: []byte{0, 0, 0, 0}},
		"length of flag": {Time: time.Unix(1, 0), LinkType: pcap.LinkTypeEthernet, Options: []byte{2, 0, 0, 0}},
	} {
		if err := w.Write(rec); err == nil || out.Len() != before {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range []pcapng.Option{{}, {Code: 1, Value: make([]byte, math.MaxUint16+1)}, {Code: pcapng.OptPacketFlags}} {
		if err := w.Write(rec, o); !errors.Is(err, pcapng.ErrOption) || out.Len() != before {
			t.Errorf("option %d of %d bytes: %v", o.Code, len(o.Value), err)
		}
	}
	if err := w.Write(rec); err != nil || len(records(t, out.Bytes())) != 2 {
		t.Error("the Writer does not continue", err)
	}
}

// broken accepts n bytes, then nothing.
type broken struct{ n int }

var errBroken = errors.New("broken")

func (b *broken) Write(p []byte) (int, error) {
	if b.n -= len(p); b.n < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

// An error of the destination is sticky: the file ends there.
func TestWriteErrorIsKept(t *testing.T) {
	dst := &broken{60}
	w := pcapng.NewWriter(dst)
	rec := &pcap.Record{Time: time.Unix(1, 0), Data: []byte("ab"), LinkType: pcap.LinkTypeEthernet}
	if err := w.Write(rec); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	dst.n = 1 << 20
	_, err := w.AddInterface(pcapng.Interface{})
	for _, err := range []error{err, w.Write(rec), w.WriteNames(nil), w.BeginSection(pcapng.Section{})} {
		if !errors.Is(err, errBroken) {
			t.Error(err)
		}
	}
	if dst.n != 1<<20 {
		t.Error("wrote after an error")
	}
}

// Each block is written in full by a single call.
func TestWriteBlocksWhole(t *testing.T) {
	var writes [][]byte
	w := pcapng.NewWriter(writerFunc(func(p []byte) { writes = append(writes, bytes.Clone(p)) }))
	rec := &pcap.Record{Time: time.Unix(1, 0), Data: []byte("ab"), LinkType: pcap.LinkTypeEthernet}
	if err := errors.Join(w.Write(rec), w.Write(rec)); err != nil {
		t.Fatal(err)
	}
	blocks, err := read(slices.Concat(writes...))
	if err != nil || len(blocks) != len(writes) {
		t.Errorf("%d blocks in %d writes: %v", len(blocks), len(writes), err)
	}
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) { f(p); return len(p), nil }

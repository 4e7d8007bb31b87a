package pcapng_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A pair is a JournalField as text.
type pair struct{ Name, Value string }

func fields(b *pcapng.Block) (all []pair) {
	for f := range b.Journal() {
		all = append(all, pair{string(f.Name), string(f.Value)})
	}
	return all
}

// stamp is the field that every entry has, and binary one in the binary form,
// as in systemd's description of the format.
const (
	stamp  = "__REALTIME_TIMESTAMP=1404101101501873\n"
	binary = "MESSAGE\n\x07\x00\x00\x00\x00\x00\x00\x00foo\nb\x00r\n"
)

func TestJournal(t *testing.T) {
	first := pair{"__REALTIME_TIMESTAMP", "1404101101501873"}
	for _, test := range []struct {
		name, body string
		want       []pair
		valid      bool
		comment    string
	}{
		{"text", stamp + "PRIORITY=6\nEMPTY=\nTWO=a=b\n", []pair{first, {"PRIORITY", "6"}, {"EMPTY", ""}, {"TWO", "a=b"}}, true, ""},
		{"bytes", stamp + binary + "A=1\n", []pair{first, {"MESSAGE", "foo\nb\x00r"}, {"A", "1"}}, true, ""},
		{"empty line after it", stamp + "\n", []pair{first}, true, ""},
		{"no last line feed", stamp + "A=1", []pair{first, {"A", "1"}}, true, ""},
		{"options", stamp + "A=1\n\x00\x00" + "\x01\x00\x02\x00hi\x00\x00", []pair{first, {"A", "1"}}, true, "hi"},
		{"options after four zero bytes", stamp + "AB=1\n\n" + "\x00\x00\x00\x00" + "\x01\x00\x02\x00hi\x00\x00", []pair{first, {"AB", "1"}}, true, "hi"},
		{"no time", "A=1\n", []pair{{"A", "1"}}, false, ""},
		{"no entry", "", nil, false, ""},
		{"no name", stamp + "=1\n", []pair{first}, false, ""},
		{"neither text nor bytes", stamp + "MESSAGE\n\x07\x00", []pair{first}, false, ""},
		{"bytes run out", stamp + "MESSAGE\n\x08\x00\x00\x00\x00\x00\x00\x00foo\nbar\n", []pair{first}, false, ""},
		{"bytes of 64 bits", stamp + "MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xfffoo\nbar\n", []pair{first}, false, ""},
		{"no line feed after bytes", stamp + "MESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00foo\n", []pair{first}, false, ""},
	} {
		both(func(big bool) {
			body := []byte(test.body)
			if i := bytes.Index(body, []byte("\x01\x00\x02\x00")); i >= 0 && big {
				copy(body[i:], "\x00\x01\x00\x02")
			}
			f := build.Pcapng{BigEndian: big}
			b := block(t, f.Section().Block(9, nil, body), pcapng.SystemdJournal)
			if diff := cmp.Diff(test.want, fields(b)); diff != "" {
				t.Errorf("%s:\n%s", test.name, diff)
			}
			if err := b.Validate(); (err == nil) != test.valid || err != nil && !errors.Is(err, pcap.ErrFormat) {
				t.Errorf("%s: %v", test.name, err)
			}
			comment := ""
			for o := range b.Options() {
				comment += o.Text()
			}
			if comment != test.comment {
				t.Errorf("%s: comment %q, want %q", test.name, comment, test.comment)
			}
			at, ok := b.JournalTime()
			if hasTime := len(test.want) > 0 && test.want[0] == first; ok != hasTime || ok && !at.Equal(time.UnixMicro(1404101101501873)) {
				t.Errorf("%s: time %v %t", test.name, at, ok)
			}
		})
	}
}

func TestWriteJournal(t *testing.T) {
	want := []pair{{"__REALTIME_TIMESTAMP", "1404101101501873"}, {"TEXT", "tab\tand Ω"}, {"BYTES", "a\nb\x00\xff"}, {"EMPTY", ""}}
	var in []pcapng.JournalField
	for _, p := range want {
		in = append(in, pcapng.JournalField{Name: []byte(p.Name), Value: []byte(p.Value)})
	}
	both(func(big bool) {
		nanos := pcapng.Option{Code: pcapng.OptJournalTime, Value: unhex(t, "00000000 65538d7f 00000007"), BigEndian: true}
		for cut := range len(in) {
			for _, opts := range [][]pcapng.Option{nil, {pcapng.Comment("why"), nanos}} {
				var file bytes.Buffer
				w := pcapng.NewWriter(&file)
				if err := errors.Join(w.BeginSection(pcapng.Section{BigEndian: big}), w.WriteJournal(in[:1+cut], opts...)); err != nil {
					t.Fatal(err)
				}
				blocks, err := read(file.Bytes())
				if err != nil {
					t.Fatal(err)
				}
				b := blocks[1]
				if diff := cmp.Diff(want[:1+cut], fields(b)); diff != "" || b.Validate() != nil {
					t.Errorf("%v\n%s", b.Validate(), diff)
				}
				at, _ := b.JournalTime()
				if got := collect(b); len(got) != len(opts) || len(opts) > 0 && (got[0].Text() != "why" || !at.Equal(time.Unix(0x65538d7f, 7))) {
					t.Errorf("options %v, time %v", got, at)
				}
			}
		}
	})
	w := pcapng.NewWriter(new(bytes.Buffer))
	for _, name := range []string{"", "A=B", "A\nB", "A\x00"} {
		if err := w.WriteJournal([]pcapng.JournalField{{Name: []byte(name)}}); err == nil {
			t.Errorf("a field with the name %q", name)
		}
	}
}

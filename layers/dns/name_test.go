package dns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/wire"
)

// The compression example of RFC 1035 section 4.1.4, at its offsets.
func TestNameRFC1035(t *testing.T) {
	b := make([]byte, 93)
	copy(b[20:], "\x01F\x03ISI\x04ARPA\x00")
	copy(b[40:], "\x03FOO\xc0\x14")
	copy(b[64:], "\xc0\x1a")
	for off, want := range map[int]string{20: "F.ISI.ARPA", 40: "FOO.F.ISI.ARPA", 64: "ARPA", 92: "."} {
		n := Name{b, off}
		if n.Err() != nil || n.String() != want {
			t.Errorf("name at %d: %q, %v; want %q", off, n, n.Err(), want)
		}
	}
}

func TestNameText(t *testing.T) {
	for _, tt := range []struct{ wire, want string }{
		{"\x00", "."},
		{"\x01a\x01b\x00", "a.b"},
		{"\x03a.b\x01c\x00", `a\.b.c`},            // three labels would be another name
		{"\x0agoogle.com\x00\x00", `google\.com`}, // and this is not google.com
		{"\x0bgoogle.com\x00\x04evil\x00", `google\.com\000.evil`},
		{"\x04a\\.b\x00", `a\\\.b`},
		{"\x05a b\tc\x00", `a\032b\009c`},
		{"\x03\x7f\x80\xff\x00", `\127\128\255`},
		{"\x02\xc3\xa9\x00", `\195\169`},
		{"\x04_tcp\x01*\x00", "_tcp.*"},
	} {
		n := Name{[]byte(tt.wire), 0}
		if got := n.String(); got != tt.want || n.Err() != nil {
			t.Errorf("%q: %q, %v; want %q", tt.wire, got, n.Err(), tt.want)
		}
		if got := string(n.AppendTo([]byte("x"))); got != "x"+tt.want {
			t.Errorf("%q: appended %q", tt.wire, got)
		}
	}
}

// Each octet at each place in a label, whatever is next to it.
func TestNameTextOctets(t *testing.T) {
	for size := 1; size <= maxLabel; size += 3 {
		for at := range size {
			for c := range 256 {
				label := bytes.Repeat([]byte{'~'}, size)
				label[at] = byte(c)
				want := strings.Repeat("~", at) + octetText(byte(c)) + strings.Repeat("~", size-at-1)
				n := Name{append(append([]byte{byte(size)}, label...), 0), 0}
				if got := n.String(); got != want {
					t.Fatalf("%q: %q, want %q", label, got, want)
				}
			}
		}
	}
}

// octetText returns the text of an octet of a label (RFC 4343 section 2.1).
func octetText(c byte) string {
	switch {
	case c == '.' || c == '\\':
		return "\\" + string(rune(c))
	case c < '!' || c > '~':
		return fmt.Sprintf("\\%03d", c)
	}
	return string(rune(c))
}

// Labels of each length, and as many as a name can have, before and after a
// pointer.
func TestNameTextLengths(t *testing.T) {
	for size := 1; size <= maxLabel; size++ {
		label := string(rune(size)) + strings.Repeat("x", size)
		for n := 1; n*(1+size) < maxName; n++ {
			msg := []byte(strings.Repeat(label, n) + "\x00")
			want := strings.TrimSuffix(strings.Repeat(label[1:]+".", n), ".")
			if got := (Name{msg, 0}).String(); got != want {
				t.Fatalf("%d labels of %d octets: %q", n, size, got)
			}
			at := len(msg)
			msg = append(msg, "\x01y\xc0\x00"...)
			if want = "y." + want; len(want) > maxName-2 {
				want = ""
			}
			if got := (Name{msg, at}).String(); got != want {
				t.Fatalf("%d labels of %d octets after a pointer: %q", n, size, got)
			}
		}
	}
}

func TestNameLabels(t *testing.T) {
	var got []string
	for label := range (Name{[]byte("\x03a.b\x02c\x00\xc0\x00\x00"), 0}).Labels() {
		got = append(got, string(label))
		if len(got) == 5 {
			break
		}
	}
	if diff := cmp.Diff([]string{"a.b", "c\x00", "a.b", "c\x00", "a.b"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNameErr(t *testing.T) {
	label := func(n int) string { return string(rune(n)) + strings.Repeat("x", n) }
	long := label(63) + label(63) + label(63)
	chain := func(n int) string { // n pointers, each to the next, then the root
		var b []byte
		for i := range n {
			b = binary.BigEndian.AppendUint16(b, 0xc000|uint16(2*i+2))
		}
		return string(append(b, 0))
	}
	for _, tt := range []struct {
		name, wire string
		want       error
	}{
		{"empty", "", wire.Short},
		{"255 octets", long + label(61) + "\x00", nil},
		{"256 octets", long + label(62) + "\x00", wire.Malformed},
		{"no end", "\x01a", wire.Short},
		{"label beyond the end", "\x05ab", wire.Short},
		{"half a pointer", "\x01a\xc0", wire.Short},
		{"pointer to itself", "\xc0\x00", wire.Malformed},
		{"pointers to each other", "\xc0\x02\xc0\x00", wire.Malformed},
		{"a label and pointers to each other", "\x01a\xc0\x04\xc0\x00", wire.Malformed},
		{"127 labels", strings.Repeat("\x01a", 127) + "\x00", nil},
		{"128 labels", strings.Repeat("\x01a", 128) + "\x00", wire.Malformed},
		{"labels that loop", "\x01a\xc0\x00", wire.Malformed},
		{"pointer out of the message", "\x01a\xff\xff", wire.Short},
		{"pointer forward", "\xc0\x03\xff\x01a\x00", nil},
		{"127 pointers", chain(127), nil},
		{"128 pointers", chain(128), wire.Malformed},
		{"extended label", "\x45abc", wire.Malformed},
		{"reserved label", "\x80ab\x00", wire.Malformed},
	} {
		n := Name{[]byte(tt.wire), 0}
		if err := n.Err(); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if text := n.String(); (text == "") != (tt.want != nil) {
			t.Errorf("%s: text %q", tt.name, text)
		}
		if tt.want != nil && (n.EqualFold("") || n.EqualFold(".")) {
			t.Errorf("%s: equals another name", tt.name)
		}
	}
	if (Name{}).Err() != wire.Short {
		t.Error("the zero Name can be decoded")
	}
}

func TestNameEqualFold(t *testing.T) {
	for _, tt := range []struct {
		wire, s string
		want    bool
	}{
		{"\x03WwW\x07eXample\x00", "www.ExAMPLE", true},
		{"\x03www\x07example\x00", "www.example.", true},
		{"\x03www\x07example\x00", "www.example..", false},
		{"\x03www\x07example\x00", "www.exampl", false},
		{"\x0bwww.example\x00", "www.example", false},
		{"\x00", ".", true},
		{"\x00", "", false},
		{"\x01k\x00", "\u212a", false}, // the Kelvin sign folds to k in Unicode, not in RFC 4343
		{"\x02\xc3\xa9\x00", `\195\169`, true},
		{"\x01@\x00", "`", false}, // differ in the case bit, but are not letters
	} {
		if got := (Name{[]byte(tt.wire), 0}).EqualFold(tt.s); got != tt.want {
			t.Errorf("%q, %q: %v", tt.wire, tt.s, got)
		}
	}
}

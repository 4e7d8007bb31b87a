package dns

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// nameMessage returns a message with names after its header.
func nameMessage(names string) Message {
	return Message{append(make([]byte, headerLen), names...)}
}

func TestNameAppender(t *testing.T) {
	m := nameMessage("\x03www\x01a\x00" + "\xc0\x0c" + "\x04mail\xc0\x10" + "\xc0\x15" + "\xc0\xff" + "\x02b.\x00" + "\x00")
	var names NameAppender
	names.Reset(m)
	for range 2 {
		var got []byte
		for _, off := range []int{12, 19, 21, 28, 30, 32, 36, 19, 12} {
			got = names.AppendTo(append(got, ' '), Name{m.b, off})
		}
		if want := ` www.a www.a mail.a mail.a  b\. . www.a www.a`; string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A name of 127 pointers can be decoded, but not through one more pointer, in
// whatever order the two are appended.
func TestNameAppenderPointers(t *testing.T) {
	const chain = maxPointers
	var b []byte
	for i := range chain {
		b = binary.BigEndian.AppendUint16(b, 0xc000|uint16(headerLen+2*i+2))
	}
	at := headerLen + len(b) // of the labels
	m := nameMessage(string(b) + "\x01a\x00" + "\x01b\xc0\x0c" + "\xc0\x0f")
	var names NameAppender
	for _, order := range [][]int{{at + 3, at + 7}, {at + 7, at + 3}, {at + 3, 12, 14, at, at + 7}} {
		names.Reset(m)
		for _, off := range order {
			n := Name{m.b, off}
			if got, want := string(names.AppendTo(nil, n)), n.String(); got != want {
				t.Errorf("name at %d of %v: %q, want %q", off, order, got, want)
			}
		}
	}
}

// More names, and longer ones, than a NameAppender remembers.
func TestNameAppenderFull(t *testing.T) {
	var b []byte
	var offs []int
	for i := range 4 * appenderNames {
		offs = append(offs, headerLen+len(b))
		label := bytes.Repeat([]byte{byte('a' + i%26)}, 1+i%maxLabel)
		b = append(append(append(b, byte(len(label))), label...), 0)
	}
	m := nameMessage(string(b))
	var names NameAppender
	names.Reset(m)
	for range 2 {
		for _, off := range offs {
			n := Name{m.b, off}
			if got, want := string(names.AppendTo(nil, n)), n.String(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	}
}

// A NameAppender must not mix the names of two messages.
func TestNameAppenderReset(t *testing.T) {
	var names NameAppender
	a, b := nameMessage("\x01a\x00"), nameMessage("\x01b\x00")
	for _, tt := range []struct {
		reset, of Message
		want      string
	}{{Message{}, a, "a"}, {a, a, "a"}, {a, b, "b"}, {b, b, "b"}, {b, a, "a"}, {a, Message{}, ""}} {
		names.Reset(tt.reset)
		for range 2 {
			if got := string(names.AppendTo(nil, Name{tt.of.b, 12})); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		}
	}
	names.Reset(a)
	names.AppendTo(nil, Name{a.b, 12})
	a.b[13] = 'c'
	names.Reset(a)
	if got := string(names.AppendTo(nil, Name{a.b, 12})); got != "c" {
		t.Errorf("after Reset: %q", got)
	}
}

func TestNameAppenderAllocs(t *testing.T) {
	m, err := ParseMessage(viewtest.Unhex(t, reply))
	if err != nil {
		t.Fatal(err)
	}
	var names NameAppender
	buf := make([]byte, 0, maxText)
	if n := testing.AllocsPerRun(100, func() {
		names.Reset(m)
		for _, rr := range m.Resources() {
			buf = names.AppendTo(buf[:0], rr.Name)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

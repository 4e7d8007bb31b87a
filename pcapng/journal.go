package pcapng

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// A systemd journal export block holds an entry in systemd's Journal Export
// Format and, before options, at least one zero byte
// (draft-richardson-opsawg-pcapng-extras, section 3.1). A field of the entry is
// "NAME=text\n", or "NAME\n", a 64-bit little-endian length, that many bytes,
// and "\n".
const (
	journalSizeLen = 8
	journalTime    = "__REALTIME_TIMESTAMP" // microseconds since 1970, in every entry
)

// OptJournalTime is an option of a systemd journal export block: its time in
// nanoseconds.
const OptJournalTime uint16 = 2

func journalLayout(code uint16) layout {
	if code == OptJournalTime {
		return numbers(4, 3)
	}
	return anything()
}

// A JournalField is a field of a journal entry, such as MESSAGE. Name and Value
// alias the block.
type JournalField struct{ Name, Value []byte }

// Journal returns the fields of a systemd journal export block, up to the first
// malformed one.
func (b *Block) Journal() iter.Seq[JournalField] {
	return func(yield func(JournalField) bool) { b.eachField(yield) }
}

func (b *Block) eachField(yield func(JournalField) bool) {
	if b.Type != SystemdJournal {
		return
	}
	for rest := b.Body; ; {
		f, n := nextField(rest)
		if n == 0 || !yield(f) {
			return
		}
		rest = rest[n:]
	}
}

// nextField returns the field at the start of b and its length, 0 if there is
// none.
func nextField(b []byte) (f JournalField, n int) {
	end := bytes.IndexAny(b, "\n\x00")
	if end < 0 {
		end = len(b)
	}
	name, text, isText := bytes.Cut(b[:end], []byte("="))
	switch {
	case len(name) == 0:
		return f, 0
	case isText: // the last field may lack the line feed
		if end < len(b) && b[end] == '\n' {
			end++
		}
		return JournalField{name, text}, end
	case len(b)-end < 1+journalSizeLen || b[end] != '\n':
		return f, 0
	}
	rest := b[end+1:]
	size := binary.LittleEndian.Uint64(rest)
	rest = rest[journalSizeLen:]
	if size >= uint64(len(rest)) || rest[size] != '\n' {
		return f, 0
	}
	return JournalField{name, rest[:size:size]}, end + 1 + journalSizeLen + int(size) + 1
}

// JournalTime returns the time of the entry in a systemd journal export block,
// from OptJournalTime or else from the entry.
func (b *Block) JournalTime() (time.Time, bool) {
	if b.Type != SystemdJournal {
		return time.Time{}, false
	}
	for o := range b.Options() {
		if o.Code == OptJournalTime && len(o.Value) == 12 {
			sec := getTimestamp(o.Value, o.BigEndian)
			return time.Unix(int64(sec), int64(ng.Uint32(o.Value[8:], o.BigEndian))).UTC(), true
		}
	}
	for f := range b.Journal() {
		if string(f.Name) == journalTime {
			micros, err := strconv.ParseInt(string(f.Value), 10, 64)
			return time.UnixMicro(micros).UTC(), err == nil
		}
	}
	return time.Time{}, false
}

// fieldsEnd returns the end of the fields of a journal entry, including an
// empty line after them.
func (b *Block) fieldsEnd() int {
	at := 0
	for _, n := nextField(b.Body); n > 0; _, n = nextField(b.Body[at:]) {
		at += n
	}
	if at < len(b.Body) && b.Body[at] == '\n' {
		at++
	}
	return at
}

// journalEnd returns the offset of the options of a systemd journal export
// block.
func (b *Block) journalEnd() int64 {
	at := b.fieldsEnd()
	if at < len(b.Body) && b.Body[at] != 0 {
		return -1
	}
	return padded(int64(at) + 1)
}

func (b *Block) checkJournal() error {
	if at := b.fieldsEnd(); at < len(b.Body) && b.Body[at] != 0 {
		return fmt.Errorf("%w: journal field at byte %d", pcap.ErrFormat, at)
	}
	for f := range b.Journal() {
		if string(f.Name) == journalTime {
			return nil
		}
	}
	return fmt.Errorf("%w: journal entry without %s", pcap.ErrFormat, journalTime)
}

// WriteJournal writes a systemd journal entry. One of the fields should be
// __REALTIME_TIMESTAMP.
func (w *Writer) WriteJournal(fields []JournalField, opts ...Option) error {
	if err := w.begin(w.big); err != nil {
		return err
	}
	w.start(SystemdJournal)
	for _, f := range fields {
		if len(f.Name) == 0 || bytes.ContainsAny(f.Name, "=\n\x00") {
			return fmt.Errorf("pcapng: a journal field cannot have the name %q", f.Name)
		}
		w.buf = appendField(w.buf, f)
	}
	if len(opts) > 0 {
		w.buf = append(w.buf, 0)
	}
	w.buf = pad(w.buf)
	w.options(opts)
	return w.finish()
}

func appendField(dst []byte, f JournalField) []byte {
	dst = append(dst, f.Name...)
	if isLine(f.Value) {
		dst = append(dst, '=')
	} else {
		dst = binary.LittleEndian.AppendUint64(append(dst, '\n'), uint64(len(f.Value)))
	}
	return append(append(dst, f.Value...), '\n')
}

// isLine reports whether value is UTF-8 text without control characters other
// than tabs.
func isLine(value []byte) bool {
	for _, c := range value {
		if c < ' ' && c != '\t' {
			return false
		}
	}
	return utf8.Valid(value)
}

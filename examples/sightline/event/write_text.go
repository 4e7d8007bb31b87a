package event

import (
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/internal/defuse"
)

func writeText(w io.Writer, _ *extract.Report, sel *event.Selection) error {
	t := newTable(len(sel.Attributes), "TYPE", "VALUE", "VERDICT", "COUNT", "FIRST SEEN", "LAST SEEN", "PACKET", "RULE")
	for i := range sel.Attributes {
		a := &sel.Attributes[i]
		t.cell(append(t.text, a.Type...))
		t.cell(append(t.text, defuse.Terminal(a.Value)...))
		t.cell(append(t.text, a.Verdict.String()...))
		t.cell(strconv.AppendInt(t.text, a.Count, 10))
		t.cell(appendMoment(t.text, a.FirstSeen))
		t.cell(appendMoment(t.text, a.LastSeen))
		t.cell(appendPacket(t.text, a))
		t.cell(append(t.text, a.Rule...))
	}
	return t.write(w)
}

// appendMoment appends a time with microseconds, and nothing for the zero time.
func appendMoment(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return dst
	}
	dst = t.UTC().AppendFormat(dst, time.RFC3339) // AppendFormat is slower with other layouts
	dst = append(dst[:len(dst)-1], ".000000Z"...)
	digits := dst[len(dst)-len("000000Z") : len(dst)-1]
	for i, micro := len(digits)-1, t.Nanosecond()/1000; micro > 0; i, micro = i-1, micro/10 {
		digits[i] = byte('0' + micro%10)
	}
	return dst
}

// appendPacket appends the number of the first packet in an attribute's evidence.
func appendPacket(dst []byte, a *event.Attribute) []byte {
	if e, ok := a.Evidence.First(); ok {
		return strconv.AppendInt(dst, e.Last.Number, 10)
	}
	return dst
}

// A table collects cells row by row and writes columns as wide as their widest
// cell.
type table struct {
	text  []byte // of all cells
	ends  []int  // of each cell, in text
	width []int  // of each column, in characters
}

// usualRow is the length of a usual row, in bytes.
const usualRow = 128

func newTable(rows int, titles ...string) *table {
	t := &table{
		text:  make([]byte, 0, rows*usualRow),
		ends:  make([]int, 0, (rows+1)*len(titles)),
		width: make([]int, len(titles)),
	}
	for _, title := range titles {
		t.cell(append(t.text, title...))
	}
	return t
}

// cell adds a cell: text is t.text with the cell's bytes appended.
func (t *table) cell(text []byte) {
	column := len(t.ends) % len(t.width)
	t.width[column] = max(t.width[column], utf8.RuneCount(text[len(t.text):]))
	t.text, t.ends = text, append(t.ends, len(text))
}

const spaces = "                                                                "

func (t *table) write(w io.Writer) error {
	var line []byte
	begin := 0
	for i, end := range t.ends {
		column := i % len(t.width)
		cell := t.text[begin:end]
		begin = end
		line = append(line, cell...)
		if column < len(t.width)-1 {
			for n := t.width[column] + 2 - utf8.RuneCount(cell); n > 0; n -= len(spaces) {
				line = append(line, spaces[:min(n, len(spaces))]...)
			}
			continue
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
		line = line[:0]
	}
	return nil
}

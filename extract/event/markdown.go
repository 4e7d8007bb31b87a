package event

import "strings"

// A markdown is a text in Markdown that is being written.
type markdown struct{ strings.Builder }

func (m *markdown) heading(text string) { m.line("## " + text + "\n") }

func (m *markdown) line(text string) { m.WriteString(text + "\n") }

// A table is a table of limited length in Markdown (GFM section 4.10).
type table struct {
	to          *markdown
	columns     []string
	began       bool
	rows, bytes int // left
	more        int // rows left out
}

// table begins a table of at most so many rows and bytes.
func (m *markdown) table(rows, bytes int, columns ...string) *table {
	return &table{to: m, columns: columns, rows: rows, bytes: bytes}
}

// row adds a row. Its cells are Markdown.
func (t *table) row(cells ...string) {
	if !t.began {
		t.began = true
		t.to.line("| " + strings.Join(t.columns, " | ") + " |")
		t.to.line(strings.Repeat("|---", len(t.columns)) + "|")
	}
	row := "| " + strings.Join(cells, " | ") + " |"
	if t.rows == 0 || len(row) >= t.bytes {
		t.rows = 0
		t.more++
		return
	}
	t.rows, t.bytes = t.rows-1, t.bytes-len(row)-1
	t.to.line(row)
}

// full reports whether the table has no room for a row, and counts it then.
func (t *table) full() bool {
	if t.rows > 0 {
		return false
	}
	t.more++
	return true
}

// end ends the table, and says how many things are left out.
func (t *table) end(thing string) {
	switch {
	case !t.began:
		t.to.line("None.")
	case t.more > 0:
		t.to.line("\n" + plural(t.more, "more "+thing) + ".")
	}
	t.to.line("")
}

func plural[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return decimal(n) + " " + thing + "s"
}

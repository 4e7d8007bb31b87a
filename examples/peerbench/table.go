package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"
)

// A measured is a row with its figures; the first entry is Sightline's.
type measured struct {
	title
	entries []entry
}

// An entry holds the figures of one contestant.
type entry struct {
	name    string
	figure  float64 // CPU time, in the row's unit
	ratio   float64 // of CPU time, to the first entry
	elapsed float64 // seconds; of a whole process only
	memory  float64 // peak bytes; of a whole process only
	note    string
}

// A table holds the figures of one run, the versions and the inputs.
type table struct {
	versions string
	inputs   []string
	rows     []*measured
}

// writeText writes a line per contestant.
func (t *table) writeText(w io.Writer) error {
	fmt.Fprintf(w, "%s\n", t.versions)
	for _, in := range t.inputs {
		fmt.Fprintf(w, "%s\n", in)
	}
	for _, m := range t.rows {
		fmt.Fprintf(w, "\n%s\n", m.title)
		lines := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		for _, e := range m.entries {
			fmt.Fprintf(lines, "%s\t%s\t", number(e.figure, m.unit), multiple(e.ratio))
			if e.elapsed > 0 {
				fmt.Fprintf(lines, "%.2f s elapsed\t%s\t", e.elapsed, megabytes(e.memory))
			}
			fmt.Fprintf(lines, "  %s\n", noted(e.name, e.note))
		}
		if err := lines.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// noted joins a text and what there may be to say of it.
func noted(s, note string) string {
	if note == "" {
		return s
	}
	return s + " (" + note + ")"
}

func number(v float64, unit string) string {
	if v < 10 {
		return fmt.Sprintf("%.2f %s", v, unit)
	}
	return fmt.Sprintf("%.0f %s", v, unit)
}

func multiple(ratio float64) string {
	if ratio < 10 {
		return fmt.Sprintf("%.2f", ratio)
	}
	return fmt.Sprintf("%.0f", ratio)
}

func megabytes(bytes float64) string {
	if bytes == 0 {
		return "memory n/a"
	}
	return fmt.Sprintf("%.0f MB", bytes/1e6)
}

// versions returns the date, the machine, and the versions compared.
func versions(now time.Time) string {
	list := []string{runtime.Version(), fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if compared[m.Path] {
				list = append(list, m.Path+" "+m.Version)
			}
		}
	}
	return now.UTC().Format("2006-01-02") + ", " + strings.Join(list, ", ")
}

// compared lists the modules whose versions are printed.
var compared = map[string]bool{
	"github.com/gopacket/gopacket": true, "github.com/miekg/dns": true, "golang.org/x/net": true,
}

package sightings

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/internal/defuse"
)

// A progress draws what is being done and how far it is, on one line of a
// terminal. On anything else it draws nothing.
type progress struct {
	w           io.Writer
	on          bool
	now         func() time.Time
	drawn       time.Time
	what        string
	done, total int64 // a total of 0 is not known
	unit        func(int64) string
}

func newProgress(c *command, w world) *progress {
	f, ok := w.stderr.(*os.File)
	return &progress{w: w.stderr, on: ok && !c.quiet && isTerminal(f), now: w.now}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// begin says what is done from now on.
func (p *progress) begin(what string, total int64, unit func(int64) string) {
	p.what, p.done, p.total, p.unit = what, 0, total, unit
	p.step(0)
}

// step says that n more is done. It draws five times a second at most.
func (p *progress) step(n int64) {
	p.done += n
	if now := p.now(); p.on && now.Sub(p.drawn) >= time.Second/5 {
		p.drawn = now
		fmt.Fprint(p.w, "\r\x1b[K", p.line())
	}
}

func (p *progress) line() string {
	s := defuse.Terminal(p.what) + ": " + p.unit(p.done)
	if p.total > 0 {
		s += fmt.Sprintf(" of %s, %d %%", p.unit(p.total), 100*min(p.done, p.total)/p.total)
	}
	return s
}

// clear removes the line, to write something else.
func (p *progress) clear() {
	if p.on {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// number is the unit of what is counted.
func number(n int64) string { return strconv.FormatInt(n, 10) }

// size returns n bytes in a unit that is easy to read.
func size(n int64) string {
	v, i := float64(n), 0
	for ; v >= 1000 && i < 4; i++ {
		v /= 1000
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %cB", v, " kMGT"[i])
}

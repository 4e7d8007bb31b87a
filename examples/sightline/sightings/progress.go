package sightings

import (
	"fmt"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/internal/defuse"
)

// A progress draws what is being done and how far it is, on one line of a
// terminal. On anything else it draws nothing.
type progress struct {
	line        *cli.Progress
	now         func() time.Time
	drawn       time.Time
	what        string
	done, total int64 // a total of 0 is not known
	unit        func(int64) string
}

func newProgress(c *command, w world) *progress {
	p := &progress{now: w.now}
	if !c.quiet {
		p.line = cli.NewProgress(w.stderr)
	}
	return p
}

// begin says what is done from now on.
func (p *progress) begin(what string, total int64, unit func(int64) string) {
	p.what, p.done, p.total, p.unit = what, 0, total, unit
	p.step(0)
}

// step says that n more is done. It draws five times a second at most.
func (p *progress) step(n int64) {
	p.done += n
	if now := p.now(); p.line != nil && now.Sub(p.drawn) >= cli.DrawEvery {
		p.drawn = now
		p.line.Draw(p.text())
	}
}

func (p *progress) text() string {
	s := defuse.Terminal(p.what) + ": " + p.unit(p.done)
	if p.total > 0 {
		s += fmt.Sprintf(" of %s, %d %%", p.unit(p.total), 100*min(p.done, p.total)/p.total)
	}
	return s
}

// number is the unit of what is counted.
func number(n int64) string { return strconv.FormatInt(n, 10) }

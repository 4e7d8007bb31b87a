package sightings

import (
	"fmt"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/internal/defuse"
)

// A progress draws the current activity and its progress on one line of a terminal.
// It draws nothing if stderr is not a terminal.
type progress struct {
	line        *cli.Progress
	now         func() time.Time
	drawn       time.Time
	what        string
	done, total int64 // total is 0 if unknown
	unit        func(int64) string
}

func newProgress(c *command, w world) *progress {
	p := &progress{now: w.now}
	if !c.quiet {
		p.line = cli.NewProgress(w.stderr)
	}
	return p
}

// begin starts an activity.
func (p *progress) begin(what string, total int64, unit func(int64) string) {
	p.what, p.done, p.total, p.unit = what, 0, total, unit
	p.step(0)
}

// step adds n to the progress. It draws at most five times a second.
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

// number formats a plain count.
func number(n int64) string { return strconv.FormatInt(n, 10) }

package event

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sightline-go/sightline/internal/cli"
)

// A progress draws a progress bar on one line of a terminal. It draws nothing if
// stderr is not a terminal.
type progress struct {
	line  *cli.Progress
	total int64 // bytes of all inputs; 0 if unknown
	done  atomic.Int64
	start time.Time
	quit  chan struct{}
	ended sync.WaitGroup
}

// newProgress starts drawing if stderr is a terminal and -q is not set.
func newProgress(c *command, files []string, stderr io.Writer) *progress {
	p := &progress{total: totalSize(files), start: time.Now(), quit: make(chan struct{})}
	if c.state.name != "" { // which reads them twice
		p.total *= 2
	}
	if !c.quiet {
		p.line = cli.NewProgress(stderr)
	}
	if p.line != nil {
		p.ended.Go(p.run)
	}
	return p
}

func (p *progress) run() {
	t := time.NewTicker(cli.DrawEvery)
	defer t.Stop()
	for {
		select {
		case <-p.quit:
			p.line.Clear()
			return
		case <-t.C:
			p.line.Draw(p.text(time.Since(p.start)))
		}
	}
}

// text returns the line to draw at time d.
func (p *progress) text(d time.Duration) string {
	done := p.done.Load()
	rate := float64(done) / d.Seconds()
	if p.total <= 0 {
		return fmt.Sprintf("%s read, %s/s", cli.Size(done), cli.Size(int64(rate)))
	}
	const width = 30
	part := min(float64(done)/float64(p.total), 1)
	bar := strings.Repeat("#", int(part*width))
	text := fmt.Sprintf("[%-*s] %3.0f %%  %s of %s, %s/s", width, bar, part*100, cli.Size(done), cli.Size(p.total), cli.Size(int64(rate)))
	if rate > 0 {
		left := time.Duration(float64(p.total-done) / rate * float64(time.Second))
		text += fmt.Sprintf(", %v left", max(left, 0).Round(time.Second))
	}
	return text
}

func (p *progress) stop() {
	close(p.quit)
	p.ended.Wait()
}

// reader returns a reader that counts the bytes read from r.
func (p *progress) reader(r io.Reader) io.Reader { return countingReader{r, p} }

type countingReader struct {
	r io.Reader
	p *progress
}

func (c countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.p.done.Add(int64(n))
	return n, err
}

// totalSize returns the size of all files, or 0 if it is not known.
func totalSize(names []string) int64 {
	var total int64
	for _, name := range names {
		info, err := os.Stat(name)
		if name == "-" || err != nil || !info.Mode().IsRegular() {
			return 0
		}
		total += info.Size()
	}
	return total
}

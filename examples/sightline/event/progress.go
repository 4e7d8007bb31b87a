package event

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A progress draws how far reading is, on one line of a terminal. On anything
// else it draws nothing.
type progress struct {
	w     io.Writer
	total int64 // bytes of all inputs, 0: unknown
	done  atomic.Int64
	start time.Time
	quit  chan struct{}
	ended sync.WaitGroup
	mu    sync.Mutex // guards w
}

// newProgress starts drawing when stderr is a terminal and -q was not given.
func newProgress(c command, stderr io.Writer) *progress {
	p := &progress{w: stderr, total: totalSize(c.files), start: time.Now(), quit: make(chan struct{})}
	if f, ok := stderr.(*os.File); ok && !c.quiet && isTerminal(f) {
		p.ended.Go(p.run)
	}
	return p
}

func (p *progress) run() {
	t := time.NewTicker(200 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-p.quit:
			p.clear()
			return
		case <-t.C:
			p.mu.Lock()
			fmt.Fprintf(p.w, "\r\x1b[K%s", p.line(time.Since(p.start)))
			p.mu.Unlock()
		}
	}
}

// line returns the line to draw after d.
func (p *progress) line(d time.Duration) string {
	done := p.done.Load()
	rate := float64(done) / d.Seconds()
	if p.total <= 0 {
		return fmt.Sprintf("%s read, %s/s", size(done), size(int64(rate)))
	}
	const width = 30
	part := min(float64(done)/float64(p.total), 1)
	bar := strings.Repeat("#", int(part*width))
	text := fmt.Sprintf("[%-*s] %3.0f %%  %s of %s, %s/s", width, bar, part*100, size(done), size(p.total), size(int64(rate)))
	if rate > 0 {
		left := time.Duration(float64(p.total-done) / rate * float64(time.Second))
		text += fmt.Sprintf(", %v left", max(left, 0).Round(time.Second))
	}
	return text
}

// clear removes the line, to write something else.
func (p *progress) clear() {
	if f, ok := p.w.(*os.File); ok && isTerminal(f) {
		p.mu.Lock()
		fmt.Fprint(p.w, "\r\x1b[K")
		p.mu.Unlock()
	}
}

func (p *progress) stop() {
	close(p.quit)
	p.ended.Wait()
}

// reader counts what is read from r.
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

// totalSize returns the size of all files, 0 when it is not known.
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

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// size returns n bytes in a unit that is easy to read.
func size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v := float64(n)
	i := 0
	for v >= 1000 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

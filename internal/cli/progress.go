package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// DrawEvery is how often programs draw their Progress.
const DrawEvery = 200 * time.Millisecond

// A Progress is the line of a terminal that shows how far a program is. A nil
// Progress draws nothing. Its methods may be called by several goroutines.
type Progress struct {
	mu sync.Mutex // guards w
	w  io.Writer
}

// NewProgress returns a Progress on w, or nil if w is not a terminal.
func NewProgress(w io.Writer) *Progress {
	f, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return &Progress{w: w}
}

// erase goes to the start of the line and clears it.
const erase = "\r\x1b[K"

// Draw replaces the line by text. A terminal that is narrower cuts it: text that
// wrapped would leave a line behind each time. So wrapping is off while it is
// written, since the standard library does not know a terminal's width.
func (p *Progress) Draw(text string) {
	if p != nil {
		const wrapOff, wrapOn = "\x1b[?7l", "\x1b[?7h" // DECAWM
		p.write(erase + wrapOff + text + wrapOn)
	}
}

// Clear removes the line, to write something else.
func (p *Progress) Clear() {
	if p != nil {
		p.write(erase)
	}
}

func (p *Progress) write(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	io.WriteString(p.w, s)
}

// Size returns n bytes in a unit that is easy to read.
func Size(n int64) string {
	v, i := float64(n), 0
	for ; v >= 1000 && i < 4; i++ {
		v /= 1000
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %cB", v, " kMGT"[i])
}

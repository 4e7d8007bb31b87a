package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// DrawEvery is the interval at which programs draw their Progress.
const DrawEvery = 200 * time.Millisecond

// A Progress is a terminal line that shows the progress of a program. A nil
// Progress draws nothing. Its methods may be called concurrently.
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

// Draw replaces the line with text. It disables wrapping while it writes,
// because wrapped text would leave a line behind each time, and the standard
// library does not know the width of a terminal.
func (p *Progress) Draw(text string) {
	if p != nil {
		const wrapOff, wrapOn = "\x1b[?7l", "\x1b[?7h" // DECAWM
		p.write(erase + wrapOff + text + wrapOn)
	}
}

// Clear removes the line, so that other text can be written.
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

// Size formats n bytes in a readable unit.
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

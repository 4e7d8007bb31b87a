package dump

import (
	"bufio"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A textPrinter prints a line per packet: number, time, length, layers.
type textPrinter struct {
	w    *bufio.Writer
	line []byte
}

func newTextPrinter(w *bufio.Writer, _ pcap.Header) printer { return &textPrinter{w: w} }

func (t *textPrinter) packet(p *layers.Packet, rec *pcap.Record) {
	b := strconv.AppendInt(t.line[:0], rec.Number, 10)
	b = append(b, ' ')
	if rec.Time.IsZero() {
		b = append(b, '-')
	} else {
		b = rec.Time.UTC().AppendFormat(b, time.RFC3339Nano)
	}
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(rec.WireLen), 10)
	if rec.Truncated() {
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(len(rec.Data)), 10)
	}
	b = append(b, ' ')
	b, _ = p.AppendText(b)
	t.line = append(b, '\n')
	t.w.Write(t.line)
}

func (t *textPrinter) end() {}

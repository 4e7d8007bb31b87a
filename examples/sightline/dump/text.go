package dump

import (
	"bufio"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A textPrinter prints one line per packet: number, time, length and layers.
type textPrinter struct {
	w    *bufio.Writer
	line []byte
}

func newTextPrinter(w *bufio.Writer, _ pcap.Header) printer { return &textPrinter{w: w} }

func (t *textPrinter) packet(p *layers.Packet, rec *pcap.Record) {
	b := strconv.AppendInt(t.line[:0], rec.Number, 10)
	b = append(b, ' ')
	b = appendTime(b, rec)
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

// appendTime appends the time of a record, or - if it has none that RFC 3339 can
// express.
func appendTime(b []byte, rec *pcap.Record) []byte {
	t := stream.RefOf(0, rec).Time
	if t.IsZero() {
		return append(b, '-')
	}
	return t.UTC().AppendFormat(b, time.RFC3339Nano)
}

func (t *textPrinter) end() {}

package event

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// opener returns a function that opens the captures of a Report again. A capture's
// Name is the name of its file.
func opener(rep *extract.Report) func(int) (*pcap.Reader, error) {
	return func(capture int) (*pcap.Reader, error) { return pcap.Open(rep.Captures[capture].Name) }
}

// explain prints the attributes with the value of -explain, and their packets.
func explain(ctx context.Context, c command, rep *extract.Report, stdout io.Writer) error {
	out := bufio.NewWriter(stdout)
	defer out.Flush()
	options := c.event
	options.All, options.Detail = true, event.Indicators
	found := false
	packets := map[int]map[int64]bool{} // numbers by capture
	for _, a := range event.Select(rep, options).Attributes {
		if !strings.EqualFold(a.Value, c.explain) {
			continue
		}
		found = true
		fmt.Fprintf(out, "%s %s: %s\n", a.Type, defuse.Terminal(a.Value), defuse.Terminal(a.Comment))
		for _, e := range a.Evidence.List() {
			fmt.Fprintln(out, "  "+where(rep, e))
			note(packets, e.First.Capture, e.First.Number)
			note(packets, e.Last.Capture, e.Last.Number)
		}
	}
	if !found {
		return fmt.Errorf("no observation has the value %s", defuse.Terminal(c.explain))
	}
	for i := range rep.Captures {
		if len(packets[i]) > 0 {
			if err := show(ctx, out, rep, i, packets[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func note(packets map[int]map[int64]bool, capture int, number int64) {
	if packets[capture] == nil {
		packets[capture] = map[int64]bool{}
	}
	packets[capture][number] = true
}

// where describes a piece of evidence.
func where(rep *extract.Report, e extract.Evidence) string {
	text := fmt.Sprintf("packet %d", e.First.Number)
	if e.Last.Number != e.First.Number {
		text = fmt.Sprintf("packets %d to %d", e.First.Number, e.Last.Number)
	}
	if len(rep.Captures) > 1 {
		text += " of " + defuse.Terminal(rep.Captures[e.Last.Capture].Name)
	}
	if e.Conn != nil {
		text += fmt.Sprintf(", in the connection from %v to %v that starts in packet %d", e.Conn.Flow.Src, e.Conn.Flow.Dst, e.Conn.Start.Number)
	}
	return text
}

// show prints packets of a capture, one per line.
func show(ctx context.Context, out io.Writer, rep *extract.Report, capture int, numbers map[int64]bool) error {
	r, err := opener(rep)(capture)
	if err != nil {
		return err
	}
	defer r.Close()
	fmt.Fprintf(out, "%s:\n", defuse.Terminal(rep.Captures[capture].Name))
	var d layers.Decoder
	var p layers.Packet
	for left := len(numbers); left > 0; {
		rec, err := r.Next()
		if err != nil {
			return nil // the damage was reported when the capture was read
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !numbers[rec.Number] {
			continue
		}
		left--
		d.Decode(&p, rec)
		line, _ := p.AppendText(nil)
		fmt.Fprintf(out, "%6d %s %s\n", rec.Number, timeOf(rec), line)
	}
	return nil
}

// timeOf returns the time of a record, or - if it has none that RFC 3339 can express.
func timeOf(rec *pcap.Record) string {
	t := stream.RefOf(0, rec).Time
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339Nano)
}

var errNotFound = errors.New("not all indicators are found in their packets")

// verify looks for each attribute in the packets of its evidence.
func verify(ctx context.Context, c command, rep *extract.Report, sel *event.Selection, stderr io.Writer) error {
	missing, err := event.Verify(ctx, c.options, sel.Attributes, opener(rep))
	if err != nil {
		return err
	}
	for _, a := range missing {
		fmt.Fprintf(stderr, "not found again: %s %s\n", a.Type, defuse.Terminal(a.Value))
	}
	fmt.Fprintf(stderr, "verified: %d of %s found again\n", len(sel.Attributes)-len(missing), count(len(sel.Attributes), "attribute"))
	if len(missing) > 0 {
		return errNotFound
	}
	return nil
}

package extract

import (
	"context"
	"errors"
	"io"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// Suspend ends a run: it returns the Report, as Finish does, and writes the state with
// which the next run continues (see Survey). The Extractor must be that of a Survey.
// The error is that of w, or says that a capture was not read as it was surveyed,
// because reading it failed: then w has no state. The Report is complete in any case.
//
// The state is a pcapng file. It holds the Report of the conversations that have
// ended, the packets of the others, and no TLS secrets. It has passwords if
// Options.Passwords is set.
func (x *Extractor) Suspend(w io.Writer) (*Report, error) {
	l := x.halves
	if l == nil {
		return x.Finish(), errors.New("extract: Suspend needs the Extractor of a Survey")
	}
	if l.severed {
		x.report.Unseen.Severed += int64(x.router.defrag.Stats().Open)
		x.router.flush(func(t task) {
			l.assign(&x.router.defrag, t, nil, t.part.last, func(t task) { x.do(&t, nil, t.part.last) })
		})
	}
	l.trim(&x.router.defrag)
	ended, open := x.team.halves()
	report := x.report
	r := &report
	x.gather(r, &ended)
	err := interrupted(r, &open)
	if err == nil {
		err = x.writeState(w, r)
	}
	x.router.flush(func(t task) {
		t.shard += shardCount
		x.do(&t, nil, t.part.last)
	})
	x.gather(r, &open)
	x.end(r)
	return r, err
}

// interrupted returns an error if reading was stopped, so that the Report lacks
// packets that a Survey has seen.
func interrupted(r *Report, open *team) error {
	for _, c := range r.Captures {
		_, panicked := errors.AsType[*PanicError](c.Err)
		if panicked || errors.Is(c.Err, context.Canceled) || errors.Is(c.Err, context.DeadlineExceeded) {
			return c.Err
		}
	}
	skipped := r.Unseen.Skipped
	for _, w := range open.workers {
		skipped += w.report.Unseen.Skipped
	}
	if skipped > 0 {
		return errors.New("extract: reading was stopped, so there is no state to continue from")
	}
	return nil
}

func (x *Extractor) writeState(w io.Writer, r *Report) error {
	l := x.halves
	s := state{report: r, settings: settingsOf(&x.Options), items: l.kept, fragments: l.fragments}
	for i := range s.clocks {
		s.clocks[i] = l.reading(i)
		if x.granter.has[i] {
			s.granted |= 1 << i
		}
	}
	own := *r
	own.Unseen.Stream.Defrag = x.defragStats()
	own.Unseen.Stream.Defrag.Open, own.Unseen.Stream.Defrag.Held = 0, 0
	s.report = &own
	for _, t := range r.tables {
		t.complete()
	}
	return s.write(w)
}

// defragStats returns the counts of all runs. The fragments that a state kept were
// counted in the run that saw them first.
func (x *Extractor) defragStats() stream.DefragStats {
	s := stream.Stats{Defrag: x.report.Unseen.Stream.Defrag}
	s.Add(stream.Stats{Defrag: x.router.defrag.Stats()})
	if x.halves == nil {
		return s.Defrag
	}
	d, again := &s.Defrag, x.halves.refilled
	d.Fragments -= again.Fragments
	d.Datagrams -= again.Datagrams
	d.Incomplete -= again.Incomplete
	d.Evicted -= again.Evicted
	d.Dropped -= again.Dropped
	d.Overlaps -= again.Overlaps
	d.Malformed -= again.Malformed
	d.Cut -= again.Cut
	d.TooDeep -= again.TooDeep
	return *d
}

// restoreFragments gives d the incomplete datagrams of the state.
func (s *state) restoreFragments(d *stream.Defragmenter) {
	for _, it := range s.fragments {
		var p layers.Packet
		it.decode(&p)
		d.Capture = it.ref.Capture
		d.Whole(&p, &it.rec)
	}
}

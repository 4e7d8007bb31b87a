package event

import (
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

// begin begins the first of files, and returns the function for
// [extract.Extractor.Skip]. Files without packets have no part in a seam.
func begin(s *extract.Seam, files []source) func(*pcap.Record) bool {
	if files[0].first.IsZero() {
		return nil
	}
	for _, f := range files[1:] {
		if !f.first.IsZero() {
			return s.Begin(f.first)
		}
	}
	return s.Begin(time.Time{})
}

// overlaps reports whether b begins with a packet of a.
func overlaps(a, b source) bool {
	if a.first.IsZero() || b.first.IsZero() || a.last.Before(b.first) {
		return false
	}
	var s extract.Seam
	skip := begin(&s, []source{a, b})
	for rec := range records(a.name) {
		skip(rec)
	}
	skip = begin(&s, []source{b})
	for rec := range records(b.name) {
		return skip != nil && skip(rec)
	}
	return false
}

// records yields the packets of a file up to its end or to damage.
func records(name string) func(yield func(*pcap.Record) bool) {
	return func(yield func(*pcap.Record) bool) {
		r, err := pcap.Open(name)
		if err != nil {
			return
		}
		defer r.Close()
		for rec, err := range r.All() {
			if err != nil || !yield(rec) {
				return
			}
		}
	}
}

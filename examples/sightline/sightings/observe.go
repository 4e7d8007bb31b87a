package sightings

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Limits on the buckets after the first, and on the times of values in all of them.
const (
	maxParts = 1 << 16
	maxTimes = 1 << 20
)

// An observer finds the values in a capture and, for each bucket of time, the first
// packet that shows a value.
//
// An Extractor over the whole capture finds the values. Its Report has their first
// and last times, but only a few of those between, so each bucket after the first
// also gets an Extractor of its own. Where both have a time, the earlier one counts.
// The first time of a value is therefore exact. In later buckets a message is missed
// only if its connection started in an earlier bucket, it cannot be decoded without
// that part, and it is neither the last message with the value nor among the first
// eight. Addresses are never missed.
type observer struct {
	command *command
	bucket  int64
	current int64 // the bucket of part; math.MinInt64 before the first packet
	parts   int
	whole   extract.Extractor
	part    extract.Extractor
	times   timeline
	kept    int // times in times
	cut     bool

	maxParts, maxTimes int
}

func newObserver(c *command) *observer {
	o := extract.Options{Stream: stream.Config{Hash: stream.HashAll}}
	for i, k := range kinds {
		if c.asks(i) {
			o.Only |= extract.TopicSetOf(k.topics...)
		}
	}
	return &observer{
		command: c, bucket: c.bucket, current: math.MinInt64, times: timeline{},
		whole: extract.Extractor{Options: o}, part: extract.Extractor{Options: o},
		maxParts: maxParts, maxTimes: maxTimes,
	}
}

// add adds a packet. A late packet of an earlier bucket goes into the current part;
// its time still assigns it to its bucket.
func (o *observer) add(p *layers.Packet, rec *pcap.Record) {
	o.whole.Add(p, rec)
	if b, ok := bucketOf(rec.Time, o.bucket); ok && b > o.current {
		if o.current != math.MinInt64 {
			o.endPart()
			o.parts++
		}
		o.current = b
	}
	if o.parts > 0 && !o.cut {
		o.part.Add(p, rec)
	}
}

// endPart notes the times in the current part. The first bucket needs no part: the
// whole capture has the same times.
func (o *observer) endPart() {
	if o.parts == 0 || o.cut {
		return
	}
	for v, times := range observations(o.part.Finish()) {
		if !o.command.asks(v.kind) || o.command.filter.skips(v) {
			continue
		}
		for _, t := range times {
			if o.kept == o.maxTimes {
				o.cut = true
				return
			}
			if o.times.note(v, t, o.bucket) {
				o.kept++
			}
		}
	}
	o.cut = o.parts == o.maxParts
}

// finish returns the values in the capture, each with the time of the first packet
// in each bucket.
func (o *observer) finish() (timeline, *extract.Report) {
	o.endPart()
	rep := o.whole.Finish()
	values := timeline{}
	for v, times := range observations(rep) {
		if !o.command.asks(v.kind) {
			continue
		}
		if _, ok := values[v]; !ok {
			values[v] = o.times[v]
		}
		for _, t := range times {
			values.note(v, t, o.bucket)
		}
	}
	return values, rep
}

// observations yields the values in a Report with times of packets that show them.
// A value may occur several times.
func observations(rep *extract.Report) iter.Seq2[value, []time.Time] {
	return func(yield func(value, []time.Time) bool) {
		for h := range rep.Hosts() {
			text, err := misp.Normalize(misp.IPDst, h.Addr.String())
			if err == nil && !yield(value{address, text}, timesOf(h.First, h.Last, h.Evidence.List())) {
				return
			}
		}
		sel := event.Select(rep, event.Options{All: true, Detail: event.Indicators})
		for _, a := range sel.Attributes {
			v, ok := identify(a.Type, a.Value)
			if !ok || v.kind == address { // an address in a DNS answer only has no packet
				continue
			}
			if !yield(v, timesOf(a.FirstSeen, a.LastSeen, a.Evidence.List())) {
				return
			}
		}
	}
}

func timesOf(first, last time.Time, evidence []extract.Evidence) []time.Time {
	times := []time.Time{first, last}
	for _, e := range evidence {
		times = append(times, e.First.Time, e.Last.Time)
	}
	return times
}

// A timeline holds, for each value, the times of the first packet in each bucket, in
// order, in seconds since 1970.
type timeline map[value][]int64

// note adds a time at which v was seen. It reports whether the bucket was new.
func (l timeline) note(v value, t time.Time, bucket int64) bool {
	b, ok := bucketOf(t, bucket)
	if !ok {
		return false
	}
	list := l[v]
	i, found := slices.BinarySearchFunc(list, b, func(s, b int64) int { return cmp.Compare(s/bucket, b) })
	if found {
		list[i] = min(list[i], t.Unix())
		return false
	}
	l[v] = slices.Insert(list, i, t.Unix())
	return true
}

// remove deletes the values for which f returns true, and returns their number.
func (l timeline) remove(f func(value, []int64) bool) int64 {
	before := len(l)
	maps.DeleteFunc(l, f)
	return int64(before - len(l))
}

// bucketOf returns the number of the bucket that contains t, counted from 1970. It
// returns false for a time that MISP does not accept.
func bucketOf(t time.Time, bucket int64) (int64, bool) {
	const year10000 = 253402300800
	s := t.Unix()
	return s / bucket, !t.IsZero() && s >= 0 && s < year10000
}

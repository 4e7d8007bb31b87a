package extract

import (
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Packets may be earlier than others before them on the same interface. Multi-queue
// adapters and multi-processor captures reorder packets by less than maxReordered.
// What is more than maxEarly off is due to a clock that was set back.
const (
	maxReordered = 100 * time.Millisecond
	maxEarly     = time.Second
)

// maxClocks limits the interfaces that have a clock of their own; the rest share
// these clocks.
const maxClocks = 1024

// clocks hold the latest time on each interface of a capture.
type clocks []time.Time

// count adds a packet to the totals of the report and of its last capture.
func (k *clocks) count(r *Report, rec *pcap.Record) {
	c, u := r.lastCapture(), &r.Unseen
	size := int64(len(rec.Data))
	r.Packets++
	r.Bytes += size
	c.Packets++
	c.Bytes += size
	if c.From < 0 {
		c.From = rec.Offset
	}
	c.To = rec.Offset
	c.sawLink(rec.LinkType)
	if rec.Truncated() {
		u.Cut++
	}
	if !usable(rec.Time) {
		u.Untimed++
		return
	}
	if early := k.early(rec); early > maxReordered {
		u.Step = max(u.Step, early)
		if early > maxEarly {
			u.Backwards++
		} else {
			u.Early++
		}
	}
	c.extend(rec.Time)
}

// early returns how much earlier rec is than the latest packet before it on the same
// interface. After more than maxEarly, the clock was set back and starts over.
func (k *clocks) early(rec *pcap.Record) time.Duration {
	i := rec.Interface % maxClocks
	for len(*k) <= i {
		*k = append(*k, time.Time{})
	}
	before := (*k)[i]
	if !rec.Time.Before(before) {
		(*k)[i] = rec.Time
		return 0
	}
	early := before.Sub(rec.Time)
	if early > maxEarly {
		(*k)[i] = rec.Time
	}
	return early
}

// decoded counts a packet that could not be decoded to the end.
func (u *Unseen) decoded(p *layers.Packet, rec *pcap.Record) {
	if err := p.Err(); err != nil {
		u.Damaged = increment(u.Damaged, err.(*wire.Error).Layer)
	} else if len(rec.Data) > 0 && len(p.Payload()) == len(rec.Data) {
		u.LinkTypes = increment(u.LinkTypes, rec.LinkType)
	}
}

func increment[K comparable](m map[K]int64, k K) map[K]int64 {
	if m == nil {
		m = map[K]int64{}
	}
	m[k]++
	return m
}

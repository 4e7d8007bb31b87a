package pcapng

import "github.com/sightline-go/sightline/internal/ng"

// An interface statistics block begins with interface number and timestamp
// (section 4.6 of the draft).
const statsLen = 12

// Options of an interface statistics block (section 4.6 of the draft). The
// first two are timestamps, two 32-bit words with the upper one first; the rest
// are 64-bit counters.
const (
	OptStatsStart        uint16 = 2
	OptStatsEnd          uint16 = 3
	OptStatsReceived     uint16 = 4
	OptStatsDropped      uint16 = 5
	OptStatsFilterAccept uint16 = 6
	OptStatsOSDropped    uint16 = 7
	OptStatsDelivered    uint16 = 8
)

func statsLayout(code uint16) layout {
	switch code {
	case OptStatsStart, OptStatsEnd:
		return numbers(4, 2)
	case OptStatsReceived, OptStatsDropped, OptStatsFilterAccept, OptStatsOSDropped, OptStatsDelivered:
		return numbers(8, 1)
	}
	return anything()
}

// A Number is an optional number of a block.
type Number struct {
	N     uint64
	Known bool
}

// Known returns n as a known Number.
func Known(n uint64) Number { return Number{n, true} }

// Stats holds the content of an interface statistics block: packet counts since
// the capture began (section 4.6 of the draft). Its times are timestamps of the
// interface; convert them with Interface.Time.
type Stats struct {
	Interface int
	Time      uint64 // time of reading the counters
	Start     Number // start of the capture
	End       Number // end of the capture

	Received     Number // by the interface
	Dropped      Number // by the interface, for lack of resources
	FilterAccept Number // accepted by the filter
	OSDropped    Number // by the operating system
	Delivered    Number // to the capturing program
}

// Stats decodes an interface statistics block. It reports false for other
// blocks.
func (b *Block) Stats() (Stats, bool) {
	if b.Type != InterfaceStatistics || len(b.Body) < statsLen {
		return Stats{}, false
	}
	s := Stats{Interface: ng.Int(b.uint32(0)), Time: getTimestamp(b.Body[4:], b.BigEndian)}
	for o := range b.Options() {
		field := s.field(o.Code)
		if field == nil {
			continue
		}
		n, ok := o.Uint64()
		if o.Code == OptStatsStart || o.Code == OptStatsEnd {
			n, ok = o.timestamp()
		}
		if ok {
			*field = Known(n)
		}
	}
	return s, true
}

// field returns the field of an option, nil for unknown options.
func (s *Stats) field(code uint16) *Number {
	switch code {
	case OptStatsStart:
		return &s.Start
	case OptStatsEnd:
		return &s.End
	case OptStatsReceived:
		return &s.Received
	case OptStatsDropped:
		return &s.Dropped
	case OptStatsFilterAccept:
		return &s.FilterAccept
	case OptStatsOSDropped:
		return &s.OSDropped
	case OptStatsDelivered:
		return &s.Delivered
	}
	return nil
}

func (b *Block) checkStats() error {
	if err := b.atLeast(statsLen); err != nil {
		return err
	}
	return b.ofInterface(b.uint32(0))
}

// WriteStats writes statistics of an interface of the section.
func (w *Writer) WriteStats(s Stats, opts ...Option) error {
	if _, err := w.iface(s.Interface); err != nil {
		return err
	}
	w.start(InterfaceStatistics)
	w.uint32(uint32(s.Interface))
	w.timestamp(s.Time)
	for code := OptStatsStart; code <= OptStatsDelivered; code++ {
		field := s.field(code)
		if !field.Known {
			continue
		}
		o := Option{Code: code, BigEndian: w.big}
		if code <= OptStatsEnd {
			o.Value = appendTimestamp(nil, field.N, w.big)
		} else {
			o.Value = appendUint64(nil, field.N, w.big)
		}
		w.option(o)
	}
	w.options(opts)
	return w.finish()
}

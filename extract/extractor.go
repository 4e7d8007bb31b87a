package extract

import (
	"context"
	"io"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Read reads the rest of r and reports what is in it. On an error, of r or of
// ctx, the Report still holds all that was found before.
func Read(ctx context.Context, r *pcap.Reader, o Options) (*Report, error) {
	x := Extractor{Options: o}
	err := x.Read(ctx, "", r)
	return x.Finish(), err
}

// An Extractor makes a Report from packets. Set Options, then name each capture
// with Begin and Add its packets, or let Read do both; Finish ends the Report.
// Captures that one sensor made belong into one Extractor, in the order of
// their times: connections go on from one to the next. The zero value is
// ready. It is not safe for concurrent use.
type Extractor struct {
	Options

	report  Report
	streams stream.Assembler
	scratch []byte // for keys
	names   layers.NameAppender
	clocks  []time.Time
	capture *Capture
}

// backwardsTolerance is how much earlier than the packet before it, of the same
// interface, a packet may be. Adapters with several queues, and captures on
// several processors, hand packets over out of order by less.
const backwardsTolerance = 100 * time.Millisecond

// Begin says that the following packets are those of the capture called name.
func (x *Extractor) Begin(name string) {
	x.report.Captures = append(x.report.Captures, Capture{Name: name})
	x.capture = &x.report.Captures[len(x.report.Captures)-1]
	x.clocks = x.clocks[:0]
	x.streams.Config = x.Stream
}

// Identify says what the file of the current capture is: its size in bytes and
// its SHA-256. Event UUIDs follow from it.
func (x *Extractor) Identify(size int64, sha256 [32]byte) {
	x.capture.Size, x.capture.SHA256 = size, sha256
}

// Read adds the rest of r, the capture called name. An error is also kept in
// the Report.
func (x *Extractor) Read(ctx context.Context, name string, r *pcap.Reader) error {
	x.Begin(name)
	var d layers.Decoder
	var p layers.Packet
	err := ctx.Err()
	for n := 0; err == nil; n++ {
		var rec *pcap.Record
		if rec, err = r.Next(); err != nil {
			break
		}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if n%1024 == 1023 {
			err = ctx.Err()
		}
	}
	if err == io.EOF {
		err = nil
	}
	x.capture.Err = err
	return err
}

// Add takes a packet, which was decoded from rec.
func (x *Extractor) Add(p *layers.Packet, rec *pcap.Record) {
	if x.capture == nil {
		x.Begin("")
	}
	x.count(p, rec)
	if topics(x.Only).has(IP) {
		x.addHosts(p, x.packet(rec))
	}
	x.addMessages(x.streams.Push(p, rec))
}

// Finish ends what is still open and returns the Report.
func (x *Extractor) Finish() *Report {
	x.addMessages(x.streams.Flush())
	report := x.report
	r := &report
	r.Unseen.Stream = x.streams.Stats()
	r.Unseen.LeftOut = r.leftOut()
	if r.Unseen.Backwards > 0 {
		r.distrustTimes()
	}
	*x = Extractor{Options: x.Options}
	return r
}

// packet returns the evidence that rec is.
func (x *Extractor) packet(rec *pcap.Record) Evidence {
	ref := stream.Ref{Offset: rec.Offset, Number: rec.Number, Time: rec.Time}
	return Evidence{len(x.report.Captures) - 1, ref, ref}
}

// message returns the evidence that m is.
func (x *Extractor) message(m *stream.Message) Evidence {
	return Evidence{len(x.report.Captures) - 1, m.First, m.Last}
}

func (x *Extractor) addMessages(ms []stream.Message) {
	only := topics(x.Only)
	for i := range ms {
		switch m := &ms[i]; {
		case m.Part != stream.Whole:
		case m.Proto == stream.DNS && only.has(DNS):
			x.addDNS(m)
		case m.Proto == stream.HTTP1 && only.has(HTTP):
			x.addHTTP(m)
		case m.Proto == stream.TLS && only.has(TLS):
			x.addTLS(m)
		}
	}
}

// count keeps the totals, and what can not be seen of a packet.
func (x *Extractor) count(p *layers.Packet, rec *pcap.Record) {
	r, u := &x.report, &x.report.Unseen
	size := int64(len(rec.Data))
	r.Packets++
	r.Bytes += size
	x.capture.Packets++
	x.capture.Bytes += size
	if rec.Truncated() {
		u.Cut++
	}
	if err := p.Err(); err != nil {
		u.Damaged = increment(u.Damaged, err.(*layers.Error).Kind)
	}
	if size > 0 && len(p.Payload()) == len(rec.Data) && p.Err() == nil {
		u.LinkTypes = increment(u.LinkTypes, rec.LinkType)
	}
	switch {
	case !usable(rec.Time):
		u.Untimed++
		return
	case x.backwards(rec):
		u.Backwards++
	}
	x.capture.extend(rec.Time)
}

func increment[K comparable](m map[K]int64, k K) map[K]int64 {
	if m == nil {
		m = map[K]int64{}
	}
	m[k]++
	return m
}

// backwards reports whether rec is earlier than the packet before it of the
// same interface.
func (x *Extractor) backwards(rec *pcap.Record) bool {
	i := rec.Interface % maxClocks
	for len(x.clocks) <= i {
		x.clocks = append(x.clocks, time.Time{})
	}
	before := x.clocks[i]
	x.clocks[i] = rec.Time
	return rec.Time.Before(before.Add(-backwardsTolerance))
}

// maxClocks bounds the interfaces whose packets are compared with their own
// kind alone.
const maxClocks = 1024

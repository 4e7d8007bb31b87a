package extract

import (
	"fmt"
	"iter"
	"maps"
	"time"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A Report holds the observations of one or more captures and counts the packets
// and values that could not be used. It refers to no packet bytes.
//
// It consists of sums, unions, first and last times, and the earliest few of a
// list, so Merge can combine Reports in any order. Conclusions from the whole, for
// instance which name an address has, are not stored.
//
// Any number of goroutines may read a Report, but not while Merge changes it.
type Report struct {
	// Captures lists the inputs, in order of time.
	Captures []Capture

	// Packets and Bytes count the packets read and the bytes captured of them.
	Packets, Bytes int64

	// Unseen counts the packets and values that could not be used.
	Unseen Unseen

	limits limits
	cut    rank     // rows of this rank or above are left out at limits.bytes; 0: none
	tables []tabled // by kind; nil when all are empty
}

// Unseen counts the packets, values and connections that a Report does not fully
// account for. If Crowded and Stream.Full are 0, no limit on all connections together
// was reached: then the Report of a capture is the merged Report of its parts, if all
// packets of two addresses are in one part.
type Unseen struct {
	Cut         int64                   `json:"cut,omitempty"`          // packets shorter in the capture than on the wire
	Untimed     int64                   `json:"untimed,omitempty"`      // packets without a time from 1970 to 9999
	Early       int64                   `json:"early,omitempty"`        // packets 100 ms to 1 s earlier than one before
	Backwards   int64                   `json:"backwards,omitempty"`    // packets more than 1 s earlier than one before: the clock was set back
	Step        time.Duration           `json:"step_ns,omitempty"`      // the most that these packets were earlier; times are that precise
	LinkTypes   map[pcap.LinkType]int64 `json:"link_types,omitempty"`   // packets of link types that are not decoded
	Damaged     map[string]int64        `json:"damaged,omitempty"`      // packets that could not be decoded to the end, by the name of the failing layer
	TooLong     int64                   `json:"too_long,omitempty"`     // values longer than Options.MaxValueLen, and lists longer than a fixed limit
	Parted      int64                   `json:"parted,omitempty"`       // conversations closed early because their addresses reached Options.MaxLive
	Crowded     int64                   `json:"crowded,omitempty"`      // conversations closed early because all addresses together exceeded it
	Severed     int64                   `json:"severed,omitempty"`      // pairs of addresses whose conversations were ended between two runs, because their packets exceeded Survey.MaxBytes, and IP datagrams likewise
	Unpaired    int64                   `json:"unpaired,omitempty"`     // TLS hellos recorded without their reply or EncryptedExtensions, mails not linked to their attachments, and logins not completed, at a fixed limit
	LateSecrets int64                   `json:"late_secrets,omitempty"` // blocks with TLS secrets after the first packet of a capture, which were not used: see Extractor.OnBlock
	Repeated    int64                   `json:"repeated,omitempty"`     // packets that Extractor.Skip skipped, because another capture has them, too
	Skipped     int64                   `json:"skipped,omitempty"`      // packets not decoded to the end because reading was stopped, by a context or a panic
	Stream      stream.Stats            `json:"stream"`                 // losses and recognised protocols of package stream
}

// A tabled is a table of any kind.
type tabled interface {
	facts() iter.Seq[*Fact]
	left() int64
	len() int
	appendRanks(dst []rank) []rank
	size() int
	appendSizes(dst []sized, kind int) []sized
	prune(above rank)
	setLimit(rows int)
	merge(o tabled)
	complete()
	clear() tabled
	encode(bare bool) iter.Seq2[[]byte, error]
	readJSON(array []byte, leftOut int64) error
}

// setLimits sets the limits of all tables, which it makes first if necessary.
func (r *Report) setLimits(l limits) {
	r.limits = l
	for i, k := range kinds {
		if i == len(r.tables) {
			r.tables = append(r.tables, k.table())
		}
		r.tables[i].setLimit(k.limit(l))
	}
}

func (r *Report) lastCapture() *Capture { return &r.Captures[len(r.Captures)-1] }

// conclude completes a report that has everything of its captures.
func (r *Report) conclude() {
	for _, f := range flows.of(r).rows {
		f.identify()
	}
	r.complete()
}

// complete sorts the captures and prepares the tables for concurrent readers.
func (r *Report) complete() {
	r.sortCaptures()
	for _, t := range r.tables {
		t.complete()
	}
}

// Clear returns a copy of r without the observations that were only made in decrypted
// connections. It shares its rows with r.
func (r *Report) Clear() *Report {
	c := *r
	c.tables = make([]tabled, len(r.tables))
	for i, t := range r.tables {
		c.tables[i] = t.clear()
	}
	return &c
}

// LeftOut returns the number of observations left out at Options.MaxValues, MaxConns
// or MaxReport, by the kind's name in JSON.
func (r *Report) LeftOut() map[string]int64 {
	left := map[string]int64{}
	for i, t := range r.tables {
		if n := t.left(); n > 0 {
			left[kinds[i].name] = n
		}
	}
	return left
}

// Merge adds o, a Report of other captures or of other parts of the same ones, to r.
// The order of merging makes no difference. If both Reports hold the same packets,
// Merge returns an error and changes nothing. After a merge, o must not be used.
func (r *Report) Merge(o *Report) error {
	for i := range r.Captures {
		for j := range o.Captures {
			if r.Captures[i].overlaps(&o.Captures[j]) {
				return fmt.Errorf("extract: both reports hold the same packets of %q", r.Captures[i].Name)
			}
		}
	}
	r.joinCaptures(o)
	r.add(o)
	r.complete()
	return nil
}

// add adds all but the captures of o, whose evidence refers to those of r.
func (r *Report) add(o *Report) {
	r.Packets += o.Packets
	r.Bytes += o.Bytes
	r.Unseen.add(&o.Unseen)
	r.absorb(o)
}

// absorb adds the tables of o, whose evidence refers to the captures of r.
func (r *Report) absorb(o *Report) {
	r.setLimits(r.limits.tighter(o.limits))
	for i, t := range o.tables {
		r.tables[i].merge(t)
	}
	r.cut = limitSize([]*Report{r}, r.cut.smaller(o.cut), r.limits.bytes)
}

func (u *Unseen) add(o *Unseen) {
	u.Cut += o.Cut
	u.Untimed += o.Untimed
	u.Early += o.Early
	u.Backwards += o.Backwards
	u.Step = max(u.Step, o.Step)
	u.TooLong += o.TooLong
	u.Parted += o.Parted
	u.Crowded += o.Crowded
	u.Severed += o.Severed
	u.Unpaired += o.Unpaired
	u.LateSecrets += o.LateSecrets
	u.Repeated += o.Repeated
	u.Skipped += o.Skipped
	u.LinkTypes = sum(u.LinkTypes, o.LinkTypes)
	u.Damaged = sum(u.Damaged, o.Damaged)
	u.Stream.Add(o.Stream)
}

// sum adds the counts of b to a and returns a, or a copy of b if a is nil.
func sum[K comparable](a, b map[K]int64) map[K]int64 {
	if a == nil {
		return maps.Clone(b)
	}
	for k, n := range b {
		a[k] += n
	}
	return a
}

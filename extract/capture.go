package extract

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/pcap"
)

// A Capture describes one input of a Report.
type Capture struct {
	Name    string
	Size    int64    // of the file in bytes; 0 unless set by Identify
	SHA256  [32]byte // of the file; zero unless set by Identify
	Packets int64
	Bytes   int64 // captured bytes of its packets

	// First and Last are the earliest and the latest time of its packets. Times
	// outside the years 1970 to 9999 are ignored.
	First, Last time.Time

	// From and To are the byte offsets of the first and the last record in the
	// input.
	From, To int64

	Format    string          // of the file: pcap or pcapng
	SnapLen   int             // most bytes captured of a packet, from the file header; 0: unlimited
	LinkTypes []pcap.LinkType // of its packets, at most 16

	Err error // the error that stopped reading; nil if all was read
}

type captureJSON struct {
	Name      string          `json:"name,omitempty"`
	Size      int64           `json:"size,omitempty"`
	SHA256    string          `json:"sha256,omitempty"`
	Packets   int64           `json:"packets"`
	Bytes     int64           `json:"bytes"`
	First     time.Time       `json:"first,omitzero"`
	Last      time.Time       `json:"last,omitzero"`
	From      int64           `json:"from"`
	To        int64           `json:"to"`
	Format    string          `json:"format,omitempty"`
	SnapLen   int             `json:"snaplen,omitempty"`
	LinkTypes []pcap.LinkType `json:"link_types,omitempty"`
	Err       string          `json:"error,omitempty"`
}

// MarshalJSON encodes the hash in hexadecimal and the error as its text.
func (c Capture) MarshalJSON() ([]byte, error) {
	w := captureJSON{
		Name: c.Name, Size: c.Size, Packets: c.Packets, Bytes: c.Bytes, First: c.First, Last: c.Last,
		From: c.From, To: c.To, Format: c.Format, SnapLen: c.SnapLen, LinkTypes: c.LinkTypes,
	}
	if c.SHA256 != ([32]byte{}) {
		w.SHA256 = hex.EncodeToString(c.SHA256[:])
	}
	if c.Err != nil {
		w.Err = c.Err.Error()
	}
	return json.Marshal(w)
}

// UnmarshalJSON decodes the form that MarshalJSON returns. Only the text of Err is
// restored.
func (c *Capture) UnmarshalJSON(b []byte) error {
	var w captureJSON
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*c = Capture{
		Name: w.Name, Size: w.Size, Packets: w.Packets, Bytes: w.Bytes, First: w.First, Last: w.Last,
		From: w.From, To: w.To, Format: w.Format, SnapLen: w.SnapLen, LinkTypes: w.LinkTypes,
	}
	if w.Err != "" {
		c.Err = errors.New(w.Err)
	}
	if w.SHA256 == "" {
		return nil
	}
	sum, err := hex.DecodeString(w.SHA256)
	if err != nil || len(sum) != len(c.SHA256) {
		return fmt.Errorf("invalid SHA-256 %q", w.SHA256)
	}
	copy(c.SHA256[:], sum)
	return nil
}

func (c *Capture) describe(h pcap.Header) { c.Format, c.SnapLen = h.Format.String(), max(h.SnapLen, 0) }

// maxLinkTypes limits the link types listed for one capture.
const maxLinkTypes = 16

func (c *Capture) sawLink(t pcap.LinkType) {
	n := len(c.LinkTypes)
	if n > 0 && c.LinkTypes[n-1] == t || n == maxLinkTypes || slices.Contains(c.LinkTypes, t) {
		return
	}
	c.LinkTypes = append(c.LinkTypes, t)
}

func (c *Capture) extend(t time.Time) {
	if c.First.IsZero() || t.Before(c.First) {
		c.First = t
	}
	if t.After(c.Last) {
		c.Last = t
	}
}

// Identity returns a string that distinguishes captures: the bytes of the SHA-256
// if it is known, otherwise a text of the counts and times. It does not depend on
// the name.
func (c *Capture) Identity() string {
	if c.SHA256 != ([32]byte{}) {
		return string(c.SHA256[:])
	}
	return fmt.Sprint(c.Packets, c.Bytes, c.First.UnixNano(), c.Last.UnixNano())
}

// compare orders captures independently of the order in which they were added.
func (c *Capture) compare(o *Capture) int {
	return cmp.Or(
		c.First.Compare(o.First),
		strings.Compare(c.Identity(), o.Identity()),
		cmp.Compare(c.From, o.From),
		strings.Compare(c.Name, o.Name))
}

// overlaps reports whether c and o share packets of the same capture.
func (c *Capture) overlaps(o *Capture) bool {
	if c.Packets == 0 || o.Packets == 0 || c.Name != o.Name || c.Identity() != o.Identity() {
		return false
	}
	return c.From <= o.To && o.From <= c.To
}

// sortCaptures puts the captures in order.
func (r *Report) sortCaptures() {
	sorted, place := inOrder(r.Captures)
	if !slices.IsSorted(place) {
		r.Captures = sorted
		r.moveCaptures(place)
	}
}

// joinCaptures makes the captures of r those of both reports, in order. It comes
// before the evidence is merged: which pieces of evidence of one time are kept depends
// on the order of their captures.
func (r *Report) joinCaptures(o *Report) {
	n := len(r.Captures)
	sorted, place := inOrder(slices.Concat(r.Captures, o.Captures))
	r.Captures = sorted
	if own := place[:n]; n > 0 && (own[n-1] != n-1 || !slices.IsSorted(own)) {
		r.moveCaptures(place[:n])
	}
	o.moveCaptures(place[n:])
}

// inOrder returns the captures in order, and the new index of each.
func inOrder(captures []Capture) (sorted []Capture, place []int) {
	order := make([]int, len(captures))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return captures[a].compare(&captures[b]) })
	sorted, place = make([]Capture, len(order)), make([]int, len(order))
	for to, from := range order {
		sorted[to], place[from] = captures[from], to
	}
	return sorted, place
}

// moveCaptures renumbers the captures of all evidence: place holds the new index of
// each.
func (r *Report) moveCaptures(place []int) {
	for _, t := range r.tables {
		for f := range t.facts() {
			f.Evidence.move(place)
		}
	}
}

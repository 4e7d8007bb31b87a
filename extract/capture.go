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

// A Capture is one input that a Report was made from.
type Capture struct {
	Name    string
	Size    int64    // of the file in bytes, 0 when Identify did not tell
	SHA256  [32]byte // of the file, zero when Identify did not tell
	Packets int64
	Bytes   int64 // captured bytes of its packets

	// First and Last are the times of its packets, as far as they are from 1970
	// to 9999.
	First, Last time.Time

	// From and To are where the first and the last record lie in the input, in
	// bytes.
	From, To int64

	Format    string          // of the file: pcap or pcapng
	SnapLen   int             // the most bytes captured of a packet, as the file's header says; 0: not limited
	LinkTypes []pcap.LinkType // of its packets, at most 16

	Err error // what stopped reading, nil at its end
}

// A captureJSON is the form of a Capture in JSON.
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

// MarshalJSON returns the capture with its hash in hexadecimal, and the text of
// its error.
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

// UnmarshalJSON is the reverse of MarshalJSON; of the error its text comes back.
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
		return fmt.Errorf("%q is no SHA-256", w.SHA256)
	}
	copy(c.SHA256[:], sum)
	return nil
}

// maxLinkTypes bounds the link types of one capture that are told.
const maxLinkTypes = 16

func (c *Capture) sawLink(t pcap.LinkType) {
	n := len(c.LinkTypes)
	if n > 0 && c.LinkTypes[n-1] == t || n == maxLinkTypes || slices.Contains(c.LinkTypes, t) {
		return
	}
	c.LinkTypes = append(c.LinkTypes, t)
}

// extend makes the capture's span hold t.
func (c *Capture) extend(t time.Time) {
	if c.First.IsZero() || t.Before(c.First) {
		c.First = t
	}
	if t.After(c.Last) {
		c.Last = t
	}
}

// Identity returns a string that differs between captures: the bytes of the
// SHA-256 if it is known, otherwise a text of the counts and times. It does not
// depend on the name.
func (c *Capture) Identity() string {
	if c.SHA256 != ([32]byte{}) {
		return string(c.SHA256[:])
	}
	return fmt.Sprint(c.Packets, c.Bytes, c.First.UnixNano(), c.Last.UnixNano())
}

// compare gives captures an order that does not depend on how they came.
func (c *Capture) compare(o *Capture) int {
	return cmp.Or(
		c.First.Compare(o.First),
		strings.Compare(c.Identity(), o.Identity()),
		cmp.Compare(c.From, o.From),
		strings.Compare(c.Name, o.Name))
}

// overlaps reports whether both are the same capture, and hold the same packets
// of it.
func (c *Capture) overlaps(o *Capture) bool {
	if c.Packets == 0 || o.Packets == 0 || c.Name != o.Name || c.Identity() != o.Identity() {
		return false
	}
	return c.From <= o.To && o.From <= c.To
}

// sortCaptures puts the captures in their order.
func (r *Report) sortCaptures() {
	order := make([]int, len(r.Captures))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return r.Captures[a].compare(&r.Captures[b]) })
	if slices.IsSorted(order) {
		return
	}
	sorted, place := make([]Capture, len(order)), make([]int, len(order))
	for to, from := range order {
		sorted[to], place[from] = r.Captures[from], to
	}
	r.Captures = sorted
	r.moveCaptures(place)
}

// moveCaptures tells the evidence where its captures are now.
func (r *Report) moveCaptures(place []int) {
	for _, t := range r.tables {
		for f := range t.facts() {
			f.Evidence.move(place)
		}
	}
}

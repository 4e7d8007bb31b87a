package extract

import (
	"context"

	"github.com/sightline-go/sightline/pcap"
)

// Verify reads the evidence of attributes again, as [Reread] does, and returns the
// attributes that are not found there, in the same order. open opens the captures
// of their Report, one at a time; Verify closes them.
func Verify(ctx context.Context, o Options, attributes []Attribute, open func(capture int) (*pcap.Reader, error)) ([]Attribute, error) {
	var evidence []Evidence
	var owner []int // of each piece, the index of the attribute
	for i := range attributes {
		if e, ok := attributes[i].Evidence.First(); ok {
			evidence, owner = append(evidence, e), append(owner, i)
		}
	}
	found := make([]bool, len(attributes))
	var last *Report
	var shown map[string]bool // the values that last shows
	err := Reread(ctx, o, evidence, open, func(piece int, r *Report) bool {
		if r != last {
			last, shown = r, values(r)
		}
		i := owner[piece]
		found[i] = shown[attributes[i].Value]
		return found[i]
	})
	if err != nil {
		return nil, err
	}
	var missing []Attribute
	for i, a := range attributes {
		if !found[i] {
			missing = append(missing, a)
		}
	}
	return missing, nil
}

// values returns the values of all attributes that a report gives.
func values(r *Report) map[string]bool {
	all := map[string]bool{}
	for _, a := range r.Select(EventOptions{All: true, Detail: Indicators}).Attributes {
		all[a.Value] = true
	}
	return all
}

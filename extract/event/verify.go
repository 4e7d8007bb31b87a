package event

import (
	"context"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

// Verify reads the evidence of attributes again, as [extract.Reread] does, and returns the
// attributes that are not found there, in the same order. open opens the captures
// of their Report, one at a time; Verify closes them.
func Verify(ctx context.Context, o extract.Options, attributes []Attribute, open func(capture int) (*pcap.Reader, error)) ([]Attribute, error) {
	var evidence []extract.Evidence
	var owner []int // of each piece, the index of the attribute
	for i := range attributes {
		if e, ok := attributes[i].Evidence.First(); ok {
			evidence, owner = append(evidence, e), append(owner, i)
		}
	}
	found := make([]bool, len(attributes))
	var last *extract.Report
	var shown map[string]bool // the values that last shows
	err := extract.Reread(ctx, o, evidence, open, func(piece int, r *extract.Report) bool {
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
func values(r *extract.Report) map[string]bool {
	all := map[string]bool{}
	for _, a := range Select(r, Options{All: true, Detail: Indicators}).Attributes {
		all[a.Value] = true
	}
	return all
}

package event

import (
	"context"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

// Verify checks attributes against the packets that their evidence names, which it
// reads again as [extract.Reread] does, and returns the attributes that it does not
// find there, in order. open opens a capture of their Report by its index, one at a
// time; Verify closes the readers. Attributes without evidence are never found.
func Verify(ctx context.Context, o extract.Options, attributes []Attribute, open func(capture int) (*pcap.Reader, error)) ([]Attribute, error) {
	var evidence []extract.Evidence
	for i := range attributes {
		if e, ok := attributes[i].Evidence.First(); ok {
			evidence = append(evidence, e)
		}
	}
	r, err := extract.Reread(ctx, o, evidence, open)
	if err != nil {
		return nil, err
	}
	shown := map[string][]extract.Trail{} // by value
	for _, a := range Select(r, Options{All: true, Detail: Indicators}).Attributes {
		shown[a.Value] = append(shown[a.Value], a.Evidence)
	}
	var missing []Attribute
	for _, a := range attributes {
		if e, ok := a.Evidence.First(); !ok || !anyShows(shown[a.Value], &e) {
			missing = append(missing, a)
		}
	}
	return missing, nil
}

func anyShows(trails []extract.Trail, e *extract.Evidence) bool {
	for i := range trails {
		if trails[i].Shows(e) {
			return true
		}
	}
	return false
}

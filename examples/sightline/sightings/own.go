package sightings

import (
	"context"
	"encoding/hex"

	"github.com/sightline-go/sightline/extract/misp"
)

// disown finds the events that were made from a capture: a sighting of their
// attributes in the same capture would only confirm itself. These events have a
// pcap-metadata object with the capture's SHA-256.
func (j *job) disown(ctx context.Context, c *capture) error {
	c.made = map[string]bool{}
	if len(c.knownIn(j.known)) == 0 {
		return nil
	}
	found := map[misp.UUID]attribute{}
	q := query{ReturnFormat: "json", Type: []misp.Type{misp.SHA256}, Value: []string{hex.EncodeToString(c.id[:])}, Limit: j.batch}
	if err := j.search(ctx, q, found); err != nil {
		return err
	}
	for _, a := range found {
		if a.Relation == "file-hash-sha256" { // not the sha256 of a file object
			c.made[string(a.EventID)] = true
		}
	}
	for _, k := range c.knownIn(j.known) {
		if c.made[k.event] {
			j.count.own++
		}
	}
	return nil
}

// knownIn returns the attributes whose values the capture shows.
func (c *capture) knownIn(all map[value][]known) (list []known) {
	for v := range c.values {
		list = append(list, all[v]...)
	}
	return list
}

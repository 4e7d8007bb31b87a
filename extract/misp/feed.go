package misp

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A FeedEntry describes an event in a feed: a directory with the event in the file
// UUID.json, the entries by UUID in manifest.json, and hashes.csv. MISP fetches the
// event if the entry's Timestamp is later than that of its copy.
type FeedEntry struct {
	Orgc        Org       `json:"Orgc"`
	Tags        []TagJSON `json:"Tag"`
	Info        string    `json:"info"`
	Date        string    `json:"date"`
	Analysis    string    `json:"analysis"`
	ThreatLevel string    `json:"threat_level_id"`
	Timestamp   string    `json:"timestamp"`
}

// FeedEntry returns the entry of the event, which must have an Orgc, a Date and a
// Timestamp.
func (e *Event) FeedEntry() FeedEntry {
	f := FeedEntry{
		Orgc: e.Orgc, Tags: wireTags(e.Tags), Info: CommentText(e.Info), Date: e.Date.UTC().Format(time.DateOnly),
		Analysis: fmt.Sprint(e.Analysis), ThreatLevel: fmt.Sprint(e.ThreatLevel), Timestamp: fmt.Sprint(e.Timestamp.Unix()),
	}
	if f.Tags == nil {
		f.Tags = []TagJSON{}
	}
	return f
}

// FeedHashes returns the hashes by which MISP looks up the event's values in
// hashes.csv, in order: the MD5 of each value, and of each part of a composite one.
// Values that must not correlate have none.
func (e *Event) FeedHashes() []string {
	var hashes []string
	add := func(attributes []Attribute) {
		for i := range attributes {
			if a := &attributes[i]; !a.DisableCorrelation {
				hashes = append(hashes, a.hashes()...)
			}
		}
	}
	add(e.Attributes)
	for i := range e.Objects {
		add(e.Objects[i].Attributes)
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

func (a *Attribute) hashes() (hashes []string) {
	parts := []string{a.Value}
	if strings.Contains(string(a.Type), "|") || a.Type == MalwareSample {
		parts = strings.Split(a.Value, "|")
	}
	for _, p := range parts {
		sum := md5.Sum([]byte(p))
		hashes = append(hashes, hex.EncodeToString(sum[:]))
	}
	return hashes
}

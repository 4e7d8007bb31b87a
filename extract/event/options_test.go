package event

import (
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want string // part of the error
	}{
		{Options{}, ""},
		{Options{Distribution: 3, ThreatLevel: 4, Analysis: 2, Only: extract.TopicSetOf(extract.Topics()...)}, ""},
		{Options{Distribution: 4}, "distribution 4"},
		{Options{Distribution: -1}, "distribution -1"},
		{Options{ThreatLevel: 5}, "threat level 5"},
		{Options{ThreatLevel: -1}, "threat level -1"},
		{Options{Analysis: 3}, "analysis 3"},
		{Options{Analysis: -1}, "analysis -1"},
	} {
		err := tt.o.Check()
		if (err != nil) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", tt.o, err, tt.want)
		}
	}
}

// Every topic is mapped, and every origin is described and belongs to a topic.
func TestTopics(t *testing.T) {
	var mapped extract.TopicSet
	for _, entry := range topics {
		mapped |= entry.topics
		if (entry.objects == nil) != (len(entry.templates) == 0) {
			t.Errorf("%q: objects without templates, or the reverse", entry.topics)
		}
	}
	for _, topic := range extract.Topics() {
		if mapped&extract.TopicSetOf(topic) == 0 {
			t.Errorf("topic %q has no entry", topic)
		}
	}
	for o := range originCount {
		if originInfo[o].text == "" {
			t.Errorf("origin %d has no text", o)
		}
		if !mapped.Has(o.topic()) {
			t.Errorf("origin %d: topic %q has no entry", o, o.topic())
		}
	}
}

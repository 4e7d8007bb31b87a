package extract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Every topic has a name, and the names that -only takes do not change.
func TestTopicNames(t *testing.T) {
	for name := range strings.SplitSeq("http,files,tls,dns,mail,ssh,logins,dhcp,ip,connections", ",") {
		if !slices.Contains(topicNames[:], name) {
			t.Errorf("no topic %s", name)
		}
	}
	for i, topic := range Topics() {
		name := topic.String()
		var back Topic
		if err := back.UnmarshalText([]byte(name)); err != nil || back != Topic(i) || name == "" {
			t.Errorf("%q: %v, %v", name, back, err)
		}
	}
	if got := Topic(200).String(); got != "Topic(200)" {
		t.Error(got)
	}
	b, err := json.Marshal(map[string]any{"topic": SSH, "only": TopicSetOf(DHCP, DNS)})
	if want := `{"only":"dns,dhcp","topic":"ssh"}`; err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
}

// The zero value of a TopicSet is the set of all topics, as is an empty list.
func TestTopicSet(t *testing.T) {
	for list, want := range map[string][]Topic{
		"":          Topics(),
		",":         Topics(),
		"dns":       {DNS},
		"dns,http,": {HTTP, DNS},
		"ip,ip":     {IP},
	} {
		s := TopicSetOf(Mail) // overwritten below
		if err := s.UnmarshalText([]byte(list)); err != nil || !slices.Equal(slices.Collect(s.All()), want) {
			t.Errorf("%q: %v, %v", list, s, err)
		}
		for _, topic := range Topics() {
			if s.Has(topic) != slices.Contains(want, topic) {
				t.Errorf("%q: has %v: %v", list, topic, s.Has(topic))
			}
		}
		back := TopicSetOf(Mail)
		if err := back.UnmarshalText([]byte(s.String())); err != nil || back != s {
			t.Errorf("%q: %v is read back as %v, %v", list, s, back, err)
		}
	}
	s := TopicSetOf(Mail)
	want := fmt.Sprintf(`unknown topic "HTTP"; the topics are %v`, Topics())
	if err := s.UnmarshalText([]byte("dns,HTTP")); err == nil || err.Error() != want || s != TopicSetOf(Mail) {
		t.Errorf("%v, %v", s, err)
	}
	for topic := range s.All() {
		if topic != Mail {
			t.Error(topic)
		}
		break
	}
}

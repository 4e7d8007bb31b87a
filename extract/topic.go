package extract

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// A Topic is a group of observations that are selected together.
type Topic uint8

// Topics returns all topics, in order.
func Topics() []Topic { return slices.Collect(TopicSet(0).All()) }

// String returns the topic's name.
func (t Topic) String() string {
	if t < topicCount {
		return topicNames[t]
	}
	return "Topic(" + strconv.Itoa(int(t)) + ")"
}

// MarshalText returns the topic's name.
func (t Topic) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText sets t to the topic of that name.
func (t *Topic) UnmarshalText(name []byte) error {
	i := slices.Index(topicNames[:], string(name))
	if i < 0 {
		return fmt.Errorf("unknown topic %q; the topics are %v", name, Topics())
	}
	*t = Topic(i)
	return nil
}

// A TopicSet is a set of topics. The zero value is the set of all topics. The union
// of two nonzero sets is a|b.
type TopicSet uint16

const _ TopicSet = 1 << (topicCount - 1) // each topic has a bit

// TopicSetOf returns the set of the given topics, or the zero value if none is given.
func TopicSetOf(topics ...Topic) (s TopicSet) {
	for _, t := range topics {
		s |= 1 << t
	}
	return s
}

// Has reports whether t is in the set.
func (s TopicSet) Has(t Topic) bool { return s == 0 || s&(1<<t) != 0 }

// overlaps reports whether any of the named topics is in the set. Unlike s, a zero
// named is empty.
func (s TopicSet) overlaps(named TopicSet) bool { return named != 0 && (s == 0 || s&named != 0) }

// All returns the topics of the set, in order.
func (s TopicSet) All() iter.Seq[Topic] {
	if s == 0 {
		s = 1<<topicCount - 1
	}
	return func(yield func(Topic) bool) {
		for left := s; left != 0; left &= left - 1 {
			if !yield(Topic(bits.TrailingZeros16(uint16(left)))) {
				return
			}
		}
	}
}

// String returns the names of the topics, separated by commas, or "" for the zero
// value.
func (s TopicSet) String() string {
	if s == 0 {
		return ""
	}
	var names []string
	for t := range s.All() {
		names = append(names, t.String())
	}
	return strings.Join(names, ",")
}

// MarshalText returns the text of String.
func (s TopicSet) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText sets s to the topics of a list like "http,dns". It skips empty names;
// an empty list is the zero value.
func (s *TopicSet) UnmarshalText(list []byte) error {
	var all TopicSet
	for name := range strings.SplitSeq(string(list), ",") {
		if name == "" {
			continue
		}
		var t Topic
		if err := t.UnmarshalText([]byte(name)); err != nil {
			return err
		}
		all |= TopicSetOf(t)
	}
	*s = all
	return nil
}

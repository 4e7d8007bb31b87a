package event

import (
	"fmt"
	"net/netip"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// Options say what goes into an event. The zero value takes all topics,
// leaves out what no rule lets pass, and bounds the event to what a person can
// review on MISP's page.
type Options struct {
	// UUID identifies the event. The zero UUID stands for one that follows from
	// the captures: the same captures give the same event.
	UUID misp.UUID

	// Info is the event's title; "": the names of the captures.
	Info string

	// Tags are the event's, such as "tlp:amber".
	Tags []string

	Distribution int // 0 your organisation only, 1 this community, 2 connected communities, 3 all communities
	ThreatLevel  int // 1 high, 2 medium, 3 low, 4 undefined; 0: 4
	Analysis     int // 0 initial, 1 ongoing, 2 completed

	// Only says which topics go in.
	Only extract.TopicSet

	// Detail says whether attributes, objects or both go in.
	Detail Detail

	// Internal are the analyst's own networks. Their addresses are left out,
	// as private ones are.
	Internal []netip.Prefix

	// Private lets pass what is of a local network: private, loopback,
	// link-local, multicast and broadcast addresses, addresses of Internal,
	// names of local networks, hardware addresses.
	Private bool

	// All lets everything pass that MISP takes, and bounds nothing.
	All bool

	// MaxAttributes and MaxObjects bound the event. What is beyond is left out
	// and counted, the most telling of each type last. 0: 500 and 200.
	// Negative: no bound.
	MaxAttributes, MaxObjects int

	// Warned, if set, returns the names of the warninglists that a value of an
	// attribute type is on; see package warninglist. Such values are marked:
	// they are not for detection (to_ids), and the comment names the lists.
	// DropWarned leaves them out instead.
	Warned     func(typ, value string) []string
	DropWarned bool
}

// Detail says what an event is made of.
type Detail uint8

// The choices.
const (
	Both       Detail = iota
	Indicators        // attributes alone
	Objects           // objects alone
)

const (
	defaultMaxAttributes = 500
	defaultMaxObjects    = 200
)

// Check returns an error if a number is out of MISP's range.
func (o Options) Check() error {
	switch {
	case o.Distribution < 0 || o.Distribution > 3:
		return fmt.Errorf("distribution %d is not from 0 to 3", o.Distribution)
	case o.ThreatLevel < 0 || o.ThreatLevel > 4:
		return fmt.Errorf("threat level %d is not from 1 to 4", o.ThreatLevel)
	case o.Analysis < 0 || o.Analysis > 2:
		return fmt.Errorf("analysis %d is not from 0 to 2", o.Analysis)
	}
	return nil
}

// wants reports whether one of the topics of an entry of the table goes in.
func (o *Options) wants(topics extract.TopicSet) bool {
	return topics == 0 || o.Only == 0 || o.Only&topics != 0
}

// limit returns how many may go out, given a field of the options and its default.
func (o *Options) limit(n, def int) int {
	switch {
	case o.All || n < 0:
		return int(^uint(0) >> 1)
	case n == 0:
		return def
	}
	return n
}

package event

import (
	"fmt"
	"net/netip"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// Options configure an event. The zero value includes all topics, drops what a
// [Rule] excludes, and limits the event to what a person can review on MISP's
// page.
type Options struct {
	// UUID identifies the event. If it is zero, the UUID is derived from the
	// captures: the same captures give the same event.
	UUID misp.UUID

	// Info is the event's title. If it is empty, the title names the captures.
	Info string

	// Tags are the tags of the event, for example "tlp:amber".
	Tags []string

	Distribution int // 0 your organisation only, 1 this community, 2 connected communities, 3 all communities
	ThreatLevel  int // 1 high, 2 medium, 3 low, 4 undefined; 0 means 4
	Analysis     int // 0 initial, 1 ongoing, 2 completed

	// Only selects the topics. Zero selects all.
	Only extract.TopicSet

	// Detail selects attributes, objects or both.
	Detail Detail

	// Internal lists the analyst's own networks. Their addresses are left out
	// like private ones.
	Internal []netip.Prefix

	// NoReport leaves out the event report, a description of the captures and of
	// the selection in Markdown. It names the inside hosts, also without Private.
	NoReport bool

	// Private includes local addresses and names: private, carrier-grade NAT,
	// loopback, link-local, multicast, broadcast and unspecified addresses,
	// addresses in Internal, names of local networks, MAC addresses.
	Private bool

	// OnlyClear leaves out values that were only seen in decrypted connections.
	OnlyClear bool

	// All includes every value that MISP accepts and lifts all limits. It does
	// not lift DropWarned.
	All bool

	// MaxAttributes and MaxObjects limit the event; 0 means 500 and 200, and a
	// negative number no limit. All types of attributes, and all templates of
	// objects, get equal shares, and the first seen of each are kept. The rest
	// is left out and counted.
	MaxAttributes, MaxObjects int

	// NoKnown ignores the tables of well-known services, such as connectivity
	// checks and certificate services, and of shared ones, such as file sharing.
	NoKnown bool

	// Warned, if set, returns the warninglists that match a value of an
	// attribute type; see package warninglist. The comment of a matched value
	// names the lists. If one of them is Harmless, the value is not marked for
	// detection (to_ids); DropWarned leaves it out instead.
	Warned     func(typ, value string) []Warning
	DropWarned bool
}

// Detail selects the parts of an event.
type Detail uint8

// Values of Detail.
const (
	Both       Detail = iota
	Indicators        // attributes only
	Objects           // objects only
)

const (
	defaultMaxAttributes = 500
	defaultMaxObjects    = 200
)

// Check returns an error if Distribution, ThreatLevel or Analysis is out of
// MISP's range.
func (o Options) Check() error {
	switch {
	case o.Distribution < 0 || o.Distribution > 3:
		return fmt.Errorf("distribution %d is out of range 0 to 3", o.Distribution)
	case o.ThreatLevel < 0 || o.ThreatLevel > 4:
		return fmt.Errorf("threat level %d is out of range 1 to 4", o.ThreatLevel)
	case o.Analysis < 0 || o.Analysis > 2:
		return fmt.Errorf("analysis %d is out of range 0 to 2", o.Analysis)
	}
	return nil
}

// wants reports whether one of topics is selected. An empty set always is.
func (o *Options) wants(topics extract.TopicSet) bool {
	return topics == 0 || o.Only == 0 || o.Only&topics != 0
}

// limit returns the limit that n, MaxAttributes or MaxObjects, stands for.
func (o *Options) limit(n, def int) int {
	switch {
	case o.All || n < 0:
		return int(^uint(0) >> 1)
	case n == 0:
		return def
	}
	return n
}

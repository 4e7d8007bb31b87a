package event

import (
	_ "embed"
	"sync"

	"github.com/sightline-go/sightline/extract/misp"
)

// shared.tsv lists services on which anybody can publish, below paths of the same
// names, and domains whose operator alone has names below them: a URL there may be
// malicious, the name and its addresses are everybody's. The columns are those of
// known.tsv. A domain where customers have names of their own is not among them, or has
// the kind "-" if it is below one.
//
//go:embed shared.tsv
var sharedTSV string

var sharedServices = sync.OnceValue(func() *services { return readServices(sharedTSV) })

// isShared reports whether a name belongs to a service on which anybody can publish.
func (j *judge) isShared(name string) bool {
	_, shared := sharedServices().kind(name)
	return shared && !j.options.NoKnown
}

// sharedService reports whether the value is the name of a service on which anybody
// can publish, or an address of one. Its URLs are judged like others.
func (j *judge) sharedService(s *subject) bool {
	switch s.typ {
	case misp.Hostname, misp.Domain, misp.DomainIP:
		return j.isShared(s.host)
	case misp.IPDst, misp.IPDstPort:
		return j.shared[s.addr]
	}
	return false
}

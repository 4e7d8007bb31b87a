package extract

import (
	"iter"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Resolver is an address that sent DNS responses from any port but those of
// multicast DNS and LLMNR. Count is their number.
type Resolver struct {
	Fact
	Addr netip.Addr `json:"addr"`

	// Recursive counts the responses of a recursive resolver, with RD and RA (RFC
	// 1035 section 4.1.1). Other counts the rest.
	Recursive int64 `json:"recursive,omitempty"`
	Other     int64 `json:"other,omitempty"`

	// Domains lists the registered domains of the questions that it answered
	// recursively, with an answer or NXDOMAIN: the first eight in alphabetical
	// order. A registered domain is a label below a public suffix; names under
	// arpa have none.
	Domains []string `json:"domains,omitempty"`

	// Odd counts the responses that may carry data of a tunnel: to a question
	// whose name or type is odd, with an answer of an odd type, or with more than
	// 200 bytes of TXT data in the answer. The types NULL (RFC 1035 section
	// 3.3.10) and those for private use (RFC 6895 section 3.1) are odd. A name is
	// odd if it has an octet other than visible ASCII, or more than 60 octets
	// before its registered domain, or a label with a digit next to a letter in
	// eight places or more, as data in hexadecimal or base 32 has.
	Odd int64 `json:"odd,omitempty"`
}

func (r *Resolver) appendKey(dst []byte) []byte { return appendAddr(dst, r.Addr) }

func (r *Resolver) merge(o *Resolver) {
	r.Fact.merge(&o.Fact)
	r.Recursive += o.Recursive
	r.Other += o.Other
	r.Odd += o.Odd
	for _, domain := range o.Domains {
		r.serve(domain)
	}
}

// maxDomains limits Resolver.Domains.
const maxDomains = 8

// serve adds a domain to Domains, unless it is empty.
func (r *Resolver) serve(domain string) {
	i, found := slices.BinarySearch(r.Domains, domain)
	if domain == "" || found || i == maxDomains {
		return
	}
	r.Domains = slices.Insert(r.Domains, i, domain)
	r.Domains = r.Domains[:min(len(r.Domains), maxDomains)]
}

var resolvers = handleOf[Resolver]()

// Resolvers returns the addresses that sent DNS responses, in order.
func (r *Report) Resolvers() iter.Seq[*Resolver] { return resolvers.all(r) }

// A response holds what the row of a resolver counts of a DNS response.
type response struct {
	domain string // of the first question
	odd    bool
	text   int // bytes of TXT data in the answer
}

// maxText is the most TXT data of an answer that is not odd, in bytes.
const maxText = 200

// asked adds a question for w.name, whose row is nil if the table has no room for it.
func (r *response) asked(w *worker, row *Query, of dns.Type) {
	if row == nil {
		row = &Query{Name: string(w.name)}
	}
	if !row.traits.known {
		row.traits = traitsOf(row.Name)
	}
	if !w.aliases.asked {
		r.domain = row.Name[row.traits.domain:]
	}
	r.odd = r.odd || row.traits.odd || isOdd(of)
}

// answered adds a record.
func (r *response) answered(section dns.Section, rr dns.Resource) {
	if section != dns.Answer {
		return
	}
	r.odd = r.odd || isOdd(rr.Type)
	if rr.Type == dns.TypeTXT {
		r.text += len(rr.Data)
	}
}

// isOdd reports whether a type is NULL or for private use.
func isOdd(t dns.Type) bool { return t == dns.TypeNULL || t >= 65280 }

// resolves counts a response for the server that sent it.
func (w *worker) resolves(m *stream.Message, msg dns.Message, r *response, e *Evidence) {
	const mdns, llmnr = 5353, 5355 // RFC 6762, RFC 4795
	server := m.Conn.Flow.Dst
	if m.FromClient || server.Port() == mdns || server.Port() == llmnr {
		return
	}
	t := resolvers.of(&w.report)
	if w.resolver == nil || w.resolver.Addr != server.Addr() || w.resolver.dropped {
		w.resolver = t.row(Resolver{Addr: server.Addr()})
	}
	row := t.count(w.resolver, e)
	if row == nil {
		return
	}
	if r.odd || r.text > maxText {
		row.Odd++
	}
	if !msg.RecursionDesired() || !msg.RecursionAvailable() {
		row.Other++
		return
	}
	row.Recursive++
	if code := msg.RCode(); code == dns.RCodeNoError || code == dns.RCodeNXDomain {
		row.serve(r.domain)
	}
}

// nameTraits describes a name.
type nameTraits struct {
	known  bool   // the rest is set
	odd    bool   // see Resolver.Odd
	domain uint16 // where its registered domain begins; its length if it has none
}

// The limits of a name that is not odd: octets before its registered domain, and
// places of a label where a digit is next to a letter.
const (
	maxBelow      = 60
	maxAlternates = 7
)

// traitsOf describes a name in the form of Query.Name.
func traitsOf(name string) nameTraits {
	none := uint16(len(name))
	if strings.Contains(name, `\`) { // an escaped dot would forge a domain
		return nameTraits{true, true, none}
	}
	if name == "arpa" || strings.HasSuffix(name, ".arpa") {
		return nameTraits{true, false, none}
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return nameTraits{true, alternates(name), none}
	}
	below := len(name) - len(domain)
	return nameTraits{true, below > maxBelow || alternates(name), uint16(below)}
}

// alternates reports whether a label of a name has a digit next to a letter in more
// than maxAlternates places.
func alternates(name string) bool {
	places, last := 0, byte(0)
	for i := range len(name) {
		kind := byte(0) // neither
		switch c := name[i]; {
		case c == '.':
			places = 0
		case '0' <= c && c <= '9':
			kind = 1
		case 'a' <= c && c <= 'z':
			kind = 2
		}
		if kind|last == 3 {
			if places++; places > maxAlternates {
				return true
			}
		}
		last = kind
	}
	return false
}

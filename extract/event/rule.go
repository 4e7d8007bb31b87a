package event

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/sightline-go/sightline/extract/misp"
)

// A Rule says why an observation is not among the attributes.
type Rule string

// The rules that leave observations out because they are of a local network.
// Options.Private lifts them.
const (
	OwnNetwork      Rule = "address of an own network" // Options.Internal
	PrivateAddr     Rule = "private address"           // RFC 1918, RFC 4193, RFC 3879
	SharedAddr      Rule = "shared address"            // RFC 6598
	LoopbackAddr    Rule = "loopback address"          // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3
	LinkLocalAddr   Rule = "link-local address"        // RFC 3927, RFC 4291 section 2.5.6
	MulticastAddr   Rule = "multicast address"         // RFC 5771, RFC 4291 section 2.7
	BroadcastAddr   Rule = "broadcast address"         // RFC 919 section 7
	UnspecifiedAddr Rule = "unspecified address"       // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2
	HardwareAddr    Rule = "hardware address"          // which only on-link hosts show
	SingleLabel     Rule = "single-label name"
	LocalName       Rule = ".local name"     // RFC 6762 section 3
	LocalhostName   Rule = ".localhost name" // RFC 6761 section 6.3
	ARPAName        Rule = ".arpa name"      // RFC 3172
)

// The rules that leave observations out because they tell little by themselves.
// Options.All lifts them and those above.
const (
	NameServer   Rule = "name server, or name of an address" // NS, SOA, PTR and the like
	IssuerCert   Rule = "certificate of an issuer"
	OrdinaryFile Rule = "ordinary content of the web"
	Incomplete   Rule = "file without a hash" // incomplete, or no hash is asked for
	CommonPort   Rule = "common port"
	Unanswered   Rule = "connection without an answer"
	AddrAsName   Rule = "address in place of a name"
	NoURL        Rule = "CONNECT, which names no URL"
	OnlyInObject Rule = "part of an object"
	NoType       Rule = "of no type in MISP"
	TooMany      Rule = "beyond the bound of the event"
)

// The rules that nothing lifts, but the options that brought them.
const (
	Warned  Rule = "on a warninglist"
	Refused Rule = "value that MISP refuses"
)

// local reports whether the rule is about local networks.
func (r Rule) local() bool {
	switch r {
	case OwnNetwork, PrivateAddr, SharedAddr, LoopbackAddr, LinkLocalAddr, MulticastAddr, BroadcastAddr,
		UnspecifiedAddr, HardwareAddr, SingleLabel, LocalName, LocalhostName, ARPAName:
		return true
	}
	return false
}

var (
	sharedPrefix    = netip.MustParsePrefix("100.64.0.0/10")
	siteLocalPrefix = netip.MustParsePrefix("fec0::/10")
	thisNetwork     = netip.MustParsePrefix("0.0.0.0/8")
	broadcast       = netip.AddrFrom4([4]byte{255, 255, 255, 255})
)

// addrRule returns the rule that leaves a out, "" when none does.
func addrRule(a netip.Addr) Rule {
	a = a.Unmap()
	switch {
	case a.IsPrivate(), siteLocalPrefix.Contains(a):
		return PrivateAddr
	case sharedPrefix.Contains(a):
		return SharedAddr
	case a.IsLoopback():
		return LoopbackAddr
	case a.IsLinkLocalUnicast():
		return LinkLocalAddr
	case a.IsMulticast():
		return MulticastAddr
	case a == broadcast:
		return BroadcastAddr
	case a.IsUnspecified(), thisNetwork.Contains(a):
		return UnspecifiedAddr
	}
	return ""
}

// nameRule returns the rule that leaves a host name out, "" when none does.
// name is in lower case, without final dot.
func nameRule(name string) Rule {
	i := strings.LastIndexByte(name, '.')
	if name == "localhost" {
		return LocalhostName
	}
	if i < 0 || name == "." {
		return SingleLabel
	}
	switch name[i+1:] {
	case "local":
		return LocalName
	case "localhost":
		return LocalhostName
	case "arpa":
		return ARPAName
	}
	return ""
}

func isAddr(s string) bool {
	if strings.IndexByte(s, ':') < 0 && (s == "" || s[len(s)-1] > '9') {
		return false // it is a name, as nearly all are
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// registrable reports whether name is one that can be registered: a label and
// a public suffix (https://publicsuffix.org).
func registrable(name string) bool {
	d, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && d == name
}

// asciiName returns a host name as DNS has it (RFC 5891): of MISP's types domain
// alone takes other letters, for which it does the same. What is no name stays.
func asciiName(name string) string {
	for i := range len(name) {
		if name[i] >= 0x80 {
			if ascii, err := misp.Accept(misp.Domain, name); err == nil {
				return ascii
			}
			break
		}
	}
	return name
}

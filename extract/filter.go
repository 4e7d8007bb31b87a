package extract

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A Rule says why an observation is not among the attributes.
type Rule string

// The rules that leave observations out. EventOptions.Private lifts all but
// Refused.
const (
	PrivateAddr     Rule = "private address"     // RFC 1918, RFC 4193, RFC 3879
	SharedAddr      Rule = "shared address"      // RFC 6598
	LoopbackAddr    Rule = "loopback address"    // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3
	LinkLocalAddr   Rule = "link-local address"  // RFC 3927, RFC 4291 section 2.5.6
	MulticastAddr   Rule = "multicast address"   // RFC 5771, RFC 4291 section 2.7
	BroadcastAddr   Rule = "broadcast address"   // RFC 919 section 7
	UnspecifiedAddr Rule = "unspecified address" // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2
	SingleLabel     Rule = "single-label name"
	LocalName       Rule = ".local name"     // RFC 6762 section 3
	LocalhostName   Rule = ".localhost name" // RFC 6761 section 6.3
	ARPAName        Rule = ".arpa name"      // RFC 3172
	Refused         Rule = "value that MISP refuses"
)

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

// hostRule returns the rule that leaves out what names a host by its name or
// its address.
func hostRule(host string) Rule {
	if a, err := netip.ParseAddr(host); err == nil {
		return addrRule(a)
	}
	return nameRule(host)
}

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// registrable reports whether name is one that can be registered: a label and
// a public suffix (https://publicsuffix.org).
func registrable(name string) bool {
	d, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && d == name
}

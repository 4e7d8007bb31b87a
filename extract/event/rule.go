package event

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/sightline-go/sightline/extract/misp"
)

// A Rule is a reason to exclude an observation from the attributes. Its text is
// the rule's name.
type Rule string

// Rules that exclude observations of local networks. Options.Private lifts them.
const (
	OwnNetwork      Rule = "address in an -internal network" // Options.Internal
	PrivateAddr     Rule = "private address"                 // RFC 1918, RFC 4193, RFC 3879
	SharedAddr      Rule = "carrier-grade NAT address"       // RFC 6598
	LoopbackAddr    Rule = "loopback address"                // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3
	LinkLocalAddr   Rule = "link-local address"              // RFC 3927, RFC 4291 section 2.5.6
	MulticastAddr   Rule = "multicast address"               // RFC 5771, RFC 4291 section 2.7
	BroadcastAddr   Rule = "broadcast address"               // RFC 919 section 7
	UnspecifiedAddr Rule = "unspecified address"             // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2
	HardwareAddr    Rule = "MAC address"                     // visible only on its own link
	SingleLabel     Rule = "single-label name"
	LocalName       Rule = ".local name"     // RFC 6762 section 3 and appendix G; ICANN reserved .internal
	LocalhostName   Rule = ".localhost name" // RFC 6761 section 6.3
	ARPAName        Rule = ".arpa name"      // RFC 3172
	WPADName        Rule = "WPAD name"       // draft-ietf-wrec-wpad-01: the proxy of a network
)

// Rules that exclude observations of little value alone, and values beyond the
// limits. Options.All lifts them, and the rules about local networks.
const (
	NameServer   Rule = "name server or reverse DNS name" // NS, SOA, PTR
	IssuerCert   Rule = "issuer certificate"
	OrdinaryFile Rule = "ordinary web content"
	Incomplete   Rule = "file without a hash" // incomplete, or hashing is off
	CommonPort   Rule = "common port"
	DataPort     Rule = "FTP data port"
	Unanswered   Rule = "unanswered or refused connection"
	AddrAsName   Rule = "IP address as host name"
	NumberName   Rule = "host that ends in a number" // not a name: WHATWG URL, "host parsing"
	NoURL        Rule = "not a full URL"             // without scheme or host, such as the target of CONNECT
	OnlyInObject Rule = "object-only value"
	NoType       Rule = "no MISP type for it"
	TooMany      Rule = "event size limit reached"
)

// Rules that Options.All does not lift.
const (
	Warned    Rule = "warninglist match" // Options.DropWarned
	Refused   Rule = "value rejected by MISP"
	Decrypted Rule = "decrypted" // Options.OnlyClear
)

// Rules of the judgement that leave out. Options.All lifts them.
const (
	Resolver         Rule = "DNS resolver"
	TimeServer       Rule = "time server"
	NetworkService   Rule = "service of the network"
	CertificateCheck Rule = "certificate check"
	ManyNames        Rule = "one of many names of a domain"
	Sweep            Rule = "sweep"
	MailServer       Rule = "one of many mail servers"
	Unasked          Rule = "DNS record nobody asked for"
)

// Rules of the judgement that make a value context.
const (
	WellKnown       Rule = "well-known service"
	SharedService   Rule = "shared service"
	NetworkDomain   Rule = "domain of the network"
	OwnClient       Rule = "client of the network"
	OwnServer       Rule = "server of the network"
	Alias           Rule = "alias"
	CertificateLike Rule = "likely certificate check"
	NotContacted    Rule = "not contacted"
	LoneResolver    Rule = "DNS resolver of one domain"
	NoAnswer        Rule = "address without an answer"
	NoData          Rule = "no data"
	Upload          Rule = "upload"
	Trifling        Rule = "trifling content"
	Flawed          Rule = "flawed content"
	Recipient       Rule = "recipient"
	MassSender      Rule = "sender of mass mail"
	Fingerprint     Rule = "client fingerprint"
	OnlyHarmless    Rule = "only on well-known hosts"
)

// Rules of the judgement that mark a value for detection.
const (
	MaliciousContent Rule = "malicious content"
	DomainOfMany     Rule = "domain of many queried names"
	DownloadedFile   Rule = "downloaded file"
	SourceURL        Rule = "URL of a downloaded file"
	RequestedURL     Rule = "requested URL"
	ContactedName    Rule = "contacted name"
	ContactedHost    Rule = "contacted address"
	ServerCert       Rule = "certificate of a contacted server"
	QueriedName      Rule = "queried name"
	Observed         Rule = "observed"
)

func (r Rule) local() bool {
	switch r {
	case OwnNetwork, PrivateAddr, SharedAddr, LoopbackAddr, LinkLocalAddr, MulticastAddr, BroadcastAddr,
		UnspecifiedAddr, HardwareAddr, SingleLabel, LocalName, LocalhostName, ARPAName, WPADName:
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

// addrRule returns the rule that excludes a, or "".
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

// nameRule returns the rule that excludes a host name, or "". name must be in
// lower case, without the final dot.
func nameRule(name string) Rule {
	i := strings.LastIndexByte(name, '.')
	if name == "localhost" {
		return LocalhostName
	}
	if i < 0 || name == "." {
		return SingleLabel
	}
	if strings.HasPrefix(name, "wpad.") {
		return WPADName
	}
	switch name[i+1:] {
	case "local", "localdomain", "internal", "lan", "home", "corp":
		return LocalName
	case "localhost":
		return LocalhostName
	case "arpa":
		return ARPAName
	}
	if endsInNumber(name) {
		return NumberName
	}
	return ""
}

func isAddr(s string) bool {
	if strings.IndexByte(s, ':') < 0 && (s == "" || s[len(s)-1] > '9') {
		return false // fast path: nearly all hosts are names
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// registrable reports whether name is a registrable domain: one label and a
// public suffix (https://publicsuffix.org).
func registrable(name string) bool {
	d, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && d == name
}

// asciiName returns the A-label form of a host name (RFC 5891). Of MISP's types
// only domain accepts U-labels, and converts them the same way. An invalid name
// is returned unchanged.
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

package event

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// A judge decides what each indicator is for, by everything that the Report
// shows of it.
type judge struct {
	*selector
	rulings  []judgement
	kinds    map[string]string   // of well-known services, by name
	known    map[netip.Addr]bool // addresses to which only well-known names led
	shared   map[netip.Addr]bool // addresses to which shared names led, too, but no other
	contents map[string]*content // by SHA-256
	arrived  map[string]bool     // names of the attachments of mails that came in
	stock    map[string]bool     // JA3 of TLS stacks in common use: clients contact well-known services with them
}

func newJudge(s *selector) *judge {
	j := &judge{
		selector: s, rulings: rulings[:], kinds: map[string]string{}, known: map[netip.Addr]bool{}, shared: map[netip.Addr]bool{},
		contents: map[string]*content{}, arrived: map[string]bool{}, stock: map[string]bool{},
	}
	j.knowNames()
	j.knowAddrs()
	j.readFiles()
	for x := range s.report.Sessions() {
		if j.kinds[nameKey(x.ServerName)] != "" {
			j.stock[x.JA3] = true
		}
	}
	return j
}

// A ruling is the decision on an indicator: a verdict, or that it is left out.
type ruling struct {
	rule    Rule
	verdict Verdict
	out     bool
	detail  string // of the rule, for the comment
}

// A judgement is a ruling on the indicators that it applies to.
type judgement struct {
	ruling
	applies func(*judge, *subject) bool
}

// rulings lists the rules in order: the first that applies decides. Content that
// is malicious in form comes before everything that leaves out.
var rulings = [...]judgement{
	{ruling{rule: Warned, verdict: Context}, (*judge).warnedFile},
	{ruling{rule: MaliciousContent}, (*judge).malicious},
	{ruling{rule: OrdinaryFile, out: true}, (*judge).ordinary},

	// What every network has.
	{ruling{rule: Resolver, out: true}, (*judge).resolver},
	{ruling{rule: LoneResolver, verdict: Context}, (*judge).loneResolver},
	{ruling{rule: TimeServer, out: true}, (*judge).timeServer},
	{ruling{rule: NetworkService, out: true}, (*judge).networkService},
	{ruling{rule: NetworkDomain, verdict: Context}, (*judge).networkDomain},
	{ruling{rule: OwnClient, verdict: Context}, (*judge).ownClient},
	{ruling{rule: OwnServer, verdict: Context}, (*judge).ownServer},
	{ruling{rule: CertificateCheck, out: true}, (*judge).certificateCheck},
	{ruling{rule: CertificateLike, verdict: Context}, (*judge).certificateLike},
	{ruling{rule: Warned, verdict: Context}, (*judge).onWarninglist},
	{ruling{rule: WellKnown, verdict: Context}, (*judge).wellKnown},
	{ruling{rule: SharedService, verdict: Context}, (*judge).sharedService},

	// What nobody used.
	{ruling{rule: ManyNames, out: true}, (*judge).oneOfMany},
	{ruling{rule: DomainOfMany}, (*judge).domainOfMany},
	{ruling{rule: Alias, verdict: Context}, (*judge).alias},
	{ruling{rule: NotContacted, verdict: Context}, (*judge).notContacted},
	{ruling{rule: Sweep, out: true}, (*judge).swept},
	{ruling{rule: MailServer, out: true}, (*judge).mailServer},
	{ruling{rule: NoData, verdict: Context}, (*judge).noData},
	{ruling{rule: NoAnswer, verdict: Context}, (*judge).noAnswer},

	// What the victim sent, and what says little.
	{ruling{rule: Upload, verdict: Context}, (*judge).upload},
	{ruling{rule: Trifling, verdict: Context}, (*judge).trifling},
	{ruling{rule: Flawed, verdict: Context}, (*judge).flawed},
	{ruling{rule: Recipient, verdict: Context}, (*judge).recipient},
	{ruling{rule: MassSender, verdict: Context}, (*judge).massSender},
	{ruling{rule: Fingerprint, verdict: Context}, (*judge).fingerprint},
	{ruling{rule: OnlyHarmless, verdict: Context}, (*judge).onlyHarmless},

	// What is left is worth an alarm.
	{ruling{rule: DownloadedFile}, (*judge).isFile},
	{ruling{rule: SourceURL}, (*judge).isSource},
	{ruling{rule: RequestedURL}, (*judge).isURL},
	{ruling{rule: ContactedName}, (*judge).contactedName},
	{ruling{rule: ContactedHost}, (*judge).isAddr},
	{ruling{rule: ServerCert}, (*judge).isCertificate},
	{ruling{rule: QueriedName}, (*judge).isName},
}

// A subject is an indicator with the host, the address or the content that its
// value stands for.
type subject struct {
	*indicator
	host    string     // a name; of a URL, its host
	name    *name      // what is known of host, or nil
	addr    netip.Addr // valid if there is one
	peer    *peer      // what is known of addr, or nil
	content *content   // of a file or a URL, if the Report has it
}

// judge returns the ruling on an indicator, and whether its host is suspect.
func (j *judge) judge(i *indicator) (r ruling, suspect bool) {
	s := j.subject(i)
	return j.rule(&s), j.suspect(&s)
}

// suspect reports whether a host of the value delivered content that is malicious
// in form, presented a certificate that it signed itself, or receives beacons.
func (j *judge) suspect(s *subject) bool {
	return s.name != nil && s.name.suspect || s.peer != nil && s.peer.suspect()
}

func (j *judge) rule(s *subject) ruling {
	for k := range j.rulings {
		if r := j.rulings[k].ruling; j.rulings[k].applies(j, s) {
			r.detail = j.detail(r.rule, s)
			return r
		}
	}
	return ruling{rule: Observed}
}

// detects reports whether a value is for detection.
func (s *selector) detects(typ misp.Type, value string) bool {
	subject := s.judge.subject(&indicator{typ: typ, value: value})
	r := s.judge.rule(&subject)
	return r.verdict == Detect && !r.out
}

// isCommon reports whether a value is in captures of all networks, so that events
// should not be correlated by it.
func (j *judge) isCommon(i *indicator) bool {
	switch i.typ {
	case misp.UserAgent:
		return isBrowser(i.value)
	case misp.JA3:
		return j.stock[i.value]
	}
	return i.rule == WellKnown || i.rule == SharedService || i.rule == Warned
}

// isBrowser reports whether a user agent is in the form of browsers.
func isBrowser(agent string) bool { return strings.HasPrefix(agent, "Mozilla/") }

// detail returns what the comment says of a rule.
func (j *judge) detail(r Rule, s *subject) string {
	switch r {
	case DomainOfMany:
		return strconv.Itoa(j.below[s.host]) + " names"
	case QueriedName:
		if s.name != nil && s.name.generated && j.generated >= minGenerated {
			return "one of " + strconv.Itoa(j.generated) + " generated-looking names"
		}
	case WellKnown:
		if kind, ok := wellKnownAddr(s.addr); ok {
			return kind
		}
		kind, _ := j.service(s.host)
		return kind
	case SharedService:
		kind, _ := sharedServices().kind(s.host)
		return kind
	}
	return ""
}

func (j *judge) subject(i *indicator) subject {
	s := subject{indicator: i}
	switch i.typ {
	case misp.IPDst, misp.IPSrc:
		s.addr, _ = netip.ParseAddr(i.value)
	case misp.IPDstPort:
		text, _, _ := strings.Cut(i.value, "|")
		s.addr, _ = netip.ParseAddr(text)
	case misp.DomainIP:
		name, text, _ := strings.Cut(i.value, "|")
		s.host = name
		s.addr, _ = netip.ParseAddr(text)
	case misp.Hostname, misp.Domain:
		s.host = i.value
	case misp.URL:
		if u := j.urls[i.value]; u != nil {
			s.host, s.content = u.host, u.content
			if isAddr(u.host) {
				s.addr, _ = netip.ParseAddr(u.host)
			}
		}
	case misp.FilenameSHA256, misp.SHA256:
		s.content = j.contents[i.value[strings.LastIndexByte(i.value, '|')+1:]]
	}
	if s.host != "" {
		s.name = j.names[s.host]
	}
	if s.addr.IsValid() {
		s.peer = j.peers[s.addr]
	}
	return s
}

// onWarninglist reports whether a warninglist says that the value is harmless, or the
// address of a port.
func (j *judge) onWarninglist(s *subject) bool {
	return harmless(j.warned(s.typ, s.value)) || s.typ == misp.IPDstPort && harmless(j.warned(misp.IPDst, s.addr.String()))
}

func (j *judge) fingerprint(s *subject) bool {
	switch s.typ {
	case misp.JA3, misp.HASSH, misp.HASSHServer, misp.UserAgent:
		return true
	}
	return false
}

func (j *judge) isURL(s *subject) bool { return s.typ == misp.URL }

func (j *judge) isAddr(s *subject) bool {
	return s.typ == misp.IPDst || s.typ == misp.IPSrc || s.typ == misp.IPDstPort
}

func (j *judge) isName(s *subject) bool { return s.host != "" }

func (j *judge) contactedName(s *subject) bool {
	n := s.name
	return s.typ != misp.URL && n != nil && (n.used || n.met)
}

func (j *judge) isCertificate(s *subject) bool { return s.typ == misp.X509SHA256 }

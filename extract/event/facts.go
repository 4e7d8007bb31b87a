package event

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// facts is what the whole Report shows of the hosts, names, files and
// certificates in it. A judge decides by it.
type facts struct {
	network
	mailing
	peers     map[netip.Addr]*peer
	names     map[string]*name
	below     map[string]int             // by registered domain, the names that were only queried
	orphans   map[string]int             // by top-level domain that does not exist, the names that were only queried
	files     map[string][]*extract.File // by SHA-256
	urls      map[string]*urlFacts
	servers   map[string][]netip.Addr // by SHA-256 of a certificate, who presented it
	generated int                     // names that look generated
	blind     bool                    // there are no connections, so nobody knows who was contacted
	led       map[netip.Addr]bool     // addresses in DNS answers
}

// A peer is an address as a server.
type peer struct {
	conns      int64 // connections
	answered   int64 // of those, with packets from the server
	bare       int64 // of those, tails of connections from before the capture
	service    int64 // connections by DNS, NTP or DHCP, and ICMP
	secure     int64 // connections to port 443 by TLS or QUIC, as DNS over HTTPS uses
	other      int64 // connections by none of these, nor by HTTP, in which it sent data
	selfSigned bool  // it presented a certificate that nobody vouches for
	mailed     int64 // connections of clients that contacted many mail servers, to send mail
	offered    bool  // by DHCP or a router advertisement, as a service of the network
	plain      bool  // a client sent it HTTP requests in the clear
	delivered  bool  // it delivered content that is malicious in form
	beacons    bool  // it receives beacons
	resolver   *extract.Resolver
	timeServer *extract.TimeServer
	tunnel     bool     // it resolves a domain with many names below it
	swept      bool     // a client that contacted it contacted many addresses in vain
	names      []string // that led a client there
	requests   int      // rows of HTTP requests and TLS hellos
	checks     int      // of those, requests for certificates or their status
	likely     int      // of those, and requests that may be such
}

// A name is a host name.
type name struct {
	asked     bool // a client queried it, or added it to a zone
	used      bool // a client named it to a server
	absent    bool // it does not exist
	generated bool // it looks as if a domain generation algorithm made it
	addrs     []netip.Addr
	met       bool     // a client contacted an address of it
	outside   bool     // a client contacted an address of it outside
	unmailed  bool     // a client contacted an address of it for other than mail
	suspect   bool     // an address of it is suspect
	owners    []string // names whose alias it is
	requests  int      // rows of HTTP requests and TLS hellos to it
	checks    int      // of those, requests for certificates or their status
	likely    int      // of those, and requests that may be such
}

// urlFacts is what the Report shows of a URL that was requested.
type urlFacts struct {
	host    string
	got     bool            // requested other than by POST
	misled  bool            // requested of an address that impersonates its host
	fetched []*extract.File // downloaded from it
	check   bool            // all of these are certificates or their status
	likely  bool            // all of these are, or may be
	content *content        // of these, once the judge has read them
}

func newFacts(r *extract.Report) *facts {
	f := &facts{
		peers: map[netip.Addr]*peer{}, names: map[string]*name{}, below: map[string]int{},
		files: map[string][]*extract.File{}, urls: map[string]*urlFacts{}, servers: map[string][]netip.Addr{},
		led: map[netip.Addr]bool{}, orphans: map[string]int{},
	}
	f.connections(r)
	f.resolutions(r)
	f.transfers(r)
	f.handshakes(r)
	f.findMisled(r)
	f.findNetwork(r)
	f.meet()
	f.findGenerated()
	return f
}

// peer returns the peer with an address, which must be valid.
func (f *facts) peer(a netip.Addr) *peer {
	p := f.peers[a]
	if p == nil {
		p = &peer{}
		f.peers[a] = p
	}
	return p
}

// suspect reports whether the peer delivered content that is malicious in form,
// presented a certificate that it signed itself, or receives beacons.
func (p *peer) suspect() bool { return p.delivered || p.selfSigned || p.beacons }

// receivesBeacons makes an address and the names that led to it suspect.
func (f *facts) receivesBeacons(a netip.Addr) {
	p := f.peer(a)
	if p.beacons {
		return
	}
	p.beacons = true
	for _, n := range p.names {
		f.names[n].suspect = true
	}
}

// nameKey returns the form of a name in facts.
func nameKey(n string) string { return asciiName(strings.ToLower(strings.TrimSuffix(n, "."))) }

func (f *facts) name(n string) *name {
	n = nameKey(n)
	x := f.names[n]
	if x == nil {
		x = &name{}
		f.names[n] = x
	}
	return x
}

// maxSweep is how many addresses a client may contact in vain before that is a
// sweep.
const maxSweep = 32

func (f *facts) connections(r *extract.Report) {
	f.blind = true
	for c := range r.Connections() {
		f.blind = false
		p := f.peer(c.Server.Addr())
		p.conns += c.Count
		if answered(c) {
			p.answered += c.Count
		}
		p.bare += c.Ended.Bare
		switch {
		case isService(c):
			p.service += c.Count
		case isSecure(c):
			p.secure += c.Count
		case answered(c) && !slices.ContainsFunc(c.Protos, stream.Proto.IsHTTP):
			p.other += c.Count - c.Ended.Bare
		}
	}
	f.sweeps(r)
}

// answered reports whether the server of a connection sent packets, which data of
// the client implies.
func answered(c *extract.Connection) bool {
	return !unanswered(c) || c.Proto == layers.IPProtoTCP && len(c.Protos) > 0
}

// sweeps finds the clients that contacted many addresses in vain.
func (f *facts) sweeps(r *extract.Report) {
	type attempt struct{ client, server netip.Addr }
	attempts, vain := map[attempt]bool{}, map[netip.Addr]int{}
	for c := range r.Connections() {
		a := attempt{c.Client, c.Server.Addr()}
		if f.peers[a.server].answered == 0 && !attempts[a] {
			attempts[a] = true
			vain[a.client]++
		}
	}
	for a := range attempts {
		p := f.peers[a.server]
		p.swept = p.swept || vain[a.client] > maxSweep
	}
}

func (f *facts) resolutions(r *extract.Report) {
	for q := range r.Queries() {
		n := f.name(q.Name)
		n.asked = true
		n.absent = q.NXDomain > 0 && q.Answered == 0
	}
	for d := range r.Resolutions() {
		if d.Update {
			f.name(d.Name).asked = true
		}
		if d.Asked() == "" {
			continue
		}
		if a, ok := resolvedAddr(d); ok {
			n := f.name(d.Asked())
			n.addrs = append(n.addrs, a)
			f.led[a] = true
		} else if d.Type == "CNAME" || d.Type == "SVCB" || d.Type == "HTTPS" {
			f.name(d.Name)
			n := f.name(d.Value)
			n.owners = append(n.owners, nameKey(d.Name))
		}
	}
	for s := range r.Resolvers() {
		f.peer(s.Addr).resolver = s
	}
	for s := range r.Services() {
		f.peer(s.Addr).offered = true
	}
	for s := range r.TimeServers() {
		f.peer(s.Addr).timeServer = s
	}
}

func (f *facts) url(url string) *urlFacts {
	u := f.urls[url]
	if u == nil {
		u = &urlFacts{}
		f.urls[url] = u
	}
	return u
}

// requested reports whether a URL was requested other than by POST.
func (f *facts) requested(url string) bool {
	u := f.urls[url]
	return u != nil && u.got
}

func (f *facts) transfers(r *extract.Report) {
	for x := range r.Files() {
		if x.SHA256 != "" {
			f.files[x.SHA256] = append(f.files[x.SHA256], x)
		}
		if !x.FromClient && x.Server.IsValid() && malicious(x) {
			f.peer(x.Server.Addr()).delivered = true
		}
		if x.URL != "" && !x.FromClient {
			u := f.url(x.URL)
			u.check = isCertificateCheck(x) && (u.check || u.fetched == nil)
			u.likely = isCertificateLike(x) && (u.likely || u.fetched == nil)
			u.fetched = append(u.fetched, x)
		}
	}
	for d := range r.Redirects() {
		f.url(d.To).host = nameKey(d.Host())
	}
	for q := range r.Requests() {
		u := f.url(q.URL)
		u.host = nameKey(q.Host)
		u.got = u.got || q.Method != "POST"
		f.request(q, u)
	}
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (f *facts) request(q *extract.Request, u *urlFacts) {
	a, checks, likely := q.Server.Addr(), oneIf(u.check), oneIf(u.likely)
	if u.host != "" {
		n := f.name(u.host)
		n.used = true
		n.requests++
		n.checks += checks
		n.likely += likely
		if a.IsValid() {
			n.addrs = append(n.addrs, a)
		}
	}
	if a.IsValid() {
		p := f.peer(a)
		p.plain = p.plain || strings.HasPrefix(q.URL, "http://")
		p.requests++
		p.checks += checks
		p.likely += likely
	}
}

func (f *facts) handshakes(r *extract.Report) {
	for s := range r.Sessions() {
		if s.ServerName != "" {
			n := f.name(s.ServerName)
			n.used = true
			n.requests++
			if s.Server.IsValid() {
				n.addrs = append(n.addrs, s.Server.Addr())
			}
		}
		if s.Server.IsValid() {
			f.peer(s.Server.Addr()).requests++
		}
	}
	selfSigned := map[string]bool{}
	for c := range r.Certificates() {
		selfSigned[c.SHA256] = c.SelfSigned
	}
	for p := range r.Presented() {
		if p.Client || !p.Server.IsValid() {
			continue
		}
		a := p.Server.Addr()
		f.servers[p.SHA256] = append(f.servers[p.SHA256], a)
		if p.Position == 0 && selfSigned[p.SHA256] {
			f.peer(a).selfSigned = true
		}
	}
}

// meet joins names and peers, when both are known.
func (f *facts) meet() {
	for text, n := range f.names {
		n.join()
		for _, a := range n.addrs {
			p := f.peers[a]
			if p == nil {
				continue
			}
			n.met, n.suspect = true, n.suspect || p.suspect()
			if n.asked || n.used {
				p.names = append(p.names, text)
			}
		}
		if n.asked && !n.used && !n.met {
			if d := registeredDomain(text); d != "" && d != text {
				f.below[d]++
			}
			if d := unlisted(text); d != "" {
				f.orphans[d]++
			}
		}
	}
	for _, p := range f.peers {
		slices.Sort(p.names)
		p.tunnel = p.resolver != nil && slices.ContainsFunc(p.resolver.Domains, func(d string) bool { return f.below[d] > maxBelow })
	}
}

// join sorts the lists of the name, without duplicates.
func (n *name) join() {
	slices.SortFunc(n.addrs, netip.Addr.Compare)
	n.addrs = slices.Compact(n.addrs)
	slices.Sort(n.owners)
	n.owners = slices.Compact(n.owners)
}

// registeredDomain returns the domain that somebody registered, which name is or
// is below; "" if there is none.
func registeredDomain(name string) string {
	d, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return ""
	}
	return d
}

package extract

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// A draft is an object that may go out.
type draft struct {
	template *misp.Template
	key      string // what tells it from others of its template
	fact     *Fact

	// fill sets the comment, which tells the object apart for a reader, and the
	// attributes, and returns the references. It is called when the object goes
	// out.
	fill func(o *object) []reference
}

// A reference leads from a draft to another, or to an attribute.
type reference struct {
	relationship string
	template     *misp.Template // of the draft
	typ          misp.Type      // of the attribute
	key          string         // the draft's, or the attribute's value
}

// An object is one in the making.
type object struct {
	misp.Object
	m *mapping
}

// text adds a value as context. What MISP refuses is left out.
func (o *object) text(relation, value string) {
	if value != "" {
		_ = o.Add(relation, value)
	}
}

// indicator adds a value for detection, unless a warninglist has it.
func (o *object) indicator(relation, value string) {
	r, ok := o.Template.Relation(relation)
	switch {
	case value == "" || !ok:
	case len(o.m.warned(r.Type, value)) > 0:
		_ = o.Add(relation, value)
	default:
		_ = o.AddIndicator(relation, value)
	}
}

func (o *object) number(relation string, n int64) {
	if n > 0 {
		_ = o.Add(relation, strconv.FormatInt(n, 10))
	}
}

func (o *object) time(relation string, t time.Time) {
	if usable(t) {
		_ = o.Add(relation, misp.FormatTime(t))
	}
}

// times adds when something was seen, as far as that is known.
func (o *object) times(first, last string, f *Fact) {
	if a, b, ok := o.m.seen(f); ok {
		o.time(first, a)
		o.time(last, b)
	}
}

// addr adds an address as context, unless a rule leaves it out.
func (o *object) addr(relation string, a netip.Addr) {
	if rule := o.m.addrRule(a); rule == "" || o.m.lifts(rule) {
		o.text(relation, a.String())
	}
}

// name adds a host name as context, unless a rule leaves it out.
func (o *object) name(relation, name string) {
	if rule := nameRule(name); !isAddr(name) && (rule == "" || o.m.lifts(rule)) {
		o.text(relation, name)
	}
}

// templateOrder is the order of objects in an event: the most telling first.
var templateOrder = []*misp.Template{
	misp.TemplatePcapMetadata, misp.TemplateFile, misp.TemplateEmail, misp.TemplateHTTPRequest, misp.TemplateX509,
	misp.TemplateDNSRecord, misp.TemplateNetworkConnection, misp.TemplateDomainIP, misp.TemplateJA3S, misp.TemplateJA3,
	misp.TemplateJA4Plus, misp.TemplatePassiveSSH,
}

// maxReferenced is how many referenced objects and attributes MISP's event graph
// draws without asking.
const maxReferenced = 299

// objects returns the objects, with references to one another and to attributes,
// and how many there was no room for.
func (m *mapping) objects(attributes []Attribute) (out []misp.Object, leftOut int) {
	x := m.index()
	drafts, leftOut := m.chosen(m.drafts(x))
	x.addFlows(m.report, drafts)
	known := map[misp.UUID]bool{}
	for i := range drafts {
		known[m.idOf(drafts[i].template, drafts[i].key)] = true
	}
	room := maxReferenced - len(drafts)
	if m.options.All || m.options.MaxObjects != 0 {
		room = len(attributes)
	}
	referenced := map[misp.UUID]bool{}
	for i := range attributes {
		referenced[attributes[i].UUID] = false
	}
	for _, d := range drafts {
		o := object{misp.NewObject(m.event, d.template, d.key), m}
		o.FirstSeen, o.LastSeen, _ = m.seen(d.fact)
		refs := d.fill(&o)
		if o.Check() != nil {
			leftOut++ // MISP refuses all that it is made of
			continue
		}
		for _, r := range refs {
			if r.template != nil {
				if to := m.idOf(r.template, r.key); known[to] {
					_ = o.Refer(to, r.relationship)
				}
				continue
			}
			to := m.attributeID(r.typ, r.key)
			seen, there := referenced[to]
			if there && !seen && room > 0 {
				referenced[to], seen = true, true
				room--
			}
			if seen {
				_ = o.Refer(to, r.relationship)
			}
		}
		out = append(out, o.Object)
	}
	return out, leftOut
}

func (m *mapping) idOf(t *misp.Template, key string) misp.UUID {
	return misp.NewUUID(m.event, "object", t.Name, key)
}

func (m *mapping) attributeID(t misp.Type, value string) misp.UUID {
	return misp.NewUUID(m.event, "attribute", string(t), value)
}

// chosen returns the drafts that go out, in order, and how many do not: each
// template has an equal share of MaxObjects, and what one does not need goes to
// the others. Within a template those that were seen first stay.
func (m *mapping) chosen(drafts []draft) ([]draft, int) {
	byTemplate := make([][]draft, len(templateOrder))
	for _, d := range drafts {
		i := slices.Index(templateOrder, d.template)
		byTemplate[i] = append(byTemplate[i], d)
	}
	sizes := make([]int, len(byTemplate))
	for i, list := range byTemplate {
		slices.SortStableFunc(list, func(a, b draft) int {
			if c := a.fact.First.Compare(b.fact.First); c != 0 {
				return c
			}
			return strings.Compare(a.key, b.key)
		})
		sizes[i] = len(list)
	}
	var out []draft
	for i, n := range shares(sizes, m.options.bound(m.options.MaxObjects, defaultMaxObjects)) {
		out = append(out, byTemplate[i][:n]...)
	}
	return out, len(drafts) - len(out)
}

// shares divides room among those that have so many: an equal share for each,
// and what one does not need for the others.
func shares(have []int, room int) []int {
	got := make([]int, len(have))
	for room > 0 {
		hungry := 0
		for i := range have {
			if got[i] < have[i] {
				hungry++
			}
		}
		if hungry == 0 {
			break
		}
		share := max(room/hungry, 1)
		for i := range have {
			n := min(share, have[i]-got[i], room)
			got[i] += n
			room -= n
		}
	}
	return got
}

// drafts returns all objects that the report and the rules give.
func (m *mapping) drafts(x *index) []draft {
	var all []draft
	want := func(t Topic) bool { return topics(m.options.Only).has(t) }
	all = append(all, m.captureDrafts()...)
	if want(Files) {
		all = append(all, m.fileDrafts()...)
	}
	if want(Mail) {
		all = append(all, m.emailDrafts()...)
	}
	if want(HTTP) {
		all = append(all, m.requestDrafts(x)...)
	}
	if want(TLS) {
		all = append(all, m.certificateDrafts()...)
		all = append(all, m.sessionDrafts()...)
	}
	if want(DNS) {
		all = append(all, m.resolutionDrafts()...)
	}
	if want(Connections) {
		all = append(all, m.connectionDrafts(x)...)
	}
	if want(SSH) {
		all = append(all, m.sshDrafts()...)
	}
	return all
}

// An index joins what the tables of a report keep apart.
type index struct {
	names    map[netip.Addr][]string     // that DNS, TLS and HTTP lead to an address by
	macs     map[netip.Addr]string       // of on-link addresses
	flows    map[string]*Flow            // the one flow of a connection that has one alone
	requests map[string][]*Request       // by connection
	certs    map[netip.AddrPort][]string // by server
	sessions map[string][]*Session       // by connection
	urls     map[string][]string         // keys of requests by URL
}

func (m *mapping) index() *index {
	r := m.report
	x := &index{
		names: map[netip.Addr][]string{}, macs: onLink(r), flows: map[string]*Flow{},
		requests: map[string][]*Request{}, certs: map[netip.AddrPort][]string{},
		sessions: map[string][]*Session{}, urls: map[string][]string{},
	}
	for q := range r.requests.all() {
		key := connectionKey(q.Client, q.Server)
		x.requests[key] = append(x.requests[key], q)
		x.urls[q.URL] = append(x.urls[q.URL], requestKey(q))
		x.addName(q.Server.Addr(), q.Host)
	}
	for s := range r.sessions.all() {
		key := connectionKey(s.Client, s.Server)
		x.sessions[key] = append(x.sessions[key], s)
		x.addName(s.Server.Addr(), s.ServerName)
	}
	for d := range r.resolutions.all() {
		if a, err := netip.ParseAddr(d.Value); err == nil && (d.Type == "A" || d.Type == "AAAA") {
			x.addName(a, d.Name)
		}
	}
	for p := range r.chains.all() {
		if p.Position == 0 && !p.Client {
			x.certs[p.Server] = append(x.certs[p.Server], p.SHA256)
		}
	}
	return x
}

// addFlows notes the flows of connections that go out.
func (x *index) addFlows(r *Report, drafts []draft) {
	wanted := map[string]bool{}
	for _, d := range drafts {
		if d.template == misp.TemplateNetworkConnection {
			wanted[d.key] = true
		}
	}
	for f := range r.flows.all() {
		key := connKey(&Connection{Client: f.Client.Addr(), Server: f.Server, Proto: f.Proto})
		if _, several := x.flows[key]; several {
			x.flows[key] = nil
		} else if wanted[key] {
			x.flows[key] = f
		}
	}
}

// maxNames bounds the names of an address that are told.
const maxNames = 4

func (x *index) addName(a netip.Addr, name string) {
	if have := x.names[a]; name != "" && !isAddr(name) && len(have) < maxNames && !slices.Contains(have, name) {
		x.names[a] = append(have, name)
	}
}

// onLink returns the hardware addresses of IP addresses: of those that told
// theirs in ARP, and of those whose hardware address no other of their family
// has, as a router's would.
func onLink(r *Report) map[netip.Addr]string {
	shared := map[string]int{}
	for k := range r.links.all() {
		shared[k.MAC+family(k.Addr)]++
	}
	macs := map[netip.Addr]string{}
	for k := range r.links.all() {
		if k.ARP > 0 || shared[k.MAC+family(k.Addr)] == 1 && macs[k.Addr] == "" {
			macs[k.Addr] = k.MAC
		}
	}
	return macs
}

// family tells IPv4 from IPv6, and link-local addresses from others: a host has
// one of each.
func family(a netip.Addr) string {
	switch {
	case a.Is4():
		return "4"
	case a.IsLinkLocalUnicast():
		return "l"
	}
	return "6"
}

func connectionKey(client netip.Addr, server netip.AddrPort) string {
	return client.String() + " " + server.String()
}

// captureDrafts describes the captures. They contain what the connections are.
func (m *mapping) captureDrafts() []draft {
	var all []draft
	for i := range m.report.Captures {
		c := &m.report.Captures[i]
		fact := &Fact{Count: 1, First: c.First, Last: c.Last}
		all = append(all, draft{
			template: misp.TemplatePcapMetadata, key: hex.EncodeToString([]byte(c.identity())), fact: fact,
			fill: func(o *object) []reference {
				o.fillCapture(c)
				return m.containedBy(i)
			},
		})
	}
	return all
}

func (o *object) fillCapture(c *Capture) {
	o.Comment = strings.TrimSpace("capture " + baseName(c.Name))
	if c.SHA256 != ([32]byte{}) {
		o.text("file-hash-sha256", hex.EncodeToString(c.SHA256[:]))
	}
	o.text("file-name", baseName(c.Name))
	o.number("file-size-in-bytes", c.Size)
	o.number("captured-packets", c.Packets)
	o.number("packet-size-limit", int64(c.SnapLen))
	o.text("file-format", c.Format)
	o.text("protocol", c.linkText())
	o.time("first-packet-seen", c.First)
	o.time("last-packet-seen", c.Last)
	if !c.First.IsZero() {
		o.text("time-span-seconds", strconv.FormatFloat(c.Last.Sub(c.First).Seconds(), 'f', 6, 64))
	}
	o.text("text", strconv.FormatInt(c.Packets, 10)+" packets, "+strconv.FormatInt(c.Bytes, 10)+" bytes")
}

// containedBy returns references to the connections whose first packet a
// capture holds.
func (m *mapping) containedBy(capture int) []reference {
	var refs []reference
	for c := range m.report.connections.all() {
		if e, ok := c.Evidence.First(); ok && e.First.Capture == capture {
			refs = append(refs, reference{misp.Contains, misp.TemplateNetworkConnection, "", connKey(c)})
		}
	}
	return refs
}

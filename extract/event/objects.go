package event

import (
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A draft is an object that may go out.
type draft struct {
	template *misp.Template
	key      string // what tells it from others of its template
	fact     *extract.Fact

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
	if !t.IsZero() && t.Unix() >= 0 && t.UTC().Year() <= 9999 { // the years that MISP knows
		_ = o.Add(relation, misp.FormatTime(t))
	}
}

// times adds when something was seen, as far as that is known.
func (o *object) times(first, last string, f *extract.Fact) {
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
	name = asciiName(name)
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
	room := maxReferenced - len(drafts)
	if m.options.All || m.options.MaxObjects != 0 {
		room = len(attributes)
	}
	to := targets{known: map[misp.UUID]bool{}, attributes: map[misp.UUID]bool{}, room: room}
	for i := range attributes {
		to.attributes[attributes[i].UUID] = false
	}
	var refs [][]reference
	for _, d := range drafts {
		o := object{misp.NewObject(m.event, d.template, d.key), m}
		o.FirstSeen, o.LastSeen, _ = m.seen(d.fact)
		r := d.fill(&o)
		if o.Check() != nil {
			leftOut++ // MISP refuses all that it is made of
			continue
		}
		to.known[o.UUID] = true
		out, refs = append(out, o.Object), append(refs, r)
	}
	for i := range out {
		m.refer(&out[i], refs[i], &to)
	}
	return out, leftOut
}

// targets are what objects may refer to.
type targets struct {
	known      map[misp.UUID]bool // objects that go out
	attributes map[misp.UUID]bool // that go out: whether an object refers to them
	room       int                // for further attributes to be referred to
}

// refer adds the references to what goes out.
func (m *mapping) refer(o *misp.Object, refs []reference, t *targets) {
	for _, r := range refs {
		if r.template != nil {
			if to := m.idOf(r.template, r.key); t.known[to] {
				_ = o.Refer(to, r.relationship)
			}
			continue
		}
		to := m.attributeID(r.typ, r.key)
		seen, there := t.attributes[to]
		if there && !seen && t.room > 0 {
			t.attributes[to], seen = true, true
			t.room--
		}
		if seen {
			_ = o.Refer(to, r.relationship)
		}
	}
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
	want := m.options.wants
	all = append(all, m.captureDrafts()...)
	if want(extract.Files) {
		all = append(all, m.fileDrafts()...)
	}
	if want(extract.Mail) {
		all = append(all, m.emailDrafts()...)
	}
	if want(extract.HTTP) {
		all = append(all, m.requestDrafts(x)...)
	}
	if want(extract.TLS) {
		all = append(all, m.certificateDrafts()...)
		all = append(all, m.sessionDrafts()...)
	}
	if want(extract.DNS) {
		all = append(all, m.resolutionDrafts()...)
	}
	if want(extract.Connections) {
		all = append(all, m.connectionDrafts(x)...)
	}
	if want(extract.SSH) {
		all = append(all, m.sshDrafts()...)
	}
	return all
}

// groups gathers the rows of which one object is made, in the order of the first
// of each.
type groups[K comparable, R any] struct {
	rows  map[K][]R
	order []K
}

func (g *groups[K, R]) add(k K, row R) {
	if g.rows == nil {
		g.rows = map[K][]R{}
	}
	if g.rows[k] == nil {
		g.order = append(g.order, k)
	}
	g.rows[k] = append(g.rows[k], row)
}

func (g *groups[K, R]) all() iter.Seq2[K, []R] {
	return func(yield func(K, []R) bool) {
		for _, k := range g.order {
			if !yield(k, g.rows[k]) {
				return
			}
		}
	}
}

// together returns what all rows of an object say.
func together[R any](rows []R, fact func(R) *extract.Fact) *extract.Fact {
	all := &extract.Fact{}
	for _, r := range rows {
		all.Merge(fact(r))
	}
	return all
}

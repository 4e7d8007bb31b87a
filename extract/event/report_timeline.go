package event

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
)

// A step is an observation in the timeline of a report.
type step struct {
	fact *extract.Fact

	// from and to are the sides of a conversation, for the diagram. They are zero if
	// they are not known.
	from, to netip.Addr
	reply    bool   // to has answered from
	label    string // of the arrow; captured text

	text   string // Markdown
	target reference
}

// steps holds the earliest observations of a kind.
type steps struct {
	kind  string    // of one, for a count
	list  []pending // in order of time
	total int
	most  int // that the timeline shows; 0: no limit
}

// A pending is a step that is described only if the timeline has room for it.
type pending struct {
	fact     *extract.Fact
	describe func() step
}

// wants counts an observation, and reports whether it is among the earliest so far.
func (s *steps) wants(f *extract.Fact) bool {
	s.total++
	return len(s.list) < maxSteps || before(f, s.list[maxSteps-1].fact)
}

// add adds an observation that is wanted.
func (s *steps) add(f *extract.Fact, describe func() step) {
	s.list = insert(s.list, maxSteps, pending{f, describe}, func(a, b *pending) bool { return before(a.fact, b.fact) })
}

// insert adds v to the first of a sorted list, at most n, after those equal to it.
func insert[T any](list []T, n int, v T, less func(a, b *T) bool) []T {
	at := len(list)
	for at > 0 && less(&v, &list[at-1]) {
		at--
	}
	if at == n {
		return list
	}
	return slices.Insert(list[:min(len(list), n-1)], at, v)
}

func before(a, b *extract.Fact) bool { return compareFacts(a, b) < 0 }

// compareFacts orders observations by time, then by place in the captures.
func compareFacts(a, b *extract.Fact) int {
	if c := a.First.Compare(b.First); c != 0 {
		return c
	}
	x, _ := a.Evidence.First()
	y, _ := b.Evidence.First()
	return cmp.Or(cmp.Compare(x.First.Capture, y.First.Capture), cmp.Compare(x.First.Offset, y.First.Offset))
}

// timeline lists the first observations of each kind, and draws them.
func (r *reporter) timeline() {
	list, more := r.chosen()
	r.heading("Timeline")
	t := r.table(maxSteps, 8500, "Time (UTC)", "Packet", "What happened", "In the event")
	for _, s := range list {
		t.row(r.moment(s.fact), r.start(s.fact), s.text, r.badge(s.target))
	}
	t.end("line")
	if len(more) > 0 {
		r.line("Not in the timeline: " + strings.Join(more, ", ") + ".\n")
	}
	r.diagram(list)
}

// chosen returns the steps of the timeline, in order, and says what it has no room
// for. Each kind gets an equal share of the room.
func (r *reporter) chosen() (list []step, more []string) {
	kinds := r.kinds()
	sizes := make([]int, len(kinds))
	for i, k := range kinds {
		sizes[i] = len(k.list)
		if k.most > 0 {
			sizes[i] = min(sizes[i], k.most)
		}
	}
	for i, n := range shares(sizes, maxSteps) {
		for _, p := range kinds[i].list[:n] {
			one := p.describe()
			one.fact = p.fact
			list = append(list, one)
		}
		if left := kinds[i].total - n; left > 0 {
			more = append(more, plural(left, kinds[i].kind))
		}
	}
	slices.SortStableFunc(list, func(a, b step) int { return compareFacts(a.fact, b.fact) })
	return list, more
}

// kinds returns the steps of the selected topics.
func (r *reporter) kinds() (kinds []*steps) {
	for _, k := range []struct {
		topic extract.Topic
		steps func() *steps
	}{
		{extract.Files, r.transfers}, {extract.Mail, r.mails}, {extract.HTTP, r.requests}, {extract.HTTP, r.redirects},
		{extract.TLS, r.sessions}, {extract.Connections, r.connections}, {extract.Logins, r.logins}, {extract.DNS, r.queries},
	} {
		if r.options.Only.Has(k.topic) {
			kinds = append(kinds, k.steps())
		}
	}
	return kinds
}

// host returns an address with the name that it had, for Markdown.
func (r *reporter) host(a netip.Addr) string {
	text := addrText(a)
	if names := r.names[a]; len(names) > 0 && !isInside(r.addrRule(a)) {
		return quote(names[0]) + " (" + text + ")"
	}
	return text
}

func (r *reporter) server(a netip.AddrPort) string {
	if a.Port() == 0 {
		return r.host(a.Addr())
	}
	return r.host(a.Addr()) + fmt.Sprintf(" port %d", a.Port())
}

// addrText returns an address without its zone, which a Report read from JSON may
// have and which is any text.
func addrText(a netip.Addr) string { return a.WithZone("").String() }

package event

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// typeOrder is the order of types in an event: the most telling first.
var typeOrder = []misp.Type{
	misp.FilenameSHA256, misp.SHA256, misp.SHA1, misp.MD5, misp.URL, misp.DomainIP, misp.Hostname, misp.Domain,
	misp.IPDstPort, misp.IPDst, misp.IPSrc, misp.X509SHA256, misp.X509SHA1, misp.X509MD5, misp.JA3,
	misp.HASSH, misp.HASSHServer, misp.SSHFingerprint, misp.EmailSrc, misp.EmailReplyTo, misp.EmailSubject,
	misp.EmailAttachment, misp.EmailDst, misp.UserAgent,
}

// compareTypes puts types in the order of an event.
func compareTypes(a, b misp.Type) int {
	return cmp.Or(typePlace(a)-typePlace(b), strings.Compare(string(a), string(b)))
}

// typePlace returns where a type stands in an event.
func typePlace(t misp.Type) int {
	if i := slices.Index(typeOrder, t); i >= 0 {
		return i
	}
	return len(typeOrder)
}

// attributes returns as many of the indicators as go out.
func (m *mapping) attributes(lists [][]indicator) []Attribute {
	m.cut(lists)
	out := make([]Attribute, 0, count(lists))
	for _, list := range lists {
		for i := range list {
			if a, ok := m.attribute(&list[i]); ok {
				out = append(out, a)
			}
		}
	}
	return out
}

func count(lists [][]indicator) (n int) {
	for _, list := range lists {
		n += len(list)
	}
	return n
}

// cut leaves out what is beyond MaxAttributes of the indicators, which are listed
// by type. Each type has an equal share, and what one does not need goes to
// the others, in order. Within a type those that were seen first stay; names that do
// not exist go before all others.
func (m *mapping) cut(lists [][]indicator) {
	room := m.options.limit(m.options.MaxAttributes, defaultMaxAttributes)
	if count(lists) <= room {
		return
	}
	sizes := make([]int, len(lists))
	for i := range lists {
		sizes[i] = len(lists[i])
	}
	for n, keep := range shares(sizes, room) {
		if keep == sizes[n] {
			continue
		}
		list := lists[n]
		slices.SortFunc(list, func(a, b indicator) int {
			if a.absent() != b.absent() {
				if b.absent() {
					return -1
				}
				return 1
			}
			if c := a.fact.First.Compare(b.fact.First); c != 0 {
				return c
			}
			return compareIndicators(a, b)
		})
		for _, i := range list[keep:] {
			m.leave(i.origins.first(), TooMany, i.value, i.fact)
		}
		lists[n] = list[:keep]
		slices.SortFunc(lists[n], compareIndicators)
	}
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

// attribute makes the attribute of an indicator. It reports false when a
// warninglist drops it.
func (m *mapping) attribute(i *indicator) (Attribute, bool) {
	a := Attribute{Attribute: misp.AcceptedAttribute(m.event, i.typ, i.value), Count: i.fact.Count, Claimed: true, Evidence: i.fact.Evidence}
	for o := range i.origins.all() {
		a.Claimed = a.Claimed && originInfo[o].claimed
	}
	if a.Warninglists = m.warned(i.typ, i.value); len(a.Warninglists) > 0 {
		if m.options.DropWarned {
			m.leave(i.origins.first(), Warned, i.value, i.fact)
			return a, false
		}
		a.ToIDS = false
	}
	a.FirstSeen, a.LastSeen, _ = m.seen(i.fact)
	a.Comment = m.comment(i, a.Warninglists)
	return a, true
}

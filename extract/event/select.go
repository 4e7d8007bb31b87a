package event

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// typeOrder is the order of types in an event: the most specific first.
var typeOrder = []misp.Type{
	misp.FilenameSHA256, misp.SHA256, misp.SHA1, misp.MD5, misp.URL, misp.DomainIP, misp.Hostname, misp.Domain,
	misp.IPDstPort, misp.IPDst, misp.IPSrc, misp.X509SHA256, misp.X509SHA1, misp.X509MD5, misp.JA3,
	misp.HASSH, misp.HASSHServer, misp.SSHFingerprint, misp.EmailSrc, misp.EmailReplyTo, misp.EmailSubject,
	misp.EmailAttachment, misp.EmailDst, misp.UserAgent,
}

func compareTypes(a, b misp.Type) int {
	return cmp.Or(typePlace(a)-typePlace(b), strings.Compare(string(a), string(b)))
}

func typePlace(t misp.Type) int {
	if i := slices.Index(typeOrder, t); i >= 0 {
		return i
	}
	return len(typeOrder)
}

// attributes returns the attributes of the indicators, at most MaxAttributes.
func (m *mapping) attributes(lists [][]*indicator) []Attribute {
	m.cut(lists)
	all := slices.Concat(lists...)
	slices.SortFunc(all, compareWeight)
	out := make([]Attribute, 0, len(all))
	for _, i := range all {
		out = append(out, m.attribute(i))
	}
	return out
}

func count(lists [][]*indicator) (n int) {
	for _, list := range lists {
		n += len(list)
	}
	return n
}

// cut shortens the lists, one per type, to MaxAttributes indicators in total.
// Each type gets an equal share, and its unused share goes to the others, in
// order. Within a type those of most weight are kept.
func (m *mapping) cut(lists [][]*indicator) {
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
		slices.SortFunc(list, compareWeight)
		for _, i := range list[keep:] {
			m.leave(i.origins.first(), TooMany, i.value, i.fact)
		}
		m.cutOff += sizes[n] - keep
		lists[n] = list[:keep]
	}
}

// shares divides room among lists of the given sizes: an equal share for each,
// and unused shares for the others.
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

// attribute returns the attribute of an indicator.
func (m *mapping) attribute(i *indicator) Attribute {
	a := Attribute{
		Attribute: misp.AcceptedAttribute(m.event, i.typ, i.value), Verdict: i.verdict, Rule: i.rule,
		Count: i.fact.Count, Decrypted: i.fact.Decrypted, Claimed: true, Warninglists: m.warned(i.typ, i.value), Evidence: i.fact.Evidence,
	}
	for o := range i.origins.all() {
		a.Claimed = a.Claimed && originInfo[o].claimed
	}
	a.ToIDS = a.Verdict == Detect
	a.DisableCorrelation = a.DisableCorrelation || m.judge.isCommon(i)
	a.FirstSeen, a.LastSeen, _ = m.seen(i.fact)
	a.Comment = m.comment(i, a.Warninglists)
	return a
}

package event

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/internal/defuse"
)

// maxExamples limits the examples of values that a rule left out, and maxExample the
// characters of one.
const (
	maxExamples = 3
	maxExample  = 48
)

// A ruled sums up what a rule left out.
type ruled struct {
	rule     Rule
	values   int
	count    int64
	examples []string
}

// leftOut lists the rules that left out values.
func (r *reporter) leftOut() {
	var list []*ruled
	u := &ruled{}
	for i := range r.selection.LeftOut {
		l := &r.selection.LeftOut[i]
		if u.rule != l.Rule { // they are sorted by it, within a topic
			u, list = ruleOf(list, l.Rule)
		}
		u.values++
		u.count += l.Count
		if len(u.examples) < maxExamples && l.Rule != Decrypted {
			u.examples = append(u.examples, defuse.Markdown(l.Value, maxExample))
		}
	}
	slices.SortStableFunc(list, func(a, b *ruled) int {
		return cmp.Or(cmp.Compare(b.values, a.values), strings.Compare(string(a.rule), string(b.rule)))
	})
	r.heading("Left out")
	t := r.table(maxRules, 6000, "Rule", "Values", "Times seen", "Examples")
	for _, u := range list {
		t.row(string(u.rule), decimal(u.values), decimal(u.count), strings.Join(u.examples, ", "))
	}
	t.end("rule")
	if n := r.selection.ObjectsLeftOut; n > 0 {
		r.line(plural(n, "object") + " left out at the limit of the event.\n")
	}
}

// ruleOf returns the sum of a rule, and the list with it.
func ruleOf(list []*ruled, rule Rule) (*ruled, []*ruled) {
	for _, u := range list {
		if u.rule == rule {
			return u, list
		}
	}
	u := &ruled{rule: rule}
	return u, append(list, u)
}

// unseen lists what the event does not cover.
func (r *reporter) unseen() {
	r.heading("Not seen")
	t := r.table(maxMissing, 3000, "What is missing")
	for _, what := range slices.Concat(Unread(r.report), Unseen(r.report)) {
		t.row(quote(what))
	}
	t.end("line")
}

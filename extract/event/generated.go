package event

import "strings"

// minGenerated is the least number of names that look generated for comments to say
// so: a single one may be an abbreviation.
const minGenerated = 10

// findGenerated finds the names that a domain generation algorithm may have made:
// names that do not exist, each the only one queried of a registered domain whose
// first label looks generated.
func (f *facts) findGenerated() {
	queried := map[string]int{} // names, by registered domain
	for text, n := range f.names {
		if n.asked {
			queried[registeredDomain(text)]++
		}
	}
	for text, n := range f.names {
		d := registeredDomain(text)
		label, _, _ := strings.Cut(d, ".")
		n.generated = n.absent && !n.used && queried[d] == 1 && looksGenerated(label)
		if n.generated {
			f.generated++
		}
	}
}

// The least of what makes a label look generated: its length, and five consonants in
// a row, or three places where a digit is next to a letter. Of the 10,000 domains that
// most pages link to (Majestic Million), 62 have either.
const (
	minLabel      = 8
	minConsonants = 5
	minAlternates = 3
)

// looksGenerated reports whether a label looks as if a program made it. Those of
// programs that combine words do not, and y is a vowel.
func looksGenerated(label string) bool {
	if len(label) < minLabel || strings.HasPrefix(label, "xn--") {
		return false
	}
	run, places, last := 0, 0, byte(0)
	for i := range len(label) {
		kind := byte(0) // neither
		switch c := label[i]; {
		case '0' <= c && c <= '9':
			kind = 1
		case 'a' <= c && c <= 'z':
			kind = 2
		}
		if kind == 2 && strings.IndexByte("aeiouy", label[i]) < 0 {
			run++
		} else {
			run = 0
		}
		if kind|last == 3 {
			places++
		}
		if run == minConsonants || places == minAlternates {
			return true
		}
		last = kind
	}
	return false
}

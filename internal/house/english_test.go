package house_test

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A phrase reads like a translation, or has a better word.
type phrase struct {
	name    string // the phrase and its replacement
	pattern string
	allowed int // how many there still are: lower it, never raise it
}

// phrases lists them. A space in a pattern is any white space, line breaks of a
// comment included.
var phrases = []phrase{
	{"behind: after", `behind`, 3},
	{"pass over: skip", `pass(es|ed|ing)? over`, 2},
	{"tell: report, say", `tells?|told|telling`, 1},
	{"to be said of: describes", `to be said`, 0},
	{"bound: limit", `bound(s|ed|ing)?`, 6},
	{"one that is known: known one", `(ones?|those) (that |which )?(is known|are known|there (is|are))`, 0},
	{"put together: reassemble, join", `put(s|ting)? (\w+ ){0,2}together`, 0},
	{"look into: decode", `look(s|ed|ing)? into`, 0},
	{"not there: truncated, missing", `not there`, 1},
	{"speak for: evidence", `speaks? for`, 0},
	{"further ones: the rest", `further ones`, 1},
	{"mend: fix", `mend(s|ed|ing)?`, 0},
	{"is no X, is none: is not an X, invalid", `(is|are|was|were) (no|none)`, 0},
	{"take for: treat as", `(take|takes|took|taken|taking) (\w+ ){0,3}for`, 1},
	{"give up: drop, evict", `(give|gives|gave|given|giving) up`, 0},
	{"see to it that: ensure", `(see|sees|saw|seen|seeing) to (it|that)`, 0},
	{"lane: worker", `lanes?`, 1},
	{"by itself: alone, separately", `by (itself|themselves)`, 0},
	{"take apart: decode, split", `(take|takes|took|taken|taking) (\w+ ){0,2}apart`, 0},
	{"go on: continue", `(go|goes|went|gone|going) on`, 1},
	{"has no place: is dropped", `(has|have|had) no place`, 0},
	{"stay within: not exceed", `stay(s|ed|ing)? (within|below|under)`, 0},
	{"such as are: those that are", `such as (is|are)`, 0},
	{"as of today: current", `as of today`, 0},
}

// idioms are uses of these words that are good English.
var idioms = []string{
	`there (is|are|was|were) (no|none)`,
	`(is|are|was|were) no (longer|more|less|fewer|larger|later|earlier|better|worse)`,
	`(left|leave|leaves|stay|stays) behind`,
	`behind (a |an |the )?(NAT|proxy|proxies|firewall|gateway|load balancer)`,
	`bound to`, // as a protocol is to a port
	`(lower|upper) bounds?`,
	`out of bounds`,
	`bounds checks?`,
	`(tell|tells|told) (\w+ ){0,4}apart`,
	`who has \S+ tell`, // ARP
	`takes? (\w+ ){0,2}(longer|time) for`,
}

// TestEnglish looks for the phrases in comments, strings and Markdown. With
// ENGLISH=1 and -v it prints every place of each.
func TestEnglish(t *testing.T) {
	suspects := suspicious(prose(t))
	for _, p := range phrases {
		hits := places(suspects, p.pattern)
		all := strings.Join(hits, "\n\t")
		switch {
		case len(hits) > p.allowed:
			t.Errorf("%q: %d places, %d allowed:\n\t%s", p.name, len(hits), p.allowed, all)
		case os.Getenv("ENGLISH") != "":
			t.Logf("%q: %d places:\n\t%s", p.name, len(hits), all)
		case len(hits) < p.allowed:
			t.Logf("%q: %d places, %d allowed: lower it", p.name, len(hits), p.allowed)
		}
	}
}

// A passage is text of a file: a comment, a string or a whole page.
type passage struct {
	file string
	line int // of its first line
	text string
}

// suspicious returns the texts that have any of the phrases. One search for all
// of them is much faster than one for each.
func suspicious(texts []passage) (some []passage) {
	var patterns []string
	for _, p := range phrases {
		patterns = append(patterns, p.pattern)
	}
	anything := expression(strings.Join(patterns, "|"))
	for _, p := range texts {
		if anything.MatchString(p.text) {
			some = append(some, p)
		}
	}
	return some
}

// places returns where texts have the pattern outside of idioms, one a line.
func places(texts []passage, pattern string) (all []string) {
	words, idiom := expression(pattern), expression(strings.Join(idioms, "|"))
	for _, p := range texts {
		for _, at := range words.FindAllStringIndex(p.text, -1) {
			excused := func(e []int) bool { return e[0] <= at[0] && at[1] <= e[1] }
			if slices.ContainsFunc(idiom.FindAllStringIndex(p.text, -1), excused) {
				continue
			}
			from := strings.LastIndexByte(p.text[:at[0]], '\n') + 1
			line, _, _ := strings.Cut(p.text[from:], "\n")
			all = append(all, fmt.Sprintf("%s:%d: %s", p.file, p.line+strings.Count(p.text[:at[0]], "\n"), strings.TrimSpace(line)))
		}
	}
	return all
}

// expression compiles a pattern for whole words in any case.
func expression(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(` + strings.ReplaceAll(pattern, " ", `\s+`) + `)\b`)
}

// prose returns the text of all Go and Markdown files, but of this one.
func prose(t *testing.T) (all []passage) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		file := strings.TrimPrefix(filepath.ToSlash(name), "../../")
		switch {
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && name != root:
			return fs.SkipDir
		case file == "internal/house/english_test.go":
		case strings.HasSuffix(file, ".go"):
			all = append(all, goProse(t, name, file)...)
		case strings.HasSuffix(file, ".md"):
			b, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			all = append(all, passage{file, 1, string(b)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// goProse returns the comments and strings of a Go file in its order.
func goProse(t *testing.T, name, file string) (all []passage) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, bytes.TrimPrefix(b, []byte("\ufeff")), parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	add := func(at token.Pos, text string) {
		all = append(all, passage{file, fset.Position(at).Line, text})
	}
	for _, c := range f.Comments {
		var lines []string
		for _, c := range c.List {
			lines = append(lines, strings.TrimLeft(strings.TrimPrefix(c.Text, "//"), " \t"))
		}
		add(c.Pos(), strings.Join(lines, "\n"))
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
			add(s.Pos(), s.Value)
		}
		return true
	})
	slices.SortStableFunc(all, func(a, b passage) int { return cmp.Compare(a.line, b.line) })
	return all
}

func TestPlaces(t *testing.T) {
	const page = "What comes\nbehind is told\nafter it gives\nup; behind a NAT nobody knows."
	for pattern, want := range map[string][]string{
		`behind`:            {"x.md:8: behind is told"},
		`tells?|told`:       {"x.md:8: behind is told"},
		`(give|gives) up`:   {"x.md:9: after it gives"},
		`know`:              nil,
		`nobody knows|come`: {"x.md:10: up; behind a NAT nobody knows."},
	} {
		if got := places([]passage{{"x.md", 7, page}}, pattern); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
}

package event

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// docs/judgement.md and README.md have a row for each ruling, in order.
func TestJudgementDocs(t *testing.T) {
	var want []string
	for _, r := range append(rulings[:], judgement{ruling: ruling{rule: Observed}}) {
		verdict := r.verdict.String()
		if r.out {
			verdict = "left out"
		}
		want = append(want, verdict+": "+string(r.rule))
	}
	for name, columns := range map[string]int{"docs/judgement.md": 4, "README.md": 3} {
		page, err := os.ReadFile("../../" + name)
		if err != nil {
			t.Fatal(err)
		}
		_, table, _ := strings.Cut(string(page), "\n| verdict | rule |")
		var got []string
		for line := range strings.Lines(table) {
			cells := strings.Split(line, " | ")
			if len(got) == len(want) {
				break
			}
			if strings.HasPrefix(line, "| ") && len(cells) == columns {
				got = append(got, strings.TrimPrefix(cells[0], "| ")+": "+cells[1])
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-rulings +page)\n%s", name, d)
		}
	}
}

package e2e_test

import (
	"encoding/csv"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// The page shows the verdict on each indicator with its rule, and filters by both.
func TestVerdicts(t *testing.T) {
	x := open(t, serveStub(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		answer(w, 6, 1, func(i int) map[string]any {
			a := attribute(i, "domain", string(rune('a'+i))+".example")
			a["verdict"], a["rule"] = "detect", ""
			if i > 0 {
				a["verdict"], a["rule"], a["to_ids"] = "context", []string{"public resolver", "<b>time server</b>"}[i%2], false
			}
			return a
		})
	}), wide)
	x.choose(story)
	x.until(`document.querySelectorAll("#filter-verdict option").length === 5`)
	shown := func(verdict string) string {
		x.run(chromedp.Evaluate(`document.getElementById("filter-verdict").value = `+verdict+`; document.getElementById("filter-verdict").dispatchEvent(new Event("change"))`, nil))
		return value[string](x, `document.getElementById("shown").textContent`)
	}
	for verdict, want := range map[string]string{
		`""`: "6 indicators", `"detect"`: "1 of 6 indicators", `"context"`: "5 of 6 indicators",
		`"context:public resolver"`: "2 of 6 indicators", `"context:<b>time server</b>"`: "3 of 6 indicators",
	} {
		if got := shown(verdict); got != want {
			t.Errorf("%s: %s, want %s", verdict, got, want)
		}
	}
	shown(`""`)
	for row, want := range []string{"For detection", "Context<b>time server</b>", "Contextpublic resolver"} {
		if got := value[string](x, `document.querySelector("#row-`+string(rune('0'+row))+` .c-verdict").textContent`); got != want {
			t.Errorf("row %d: %q, want %q", row, got, want)
		}
	}
	_, data := x.download("#download-csv")
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	verdict, rule := slices.Index(rows[0], "verdict"), slices.Index(rows[0], "rule")
	if rows[1][verdict] != "detect" || rows[3][verdict] != "context" || rows[3][rule] != "public resolver" {
		t.Errorf("%q", rows)
	}
	x.run(chromedp.Click("#row-1 .c-value", chromedp.ByQuery))
	if got := value[string](x, `document.querySelector("#detail .facts").textContent`); !strings.Contains(got, "Rule<b>time server</b>") {
		t.Error(got)
	}
}

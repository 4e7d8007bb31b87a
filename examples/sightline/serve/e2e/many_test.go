package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// attribute returns the n-th attribute of a stub's response.
func attribute(n int, typ, value string) map[string]any {
	at := func(d int) string {
		return noon.Add(time.Duration(n+d) * time.Second / 4).Format("2006-01-02T15:04:05.000000-07:00")
	}
	ref := map[string]any{"capture": 0, "offset": 24 + 100*n, "number": n + 1, "time": at(0)}
	return map[string]any{
		"uuid": fmt.Sprintf("00000000-0000-5000-8000-%012x", n), "type": typ, "category": "Network activity", "value": value, "to_ids": true,
		"disable_correlation": false, "distribution": "5", "comment": fmt.Sprintf("DNS query; 3 times; first in packet %d", n+1),
		"first_seen": at(0), "last_seen": at(400), "count": 3, "claimed": true,
		"evidence": []any{map[string]any{"first": ref, "last": ref, "conn": map[string]any{
			"flow": map[string]any{"src": "192.0.2.1:50000", "dst": "198.51.100.1:53", "proto": 17}, "start": ref,
		}}},
	}
}

// answer writes a response with n attributes, and with connections of as many hosts.
func answer(w io.Writer, n, hosts int, of func(i int) map[string]any) { answerOf(w, 0, n, hosts, of) }

// answerOf is answer for one of several captures.
func answerOf(w io.Writer, capture, n, hosts int, of func(i int) map[string]any) {
	b := bufio.NewWriter(w)
	defer b.Flush()
	fmt.Fprintf(b, `{"captures":[{"name":"many.pcap","packets":%d,"bytes":1,"first":"2026-03-01T12:00:00Z","last":"2026-03-01T19:00:00Z"}],`, n)
	fmt.Fprintf(b, `"event":{"uuid":"00000000-0000-5000-9000-%012x","info":"many","date":"2026-03-01","timestamp":"1772366400",`+
		`"published":false,"distribution":"0","threat_level_id":"4","analysis":"0"},"summary":{"packets":1,"bytes":1,"unseen":{}},"connections":[`, capture)
	for i := range hosts {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, `{"count":1,"client":"192.0.2.%d","server":"198.51.100.%d:443","proto":6,"sent":{"packets":1,"bytes":%d},"received":{"packets":1,"bytes":%d},"protos":["TLS"],"ended":{"closed":1}}`,
			i%200, i%250, i*i, 100*i)
	}
	fmt.Fprint(b, `],"attributes":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		j, _ := json.Marshal(of(i))
		b.Write(j)
	}
	fmt.Fprint(b, `]}`)
}

// answerWith returns a stub that responds with attributes of these values.
func answerWith(values []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		answer(w, len(values), 3, func(i int) map[string]any { return attribute(i, "text", values[i]) })
	}
}

// TestManyAttributes checks that the first of 100,000 rows appear within a second of
// the response, and that the table stays fast.
func TestManyAttributes(t *testing.T) {
	const n = 100_000
	name := filepath.Join(t.TempDir(), "answer.json")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	types := []string{"hostname", "ip-dst", "url", "sha256", "user-agent"}
	answer(f, n, 900, func(i int) map[string]any { return attribute(i, types[i%5], fmt.Sprintf("host-%d.example", i)) })
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	x := open(t, serveStub(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		http.ServeFile(w, r, name)
	}), wide)
	x.run(chromedp.Evaluate(`new MutationObserver((_, observer) => {
		if (!document.querySelector("#row-0")) return;
		observer.disconnect();
		requestAnimationFrame(() => setTimeout(() => { window.firstRows = performance.now(); }));
	}).observe(document.getElementById("grid"), {childList: true, subtree: true})`, nil))
	x.choose(story)
	x.until(`window.firstRows > 0`)
	took := value[float64](x, `window.firstRows - performance.getEntriesByType("resource").find((e) => e.name.includes("/analyze")).responseEnd`)
	t.Logf("first rows %.0f ms after the answer of %d MB", took, size(t, name)>>20)
	if took > 1000 {
		t.Errorf("first rows %.0f ms after the response", took)
	}
	x.until(`document.getElementById("kept").textContent.startsWith("100,000 of 100,000")`)
	t.Logf("all rows %.0f ms after the answer", value[float64](x, `performance.now() - performance.getEntriesByType("resource").find((e) => e.name.includes("/analyze")).responseEnd`))
	if rows := value[int](x, `document.querySelectorAll(".grid-body .row").length`); rows > 100 {
		t.Errorf("%d rows are drawn", rows)
	}
	const text = `document.getElementById("filter-text")`
	for _, step := range []struct{ what, do string }{
		{"scrolling to the end", `document.getElementById("grid").scrollTop = 1e9`},
		{"sorting by value", `document.querySelector(".grid-head .c-value button").click()`},
		{"filtering by text", text + `.value = "host-9999"; ` + text + `.dispatchEvent(new Event("input"));
			await new Promise((done) => new MutationObserver(done).observe(document.getElementById("shown"), {childList: true}))`},
		{"keeping none", `document.getElementById("keep-none").click()`},
		{"the picture of connections", `document.getElementById("tab-connections").click()`},
	} {
		var took float64
		x.run(chromedp.Evaluate(`(async () => { const began = performance.now(); `+step.do+
			`; await new Promise((done) => requestAnimationFrame(() => setTimeout(done))); return performance.now() - began; })()`, &took, awaited))
		t.Logf("%s: %.0f ms", step.what, took)
		if took > 5000 {
			t.Errorf("%s takes %.0f ms", step.what, took)
		}
	}
	if said := value[string](x, `document.querySelector("figcaption").textContent`); len(said) < 60 {
		t.Errorf("60 of 450 hosts are drawn, and the caption is %q", said)
	}
}

// awaited makes an evaluation await a promise.
func awaited(p *cdpruntime.EvaluateParams) *cdpruntime.EvaluateParams {
	return p.WithAwaitPromise(true)
}

func size(t *testing.T, name string) int64 {
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

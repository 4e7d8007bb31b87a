package e2e_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/keytest"
)

const (
	secretsFile = "../../../../testdata/tls-secrets.pcapng"
	secretURL   = "https://shop.partner.example/robots.txt"
)

// keyFiles returns files with the packets of tls-secrets.pcapng, with its key log, and
// with a key log of another connection.
func keyFiles(t *testing.T) (capture, keys, others string) {
	t.Helper()
	packets, log := keytest.Parted(t, secretsFile)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := "CLIENT_RANDOM " + strings.Repeat("01", 32) + " " + strings.Repeat("02", 48) + "\nnothing\n"
	return write("a.pcap", packets), write("a.txt", log), write("others.log", []byte(other))
}

func has(e *misp.Event, value string) bool {
	return slices.ContainsFunc(e.Attributes, func(a misp.Attribute) bool { return a.Value == value })
}

// keysText returns what the page says of the key logs, or "" if it does not show them.
func keysText(x *tab) string {
	return value[string](x, `document.getElementById("keys").hidden ? "" : document.getElementById("keys-text").textContent`)
}

// TestKeyLogs gives keys with the capture, changes them, and removes them.
func TestKeyLogs(t *testing.T) {
	capture, keys, others := keyFiles(t)
	x := open(t, serve(t), wide)
	if !value[bool](x, `document.getElementById("keys").hidden`) {
		t.Error("there are keys in the beginning")
	}
	x.choose(keys, capture)
	if got := keysText(x); !strings.HasPrefix(got, "a.txt: ") || !strings.HasSuffix(got, " keys, 1 connection decrypted") {
		t.Errorf("the page says %q", got)
	}
	e := event(x)
	if !has(e, secretURL) {
		t.Fatal("nothing is decrypted")
	}
	for _, a := range e.Attributes {
		if a.Value == secretURL && !strings.Contains(a.Comment, "decrypted") {
			t.Errorf("the comment is %q", a.Comment)
		}
	}
	x.run(chromedp.Evaluate(`document.getElementById("filter-mark").value = "decrypted"; document.getElementById("filter-mark").dispatchEvent(new Event("change"))`, nil))
	x.until(`document.getElementById("shown").textContent.includes(" of ")`)
	rows := value[[]string](x, `[...document.querySelectorAll(".grid-body .row:not([hidden])")].map((r) => r.querySelector(".c-mark").textContent + " " + r.querySelector(".c-value").textContent)`)
	if !slices.ContainsFunc(rows, func(s string) bool { return strings.HasSuffix(s, secretURL) }) ||
		slices.ContainsFunc(rows, func(s string) bool { return !strings.Contains(s, "decrypted") }) {
		t.Errorf("decrypted rows: %q", rows)
	}
	x.run(chromedp.Click("#tab-captures", chromedp.ByQuery))
	if text := value[string](x, `document.getElementById("view-captures").textContent`); !strings.Contains(text, "1 connection decrypted") {
		t.Errorf("captures: %q", text)
	}

	// Without keys, and with those of another connection.
	x.run(chromedp.Click("#remove-keys", chromedp.ByQuery))
	settled(x)
	if got := keysText(x); got != "" || has(event(x), secretURL) {
		t.Errorf("after the keys were removed: %q", got)
	}
	setKeys(x, others)
	if got := keysText(x); got != "others.log: 1 key, 1 line skipped, no keys for this capture’s connections" || has(event(x), secretURL) {
		t.Errorf("keys of others: %q", got)
	}
	setKeys(x, keys)
	if got := keysText(x); !strings.HasPrefix(got, "others.log, a.txt: ") || !strings.HasSuffix(got, ", 1 line skipped, 1 connection decrypted") || !has(event(x), secretURL) {
		t.Errorf("both: %q", got)
	}
	if n := value[int](x, `document.querySelectorAll("#view-captures .card").length`); n != 1 {
		t.Errorf("%d captures", n)
	}

	// Starting over drops them.
	x.run(chromedp.Click("#start-over", chromedp.ByQuery))
	if got := keysText(x); got != "" {
		t.Errorf("after starting over: %q", got)
	}
	x.choose(capture)
	if got := keysText(x); got != "" || has(event(x), secretURL) {
		t.Errorf("keys were kept: %q", got)
	}
	if !value[bool](x, `localStorage.length + sessionStorage.length === 0 && document.cookie === ""`) {
		t.Error("the page stored data")
	}
}

// setKeys chooses key logs with their own chooser.
func setKeys(x *tab, files ...string) {
	x.Helper()
	x.run(chromedp.SetUploadFiles("#key-files", files, chromedp.ByQuery))
	settled(x)
}

// settled waits until all captures are analysed.
func settled(x *tab) {
	x.Helper()
	x.until(`["done", "problems"].includes(document.body.dataset.work)`)
	x.until(`!document.getElementById("kept").textContent.startsWith("0 of 0")`)
}

// TestKeyLogAlone drops a key log, which waits for its capture.
func TestKeyLogAlone(t *testing.T) {
	capture, keys, _ := keyFiles(t)
	x := open(t, serve(t), wide)
	drag := input.DragData{Files: []string{keys}, DragOperationsMask: 1}
	for _, typ := range []input.DispatchDragEventType{input.DragEnter, input.DragOver, input.Drop} {
		x.run(input.DispatchDragEvent(typ, 700, 300, &drag))
	}
	x.until(`!document.getElementById("keys").hidden`)
	const want = "a.txt: add the capture that it belongs to"
	if got := keysText(x); got != want || value[string](x, `document.getElementById("announce").textContent`) != want || value[string](x, `document.body.dataset.state`) != "start" {
		t.Errorf("a key log alone: %q", got)
	}
	x.choose(capture)
	if got := keysText(x); !strings.HasSuffix(got, "1 connection decrypted") || !has(event(x), secretURL) {
		t.Errorf("the key log and then its capture: %q", got)
	}
}

// TestArchive opens a zip archive of a capture and its keys.
func TestArchive(t *testing.T) {
	capture, keys, _ := keyFiles(t)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{capture, keys} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(filepath.Base(name))
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "case.zip")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	x := open(t, serve(t), wide)
	x.choose(name)
	if state := value[string](x, `document.querySelector(".job-state").textContent`); !strings.HasSuffix(state, "1 connection decrypted") || !has(event(x), secretURL) {
		t.Errorf("an archive: %q", state)
	}
}

// TestKeysByKeyboard reaches the choosers of key logs without a pointer.
func TestKeysByKeyboard(t *testing.T) {
	capture, keys, _ := keyFiles(t)
	x := open(t, serve(t), wide)
	x.run(chromedp.Focus("#option-internal", chromedp.ByQuery), chromedp.KeyEvent(kb.Tab))
	if got := value[string](x, `document.activeElement.id`); got != "choose-keys" {
		t.Errorf("after the own networks comes %q", got)
	}
	if got := value[string](x, `document.getElementById(document.activeElement.getAttribute("aria-describedby")).textContent`); !strings.Contains(got, "SSLKEYLOGFILE") {
		t.Errorf("its description is %q", got)
	}
	x.choose(capture, keys)
	x.run(chromedp.Focus("#remove-keys", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter))
	x.until(`document.getElementById("keys").hidden`)
	settled(x)
	if has(event(x), secretURL) {
		t.Error("the keys were not removed")
	}
}

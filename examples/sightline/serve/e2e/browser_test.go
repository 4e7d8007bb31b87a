package e2e_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const story = "../../../../testdata/story.pcapng"

// A look is the size and colour scheme of a window.
type look struct {
	width, height int64
	dark          bool
}

var (
	wide   = look{width: 1440, height: 900}
	narrow = look{width: 360, height: 740}
)

// A tab is a page in its own browser.
type tab struct {
	*testing.T
	ctx       context.Context
	downloads string
	problems  *[]string // dialogs, exceptions and policy violations
}

// open starts a browser and opens url in it. It skips the test if there is no
// browser.
func open(t *testing.T, url string, l look) *tab {
	t.Helper()
	bin := chromium(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.WindowSize(int(l.width), int(l.height)),
		chromedp.WSURLReadTimeout(time.Minute)) // a browser starts slowly on a busy machine
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)

	x := &tab{t, ctx, t.TempDir(), new([]string)}
	chromedp.ListenTarget(ctx, x.listen)
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	x.run(
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		emulation.SetDeviceMetricsOverride(l.width, l.height, 1, false),
		browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(x.downloads).WithEventsEnabled(true),
		chromedp.Navigate(url),
	)
	t.Cleanup(func() {
		if len(*x.problems) > 0 {
			t.Errorf("errors of the page: %q", *x.problems)
		}
	})
	return x
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if bin, err := exec.LookPath(name); err == nil {
			return bin
		}
	}
	t.Skip("no chromium, chromium-browser, google-chrome or headless-shell in PATH")
	return ""
}

func (x *tab) listen(event any) {
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		*x.problems = append(*x.problems, "dialog: "+e.Message)
	case *cdpruntime.EventExceptionThrown:
		*x.problems = append(*x.problems, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork { // policy violations, above all
			*x.problems = append(*x.problems, "log: "+e.Entry.Text)
		}
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type == cdpruntime.APITypeError || e.Type == cdpruntime.APITypeWarning {
			*x.problems = append(*x.problems, "console: "+string(e.Args[0].Value))
		}
	}
}

func (x *tab) run(actions ...chromedp.Action) {
	x.Helper()
	if err := chromedp.Run(x.ctx, actions...); err != nil {
		x.Fatal(err)
	}
}

// value evaluates an expression in the page.
func value[T any](x *tab, expression string) T {
	x.Helper()
	var v T
	x.run(chromedp.Evaluate(expression, &v))
	return v
}

// until waits for an expression to be true.
func (x *tab) until(expression string) {
	x.Helper()
	ctx, cancel := context.WithTimeout(x.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.Poll(expression, nil)); err != nil {
		x.Fatalf("waiting for %s: %v", expression, err)
	}
}

func abs(t *testing.T, name string) string {
	t.Helper()
	name, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// choose opens captures on the page and waits until they are analysed.
func (x *tab) choose(files ...string) {
	x.Helper()
	for i, f := range files {
		files[i] = abs(x.T, f)
	}
	x.run(chromedp.SetUploadFiles("#files", files, chromedp.ByQuery))
	x.until(`["done", "problems"].includes(document.body.dataset.work) && (document.body.dataset.state === "results" || document.body.dataset.work === "problems")`)
	x.until(`document.getElementById("kept").textContent !== "" || document.body.dataset.state === "start"`)
}

// download clicks and returns the downloaded file.
func (x *tab) download(selector string) (name string, data []byte) {
	x.Helper()
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(x.ctx, 30*time.Second)
	defer cancel()
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *browser.EventDownloadWillBegin:
			name = e.SuggestedFilename
		case *browser.EventDownloadProgress:
			switch e.State {
			case browser.DownloadProgressStateCompleted:
				done <- nil
			case browser.DownloadProgressStateCanceled:
				done <- errors.New("the download was cancelled")
			}
		}
	})
	x.run(chromedp.Click(selector, chromedp.ByQuery))
	select {
	case err := <-done:
		if err != nil {
			x.Fatal(err)
		}
	case <-ctx.Done():
		x.Fatal("no download")
	}
	data, err := os.ReadFile(filepath.Join(x.downloads, name))
	if err != nil {
		x.Fatal(err)
	}
	return name, data
}

// shoot writes a screenshot of the window to a PNG file.
func (x *tab) shoot(name string) {
	x.Helper()
	var png []byte
	x.run(chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(name, png, 0o644); err != nil {
		x.Fatal(err)
	}
}

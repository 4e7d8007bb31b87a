package e2e_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestScreenshots makes screenshots of the page in the directory SIGHTLINE_SHOTS, if
// it is set.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("SIGHTLINE_SHOTS")
	if dir == "" {
		t.Skip("SIGHTLINE_SHOTS names no directory for pictures")
	}
	for name, l := range map[string]look{
		"wide-light": wide, "wide-dark": {wide.width, wide.height, true},
		"middle-light": {900, 800, false}, "narrow-light": narrow, "narrow-dark": {narrow.width, narrow.height, true},
	} {
		t.Run(name, func(t *testing.T) {
			x := open(t, serve(t), l)
			at := func(what string) string { return filepath.Join(dir, name+"-"+what+".png") }
			x.shoot(at("0start"))
			x.choose(story)
			settle(x)
			x.shoot(at("1results"))
			x.run(chromedp.Click(`#row-6 .c-value`, chromedp.ByQuery))
			settle(x)
			x.shoot(at("2detail"))
			for _, view := range []string{"connections", "files", "left-out", "warninglists", "captures"} {
				x.run(chromedp.Evaluate(`document.getElementById("tab-`+view+`").click(); document.querySelector("details")?.setAttribute("open", "")`, nil))
				settle(x)
				x.shoot(at("3" + view))
			}
		})
	}
}

// TestDocumentation takes the screenshot that the documentation shows, if
// SIGHTLINE_DOCS is set. A palette (pngquant --quality=90-100) makes it a third as big.
func TestDocumentation(t *testing.T) {
	if os.Getenv("SIGHTLINE_DOCS") == "" {
		t.Skip("SIGHTLINE_DOCS is not set: the picture in docs stays as it is")
	}
	x := open(t, serve(t), look{width: 1320, height: 920})
	x.choose(story)
	x.run(chromedp.Click(`.c-value[title="telemetry.quietpanel.example|198.51.100.44"]`, chromedp.ByQuery))
	settle(x)
	x.shoot(filepath.FromSlash("../../../../docs/page.png"))
}

// settle gives the browser time to draw.
func settle(x *tab) { x.run(chromedp.Sleep(250 * time.Millisecond)) }

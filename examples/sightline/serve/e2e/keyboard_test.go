package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestKeyboard uses the page without a pointer.
func TestKeyboard(t *testing.T) {
	x := open(t, serve(t), wide)
	press := func(keys ...string) {
		t.Helper()
		for _, k := range keys {
			x.run(chromedp.KeyEvent(k))
		}
	}
	focused := func(want string) {
		t.Helper()
		if got := value[string](x, `document.activeElement.id`); got != want {
			t.Fatalf("the focus is on %q, want %q", got, want)
		}
		if !value[bool](x, `document.activeElement.matches(":focus-visible")`) {
			t.Errorf("the focus on %q is not visible", want)
		}
	}
	press(kb.Tab)
	if got := value[string](x, `document.activeElement.className`); got != "skip" {
		t.Errorf("the first stop is %q, not the skip link", got)
	}
	press(kb.Tab)
	focused("choose")
	press(kb.Tab, kb.Tab)
	focused("option-internal")

	x.choose(story)
	focused("grid")
	press(kb.ArrowDown, kb.ArrowDown, kb.ArrowDown)
	active := func() string {
		return value[string](x, `document.querySelector("#" + document.getElementById("grid").getAttribute("aria-activedescendant") + " .c-value").textContent`)
	}
	third := value[string](x, `document.querySelector("#row-2 .c-value").textContent`)
	if got := active(); got != third {
		t.Errorf("the active row is %q, want %q", got, third)
	}
	press(" ")
	if value[bool](x, `document.querySelector("#row-2 input").checked`) {
		t.Error("space did not drop the row")
	}
	press(kb.Enter)
	focused("detail")
	if got := value[string](x, `document.querySelector(".detail-value").textContent`); got != third {
		t.Errorf("the detail shows %q, want %q", got, third)
	}
	press(kb.Escape)
	focused("grid")
	press(kb.End)
	if got, want := active(), value[string](x, `[...document.querySelectorAll(".grid-body .row:not([hidden]) .c-value")].at(-1).textContent`); got != want {
		t.Errorf("End moves to %q, want %q", got, want)
	}
	press(kb.Home)
	if got := value[string](x, `document.getElementById("grid").getAttribute("aria-activedescendant")`); got != "row-0" {
		t.Errorf("Home moves to %s", got)
	}

	x.run(chromedp.Focus("#tab-indicators", chromedp.ByQuery))
	press(kb.ArrowRight)
	focused("tab-connections")
	if value[bool](x, `document.getElementById("view-connections").hidden`) {
		t.Error("the arrow key does not show the next view")
	}
	press(kb.ArrowLeft)

	x.run(chromedp.Focus("#range-from", chromedp.ByQuery))
	for range 30 {
		press(kb.PageUp)
		if !strings.HasPrefix(value[string](x, `document.getElementById("shown").textContent`), "24") {
			break
		}
	}
	if shown := value[string](x, `document.getElementById("shown").textContent`); !strings.Contains(shown, " of ") {
		t.Errorf("the slider has no effect: %s", shown)
	}
	event(x)
}

// TestBrush drags over the timeline.
func TestBrush(t *testing.T) {
	x := open(t, serve(t), wide)
	x.choose(story)
	box := value[[]float64](x, `(() => { const b = document.getElementById("timeline-canvas").getBoundingClientRect(); return [b.x, b.y, b.width]; })()`)
	y := box[1] + 20
	x.run(
		input.DispatchMouseEvent(input.MousePressed, box[0]+box[2]*0.6, y).WithButton(input.Left).WithClickCount(1),
		input.DispatchMouseEvent(input.MouseMoved, box[0]+box[2]*0.9, y).WithButton(input.Left),
		input.DispatchMouseEvent(input.MouseReleased, box[0]+box[2]*0.9, y).WithButton(input.Left).WithClickCount(1),
	)
	shown := value[string](x, `document.getElementById("shown").textContent`)
	if !strings.Contains(shown, " of ") || strings.HasPrefix(shown, "0 ") {
		t.Errorf("%s are shown", shown)
	}
	x.run(chromedp.Click("#range-clear", chromedp.ByQuery))
	if shown := value[string](x, `document.getElementById("shown").textContent`); strings.Contains(shown, " of ") {
		t.Errorf("%s are shown after all times were selected", shown)
	}
}

// TestDrop drops a capture on the page, as from a file manager.
func TestDrop(t *testing.T) {
	x := open(t, serve(t), wide)
	drag := input.DragData{Files: []string{abs(t, story)}, DragOperationsMask: 1}
	for _, typ := range []input.DispatchDragEventType{input.DragEnter, input.DragOver, input.Drop} {
		x.run(input.DispatchDragEvent(typ, 700, 300, &drag))
	}
	x.until(`document.body.dataset.state === "results"`)
}

// TestNarrow checks that a narrow window does not scroll sideways.
func TestNarrow(t *testing.T) {
	x := open(t, serve(t), narrow)
	fits := func(what string) {
		t.Helper()
		if w := value[int](x, `document.documentElement.scrollWidth`); w > int(narrow.width) {
			t.Errorf("%s is %d pixels wide", what, w)
		}
	}
	fits("the start")
	x.choose(story)
	fits("the list")
	x.run(chromedp.Click("#row-1 .c-value", chromedp.ByQuery))
	fits("the detail")
	for _, view := range []string{"connections", "files", "left-out", "warninglists", "captures"} {
		x.run(chromedp.Evaluate(`document.getElementById("tab-`+view+`").click()`, nil))
		fits(view)
	}
}

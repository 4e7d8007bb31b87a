package serve

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/stream"
)

// noLosses lists the counters that say nothing about the values on the page.
var noLosses = []string{
	"s.Conns", "s.Open", "s.Held", "s.Expired", "s.Full", "s.Protos", "s.Decrypted", "s.Retransmitted",
	"s.Defrag?.Fragments", "s.Defrag?.Datagrams", "s.Defrag?.Open", "s.Defrag?.Held", "s.Defrag?.Overlaps",
}

// The page explains each loss that a Report counts.
func TestUnseenTexts(t *testing.T) {
	page, err := os.ReadFile("page/js/reasons.js")
	if err != nil {
		t.Fatal(err)
	}
	_, lines, found := strings.Cut(string(page), "function unseenLines(u) {")
	if !found {
		t.Fatal("reasons.js has no function unseenLines")
	}
	names := slices.Concat(jsonNames[extract.Unseen]("u."), jsonNames[stream.Stats]("s."), jsonNames[stream.DefragStats]("s.Defrag?."))
	for _, name := range names {
		used := regexp.MustCompile(regexp.QuoteMeta(name) + `\b`).MatchString(lines)
		if used == slices.Contains(noLosses, name) {
			t.Errorf("%s: in the function: %t", name, used)
		}
	}
	if len(names) < 50 {
		t.Errorf("only %q", names)
	}
}

// jsonNames returns the names that the fields of a struct have in JSON.
func jsonNames[T any](prefix string) (names []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch name {
		case "":
			names = append(names, prefix+f.Name)
		case "-":
		default:
			names = append(names, prefix+name)
		}
	}
	return names
}

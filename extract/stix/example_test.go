package stix_test

import (
	"fmt"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/stix"
)

// List the indicators of an event.
func ExampleOf() {
	e := &misp.Event{Info: "Case 42", Timestamp: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Tags: []string{"tlp:amber"}}
	a, err := misp.NewAttribute(e.UUID, misp.URL, "http://cdn.badfiles.example/a.exe") // event.Of for a capture
	if err != nil {
		fmt.Println(err)
		return
	}
	e.Attributes = append(e.Attributes, a)

	for _, o := range stix.Of(e, stix.Options{}).Objects {
		switch o.Type() {
		case "indicator":
			fmt.Println(o.Get("pattern"))
		case "url":
			fmt.Println(o.ID())
		}
	}
	// Output:
	// url--74ee0660-937d-52fc-9255-764798a7bed6
	// [url:value = 'http://cdn.badfiles.example/a.exe']
}

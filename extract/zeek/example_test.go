package zeek_test

import (
	"fmt"
	"os"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/zeek"
)

// Write a host name for Zeek.
func ExampleWriteIntel() {
	e := &misp.Event{Info: "Case 42"}
	a, err := misp.NewAttribute(e.UUID, misp.Hostname, "cdn.badfiles.example") // event.Of for a capture
	if err != nil {
		fmt.Println(err)
		return
	}
	e.Attributes = append(e.Attributes, a)
	if err := zeek.WriteIntel(os.Stdout, e); err != nil {
		fmt.Println(err)
	}
	// Output:
	// #fields	indicator	indicator_type	meta.source	meta.desc	meta.url
	// cdn.badfiles.example	Intel::DOMAIN	Sightline	Case 42	-
}

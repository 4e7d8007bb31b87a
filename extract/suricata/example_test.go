package suricata_test

import (
	"fmt"
	"os"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/suricata"
)

// Write the rule of an address.
func ExampleWrite() {
	e := &misp.Event{}
	a, err := misp.NewAttribute(e.UUID, misp.IPDst, "198.51.100.7") // event.Of for a capture
	if err != nil {
		fmt.Println(err)
		return
	}
	e.Attributes = append(e.Attributes, a)
	if err := suricata.Write(os.Stdout, e); err != nil {
		fmt.Println(err)
	}
	// Output:
	// # Suricata rules of the MISP event 00000000-0000-0000-0000-000000000000
	// alert ip any any -> 198.51.100.7 any (msg:"Sightline: to 198.51.100.7"; classtype:bad-unknown; sid:1698333027; rev:1; metadata:misp_event 00000000-0000-0000-0000-000000000000;)
}

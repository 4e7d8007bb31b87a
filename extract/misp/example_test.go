package misp_test

import (
	"errors"
	"fmt"

	"github.com/sightline-go/sightline/extract/misp"
)

func ExampleNormalize() {
	for _, name := range []string{"WWW.Example.ORG", "printer", "www.example.org:80"} {
		v, err := misp.Normalize(misp.Hostname, name)
		fmt.Printf("%q %v\n", v, errors.Is(err, misp.ErrValue))
	}
	// Output:
	// "www.example.org" false
	// "" true
	// "" true
}

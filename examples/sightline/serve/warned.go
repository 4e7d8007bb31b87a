package serve

import (
	"fmt"
	"os"

	"github.com/sightline-go/sightline/extract/warninglist"
)

// loadWarned returns what names the warninglists of a folder that a value is on,
// nil when there is no folder.
func loadWarned(dir string) (func(typ, value string) []string, error) {
	if dir == "" {
		return nil, nil
	}
	set, err := warninglist.Load(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("-warninglists %s: %w", dir, err)
	}
	return func(typ, value string) (names []string) {
		for _, hit := range set.Match(nil, typ, value) {
			names = append(names, hit.List.Name)
		}
		return names
	}, nil
}

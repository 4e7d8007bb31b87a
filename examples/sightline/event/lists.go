package event

import (
	"fmt"
	"os"

	"github.com/sightline-go/sightline/extract/warninglist"
)

// loadLists reads the warninglists of a folder, if one is given.
func (c *command) loadLists(dir string) error {
	if dir == "" {
		return nil
	}
	set, err := warninglist.Load(os.DirFS(dir))
	if err != nil {
		return fmt.Errorf("-warninglists %s: %w", dir, err)
	}
	c.event.Warned = func(typ, value string) []string {
		var names []string
		for _, hit := range set.Match(nil, typ, value) {
			names = append(names, hit.List.Name)
		}
		return names
	}
	return nil
}

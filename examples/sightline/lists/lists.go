// Package lists has the flags of the subcommands that look values up in warninglists.
package lists

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/warninglist"
)

// Usage describes the flags.
const Usage = `  -warninglists DIR  a checkout of misp-warninglists: values on a list are marked;
                     those on a list of harmless values or public services are not
                     for detection
  -warninglist NAME  use only this list, by its name or directory, such as
                     dynamic-dns; may be repeated
`

// Flags are the values of the flags.
type Flags struct {
	Dir   string
	names []string
}

// Define defines the flags.
func (l *Flags) Define(f *flag.FlagSet) {
	f.StringVar(&l.Dir, "warninglists", "", "")
	f.Func("warninglist", "", func(s string) error { l.names = append(l.names, s); return nil })
}

// Load loads the lists. It returns a function for event.Options.Warned, or nil without
// -warninglists.
func (l *Flags) Load() (func(typ, value string) []event.Warning, error) {
	switch {
	case l.Dir == "" && len(l.names) > 0:
		return nil, errors.New("-warninglist needs -warninglists")
	case l.Dir == "":
		return nil, nil
	}
	set, err := warninglist.Config{Lists: l.names}.Load(os.DirFS(l.Dir))
	if err != nil {
		return nil, fmt.Errorf("-warninglists %s: %w", l.Dir, err)
	}
	return func(typ, value string) (all []event.Warning) {
		for _, hit := range set.Match(nil, typ, value) {
			all = append(all, event.Warning{List: hit.List.Name, Class: hit.List.Class.String(), Harmless: hit.List.Class.Clears()})
		}
		return all
	}, nil
}

package main

import "errors"

// loadWarned returns what looks a value up in the warninglists of a folder, nil
// when there is no folder.
func loadWarned(dir string) (func(typ, value string) []string, error) {
	if dir == "" {
		return nil, nil
	}
	return nil, errors.New("-warninglists: this build has no package for them yet")
}

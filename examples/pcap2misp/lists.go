package main

// loadLists reads the warninglists of a folder.
func (c *command) loadLists(dir string) error { return nil }

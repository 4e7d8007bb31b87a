package warninglist

import (
	"errors"
	"fmt"
)

// The errors that Load returns or an Error wraps, besides those of the file system.
var (
	// ErrNoLists: the file system has no usable list.
	ErrNoLists = errors.New("no warninglist found")
	// ErrFormat: the file is not a warninglist.
	ErrFormat = errors.New("not a warninglist")
	// ErrType: the list has an unknown type.
	ErrType = errors.New("unknown list type")
	// ErrTooLarge: the file or the entry exceeds a limit, of Config or a fixed one.
	ErrTooLarge = errors.New("too large")
	// ErrEntry: the entry cannot match anything.
	ErrEntry = errors.New("invalid entry")
	// ErrPattern: the entry is a pattern that cannot be compiled.
	ErrPattern = errors.New("unsupported pattern")
)

// maxErrors limits the entries of a list in Set.Skipped.
const maxErrors = 16

// An Error says what a Set lacks, a file or an entry, and why.
type Error struct {
	Path  string // of the file
	Entry int    // number of the entry in its list, from 1; 0: the whole file
	Text  string // the entry, truncated if it is long
	Err   error
}

// Error returns the file, the entry if any, and the cause.
func (e *Error) Error() string {
	if e.Entry == 0 {
		return fmt.Sprintf("warninglist: %q: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("warninglist: %q: entry %d, %q: %v", e.Path, e.Entry, e.Text, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// shorten truncates s for a message.
func shorten[T ~string](s T) T { return s[:min(len(s), 64)] }

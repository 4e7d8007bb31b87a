package warninglist

import (
	"errors"
	"fmt"
)

// What an Error wraps, besides the errors of the file system.
var (
	// ErrNoLists: the file system holds no list that can be used.
	ErrNoLists = errors.New("no warninglist found")
	// ErrFormat: the file is no warninglist.
	ErrFormat = errors.New("not a warninglist")
	// ErrType: the list is of a type that nobody knows how to match.
	ErrType = errors.New("unknown type of list")
	// ErrTooLarge: a bound of Config is reached, or one of a single entry.
	ErrTooLarge = errors.New("too large")
	// ErrEntry: the entry can match nothing.
	ErrEntry = errors.New("useless entry")
	// ErrPattern: the entry is a pattern that cannot be compiled.
	ErrPattern = errors.New("unsupported pattern")
)

// maxErrors is the most entries of a list that Set.Skipped tells of one by one.
const maxErrors = 16

// An Error says what was left out of a Set, and why.
type Error struct {
	Path  string // of the file
	Entry int    // the number of the entry in its list, from 1; 0: the whole file
	Text  string // the entry, cut when it is long
	Err   error
}

// Error says where and why.
func (e *Error) Error() string {
	if e.Entry == 0 {
		return fmt.Sprintf("warninglist: %q: %v", e.Path, e.Err)
	}
	return fmt.Sprintf("warninglist: %q: entry %d, %q: %v", e.Path, e.Entry, e.Text, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// shorten cuts s to what is of use in a message.
func shorten[T ~string](s T) T { return s[:min(len(s), 64)] }

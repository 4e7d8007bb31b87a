// Package cli holds the common code of the programs in examples: it parses
// flags, prints help and errors, handles interrupts and shows progress. Errors
// may contain text from a capture, so they are escaped for terminals.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/sightline-go/sightline/internal/defuse"
)

// Usage prints the help to stdout if err is flag.ErrHelp, or else err to
// stderr. It returns the exit status, 0 or 2.
func Usage(name, help string, err error, stdout, stderr io.Writer) int {
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, help)
		return 0
	}
	fmt.Fprintf(stderr, "%s: %s\nRun \"%s -h\" for help.\n", name, Line(err), name)
	return 2
}

// Fail prints err to stderr and returns the exit status, 1.
func Fail(name string, err error, stderr io.Writer) int {
	fmt.Fprintf(stderr, "%s: %s\n", name, Line(err))
	return 1
}

// Line returns the text of err in one line, for a terminal. If the context of
// [Interrupts] ended the work, it says so.
func Line(err error) string {
	text := strings.ReplaceAll(err.Error(), "\n", "; ") // between joined errors
	if errors.Is(err, context.Canceled) {
		text = strings.ReplaceAll(text, context.Canceled.Error(), "interrupted")
	}
	return defuse.Terminal(text)
}

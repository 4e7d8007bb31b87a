// Package cli is what the programs in examples share: how they parse flags, print
// help and errors, handle interrupts and show progress. Text in errors may come
// from a capture, so it is escaped for terminals.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/sightline-go/sightline/internal/defuse"
)

// Usage answers to arguments that end the program: with the help on stdout if err
// is flag.ErrHelp, which is what was asked for then, else with err on stderr. It
// returns the exit status, 0 or 2.
func Usage(name, help string, err error, stdout, stderr io.Writer) int {
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, help)
		return 0
	}
	fmt.Fprintf(stderr, "%s: %s\nRun \"%s -h\" for help.\n", name, defuse.Terminal(err.Error()), name)
	return 2
}

// Fail says on stderr what failed, and returns the exit status, 1.
func Fail(name string, err error, stderr io.Writer) int {
	fmt.Fprintf(stderr, "%s: %s\n", name, defuse.Terminal(err.Error()))
	return 1
}

package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"testing"

	"github.com/sightline-go/sightline/internal/cli"
)

func TestSays(t *testing.T) {
	hostile := errors.New("no \x1b[2Jfile")
	usage := func(err error) func(stdout, stderr *bytes.Buffer) int {
		return func(stdout, stderr *bytes.Buffer) int { return cli.Usage("prog", "Usage: prog\n", err, stdout, stderr) }
	}
	for _, test := range []struct {
		name           string
		say            func(stdout, stderr *bytes.Buffer) int
		status         int
		stdout, stderr string
	}{
		{"help", usage(fmt.Errorf("parse: %w", flag.ErrHelp)), 0, "Usage: prog\n", ""},
		{"wrong", usage(hostile), 2, "", "prog: no \\x1b[2Jfile\nRun \"prog -h\" for help.\n"},
		{"failed", func(_, stderr *bytes.Buffer) int { return cli.Fail("prog", hostile, stderr) }, 1, "", "prog: no \\x1b[2Jfile\n"},
		{"interrupted", func(_, stderr *bytes.Buffer) int {
			return cli.Fail("prog", errors.Join(fmt.Errorf("a: %w", context.Canceled), hostile), stderr)
		}, 1, "", "prog: a: interrupted; no \\x1b[2Jfile\n"},
	} {
		var stdout, stderr bytes.Buffer
		status := test.say(&stdout, &stderr)
		if status != test.status || stdout.String() != test.stdout || stderr.String() != test.stderr {
			t.Errorf("%s: status %d, %q, %q", test.name, status, stdout.String(), stderr.String())
		}
	}
}

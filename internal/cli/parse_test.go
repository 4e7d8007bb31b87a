package cli_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/cli"
)

// A set has a flag of each kind: -q takes no value, -n a number, -tag any text.
type set struct {
	*flag.FlagSet
	quiet bool
	n     int
	tags  []string
}

func newSet() *set {
	s := &set{FlagSet: flag.NewFlagSet("prog", flag.ContinueOnError)}
	s.SetOutput(io.Discard)
	s.BoolVar(&s.quiet, "q", false, "")
	s.IntVar(&s.n, "n", 0, "")
	s.Func("tag", "", func(v string) error { s.tags = append(s.tags, v); return nil })
	return s
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"", "false 0 [] []"},
		{"a b", "false 0 [] [a b]"},
		{"-q -n 1 a", "true 1 [] [a]"},
		{"a -q -n 1", "true 1 [] [a]"},
		{"-n 1 a -tag x b --tag=y -q c", "true 1 [x y] [a b c]"},
		{"a -n -1", "false -1 [] [a]"},
		{"-q=false a -q", "true 0 [] [a]"},
		{"- -q", "true 0 [] [-]"},
		{"-tag - a", "false 0 [-] [a]"},
		{"-tag -q a", "false 0 [-q] [a]"},
		{"-tag -- a -q", "true 0 [--] [a]"}, // a value, as in f.Parse
		{"-q -- -n 1", "true 0 [] [-n 1]"},
		{"a -- -q -- b", "false 0 [] [a -q -- b]"},
		{"a --", "false 0 [] [a]"},
	} {
		s := newSet()
		err := cli.Parse(s.FlagSet, strings.Fields(test.args))
		if got := fmt.Sprint(s.quiet, s.n, s.tags, s.Args()); err != nil || got != test.want {
			t.Errorf("%q: %s, %v, want %s", test.args, got, err, test.want)
		}
	}
}

// The errors are those of package flag, wherever the flag is.
func TestParseErrors(t *testing.T) {
	for _, args := range []string{"-x", "-tag", "-n", "-n x", "-q=x", "---q", "-=q", "-h", "--help"} {
		want := newSet().Parse(strings.Fields(args))
		for _, all := range [][]string{strings.Fields(args), slices.Concat([]string{"a"}, strings.Fields(args))} {
			err := cli.Parse(newSet().FlagSet, all)
			if err == nil || err.Error() != want.Error() || errors.Is(err, flag.ErrHelp) != errors.Is(want, flag.ErrHelp) {
				t.Errorf("%q: %v, want %v", all, err, want)
			}
		}
	}
}

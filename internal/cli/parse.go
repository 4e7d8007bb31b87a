package cli

import (
	"flag"
	"strings"
)

// Parse parses args into f as f.Parse does, but lets flags follow operands, as GNU
// programs do: f.Args returns the operands alone. "--" ends the flags; "-" is an
// operand.
func Parse(f *flag.FlagSet, args []string) error {
	operands := []string{"--"}
	for len(args) > 0 {
		arg := args[0]
		if arg == "--" {
			operands = append(operands, args[1:]...)
			break
		}
		if arg == "-" || !strings.HasPrefix(arg, "-") {
			operands, args = append(operands, arg), args[1:]
			continue
		}
		n := min(length(f, arg), len(args))
		if err := f.Parse(args[:n]); err != nil {
			return err
		}
		args = args[n:]
	}
	return f.Parse(operands)
}

// length returns the number of arguments that the flag arg consists of: two if its
// value is the next one. f.Parse reports an unknown flag.
func length(f *flag.FlagSet, arg string) int {
	name, _, hasValue := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
	known := f.Lookup(name)
	if known == nil || hasValue {
		return 1
	}
	if b, ok := known.Value.(interface{ IsBoolFlag() bool }); ok && b.IsBoolFlag() {
		return 1
	}
	return 2
}

package cli

import (
	"flag"
	"strings"
)

// Parse parses args into f as f.Parse does, but allows flags after operands, as
// GNU programs do. f.Args returns the operands. "--" ends the flags; "-" is an
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

// length returns the number of arguments of the flag arg: 2 if its value is the
// next argument. f.Parse reports unknown flags.
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

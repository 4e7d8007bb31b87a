// Command sightline reads packet captures and turns them into MISP indicators.
//
//	sightline event capture.pcapng > event.json
//	sightline event -o text capture.pcapng
//	sightline serve -listen 127.0.0.1:6666
//
// "sightline help" lists the commands, "sightline help COMMAND" the flags of a
// command. Each command is a package in this directory.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/examples/sightline/carve"
	"github.com/sightline-go/sightline/examples/sightline/convert"
	"github.com/sightline-go/sightline/examples/sightline/dump"
	"github.com/sightline-go/sightline/examples/sightline/event"
	"github.com/sightline-go/sightline/examples/sightline/graph"
	"github.com/sightline-go/sightline/examples/sightline/serve"
	"github.com/sightline-go/sightline/examples/sightline/sightings"
	"github.com/sightline-go/sightline/internal/cli"
)

// commands lists the subcommands in the order of the help text.
var commands = []struct {
	name, summary string
	run           func(args []string, stdin io.Reader, stdout, stderr io.Writer) int
}{
	{"event", "write the indicators of captures as a MISP event, a table or a report", event.Run},
	{"serve", "serve MISP modules for captures, and a page to explore a capture", serve.Run},
	{"sightings", "report sightings of a MISP server's indicators in captures", sightings.Run},
	{"dump", "print packets, or the messages in their conversations", dump.Run},
	{"carve", "write the files transferred in a capture", carve.Run},
	{"convert", "convert a capture to another format, or filter it", convert.Run},
	{"graph", "draw the objects of a MISP event as SVG", graph.Run},
	{"version", "print the version of the program", runVersion},
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs the subcommand that args[0] names and returns its exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		writeHelp(stderr)
		return 2
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		if len(rest) == 0 {
			writeHelp(stdout)
			return 0
		}
		name, rest = rest[0], []string{"-h"}
	}
	for _, c := range commands {
		if c.name == name {
			return c.run(rest, stdin, stdout, stderr)
		}
	}
	return cli.Usage("sightline", "", fmt.Errorf("unknown command %q", name), stdout, stderr)
}

func writeHelp(w io.Writer) {
	fmt.Fprint(w, "Usage: sightline COMMAND [flags] [FILE...]\n\nReads packet captures and turns them into MISP indicators.\n\nCommands:\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nFlags may come before or after files. Run \"sightline help COMMAND\" for the flags\nof a command.\n")
}

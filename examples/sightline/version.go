package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/sightline-go/sightline/internal/cli"
)

const versionUsage = `Usage: sightline version

Prints the version of the module, the source revision and the Go version that the
program was built with.
`

// runVersion runs the subcommand sightline version and returns its exit status.
func runVersion(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	const program = "sightline version"
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	err := cli.Parse(f, args)
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if err != nil {
		return cli.Usage(program, versionUsage, err, stdout, stderr)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: runtime.Version()}
	}
	io.WriteString(stdout, versionText(info))
	return 0
}

// versionText returns the lines that describe a build. A build without version
// control information, such as that of go run, has no revision.
func versionText(info *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	revision := cmp.Or(settings["vcs.revision"], "unknown")
	if settings["vcs.modified"] == "true" {
		revision += ", modified"
	}
	return fmt.Sprintf("sightline %s\nrevision %s\n%s\n", cmp.Or(info.Main.Version, "(devel)"), revision, info.GoVersion)
}

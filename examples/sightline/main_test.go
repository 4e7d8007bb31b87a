package main

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"
)

func sightline(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func TestHelp(t *testing.T) {
	_, help, _ := sightline("help")
	for _, c := range commands {
		if !strings.Contains(help, "\n  "+c.name+" ") {
			t.Errorf("the help does not list %s", c.name)
		}
		status, usage, stderr := sightline(c.name, "-h")
		if status != 0 || !strings.HasPrefix(usage, "Usage: sightline "+c.name) || stderr != "" {
			t.Errorf("%s -h: status %d, %q, %q", c.name, status, usage, stderr)
		}
		if status, stdout, _ := sightline("help", c.name); status != 0 || stdout != usage {
			t.Errorf("help %s: status %d, %q", c.name, status, stdout)
		}
	}
	for _, test := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"", 2, "", help},
		{"help", 0, help, ""},
		{"-h", 0, help, ""},
		{"--help", 0, help, ""},
		{"evnt a.pcap", 2, "", "sightline: unknown command \"evnt\"\nRun \"sightline -h\" for help.\n"},
		{"help evnt", 2, "", "sightline: unknown command \"evnt\"\nRun \"sightline -h\" for help.\n"},
	} {
		status, stdout, stderr := sightline(strings.Fields(test.args)...)
		if status != test.status || stdout != test.stdout || stderr != test.stderr {
			t.Errorf("%q: status %d, %q, %q", test.args, status, stdout, stderr)
		}
	}
}

// Every command names itself in its errors, and accepts flags after operands.
func TestFlagsAfterOperands(t *testing.T) {
	for _, c := range commands {
		status, stdout, stderr := sightline(c.name, "a", "b", "-no-such-flag")
		want := "sightline " + c.name + ": flag provided but not defined: -no-such-flag\nRun \"sightline " + c.name + " -h\" for help.\n"
		if status != 2 || stdout != "" || stderr != want {
			t.Errorf("%s: status %d, %q, %q", c.name, status, stdout, stderr)
		}
	}
	const capture = "../../testdata/dns.pcap"
	for _, flags := range [][]string{{"event", "-q", "-o", "csv"}, {"dump", "-o", "indicators"}, {"convert", "-F", "nspcap", "-port", "53"}} {
		operands := []string{capture}
		if flags[0] == "convert" {
			operands = append(operands, "-")
		}
		status, before, stderr := sightline(append(flags, operands...)...)
		if status != 0 || before == "" {
			t.Fatalf("%q: status %d, %s", flags, status, stderr)
		}
		if status, after, _ := sightline(append(append(flags[:1:1], operands...), flags[1:]...)...); status != 0 || after != before {
			t.Errorf("%q: status %d, different output with flags after operands", flags, status)
		}
	}
}

func TestVersion(t *testing.T) {
	status, stdout, _ := sightline("version")
	if status != 0 || !strings.HasPrefix(stdout, "sightline ") || !strings.Contains(stdout, "\ngo1.") {
		t.Errorf("status %d, %q", status, stdout)
	}
	for want, info := range map[string]debug.BuildInfo{
		"sightline (devel)\nrevision unknown\ngo1.26.0\n": {GoVersion: "go1.26.0"},
		"sightline v1.2.3\nrevision 0123abcd\ngo1.26.0\n": {GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abcd"}, {Key: "vcs.modified", Value: "false"}}},
		"sightline (devel)\nrevision 0123abcd, modified\ngo1.26.0\n": {GoVersion: "go1.26.0", Main: debug.Module{Version: "(devel)"},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abcd"}, {Key: "vcs.modified", Value: "true"}}},
	} {
		if got := versionText(&info); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

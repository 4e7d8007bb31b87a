package serve

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
)

func run1(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // so that the service stops immediately
	status = run(ctx, args, &out, &errs)
	return status, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{"capture.pcap"}, {"-hash", "crc"}, {"-log", "xml"}, {"-budget", "0s"}, {"-imports", "0"}, {"-j", "0"}, {"-max-body", "0"},
		{"-max-body", "1GB"}, {"-memory", "1"}, {"-min-rate", "-1"}, {"-namespace", "42"}, {"-no-such-flag"},
	} {
		status, stdout, stderr := run1(args...)
		if status != 2 || stdout != "" || !strings.Contains(stderr, "sightline serve -h") {
			t.Errorf("%q: status %d, %q on stdout, %q on stderr", args, status, stdout, stderr)
		}
	}
	if status, stdout, _ := run1("-h"); status != 0 || stdout != usage {
		t.Errorf("-h: status %d, %q", status, stdout)
	}
	if status, _, stderr := run1("-listen", "127.0.0.1:no"); status != 1 || stderr == "" {
		t.Errorf("an invalid address: status %d, %q", status, stderr)
	}
	if status, _, stderr := run1("-listen", "127.0.0.1:0", "-log", "json"); status != 0 || !strings.Contains(stderr, `"msg":"stopping"`) {
		t.Errorf("a service that stops: status %d, %q", status, stderr)
	}
}

// The help lists all flags with their defaults.
func TestUsageIsComplete(t *testing.T) {
	var c config
	flags(&c).VisitAll(func(f *flag.Flag) {
		at := strings.Index(usage, "\n  -"+f.Name+" ")
		if at < 0 {
			t.Errorf("the help does not list -%s", f.Name)
			return
		}
		text, _, _ := strings.Cut(usage[at+3:], "\n  -")
		def := strings.TrimSuffix(f.DefValue, "m0s")
		if def != "" && def != "false" && def != "1" && !strings.Contains(text, def) {
			t.Errorf("the help of -%s lacks its default, %s: %s", f.Name, def, text)
		}
	})
	for flag, def := range map[string]int64{"max-body MIB": c.maxBody >> 20, "memory MIB": c.memory >> 20, "min-rate KIB": c.minRate >> 10} {
		_, text, _ := strings.Cut(usage, "-"+flag)
		text, _, _ = strings.Cut(text, "\n  -")
		if !strings.Contains(text, fmt.Sprintf("(default %d)", def)) {
			t.Errorf("the help of -%s lacks its default, %d: %s", flag, def, text)
		}
	}
}

// Beyond loopback the service warns that there is no authentication.
func TestWarnsOfListening(t *testing.T) {
	if _, _, stderr := run1("-listen", "0.0.0.0:0"); !strings.Contains(stderr, "level=WARN") || !strings.Contains(stderr, "page=false") {
		t.Error(stderr)
	}
	if _, _, stderr := run1("-listen", "127.0.0.1:0"); strings.Contains(stderr, "level=WARN") || !strings.Contains(stderr, "page=true") {
		t.Error(stderr)
	}
}

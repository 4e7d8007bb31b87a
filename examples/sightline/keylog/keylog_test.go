package keylog

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// line returns a line of a key log. Different numbers are of different connections.
func line(n int) string { return fmt.Sprintf("CLIENT_RANDOM %064x %096x\n", n, n) }

// tree writes files below a directory, with content if their names end in .keys or .log.
func tree(t *testing.T, names ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(line(i)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load runs Load for arguments, and returns the number of secrets and the warnings,
// without the directory.
func load(t *testing.T, dir string, args ...string) (n int, warnings []string) {
	t.Helper()
	var k Flags
	f := flag.NewFlagSet("test", flag.ContinueOnError)
	k.Define(f)
	if err := f.Parse(args); err != nil {
		t.Fatal(err)
	}
	var warn strings.Builder
	keys, err := k.Load(t.Context(), f.Args(), false, &warn)
	if err != nil {
		t.Fatal(err)
	}
	text := filepath.ToSlash(strings.ReplaceAll(warn.String(), dir+string(filepath.Separator), ""))
	return keys.Len(), strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

// With -keys auto, the key logs beside each capture are used and reported, each once,
// and no other file.
func TestAuto(t *testing.T) {
	dir := tree(t, "a.pcap", "a.keys", "sslkeylog.log", "other.keys", "sub/b.pcapng.gz", "sub/b.keys", "sub/b.pcapng.keys", "sub/b.pcapng.gz.keys",
		"sub/dump_tls.log", "sub/tlsdump.log", "third/c.pcap", "third/keys.log", "third/ssl.log", "other/c.keys", ".pcap", "keys")
	if err := os.Mkdir(filepath.Join(dir, "third", "c.keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	one := func(names ...string) (lines []string) {
		for _, name := range names {
			lines = append(lines, name+": keys: 1")
		}
		return lines
	}
	sub := one("sub/dump_tls.log", "sub/tlsdump.log", "sub/b.pcapng.gz.keys", "sub/b.pcapng.keys", "sub/b.keys")
	for _, test := range []struct {
		args []string
		want []string
	}{
		{[]string{at("a.pcap")}, one("sslkeylog.log", "a.keys")},
		{[]string{at("sub/b.pcapng.gz")}, sub},
		{[]string{at("third/c.pcap")}, nil},
		{[]string{at("a.pcap"), at("third/c.pcap"), at("sub/b.pcapng.gz"), at("a.pcap")}, slices.Concat(one("sslkeylog.log", "a.keys"), sub)},
		{[]string{"-keys", at("a.keys"), at("a.pcap")}, one("sslkeylog.log")},
		{[]string{at(".pcap")}, one("sslkeylog.log")},
		{[]string{at("absent.pcap")}, one("sslkeylog.log")},
	} {
		n, warnings := load(t, dir, append([]string{"-keys", "auto"}, test.args...)...)
		want := len(test.want)
		if slices.Contains(test.args, "-keys") {
			want++
		}
		if diff := cmp.Diff(test.want, warnings, cmpopts.EquateEmpty()); diff != "" || n != want {
			t.Errorf("%q: %d secrets, %s", test.args, n, diff)
		}
	}
	if n, warnings := load(t, dir, at("a.pcap")); n != 0 || len(warnings) != 0 {
		t.Errorf("without auto: %d secrets, %q", n, warnings)
	}
}

// A name without a directory, and standard input, in the current directory.
func TestAutoHere(t *testing.T) {
	dir := tree(t, "a.pcap", "a.keys", "sslkeylog.log", "-.keys")
	t.Chdir(dir)
	if n, warnings := load(t, dir, "-keys", "auto", "a.pcap"); n != 2 || len(warnings) != 2 {
		t.Errorf("%d secrets, %q", n, warnings)
	}
	if n, warnings := load(t, dir, "-keys", "auto", "-"); n != 0 || len(warnings) != 0 {
		t.Errorf("standard input: %d secrets, %q", n, warnings)
	}
}

// A path has the rules of the system: on Windows both slashes and a volume.
func TestBeside(t *testing.T) {
	dir := tree(t, "sub/a.pcap", "sub/a.keys", "a.keys")
	path := dir + string(filepath.Separator) + "sub" + string(filepath.Separator) + "a.pcap"
	want := []string{strings.TrimSuffix(path, "pcap") + "keys"}
	paths := map[string][]string{path: want}
	if filepath.Separator == '\\' {
		slashed := filepath.ToSlash(path)
		paths[slashed] = []string{strings.TrimSuffix(slashed, "pcap") + "keys"}
	} else { // where it is part of the name
		paths[dir+`/sub\a.pcap`] = nil
	}
	for path, want := range paths {
		if diff := cmp.Diff(want, beside(path)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

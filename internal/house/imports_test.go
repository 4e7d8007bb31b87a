// Package house_test checks the rules of the module: which packages may import
// which, the module's requirements, that LIMITS.md lists each limit and api.txt
// each exported name, that the documentation of a view names its specification,
// that the Go code of README.md and docs compiles, and that comments and strings
// are in plain English.
package house_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sightline-go/sightline"

// messages lists the packages of single message protocols, and their common
// packages: all directories of layers but stream. They do not import package layers
// nor, except for the reasons below, one another.
var messages = messagePackages()

func messagePackages() (dirs []string) {
	entries, err := os.ReadDir(filepath.Join("..", "..", "layers"))
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "stream" && e.Name() != "testdata" {
			dirs = append(dirs, "layers/"+e.Name())
		}
	}
	return dirs
}

// mayImport lists, for each package of the module, the others that it may
// import. Packages import only packages above them in the list. A package of
// messages needs a line only if it imports more than they all do.
var mayImport = withMessages(map[string][]string{
	"internal/build":      {},
	"internal/chacha":     {},
	"internal/cli":        {"internal/defuse"},
	"internal/clock":      {},
	"internal/defuse":     {},
	"internal/fault":      {},
	"internal/gen/brotli": {},
	"internal/gen/kinds":  {},
	"internal/huffman":    {"layers/wire"},
	"internal/text":       {},
	"internal/gen/misp":   {"extract/misp"},
	"internal/lru":        {},
	"internal/port":       {},
	"internal/window":     {},
	"internal/lz":         {},
	"internal/xxhash":     {},
	"internal/brotli":     {"internal/lz"},
	"internal/zstd":       {"internal/lz", "internal/xxhash"},
	"internal/ng":         {"internal/window"},
	"pcap":                {"internal/window", "internal/ng", "internal/zstd"},
	"pcapng":              {"internal/window", "internal/ng", "pcap"},
	"internal/keytest":    {"pcap", "pcapng"},
	"internal/ccm":        {},
	"layers/wire":         {},
	"layers/tls":          {"internal/text", "internal/ccm", "internal/chacha", "layers/wire"},
	"layers/dns":          {"internal/text", "layers/wire"},
	"layers/dhcp":         {"internal/text", "layers/wire", "layers/dns"}, // domain names (RFC 8415 section 10)
	"layers/http2":        {"internal/huffman", "internal/text", "layers/wire"},
	"layers/http3":        {"internal/huffman", "internal/text", "layers/wire"},
	"layers/quic":         {"internal/ccm", "internal/chacha", "internal/text", "layers/wire"},
	"layers":              {"pcap", "internal/text", "layers/wire", "layers/dns", "layers/dhcp"},
	"internal/mutate":     {"pcap", "pcapng", "layers"},
	"layers/stream":       append([]string{"internal/brotli", "internal/zstd", "internal/clock", "internal/lru", "internal/port", "internal/text", "pcap", "layers"}, messages...),
	"extract/misp":        {},
	"extract/warninglist": {},
	"extract":             append([]string{"internal/clock", "internal/lru", "internal/port", "pcap", "pcapng", "layers", "layers/stream"}, messages...),
	"extract/stix":        {"extract/misp"},
	"extract/suricata":    {"extract/misp"},
	"extract/zeek":        {"extract/misp"},
	"extract/event":       {"internal/defuse", "pcap", "layers", "layers/stream", "extract", "extract/misp"},

	// Starting points for users, who cannot copy code that imports internal
	// packages.
	"examples/custom":     {"pcap", "layers", "layers/wire"},
	"examples/dnsqueries": {"pcap", "layers", "layers/dns", "layers/stream"},
	"examples/hosts":      {"pcap", "layers"},
	"examples/httpurls":   {"pcap", "layers", "layers/http1", "layers/stream"},
})

// withMessages adds the packages of messages without a line.
func withMessages(lines map[string][]string) map[string][]string {
	for _, dir := range messages {
		if _, known := lines[dir]; !known {
			lines[dir] = []string{"internal/text", "layers/wire"}
		}
	}
	return lines
}

// outside lists the imports allowed from other modules.
var outside = map[string][]string{
	"extract":             {"golang.org/x/net/"},
	"extract/event":       {"golang.org/x/net/"},
	"extract/misp":        {"golang.org/x/net/"},
	"extract/warninglist": {"golang.org/x/net/"},
}

// heavy lists packages of the standard library that packages below extract do
// not import, so that programs that only read captures stay small.
var heavy = []string{"net/http", "crypto/x509"}

func TestImports(t *testing.T) {
	files := sources(t)
	if len(files) == 0 {
		t.Fatal("no Go files found")
	}
	for _, file := range files {
		dir := filepath.ToSlash(filepath.Dir(file))
		allowed, library := mayImport[dir]
		if !library {
			if dir != "internal/house" && dir != "internal/viewtest" && !strings.HasPrefix(dir, "examples/") && !strings.HasPrefix(dir, "fuzz") {
				t.Errorf("%s: package %s has no line in mayImport", file, dir)
			}
			continue
		}
		for _, path := range imports(t, file) {
			if why := refuse(dir, path, allowed); why != "" {
				t.Errorf("%s imports %s: %s", file, path, why)
			}
		}
	}
}

// refuse returns the reason why a file of package dir may not import path, or
// "".
func refuse(dir, path string, allowed []string) string {
	if inside, ok := strings.CutPrefix(path, module+"/"); ok {
		if !slices.Contains(allowed, inside) {
			return "against the direction of imports"
		}
		return ""
	}
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		for _, prefix := range outside[dir] {
			if strings.HasPrefix(path, prefix) {
				return ""
			}
		}
		return "not in the standard library"
	}
	if path == "unsafe" || path == "C" {
		return "not in this module"
	}
	if !strings.HasPrefix(dir, "extract") && slices.Contains(heavy, path) {
		return "too heavy for this package"
	}
	return ""
}

// imports returns the imports of file.
func imports(t *testing.T, file string) (paths []string) {
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// sources returns the Go files of the module, excluding tests and nested
// modules, relative to its root and with slashes.
func sources(t *testing.T) (files []string) {
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != ".":
			if _, err := fs.Stat(root, name+"/go.mod"); err == nil || strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" {
				return fs.SkipDir
			}
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestRefuse(t *testing.T) {
	for _, test := range []struct {
		dir, path string
		refused   bool
	}{
		{"pcap", "time", false},
		{"pcap", module + "/internal/ng", false},
		{"pcap", module + "/layers", true},
		{"pcap", "golang.org/x/net/idna", true},
		{"pcap", "net/http", true},
		{"layers", "crypto/x509", true},
		{"layers/dns", module + "/layers", true},
		{"layers/dns", module + "/layers/wire", false},
		{"layers/tls", module + "/layers/quic", true},
		{"layers", "unsafe", true},
		{"extract", "crypto/x509", false},
		{"extract", "golang.org/x/net/idna", false},
		{"extract", module + "/extract/misp", true},
		{"extract", module + "/extract/event", true},
		{"extract/event", module + "/extract/misp", false},
		{"extract/misp", module + "/extract/event", true},
		{"extract/misp", module + "/pcap", true},
		{"extract/stix", module + "/extract/misp", false},
		{"extract/stix", module + "/extract/event", true},
	} {
		if why := refuse(test.dir, test.path, mayImport[test.dir]); (why != "") != test.refused {
			t.Errorf("%s importing %s: %q, refused should be %t", test.dir, test.path, why, test.refused)
		}
	}
}

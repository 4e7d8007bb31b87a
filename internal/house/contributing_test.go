package house_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestContributing checks that CONTRIBUTING.md names the directory of each package of
// the library, and that the lines of Go that it quotes are in the sources.
func TestContributing(t *testing.T) {
	root := filepath.Join("..", "..")
	b, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	_, tree, _ := strings.Cut(page, "## Where things are")
	tree, _, _ = strings.Cut(tree, "\n## ")
	packages, sources := packagesOf(t, root)
	for _, dir := range packages {
		if !regexp.MustCompile(`[ /{,]` + filepath.Base(dir) + `[/},]`).MatchString(tree) {
			t.Errorf("CONTRIBUTING.md does not name %s", dir)
		}
	}
	blocks := regexp.MustCompile("(?ms)^ *```go\n(.*?)^ *```$").FindAllStringSubmatch(page, -1)
	for _, block := range blocks {
		for line := range strings.Lines(block[1]) {
			if line = spaced(line); line != "..." && !sources[line] {
				t.Errorf("CONTRIBUTING.md quotes a line that no source has: %s", line)
			}
		}
	}
	if len(packages) == 0 || len(blocks) == 0 {
		t.Errorf("%d packages, %d blocks", len(packages), len(blocks))
	}
}

// packagesOf returns the directories of the packages in root, and the lines of all
// their files and of sightline event.
func packagesOf(t *testing.T, root string) (dirs []string, lines map[string]bool) {
	lines = map[string]bool{}
	for _, pattern := range []string{"pcap", "pcapng", "layers", "layers/*", "extract", "extract/*", "internal/*", "examples/sightline/event"} {
		files, err := filepath.Glob(filepath.Join(root, pattern, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			dirs = append(dirs, filepath.Dir(file))
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(b)) {
				lines[spaced(line)] = true
			}
		}
	}
	return slices.Compact(dirs), lines
}

// spaced returns a line of code without indentation and alignment.
func spaced(line string) string { return strings.Join(strings.Fields(line), " ") }

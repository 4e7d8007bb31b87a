package house_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The module requires only two others, and their requirements are limited too.
func TestRequirements(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var direct, indirect []string
	for line := range strings.Lines(string(b)) {
		line, comment, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "require "), "//")
		fields := strings.Fields(line)
		switch {
		case len(fields) != 2 || !strings.HasPrefix(fields[1], "v"):
		case strings.TrimSpace(comment) == "indirect":
			indirect = append(indirect, fields[0])
		default:
			direct = append(direct, fields[0])
		}
	}
	if want := []string{"github.com/google/go-cmp", "golang.org/x/net"}; !slices.Equal(direct, want) {
		t.Errorf("required: %v, want %v", direct, want)
	}
	if want := []string{"golang.org/x/text"}; !slices.Equal(indirect, want) {
		t.Errorf("required by those: %v, want %v", indirect, want)
	}
}

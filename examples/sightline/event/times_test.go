package event

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
)

// Each format is valid if a packet is from after the year 9999, which neither JSON
// nor MISP can express.
func TestFarTimes(t *testing.T) {
	seconds := build.Option{Code: 9, Value: []byte{0}}
	query := func(name string) []byte {
		return build.UDP("203.0.113.5", 5000, "8.8.8.8", 53, build.DNSQuery(1, name, "example"))
	}
	file := new(build.Pcapng).Section().Interface(101, 0, seconds).
		Enhanced(0, 1_700_000_000, query("good")).Enhanced(0, 300_000_000_000, query("far")).Bytes()
	name := filepath.Join(t.TempDir(), "far.pcapng")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	for format := range formats {
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), []string{"-o", format, "-all", name}, nil, &stdout, &stderr); status != 0 {
			t.Errorf("%s: status %d, %s", format, status, &stderr)
		}
		out := stdout.String()
		if !strings.Contains(out, "far.example") || strings.Contains(out, "11476") || !strings.Contains(stderr.String(), "1 packets without a time") {
			t.Errorf("%s: %s%s", format, out, &stderr)
		}
		switch format {
		case "csv", "text", "suricata", "zeek-intel":
			continue // not JSON
		}
		d := json.NewDecoder(strings.NewReader(out))
		for d.More() {
			if err := d.Decode(new(any)); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
		}
	}
	var stdout bytes.Buffer
	if run(t.Context(), []string{"-explain", "far.example", name}, nil, &stdout, new(bytes.Buffer)); strings.Contains(stdout.String(), "11476") {
		t.Error(&stdout)
	}
}

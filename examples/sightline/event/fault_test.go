package event

import (
	"bytes"
	"context"
	"strings"
	"syscall"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
)

// Every format reports a failing write.
func TestDiskFull(t *testing.T) {
	b := capture(0, "agent", "a.example", "b.example")
	for _, format := range []string{"misp", "module", "ndjson", "csv", "text", "report"} {
		status, whole, _ := run1(t, b, "-o", format, "-")
		if status != 0 || len(whole) == 0 {
			t.Fatalf("%s: status %d", format, status)
		}
		for _, room := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
			var stderr bytes.Buffer
			status := run(context.Background(), []string{"-o", format, "-"}, bytes.NewReader(b), &fault.Disk{Room: room, Err: syscall.ENOSPC}, &stderr)
			if status == 0 || !strings.Contains(stderr.String(), syscall.ENOSPC.Error()) {
				t.Errorf("%s, full at %d of %d bytes: status %d, %q", format, room, len(whole), status, stderr.String())
			}
		}
	}
}

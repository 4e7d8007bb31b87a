package mail

import (
	"fmt"
	"strings"
	"testing"
)

// The parts of a parameter are limited.
func TestMaxContinuations(t *testing.T) {
	var b strings.Builder
	b.WriteString("attachment")
	for i := range maxContinuations + 50 {
		fmt.Fprintf(&b, "; name*%d=%d,", i, i)
	}
	got := ParseParams([]byte(b.String())).Get("name")
	if pieces := strings.Count(got, ","); pieces != maxContinuations || !strings.HasSuffix(got, "98,99,") {
		t.Errorf("%d pieces: %q", pieces, got)
	}
}

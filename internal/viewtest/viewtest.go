// Package viewtest contains test helpers for the protocol packages: it calls
// every method of a view, compares facts, and decodes hexadecimal text.
package viewtest

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/wire"
)

// Unhex decodes hexadecimal text with white space.
func Unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Invalid checks the error of Validate for a message of size bytes. reason is
// nil if the message is valid.
func Invalid(t *testing.T, name string, err error, layer string, reason error, offset, size int) {
	t.Helper()
	if reason == nil {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	var e *wire.Error
	if !errors.As(err, &e) || !errors.Is(err, reason) || e.Layer != layer || e.Offset != offset || e.Have != size-offset {
		t.Errorf("%s: %v (%+v), want %v at %d of %d", name, err, e, reason, offset, size)
	}
}

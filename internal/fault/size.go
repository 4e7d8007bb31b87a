package fault

import "testing"

// Size returns full, or short under go test -short. Tests use it for the number
// of packets they build and for the stride between the positions they try.
func Size(full, short int) int {
	if testing.Short() {
		return short
	}
	return full
}

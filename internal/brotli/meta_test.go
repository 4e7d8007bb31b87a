package brotli

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// moveToFront does what RFC 7932 section 7.3 describes, one number after another.
func TestMoveToFront(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		m := make([]uint8, 1+random.IntN(300))
		most, run := 1+random.IntN(256), 1+random.IntN(100)
		for i := range m {
			if m[i] = uint8(random.IntN(most)); i > 0 && random.IntN(run) > 0 {
				m[i] = m[i-1]
			}
		}
		if random.IntN(10) == 0 {
			fillBytes(m, m[0])
		}
		want := bytes.Clone(m)
		var list []uint8
		for i := range 256 {
			list = append(list, uint8(i))
		}
		for i, at := range want {
			value := list[at]
			copy(list[1:int(at)+1], list[:at])
			list[0], want[i] = value, value
		}
		if moveToFront(m); !bytes.Equal(m, want) {
			t.Fatalf("%v, want %v", m, want)
		}
	}
}

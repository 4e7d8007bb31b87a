package ng

import "math"

// Int returns a length as an int, limited to the largest int.
func Int(n uint32) int { return int(min(uint64(n), math.MaxInt)) }

// Length returns the length stated by the block, which may exclude its last
// padding. It reads the number after Body in the input, and returns 0 for a
// block without Body.
func (b *Block) Length() uint32 {
	end := len(b.Body)
	if cap(b.Body) < end+4 {
		return 0
	}
	return Uint32(b.Body[end:end+4], b.Big)
}

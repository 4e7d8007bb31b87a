package ng

import "math"

// Int returns a length as an int, the largest one where an int has 32 bits and
// the length more.
func Int(n uint32) int { return int(min(uint64(n), math.MaxInt)) }

// Length returns the length that the block states, which may leave its last
// padding out: the number that follows Body in the input. It is 0 for a block
// without Body.
func (b *Block) Length() uint32 {
	end := len(b.Body)
	if cap(b.Body) < end+4 {
		return 0
	}
	return Uint32(b.Body[end:end+4], b.Big)
}

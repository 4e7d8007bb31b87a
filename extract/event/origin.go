package event

import (
	"iter"
	"math/bits"

	"github.com/sightline-go/sightline/extract"
)

func (o origin) topic() extract.Topic { return originInfo[o].topic }

// origins is a set of origins.
type origins uint64

func originsOf(o origin) origins { return 1 << o }

func (s origins) first() origin { return origin(bits.TrailingZeros64(uint64(s))) }

// all returns the origins of the set in the order of a comment.
func (s origins) all() iter.Seq[origin] {
	return func(yield func(origin) bool) {
		for left := s; left != 0; left &= left - 1 {
			if !yield(left.first()) {
				return
			}
		}
	}
}

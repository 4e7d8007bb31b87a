package ng

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestTimestamp(t *testing.T) {
	for _, test := range []struct {
		name       string
		resolution uint8
		offset     int64
		at         time.Time
		want       uint64
		ok         bool
	}{
		{"microseconds", 6, 0, time.Unix(1_700_000_000, 1999), 1_700_000_000_000_001, true},
		{"nanoseconds", 9, 0, time.Unix(1_700_000_000, 123456789), 1_700_000_000_123_456_789, true},
		{"seconds", 0, 0, time.Unix(5, 999_999_999), 5, true},
		{"picoseconds", 12, 0, time.Unix(1234, 567890123), 1_234_567_890_123_000, true},
		{"10^-19", 19, 0, time.Unix(1, 234567890), 12_345_678_900_000_000_000, true},
		{"10^-19, too late", 19, 0, time.Unix(2, 0), 0, false},
		{"10^-20", 20, 0, time.Unix(0, 123456789), 12_345_678_900_000_000_000, true},
		{"10^-20, a second", 20, 0, time.Unix(1, 0), 0, false},
		{"10^-127", 127, 0, time.Unix(0, 1), 0, false},
		{"10^-127, zero", 127, 0, time.Unix(0, 0), 0, true},
		{"2^-0", 0x80, 0, time.Unix(5, 999_999_999), 5, true},
		{"2^-10", 0x8a, 0, time.Unix(1, 5e8), 1<<10 | 512, true},
		{"2^-63", 0xbf, 0, time.Unix(1, 5e8), 1<<63 | 1<<62, true},
		{"2^-63, too late", 0xbf, 0, time.Unix(2, 0), 0, false},
		{"2^-64", 0xc0, 0, time.Unix(0, 5e8), 1 << 63, true},
		{"2^-66", 0xc2, 0, time.Unix(0, 125e6), 1 << 63, true},
		{"2^-66, too late", 0xc2, 0, time.Unix(0, 25e7), 0, false},
		{"offset", 6, 1000, time.Unix(1005, 0), 5_000_000, true},
		{"at the offset", 6, 1000, time.Unix(1000, 0), 0, true},
		{"before the offset", 6, 1000, time.Unix(999, 0), 0, false},
		{"negative offset", 9, -1_000_000_000, time.Unix(-1_000_000_000, 1), 1, true},
		{"before 1970", 6, 0, time.Unix(-1, 0), 0, false},
		{"offset too small for a difference", 0, math.MinInt64, time.Unix(1, 0), 0, false},
		{"offset too large for a difference", 0, math.MaxInt64, time.Unix(-5, 0), 0, false},
		{"year 3000", 9, 0, time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC), 0, false},
	} {
		i := Interface{Resolution: test.resolution, Offset: test.offset}
		if ts, ok := i.Timestamp(test.at); ok != test.ok || ok && ts != test.want {
			t.Errorf("%s: %d %t, want %d %t", test.name, ts, ok, test.want, test.ok)
		}
	}
}

// Timestamp is the inverse of Time, for every resolution.
func TestTimestampOfTime(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for resolution := range 256 {
		for range 1000 {
			i := Interface{Resolution: uint8(resolution), Offset: int64(random.IntN(1000)) - 500}
			at := i.Time(random.Uint64() >> random.IntN(64))
			if at.Unix() < -500 || at.Unix() > 1<<40 {
				continue
			}
			ts, ok := i.Timestamp(at)
			if !ok || !i.Time(ts).Equal(at) {
				t.Fatalf("resolution %#x: time stamp %d %t of %v gives %v", resolution, ts, ok, at, i.Time(ts))
			}
		}
	}
}

// A time between two timestamps is rounded down.
func TestTimestampRoundsDown(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, resolution := range []uint8{0, 3, 6, 0x80, 0x8a, 0x94, 0x9d} {
		i := Interface{Resolution: resolution}
		for range 1000 {
			at := time.Unix(random.Int64N(1<<32), random.Int64N(1e9))
			ts, ok := i.Timestamp(at)
			if !ok || i.Time(ts).After(at) || !i.Time(ts+1).After(at) {
				t.Fatalf("resolution %#x: time stamp %d %t of %v gives %v", resolution, ts, ok, at, i.Time(ts))
			}
		}
	}
}

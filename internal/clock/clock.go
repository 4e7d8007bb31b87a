// Package clock derives the time of a capture from the times of its packets,
// which may jump.
package clock

import (
	"math"
	"time"
)

// A Clock is the time of a capture, advanced by its packets. It is the earlier
// of the last two packets' times, so that a single packet from the far future
// does not let everything expire. It never goes back. The zero value is ready
// to use.
type Clock struct {
	ticked bool
	before instant // of the previous packet
	zero   instant
	now    time.Duration // since zero
}

// Tick advances the clock for a packet of time t, and reports whether it moved.
// A packet without a time does not move it.
func (c *Clock) Tick(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	earlier, later := c.before, instantOf(t)
	c.before = later
	if !c.ticked {
		c.ticked, c.zero = true, later
		return false
	}
	if later.less(earlier) {
		earlier, later = later, earlier
	}
	if c.now == 0 && later.less(c.zero) {
		c.zero = later // the first packet was from the future
	}
	now := earlier.since(c.zero)
	if now <= c.now {
		return false
	}
	c.now = now
	return true
}

// Now returns the clock's time since the first packet.
func (c *Clock) Now() time.Duration { return c.now }

// Time returns the clock's time, in UTC.
func (c *Clock) Time() time.Time { return c.zero.time().Add(c.now) }

// A Reading is the state of a Clock that has ticked.
type Reading struct {
	Zero   time.Time // of the first packet
	Now    time.Time // of the Clock
	Before time.Time // of the last packet
}

// Read returns the state of the clock. It reports false before the first tick.
func (c *Clock) Read() (Reading, bool) {
	return Reading{c.zero.time(), c.Time(), c.before.time()}, c.ticked
}

// Times returns the times that bring a Clock to the state r if it is ticked with them
// in order, and is new or was in an earlier state of the same packets.
func (r Reading) Times() [5]time.Time { return [5]time.Time{r.Zero, r.Zero, r.Now, r.Now, r.Before} }

// An instant is a time. The arithmetic of time.Time takes several times as long,
// and the clock is asked for each packet.
type instant struct{ sec, nsec int64 }

func instantOf(t time.Time) instant {
	const most = math.MaxInt64 / 4 // the difference of two does not overflow
	return instant{max(-most, min(t.Unix(), most)), int64(t.Nanosecond())}
}

func (i instant) time() time.Time { return time.Unix(i.sec, i.nsec).UTC() }

func (i instant) less(j instant) bool { return i.sec < j.sec || i.sec == j.sec && i.nsec < j.nsec }

// since returns the time since j, the longest duration if it is longer than that.
func (i instant) since(j instant) time.Duration {
	const most = math.MaxInt64/int64(time.Second) - 1
	switch sec := i.sec - j.sec; {
	case sec > most:
		return math.MaxInt64
	case sec < -most:
		return math.MinInt64
	default:
		return time.Duration(sec)*time.Second + time.Duration(i.nsec-j.nsec)
	}
}

// Package clock tells the time of a capture from the times of its packets, which
// may jump.
package clock

import "time"

// A Clock is the time of a capture, which packets move on. Two packets must
// agree: it is the earlier of the last two, so that one packet from the far
// future does not let everything expire. It never goes back. The zero value is
// ready.
type Clock struct {
	before time.Time // of the packet before
	zero   time.Time
	now    time.Duration // since zero
}

// Tick moves the clock to where a packet of time t puts it, and reports whether
// that is further on. A packet without a time does not move it.
func (c *Clock) Tick(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	earlier, later := c.before, t
	c.before = t
	if earlier.IsZero() {
		c.zero = t
		return false
	}
	if earlier.After(later) {
		earlier, later = later, earlier
	}
	if c.now == 0 && later.Before(c.zero) {
		c.zero = later // the first packet was from the future
	}
	now := earlier.Sub(c.zero)
	if now <= c.now {
		return false
	}
	c.now = now
	return true
}

// Now returns what the clock shows, as the time since the first packet.
func (c *Clock) Now() time.Duration { return c.now }

// Time returns what the clock shows.
func (c *Clock) Time() time.Time { return c.zero.Add(c.now) }

package stream

import "time"

// A clock is the time of the capture, which packets move on. Two packets must
// agree: it is the earlier of the last two, so that one packet from the far
// future does not let everything expire. It never goes back.
type clock struct {
	before time.Time // of the packet before
	zero   time.Time
	now    time.Duration // since zero
}

// tick moves the clock to where a packet of time t puts it, and reports whether
// that is further on. A packet without a time does not move it.
func (c *clock) tick(t time.Time) bool {
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

// time returns what the clock shows.
func (c *clock) time() time.Time { return c.zero.Add(c.now) }

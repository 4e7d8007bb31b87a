package stream

import "time"

// A clock is the time of the capture, which packets move on. It is the earlier
// of two packets' times, so that one packet from the far future does not let
// everything expire, and it never goes back.
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
	earlier := t
	if c.before.Before(t) {
		earlier = c.before
	}
	c.before = t
	if earlier.IsZero() {
		return false
	}
	if c.zero.IsZero() {
		c.zero = earlier
	}
	now := earlier.Sub(c.zero)
	if now <= c.now {
		return false
	}
	c.now = now
	return true
}

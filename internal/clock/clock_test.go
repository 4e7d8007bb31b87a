package clock

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	start := time.Unix(1700000000, 0)
	var c Clock
	for i, step := range []struct {
		at    time.Duration
		moved bool
		now   time.Duration
	}{
		{0, false, 0},
		{time.Second, false, 0},                          // the earlier of both is the first
		{2 * time.Second, true, time.Second},             // one packet behind
		{time.Hour, true, 2 * time.Second},               // alone in the future
		{3 * time.Second, true, 3 * time.Second},         // and gone
		{time.Hour, false, 3 * time.Second},              // alone again
		{time.Hour + time.Second, true, time.Hour},       // two agree
		{4 * time.Second, false, time.Hour},              // back
		{2 * time.Hour, false, time.Hour},                // one of two
		{2*time.Hour + time.Second, true, 2 * time.Hour}, // two agree
	} {
		if moved := c.Tick(start.Add(step.at)); moved != step.moved || c.Now() != step.now {
			t.Errorf("step %d: moved %v, now %v, want %v, %v", i, moved, c.Now(), step.moved, step.now)
		}
		if want := start.Add(step.now); !c.Time().Equal(want) {
			t.Errorf("step %d: time %v, want %v", i, c.Time(), want)
		}
	}
	if c.Tick(time.Time{}) || c.Now() != 2*time.Hour {
		t.Error("a packet without a time moved the clock")
	}
}

// A first packet from the future does not stop the clock.
func TestFirstFromTheFuture(t *testing.T) {
	start := time.Unix(1700000000, 0)
	var c Clock
	c.Tick(start.Add(time.Hour))
	for i := range 4 {
		c.Tick(start.Add(time.Duration(i) * time.Second))
	}
	if want := start.Add(2 * time.Second); c.Now() != time.Second || !c.Time().Equal(want) {
		t.Errorf("now %v, time %v, want 1s, %v", c.Now(), c.Time(), want)
	}
}

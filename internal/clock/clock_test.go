package clock

import (
	"math"
	"math/rand/v2"
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
		{time.Second, false, 0},                          // the first packet is the earlier of both
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

// A step that a Duration cannot express is the longest one.
func TestFarSteps(t *testing.T) {
	for _, start := range []time.Time{time.Unix(0, 0), time.Unix(math.MinInt64/2, 0), time.Unix(-1<<40, 999_999_999)} {
		var c Clock
		for range 2 {
			c.Tick(start)
		}
		for _, far := range []time.Time{time.Unix(1<<40, 1), time.Unix(math.MaxInt64/2, 0)} {
			c.Tick(far)
			c.Tick(far)
		}
		if c.Now() != math.MaxInt64 {
			t.Errorf("%v: now %v", start, c.Now())
		}
	}
	var c Clock
	for _, at := range []time.Duration{0, 0, 999_999_999, 999_999_999, 1_000_000_000, 1_000_000_000} {
		c.Tick(time.Unix(-5, 1).Add(at))
		if want := time.Unix(-5, 1).Add(c.Now()); !c.Time().Equal(want) || c.Now() > at {
			t.Errorf("%v: now %v, time %v", at, c.Now(), c.Time())
		}
	}
	if c.Now() != time.Second {
		t.Errorf("now %v", c.Now())
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

// The times of a Reading bring a new Clock, and one in an earlier state, to its state:
// from then on, both move alike.
func TestReading(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	start := time.Unix(1_700_000_000, 5)
	for range 2000 {
		var c, earlier, fresh Clock
		if _, ok := c.Read(); ok {
			t.Fatal("a Clock that has not ticked has a state")
		}
		ticks := 1 + rng.IntN(12)
		for i := range ticks {
			if i == ticks/2 {
				earlier = c
			}
			c.Tick(start.Add(time.Duration(rng.IntN(20)-10) * time.Second))
		}
		r, ok := c.Read()
		if !ok {
			t.Fatal("no state")
		}
		for _, at := range r.Times() {
			earlier.Tick(at)
			fresh.Tick(at)
		}
		if earlier != c || fresh != c {
			t.Fatalf("%+v: fresh %+v, earlier %+v", c, fresh, earlier)
		}
	}
}

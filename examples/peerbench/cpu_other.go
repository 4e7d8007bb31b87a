//go:build !unix

package main

import "time"

var began = time.Now()

// cpuTime returns wall-clock time: here nothing else is at hand.
func cpuTime() time.Duration { return time.Since(began) }

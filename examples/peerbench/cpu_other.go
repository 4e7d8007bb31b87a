//go:build !unix

package main

import (
	"os"
	"time"
)

var began = time.Now()

// cpuTime returns wall-clock time: here nothing else is at hand.
func cpuTime() time.Duration { return time.Since(began) }

// peakMemory returns 0: it is not known here.
func peakMemory(*os.ProcessState) int64 { return 0 }

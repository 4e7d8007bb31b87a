//go:build !unix

package main

import (
	"os"
	"time"
)

var began = time.Now()

// cpuTime returns wall-clock time, as the CPU time is not available.
func cpuTime() time.Duration { return time.Since(began) }

// peakMemory returns 0, as the peak is not available.
func peakMemory(*os.ProcessState) int64 { return 0 }

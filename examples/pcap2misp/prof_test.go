package main

import (
	"context"
	"io"
	"os"
	"testing"
)

func TestProf(t *testing.T) {
	run(context.Background(), []string{"-q", "-hash", "none", "-j", "1", os.Getenv("PROF")}, os.Stdin, io.Discard, os.Stderr)
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// What a whole process takes, its peak memory above all, can only be told by
// running it. For that this program runs itself, in the role that a variable of
// the environment gives it.
const roleVariable = "PEERBENCH_ROLE"

// The roles. Those but the launcher find the same in a capture.
const (
	launcher     = "launcher"
	roleExtract  = "extract"
	roleWorkers  = "extract, workers"
	roleMessages = "messages"
	roleGopacket = "gopacket"
)

// play is the program in a role.
func play(role string, args []string) error {
	var f found
	var err error
	switch {
	case role == launcher && len(args) > 1:
		return launch(args[0], args[1:])
	case len(args) != 1:
		err = fmt.Errorf("%d arguments", len(args))
	case role == roleExtract:
		f, err = indicators(args[0], 1)
	case role == roleWorkers:
		f, err = indicators(args[0], runtime.GOMAXPROCS(0))
	case role == roleMessages:
		f, err = messages(args[0])
	case role == roleGopacket:
		f, err = gather(args[0])
	default:
		err = fmt.Errorf("unknown role %q", role)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

// A usage is what a process took.
type usage struct {
	CPU     time.Duration // user and system
	Elapsed time.Duration
	Memory  int64 // most bytes resident at a time, 0 when not known
}

// launch runs a command in a role, and tells its usage on standard error. It is
// a process of its own because on Linux a new process begins with the peak
// memory of the one that started it, and this one is small.
func launch(role string, argv []string) error {
	var errors bytes.Buffer
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stdout, cmd.Stderr = os.Stdout, &errors
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", argv[0], err, &errors)
	}
	s := cmd.ProcessState
	return json.NewEncoder(os.Stderr).Encode(usage{s.UserTime() + s.SystemTime(), time.Since(start), peakMemory(s)})
}

// A process is a contestant that is run as a whole process.
type process struct {
	name  string
	role  string   // of this program
	argv  []string // of another one; the capture's name follows either
	count func(stdout io.Reader) (found, error)
}

// measure runs the process on a capture.
func (p *process) measure(capture string) (u usage, f found, err error) {
	self, err := os.Executable()
	if err != nil {
		return u, f, err
	}
	argv := p.argv
	if argv == nil {
		argv = []string{self}
	}
	cmd := exec.Command(self, append(append([]string{p.role}, argv...), capture)...)
	cmd.Env = append(os.Environ(), roleVariable+"="+launcher)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return u, f, err
	}
	if err := cmd.Start(); err != nil {
		return u, f, err
	}
	f, counting := p.count(stdout)
	io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		return u, f, fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	if counting != nil {
		return u, f, counting
	}
	err = json.Unmarshal(stderr.Bytes(), &u)
	return u, f, err
}

// own reads what a process of this program found.
func own(stdout io.Reader) (f found, err error) {
	err = json.NewDecoder(stdout).Decode(&f)
	return f, err
}

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

// roleVariable is the environment variable with the role of a process. The peak
// memory of a contestant can only be measured in its own process, so this
// program runs itself.
const roleVariable = "PEERBENCH_ROLE"

// The roles. All but the launcher find the same in a capture.
const (
	launcher     = "launcher"
	roleExtract  = "extract"
	roleWorkers  = "extract, workers"
	roleMessages = "messages"
	roleGopacket = "gopacket"
)

// play runs the program in a role.
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

// A usage holds the resources that a process used.
type usage struct {
	CPU     time.Duration // user and system
	Elapsed time.Duration
	Memory  int64 // peak resident bytes, 0 if unknown
}

// launch runs a command in a role and writes its usage to standard error. The
// launcher is a separate, small process because on Linux a new process inherits
// the peak memory of its parent.
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

// A process is a contestant that runs as a whole process.
type process struct {
	name  string
	role  string   // of this program, if argv is nil
	argv  []string // of another program; the name of the capture is appended
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

// own reads the result of a process of this program.
func own(stdout io.Reader) (f found, err error) {
	err = json.NewDecoder(stdout).Decode(&f)
	return f, err
}

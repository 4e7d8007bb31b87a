//go:build unix

package cli_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/sightline-go/sightline/internal/cli"
)

const waits = "CLI_TEST_WAITS"

// The second interrupt ends a program blocked on input, which the first may
// not.
func TestInterrupts(t *testing.T) {
	if os.Getenv(waits) != "" {
		wait()
	}
	if signal.Ignored(os.Interrupt) {
		t.Skip("interrupts are ignored here, as behind & in a script")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestInterrupts$")
	cmd.Env = append(os.Environ(), waits+"=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdin, err := cmd.StdinPipe() // never returns data or ends
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for _, want := range []string{"waiting", "interrupted"} {
		if lines.Scan(); lines.Text() != want {
			t.Fatalf("%q, want %q", lines.Text(), want)
		}
		cmd.Process.Signal(os.Interrupt)
	}
	cmd.Wait()
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !s.Signaled() || s.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v", cmd.ProcessState)
	}
}

// wait is the program under test.
func wait() {
	ctx := cli.Interrupts()
	fmt.Println("waiting")
	go func() {
		<-ctx.Done()
		fmt.Println("interrupted")
	}()
	os.Stdin.Read(make([]byte, 1))
	os.Exit(0)
}
